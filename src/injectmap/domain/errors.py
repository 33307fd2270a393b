"""Refusals and faults as codes with parameters; the words for them live in the window and the templates."""

from __future__ import annotations


class InjectmapError(Exception):
    """A fault the clinician is told about.

    `code` is a stable key of the word catalogue and `params` fills its blanks. `str()` gives the code only,
    so that names and free text cannot reach a log through an exception.
    """

    def __init__(self, code: str, **params: object) -> None:
        """Keep the code and the parameters that fill its sentence."""
        super().__init__(code)
        self.code = code
        self.params = params


class InputRefused(InjectmapError):
    """What was typed or drawn cannot be taken as it is; nothing was changed."""


class Conflict(InjectmapError):
    """The state has moved on since it was read; the newer state must be shown, nothing was overwritten."""


class NotAllowed(InjectmapError):
    """The acting practitioner's role does not permit this."""


class StorageProblem(InjectmapError):
    """The environment failed: disk full, file read-only, damaged, locked, too new or not ours."""
