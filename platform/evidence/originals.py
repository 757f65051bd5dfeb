"""The original, bit for bit, handed out for a purpose that is written into custody before the first byte leaves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse

from evidence import custody, kinds, selectors
from evidence.errors import OriginalStays, PurposeMissing, Withdrawn
from evidence.store import store


def hand_out(person: Any, exhibit_id: UUID, purpose: str) -> FileResponse:
    """The file as an attachment. Raises NotFound404, OriginalStays, Withdrawn, PurposeMissing."""
    row = selectors.access_exhibit(person, exhibit_id, original=True)
    if row.view_only:
        raise OriginalStays()
    if row.withdrawn_at:
        raise Withdrawn()
    if not purpose.strip():
        raise PurposeMissing()
    original = store().open(row.original_key, sha256=row.sha256)  # compared before anything is said or sent
    custody.record(row, custody.Act.EXPORTED, by=person, purpose=purpose.strip(), data={"sha256": row.sha256})
    response = FileResponse(
        original,
        content_type=row.media_type,
        filename=kinds.download_name(row),
        as_attachment=True,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
