"""Use cases around box codes: what a scan says, and which product it is a box of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from injectmap.domain.acting import Acting, Right
from injectmap.domain.box_code import BoxCode, CodeKind, read_box_code
from injectmap.domain.errors import InputRefused
from injectmap.domain.product import Product
from injectmap.services.ports import Clock, Database, ProductCatalogue


class PictureReader(Protocol):
    """Finds codes in a picture; nothing of the picture is kept."""

    def codes(self, picture: bytes) -> tuple[str, ...]:
        """The texts of the codes in a PNG or JPEG; InputRefused("picture_unreadable") for anything else."""
        ...


@dataclass(frozen=True, slots=True)
class Scan:
    """What was read off a box, and its product if the clinic has met this code before."""

    code: BoxCode
    product: Product | None


class ScanService:
    """Reads codes and remembers which product they are of: by boxes in stock and syringes that bear the same code.

    What a product is, is taken from the products file as it stands now.
    """

    def __init__(
        self,
        database: Database,
        products: ProductCatalogue,
        pictures: PictureReader,
        clock: Clock,
        time_zone: str,
    ) -> None:
        """Work on an open clinic."""
        self._database = database
        self._products = products
        self._pictures = pictures
        self._clock = clock
        self._time_zone = time_zone

    def read(self, acting: Acting, typed: str) -> Scan:
        """Read a scanned or typed code; InputRefused (`code_...`) with what is wrong with it."""
        acting.require(Right.READ)
        code = read_box_code(typed, today=self._today())
        return Scan(code, self.product_of(acting, code))

    def read_picture(self, acting: Acting, picture: bytes) -> Scan:
        """Read the one box code in a picture; refused if there is none, or if there are several boxes in it.

        Where product and lot stand in two codes of one box, both are read as one.
        """
        acting.require(Right.READ)
        found, refused = [], []
        for text in dict.fromkeys(self._pictures.codes(picture)):
            try:
                found.append(read_box_code(text, today=self._today()))
            except InputRefused as error:
                refused.append(error)
        if not found:
            raise refused[0] if refused else InputRefused("picture_no_code")
        code = joined(found)
        return Scan(code, self.product_of(acting, code))

    def product_of(self, acting: Acting, code: BoxCode) -> Product | None:
        """The product of a code, if the clinic has met it."""
        acting.require(Right.READ)
        if not code.identifier:
            return None
        known = self._known_id(code)
        return next((one for one in self._products.products() if one.id == known), None)

    def _known_id(self, code: BoxCode) -> str | None:
        # A GTIN may stand on the box in a shorter form, without the noughts before it.
        held = code.identifier.lstrip("0") or code.identifier
        with self._database.reading() as work:
            kept = [(one.udi, one.product.id) for one in work.stock.items() if one.udi]
            # What was answered for a syringe holds before anything is signed or received.
            kept += work.stock.used_codes(held)
        today = self._today()
        return next((product_id for udi, product_id in kept if says(udi, code, today=today)), None)

    def _today(self) -> dt.date:
        return self._clock.today(self._time_zone)


def says(udi: str, code: BoxCode, *, today: dt.date) -> bool:
    """True if a kept code, or one of the two kept of a box, names the same product and packing as another."""
    for line in udi.splitlines():
        try:
            kept = read_box_code(line, today=today)
        except InputRefused:
            continue
        if kept.identifier and (kept.kind, kept.identifier) == (code.kind, code.identifier):
            return True
    return False


def joined(codes: Iterable[BoxCode]) -> BoxCode:
    """One code of the codes on one box: each adds what the others do not say, and none may contradict another."""
    first, *others = sorted(codes, key=lambda one: not one.identifier)
    for other in others:
        first = _join(first, other)
    return first


def _join(one: BoxCode, other: BoxCode) -> BoxCode:
    for name in ("identifier", "lot", "serial", "expiry", "production"):
        left, right = getattr(one, name), getattr(other, name)
        if left and right and left != right:
            raise InputRefused("picture_several_boxes")
    if one.raw == other.raw or not _adds(one, other):
        return one
    # A secondary HIBC code names the check character of the primary one that it belongs to.
    link = dict(other.others).get("link") if other.kind is CodeKind.HIBC else None
    if link is not None and one.raw.strip("*")[-1:] != link:
        raise InputRefused("picture_several_boxes")
    expiry_from = one if one.expiry else other
    return BoxCode(
        one.kind,
        f"{one.raw}\n{other.raw}",
        one.identifier or other.identifier,
        one.lot or other.lot,
        expiry_from.expiry,
        expiry_from.expiry_has_day,
        one.serial or other.serial,
        one.production or other.production,
        (*one.others, *other.others),
    )


def _adds(one: BoxCode, other: BoxCode) -> bool:
    names = ("identifier", "lot", "serial", "expiry", "production")
    return any(getattr(other, name) and not getattr(one, name) for name in names)
