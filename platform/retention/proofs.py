"""Proof of deletion: what went, by which rule and when, without anything that the records said."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from audit import keys
from audit import log as seal_log
from audit.verify import CLEARED
from kernel.canonical import canonical_json
from provinces.context import required
from retention.models import GoneRecord, Portion

VERSION = 2
"""Of the document. In those of version 1 `files.gone` counts the files that were kept, too."""


def new_salt() -> str:
    """32 random bytes: without them an id cannot be guessed from its digest, even by trying times."""
    return secrets.token_hex(32)


def digest(salt: str, record_id: UUID) -> str:
    """SHA-256 of the salt's bytes and the id's sixteen."""
    return hashlib.sha256(bytes.fromhex(salt) + record_id.bytes).hexdigest()


def sha256(document: bytes) -> str:
    """Of a whole document."""
    return hashlib.sha256(document).hexdigest()


def document(portion: Portion, *, now: datetime, files: dict[str, int]) -> bytes:
    """The canonical JSON of a portion's proof. files: how many are gone, locked, and kept for another record."""
    gone = list(GoneRecord.objects.filter(portion=portion).order_by("label", "digest"))
    return canonical_json(
        {
            "version": VERSION,
            "what": CLEARED,
            "proof": portion.pk,
            "seat": portion.seat,
            "kind": portion.kind,
            "rule": portion.rule,
            "planned_at": portion.began_at,
            "records_gone_at": portion.rows_gone_at,
            "finished_at": now,
            "rows": portion.counts,
            "files": files,
            "log_lines_emptied": portion.log_positions,
            "trail_lines_emptied": portion.left.get("trail_emptied", 0),
            "salt": portion.salt,
            "records": [{"label": row.label, "sha256": row.digest} for row in gone],
        }
    )


def seal(portion: Portion) -> None:
    """Put the proof's digest, and which lines of the log were emptied, into the sealed log."""
    seal_log.append(
        CLEARED,
        portion.pk,
        {
            "kind": portion.kind,
            "rows": sum(portion.counts.values()),
            "sha256": portion.sha256,
            "emptied": portion.log_positions,
        },
    )


def holds(portion: Portion) -> bool:
    """Whether the kept document is the one that was signed."""
    data = portion.document.encode()
    return sha256(data) == portion.sha256 and keys.is_signed(
        bytes.fromhex(portion.public_key), bytes.fromhex(portion.signature), data
    )


@dataclass(frozen=True)
class Answer:
    """That a record of this id went: in which portion, as what."""

    portion: Portion
    label: str


def asked(record_id: UUID) -> Answer | None:
    """Was the record of this id deleted by the clock of this seat, and when? None: not by it."""
    portions = Portion.objects.filter(seat=required().name).exclude(rows_gone_at=None)
    salted = {digest(salt, record_id): pk for pk, salt in portions.values_list("pk", "salt")}
    found = GoneRecord.objects.filter(digest__in=salted).select_related("portion").first()
    return Answer(found.portion, found.label) if found else None
