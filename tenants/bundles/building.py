"""Write a bundle: files, proofs, pages to read, and at the end a signed manifest of them all.

The same contents give the same bytes, but for manifest.json and its signature: those name this export (who, when, what
for), and nothing else in the bundle does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.template.loader import render_to_string
from django.utils import translation

from audit import keys, log, stamps
from audit.models import HeadStamp, HeadWitness, LogHead
from evidence import custody, kinds, packages
from evidence.errors import NoSuchObject, StoredDiffers
from evidence.models import Exhibit, Withdrawal
from evidence.store import store
from federation.letters.models import Delivery, Letter
from federation.letters.words import kind_name, party_names
from kernel.canonical import canonical_json, instant, sha256_hex
from tenants.bundles import matters, proofs
from tenants.bundles.archive import Archive
from tenants.bundles.contents import Contents, NotExported, shows, what
from tenants.bundles.models import Bundle

FORMAT = 1
HERE = Path(__file__).parent / "stranger"
SCRIPT, STYLE = "check.py", "reading.css"
LANGUAGES = (("zh-hans", "index.html", "README.zh.txt"), ("en", "index.en.html", "README.en.txt"))
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")


def write(bundle: Bundle, contents: Contents, out: BinaryIO, *, progress: Callable[[int], None] | None = None) -> None:
    """Write the whole bundle to `out`, which can seek. Raises NotExported when a stored file is not as sealed."""
    Writer(bundle, contents, out, progress).write()


def script() -> bytes:
    """The program with which a stranger checks a bundle. It imports nothing of ours and is never run here."""
    return (HERE / SCRIPT).read_bytes()


class Writer:
    """One bundle being written."""

    def __init__(
        self, bundle: Bundle, contents: Contents, out: BinaryIO, progress: Callable[[int], None] | None
    ) -> None:
        self.bundle, self.contents = bundle, contents
        self.name = log.name_of()
        self.archive = Archive(out, progress=progress)
        self.public = bundle.variant == Bundle.Variant.PUBLIC

    def write(self) -> None:
        """Everything, the manifest last. Names in it are Chinese, whoever asked."""
        try:
            with translation.override("zh-hans"):
                self._write()
        finally:
            self.archive.close()

    def _write(self) -> None:
        proven = proofs.prove(entry.pk for entry in self.contents.entries.values())
        self.places = {each.entry.pk: f"log/{each.index + 1:08d}.json" for each in proven.entries}
        exhibits = [self._exhibit(number, row) for number, row in enumerate(self.contents.exhibits, 1)]
        heads = self._log(proven)
        manifest: dict[str, Any] = {
            "type": "evidence.bundle",
            "format": FORMAT,
            "variant": self.bundle.variant,
            "issuer": {
                "log": self.name,
                "name": packages.holder(),
                "key": self._key(self.name, keys.public_key(self.name)),
                "public_key": keys.public_key(self.name).hex(),
                "earlier": self._earlier(),
            },
            "matter": self._matter(),
            "exhibits": exhibits,
            "custody": self._custody(),
            "packages": self._packages(),
            "letters": [self._letter(number, row) for number, row in enumerate(self.contents.letters, 1)],
            "log": "log/proofs.json",
        }
        self._pages(manifest, heads)
        self.archive.add(SCRIPT, script())
        manifest["files"] = [
            {"path": path, "size_bytes": said.size_bytes, "sha256": said.sha256, "sm3": said.sm3}
            for path, said in sorted(self.archive.files.items())
        ]
        manifest["export"] = {
            "id": self.bundle.pk,
            "at": self.bundle.asked_at,
            "by": self.bundle.by_name,
            "purpose": self.bundle.purpose,
        }
        body = canonical_json(manifest)
        self.archive.add("manifest.json", body)
        self.archive.add("manifest.sig", keys.sign(self.name, body))

    # Exhibits -------------------------------------------------------------------------------------------------------

    def _exhibit(self, number: int, row: Exhibit) -> dict[str, Any]:
        original = view = ""
        if shows(row) and not row.view_only:
            suffix = PurePosixPath(kinds.download_name(row)).suffix.lower()
            original = f"originals/{number:03d}-{row.sha256[:12]}{suffix if _SUFFIX.fullmatch(suffix) else '.bin'}"
            self._stream(original, row.original_key, row, row.sha256, row.size_bytes)
        if shows(row) and row.view_key:
            view = f"views/{number:03d}-{row.view_sha256[:12]}.jpg"
            self._stream(view, row.view_key, row, row.view_sha256, row.view_size)
        entry = self.contents.entries[row.pk]
        copied = row.view_only or row.redacted_from_id is not None
        return {
            "position": number,
            "exhibit": row.pk,
            "item": kinds.name_of(row, self.contents.names),
            "form": kinds.form_of(row),
            "original_or_copy": packages.COPY if copied else packages.ORIGINAL,
            "holder": packages.holder(),
            "legal_kind": row.legal_kind,
            "media_type": row.media_type,
            "file_name": row.file_name,
            "original": original,
            "original_absent": "" if original else ("withdrawn" if row.withdrawn_at else "kept_by_sender"),
            "view": view,
            "redacted_from": row.redacted_from_id,
            "withdrawn": self._withdrawn(row),
            "capture": None if self.public else self._capture(row),
            "sealed": entry.content,
            "log": self.places[entry.pk],
        }

    def _stream(self, path: str, key: str, row: Exhibit, sha256: str, size_bytes: int) -> None:
        try:
            with store().open(key, sha256=sha256) as stream:
                found = self.archive.stream(path, stream, size_bytes=size_bytes)
        except NoSuchObject as error:
            raise NotExported("file_gone", what(row, self.contents.names)) from error
        except StoredDiffers as error:
            raise NotExported("file_differs", what(row, self.contents.names)) from error
        if found.sha256 != sha256 or (key == row.original_key and found.sm3 != row.sm3):
            raise NotExported("file_differs", what(row, self.contents.names))

    @staticmethod
    def _withdrawn(row: Exhibit) -> dict[str, Any] | None:
        if row.withdrawn_at is None:
            return None
        asked = row.withdrawals.filter(state=Withdrawal.State.APPROVED).first()
        return {
            "at": row.withdrawn_at,
            "reason": asked.reason if asked else "",
            "approved_by": asked.decided_by_name if asked else "",
        }

    @staticmethod
    def _capture(row: Exhibit) -> dict[str, Any]:
        """Who, when by both clocks, where, with what; as it is on record."""
        return plain(
            {
                "by": row.by_name,
                "source": row.source,
                "live": row.live,
                "kept_reason": row.kept_reason,
                "device_time": row.captured_at,
                "server_time": row.received_at,
                "device_clock_offset_s": row.device_clock_offset_s,
                "device": row.device_note,
                "latitude": row.latitude,
                "longitude": row.longitude,
                "coordinates": row.coordinates,
                "accuracy_m": row.accuracy_m,
                "position_source": row.position_source,
                "position_age_s": row.position_age_s,
                "checks": row.checks,
                "flags": row.flags,
            }
        )

    # Around them ------------------------------------------------------------------------------------------------------

    def _matter(self) -> dict[str, Any]:
        matter = self.contents.matter
        said: dict[str, Any] = {"kind": matter.kind, "number": matter.number, "title": matter.title, "about": ""}
        if not self.public and not self.bundle.package_id:
            said["about"] = "matter.json"
            self.archive.add_json("matter.json", plain(matters.facts(matter)))
        return said

    def _custody(self) -> str:
        if self.public:
            return ""
        self.archive.add_json(
            "custody.json",
            [
                {"event": custody.leaf_of_event(event), "log": self.places[self.contents.entries[event.pk].pk]}
                for event in self.contents.events
            ],
        )
        return "custody.json"

    def _packages(self) -> list[dict[str, Any]]:
        rows = []
        for package in self.contents.packages:
            path = f"packages/{package.series_id}-v{package.version}.json"
            self.archive.add(path, canonical_json(package.manifest))
            entry = self.contents.entries[package.pk]
            rows.append(
                {"title": package.title, "version": package.version, "path": path, "log": self.places[entry.pk]}
            )
        return rows

    def _letter(self, number: int, letter: Letter) -> dict[str, Any]:
        folder = f"letters/{number:03d}"
        self.archive.add(f"{folder}-body.json", letter.text.body.encode())
        self.archive.add(f"{folder}-attachments.json", letter.text.manifest.encode())
        self.archive.add_json(
            f"{folder}-envelope.json",
            {
                "id": letter.pk,
                "kind": letter.kind,
                "version": letter.version,
                "document_no": letter.document_no,
                "sender": letter.sender,
                "thread": letter.thread,
                "in_reply_to": letter.in_reply_to,
                "purpose": letter.purpose,
                "handling": letter.handling,
                "expires_at": letter.expires_at,
                "written_at": letter.written_at,
                "written_by": letter.text.by_name,
                "body_sha256": letter.body_sha256,
                "body_sm3": letter.body_sm3,
                "manifest_sha256": letter.manifest_sha256,
                "receipts": [_receipt(row) for row in sorted(self.contents.deliveries[letter.pk], key=_addressee)],
            },
        )
        return {
            "kind": letter.kind,
            "document_no": letter.document_no,
            "written_at": letter.written_at,
            "sender": letter.sender,
            "addressees": sorted({row.addressee for row in self.contents.deliveries[letter.pk]}),
            "envelope": f"{folder}-envelope.json",
            "body": f"{folder}-body.json",
            "attachments": f"{folder}-attachments.json",
        }

    # The log ----------------------------------------------------------------------------------------------------------

    def _log(self, proven: proofs.Proofs) -> list[dict[str, Any]]:
        for each in proven.entries:
            self.archive.add(self.places[each.entry.pk], each.entry.body.encode())
        heads = [self._head(head, path) for head, path in proven.heads]
        entries = [
            {
                "path": self.places[each.entry.pk],
                "index": each.index,
                "size": each.size,
                "proof": [part.hex() for part in each.path],
            }
            for each in proven.entries
        ]
        self.archive.add_json("log/proofs.json", {"entries": entries, "heads": heads})
        return heads

    def _head(self, head: LogHead, path: Any) -> dict[str, Any]:
        stem = f"heads/{head.size:08d}"
        self.archive.add(f"{stem}.json", head.body.encode())
        self.archive.add(f"{stem}.sig", bytes(head.signature))
        return {
            "path": f"{stem}.json",
            "signature": f"{stem}.sig",
            "key": self._key(head.log, bytes(head.public_key)),
            "consistency": [part.hex() for part in path],
            **self._stamp(stem, getattr(head, "stamp", None)),
            "witnesses": [
                self._witness(stem, row)
                for row in sorted(head.witnesses.all(), key=lambda row: row.witness)
                if row.state == HeadWitness.State.SIGNED and row.public_key and row.signature
            ],
        }

    def _stamp(self, stem: str, stamp: HeadStamp | None) -> dict[str, Any]:
        if stamp is None or not stamp.response:
            return {"stamp": "", "stamped_at": None, "stamp_authority": "", "stamp_is_demo": False, "stamp_roots": ""}
        self.archive.add(f"{stem}.tsr", bytes(stamp.response))
        roots = "tsa/demo.pem" if stamp.is_demo else "tsa/authority.pem"
        if roots not in self.archive.files:
            self.archive.add(roots, stamps.certificates(is_demo=stamp.is_demo))
        return {
            "stamp": f"{stem}.tsr",
            "stamped_at": stamp.stamped_at,
            "stamp_authority": stamp.authority,
            "stamp_is_demo": stamp.is_demo,
            "stamp_roots": roots,
        }

    def _witness(self, stem: str, row: HeadWitness) -> dict[str, Any]:
        path = f"{stem}-{_file_name(row.witness)}"
        self.archive.add(f"{path}.json", row.body.encode())
        self.archive.add(f"{path}.sig", bytes(row.signature or b""))
        return {
            "witness": row.witness,
            "path": f"{path}.json",
            "signature": f"{path}.sig",
            "key": self._key(row.witness, bytes(row.public_key or b"")),
        }

    def _earlier(self) -> list[dict[str, Any]]:
        """The issuer's keys of before in their order, each with its signature for the one after it."""
        rows = []
        for number, change in enumerate(keys.changes(self.name), 1):
            stem = f"keys/change-{number:03d}"
            self.archive.add(f"{stem}.json", change.statement())
            self.archive.add(f"{stem}.sig", change.by_old)
            key = self._key(self.name, change.old)
            rows.append({"key": key, "change": f"{stem}.json", "signature": f"{stem}.sig"})
        return rows

    def _key(self, owner: str, raw: bytes) -> str:
        path = f"keys/{_file_name(owner)}-{sha256_hex(raw)[:8]}.pem"
        if path not in self.archive.files:
            key = Ed25519PublicKey.from_public_bytes(raw)
            self.archive.add(
                path, key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            )
        return path

    # To be read -------------------------------------------------------------------------------------------------------

    def _pages(self, manifest: dict[str, Any], heads: list[dict[str, Any]]) -> None:
        self.archive.add(STYLE, (HERE / STYLE).read_bytes())
        for language, page, readme in LANGUAGES:
            with translation.override(language):
                context = {
                    "bundle": manifest,
                    "rows": [_shown(line, row) for line, row in self._lines(manifest)],
                    "events": self.contents.events,
                    "letters": list(_letters(manifest["letters"])),
                    "heads": [_shown_head(head) for head in heads],
                    "example": next((line["original"] for line in manifest["exhibits"] if line["original"]), ""),
                    "is_public": self.public,
                    "is_demo": any(head["stamp_is_demo"] for head in heads),
                    "waiting": any(not head["stamp"] for head in heads),
                    "fingerprint": sha256_hex(keys.public_key(self.name)),
                    "lang": "zh-CN" if language == "zh-hans" else "en",
                }
                self.archive.add(page, render_to_string("bundles/reading/index.html", context).encode())
                self.archive.add(readme, render_to_string("bundles/reading/README.txt", context).encode())

    def _lines(self, manifest: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Exhibit]]:
        return zip(manifest["exhibits"], self.contents.exhibits, strict=True)


def _shown(line: dict[str, Any], row: Exhibit) -> dict[str, Any]:
    return {
        **line,
        "row": row,
        "legal_name": row.get_legal_kind_display(),
        "form_name": packages.FORMS.get(line["form"], line["form"]),
        "source_name": row.get_source_display(),
        "flag_words": [flag.words for flag in kinds.flags_of(row)],
        "is_copy": line["original_or_copy"] == packages.COPY,
    }


def _shown_head(head: dict[str, Any]) -> dict[str, Any]:
    names = party_names([row["witness"] for row in head["witnesses"]])
    return {**head, "who": [{**row, "name": names[row["witness"]]} for row in head["witnesses"]]}


def _letters(letters: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    names = party_names({party for row in letters for party in (row["sender"], *row["addressees"])})
    for row in letters:
        yield {
            **row,
            "kind_name": kind_name(row["kind"]),
            "from": names[row["sender"]],
            "to": "、".join(names[party] for party in row["addressees"]),
        }


def _receipt(row: Delivery) -> dict[str, Any]:
    return {
        "addressee": row.addressee,
        "state": row.state,
        "sequence": row.sequence,
        "delivered_at": row.delivered_at,
        "opened_at": row.opened_at,
        "accepted_at": row.accepted_at,
        "answered_at": row.answered_at,
        "returned_at": row.returned_at,
        "return_reason": row.return_reason,
        "received_digest": row.received_digest,
    }


def _addressee(row: Delivery) -> str:
    return row.addressee


def _file_name(party: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", party.lower()).strip("-")


def plain(value: Any) -> Any:
    """JSON that has one spelling: numbers with a point and decimals become text."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    return instant(value) if hasattr(value, "tzinfo") else str(value)
