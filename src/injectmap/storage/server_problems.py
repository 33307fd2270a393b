"""Turns what PostgreSQL and its library say into the faults a clinician is told about; their texts go no further."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from injectmap.domain.errors import StorageProblem

LOST = "server_lost"

# By the class of the code, then by the code itself, which wins.
_CLASSES = {"08": LOST, "53": "server_full", "57": LOST, "58": "storage_failed", "XX": "server_damaged"}
_STATES = {
    # Too slow, or behind someone else's work: it may be tried again.
    "57014": "server_busy",
    "55P03": "server_busy",
    "40001": "server_busy",
    "40P01": "server_busy",
    "25P03": LOST,
    "25006": "server_read_only",
    "42501": "server_rights_missing",
    "53300": "server_busy",
    "XX000": "storage_failed",
}

# Said by the library itself, in English whatever language the server speaks.
_TRUST = ("certificate", "SSL", "sslmode", "sslrootcert", "TLS")
# Which of them, as far as it tells; the first that fits.
_CERTIFICATES = (
    ("root certificate file", "server_authority_missing"),
    ("certificate verify failed", "server_certificate_refused"),
    ("does not match host name", "server_certificate_other_name"),
    ("does not support SSL", "server_without_encryption"),
)
# A parameter of the address, or of its variable in the environment, whose value the library does not take.
_VALUES = re.compile(
    r"invalid (\w+) value|bad value for (\w+)|for connection option \"(\w+)\"|invalid (port) number|(Servname) not"
)
_PORT = "port"


def problem_of(error: BaseException | None) -> StorageProblem | None:
    """Return the fault behind an error in the course of work, or None if the error is not the environment's."""
    if isinstance(error, StorageProblem):
        return error
    if not isinstance(error, psycopg.Error):
        return None
    state = error.sqlstate
    if state is not None:
        # Its details quote the row that was refused.
        error.args = (error.diag.message_primary or state,)
    if state is None:
        # Without a code the server did not say it: the line did.
        return StorageProblem(LOST) if isinstance(error, psycopg.OperationalError) else None
    code = _STATES.get(state) or _CLASSES.get(state[:2])
    return None if code is None else StorageProblem(code)


def why_not_connected(error: BaseException, wanted: dict[str, Any]) -> StorageProblem:
    """Return why no connection came about.

    No code reaches us here, and the server's text may be in any language: what it names in quotes, and whether a
    password was asked for, tell the cases apart.
    """
    text = str(error)
    tried = getattr(error, "pgconn", None)
    host = wanted.get("host") or ""
    database, user = (f'"{wanted.get(name) or ""}"' for name in ("dbname", "user"))
    asked = tried is not None and (tried.used_password or tried.needs_password)
    said = _STATES.get(getattr(error, "sqlstate", None) or "")
    if said is not None:
        return StorageProblem(said)
    if getattr(error, "sqlstate", None) is None and (wrong := _wrong_address(text, host)) is not None:
        return wrong
    if any(one in text for one in _TRUST) and "pg_hba" not in text:
        return StorageProblem(
            next((code for said, code in _CERTIFICATES if said in text), "server_not_trusted"), host=host
        )
    if "authentication failed" in text or "pg_hba" in text or (user in text and database not in text):
        return StorageProblem("server_refused", host=host)
    if database in text and user not in text:
        return StorageProblem("server_has_no_database", host=host, name=wanted.get("dbname") or "")
    if tried is not None and tried.needs_password and not tried.used_password:
        return StorageProblem("server_refused", host=host)
    if asked and "too many" not in text and "starting" not in text and "shutting" not in text:
        return StorageProblem("server_refused", host=host)
    return StorageProblem("server_not_reachable", host=host)


def _wrong_address(text: str, host: str) -> StorageProblem | None:
    """What the library says of the address itself, before any server was asked; of values nothing is repeated."""
    if text.startswith("connection failed") and "FATAL" in text:
        return None
    if found := _VALUES.search(text):
        name = next(one for one in found.groups() if one)
        return StorageProblem("address_value_wrong", name=_PORT if name == "Servname" else name)
    if "definition of service" in text:
        return StorageProblem("address_service_unknown")
    if "failed to resolve host" in text or "could not translate host name" in text:
        return StorageProblem("server_name_unknown", host=host)
    return None
