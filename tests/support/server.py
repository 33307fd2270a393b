"""A PostgreSQL server for the tests alone: started by an unprivileged user in a folder of its own, stopped at the end."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SUPERUSER = "keeper"
PASSWORD = "harbour-2026"


def programs() -> Path | None:
    """The folder with the server's programs: on the path, or where Debian keeps them by version."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[-3]), reverse=True
    )
    found = shutil.which("initdb")
    candidates = [*versions, *([Path(found).resolve()] if found else [])]
    return next((one.parent for one in candidates if (one.parent / "pg_ctl").exists()), None)


class Server:
    """A running cluster, reached by a socket in its folder; every role needs its password."""

    def __init__(self, folder: Path, bin_folder: Path, as_user: dict[str, Any]) -> None:
        self.folder = folder
        self._bin = bin_folder
        self._as_user = as_user

    def address(
        self, database: str, *, user: str = SUPERUSER, password: str | None = PASSWORD, **query: str
    ) -> str:
        from sqlalchemy import URL

        url = URL.create(
            "postgresql+psycopg", user, password, database=database, query={"host": str(self.folder), **query}
        )
        return url.render_as_string(hide_password=False)

    def connect(self, database: str = "postgres") -> Any:
        import psycopg

        return psycopg.connect(
            host=str(self.folder), user=SUPERUSER, password=PASSWORD, dbname=database, autocommit=True
        )

    def create(self, database: str, *, template: str = "template0") -> str:
        """Make a database and return its address."""
        with self.connect() as keeper:
            keeper.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.address(database)

    def drop(self, database: str) -> None:
        with self.connect() as keeper:
            keeper.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def hang_up(self, database: str) -> int:
        """Cut all lines to a database, as a restart of the server does; return how many there were."""
        with self.connect() as keeper:
            return len(
                keeper.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
                ).fetchall()
            )

    def run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, "-D", self.folder / "data", *arguments],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            **self._as_user,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}")

    def start(self) -> None:
        options = (
            "-c listen_addresses= -c fsync=off -c full_page_writes=off -c autovacuum=off -c max_connections=60 "
            f"-c unix_socket_directories={self.folder} -c shared_buffers=32MB"
        )
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-w", "-m", "immediate", "stop")

    def watch(self) -> "subprocess.Popen[bytes]":
        """Stop the server and clear its folder when this program ends, killed or not: its end of a pipe closes then."""
        clear = 'cat >/dev/null; "$1" -D "$2/data" -m immediate stop; rm -rf "$2"'
        return subprocess.Popen(
            ["sh", "-c", clear, "sh", str(self._bin / "pg_ctl"), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=self.folder,
            **self._as_user,
        )


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Who the server runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    import pwd

    who = pwd.getpwnam("nobody")
    os.chown(folder, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def missing(reason: str) -> None:
    """Skip a test that needs a server, but fail where one is owed."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}: the tests on PostgreSQL have to run here")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The cluster of this test run."""
    bin_folder = programs()
    if bin_folder is None:
        missing("PostgreSQL is not installed")
    assert bin_folder is not None
    # Not in the folder of the run: a socket's name may have about a hundred letters, and nobody may look in there.
    folder = Path(tempfile.mkdtemp(prefix="injectmap-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))
    server = Server(folder, bin_folder, _unprivileged(folder))
    secret = folder / "password"
    secret.write_text(PASSWORD, "utf-8")
    if os.geteuid() == 0:
        secret.chmod(0o644)
    try:
        server.run(
            "initdb", "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8",
            "--locale=C", "--no-sync", "--no-instructions",
        )  # fmt: skip
        with server.watch() as watching:
            server.start()
            yield server
            assert watching.stdin is not None
            watching.stdin.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
