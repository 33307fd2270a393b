"""injectmap: injectable treatments drawn on a reference head, kept, counted and printed."""

__version__ = "0.1.0"
