"""Resumable uploads, whatever the protocol: begun, continued, taken in, taken back, swept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import Resolver404, resolve

from accounts.models import User
from accounts.tickets import UploadTicket
from evidence import services, uploads
from evidence.errors import (
    DigestDiffers,
    EmptyFile,
    FileTooLarge,
    TargetUnknown,
    TooManyUploads,
    UnsupportedFormat,
    UploadDone,
    UploadElsewhere,
    UploadGone,
    too_large,
)
from evidence.facts import read_facts
from evidence.hooks import Arrived, UploadTarget, bare, target_of
from evidence.models import Upload
from evidence.parts import Part, Writer, parts_dir
from kernel import clock
from provinces.context import required

HOPELESS = (DigestDiffers, UnsupportedFormat, EmptyFile, FileTooLarge)
"""No second try helps: the bytes themselves are not what was sealed, or are no photo."""


@dataclass(frozen=True)
class Sender:
    """Who uploads. ticket: set when there is no session, and the photo can only go into quarantine."""

    person: User
    ticket: UploadTicket | None = None
    device_note: str = ""


@dataclass(frozen=True)
class _Target:
    target: UploadTarget
    args: Mapping[str, Any]
    query: Mapping[str, str]


def limit_of(kind: str) -> int:
    """The most bytes that a file of this kind may have."""
    return int(settings.MAX_UPLOAD_BYTES if kind == "photo" else settings.MAX_FILE_BYTES)


def begin(sender: Sender, *, length: int, target: str, fields: Mapping[str, str]) -> Upload:
    """A place for a file of so many bytes. Raises TargetUnknown, FileTooLarge, TooManyUploads, BadInput, EmptyFile;
    and what the page of the target would.
    """
    found = _resolve(target)
    if sender.ticket is None:
        found.target.check(sender.person, found.args, found.query)
    limit = limit_of(found.target.kind)
    if length > limit:
        raise too_large(limit)
    if length <= 0:
        raise EmptyFile()
    kept = {name: fields[name][: uploads.LONGEST_FIELD] for name in uploads.FIELDS if fields.get(name)}
    uploads.check(kept)
    open_ones = Upload.objects.filter(by_id=sender.person.pk, finished_at=None).aggregate(
        many=Count("pk"), waiting=Coalesce(Sum(F("length")), 0)
    )
    if open_ones["many"] >= settings.UPLOADS_OPEN or open_ones["waiting"] + length > settings.UPLOADS_OPEN_BYTES:
        raise TooManyUploads(open_uploads=open_ones["many"], open_bytes=open_ones["waiting"])
    upload = Upload(by_id=sender.person.pk, target=target, length=length, fields=kept, expires_at=_expiry())
    Part(upload.pk).create()
    upload.save(force_insert=True)
    return upload


def access_upload(sender: Sender, upload_id: UUID) -> Upload:
    """One's own upload. Raises UploadGone: the same for absent, expired and somebody else's."""
    upload = Upload.objects.filter(pk=upload_id, by_id=sender.person.pk, expires_at__gt=clock.now()).first()
    if upload is None:
        raise UploadGone()
    return upload


def offset_of(upload: Upload) -> int:
    """How many bytes are safe. Raises UploadGone when the disk lost them: the phone then begins anew."""
    if upload.finished_at:
        return upload.length
    return Part(upload.pk).size()


def append(upload: Upload, *, offset: int, read: Callable[[int], bytes], length: int) -> int:
    """Write what `read(n)` gives, at most `length` bytes, from `offset` on. Returns the offset that is safe now.

    A connection that breaks leaves what has arrived. Raises UploadElsewhere, UploadGone, FileTooLarge.
    """
    if upload.finished_at:
        if offset != upload.length:
            raise UploadElsewhere()
        return upload.length
    if offset + length > upload.length:
        raise too_large(upload.length)
    writer = Writer(Part(upload.pk), offset)
    try:
        with writer:
            left = length
            while left > 0 and (piece := read(min(left, settings.UPLOAD_PIECE_BYTES))):
                writer.write(piece)
                left -= len(piece)
    finally:
        if writer.offset > offset:
            Upload.objects.filter(pk=upload.pk, offset__lt=writer.offset).update(
                offset=writer.offset, expires_at=_expiry()
            )
    upload.offset = writer.offset
    return writer.offset


def finish(upload: Upload, sender: Sender) -> Upload:
    """Take a whole upload in; twice is once. Call it outside any transaction.

    Raises UploadLocked, UploadGone; what `services.receive` and the target's page raise. Bytes that are hopeless are
    thrown away with the upload; after any other refusal they stay until they expire.
    """
    if upload.finished_at:
        return upload
    part = Part(upload.pk)
    with part.alone():
        upload.refresh_from_db()
        if upload.finished_at:
            return upload
        try:
            answer, status = _take_in(upload, sender, part)
        except HOPELESS:
            drop(upload)
            raise
        upload.answer, upload.answer_status = answer, status
        upload.finished_at, upload.offset, upload.expires_at = clock.now(), upload.length, _expiry()
        upload.save(update_fields=["answer", "answer_status", "finished_at", "offset", "expires_at"])
        part.remove()
    return upload


def _take_in(upload: Upload, sender: Sender, part: Part) -> tuple[dict[str, Any], int]:
    fields = upload.fields
    with part.path.open("rb") as file:
        if sender.ticket is not None:
            row = uploads.quarantined(file, fields=fields, draft_id=sender.ticket.draft_id, by=sender.person)
            return uploads.answer(row)
        found = _resolve(upload.target)
        found.target.check(sender.person, found.args, found.query)
        known = {"person": sender.person, "args": found.args, "query": found.query, "fields": fields}
        if found.target.kind == "photo":
            near = found.target.near(sender.person, found.args)
            exhibit = uploads.received(
                file,
                fields=fields,
                by=sender.person,
                facts=read_facts(fields, at=upload.created_at, expected_near=near),
                device_note=sender.device_note,
            )
            return found.target.take(Arrived(**known, exhibit=exhibit)), 200
        digests = services.compare(
            file, declared_sha256=fields.get("sha256", ""), by=sender.person, limit_bytes=limit_of("file")
        )
        return found.target.take(Arrived(**known, file=part.path, digests=digests)), 200


def drop(upload: Upload) -> None:
    """Take an unfinished upload back. Raises UploadDone for a finished one."""
    gone, _each = Upload.objects.filter(pk=upload.pk, finished_at=None).delete()
    if not gone:
        raise UploadDone()
    Part(upload.pk).remove()


def sweep() -> int:
    """Forget what has expired, and files that no row knows. Returns how many uploads."""
    with transaction.atomic():
        over = list(Upload.objects.filter(expires_at__lte=clock.now()).values_list("pk", flat=True)[:1000])
        Upload.objects.filter(pk__in=over).delete()
    for upload_id in over:
        Part(upload_id).remove()
    _sweep_lost_files()
    return len(over)


def _sweep_lost_files() -> None:
    before = (clock.now() - timedelta(days=settings.UPLOADS_KEPT_DAYS)).timestamp()
    old = {file for file in parts_dir().iterdir() if file.suffix != ".holder" and file.stat().st_mtime < before}
    known = {str(pk) for pk in Upload.objects.filter(pk__in=[file.name for file in old]).values_list("pk", flat=True)}
    for file in old:
        if file.name not in known:
            Part(UUID(file.name)).remove()


def _expiry() -> datetime:
    return clock.now() + timedelta(days=settings.UPLOADS_KEPT_DAYS)


def _resolve(target: str) -> _Target:
    """The record that takes the file, by the path of its page on this host. Raises TargetUnknown."""
    path, _mark, query = target.partition("?")
    try:
        found = resolve(bare(path), urlconf=settings.URLCONFS[required().kind])
    except Resolver404 as error:
        raise TargetUnknown() from error
    taker = target_of(found.view_name)
    if taker is None:
        raise TargetUnknown()
    return _Target(taker, found.kwargs, QueryDict(query).dict())
