"""Photos as letters carry them: both sides of the border write them alike."""

from __future__ import annotations

from collections.abc import Iterable

from evidence.models import Exhibit
from evidence.services import attachment_fields
from federation.contracts.appraisal import ShotV1
from federation.contracts.messages import Attachment


def view_attachment(exhibit: Exhibit, what: str) -> Attachment:
    """The view of a ready photo, with the digests of the sealed original beside its own."""
    return Attachment(**attachment_fields(exhibit, what=what))


def each_once(attachments: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Each file once, whatever number of shots shows it."""
    return tuple({attachment.sha256: attachment for attachment in attachments}.values())


def chat_shots(exhibits: Iterable[Exhibit]) -> tuple[ShotV1, ...]:
    """Ready photos of a line of talk."""
    return tuple(
        ShotV1(
            photo_id=exhibit.pk,
            shot_code="chat",
            source="chat",
            captured_at=exhibit.captured_at,
            received_at=exhibit.received_at,
            view_sha256=exhibit.view_sha256,
        )
        for exhibit in exhibits
    )
