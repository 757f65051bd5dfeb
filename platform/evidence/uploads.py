"""The contract of a photo upload, for every URL that takes one.

POST multipart: file, sha256, shot_code, source camera|album|chat, captured_at (ISO 8601 with offset), kept_reason,
                lat, lon, accuracy_m (WGS-84, optional), ticket (optional: `accounts.tickets`)
header          Idempotency-Key: the same key with the same photo gives the same exhibit, with another one 409
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.standing import in_good_standing
from accounts.tickets import BadTicket, read_upload_ticket
from evidence import services
from evidence.errors import EmptyFile, SessionEnded, UploadIncomplete
from evidence.models import Exhibit, Quarantined
from evidence.services import Position
from evidence.store import photo_url
from kernel.errors import BadInput

UPLOAD_SOURCES = ("camera", "album", "chat")
_FAR_M = 100_000
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
    return services.put_in_quarantine(
        _file(request),
        declared_sha256=request.POST.get("sha256", ""),
        draft_id=said.draft_id,
        by=owner,
        captured_at=_captured_at(request),
        source=_source(request),
        shot_code=request.POST.get("shot_code", ""),
        kept_reason=request.POST.get("kept_reason", ""),
    )


def answer(received: Exhibit | Quarantined, *, photo_id: UUID | None = None) -> tuple[dict[str, object], int]:
    """What to send back for `handle_upload`: JSON and status. photo_id: the caller's own id for it, if any."""
    if isinstance(received, Quarantined):
        words = _("登录已结束，照片已收存，由管理员转交给您。")
        return {"quarantined": True, "sha256": received.sha256, "detail": str(words)}, 202
    thumb_url = photo_url(received.pk, "thumb")
    return {"photo_id": str(photo_id or received.pk), "sha256": received.sha256, "thumb_url": thumb_url}, 201


def _receive(request: HttpRequest, person: User, owner_prefix: str) -> Exhibit:
    file, sha256 = _file(request), request.POST.get("sha256", "").strip().lower()
    captured_at, source, position = _captured_at(request), _source(request), _position(request)
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(sha256) == 64:
        services.claim_upload_key(by_id=person.pk, key=key, sha256=sha256)
    return services.receive(
        file,
        declared_sha256=sha256,
        captured_at=captured_at,
        source=source,
        by=person,
        position=position,
        kept_reason=request.POST.get("kept_reason", "").strip()[:200],
        device_note=request.headers.get("User-Agent", "")[:200],
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


def _source(request: HttpRequest) -> str:
    source = request.POST.get("source", "camera")
    if source not in UPLOAD_SOURCES:
        raise BadInput(
            _("照片来源只能是现场拍摄、相册或对话。请刷新页面后再发。"), code="source_unknown", source=source
        )
    return source


def _captured_at(request: HttpRequest) -> datetime | None:
    text = request.POST.get("captured_at", "").strip()
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


def _position(request: HttpRequest) -> Position | None:
    lat, lon = request.POST.get("lat", "").strip(), request.POST.get("lon", "").strip()
    if not lat or not lon:
        return None
    try:
        latitude, longitude = Decimal(lat), Decimal(lon)
        accuracy = round(float(request.POST.get("accuracy_m") or 0))
        inside = abs(latitude) <= 90 and abs(longitude) <= 180
    except (InvalidOperation, ValueError, OverflowError):
        inside = False
    if not inside:
        raise BadInput(_("定位数据不对，照片没有保存。请关闭定位后重发。"), code="position")
    places = Decimal("0.000001")
    return Position(latitude.quantize(places), longitude.quantize(places), min(max(accuracy, 0), _FAR_M) or None)
