"""A treatment map as drawing primitives: plain data that screen, page and file painters show alike."""
