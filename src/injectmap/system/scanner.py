"""Finds the codes in a picture of a box, in memory; the picture is neither kept nor written anywhere."""

from __future__ import annotations

import io

from injectmap.domain.errors import InputRefused

# A camera's largest pictures; what unpacks to more is no picture of a box.
BYTE_LIMIT = 60_000_000
PIXEL_LIMIT = 120_000_000
_KINDS = ("PNG", "JPEG")


class BoxPictures:
    """Reads DataMatrix, GS1-128, Code 39, QR, Aztec and article numbers; implements the port PictureReader."""

    def codes(self, picture: bytes) -> tuple[str, ...]:
        """Each code once, with the symbology prefix that a scanner would send.

        InputRefused("picture_unreadable") for what is no PNG or JPEG, InputRefused("picture_too_large").
        """
        import zxingcpp
        from PIL import Image, ImageOps

        if len(picture) > BYTE_LIMIT:
            raise InputRefused("picture_too_large")
        try:
            with Image.open(io.BytesIO(picture), formats=_KINDS) as opened:
                if opened.width * opened.height > PIXEL_LIMIT:
                    raise InputRefused("picture_too_large")
                grey = ImageOps.exif_transpose(opened).convert("L")
        except InputRefused:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise InputRefused("picture_too_large") from None
        except Exception:  # noqa: BLE001 - a broken picture breaks Pillow's readers in a dozen ways
            raise InputRefused("picture_unreadable") from None
        kinds = zxingcpp.BarcodeFormat
        found = zxingcpp.read_barcodes(
            grey,
            formats=zxingcpp.BarcodeFormats(
                [
                    kinds.DataMatrix,
                    kinds.Code128,
                    kinds.QRCode,
                    kinds.AztecCode,
                    kinds.EANUPC,
                    kinds.ITF14,
                    kinds.DataBar,
                    kinds.DataBarLtd,
                    kinds.DataBarExp,
                    # Never the extended form, which makes a small letter of the + that HIBC codes begin with
                    # (ANSI/HIBC 2.6, section 3.1).
                    kinds.Code39Std,
                ]
            ),
            text_mode=zxingcpp.TextMode.Plain,
        )
        texts = (f"{one.symbology_identifier}{one.text}" for one in found if one.valid)
        return tuple(dict.fromkeys(texts))
