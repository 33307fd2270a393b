"""Products and protocols as shipped, as a clinic edits them, and as they go wrong."""

import datetime as dt
from pathlib import Path

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.domain.treatment_map import Plane, Side, Technique
from injectmap.resources import asset_path
from injectmap.system.catalogue import Catalogue
from tests.builders import CAHA_NOTICE

C_SHAPE_ZONES = [
    *["lateral_zygomatic_arch"] * 3,
    *["preauricular"] * 2,
    *["mandibular_angle"] * 2,
    *["mandibular_border"] * 3,
]

OWN = """
[[products]]
id = "harmonyca"
name = "HArmonyCa Lidocaine"
maker = "Allergan Aesthetics"
composition = "as on our box"
volume_ml = "1.25"
per_box = 2
notices = ["Contains calcium hydroxyapatite; not dissolved by hyaluronidase."]
source = "the box"
source_date = 2026-12-01

[[products]]
id = "own_mix"
name = "Another"
maker = "Maker"
composition = "gel"
volume_ml = "0,8"
per_box = 1
source = "the box"
source_date = 2026-12-01
"""


def own(folder: Path, text: str | bytes, kind: str = "products") -> Catalogue:
    (folder / kind).mkdir(exist_ok=True)
    file = folder / kind / "ours.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Catalogue(folder)


def test_harmonyca_and_at_least_three_others_ship_with_source_and_date():
    products = {one.id: one for one in Catalogue().products()}
    harmonyca = products["harmonyca"]
    assert harmonyca.nominal_ul == 1250
    assert harmonyca.per_box == 2
    assert harmonyca.notices == (CAHA_NOTICE,)
    assert len(products) >= 4
    assert all(one.source and one.source_date >= dt.date(2026, 1, 1) for one in products.values())
    for one in products.values():
        assert ("calcium hydroxyapatite" in one.composition.lower()) == (CAHA_NOTICE in one.notices)


def test_what_was_not_read_at_its_source_says_so_in_the_file_and_nowhere_else():
    _, *entries = asset_path("products", "products.toml").read_text("utf-8").split("[[products]]")
    assert all("to be checked" in entry for entry in entries)
    for one in Catalogue().products():
        assert "to be checked" not in f"{one.maker} {one.composition} {one.source}"


def test_a_clinics_file_replaces_and_adds(tmp_path):
    products = {one.id: one for one in own(tmp_path, OWN).products()}
    assert products["harmonyca"].composition == "as on our box"
    assert products["own_mix"].nominal_ul == 800
    assert products["own_mix"].notices == ()
    assert "radiesse_plus" in products
    assert list(products)[:2] == ["harmonyca", "radiesse_plus"]
    assert list(products)[-1] == "own_mix"


def test_an_edit_counts_without_a_restart(tmp_path):
    catalogue = own(tmp_path, OWN)
    before = len(catalogue.products())
    own(tmp_path, OWN.split('[[products]]\nid = "own_mix"')[0])
    assert len(catalogue.products()) == before - 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('volume_ml = "1.25"', "volume_ml = 1.25", "harmonyca: volume_ml"),
        ('volume_ml = "1.25"', 'volume_ml = "1.25 mL"', "harmonyca: volume_ml"),
        ('volume_ml = "1.25"', 'volume_ml = "-1"', "harmonyca: volume_ml"),
        ('volume_ml = "1.25"', "", "harmonyca: volume_ml"),
        ('volume_ml = "1.25"', 'volume_ml = "1.25"\nmax_dose_ml = "2.5"', "harmonyca: max_dose_ml"),
        ("per_box = 2", "per_box = 0", "harmonyca: per_box"),
        ("per_box = 2", "per_box = true", "harmonyca: per_box"),
        ('id = "harmonyca"', 'id = "HArmonyCa!"', "HArmonyCa!: id"),
        ('id = "harmonyca"', "", "products 1: id"),
        ('id = "harmonyca"', 'id = "own_mix"', "own_mix: id"),
        ('source = "the box"', 'source = " "', "harmonyca: source"),
        ("2026-12-01", "2026-12-01T10:00:00", "harmonyca: source_date"),
        ("2026-12-01", '"last week"', "harmonyca: source_date"),
        ("notices = [", "notices = [7, ", "harmonyca: notices"),
        ("[[products]]", "[products]", None),
        ("[[products]]", "colour = 1\n[[products]]", "colour"),
        ('"HArmonyCa Lidocaine"', "HArmonyCa", "TOML 4:8"),
    ],
)
def test_a_wrong_file_is_refused_by_name_and_place(tmp_path, old, new, reason):
    with pytest.raises(StorageProblem) as caught:
        own(tmp_path, OWN.replace(old, new, 1)).products()
    assert caught.value.code == "products_unreadable"
    assert caught.value.params["name"] == "ours.toml"
    if reason is not None:
        assert caught.value.params["reason"] == reason


def test_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(StorageProblem, match="products_unreadable") as caught:
        own(tmp_path, b"\xff\xfe\x00").products()
    assert caught.value.params["reason"] == "UTF-8"


def test_the_c_shape_is_a_training_convention_with_its_source_and_no_dose():
    (protocol,) = [one for one in Catalogue().protocols() if one.id == "c_shape"]
    assert protocol.label == "training_convention"
    assert protocol.version == 2
    assert [n for n, one in enumerate(protocol.passes, start=1) if one.optional] == [2, 9]
    assert "safeap.co.uk" in protocol.source
    assert len(protocol.entries) == 2
    assert len(protocol.passes) == 10
    assert {one.technique for one in protocol.passes} == {Technique.LINEAR_RETROGRADE}
    assert {one.plane for one in protocol.passes} == {Plane.SUBDERMAL}
    text = asset_path("protocols", "c_shape.toml").read_text("utf-8")
    assert "volume" not in text.replace("volumes are the practitioner's", "")


def test_each_pass_of_the_c_shape_lies_in_its_zone_on_both_sides():
    from injectmap.atlas import load_atlas
    from injectmap.domain.laying import lay

    (protocol,) = [one for one in Catalogue().protocols() if one.id == "c_shape"]
    for side in (Side.LEFT, Side.RIGHT):
        laid = lay(load_atlas(), protocol, side)
        for one, zone in zip(laid, C_SHAPE_ZONES, strict=True):
            inside = sum(part.length_um for part in one.path.zones if part.zone == zone and part.side is side)
            assert inside >= 0.9 * one.path.length_um, (zone, one.path.zones)
            # A 50 mm cannula reaches its tip.
            assert 15_000 <= one.path.length_um <= 50_000


PROTOCOL = asset_path("protocols", "c_shape.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('entry = "angle_and_border"', 'entry = "elsewhere"', "passes 6: entry"),
        ('technique = "linear_retrograde"', 'technique = "magic"', "passes 1: technique"),
        ('plane = "subdermal"', "", "passes 1: plane"),
        ('plane = "subdermal"', 'plane = "subdermal"\nvolume_ml = "0.2"', "passes 1: volume_ml"),
        ("offset_mm = [11, -13, -19]", "offset_mm = [11, -13]", "passes 1, tip: offset_mm"),
        ("offset_mm = [11, -13, -19]", "offset_mm = [11, -13, 900]", "passes 1, tip: offset_mm"),
        ("offset_mm = [-3, -5, 14]", "", "arch_and_preauricular: offset_mm"),
        ("version = 2", "version = 0", "version"),
        ("optional = true", "optional = 1", "passes 2: optional"),
        ("optional = true", 'via = [{ landmark = "tragion", offset_mm = [0, 0, 20] }]', "passes 2: via"),
        ('label = "training_convention"', "", "label"),
    ],
)
def test_a_wrong_protocol_is_refused_by_name_and_place(tmp_path, old, new, reason):
    assert old in PROTOCOL
    with pytest.raises(StorageProblem) as caught:
        own(tmp_path, PROTOCOL.replace(old, new, 1), "protocols").protocols()
    assert caught.value.code == "protocol_unreadable"
    assert caught.value.params["reason"] == reason


def test_a_curved_pass_and_a_bolus_lie_where_the_file_says(tmp_path):
    from injectmap.atlas import load_atlas
    from injectmap.domain.laying import lay, place

    curved = PROTOCOL.replace(
        "optional = true", 'curved = true\nvia = [{ landmark = "tragion", offset_mm = [0, 2, 30] }]', 1
    )
    point = '{ landmark = "tragion", offset_mm = [-3, -5, 14] }'
    bolus = curved.replace('{ landmark = "exocanthion", offset_mm = [11, -13, -19] }', point, 1)
    (protocol,) = [one for one in own(tmp_path, bolus, "protocols").protocols() if one.id == "c_shape"]
    first, second = lay(load_atlas(), protocol, Side.LEFT)[:2]
    assert first.path.length_um == 0
    assert second.path.curved
    assert second.path.controls[1] == place(load_atlas(), protocol.passes[1].via[0])
    mirrored = lay(load_atlas(), protocol, Side.RIGHT)[1].path
    assert [(-x, y, z) for x, y, z in mirrored.points] == list(second.path.points)


@pytest.mark.parametrize("kind", ["products", "protocols"])
@pytest.mark.parametrize(
    "spoilt", ['name = "a\\u0001b"', "name = " + "9" * 5000, "name = " + "[" * 3000, "# " + "x" * 1_000_001]
)
def test_a_hostile_file_is_refused_by_name(tmp_path: Path, kind: str, spoilt: str) -> None:
    """A control character would not fit the journal; the others are too much of something."""
    (file, *_) = sorted(asset_path(kind).glob("*.toml"))
    own = tmp_path / kind / "own.toml"
    own.parent.mkdir()
    lines = file.read_text("utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("name = "))
    own.write_text("\n".join([*lines[:place], spoilt, *lines[place + 1 :]]), "utf-8")
    catalogue = Catalogue(tmp_path)
    with pytest.raises(StorageProblem) as refused:
        catalogue.products() if kind == "products" else catalogue.protocols()
    assert refused.value.params["name"] == "own.toml"
