"""Who is acting, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from injectmap.domain.errors import NotAllowed


class Role(StrEnum):
    """What a person does in the clinic."""

    PRACTITIONER = "practitioner"
    SUPERVISOR = "supervisor"
    TRAINER = "trainer"
    FRONT_DESK = "front_desk"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """A thing that can be permitted."""

    READ = "read"
    EDIT_PATIENT = "edit_patient"
    EDIT_SESSION = "edit_session"
    PRINT_RECORD = "print_record"
    SIGN = "sign"
    COSIGN = "cosign"
    KEEP_STOCK = "keep_stock"
    RECALL = "recall"
    EDIT_PROTOCOL = "edit_protocol"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Acting:
    """The practitioner on whose behalf a use case runs, and the workstation it runs on."""

    practitioner_id: str
    role: Role
    workstation: str

    def require(self, right: Right) -> None:
        """Raise NotAllowed unless the role has the right."""
        if right not in RIGHTS[self.role]:
            raise NotAllowed("not_allowed", right=right.value)


# Every role may do everything until sign-in exists; the table is the one place to narrow it.
RIGHTS: dict[Role, frozenset[Right]] = {role: frozenset(Right) for role in Role}
