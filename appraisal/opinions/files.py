"""Files of opinion letters as exhibits: sealed on arrival, and as attachments of letters that leave."""

from __future__ import annotations

import io
from collections.abc import Iterable
from uuid import UUID

from appraisal.letter_photos import view_attachment
from audit.trail import Actor
from evidence import custody, kinds
from evidence.models import Exhibit, ExhibitUse
from evidence.services import MACHINE, adopt_original, keep_original, own_prefix, take_in
from evidence.store import StoredObject, store
from federation.contracts.messages import Attachment
from kernel.canonical import sha256_hex, sm3_hex

PDF = "application/pdf"


def keep_arrived(file: Attachment, *, letter_id: UUID, title: str, by_name: str, request_id: UUID) -> Exhibit:
    """What came with a letter, as evidence of the request: a paper as it is, a photo as the view it was sent as.

    Called in the delivery's transaction; the same bytes twice are one exhibit.
    """
    if file.media_type == "image/jpeg":
        exhibit = take_in(file, letter_id=letter_id, by_name=by_name)
    else:
        owner, found = own_prefix(), store().digests(file.object_key, sha256=file.sha256)
        known = Exhibit.objects.filter(owner=owner, sha256=found.sha256, view_only=False).first()
        exhibit = known or _sealed(
            owner=owner,
            digests=found,
            original_key=adopt_original(file.object_key, owner=owner, digests=found),
            media_type=file.media_type,
            source=Exhibit.Source.LETTER,
            title=title,
            by=Actor(None, by_name),
            letter_id=letter_id,
        )
    _use(exhibit, request_id)
    return exhibit


def keep_made(data: bytes, *, title: str, request_id: UUID, by: Actor | None = None) -> Exhibit:
    """A PDF that was made here and leaves with a letter, sealed as it leaves."""
    digests = StoredObject(sha256=sha256_hex(data), sm3=sm3_hex(data), size_bytes=len(data))
    owner = own_prefix()
    exhibit = Exhibit.objects.filter(owner=owner, sha256=digests.sha256, view_only=False).first()
    if exhibit is None:
        key = keep_original(io.BytesIO(data), owner=owner, digests=digests, media_type=PDF)
        exhibit = _sealed(
            owner=owner,
            digests=digests,
            original_key=key,
            media_type=PDF,
            source=Exhibit.Source.MADE,
            title=title,
            by=by or MACHINE,
        )
    _use(exhibit, request_id)
    return exhibit


def _sealed(*, by: Actor, digests: StoredObject, title: str, **fields: object) -> Exhibit:
    exhibit = Exhibit.objects.create(
        state=Exhibit.State.READY,
        kind=Exhibit.Kind.DOCUMENT,
        legal_kind=kinds.legal_kind_of(Exhibit.Kind.DOCUMENT),
        sha256=digests.sha256,
        sm3=digests.sm3,
        size_bytes=digests.size_bytes,
        title=title[:200],
        by_id=by.pk,
        by_name=by.display_name,
        **fields,
    )
    custody.sealed(exhibit, by=by)
    return exhibit


def _use(exhibit: Exhibit, request_id: UUID) -> None:
    """Put with the request, so that who sees the request sees it."""
    ExhibitUse.objects.get_or_create(
        exhibit=exhibit, matter_kind="request", matter_id=request_id, defaults={"by_name": MACHINE.display_name}
    )


def document_attachment(exhibit: Exhibit, what: str) -> Attachment:
    """A paper of ours as it is; papers carry nothing of a camera."""
    return Attachment(
        object_key=exhibit.original_key,
        media_type=exhibit.media_type,
        size_bytes=exhibit.size_bytes,
        sha256=exhibit.sha256,
        sm3=exhibit.sm3,
        what=what,
    )


def photo_attachments(exhibits: Iterable[Exhibit], what: str) -> tuple[Attachment, ...]:
    """Views of ready photos, each once. Raises Conflict while one has no view yet."""
    found = {each.pk: view_attachment(each, what) for each in exhibits}
    return tuple({each.sha256: each for each in found.values()}.values())


def bytes_of(exhibit: Exhibit) -> bytes:
    """The original of a paper, compared with the digest it was sealed under. Raises StoredDiffers."""
    with store().open(exhibit.original_key, sha256=exhibit.sha256) as stream:
        return stream.read()


__all__ = ["PDF", "bytes_of", "document_attachment", "keep_arrived", "keep_made", "photo_attachments"]
