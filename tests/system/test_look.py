"""The chosen look is remembered beside the program's own files, and nothing else with it."""

from injectmap.bootstrap import Opener
from injectmap.bootstrap.opener import LOOK_FILE
from injectmap.domain.keys import Unlock
from tests.key_fakes import PASSPHRASE, TINY


def test_the_chosen_look_is_remembered(tmp_path):
    opener = Opener(data_folder=tmp_path)
    assert opener.dark is None
    opener.keep_dark(True)
    assert Opener(data_folder=tmp_path).dark is True
    opener.keep_dark(False)
    assert Opener(data_folder=tmp_path).dark is False
    assert (tmp_path / LOOK_FILE).read_text("utf-8") == '{"dark": false}'


def test_a_damaged_file_of_the_look_is_as_none(tmp_path):
    for text in ("", "{", "[]", '{"dark": "yes"}', "null"):
        (tmp_path / LOOK_FILE).write_text(text, "utf-8")
        assert Opener(data_folder=tmp_path).dark is None


def test_who_made_the_clinic_acts_whoever_is_added(tmp_path):
    opener = Opener(data_folder=tmp_path, cost=TINY)
    path = tmp_path / "a.injectmap"
    services = opener.create(
        path, name="Quay", practitioner="Dr M. Vale", time_zone="Europe/London", passphrase=PASSPHRASE
    ).services
    services.staff.add(services.acting, "Dr A. Abel", "Nurse")
    assert [one.name for one in services.practitioners] == ["Dr A. Abel", "Dr M. Vale"]
    services.close()
    services = opener.open(path, Unlock(passphrase=PASSPHRASE))
    assert services.practitioner.name == "Dr M. Vale"
    services.close()
