"""The centre column: the head, its five views, the tools and the fields of the next pass."""
