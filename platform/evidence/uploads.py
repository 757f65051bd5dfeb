"""The contract of a photo upload, for every URL that takes one.

POST multipart: file, the fields below, ticket (optional: `accounts.tickets`)
header          Idempotency-Key: the same key with the same photo gives the same exhibit, with another one 409

The phone's own uploads are resumable (`evidence.tus`); they say the same fields as metadata and end in the same place.

fields          sha256, shot_code, source camera|album|chat, captured_at and device_now (ISO 8601 with offset: when it
                was taken, and what the device's clock shows while sending), kept_reason, lat, lon, accuracy_m (WGS-84),
                position_age_s, position_source, checks (JSON: what the phone found of the photo)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.access import person_of
from accounts.models import User
from accounts.standing import in_good_standing
from accounts.tickets import BadTicket, read_upload_ticket
from evidence import services
from evidence.errors import EmptyFile, SessionEnded, UploadIncomplete
from evidence.facts import Facts, read_facts, read_position
from evidence.models import Exhibit, Quarantined
from evidence.store import photo_url
from kernel.errors import BadInput
from webui.pages import wants_json

UPLOAD_SOURCES = ("camera", "album", "chat")
FIELDS = (
    "sha256", "shot_code", "source", "captured_at", "device_now", "kept_reason", "lat", "lon", "accuracy_m",
    "position_age_s", "position_source", "checks", "filename",
)  # fmt: skip
"""What may be said of a photo."""
LONGEST_FIELD = 4000
_FRAMING_BYTES = 8_000  # boundaries and part headers of a dozen fields, generously


def handle_upload(request: HttpRequest, *, owner_prefix: str = "") -> Exhibit | Quarantined:
    """Take one photo. With a session: an Exhibit. Without one but with a good upload ticket: a row of the quarantine.

    owner_prefix: at the brands host, `services.own_prefix(organisation_id)`. Call it outside any transaction. Raises
    the Problems of `services.receive`, BadInput, KeyReused, SessionEnded.
    """
    person = request.user
    if person.is_authenticated and in_good_standing(person.pk):
        return _receive(request, person, owner_prefix)
    ticket = request.POST.get("ticket") or request.headers.get("Upload-Ticket", "")
    if not ticket:
        raise SessionEnded()
    said = read_upload_ticket(ticket)
    owner = User.objects.select_related("unit").filter(pk=said.user_id).first()
    if owner is None:
        raise BadTicket()
    return quarantined(_file(request), fields=request.POST.dict(), draft_id=said.draft_id, by=owner)


def quarantined(file: BinaryIO, *, fields: Mapping[str, str], draft_id: UUID, by: User) -> Quarantined:
    """Put a photo that came by ticket alone out of everybody's sight, with all that was said of it."""
    return services.put_in_quarantine(
        file,
        declared_sha256=fields.get("sha256", ""),
        draft_id=draft_id,
        by=by,
        captured_at=captured_at(fields),
        source=source_of(fields),
        shot_code=fields.get("shot_code", ""),
        kept_reason=fields.get("kept_reason", ""),
        fields={name: fields[name][:LONGEST_FIELD] for name in FIELDS if fields.get(name)},
    )


def answer(received: Exhibit | Quarantined, *, photo_id: UUID | None = None) -> tuple[dict[str, object], int]:
    """What to send back for `handle_upload`: JSON and status. photo_id: the caller's own id for it, if any."""
    if isinstance(received, Quarantined):
        words = _("登录已结束，照片已收存，由管理员转交给您。")
        return {"quarantined": True, "sha256": received.sha256, "detail": str(words)}, 202
    thumb_url = photo_url(received.pk, "thumb")
    return {"photo_id": str(photo_id or received.pk), "sha256": received.sha256, "thumb_url": thumb_url}, 201


def _receive(request: HttpRequest, person: User, owner_prefix: str) -> Exhibit:
    file, fields = _file(request), request.POST.dict()
    sha256 = fields.get("sha256", "").strip().lower()
    check(fields)
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(sha256) == 64:
        services.claim_upload_key(by_id=person.pk, key=key, sha256=sha256)
    return received(
        file, fields=fields, by=person, device_note=request.headers.get("User-Agent", ""), owner_prefix=owner_prefix
    )


def check(fields: Mapping[str, str]) -> None:
    """Whether what is said of a photo can be read. Raises BadInput."""
    captured_at(fields), source_of(fields), read_position(fields)


def received(
    file: BinaryIO,
    *,
    fields: Mapping[str, str],
    by: User,
    facts: Facts | None = None,
    device_note: str = "",
    owner_prefix: str = "",
) -> Exhibit:
    """`services.receive` with what the phone said of the photo. Raises as it does, and BadInput.

    facts: those of `fields` as they arrive now, unless given.
    """
    return services.receive(
        file,
        declared_sha256=fields.get("sha256", ""),
        captured_at=captured_at(fields),
        source=source_of(fields),
        by=by,
        position=read_position(fields),
        facts=facts or read_facts(fields),
        kept_reason=fields.get("kept_reason", "").strip()[:200],
        device_note=device_note[:200],
        owner_prefix=owner_prefix,
    )


def _file(request: HttpRequest) -> UploadedFile:
    file = request.FILES.get("file")
    length = request.META.get("CONTENT_LENGTH") or "0"
    announced = int(length) if str(length).isdigit() else 0
    arrived = (file.size or 0 if file else 0) + sum(len(key) + len(value) for key, value in request.POST.items())
    if announced - arrived > _FRAMING_BYTES:
        # The parser takes the end of a broken connection for the end of the file. This is no case for the record of
        # photos that are not what was sealed.
        raise UploadIncomplete(announced=announced, arrived=arrived)
    if file is None:
        raise EmptyFile()
    return file


def source_of(fields: Mapping[str, str]) -> str:
    """Where the photo comes from: camera unless said otherwise. Raises BadInput."""
    source = fields.get("source", "camera")
    if source not in UPLOAD_SOURCES:
        raise BadInput(
            _("照片来源只能是现场拍摄、相册或对话。请刷新页面后再发。"), code="source_unknown", source=source
        )
    return source


def captured_at(fields: Mapping[str, str]) -> datetime | None:
    """When the device says it was taken; None when it does not. Raises BadInput."""
    text = fields.get("captured_at", "").strip()
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(
            _("拍摄时间“{value}”读不懂：要带时区的时间，如 2026-11-21T10:30:00+08:00。"), code="captured_at", value=text
        )
    return moment


def received_photo(request: HttpRequest) -> Exhibit | Quarantined:
    """The photo by the upload contract; from a page without scripts its digest is made on arrival, and it says so."""
    if request.POST.get("sha256") or wants_json(request):
        return handle_upload(request)
    file = request.FILES.get("file")
    if file is None:
        raise EmptyFile()
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return services.receive(
        file,
        declared_sha256=digest.hexdigest(),
        captured_at=None,
        source="album",
        by=person_of(request),
        device_note="digest made on arrival",
    )
