"""Gestures become edits: the editor of a treatment map, its tools, its undo."""
