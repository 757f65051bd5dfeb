"""Where hints stand on pages of others: the request page of the officer."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest

from appraisal.hints import presenters
from appraisal.requests.models import AppraisalRequest
from kernel import clock
from kernel.ids import uuid7
from webui.slots import Piece

State = AppraisalRequest.State
LATE = timedelta(minutes=3)
"""When nothing came of a comparison for this long, the page no longer says that it is about to."""


def now(request: HttpRequest, *, asked: AppraisalRequest, may_write: bool) -> Piece | None:
    """What recognition says of a request, item by item; nothing for a request that nobody was asked."""
    if asked.sent_at is None or asked.organisation_id is None:
        return None
    items = presenters.of_request(asked, late=clock.now() - asked.sent_at > LATE)
    if asked.state == State.CANCELLED and all(each.outcome in ("looking", "late") for each in items):
        return None
    return Piece(
        "hints/_now.html",
        {
            "seen_items": items,
            "several": len(items) > 1,
            "any_hits": any(each.hits or each.folded for each in items),
            "may_write": may_write,
            "shares": presenters.share_choices(),
            "fields": [(code, label) for code, label in presenters.LABELS.items() if code != "barcode"],
            "new_id": uuid7(),
        },
    )
