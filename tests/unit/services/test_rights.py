"""Every public method of every service asks for its right before it does anything else."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from typing import Any

import pytest

from injectmap.domain.acting import RIGHTS, Acting, Right, Role
from injectmap.domain.errors import NotAllowed
from injectmap.services.clinic import Services

# What is asked for without saying who asks, and why that is all right.
OPEN_TO_ALL = {
    "accounts.people": "the sign-in page lists names before anybody is in",
    "accounts.asked_for": "says only whether there is a sign-in",
    "accounts.has_password": "says only whether a person can sign in",
    "accounts.seconds_to_wait": "the sign-in page counts the seconds",
    "accounts.sign_in": "who signs in has no right yet; the password is asked",
    "accounts.confirm": "the password is asked",
    "accounts.unlock": "the password is asked",
    "accounts.change_password": "one's own, and the old password is asked",
    "accounts.roles_now": "one's own roles, as stored",
    "staff.all": "names of those who work here, shown on the sign-in page",
    "settings_service.current": "the clinic's name and time zone, shown before anybody is in",
    "sessions.today": "a date",
    "stock.today": "a date",
    "patients.checked_details": "checks what was typed and reads nothing",
    "insight.says": "puts into words what over_time has returned, which asked",
    "signing.verify_version": "says only whether what is stored is what was signed",
    "settings_service.forget": "drops what was read before; the next reader asks the database",
    "backups.last_good": "the moment of the last good backup, always in sight",
    "backups.standing": "the same, and what stands in the way",
    "backups.plan": "folders of this computer and how many backups are kept there",
    "backups.due": "a moment",
    "backups.missing": "names of folders that are not there",
    "backups.backups": "which backups there are, for what an erasure has to name; their contents stay shut",
    "backups.back_up_if_due": "the clock asks, also while the program is locked; nothing of it is shown",
    "keys.sheet": "sets what `recovery_key`, which asked, has returned",
    "keys.sheet_pdf": "the same on paper",
    "keys.sheet_pages": "the same as pictures",
    "news.head": "the number of the last row, which tells of nothing and nobody",
}

# The right that each method asks for.
WANTED = {
    Right.READ: (
        "patients.search patients.any_registered patients.recent patients.get patients.likely_duplicates "
        "aftercare.due aftercare.follow_ups aftercare.follow_up_dates stock.lines stock.movements "
        "scans.read scans.read_picture scans.product_of protocols.all protocols.get news.since"
    ),
    Right.READ_RECORD: (
        "sessions.of_patient sessions.usual_product sessions.open sessions.map_of sessions.history "
        "records.latest records.find signing.completeness aftercare.scores events.of_patient "
        "insight.over_time insight.picture"
    ),
    Right.EDIT_PATIENT: ("patients.create patients.update patients.mark_error aftercare.plan aftercare.move"),
    Right.EDIT_SESSION: (
        "sessions.create sessions.commit sessions.set_details sessions.mark_error sessions.add_syringe "
        "sessions.update_syringe sessions.discard_rest fields.write fields.set_follow_up "
        "aftercare.reviewed aftercare.not_reviewed aftercare.score aftercare.correct_score "
        "events.begin events.add_entry events.update events.close events.reopen events.mark_error "
        "settings_service.add_phrase settings_service.remove_phrase"
    ),
    Right.PRINT_RECORD: (
        "records.pdf records.pages events.event_pdf insight.export insight.pdf insight.pages"
    ),
    Right.SIGN: "signing.sign signing.amend",
    Right.COSIGN: "signing.cosign",
    Right.KEEP_STOCK: "stock.receive stock.adjust stock.count",
    Right.RECALL: "recall.find recall.csv recall.pdf recall.pages",
    Right.EDIT_PROTOCOL: "protocols.save",
    Right.ADMINISTER: (
        "staff.add settings_service.update accounts.add_person accounts.open_account accounts.set_roles "
        "accounts.close accounts.reopen accounts.reset_password"
    ),
    Right.KEEP_SAFE: (
        "proof.verify proof.last proof.head proof.anchor proof.anchor_pdf proof.anchor_pages "
        "backups.listed backups.back_up_now backups.add_folder backups.remove_folder backups.check "
        "backups.compare backups.restore keys.keep keys.forget keys.change_passphrase keys.recovery_key"
    ),
    Right.KEEP_PRIVATE: (
        "privacy.retention privacy.retention_csv privacy.before_erasing privacy.erase privacy.erased "
        "privacy.still_held privacy.access_report privacy.find privacy.access_csv privacy.access_pdf "
        "privacy.access_pages"
    ),
}
BY_METHOD = {name: right for right, names in WANTED.items() for name in names.split()}

# Services of no patient: the files shipped with the program, and what the composition root holds.
NOT_SERVICES = {"database", "clock", "settings", "acting", "products"}


def services() -> dict[str, type]:
    """The kinds of service by name; one that a clinic may be without counts all the same."""
    hints = typing.get_type_hints(Services)
    names = [one.name for one in dataclasses.fields(Services) if one.name not in NOT_SERVICES]
    return {
        name: next(kind for kind in (*typing.get_args(hints[name]), hints[name]) if kind is not type(None))
        for name in names
    }


def methods() -> dict[str, Any]:
    found = {}
    for name, kind in services().items():
        for method, function in inspect.getmembers(kind, callable):
            if not method.startswith("_"):
                found[f"{name}.{method}"] = (kind, function)
    return found


METHODS = methods()


def call(name: str, acting: Acting) -> None:
    """Call a method with nothing behind it and nothing in its arguments but who asks."""
    kind, function = METHODS[name]
    arguments = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.name == "acting":
            arguments["acting"] = acting
        elif parameter.default is inspect.Parameter.empty and parameter.kind is not parameter.VAR_KEYWORD:
            arguments[parameter.name] = object()
    function(object.__new__(kind), **arguments)


def test_every_public_method_is_in_the_table_or_open_to_all_with_a_reason():
    assert len(METHODS) > 80
    assert METHODS.keys() == BY_METHOD.keys() | OPEN_TO_ALL.keys()
    assert not BY_METHOD.keys() & OPEN_TO_ALL.keys()


@pytest.mark.parametrize("name", sorted(BY_METHOD))
def test_a_method_refuses_every_role_without_its_right_before_it_looks_at_anything(name):
    right = BY_METHOD[name]
    without = [frozenset({role}) for role in Role if right not in RIGHTS[role]]
    for roles in [frozenset(), *without]:
        if name.startswith("settings_service.") and Acting("x", roles, "y").may(Right.ADMINISTER):
            continue  # Phrases are settings as well.
        with pytest.raises(NotAllowed) as refused:
            call(name, Acting("somebody", frozenset(roles), "room-1"))
        assert refused.value.params == {"right": right.value}


@pytest.mark.parametrize("name", sorted(OPEN_TO_ALL))
def test_what_is_open_to_all_has_its_reason(name):
    assert OPEN_TO_ALL[name]


# What each role may do, written out once more: a change of the table is a change of this one.
ALLOWED = {
    Role.PRACTITIONER: "read read_record edit_patient edit_session print_record sign keep_stock recall edit_protocol",
    Role.SUPERVISOR: "read read_record edit_patient edit_session print_record sign cosign keep_stock recall "
    "edit_protocol keep_private",
    Role.TRAINER: "read read_record print_record edit_protocol",
    Role.FRONT_DESK: "read edit_patient keep_stock recall",
    Role.ADMINISTRATOR: "read keep_stock recall administer keep_safe keep_private",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_role_and_right(role, right):
    acting = Acting("x", frozenset({role}), "room-1")
    assert acting.may(right) is (right.value in ALLOWED[role].split())


def test_somebody_with_two_roles_has_the_rights_of_both():
    both = Acting("x", frozenset({Role.TRAINER, Role.FRONT_DESK}), "room-1")
    assert both.may(Right.READ_RECORD)
    assert both.may(Right.EDIT_PATIENT)
    assert not both.may(Right.SIGN)


def test_nobody_has_no_right_at_all():
    assert not any(Acting("", frozenset(), "room-1").may(right) for right in Right)
