"""The figures over time for the screen, for files and for the page."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from injectmap.services.insight import FileForm, InsightFigure, Pixels, ScreenSize
from injectmap.services.over_time import OverTime

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.insight.density import DoseMap
    from injectmap.words import Words

# Sizes of saved figures in points; the page sets them at 72 in 100, so that their text is as large as its own.
_VOLUME_SIZE = (700.0, 236.0)
_DOSE_HEIGHT = 292.0


class InsightPictures:
    """Draws what is asked for; implements the services' InsightOutput.

    matplotlib is imported with the first figure. It keeps a list of fonts, which takes seconds to make: `fonts_folder`
    is where it finds it again.
    """

    def __init__(
        self, atlas_loader: Callable[[], Atlas], words: Words, *, fonts_folder: Path | None = None
    ) -> None:
        """Take the atlas when first needed."""
        self._atlas_loader = atlas_loader
        self._words = words
        self._fonts_folder = fonts_folder

    def picture(self, figure: InsightFigure, over_time: OverTime, size: ScreenSize) -> Pixels:
        """See InsightOutput."""
        self._find_fonts()
        from injectmap.insight import look as looks
        from injectmap.insight.dose_picture import draw_dose
        from injectmap.insight.volume_chart import draw_volume

        look = looks.DARK if size.dark else looks.LIGHT
        place = (float(size.width), float(size.height), look, size.ratio)
        if figure is InsightFigure.VOLUME:
            return draw_volume(over_time, self._atlas, self._words, *place).pixels()
        return draw_dose(self._dose(over_time), self._atlas, self._words, *place).pixels()

    def file(
        self, figure: InsightFigure, form: FileForm, over_time: OverTime, *, mono: bool = False
    ) -> bytes:
        """See InsightOutput."""
        if form is FileForm.CSV:
            return self._table(figure, over_time)
        self._find_fonts()
        from injectmap.insight import look as looks
        from injectmap.insight.dose_picture import WITH_FRONT, draw_dose, width_for
        from injectmap.insight.sheet import PRINT_DPI, SVG_DPI
        from injectmap.insight.volume_chart import draw_volume

        look = looks.MONO if mono else looks.PAPER
        if figure is InsightFigure.VOLUME:
            sheet = draw_volume(over_time, self._atlas, self._words, *_VOLUME_SIZE, look, 1.0)
        else:
            sheet = draw_dose(
                self._dose(over_time),
                self._atlas,
                self._words,
                width_for(self._atlas, WITH_FRONT, _DOSE_HEIGHT),
                _DOSE_HEIGHT,
                look,
                1.0,
                views=WITH_FRONT,
                picture_ratio=(PRINT_DPI if form is FileForm.PNG else SVG_DPI) / 72.0,
            )
        if form is FileForm.PNG:
            return sheet.png()
        return sheet.svg(self._words(f"insight.{figure.value}.title"))

    def says(self, figure: InsightFigure, over_time: OverTime) -> str:
        """See InsightOutput."""
        self._find_fonts()
        from injectmap.insight.dose_picture import says_dose
        from injectmap.insight.volume_chart import says_volume

        if figure is InsightFigure.VOLUME:
            return says_volume(over_time, self._words)
        return says_dose(self._dose(over_time), self._words)

    @property
    def _atlas(self) -> Atlas:
        return self._atlas_loader()

    def _dose(self, over_time: OverTime) -> DoseMap:
        from injectmap.insight.density import dose_map

        return dose_map(
            self._atlas.skin, (one for session in over_time.sessions for one in session.map.passes)
        )

    def _table(self, figure: InsightFigure, over_time: OverTime) -> bytes:
        self._find_fonts()
        from injectmap.insight.tables import density_table, volume_table

        if figure is InsightFigure.VOLUME:
            return volume_table(over_time, self._atlas, self._words)
        return density_table(self._dose(over_time), self._words)

    def _find_fonts(self) -> None:
        if self._fonts_folder is not None:
            os.environ.setdefault("MPLCONFIGDIR", str(self._fonts_folder))
