"""Use cases of the clinic, and the ports they reach the outside through."""
