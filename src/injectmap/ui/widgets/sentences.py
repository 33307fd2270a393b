"""Sentences for the codes of the lower layers."""

from __future__ import annotations

import datetime as dt
import platform

from injectmap.domain.errors import InjectmapError
from injectmap.domain.units import show_volume
from injectmap.ui.widgets.dates import show_date
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


def read_only_text(reason: InjectmapError | None) -> str:
    """Why a clinic is open for reading only, as the end of a sentence; nothing where it is not known."""
    if reason is None:
        return ""
    words, since_ms = load_words(), reason.params.get("since_ms")
    if reason.code == "entries_missing":
        first = int(str(reason.params["last"])) + 1
        return words("save.read_only.missing", first=first, stored=reason.params["stored"])
    if reason.code == "clinic_moved":
        return words("save.read_only.moved", day=reason.params["day"])
    if reason.code == "file_is_damaged":
        return words("save.read_only.damaged")
    if reason.code != "file_locked" or not isinstance(since_ms, int):
        return words("save.read_only.file")
    since = dt.datetime.fromtimestamp(since_ms / 1000, tz=dt.UTC).astimezone()
    today = since.date() == dt.datetime.now(tz=dt.UTC).astimezone().date()
    time = f"{since:%H:%M}" if today else f"{show_date(since.date())}, {since:%H:%M}"
    host = str(reason.params.get("host", ""))
    if host in ("", platform.node()):
        return words("save.read_only.window", time=time)
    return words("save.read_only.host", host=host, time=time)
