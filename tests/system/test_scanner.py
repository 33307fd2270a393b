"""Codes in pictures of boxes. The pictures are written by zxing-cpp itself: no published one is at hand offline.

That proves the way from picture to text, not the reading of codes: test_box_codes does that with published codes.
"""

from __future__ import annotations

import datetime as dt
import io

import pytest
import zxingcpp
from PIL import Image

from injectmap.domain.box_code import read_box_code
from injectmap.domain.errors import InputRefused
from injectmap.system.scanner import BoxPictures

TODAY = dt.date(2026, 11, 22)


def symbol(text: str, kind: zxingcpp.BarcodeFormat, **how: object) -> Image.Image:
    scale = 4 if kind is zxingcpp.BarcodeFormat.DataMatrix else 2
    made = zxingcpp.create_barcode(text, kind, **how).to_image(scale=scale)
    height, width = made.shape
    return Image.frombytes("L", (width, height), bytes(memoryview(made).cast("B")))


def packed(*symbols: Image.Image, form: str = "PNG", turned: int = 0) -> bytes:
    page = Image.new("L", (1200, 1400), 255)
    for number, one in enumerate(symbols):
        page.paste(one, (120, 100 + number * 420))
    out = io.BytesIO()
    page.rotate(turned, expand=True, fillcolor=255).save(out, form)
    return out.getvalue()


MATRIX = ("(01)05060917510011(10)628S93R(17)241000(21)8898847482518646", zxingcpp.BarcodeFormat.DataMatrix)


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("turned", [0, 90, 11])
def test_a_gs1_datamatrix_is_read_with_its_separators(form: str, turned: int) -> None:
    (text,) = BoxPictures().codes(packed(symbol(*MATRIX, gs1=True), form=form, turned=turned))
    assert text == "]d2010506091751001110628S93R\x1d17241000218898847482518646"
    assert read_box_code(text, today=TODAY).expiry == dt.date(2024, 10, 31)


def test_a_gs1_128_is_read() -> None:
    bars = symbol("(01)05060917510011(17)241000(10)628S93R", zxingcpp.BarcodeFormat.Code128, gs1=True)
    assert BoxPictures().codes(packed(bars)) == ("]C101050609175100111724100010628S93R",)


@pytest.mark.parametrize("kind", [zxingcpp.BarcodeFormat.Code39, zxingcpp.BarcodeFormat.Code128])
def test_an_hibc_code_keeps_its_plus_sign(kind: zxingcpp.BarcodeFormat) -> None:
    (text,) = BoxPictures().codes(packed(symbol("+A123BJC5D6E71G", kind)))
    assert read_box_code(text, today=TODAY).identifier == "A123BJC5D6E71"


def test_each_code_of_a_picture_is_told_once() -> None:
    one, other = symbol(*MATRIX, gs1=True), symbol("4006381333931", zxingcpp.BarcodeFormat.EAN13)
    assert len(BoxPictures().codes(packed(one, other, one))) == 2


def test_a_picture_without_a_code_has_none() -> None:
    assert BoxPictures().codes(packed()) == ()


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nshort", b"GIF89a", b"%PDF-1.7", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(InputRefused, match="picture_unreadable"):
        BoxPictures().codes(content)


def test_a_picture_cut_short_is_refused() -> None:
    with pytest.raises(InputRefused, match="picture_unreadable"):
        BoxPictures().codes(packed(symbol(*MATRIX, gs1=True))[:400])


def test_a_picture_that_unpacks_without_end_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 12_000)).save(out, "PNG")
    with pytest.raises(InputRefused, match="picture_too_large"):
        BoxPictures().codes(out.getvalue())
