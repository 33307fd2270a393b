"""Teaching: the full-screen view without a patient's identity, and the play of sessions and protocols."""
