"""What every service and receiver of this part does: a line in the stream, a letter, a word to people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from appraisal.requests.models import AppraisalRequest
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment, Message
from federation.letters.models import Letter
from federation.letters.post import post
from kernel.errors import BadInput, Words
from notify import live
from notify.services import tell

MACHINE = Actor(None, "系统")


def announce(request: AppraisalRequest) -> None:
    """Pages about this request fetch themselves."""
    live.publish([f"request:{request.pk}", f"opinions:{request.pk}", "opinions"], "opinions", {"id": str(request.pk)})


def to_brand(
    request: AppraisalRequest,
    message: Message,
    *,
    by: User,
    organisation_id: UUID | None = None,
    attachments: Sequence[Attachment] = (),
    **more: object,
) -> Letter:
    """One letter of the matter of a request."""
    return post(
        message,
        to=Address.organisation(organisation_id or request.organisation_id),
        thread=request.pk,
        by=by,
        attachments=attachments,
        purpose="opinion",
        **more,  # type: ignore[arg-type]
    )


def page(name: str, pk: UUID) -> str:
    """The path of a page of ours, whatever host this runs for."""
    return reverse(f"opinions:{name}", args=[pk], urlconf=settings.URLCONFS["province"])


def tell_people(ids: Collection[UUID], code: str, title: Words, url: str, *, urgent: bool = False) -> None:
    """Each person once."""
    tell(to=list(dict.fromkeys(ids)), code=code, title=title, url=url, urgent=urgent)


def need(text: str, sentence: Words, code: str) -> str:
    """The text without blanks around it. Raises BadInput when there is none."""
    text = text.strip()
    if not text:
        raise BadInput(sentence, code=code)
    return text
