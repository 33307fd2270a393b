"""What must hold for a syringe of a treatment session, and its form in the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from injectmap.domain.box_code import CODE_LIMIT
from injectmap.domain.errors import InputRefused
from injectmap.domain.forms import form
from injectmap.domain.patient import clean_text
from injectmap.domain.product import Syringe, product_from_json, product_to_json
from injectmap.domain.session import OpenSession
from injectmap.domain.totals import SyringeBalance, syringe_balances
from injectmap.domain.treatment_map import TreatmentMap

SYRINGE_LIMIT = 12
LOT_LIMIT = 40
REASON_LIMIT = 500
# No product of today's shelves expired before, and none lasts longer.
EARLIEST_EXPIRY = dt.date(2000, 1, 1)
LONGEST_YEARS = 20


def syringe_to_json(syringe: Syringe) -> dict[str, Any]:
    """Return the journal's after-image of a syringe with its product as described that day."""
    return {
        "id": syringe.id,
        "session": syringe.session_id,
        "number": syringe.number,
        "lot": syringe.lot,
        "expiry": syringe.expiry.isoformat() if syringe.expiry else None,
        "serial": syringe.serial,
        "product": product_to_json(syringe.product),
        "udi": syringe.udi,
        "opened_volume_ul": syringe.opened_volume_ul,
        "discarded_ul": syringe.discarded_ul,
        "expired_reason": syringe.expired_reason,
        "stock_item": syringe.stock_item_id,
    }


@form("syringe")
def syringe_from_json(data: dict[str, Any]) -> Syringe:
    """Return the syringe of its journal form; rows of earlier programs lack what was added later."""
    expiry = data.get("expiry")
    return Syringe(
        id=data["id"],
        session_id=data["session"],
        number=data["number"],
        product=product_from_json(data["product"]),
        lot=data["lot"],
        expiry=dt.date.fromisoformat(expiry) if expiry else None,
        serial=data["serial"],
        udi=data.get("udi", ""),
        opened_volume_ul=data.get("opened_volume_ul"),
        discarded_ul=data.get("discarded_ul", 0),
        expired_reason=data.get("expired_reason", ""),
        stock_item_id=data.get("stock_item"),
    )


def one_line(text: str, *, limit: int) -> str:
    """Typed text on one line; InputRefused("text_too_long") beyond the limit."""
    return " ".join(clean_text(text, limit=limit).split())


def check_expiry(expiry: dt.date | None, *, today: dt.date) -> None:
    """Refuse an expiry that no box can bear; one that has passed is not refused."""
    if expiry is None:
        return
    if expiry < EARLIEST_EXPIRY or expiry.year > today.year + LONGEST_YEARS:
        raise InputRefused("expiry_impossible")


def checked_syringe(syringe: Syringe, drawn: TreatmentMap, *, today: dt.date) -> Syringe:
    """Clean a syringe's texts and check its dates and volumes against what was drawn from it.

    An opened volume of nought says that the line was entered in error: that syringe was never opened.
    """
    nominal, opened = syringe.nominal_ul, syringe.opened_volume_ul
    cleaned = replace(
        syringe,
        lot=one_line(syringe.lot, limit=LOT_LIMIT),
        serial=one_line(syringe.serial, limit=LOT_LIMIT),
        # Its last character may be a space that checks the others.
        udi=clean_text(f"{syringe.udi}.", limit=CODE_LIMIT + 1)[:-1],
        expired_reason=clean_text(syringe.expired_reason, limit=REASON_LIMIT),
        opened_volume_ul=None if opened == nominal else opened,
    )
    check_expiry(cleaned.expiry, today=today)
    if opened is not None and not 0 <= opened <= nominal:
        raise InputRefused("opened_above_nominal", number=syringe.number, nominal_ul=nominal)
    if cleaned.discarded_ul < 0:
        raise InputRefused("volume_negative")
    (balance,) = syringe_balances([cleaned], drawn)
    if cleaned.opened_ul < balance.injected_ul:
        raise InputRefused("opened_below_injected", number=syringe.number, injected_ul=balance.injected_ul)
    if balance.left_ul < 0:
        rest = cleaned.opened_ul - balance.injected_ul
        raise InputRefused("discarded_above_rest", number=syringe.number, rest_ul=rest)
    return cleaned


def check_serials(syringes: Iterable[Syringe], changed: Syringe) -> None:
    """Refuse the same numbered unit twice in one session."""
    if not changed.serial or changed.opened_ul == 0:
        return
    for one in syringes:
        same = (one.product.id, one.lot.casefold(), one.serial.casefold()) == (
            changed.product.id,
            changed.lot.casefold(),
            changed.serial.casefold(),
        )
        if same and one.id != changed.id and one.opened_ul:
            raise InputRefused("serial_used_already", number=one.number, serial=changed.serial)


def rests(opened: OpenSession) -> tuple[SyringeBalance, ...]:
    """The syringes that still hold something."""
    return tuple(one for one in syringe_balances(opened.syringes, opened.map) if one.left_ul > 0)
