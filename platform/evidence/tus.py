"""The resumable upload protocol tus 1.0.0 over HTTP.

Extensions: creation, creation-with-upload, expiration, checksum, termination. Beyond the protocol: the last byte is
answered 200 (202 for the quarantine) with JSON, GET of a finished upload says it again, and every refusal is problem
details (RFC 9457). A sender without a session shows its upload ticket in the header `Upload-Ticket`.

Cross-site requests: `Tus-Resumable` is asked for, which no page of another origin can send unless it is allowed to, and
none is; where the browser names the origin, it must be ours. So no token of the page is needed, and an upload goes on
after a new sign-in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from accounts.standing import in_good_standing
from accounts.tickets import BadTicket, read_upload_ticket
from evidence import resumable
from evidence.errors import ChecksumDiffers, SessionEnded, UploadDone, UploadIncomplete
from evidence.models import Upload
from evidence.resumable import Sender, limit_of
from evidence.store import work_dir
from gateway.middleware import problem_json
from kernel.errors import NotAllowed, Problem, disk_full

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,checksum,termination"
CHECKSUMS = {"sha256": hashlib.sha256, "sha1": hashlib.sha1}
MEDIA_TYPE = "application/offset+octet-stream"
_LONGEST_METADATA = 8_000  # gunicorn takes no header above 8,190 bytes
_LONGEST_TARGET = 400
_BUFFER_BYTES = 8 << 20
_UNVERSIONED = {"OPTIONS", "GET"}

View = Callable[..., HttpResponse]


class _Asked(Problem):
    """A request that does not keep to the protocol."""

    code = "tus_protocol"
    status = 400
    sentence = _("上传请求不符合约定（{what}）。请更新页面后重新发送。")


def _not_so(status: int, what: str) -> _Asked:
    problem = _Asked(what=what)
    problem.status = status
    return problem


def _speaks_tus(view: View) -> View:
    """Answer every method of one address; refusals as problem details, with the protocol's headers on all answers."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            method = request.method or ""
            if method == "POST" and request.headers.get("X-HTTP-Method-Override"):
                method = request.headers["X-HTTP-Method-Override"].upper()
            if method not in _UNVERSIONED and request.headers.get("Tus-Resumable") != VERSION:
                raise _not_so(412, "Tus-Resumable")
            if method not in {"OPTIONS", "GET", "HEAD"}:
                _same_origin(request)
            response = view(request, method, *args, **kwargs)
        except (Problem, OSError, DatabaseError) as error:
            problem = error if isinstance(error, Problem) else disk_full(error)
            if problem is None:
                raise
            response = problem_json(problem)
            if problem.status == 412:
                response["Tus-Version"] = VERSION
        response["Tus-Resumable"] = VERSION
        return response

    return csrf_exempt(never_cache(answer))


def _same_origin(request: HttpRequest) -> None:
    origin, site = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Site", "same-origin")
    if site not in {"same-origin", "none"} or (origin and urlsplit(origin).netloc != request.get_host()):
        raise NotAllowed(code="other_origin")


@_speaks_tus
def collection(request: HttpRequest, method: str) -> HttpResponse:
    """What the server can do (OPTIONS), and new uploads (POST)."""
    if method == "OPTIONS":
        return _able()
    if method != "POST":
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, POST"})
    fields = _metadata(request)
    sender = _sender(request, fields.pop("ticket", ""))
    if request.headers.get("Upload-Defer-Length"):
        raise _not_so(400, "Upload-Defer-Length")
    upload = resumable.begin(
        sender,
        length=_number(request, "Upload-Length"),
        target=fields.get("target", "")[:_LONGEST_TARGET],
        fields=fields,
    )
    address = reverse("uploads:upload", args=[upload.pk], urlconf=getattr(request, "urlconf", None))
    if not _announced(request):
        return _stands(upload, 0, status=201, Location=address)
    try:
        response = _take_piece(request, upload, sender, offset=0)
    except Problem:
        # Refused, and the sender does not know the address yet: nothing stays. The photo is still on the phone.
        with suppress(UploadDone):
            resumable.drop(upload)
        raise
    response.status_code = 201
    response["Location"] = address
    return response


@_speaks_tus
def upload(request: HttpRequest, method: str, upload_id: UUID) -> HttpResponse:
    """How far it is (HEAD), more of it (PATCH), take it back (DELETE), what became of it (GET)."""
    if method == "OPTIONS":
        return _able()
    if method not in {"HEAD", "PATCH", "DELETE", "GET"}:
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, HEAD, PATCH, DELETE, GET"})
    sender = _sender(request)
    found = resumable.access_upload(sender, upload_id)
    if method == "DELETE":
        resumable.drop(found)
        return HttpResponse(status=204)
    if method == "PATCH":
        if request.content_type != MEDIA_TYPE:
            raise _not_so(415, "Content-Type")
        return _take_piece(request, found, sender, offset=_number(request, "Upload-Offset"))
    offset = resumable.offset_of(found)
    if offset == found.length:
        # The connection, or this server, died between the last byte and the answer.
        found = resumable.finish(found, sender)
    if method == "HEAD":
        return _stands(found, offset, status=200, **{"Upload-Length": str(found.length)})
    if not found.finished_at:
        raise UploadIncomplete(announced=found.length, arrived=offset)
    return _done(found)


def _take_piece(request: HttpRequest, found: Upload, sender: Sender, *, offset: int) -> HttpResponse:
    length, checksum = _announced(request), request.headers.get("Upload-Checksum", "")
    if checksum and length:
        offset = _append_checked(request, found, offset=offset, length=length, checksum=checksum)
    else:
        offset = resumable.append(found, offset=offset, read=_reader(request), length=length)
    if offset < found.length:
        return _stands(found, offset, status=204)
    return _done(resumable.finish(found, sender))


def _append_checked(request: HttpRequest, found: Upload, *, offset: int, length: int, checksum: str) -> int:
    """A piece with a checksum is kept whole or not at all, so it waits beside the file until it is proved."""
    name, _space, value = checksum.partition(" ")
    if name not in CHECKSUMS:
        raise _not_so(400, "Upload-Checksum")
    if offset + length > found.length:
        raise _not_so(413, "Content-Length")
    digest, read, left = CHECKSUMS[name](), _reader(request), length
    with tempfile.SpooledTemporaryFile(max_size=_BUFFER_BYTES, dir=work_dir()) as piece:
        while left > 0 and (data := read(min(left, 1 << 16))):
            digest.update(data)
            piece.write(data)
            left -= len(data)
        if left or base64.b64encode(digest.digest()).decode() != value:
            raise ChecksumDiffers()
        piece.seek(0)
        return resumable.append(found, offset=offset, read=piece.read, length=length)


def _reader(request: HttpRequest) -> Callable[[int], bytes]:
    """Reads the body; a connection that breaks is its end."""

    def read(size: int) -> bytes:
        try:
            return request.read(size)
        except UnreadablePostError:
            return b""

    return read


def _sender(request: HttpRequest, ticket: str = "") -> Sender:
    """Raises SessionEnded, BadTicket."""
    person, note = request.user, request.headers.get("User-Agent", "")
    if isinstance(person, User) and in_good_standing(person.pk):
        return Sender(person, device_note=note)
    ticket = request.headers.get("Upload-Ticket", "") or ticket
    if not ticket:
        raise SessionEnded()
    said = read_upload_ticket(ticket)
    owner = User.objects.select_related("unit").filter(pk=said.user_id).first()
    if owner is None:
        raise BadTicket()
    return Sender(owner, ticket=said, device_note=note)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """`Upload-Metadata`: names with values in Base64, UTF-8 inside. Raises what says that it cannot be read."""
    text = request.headers.get("Upload-Metadata", "")
    if len(text) > _LONGEST_METADATA:
        raise _not_so(400, "Upload-Metadata")
    try:
        pairs = [pair.strip().partition(" ") for pair in text.split(",") if pair.strip()]
        return {name: base64.b64decode(value, validate=True).decode() for name, _space, value in pairs}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _not_so(400, "Upload-Metadata") from error


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise _not_so(400, header)
    return int(text)


def _announced(request: HttpRequest) -> int:
    """How long the body is said to be. Raises what says that it must be."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise _not_so(411, "Content-Length")
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdigit() else 0


def _able() -> HttpResponse:
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(max(limit_of("photo"), limit_of("file"))),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return HttpResponse(status=204, headers=headers)


def _stands(found: Upload, offset: int, *, status: int, **headers: str) -> HttpResponse:
    return HttpResponse(
        status=status,
        headers={"Upload-Offset": str(offset), "Upload-Expires": http_date(found.expires_at.timestamp()), **headers},
    )


def _done(found: Upload) -> HttpResponse:
    headers = {"Upload-Offset": str(found.length), "Upload-Expires": http_date(found.expires_at.timestamp())}
    return JsonResponse(found.answer, status=found.answer_status, headers=headers)
