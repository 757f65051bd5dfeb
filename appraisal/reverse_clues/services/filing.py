"""Photos and recordings: sealed here as they come in, and from then on known by their digests."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.reverse_clues import selectors
from appraisal.reverse_clues.models import ClueFile, ReverseClue
from appraisal.reverse_clues.services.steps import require_rights
from evidence import custody, kinds
from evidence.models import Exhibit
from evidence.services import compare, keep_original, own_prefix, receive
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput

MOST_FILES = 60
RECORDINGS = tuple(value for value in ClueFile.Form.values if value != ClueFile.Form.PHOTO)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def add_photo(
    *,
    acting: ActingFor,
    clue_id: UUID,
    file: BinaryIO,
    sha256: str = "",
    what: str = "",
    captured_at: datetime | None = None,
) -> ClueFile:
    """Seal a photo and put it with the clue; with one that was sent it waits for the next supplement.

    sha256: made where the photo was taken; without one it is made of what arrived. Call it outside any transaction.
    """
    clue = _open(acting, clue_id)
    exhibit = receive(
        file,
        declared_sha256=sha256 or _digest(file),
        captured_at=captured_at,
        source=Exhibit.Source.ALBUM,
        by=acting.person,
        kept_reason=str(_("权利人提交")),
        owner_prefix=own_prefix(clue.organisation_id),
    )
    return put_file(clue, exhibit, form=ClueFile.Form.PHOTO, what=what)


def add_recording(
    *, acting: ActingFor, clue_id: UUID, file: BinaryIO, file_name: str, form: str, sha256: str = "", **said: Any
) -> ClueFile:
    """Seal a recording of a live stream or a page as an electronic record. It is never opened here.

    said: what, platform, account, link, recorded_from, recorded_until. Call it outside any transaction.
    """
    clue = _open(acting, clue_id)
    _form(form)
    owner = own_prefix(clue.organisation_id)
    digests = compare(
        file, declared_sha256=sha256 or _digest(file), by=acting.person, limit_bytes=settings.MAX_UPLOAD_BYTES
    )
    file.seek(0)
    media_type = kinds.file_type(file.read(64), file_name)
    known = Exhibit.objects.filter(owner=owner, sha256=digests.sha256, view_only=False).first()
    if known is None:
        key = keep_original(file, owner=owner, digests=digests, media_type=media_type)
        with transaction.atomic():
            known = Exhibit.objects.create(
                owner=owner,
                state=Exhibit.State.READY,
                source=Exhibit.Source.FILE,
                kind=Exhibit.Kind.DOCUMENT,
                legal_kind=legal_kind(media_type),
                sha256=digests.sha256,
                sm3=digests.sm3,
                size_bytes=digests.size_bytes,
                media_type=media_type[:40],
                original_key=key,
                title=str(said.get("what", ""))[:200],
                file_name=kinds.safe_name(file_name),
                by_id=acting.person.pk,
                by_name=acting.person.display_name,
            )
            custody.sealed(known, by=acting.person)
    return put_file(clue, known, form=form, **said)


def name_recording(
    *, acting: ActingFor, clue_id: UUID, form: str, sha256: str, size_bytes: int = 0, **said: Any
) -> ClueFile:
    """A recording that is too large to hand in: its digest, by which the bureau will know it again."""
    clue = _open(acting, clue_id)
    _form(form)
    sha256 = sha256.strip().lower()
    if not _SHA256.fullmatch(sha256):
        raise BadInput(_("请填录像文件的 SHA-256 校验值（64 位十六进制），或直接上传文件。"), code="digest_missing")
    return put_file(
        clue, None, form=form, sha256=sha256, size_bytes=size_bytes, media_type="application/octet-stream", **said
    )


def legal_kind(media_type: str) -> str:
    """A recording is audio-visual material, a page electronic data."""
    return Exhibit.LegalKind.AUDIO_VISUAL if kinds.is_video(media_type) else Exhibit.LegalKind.ELECTRONIC


def _open(acting: ActingFor, clue_id: UUID) -> ReverseClue:
    require_rights(acting)
    clue = selectors.access_clue(acting, clue_id)
    if clue.files.filter(sent_at=None).count() >= MOST_FILES:
        raise BadInput(_("一次最多带 {most} 个文件。请先发送，再补充。"), code="too_many_files", most=MOST_FILES)
    return clue


def _form(form: str) -> None:
    if form not in RECORDINGS:
        raise BadInput(_("请选类别：直播录像、网页固定、录像或其他文件。"), code="form_missing")


@transaction.atomic
def put_file(clue: ReverseClue, exhibit: Exhibit | None, **said: Any) -> ClueFile:
    """Put what lies here with a clue; the same bytes once. exhibit: None where only the digest is named."""
    sealed: dict[str, Any] = {"sealed_at": clock.now()}
    if exhibit is not None:
        sealed |= {
            "sha256": exhibit.sha256,
            "sm3": exhibit.sm3,
            "size_bytes": exhibit.size_bytes,
            "media_type": exhibit.media_type,
            "sealed_at": exhibit.received_at,
        }
    fields = {**said, **sealed}
    found, _made = ClueFile.objects.get_or_create(
        clue=clue, sha256=fields.pop("sha256"), defaults={"exhibit": exhibit, **fields}
    )
    return found


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
