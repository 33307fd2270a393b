"""Widgets of one area of the window."""
