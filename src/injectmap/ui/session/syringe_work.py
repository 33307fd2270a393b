"""What panels do with the syringes of the open treatment session, by way of the desk."""

from __future__ import annotations

from injectmap.domain.product import Product, Syringe
from injectmap.services.scanning import Scan
from injectmap.ui.desk import Desk


def open_syringe(desk: Desk, syringe: Syringe) -> None:
    """Open one more syringe as described; its number comes from the session."""
    sessions = desk.services.sessions
    desk.change_session(
        lambda acting, session: sessions.add_syringe(
            acting,
            session,
            product=syringe.product,
            lot=syringe.lot,
            expiry=syringe.expiry,
            serial=syringe.serial,
            udi=syringe.udi,
            opened_volume_ul=syringe.opened_volume_ul,
            expired_reason=syringe.expired_reason,
        )
    )


def scanned_syringe(scan: Scan, product: Product) -> Syringe:
    """A syringe as its box says."""
    code = scan.code
    return Syringe("", "", 0, product, code.lot, code.expiry, code.serial, code.raw)


def discard_rest(desk: Desk) -> None:
    """Record what is left in every syringe as discarded."""
    desk.change_session(desk.services.sessions.discard_rest)
