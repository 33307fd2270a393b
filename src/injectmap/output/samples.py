"""The samples of zone colours and patterns that a document names, each once."""

from __future__ import annotations

from collections.abc import Iterable

from injectmap.output.swatches import swatch_svg

# Shares of a sample are in twentieths: finer ones cannot be told apart in three millimetres.
_STEPS = 20


class Samples:
    """Gives each mixture of zones one name in the document; its pictures are made for the looks asked for."""

    def __init__(self) -> None:
        """Begin without any."""
        self._names: dict[tuple[tuple[str, int], ...], str] = {}

    def name(self, parts: Iterable[tuple[str, int]]) -> str:
        """The name of a sample of zones with their shares of a pass; empty for none."""
        given = [(zone, share) for zone, share in parts if share > 0]
        whole = sum(share for _, share in given)
        if not whole:
            return ""
        key = tuple((zone, max(1, (share * _STEPS + whole // 2) // whole)) for zone, share in given)
        return self._names.setdefault(key, f"sample-{len(self._names) + 1}")

    def pictures(self, *, mono: bool) -> dict[str, str]:
        """The samples as SVG by name."""
        return {name: swatch_svg(parts, mono=mono) for parts, name in self._names.items()}
