"""What a box code says, in words: as it stands in a form before anything is stored."""

from __future__ import annotations

import datetime as dt

from injectmap.domain.box_code import BoxCode
from injectmap.domain.product import Product
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words


def expired(code: BoxCode, treated: dt.date | None) -> bool:
    """True if the code's expiry lies before a day; the day of expiry itself still counts."""
    return code.expiry is not None and treated is not None and code.expiry < treated


def scan_line(code: BoxCode, product: Product | None, treated: dt.date | None) -> str:
    """Product, lot, expiry and serial number; what the code does not say is said as missing."""
    words = load_words()
    parts = [product.name if product is not None else words("scan.product_new")]
    parts.append(words("syringe.lot", lot=code.lot) if code.lot else words("scan.no_lot"))
    if code.expiry is None:
        parts.append(words("scan.no_expiry"))
    elif expired(code, treated):
        parts.append(words("scan.expired", date=show_date(code.expiry)))
    else:
        key = "syringe.expiry" if code.expiry_has_day else "scan.month_only"
        parts.append(words(key, date=show_date(code.expiry)))
    if code.serial:
        parts.append(words("syringe.serial", serial=code.serial))
    return " · ".join(parts)
