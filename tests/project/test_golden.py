"""The comparison of golden pictures lets rounding pass and nothing else."""

import io

from PIL import Image

from tests.support.golden import differs


def png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def grey(level: int, size: tuple[int, int] = (100, 100)) -> Image.Image:
    return Image.new("RGB", size, (level, level, level))


def test_the_same_picture_passes() -> None:
    assert differs(png(grey(100)), png(grey(100))) is None


def test_rounding_passes() -> None:
    assert differs(png(grey(100)), png(grey(102))) is None


def test_another_shade_fails() -> None:
    assert differs(png(grey(100)), png(grey(110))) == "10000 pixels differ"


def test_a_short_line_fails() -> None:
    changed = grey(100)
    changed.paste((0, 0, 0), (10, 10, 20, 11))
    assert differs(png(grey(100)), png(changed)) == "10 pixels differ"


def test_a_change_in_one_channel_fails() -> None:
    assert differs(png(grey(100)), png(Image.new("RGB", (100, 100), (100, 100, 140)))) is not None


def test_another_size_fails() -> None:
    assert differs(png(grey(100)), png(grey(100, (100, 101)))) == "size (100, 101) is not (100, 100)"
