"""The window: PySide6 widgets that build, show and forward; decisions live in `editing` and `services`."""
