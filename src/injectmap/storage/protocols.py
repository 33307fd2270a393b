"""Protocols that the clinic saved; a version is written once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select

from injectmap.domain.errors import Conflict
from injectmap.domain.forms import parse_json
from injectmap.domain.journal import canonical_json
from injectmap.domain.protocol import Protocol, protocol_from_json, protocol_to_json
from injectmap.storage.record_tables import protocols


class StoredProtocols:
    """The clinic's own protocols by id and version."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def all(self) -> tuple[Protocol, ...]:
        """The latest version of each, by name."""
        latest = select(protocols.c.id, func.max(protocols.c.version).label("version")).group_by(
            protocols.c.id
        )
        newest = latest.subquery()
        rows = self._connection.execute(
            select(protocols.c.body)
            .join(newest, (newest.c.id == protocols.c.id) & (newest.c.version == protocols.c.version))
            .order_by(protocols.c.name, protocols.c.id)
        )
        return tuple(protocol_from_json(parse_json(body, "protocol")) for (body,) in rows)

    def get(self, protocol_id: str, version: int) -> Protocol | None:
        """One version."""
        body = self._body(protocol_id, version)
        return None if body is None else protocol_from_json(parse_json(body, "protocol"))

    def add(self, protocol: Protocol) -> None:
        """Store a version; Conflict if there is one."""
        if self._body(protocol.id, protocol.version) is not None:
            raise Conflict("protocol_version_taken")
        self._connection.execute(insert(protocols).values(protocol_values(protocol)))

    def _body(self, protocol_id: str, version: int) -> str | None:
        return self._connection.execute(
            select(protocols.c.body).where(protocols.c.id == protocol_id, protocols.c.version == version)
        ).scalar()


def protocol_values(protocol: Protocol) -> dict[str, Any]:
    """Return what a version's row holds."""
    return {
        "id": protocol.id,
        "version": protocol.version,
        "name": protocol.name,
        "body": canonical_json(protocol_to_json(protocol)),
    }
