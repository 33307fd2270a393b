"""One picture of all views for looking: shaded on light and dark, and line art."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image

LIGHT, DARK, PAPER = (0xFD, 0xFD, 0xFC), (0x0E, 0x12, 0x15), (0xFF, 0xFF, 0xFF)


def make_contact_sheet(atlas: Path, target: Path, height: int = 760) -> None:
    """Views side by side; rows shaded on light, shaded on dark, line art on paper."""
    views = json.loads((atlas / "views.json").read_text(encoding="utf-8"))["views"]
    rows = (("shaded", LIGHT), ("shaded", DARK), ("line", PAPER))
    tiles = {}
    for style in ("shaded", "line"):
        for name, view in views.items():
            picture = Image.open(atlas / view[style]["file"]).convert("RGBA")
            tiles[style, name] = picture.resize(
                (round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS
            )
    width = sum(tiles["shaded", name].width for name in views)
    sheet = Image.new("RGB", (width, height * len(rows)))
    for r, (style, ground) in enumerate(rows):
        sheet.paste(ground, (0, r * height, width, (r + 1) * height))
        x = 0
        for name in views:
            tile = tiles[style, name]
            sheet.paste(tile, (x, r * height), tile)
            x += tile.width
    sheet.save(target)
