"""Figures over time without matplotlib: plain pictures that count what they were drawn from."""

from __future__ import annotations

from collections.abc import Mapping

from injectmap.services.insight import FileForm, InsightFigure, Pixels, PrintedFigure, ScreenSize
from injectmap.services.over_time import OverTime
from injectmap.services.ports import RenderedPage


class FakeFigures:
    """Pictures of one grey: the count of passes on it."""

    def __init__(self) -> None:
        self.failing: Exception | None = None
        self.drawn: list[tuple[InsightFigure, ScreenSize]] = []
        self.filed: list[tuple[InsightFigure, FileForm]] = []

    def picture(self, figure: InsightFigure, over_time: OverTime, size: ScreenSize) -> Pixels:
        if self.failing is not None:
            raise self.failing
        self.drawn.append((figure, size))
        shade = sum(len(one.map.passes) for one in over_time.sessions)
        width, height = round(size.width * size.ratio), round(size.height * size.ratio)
        return Pixels(bytes((shade, shade, shade, 255)) * (width * height), width, height)

    def file(
        self, figure: InsightFigure, form: FileForm, over_time: OverTime, *, mono: bool = False
    ) -> bytes:
        if self.failing is not None:
            raise self.failing
        self.filed.append((figure, form))
        return f"{figure.value} {form.value} {over_time.balance.both_ul}".encode()

    def says(self, figure: InsightFigure, over_time: OverTime) -> str:
        return f"{figure.value} in words"


class FakeOverTimePaper:
    """One page."""

    def pdf(
        self,
        over_time: OverTime,
        figures: Mapping[InsightFigure, PrintedFigure],
        *,
        printed_at_ms: int,
        mono: bool,
    ) -> bytes:
        return b"%PDF-1.7 " + str(len(figures)).encode()

    def pages(
        self,
        over_time: OverTime,
        figures: Mapping[InsightFigure, PrintedFigure],
        *,
        printed_at_ms: int,
        mono: bool,
        pixels_per_inch: float,
    ) -> tuple[RenderedPage, ...]:
        import io

        from PIL import Image

        content = io.BytesIO()
        Image.new("L", (round(pixels_per_inch * 2), round(pixels_per_inch * 3)), 200).save(content, "PNG")
        return (RenderedPage(content.getvalue(), 595.0, 842.0),)
