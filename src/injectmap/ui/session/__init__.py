"""The right column: syringes, passes, totals, and the form of a new treatment session."""
