"""The numbers behind the figures as CSV: volumes by session, zone and side, and the density of the dose map."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain.treatment_map import Side
from injectmap.insight.density import DoseMap
from injectmap.insight.volume_chart import zones_in_order
from injectmap.services.over_time import OverTime
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas


def volume_table(over_time: OverTime, atlas: Atlas, words: Words) -> bytes:
    """A row for each session, zone and side that holds some volume; mL to the microlitre, mm to the micrometre."""
    heads = [words(f"insight.csv.{one}") for one in ("record", "date", "state", "zone", "side", "ml", "mm")]
    rows = [
        (
            session.number_text,
            session.date.isoformat(),
            session.state.value,
            atlas.zones.info[zone].name,
            words(f"insight.csv.side.{side.value}"),
            f"{share.microlitres / 1000:.3f}",
            f"{share.length_um / 1000:.3f}",
        )
        for session in over_time.sessions
        for zone in zones_in_order(over_time, atlas)
        for side in (Side.RIGHT, Side.LEFT)
        if (share := session.share(zone, side)).microlitres
    ]
    return _csv(heads, rows)


def density_table(dose: DoseMap, words: Words) -> bytes:
    """A row for each cell of the skin with some dose; the sum of area x density / 100 is the volume in mL."""
    heads = [words(f"insight.csv.{one}") for one in ("azimuth", "elevation", "area", "density")]
    cells = dose.cells
    there = np.flatnonzero(cells > 0.0)
    grid = dose.grid
    columns = (grid.azimuths[there], grid.elevations[there], grid.areas[there], cells[there])
    rows = (
        (f"{a:.2f}", f"{e:.2f}", f"{mm2:.5f}", f"{value:.8f}")
        for a, e, mm2, value in zip(*columns, strict=True)
    )
    return _csv(heads, rows)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode()
