"""The record as PDF and as pictures of its pages: a draft drawn now, a signed version as it was stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from injectmap.domain.aftercare import AdverseEvent
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import canonical_json
from injectmap.domain.patient import Practitioner
from injectmap.domain.record import RecordState, SignedDocument, SignedVersion, show_digest
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.output.event_document import event_document
from injectmap.output.record_document import FORM, LOOKS, record_document
from injectmap.output.record_maps import head_file, head_is_as_signed
from injectmap.output.show import show_instant
from injectmap.output.typesetting import typeset_pages, typeset_pdf
from injectmap.resources import asset_root
from injectmap.services.ports import RenderedPage
from injectmap.services.record_parts import NOTHING_ATTACHED, Attached, ListPage, SignedPaper

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.words import Words

# Pictures are laid out for A4; the narrower rows of US Letter hold them a little smaller.
_PICTURE_SCALE = {Paper.A4: (1000, 1000), Paper.LETTER: (907, 929)}


class RecordWriter:
    """Makes records, event forms and lists; nothing of the patient is ever written to a temporary file.

    The same session, settings and instant give the same bytes. What was signed is printed from its document and
    pictures and never drawn again.
    """

    def __init__(self, atlas_loader: Callable[[], Atlas], words: Words) -> None:
        """Take the atlas when first needed."""
        self._atlas_loader = atlas_loader
        self._words = words

    def pdf(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        mono: bool = False,
        attached: Attached = NOTHING_ATTACHED,
    ) -> bytes:
        """The record as PDF/A-2a and PDF/UA-1."""
        data = self.page_data(opened, clinic, printed_at_ms, mono=mono, attached=attached)
        return typeset_pdf("record.typ", data, printed_at_ms)

    def pages(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        pixels_per_inch: float,
        mono: bool = False,
        attached: Attached = NOTHING_ATTACHED,
    ) -> tuple[RenderedPage, ...]:
        """The same pages as pictures."""
        data = self.page_data(opened, clinic, printed_at_ms, mono=mono, attached=attached)
        return typeset_pages("record.typ", data, printed_at_ms, pixels_per_inch=pixels_per_inch)

    def signed_document(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        signer: Practitioner,
        *,
        signed_at_ms: int,
        attached: Attached,
    ) -> SignedDocument:
        """What is signed: the document in canonical JSON, and its pictures shaded and as line art."""
        document, pictures = record_document(
            opened,
            clinic,
            self._atlas_loader(),
            self._words,
            attached=attached,
            signer=signer,
            signed_at_ms=signed_at_ms,
            looks=LOOKS,
        )
        return SignedDocument(canonical_json(document), tuple(sorted(pictures.items())))

    def event_pdf(
        self, event: AdverseEvent, opened: OpenSession, clinic: ClinicSettings, *, printed_at_ms: int
    ) -> bytes:
        """The form of an adverse event as PDF/A-2a and PDF/UA-1."""
        data = event_document(event, opened, clinic, self._atlas_loader(), self._words)
        return typeset_pdf("event.typ", self._framed(data, clinic, printed_at_ms), printed_at_ms)

    def list_pdf(self, page: ListPage, clinic: ClinicSettings, *, printed_at_ms: int) -> bytes:
        """A list as PDF/A-2a and PDF/UA-1."""
        return typeset_pdf("list.typ", self._list_data(page, clinic, printed_at_ms), printed_at_ms)

    def list_pages(
        self, page: ListPage, clinic: ClinicSettings, *, printed_at_ms: int, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The same pages as pictures."""
        data = self._list_data(page, clinic, printed_at_ms)
        return typeset_pages("list.typ", data, printed_at_ms, pixels_per_inch=pixels_per_inch)

    def _list_data(self, page: ListPage, clinic: ClinicSettings, printed_at_ms: int) -> dict[str, Any]:
        data = {
            "title": page.title,
            "document": page.title,
            "author": clinic.name,
            "subtitle": page.subtitle,
            "clinic": clinic.name,
            "columns": list(page.columns),
            "rows": [list(row) for row in page.rows],
            "note": page.note,
            "empty": page.empty,
            "right": list(page.right),
            "wide": list(page.wide),
        }
        return self._framed(data, clinic, printed_at_ms)

    def page_data(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        printed_at_ms: int,
        *,
        mono: bool = False,
        attached: Attached = NOTHING_ATTACHED,
    ) -> dict[str, Any]:
        """The data of the record's template: one part for what is being written and one for each signed version."""
        parts = []
        if opened.session.state is not RecordState.SIGNED:
            document, pictures = record_document(
                opened, clinic, self._atlas_loader(), self._words, attached=attached, looks=(mono,)
            )
            parts.append(self._part(document, pictures, self._standing(opened), mono=mono))
        elif not attached.signed:
            raise StorageProblem("version_not_found")
        # What holds now stands first; what it amends follows.
        latest = attached.signed[-1].version if attached.signed else None
        parts += [
            self._signed_part(paper, latest, opened, clinic, mono=mono) for paper in reversed(attached.signed)
        ]
        large, small = _PICTURE_SCALE[clinic.paper]
        data = {"records": parts, "mono": mono, "picture_scale": [large, small]}
        first = parts[0]["doc"]
        return self._framed(
            data | {"document": first["document"], "author": first["practitioner"]}, clinic, printed_at_ms
        )

    def _framed(self, data: dict[str, Any], clinic: ClinicSettings, printed_at_ms: int) -> dict[str, Any]:
        """Data with what stands around every page."""
        words = self._words
        return {
            "mono": False,
            **data,
            "paper": clinic.paper.value,
            "demo": words("app.demo") if clinic.demo else "",
            "purpose": words("app.purpose"),
            "printed": words("record.printed", when=show_instant(printed_at_ms, clinic.time_zone)),
            "page": words("record.page"),
            "lengths": words("record.lengths"),
            "placeholder_note": words("record.placeholders"),
        }

    def _part(
        self, document: dict[str, Any], pictures: dict[str, str], standing: dict[str, Any], *, mono: bool
    ) -> dict[str, Any]:
        """One record of the print: its document, the pictures of the look asked for, and its standing."""
        look = f"{LOOKS[mono]}/"
        atlas = self._atlas_loader()
        heads, renewed = {}, False
        for row in document["views"]:
            for one in row:
                view = atlas.views[one["id"]]
                path = head_file(view, mono=mono).relative_to(asset_root()).as_posix()
                heads[one["id"]] = f"/{path}"
                renewed |= not head_is_as_signed(view, one["head"]["digests"], mono=mono)
        return {
            "doc": document,
            "pictures": {
                name.removeprefix(look): svg for name, svg in pictures.items() if name.startswith(look)
            },
            "heads": heads,
            "standing": {**standing, "head_renewed": self._words("record.head_renewed") if renewed else ""},
        }

    def _standing(self, opened: OpenSession) -> dict[str, Any]:
        """What a record that is not signed says of itself."""
        words = self._words
        amending = opened.session.state is RecordState.AMENDING
        marks = self._error_marks(opened)
        marks.append({"kind": "alert", "text": words("record.amending" if amending else "record.draft")})
        return {"marks": marks, "in_error": self._in_error(opened), "line": "", "signature": None}

    def _signed_part(
        self,
        paper: SignedPaper,
        latest: SignedVersion | None,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        mono: bool,
    ) -> dict[str, Any]:
        version, words = paper.version, self._words
        document = json.loads(paper.document.document)
        if document["form"] != FORM:
            raise StorageProblem("document_newer")
        amended = opened.session.version > version.version
        marks = self._error_marks(opened)
        if latest is not None and latest.version > version.version:
            marks.append({"kind": "alert", "text": words("record.amended_mark", version=version.version)})
        elif amended:
            marks.append({"kind": "alert", "text": words("record.amending_mark", version=version.version)})
        else:
            marks.append({"kind": "note", "text": words("record.signed_mark", version=version.version)})
        standing = {
            "marks": marks,
            "in_error": self._in_error(opened),
            "line": self._later(version, latest, opened, clinic) if amended else "",
            "signature": self._signature(version, document, clinic),
        }
        return self._part(document, dict(paper.document.pictures), standing, mono=mono)

    def _later(
        self,
        version: SignedVersion,
        latest: SignedVersion | None,
        opened: OpenSession,
        clinic: ClinicSettings,
    ) -> str:
        """Where the amendment of this version is to be found."""
        if latest is None or latest.version <= version.version:
            return self._words("record.being_amended", version=opened.session.version)
        when = show_instant(latest.signed_at_ms, clinic.time_zone)
        return self._words("record.amended_by", version=latest.version, when=when)

    def _signature(
        self, version: SignedVersion, document: dict[str, Any], clinic: ClinicSettings
    ) -> dict[str, str]:
        words, signed, co = self._words, document["signed"], version.cosignature
        cosigned = (
            words("record.cosigned", name=co.practitioner_name, when=show_instant(co.at_ms, clinic.time_zone))
            if co
            else ""
        )
        return {
            "name": signed["name"],
            "about": signed["about"],
            "at": words("record.signed_in_zone", when=signed["at"], zone=signed["time_zone"]),
            "version": words("record.version", version=version.version),
            "digest": show_digest(version.digest),
            "cosigned": cosigned,
        }

    def _error_marks(self, opened: OpenSession) -> list[dict[str, str]]:
        if not opened.session.error_reason:
            return []
        return [{"kind": "alert", "text": self._words("record.in_error")}]

    def _in_error(self, opened: OpenSession) -> str:
        reason = opened.session.error_reason
        return self._words("record.in_error_reason", reason=reason) if reason else ""
