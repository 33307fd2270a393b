"""Makes Qt impossible to import in this interpreter and in every one it starts (this folder is on PYTHONPATH).

A second environment without PySide6 would prove no more: the only thing an absent package changes is that its import
fails, and this fails every import of it, before any other code runs and in child processes too. It saves building and
keeping a second environment of 400 MB.
"""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class _NoQt(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ModuleNotFoundError(
                f"No module named {fullname!r} (made unavailable for this run)", name=fullname
            )
        return None


sys.meta_path.insert(0, _NoQt())
