"""Drafts of frozen values: filled slot by slot, then frozen. Only where thousands are read from rows at once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def draft_of(value_class: type[DataclassInstance]) -> type[Any]:
    """Return a class with the slots of a frozen, slotted dataclass and no guard on them.

    A frozen dataclass sets each field past its own guard, by name: of a pass with fourteen fields that is three
    quarters of its making. A draft has every slot filled, takes the class of the value with
    `draft.__class__ = ...`, and must then be told to check itself (`__post_init__`) where the value does so.
    """
    return type(
        f"{value_class.__name__}Draft", (), {"__slots__": tuple(one.name for one in fields(value_class))}
    )
