"""Protocols, the plan and what was done of it, and the session before: the window's side of time."""
