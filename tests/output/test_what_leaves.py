"""What leaves the program says nothing of where it was made: no place, user, computer or folder in any file.

Photographs are not kept in records yet; the only pictures that come in are those of box codes, and nothing of them
is stored.
"""

import getpass
import io
import platform
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from injectmap.bootstrap import Opener
from injectmap.domain.errors import InputRefused
from injectmap.services.clinic import Services
from injectmap.services.insight import FileForm, InsightFigure

CAMERA, PLACE = "ZyxCamera of Harbour Lane", (59.0, 19.0, 57.0)
GPS_IFD, MAKE, ARTIST = 0x8825, 0x010F, 0x013B


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("zyxfolder")
    services = Opener(data_folder=folder).demo()
    yield services
    services.close()


def traces() -> list[bytes]:
    """What would tell where a file was made."""
    words = {
        str(Path.home()),
        "zyxfolder",
        "/work/",
        "/tmp/",
        platform.node(),
        "GPSLatitude",
        "exif:GPS",
        CAMERA,
    }
    user = getpass.getuser()
    # Such as root: too short or too usual a word to be looked for by itself.
    words |= {user} if len(user) > 5 else {f"/{user}/", f"{user}@"}
    return [word.encode() for word in words if len(word) > 3]


def unpacked(content: bytes) -> bytes:
    """A file with the contents of its compressed streams beside it."""
    found = [content]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            found.append(packed)
    return b"\n".join(found)


@pytest.fixture(scope="module")
def made(demo: Services) -> list[tuple[str, bytes]]:
    return list(files(demo))


def files(demo: Services) -> Iterator[tuple[str, bytes]]:
    """All that can be saved or sent of a treated patient."""
    acting = demo.acting
    patient = demo.patients.search(acting, "Vasterholm")[0]
    session = demo.sessions.of_patient(acting, patient.id)[1]
    yield "record.pdf", demo.records.pdf(acting, session.id)
    for page in demo.records.pages(acting, session.id, pixels_per_inch=40):
        yield "record.png", page.png
    over_time = demo.insight.over_time(acting, patient.id)
    yield "summary.pdf", demo.insight.pdf(acting, over_time)
    for figure in InsightFigure:
        for form in FileForm:
            yield f"{figure.value}.{form.value}", demo.insight.export(acting, figure, form, over_time)
    lot = demo.sessions.open(acting, session.id).syringes[0].lot
    recalled = demo.recall.find(acting, lot)
    yield "recall.pdf", demo.recall.pdf(acting, recalled)
    yield "recall.csv", demo.recall.csv(acting, recalled)
    with demo.database.reading() as work:
        signed = work.records.document(session.id, 1)
    for name, svg in signed.pictures:
        yield f"signed {name}.svg", svg.encode()


def test_no_file_names_the_place_user_or_computer_it_was_made_on(made: list[tuple[str, bytes]]):
    assert {"record.pdf", "record.png", "summary.pdf", "recall.csv"} <= dict(made).keys()
    assert sum(name.endswith(".svg") for name, _ in made) > 3
    wanted = traces()
    # The workstation is in the journal and, on purpose, in access reports; nowhere else.
    found = [
        (name, word)
        for name, content in made
        for inside in (unpacked(content),)
        for word in wanted
        if word in inside
    ]
    assert found == []


def test_documents_name_their_title_and_the_practitioner_and_no_patient(made: list[tuple[str, bytes]]):
    content = unpacked(dict(made)["record.pdf"])
    packet = b"".join(re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>", content, re.DOTALL))
    assert b"Treatment record" in packet
    assert b"Vasterholm" not in packet
    assert b"1968" not in packet
    assert b"GPS" not in packet


def test_pictures_carry_no_metadata_of_their_own(made: list[tuple[str, bytes]]):
    for name, content in made:
        if name.endswith(".png"):
            with Image.open(io.BytesIO(content)) as picture:
                picture.load()
                assert not picture.getexif()
                assert set(picture.info) <= {"dpi", "Title"}, (name, picture.info)


def photograph() -> bytes:
    """A picture of a box as a telephone takes it: with the place, the camera and whose it is."""
    picture = Image.new("RGB", (640, 480), "white")
    exif = picture.getexif()
    exif[MAKE], exif[ARTIST] = CAMERA, "Zyxowner Vasterholm"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: PLACE, 3: "E", 4: PLACE})
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif)
    return content.getvalue()


def test_a_picture_of_a_box_is_read_and_nothing_of_it_is_kept(demo: Services):
    taken = photograph()
    with Image.open(io.BytesIO(taken)) as picture:
        assert picture.getexif().get_ifd(GPS_IFD)
    path = Path(demo.database.path)  # type: ignore[attr-defined]
    with demo.database.reading() as work:
        head = work.journal.head()
    before = {one.name for one in path.parent.rglob("*")}
    with pytest.raises(InputRefused):
        demo.scans.read_picture(demo.acting, taken)
    with demo.database.reading() as work:
        assert work.journal.head() == head
    assert {one.name for one in path.parent.rglob("*")} == before
    for one in path.parent.rglob("*"):
        if one.is_file():
            content = one.read_bytes()
            assert CAMERA.encode() not in content
            assert b"Zyxowner" not in content
