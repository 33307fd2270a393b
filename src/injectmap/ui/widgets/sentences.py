"""Sentences for the codes of the lower layers."""

from __future__ import annotations

from injectmap.domain.errors import InjectmapError
from injectmap.domain.units import show_volume
from injectmap.words import load_words


def error_sentence(error: Exception) -> str:
    """What happened and what to do, in the clinician's words; a code without words is said plainly as such."""
    if isinstance(error, InjectmapError):
        return code_sentence(error.code, error.params)
    if isinstance(error, OSError):
        return load_words()("window.problem.system", reason=error.strerror or type(error).__name__)
    return load_words()("window.problem.ours")


def code_sentence(code: str, params: dict[str, object]) -> str:
    """The sentence of `error.<code>`; microlitres (`*_ul`) are shown in mL under the same name."""
    words = load_words()
    key = f"error.{code}"
    if not words.has(key):
        return words("window.problem.unknown", code=code)
    blanks = dict(params)
    for name, value in params.items():
        if name.endswith("_ul") and isinstance(value, int):
            blanks[f"{name[:-3]}_ml"] = show_volume(value)
    try:
        return words(key, **blanks)
    except (KeyError, IndexError):
        return words("window.problem.unknown", code=code)
