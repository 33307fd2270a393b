"""What can be presented now: the open session as recorded, its map, and the protocols on either side or both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injectmap.domain import playback
from injectmap.domain.errors import InjectmapError
from injectmap.domain.laying import lay
from injectmap.domain.treatment_map import Side, TreatmentMap
from injectmap.ui.teaching.identity import Identity
from injectmap.ui.teaching.show import Show, ShowKind
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.domain.playback import Playback
    from injectmap.domain.protocol import Protocol
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.desk import Desk

SIDES = {"left": (Side.LEFT,), "right": (Side.RIGHT,), "both": (Side.RIGHT, Side.LEFT)}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be presented; `sides` is a key of `SIDES` for a protocol."""

    kind: ShowKind
    text: str
    protocol: Protocol | None = None
    sides: str = ""


class Sources:
    """Reads plays from what lies on the desk; a text in which a person or pack is named is never handed on."""

    def __init__(self, desk: Desk, words: Words) -> None:
        """Read from a desk."""
        self._desk, self._words = desk, words

    def offers(self) -> tuple[Offer, ...]:
        """All there is, the open session first."""
        return (*self._session_offers(), *self._protocol_offers())

    def first(self) -> Show | None:
        """What is shown to begin with: the open session as it was drawn, else its map, else the first protocol."""
        editor = self._desk.editor
        if editor is not None:
            try:
                recorded = self.show_of(Offer(ShowKind.RECORDED, ""))
            except InjectmapError:
                recorded = None
            # A journal that tells less than the map (as of a session brought in from elsewhere) is no play of it.
            if recorded is not None and recorded.playback.final == editor.map:
                return recorded
            return self.show_of(Offer(ShowKind.MAP, ""))
        offer = next(iter(self._protocol_offers()), None)
        return self.show_of(offer) if offer is not None else None

    def show_of(self, offer: Offer) -> Show:
        """The play of an offer; InjectmapError if it cannot be read."""
        if offer.protocol is not None:
            return self._of_protocol(offer.protocol, offer.sides)
        editor = self._desk.editor
        assert editor is not None
        if offer.kind is ShowKind.MAP:
            return self._of_session(editor, offer.kind, playback.from_map(editor.map))
        rows = self._desk.services.sessions.history(self._desk.acting, editor.session.id)
        clean = offer.kind is ShowKind.RECORDED
        return self._of_session(editor, offer.kind, playback.from_journal(rows, clean=clean))

    def _session_offers(self) -> Iterator[Offer]:
        if self._desk.editor is not None:
            for kind in (ShowKind.RECORDED, ShowKind.CHANGES, ShowKind.MAP):
                yield Offer(kind, self._words(f"present.choose.{kind.value}"))

    def _protocol_offers(self) -> Iterator[Offer]:
        if not self._desk.has_clinic:
            return
        identity = self._identity()
        for protocol in self._desk.services.protocols.all(self._desk.acting):
            for sides in SIDES:
                yield Offer(ShowKind.PROTOCOL, self._name(protocol.name, identity), protocol, sides)

    def _identity(self) -> Identity:
        editor = self._desk.editor
        return Identity.of(editor.opened if editor is not None else None, self._desk.services.practitioners)

    def _name(self, name: str, identity: Identity) -> str:
        return self._words("present.protocol") if identity.named_in(name) else name

    def _source(self, source: str, identity: Identity) -> str:
        return self._words("present.protocol.withheld") if identity.named_in(source) else source

    def _label(self, label: str, identity: Identity) -> str:
        key = f"protocol.{label}"
        return self._words(key) if self._words.has(key) else self._source(label, identity)

    def _of_session(self, editor: MapEditor, kind: ShowKind, play: Playback) -> Show:
        words = self._words
        return Show(
            kind,
            words("present.map" if kind is ShowKind.MAP else "present.recorded"),
            (words(f"present.{kind.value}.line"), *self._applied(editor.map)),
            play,
            {one.id: (one.opened_ul, one.nominal_ul) for one in editor.syringes},
        )

    def _applied(self, treatment_map: TreatmentMap) -> Iterator[str]:
        """The protocols laid on a map, each version once, with what they are."""
        identity = self._identity()
        for one in {(one.protocol_id, one.version): one for one in treatment_map.protocols}.values():
            name = self._name(one.name, identity)
            label = self._label(one.label, identity)
            yield self._words("present.applied", name=name, version=one.version, label=label)

    def _of_protocol(self, protocol: Protocol, sides: str) -> Show:
        from injectmap.atlas import load_atlas

        words, identity = self._words, self._identity()
        laid = [one for side in SIDES[sides] for one in lay(load_atlas(), protocol, side)]
        lines = (
            self._label(protocol.label, identity),
            words("present.protocol.version", version=protocol.version),
            self._source(protocol.source, identity),
        )
        name = self._name(protocol.name, identity)
        title = words(f"present.protocol.{sides}", name=name)
        return Show(ShowKind.PROTOCOL, title, lines, playback.from_protocol(laid))
