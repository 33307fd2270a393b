"""Small building blocks of the window: texts, fields, buttons, surfaces."""
