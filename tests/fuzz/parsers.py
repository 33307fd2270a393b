"""Every reader of what comes from outside, with right inputs to start from and the error it may raise."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import tempfile
import tomllib
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from injectmap.atlas import Atlas, load_atlas
from injectmap.atlas.zone_file import ZonesFileError, read_partition
from injectmap.domain.accounts import Account, account_from_json, account_to_json
from injectmap.domain.acting import Role
from injectmap.domain.anchors import Anchor, anchor_from_text, anchor_to_text
from injectmap.domain.backup_plan import (
    BackupPlan,
    Head,
    Made,
    Place,
    PlanRefused,
    plan_from_json,
    plan_to_json,
)
from injectmap.domain.backups import Backup
from injectmap.domain.box_code import read_box_code
from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange, edit_from_json, edit_to_json
from injectmap.domain.errors import InjectmapError
from injectmap.domain.forms import read_json
from injectmap.domain.journal import JournalKind, JournalRow, canonical_json
from injectmap.domain.keys import Cost, Slot, SlotFile, slots_from_json, slots_to_json
from injectmap.domain.map_items import AppliedProtocol, Measurement, MeasurementKind, ZoneMove
from injectmap.domain.privacy import LedgerEntry, ledger_text, parse_ledger
from injectmap.domain.product import product_to_json
from injectmap.domain.proof import Finding
from injectmap.domain.protocol import protocol_from_json, protocol_to_json
from injectmap.domain.record import RecordField
from injectmap.domain.settings import ClinicSettings, Phrase, settings_from_json, settings_to_json
from injectmap.domain.treatment_map import Deposit, Share, Side, TreatmentMap
from injectmap.resources import asset_path
from injectmap.services.moved import note_from_text
from injectmap.services.syringes import syringe_from_json, syringe_to_json
from injectmap.storage.packing import pack_pictures, unpack_pictures
from injectmap.storage.replay import Replay
from injectmap.system import catalogue
from injectmap.system.scanner import BoxPictures
from tests import builders
from tests.fuzz import mutations

TODAY = dt.date(2026, 11, 22)
CODES = Path(__file__).parents[1] / "data" / "box_codes"
Make = Callable[[random.Random], Any]


@dataclass(frozen=True, slots=True)
class Parser:
    """One reader: how its inputs are made, how one is read, and what it may raise beside InjectmapError.

    `share` of the inputs asked for are made, where one takes long. Nothing may take longer than `seconds`.
    """

    name: str
    make: Make
    read: Callable[[Any, Path], object]
    errors: tuple[type[Exception], ...] = ()
    share: float = 1.0
    seconds: float = 2.0
    grown_mib: int = 300


def seeded(name: str, number: int) -> random.Random:
    """The chance of one input, the same in every run."""
    return random.Random((zlib.crc32(name.encode()) << 32) + number)


@cache
def _codes(kind: str) -> tuple[str, ...]:
    listed = tomllib.loads((CODES / "published.toml").read_text("utf-8"))["codes"]
    return tuple(one["code"] for one in listed if one["kind"] == kind)


def _text(*samples: Callable[[], tuple[str, ...]]) -> Make:
    return lambda rng: mutations.text_of(rng, rng.choice(samples)())


def _box_code(text: str, _folder: Path) -> None:
    code = read_box_code(text, today=TODAY)
    # What was read must fit the journal.
    canonical_json([code.raw, code.identifier, code.lot, code.serial, [list(one) for one in code.others]])


@cache
def _assets(kind: str) -> tuple[str, ...]:
    return tuple(file.read_text("utf-8") for file in sorted(asset_path(kind).glob("*.toml")))


def _own_file(kind: str) -> Callable[[str, Path], object]:
    def read(text: str, folder: Path) -> object:
        file = folder / "own.toml"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        # As the catalogue reads each file of a clinic's folder; the shipped ones would be read again every time.
        if kind == "products":
            found = catalogue._read(file, catalogue._products_of, "products_unreadable")
            return [canonical_json(product_to_json(one)) for one in found]
        drawn = catalogue._read(file, catalogue._protocols_of, "protocol_unreadable")
        return [canonical_json(protocol_to_json(one)) for one in drawn]

    return read


@cache
def _atlas() -> Atlas:
    return load_atlas()


# The whole head in two zones: read twenty times as fast as the shipped file.
SMALL_ZONES = """
zones_version = 1
[vertices]
crown_front = { direction = [0, 90] }
crown_back = { direction = [180, 90] }
middle_front = { from = "subnasale" }
middle_side = { from = "gonion", side = [20, 14.5] }
middle_back = { direction = [180, -22] }
base_front = { direction = [0, -90] }
base_back = { direction = [180, -90] }
[lines]
middle = ["middle_front", "middle_side", "middle_back"]
[zones.upper]
name = "Upper"
borders = "Below: the middle."
ring = ["crown_front", "middle_front", "middle_back", "crown_back"]
[zones.lower]
name = "Lower"
group = "other"
borders = "Above: the middle."
ring = ["middle_front", "base_front", "base_back", "middle_back"]
"""


@cache
def _zones() -> tuple[str, ...]:
    return (*[SMALL_ZONES] * 15, asset_path("atlas", "zones.toml").read_text("utf-8"))


def _partition(text: str, folder: Path) -> object:
    file = folder / "zones.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    return read_partition(file, _atlas().skin, _atlas().landmarks)


# Forms of the journal


def _form(
    name: str,
    samples: Callable[[], list[Any]],
    read: Callable[[Any], Any],
    write: Callable[[Any], Any] | None = None,
) -> Parser:
    kept = cache(samples)

    def parse(text: str, _folder: Path) -> None:
        found = read(read_json(text, name))
        if write is not None:
            # What is taken can be written again, so that no float, control character or stranger came in.
            canonical_json(write(found))

    return Parser(name, lambda rng: mutations.json_of(rng, kept()), parse)


def _edits() -> list[Any]:
    passes = [
        replace(one, id=f"p{n}", entry_id=f"e{n}")
        for n, one in enumerate(builders.c_shape("s1", "s2", count=4).passes)
    ]
    one = replace(
        passes[0], shares=(Share("s1", 60), Share("s2", 40)), deviation="vein", fulfils="p9", depth_um=4000
    )
    one = replace(
        one,
        deposits=(Deposit(0, 60, "preauricular", Side.LEFT), Deposit(9000, 40, "preauricular", Side.LEFT)),
    )
    measured = Measurement("m1", MeasurementKind.ASYMMETRY, one.path, 9000, "lower")
    moved = ZoneMove("angle_front_top", Side.LEFT, one.path.tip)
    applied = AppliedProtocol("c_shape", 1, "C-shape", "training_convention", "source", "0" * 64, Side.LEFT)
    edits = [
        Edit(EditKind.ADD_PASS, tuple(PassChange(None, each) for each in passes[:2])),
        Edit(EditKind.SET_VOLUME, (PassChange(passes[0], one), PassChange(passes[1], None))),
        Edit(EditKind.MEASURE, (), tuple(ItemChange(None, item) for item in (measured, moved, applied))),
    ]
    return [edit_to_json(edit) for edit in edits]


def _played(data: Any) -> Edit:
    """An edit that is taken can be played on a map, or says that it does not fit there."""
    edit = edit_from_json(data)
    try:
        edit.inverse().apply(edit.apply(TreatmentMap()))
    except ValueError as wrong:
        # The map's own invariants; whoever plays a journal that nobody vouches for has to expect them.
        if "order" not in str(wrong) and "entry" not in str(wrong):
            raise
    return edit


def _syringes() -> list[Any]:
    person, by = builders.patient(number=1), builders.practitioner()
    return [syringe_to_json(builders.syringe(builders.treatment_session(person, by, number=1), serial="7"))]


def _settings() -> list[Any]:
    chosen = ClinicSettings("Clinic", phrases=(Phrase(RecordField.REASON, "text"),), retention_years=10)
    return [settings_to_json(chosen), settings_to_json(ClinicSettings("Other", review_months=None))]


def _protocols() -> list[Any]:
    return [protocol_to_json(one) for one in catalogue.Catalogue().protocols()]


def _accounts() -> list[Any]:
    return [account_to_json(Account("someone", frozenset(Role), True, "hash", 3))]


class _Journal:
    """The journal of a clinic with everything in it, replayed; a spoilt row comes after all of them."""

    ENOUGH = 2_000

    def __init__(self) -> None:
        from injectmap.storage.opening import open_clinic
        from tests.tamper.full_clinic import KEY, make_full_clinic

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "full.injectmap"
            make_full_clinic(path)
            database = open_clinic(path, key=KEY, read_only=True)
            with database.reading() as work:
                self.rows = list(work.journal.all())
            database.close()
        # One row of each kind on each subject, and of edits some.
        kinds: dict[tuple[str, str], list[JournalRow]] = {}
        for row in self.rows:
            if row.payload is not None:
                kinds.setdefault((row.kind, row.subject_kind), []).append(row)
        self.samples = [row for rows in kinds.values() for row in rows[:6]]
        self.taken = 0
        self.replay = self._replayed()

    def _replayed(self) -> Replay:
        erased = {row.subject_id: row.number for row in self.rows if row.kind is JournalKind.ERASE}
        replay = Replay(erased)
        for row in self.rows:
            replay.take(row)
        return replay

    def take(self, row: JournalRow) -> None:
        """A finding or none, and nothing else."""
        self.taken += 1
        if self.taken % self.ENOUGH == 0:
            self.replay = self._replayed()
        found = self.replay.take(row)
        assert found is None or isinstance(found, Finding)


@cache
def _journal() -> _Journal:
    return _Journal()


def _spoilt_row(rng: random.Random) -> JournalRow:
    row = rng.choice(_journal().samples)
    assert row.payload is not None
    return replace(row, payload=mutations.json_of(rng, [json.loads(row.payload)]))


def _anchors() -> list[Any]:
    anchor = Anchor("0190-abcd", 17, "ab" * 32, 1_795_000_000_000, "0.4.0")
    signed = replace(anchor, public_key="cd" * 32, signature="ef" * 64)
    return [json.loads(anchor_to_text(one)) for one in (anchor, signed)]


def _notes() -> list[Any]:
    return [{"injectmap_moved": 1, "to": "server.example:5432/harbour", "at_ms": 1_795_000_000_000}]


# Files beside a clinic


def _slot_file() -> list[Any]:
    slot = Slot(Cost(), b"s" * 16, b"n" * 12, b"w" * 48)
    file = SlotFile("0190-abcd", "ab" * 32, (slot, replace(slot, salt=b"t" * 16)))
    return [json.loads(slots_to_json(file))]


def _ledgers() -> list[Any]:
    return [
        json.loads(ledger_text([LedgerEntry(f"patient-{n}", n + 1, 1_795_000_000_000 + n) for n in range(4)]))
    ]


def _plans() -> list[Any]:
    name = Backup(1_795_000_000_000, 12, "0190abcd", clinic="clinic").file_name
    made = Made(name, 1_795_000_000_000, Head(12, "0" * 64), 90_000)
    places = (Place("/mnt/disk", "/mnt", made, "", 0, ()), Place("/home/backups"))
    return [json.loads(plan_to_json(BackupPlan("0190abcd", "/home/clinic.injectmap", places)))]


def _beside(
    name: str, samples: Callable[[], list[Any]], read: Callable[[str], object], *errors: type[Exception]
) -> Parser:
    kept = cache(samples)
    return Parser(name, lambda rng: mutations.json_of(rng, kept()), lambda text, _folder: read(text), errors)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# Pictures


@cache
def _pictures() -> tuple[bytes, ...]:
    import zxingcpp
    from PIL import Image

    made = []
    for kind, text, gs1 in (
        (zxingcpp.BarcodeFormat.DataMatrix, "(01)05060917510011(10)628S93R(17)241000", True),
        (zxingcpp.BarcodeFormat.Code128, "+A123BJC5D6E71G", False),
    ):
        symbol = zxingcpp.create_barcode(text, kind, gs1=gs1).to_image(scale=2)
        height, width = symbol.shape
        page = Image.new("RGB", (240, 160), "white")
        page.paste(Image.frombytes("L", (width, height), bytes(memoryview(symbol).cast("B"))), (20, 20))
        for form, options in (("PNG", {}), ("JPEG", {"quality": 80}), ("JPEG", {"progressive": True})):
            exif = Image.Exif()
            exif[0x0112] = 6
            out = io.BytesIO()
            page.save(out, form, exif=exif, **options)
            made.append(out.getvalue())
    return tuple(made)


@cache
def _packed_pictures() -> tuple[str, ...]:
    return (pack_pictures((("front", "<svg/>"), ("left_lateral", "<svg><path d='M0 0'/></svg>"))),)


PARSERS = (
    Parser("gs1", _text(lambda: _codes("gs1")), _box_code),
    Parser("hibc", _text(lambda: _codes("hibc")), _box_code),
    _form("settings", _settings, settings_from_json, settings_to_json),
    _form("journal_edit", _edits, _played, edit_to_json),
    _form("journal_syringe", _syringes, syringe_from_json, syringe_to_json),
    _form("journal_protocol", _protocols, protocol_from_json, protocol_to_json),
    _form("journal_account", _accounts, account_from_json, account_to_json),
    Parser("journal_replay", _spoilt_row, lambda row, _folder: _journal().take(row), seconds=5.0),
    _beside("anchor", _anchors, lambda text: anchor_from_text(_bytes(text))),
    _beside("moved_note", _notes, lambda text: note_from_text(_bytes(text)), ValueError),
    _beside("key_slots", _slot_file, lambda text: slots_from_json(_bytes(text), name="x")),
    _beside("erasure_ledger", _ledgers, lambda text: parse_ledger(_bytes(text))),
    _beside("backup_plan", _plans, plan_from_json, PlanRefused),
    Parser("record_pictures", _text(_packed_pictures), lambda text, _folder: unpack_pictures(text)),
    Parser(
        "box_picture",
        lambda rng: mutations.bytes_of(rng, _pictures()),
        lambda data, _folder: [read_box_code(one, today=TODAY) for one in BoxPictures().codes(data)],
        share=0.5,
        seconds=20.0,
        grown_mib=1500,
    ),
    # Those that take longest come last.
    Parser("protocol_file", _text(lambda: _assets("protocols")), _own_file("protocols")),
    Parser("product_file", _text(lambda: _assets("products")), _own_file("products")),
    Parser("zone_file", _text(_zones), _partition, (ZonesFileError,)),
)

DOCUMENTED = (InjectmapError,)
