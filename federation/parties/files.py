"""Papers that applicants and organisations upload: PDF, JPEG or PNG, kept as they came and given back only as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from evidence.store import HANDED_IN, make_key, store
from federation.parties.models import Paper
from kernel.errors import BadInput, TooLarge

LIMIT_MB = 10
_HEADS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_SUFFIX = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
ACCEPT = ".pdf,.jpg,.jpeg,.png"


@dataclass(frozen=True)
class Kept:
    """Fields of a Paper."""

    object_key: str
    sha256: str
    size_bytes: int
    media_type: str

    def fields(self) -> dict[str, Any]:
        return vars(self)


def keep(file: BinaryIO, *, organisation_id: UUID | None = None) -> Kept:
    """Store a paper. It is never opened here: what it is says its beginning.

    organisation_id: whose prefix; None for an application, which the office reads too. Raises BadInput, TooLarge.
    """
    file.seek(0, 2)
    size_bytes = file.tell()
    if size_bytes > LIMIT_MB * 1_000_000:
        raise TooLarge(_("文件超过 {limit_mb} MB。请压缩或分开上传。"), code="file_too_large", limit_mb=LIMIT_MB)
    file.seek(0)
    head = file.read(16)
    media_type = next((kind for start, kind in _HEADS.items() if head.startswith(start)), None)
    if media_type is None:
        raise BadInput(_("只收 PDF、JPEG 或 PNG 文件。请另存为其中一种再上传。"), code="file_type")
    file.seek(0)
    prefix, kind = (f"org-{organisation_id}", "paper") if organisation_id else ("brands", HANDED_IN)
    key = make_key(prefix, kind)
    stored = store().put(key, file, media_type)
    return Kept(key, stored.sha256, stored.size_bytes, media_type)


def download(paper: Paper) -> FileResponse:
    """The paper as a file to save, never as a page."""
    name = f"{paper.title}.{_SUFFIX[paper.media_type]}"
    response = FileResponse(
        store().open(paper.object_key, sha256=paper.sha256),
        content_type=paper.media_type,
        filename=name,
        as_attachment=True,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
