"""Folders, clock and log of the machine."""

import datetime as dt
import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.system.clock import SystemClock
from injectmap.system.logs import LOG_NAME, TRACE_NAME, ProgramLog, start_logging, stop_logging
from injectmap.system.paths import data_folder, log_folder


def test_folders_are_the_users_own(own_folders):
    assert data_folder().is_relative_to(own_folders)
    assert log_folder().is_relative_to(own_folders)
    assert data_folder() != log_folder()


def test_the_clock_knows_the_day_where_the_clinic_is():
    clock = SystemClock()
    assert abs(clock.now_ms() - time.time() * 1000) < 5_000
    east, west = clock.today("Pacific/Kiritimati"), clock.today("Pacific/Pago_Pago")
    # 25 hours apart, so never the same date.
    assert dt.timedelta(days=1) <= east - west <= dt.timedelta(days=2)


@pytest.fixture
def log(tmp_path):
    handler = start_logging(tmp_path / "logs")
    assert handler is not None
    yield tmp_path / "logs" / LOG_NAME
    stop_logging(handler)


def test_a_fault_is_logged_with_its_place_and_without_its_words(log, expect_log):
    expect_log("saving failed")

    def fail() -> None:
        try:
            {}["Lindqvist, Åsa"]
        except KeyError as error:
            raise StorageProblem("disk_full", name="Lindqvist.injectmap") from error

    try:
        fail()
    except StorageProblem:
        logging.getLogger("injectmap.test").exception("saving failed")
    text = log.read_text("utf-8")
    assert "Lindqvist" not in text
    assert "ERROR injectmap.test: saving failed" in text
    assert "builtins.KeyError" in text
    assert "injectmap.domain.errors.StorageProblem: disk_full" in text
    assert f'File "{__file__}"' in text
    assert text.startswith(dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT"))


def test_a_database_fault_does_not_carry_its_values_into_the_log(log, tmp_path, expect_log):
    from sqlalchemy.exc import IntegrityError

    from injectmap.domain.settings import ClinicSettings
    from injectmap.storage.opening import create_clinic
    from tests import builders

    expect_log("refused by the file")
    database = create_clinic(tmp_path / "demo.injectmap", ClinicSettings("Demo", demo=True))
    one = builders.patient(family_name="Lindqvist", telephone="070 1234567")
    try:
        with database.writing() as work:
            work.patients.add(one)
            work.patients.add(one)
    except IntegrityError:
        logging.getLogger("injectmap.test").exception("refused by the file")
    database.close()
    text = log.read_text("utf-8")
    assert "IntegrityError" in text
    for secret in ("Lindqvist", "lindqvist", "1234567", one.id):
        assert secret not in text


def test_the_log_rotates_and_keeps_a_few(log):
    logger = logging.getLogger("injectmap.test")
    for _ in range(700):
        logger.info("x" * 5_000)
    files = sorted(log.parent.iterdir())
    assert len(files) == 5
    assert all(file.stat().st_size <= 512 * 1024 for file in files)


@pytest.mark.skipif(sys.platform == "win32", reason="a file in a folder's place")
def test_a_log_that_cannot_be_kept_stops_nobody(tmp_path):
    in_the_way = tmp_path / "logs"
    in_the_way.write_text("a file")
    assert start_logging(Path(in_the_way)) is None
    stop_logging(None)


def break_off(folder: Path) -> subprocess.CompletedProcess[str]:
    """A run of the program that ends as by a fault in a library."""
    script = (
        "import ctypes, sys, pathlib\n"
        "from injectmap.system.logs import ProgramLog\n"
        "log = ProgramLog(pathlib.Path(sys.argv[1]))\n"
        "def sign(patient):\n"
        "    ctypes.string_at(0)\n"
        "sign('Vasterholm, Elin')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, timeout=60
    )


def test_a_run_that_breaks_off_leaves_the_place_in_the_code_and_no_data(tmp_path, expect_log):
    expect_log(r"^the program broke off:")
    assert break_off(tmp_path).returncode < 0
    trace = (tmp_path / TRACE_NAME).read_text("utf-8")
    assert "in sign" in trace
    assert "Vasterholm" not in trace
    log = ProgramLog(tmp_path)
    assert log.broke_off
    log.close()
    assert "in sign" in (tmp_path / LOG_NAME).read_text("utf-8")
    again = ProgramLog(tmp_path)
    assert not again.broke_off
    again.close()


def test_a_run_that_is_killed_is_known_to_the_next_but_not_one_that_still_goes_on(tmp_path, expect_log):
    expect_log(r"^the program was ended from outside")
    script = (
        "import sys, pathlib\n"
        "from injectmap.system.logs import ProgramLog\n"
        "log = ProgramLog(pathlib.Path(sys.argv[1]))\n"
        "print('begun', flush=True)\n"
        "sys.stdin.read()\n"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        beside = ProgramLog(tmp_path)
        assert not beside.broke_off, "a second window is open"
        beside.close()
        running.kill()
    log = ProgramLog(tmp_path)
    assert log.broke_off
    log.close()
    again = ProgramLog(tmp_path)
    assert not again.broke_off
    again.close()
    assert not list(tmp_path.glob("*.running"))


def test_a_run_that_ends_well_leaves_no_trace(tmp_path):
    for _ in range(2):
        log = ProgramLog(tmp_path)
        assert not log.broke_off
        log.close()
    assert (tmp_path / TRACE_NAME).stat().st_size == 0


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path):
    (tmp_path / "logs").write_text("in the way")
    log = ProgramLog(tmp_path / "logs")
    assert not log.broke_off
    log.close()
