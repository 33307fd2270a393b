"""What each thing that must be quick costs, as a ratio to the least any program would need for it."""
