"""The window: PySide6 widgets that build, show and forward; decisions live in `editing` and `services`."""

import builtins

import PySide6.QtCore  # noqa: F401  the next lines undo what this import does


def _restore_import() -> None:
    """Take PySide6's wrapper off `import`.

    It looks for `from __feature__ import`, which nothing here uses, and for that reads the source of every module
    imported after it and keeps it: a fifth of the start and 22 MiB, and a detour for each import in a function.
    """
    plain = getattr(builtins, "__orig_import__", None)
    if plain is not None:
        builtins.__import__ = plain


_restore_import()
