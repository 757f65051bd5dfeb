"""Everything that is written about exhibits."""

from __future__ import annotations

import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from audit.trail import Actor
from evidence import custody, hooks
from evidence.errors import DigestDiffers, EmptyFile, KeyReused, UnsupportedFormat, too_large
from evidence.facts import Facts, Position, flags_of, read_facts, read_position
from evidence.intake import look_into, media_type_of
from evidence.models import CustodyEvent, Exhibit, Quarantined, UploadIncident, UploadKey
from evidence.naming import named
from evidence.store import StoredObject, content_id, make_key, own, prefix_of, store, work_dir
from kernel import clock
from kernel.canonical import instant
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from kernel.soon import soon
from provinces.context import required
from provinces.errors import BorderCrossing

log = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
STUCK_AFTER = timedelta(minutes=1)
THUMB_PATIENCE = timedelta(hours=1)
KEYS_KEPT = timedelta(days=30)
_CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class By(Protocol):
    """Whoever hands a photo in: a user, or an `audit.trail.Actor`. `unit_id` is used where there is one."""

    @property
    def pk(self) -> Any: ...

    @property
    def display_name(self) -> str: ...


class AttachmentLike(Protocol):
    """A file of a letter as its manifest describes it (`federation.contracts.messages.Attachment`)."""

    object_key: str
    media_type: str
    size_bytes: int
    sha256: str
    sm3: str
    original_sha256: str
    original_sm3: str


def own_prefix(organisation_id: UUID | None = None) -> str:
    """Where this seat's objects lie. At the brands host an organisation must be named."""
    return f"org-{organisation_id}" if organisation_id else required().name


def receive(
    fileobj: BinaryIO,
    *,
    declared_sha256: str,
    captured_at: datetime | None,
    source: str,
    by: By,
    position: Position | None = None,
    facts: Facts | None = None,
    kept_reason: str = "",
    device_note: str = "",
    owner_prefix: str = "",
) -> Exhibit:
    """Keep one original for ever and have its view made; the same original twice is kept once.

    fileobj: seekable; read from its beginning. declared_sha256: the digest made on the phone, lower-case hex.
    captured_at: aware. Call it outside any transaction: an incident must stay on record when the upload is refused.
    Raises FileTooLarge, EmptyFile, UnsupportedFormat; DigestDiffers when the bytes are not those that were sealed:
    nothing of them is kept.
    """
    digests, media_type = _examine(fileobj, declared_sha256=declared_sha256, by=by)
    owner = owner_prefix or own_prefix()
    known = Exhibit.objects.filter(owner=owner, sha256=digests.sha256, view_only=False).first()
    if known is not None:
        return _handed_in_again(known, by=by, captured_at=captured_at, source=source)
    facts, received_at, live = facts or Facts(), clock.now(), source == Exhibit.Source.CAMERA
    key = keep_original(fileobj, owner=owner, digests=digests, media_type=media_type)
    with suppress(IntegrityError), transaction.atomic():
        exhibit = Exhibit.objects.create(
            owner=owner,
            source=source,
            kept_reason=kept_reason,
            sha256=digests.sha256,
            sm3=digests.sm3,
            size_bytes=digests.size_bytes,
            media_type=media_type,
            original_key=key,
            captured_at=captured_at,
            received_at=received_at,
            device_note=device_note,
            device_clock_offset_s=facts.clock_offset_s,
            position_age_s=facts.position_age_s,
            position_source=facts.position_source,
            live=live,
            checks=dict(facts.checks),
            flags=flags_of(facts, captured_at=captured_at, received_at=received_at, position=position, live=live),
            by_id=by.pk,
            by_name=by.display_name,
            unit_id=getattr(by, "unit_id", None),
            **_placed(position),
        )
        custody.sealed(exhibit, by=by)
        transaction.on_commit(lambda: enqueue_intake(exhibit.pk))
        return exhibit
    # Somebody sent the same photo at the same moment and was first.
    there = Exhibit.objects.get(owner=owner, sha256=digests.sha256, view_only=False)
    return _handed_in_again(there, by=by, captured_at=captured_at, source=source)


def _handed_in_again(exhibit: Exhibit, *, by: By, captured_at: datetime | None, source: str) -> Exhibit:
    """The same bytes once more: stored once, but that they came again, from whom and as what, is on record.

    A phone that did not hear the answer sends the same again, which is no news.
    """
    if (exhibit.by_id, exhibit.captured_at, exhibit.source) != (by.pk, captured_at, source):
        said = {"again": True, "source": source, "at_by_device": instant(captured_at) if captured_at else ""}
        before = CustodyEvent.objects.filter(exhibit=exhibit, act=CustodyEvent.Act.RECEIVED, by_id=by.pk, data=said)
        if not before.exists():
            custody.record(exhibit, CustodyEvent.Act.RECEIVED, by=by, data=said)
    return exhibit


def _placed(position: Position | None) -> dict[str, Any]:
    if position is None:
        return {}
    return {
        "latitude": position.latitude,
        "longitude": position.longitude,
        "accuracy_m": position.accuracy_m,
        "coordinates": position.coordinates,
    }


def _examine(fileobj: BinaryIO, *, declared_sha256: str, by: By) -> tuple[StoredObject, str]:
    """Digests and media type of what arrived. The file is only read, never decoded."""
    digests = compare(fileobj, declared_sha256=declared_sha256, by=by, limit_bytes=settings.MAX_UPLOAD_BYTES)
    fileobj.seek(0)
    media_type = media_type_of(fileobj.read(32))
    if media_type is None:
        raise UnsupportedFormat()
    return digests, media_type


def compare(fileobj: BinaryIO, *, declared_sha256: str, by: By, limit_bytes: int) -> StoredObject:
    """Digests of what arrived, when they are those of what was sealed. Any kind of file; call it outside a transaction.

    Raises BadInput without a digest to compare with, FileTooLarge, EmptyFile; DigestDiffers, and writes an incident.
    """
    declared = declared_sha256.strip().lower()
    if not _SHA256.fullmatch(declared):
        raise BadInput(_("缺少封存摘要（SHA-256），照片没有保存。请刷新页面后重新拍摄。"), code="digest_missing")
    fileobj.seek(0)
    sha256, sm3, size_bytes = hashlib.sha256(), hashlib.new("sm3"), 0
    while chunk := fileobj.read(_CHUNK_BYTES):
        size_bytes += len(chunk)
        if size_bytes > limit_bytes:
            raise too_large(limit_bytes)
        sha256.update(chunk)
        sm3.update(chunk)
    if not size_bytes:
        raise EmptyFile()
    digests = StoredObject(sha256=sha256.hexdigest(), sm3=sm3.hexdigest(), size_bytes=size_bytes)
    if digests.sha256 != declared:
        UploadIncident.objects.create(
            code=DigestDiffers.code,
            declared_sha256=declared,
            found_sha256=digests.sha256,
            size_bytes=size_bytes,
            by_id=by.pk,
            by_name=by.display_name,
        )
        raise DigestDiffers(declared=declared, found=digests.sha256)
    return digests


def keep_original(fileobj: BinaryIO, *, owner: str, digests: StoredObject, media_type: str) -> str:
    """Put the original into the store under the key that follows from its bytes. Returns the key."""
    key = make_key(owner, "original", content_id(digests.sha256))
    fileobj.seek(0)
    sealed, kept = store().seal(key, fileobj, media_type, sha256=digests.sha256)
    if kept != digests:
        raise RuntimeError(f"{key} holds other bytes than those that arrived")
    return sealed


def adopt_original(from_key: str, *, owner: str, digests: StoredObject) -> str:
    """Keep what came with a letter as an original, under the key that follows from its bytes. Returns the key."""
    sealed, kept = store().adopt(from_key, make_key(owner, "original", content_id(digests.sha256)))
    if kept != digests:
        raise RuntimeError(f"{sealed} holds other bytes than those that arrived")
    return sealed


def enqueue_intake(exhibit_id: UUID) -> None:
    """Have the view made soon. With the broker down nothing is lost: the sweep finds what still waits."""
    from evidence.tasks import intake

    soon(intake, str(exhibit_id))


def unfinished(*, limit: int = 200) -> list[UUID]:
    """Exhibits that still wait for their copies though a minute has passed: views, and thumbnails of the last hour."""
    now = clock.now()
    stuck = Q(state=Exhibit.State.RECEIVED, received_at__lt=now - STUCK_AFTER)
    bare = Q(view_only=True, thumb_key="", received_at__lt=now - STUCK_AFTER, received_at__gt=now - THUMB_PATIENCE)
    return list(Exhibit.objects.filter(stuck | bare).order_by("received_at").values_list("pk", flat=True)[:limit])


def forget_upload_keys() -> int:
    """Drop idempotency keys that no phone will use again. Returns how many."""
    return UploadKey.objects.filter(at__lt=clock.now() - KEYS_KEPT).delete()[0]


def make_views(exhibit_id: UUID) -> Exhibit:
    """Look into the photo, keep its view and thumbnail, and tell those who wait for it. Safe to run twice."""
    exhibit = Exhibit.objects.get(pk=exhibit_id)
    if exhibit.view_only:
        return _make_thumb(exhibit)
    if exhibit.state != Exhibit.State.RECEIVED:
        return exhibit
    box = store()
    with box.as_file(exhibit.original_key, sha256=exhibit.sha256) as path, look_into(path, exhibit.media_type) as found:
        if found.refused or found.view is None or found.thumb is None:
            with transaction.atomic():
                move(exhibit, "refuse", by=MACHINE, refusal=found.refused or "unreadable")
                hooks.refused(exhibit)
            return exhibit
        view_key = make_key(exhibit.owner, "view", exhibit.pk)
        thumb_key = make_key(exhibit.owner, "thumb", exhibit.pk)
        with found.view.open("rb") as stream:
            view = box.put(view_key, stream, "image/jpeg")
        with found.thumb.open("rb") as stream:
            box.put(thumb_key, stream, "image/jpeg")
    with transaction.atomic():
        move(
            exhibit,
            "make_ready",
            by=MACHINE,
            view_key=view_key,
            view_sha256=view.sha256,
            view_sm3=view.sm3,
            view_size=view.size_bytes,
            thumb_key=thumb_key,
            width=found.width,
            height=found.height,
            metadata=found.metadata,
        )
        hooks.ready(exhibit)
    return exhibit


def _make_thumb(exhibit: Exhibit) -> Exhibit:
    """The thumbnail of a view that came by letter. A view that cannot be opened stays without one."""
    if exhibit.thumb_key:
        return exhibit
    thumb_key = make_key(exhibit.owner, "thumb", exhibit.pk)
    with (
        store().as_file(exhibit.view_key, sha256=exhibit.view_sha256) as path,
        look_into(path, exhibit.media_type, thumb_only=True) as found,
    ):
        if found.refused or found.thumb is None:
            log.warning("the view of %s that came by letter cannot be opened: %s", exhibit.pk, found.refused)
            return exhibit
        with found.thumb.open("rb") as stream:
            store().put(thumb_key, stream, "image/jpeg")
    Exhibit.objects.filter(pk=exhibit.pk).update(thumb_key=thumb_key, width=found.width, height=found.height)
    exhibit.refresh_from_db()
    return exhibit


def take_in(
    attachment: AttachmentLike,
    *,
    letter_id: UUID,
    exhibit_id: UUID | None = None,
    owner_prefix: str = "",
    captured_at: datetime | None = None,
    received_at: datetime | None = None,
    by_name: str = "",
    kept_reason: str = "",
) -> Exhibit:
    """An exhibit of the view that came with a letter. No original is here; its digests are.

    attachment.object_key is already the addressee's own; owner_prefix: its prefix, and refused unless it is. The same
    exhibit_id of the same owner taken in twice is one. Called inside the receiver's transaction. Raises BadInput for
    anything but a JPEG: every view is one.
    """
    if attachment.media_type != "image/jpeg":
        words = _("附件不是供查看的副本，没有收下。请联系发函一方重发。")
        raise BadInput(words, code="attachment_no_view", media_type=attachment.media_type)
    owner = prefix_of(own(attachment.object_key))
    if owner_prefix not in ("", owner):
        raise BorderCrossing(f"an attachment of {owner} taken in for {owner_prefix}")
    there = Exhibit.objects.filter(pk=exhibit_id).first() if exhibit_id else None
    if there is not None and there.owner == owner:
        return there
    exhibit = Exhibit.objects.create(
        id=exhibit_id if exhibit_id and there is None else uuid7(),
        owner=owner,
        state=Exhibit.State.READY,
        source=Exhibit.Source.LETTER,
        view_only=True,
        letter_id=letter_id,
        sha256=attachment.original_sha256 or attachment.sha256,
        sm3=attachment.original_sm3 or attachment.sm3,
        size_bytes=attachment.size_bytes,
        media_type=attachment.media_type,
        view_key=attachment.object_key,
        view_sha256=attachment.sha256,
        view_sm3=attachment.sm3,
        view_size=attachment.size_bytes,
        captured_at=captured_at,
        received_at=received_at or clock.now(),
        by_name=by_name,
        kept_reason=kept_reason,
    )
    custody.sealed(exhibit, by=Actor(None, by_name) if by_name else MACHINE)
    hooks.ready(exhibit)
    transaction.on_commit(lambda: enqueue_intake(exhibit.pk))
    return exhibit


def attachment_fields(exhibit: Exhibit, *, what: str) -> dict[str, Any]:
    """The view of a ready exhibit as fields of a letter's Attachment. Raises Conflict while there is no view."""
    if exhibit.state != Exhibit.State.READY:
        raise Conflict(_("照片还在处理，暂时不能发送。请稍候片刻再试。"), code="photo_not_ready")
    return {
        "object_key": exhibit.view_key,
        "media_type": "image/jpeg",
        "size_bytes": exhibit.view_size,
        "sha256": exhibit.view_sha256,
        "sm3": exhibit.view_sm3,
        "what": what,
        "original_sha256": exhibit.sha256,
        "original_sm3": exhibit.sm3,
    }


def claim_upload_key(*, by_id: UUID, key: str, sha256: str) -> None:
    """Tie an idempotency key to one photo. Raises KeyReused when it is tied to another."""
    if not key:
        return
    row, _made = UploadKey.objects.get_or_create(by_id=by_id, key=key[:100], defaults={"sha256": sha256})
    if row.sha256 != sha256:
        raise KeyReused()


def put_in_quarantine(
    fileobj: BinaryIO,
    *,
    declared_sha256: str,
    draft_id: UUID,
    by: User,
    captured_at: datetime | None,
    source: str,
    shot_code: str = "",
    kept_reason: str = "",
    fields: Mapping[str, str] | None = None,
) -> Quarantined:
    """Keep a photo that came without a session, out of everybody's sight. Twice is once. Raises as `receive` does."""
    digests, media_type = _examine(fileobj, declared_sha256=declared_sha256, by=by)
    there = Quarantined.objects.filter(draft_id=draft_id, sha256=digests.sha256).first()
    if there is not None:
        return there
    key = keep_original(fileobj, owner=own_prefix(), digests=digests, media_type=media_type)
    with transaction.atomic():
        row, made = Quarantined.objects.get_or_create(
            draft_id=draft_id,
            sha256=digests.sha256,
            defaults={
                "by_id": by.pk,
                "by_name": by.display_name,
                "unit_id": by.unit_id,
                "unit_name": by.unit.name if by.unit else "",
                "object_key": key,
                "size_bytes": digests.size_bytes,
                "captured_at": captured_at,
                "source": source,
                "shot_code": shot_code[:40],
                "kept_reason": kept_reason[:200],
                "fields": dict(fields or {}),
            },
        )
        if made:
            named(key)
    return row


def assign(*, quarantined_id: UUID, to: User, by: User) -> Quarantined:
    """Give a photo in quarantine to an officer, who may then see and use it. Raises MoveRefused if it has gone."""
    row = Quarantined.objects.get(pk=quarantined_id)
    with store().open(row.object_key, sha256=row.sha256) as stream, _spooled(stream) as original:
        exhibit = receive(
            original,
            declared_sha256=row.sha256,
            captured_at=row.captured_at,
            source=row.source,
            by=_Captor(row.by_id, row.by_name, row.unit_id),
            position=read_position(row.fields),
            facts=read_facts(row.fields, at=row.received_at),
            kept_reason=row.kept_reason,
        )
    with transaction.atomic():
        move(row, "assign", by=by, assigned_to_id=to.pk, assigned_to_name=to.display_name, exhibit=exhibit)
        hooks.assigned(row)
    return row


@dataclass(frozen=True)
class _Captor:
    """The one who took a photo, as the quarantine row remembers them."""

    pk: UUID
    display_name: str
    unit_id: UUID | None


@contextmanager
def _spooled(stream: BinaryIO) -> Iterator[Any]:
    """A seekable copy: the stream of an S3 object can be read once only."""
    with tempfile.SpooledTemporaryFile(max_size=8 << 20, dir=work_dir()) as spool:
        shutil.copyfileobj(stream, spool, _CHUNK_BYTES)
        spool.seek(0)
        yield spool
