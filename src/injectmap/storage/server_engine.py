"""Connects to a PostgreSQL server: address, time limits, and an engine whose errors are told in our codes."""

from __future__ import annotations

import difflib
import logging
import os
import weakref
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import Pool

from injectmap.domain.clinic_places import SCHEMES
from injectmap.domain.errors import InputRefused
from injectmap.storage.server_problems import problem_of, why_not_connected

DRIVER = "postgresql+psycopg"
# The connections of this program, as long as there are any.
_OWN: weakref.WeakSet[psycopg.Connection[Any]] = weakref.WeakSet()
# What it would write into our log are texts of the server.
logging.getLogger("psycopg").setLevel(logging.CRITICAL)
# A clinician does not wait longer for an answer; long reads ask for more.
WAIT_S = 2
WAIT_MS = WAIT_S * 1000
# A program that hangs in the middle of its work lets go of the journal's end after this.
IDLE_MS = 30_000

# Where the name of the database may stand besides.
_NAMED = {"PGDATABASE", "PGSERVICE"}
# What the library is told unless the address or its own environment says otherwise. A peer that has gone is noticed
# by what was sent and not answered, and a silent line by questions of the system's own.
_LIMITS = {
    "connect_timeout": WAIT_S,
    "tcp_user_timeout": WAIT_MS,
    "keepalives": 1,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "application_name": "injectmap",
}
_ENVIRONMENT = {"connect_timeout": "PGCONNECT_TIMEOUT", "application_name": "PGAPPNAME"}


def parse_address(text: str) -> URL:
    """Return the address of a database on a server.

    InputRefused: `address_not_understood`, `address_parameter_unknown`, `address_without_database`.
    """
    try:
        url = make_url(text)
        if url.drivername not in SCHEMES:
            raise InputRefused("address_not_understood")
        url = url.set(drivername=DRIVER)
    except (ArgumentError, ValueError):
        raise InputRefused("address_not_understood") from None
    known = {one.keyword.decode() for one in psycopg.pq.Conninfo.get_defaults()}
    for name in sorted(url.query.keys() - known):
        # What is like none of them is not repeated: it may be a piece of a password.
        meant = difflib.get_close_matches(name, known, 1, 0.75)
        if not meant:
            raise InputRefused("address_parameter_strange")
        raise InputRefused("address_parameter_unknown", name=name, meant=meant[0])
    if not (url.database or {"dbname", "service"} & url.query.keys() or _NAMED & os.environ.keys()):
        # Else the library would take the role's name for it.
        raise InputRefused("address_without_database")
    return url


def place_of(text: str) -> str:
    """Where a clinic is, to be shown and kept: host and database, or the service, without role, password and the rest."""
    url = parse_address(text)
    said = wanted(url)
    if "service" in said:
        return f"service {said['service']}"
    host, port = str(said.get("host") or ""), said.get("port")
    place = f"{host}:{port}" if host and port else host
    return "/".join(one for one in (place, str(said.get("dbname") or "")) if one)


def wanted(url: URL) -> dict[str, Any]:
    """What the library is given: the address, all its parameters, and our limits."""
    named = url.translate_connect_args(username="user", database="dbname")
    listed = {name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()}
    limits = {name: value for name, value in _LIMITS.items() if _ENVIRONMENT.get(name, "") not in os.environ}
    return {**limits, **named, **listed, "client_encoding": "utf8"}


def connect(url: URL, *, hurried: bool = True) -> Any:
    """Return a bare connection on which we begin and end transactions ourselves; StorageProblem if none comes about.

    Without `hurried` its statements may take as long as they need.
    """
    parameters = wanted(url)
    try:
        connection = psycopg.connect(**parameters, autocommit=True)
    except psycopg.Error as error:
        raise why_not_connected(error, parameters) from None
    _OWN.add(connection)
    try:
        connection.execute(
            f"SET statement_timeout = {WAIT_MS if hurried else 0}; "
            f"SET idle_in_transaction_session_timeout = {IDLE_MS if hurried else 0}"
        )
    except psycopg.Error as error:
        connection.close()
        raise problem_of(error) or error from None
    return connection


def own_backends() -> list[int]:
    """The server's numbers of this program's open connections."""
    return [one.info.backend_pid for one in tuple(_OWN) if not one.closed]


def make_engine(url: URL, pool: type[Pool], *, hurried: bool = True, **pool_options: Any) -> Engine:
    """Return an engine whose errors come out as StorageProblem and never carry a parameter or the server's text."""
    engine = create_engine(
        f"{DRIVER}://",
        creator=lambda: connect(url, hurried=hurried),
        poolclass=pool,
        # Places without names, as SQLite has them.
        paramstyle="format",
        use_native_hstore=False,
        hide_parameters=True,
        execution_options={"tell": problem_of},
        **pool_options,
    )

    @event.listens_for(engine, "handle_error", retval=True)
    def tell(context: ExceptionContext) -> Any:
        problem = problem_of(context.original_exception)
        wrapped = context.sqlalchemy_exception
        if problem is None and wrapped is not None:
            wrapped.args = (str(context.original_exception),)
        return problem

    return engine
