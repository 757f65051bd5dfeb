"""A draft's upload ticket: write-only, and it outlives the session.

An officer in a cellar seals photos for hours; when the signal returns the session may be over, or the person suspended.
The ticket lets the phone hand in what belongs to that one draft, into quarantine, and nothing else: it reads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from kernel.errors import Problem
from provinces.context import required

MAX_AGE = timedelta(days=7)


class BadTicket(Problem):
    """The ticket is no ticket of this host, was changed, or is too old."""

    code = "upload_ticket_refused"
    status = 401
    title = _("上传凭证无效")
    sentence = _("这份草稿的上传凭证无效或已超过 7 天。照片仍在本机：请登录后重新打开草稿再发送。")


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """What a good ticket says. issued_at: aware, UTC."""

    draft_id: UUID
    user_id: UUID
    issued_at: datetime


def make_upload_ticket(*, draft_id: UUID, user_id: UUID) -> str:
    """A ticket for one draft of one person on this host, good for seven days."""
    return signing.dumps({"seat": required().name, "draft": str(draft_id), "user": str(user_id)}, salt=_salt())


def read_upload_ticket(ticket: str) -> UploadTicket:
    """What the ticket says. Raises BadTicket. The person may be suspended by now: the bytes go into quarantine."""
    try:
        said = signing.loads(ticket, salt=_salt(), max_age=MAX_AGE)
        _value, stamp, _signature = ticket.rsplit(":", 2)
    except (signing.BadSignature, ValueError) as error:
        raise BadTicket() from error
    if said["seat"] != required().name:
        raise BadTicket()
    issued = datetime.fromtimestamp(signing.b62_decode(stamp), UTC)
    return UploadTicket(draft_id=UUID(said["draft"]), user_id=UUID(said["user"]), issued_at=issued)


def _salt() -> str:
    return f"accounts.upload:{required().name}"
