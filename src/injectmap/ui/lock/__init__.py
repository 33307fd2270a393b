"""Who sits at the program: the sign-in page, the lock, and the change from one practitioner to another."""
