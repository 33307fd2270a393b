"""Starts the program: `python -m injectmap`."""

import sys

from injectmap.cli import main

if __name__ == "__main__":
    sys.exit(main())
