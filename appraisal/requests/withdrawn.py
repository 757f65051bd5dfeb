"""A photo was taken from view: every brand that was sent it is told by letter."""

from __future__ import annotations

from typing import Any

from appraisal.requests.models import AppraisalRequest
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.contracts.appraisal import PhotoWithdrawnV1
from federation.letters.post import post
from kernel import clock
from provinces.context import required


def photo_withdrawn(exhibit: Exhibit, reason: str, by: Any) -> None:
    """One letter for each request that showed the photo. Called by `evidence` in its transaction."""
    if required().kind != "province":
        return
    sent = AppraisalRequest.objects.exclude(organisation_id=None).exclude(sent_at=None)
    shown = sent.filter(items__photos__exhibit=exhibit, items__photos__posted_at__isnull=False)
    said = sent.filter(lines__photos__exhibit=exhibit, lines__posted_at__isnull=False)
    for request in (shown.order_by() | said.order_by()).distinct():
        post(
            PhotoWithdrawnV1(
                request_id=request.pk,
                original_sha256=exhibit.sha256,
                reason=reason,
                who=by.display_name[:40],
                at=clock.now(),
            ),
            to=Address.organisation(request.organisation_id),
            thread=request.pk,
            by=by,
        )
