"""What is said to the appraiser about a request."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.letter_photos import chat_shots, each_once, view_attachment
from appraisal.requests import selectors
from appraisal.requests.models import AppraisalRequest, Line, LinePhoto
from appraisal.requests.services.steps import to_brand, write_line
from evidence.models import Exhibit
from federation.contracts.appraisal import ChatV1
from kernel import clock
from kernel.errors import BadInput, Conflict

MAX_WORDS = 2000


@transaction.atomic
def say(
    *, by: User, request_id: UUID, text: str, exhibits: Sequence[Exhibit] = (), line_id: UUID | None = None
) -> Line:
    """Say something to the appraiser, with photos where there are any (sealed like shots). line_id makes it once.

    A line whose photos are still being looked into leaves as soon as the last of them is ready.
    """
    ids = sorted({exhibit.pk for exhibit in exhibits})
    exhibits = list(Exhibit.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    request = selectors.access_request(by, request_id, lock=True)
    if line_id and (known := request.lines.filter(pk=line_id).first()):
        return known
    if not text.strip() and not exhibits:
        raise BadInput(_("请先写一句话或选一张照片。"), code="text_missing")
    if len(text.strip()) > MAX_WORDS:
        raise BadInput(_("一次最多写 {limit} 个字，请分几次说。"), code="text_too_long", limit=MAX_WORDS)
    if request.sent_at is None or request.organisation_id is None:
        raise Conflict(_("申请发出后才能对话。"), code="not_sent")
    line = write_line(
        request,
        Line.Kind.CHAT,
        Line.Side.BUREAU,
        by.display_name,
        at=clock.now(),
        text=text.strip(),
        line_id=line_id,
    )
    LinePhoto.objects.bulk_create(LinePhoto(line=line, exhibit=exhibit) for exhibit in exhibits)
    _post_line(request, line, by)
    return line


def post_lines(request: AppraisalRequest, exhibit: Exhibit) -> None:
    """Post what was said with this photo and waited for it."""
    waiting = request.lines.filter(photos__exhibit=exhibit, posted_at=None, side=Line.Side.BUREAU)
    for line in waiting:
        _post_line(request, line, request.officer)


def _post_line(request: AppraisalRequest, line: Line, by: User) -> None:
    """Post a chat line once all its photos can be seen. A refused photo is left out."""
    exhibits = [photo.exhibit for photo in line.photos.select_related("exhibit")]
    if any(exhibit.state == Exhibit.State.RECEIVED for exhibit in exhibits):
        return
    ready = [exhibit for exhibit in exhibits if exhibit.state == Exhibit.State.READY]
    line.posted_at = clock.now()
    line.save(update_fields=["posted_at"])
    if not ready and not line.text:
        return
    to_brand(
        request,
        ChatV1(
            request_id=request.pk,
            line_id=line.pk,
            who=line.who,
            text=line.text,
            photos=chat_shots(ready),
            at=line.at,
        ),
        by,
        each_once(view_attachment(exhibit, "chat") for exhibit in ready),
    )
