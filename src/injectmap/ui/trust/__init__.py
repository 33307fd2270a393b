"""Trust: proof of the journal, backups, and privacy."""
