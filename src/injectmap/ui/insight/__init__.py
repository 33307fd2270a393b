"""What shows figures over time."""
