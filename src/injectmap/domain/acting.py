"""Who is acting, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from injectmap.domain.errors import NotAllowed


class Role(StrEnum):
    """What a person does in the clinic; one person may have several roles."""

    PRACTITIONER = "practitioner"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    FRONT_DESK = "front_desk"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """A thing that can be permitted."""

    # Who the patients are, when they come and who is due; stock and settings.
    READ = "read"
    # What was done to a patient: maps, records, scores, adverse events.
    READ_RECORD = "read_record"
    EDIT_PATIENT = "edit_patient"
    EDIT_SESSION = "edit_session"
    PRINT_RECORD = "print_record"
    SIGN = "sign"
    COSIGN = "cosign"
    KEEP_STOCK = "keep_stock"
    RECALL = "recall"
    EDIT_PROTOCOL = "edit_protocol"
    # The clinic's settings, people and their roles.
    ADMINISTER = "administer"
    # Proof of the journal, anchors, backups, restoring.
    KEEP_SAFE = "keep_safe"
    # Who looked at and changed a patient's record; what is due for erasure, and erasing it.
    KEEP_PRIVATE = "keep_private"


_TREATS = frozenset(
    {
        Right.READ,
        Right.READ_RECORD,
        Right.EDIT_PATIENT,
        Right.EDIT_SESSION,
        Right.PRINT_RECORD,
        Right.SIGN,
        Right.KEEP_STOCK,
        Right.RECALL,
        Right.EDIT_PROTOCOL,
    }
)

# The one place that says who may do what; the services ask it, never the window.
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.PRACTITIONER: _TREATS,
    Role.SUPERVISOR: _TREATS | {Right.COSIGN, Right.KEEP_PRIVATE},
    Role.TRAINER: frozenset({Right.READ, Right.READ_RECORD, Right.PRINT_RECORD, Right.EDIT_PROTOCOL}),
    Role.FRONT_DESK: frozenset({Right.READ, Right.EDIT_PATIENT, Right.KEEP_STOCK, Right.RECALL}),
    Role.ADMINISTRATOR: frozenset(
        {Right.READ, Right.KEEP_STOCK, Right.RECALL, Right.ADMINISTER, Right.KEEP_SAFE, Right.KEEP_PRIVATE}
    ),
}


@dataclass(frozen=True, slots=True)
class Acting:
    """The practitioner on whose behalf a use case runs, with all roles, and the workstation it runs on."""

    practitioner_id: str
    roles: frozenset[Role]
    workstation: str

    def may(self, right: Right) -> bool:
        """True if one of the roles has the right."""
        return any(right in RIGHTS[role] for role in self.roles)

    def require(self, right: Right) -> None:
        """Raise NotAllowed unless one of the roles has the right."""
        if not self.may(right):
            raise NotAllowed("not_allowed", right=right.value)
