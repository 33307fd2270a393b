"""Puts the program together: the one package that knows which classes stand behind the ports.

Nothing heavy is imported before a method is called, so that the window can paint first.
"""

from injectmap.bootstrap.opener import Opener

__all__ = ["Opener"]
