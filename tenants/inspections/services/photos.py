"""Photos of lots: sealed by `evidence`, hung up here, sent along when right holders are asked."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest
from appraisal.requests.selectors import may_write
from evidence.models import Exhibit
from kernel.errors import BadInput
from notify import live
from provinces.context import required
from tenants.inspections import selectors
from tenants.inspections.models import LotPhoto, LotQuestion
from tenants.inspections.services.steps import changed, topic


@transaction.atomic
def add_photo(
    *, by: User, lot_id: UUID, exhibit: Exhibit, shows: str = "lot", shot_code: str = "", kept_reason: str = ""
) -> LotPhoto:
    """Hang a sealed photo on a lot. The same exhibit on one lot is one photo; one shelf may be on several lots.

    Right holders who were asked about the lot get it too. After the inspection was closed photos are still taken in,
    as of goods that were seized. Raises NotFound404, NotAllowed, BadInput.
    """
    if shows not in LotPhoto.Shows.values:
        raise BadInput(_("请从列表中选择拍的是什么。"), code="shows_unknown", shows=shows)
    # Locked in one order by everybody: the photo, what was asked, the inspection.
    exhibit = Exhibit.objects.select_for_update().get(pk=exhibit.pk)
    lot = selectors.access_lot(by, lot_id)
    if shows != LotPhoto.Shows.SEIZED:
        _send_along(lot.pk, exhibit, shot_code, kept_reason)
    lot = selectors.access_lot(by, lot_id, lock=True)
    photo, made = LotPhoto.objects.get_or_create(
        lot=lot,
        exhibit=exhibit,
        defaults={"shows": shows, "shot_code": shot_code, "kept_reason": kept_reason[:200], "added_by": by},
    )
    if made:
        lot.version = changed(lot.inspection, "photo")
        lot.save(update_fields=["version"])
    return photo


def _send_along(lot_id: UUID, exhibit: Exhibit, shot_code: str, kept_reason: str) -> None:
    for question in LotQuestion.objects.filter(lot_id=lot_id).select_related("item__request__officer"):
        item, request = question.item, question.item.request
        # In the name of who asked: the second officer may be of another unit, and the exhibit says who took it.
        if request.state == AppraisalRequest.State.CANCELLED or not may_write(request.officer, request.unit_id):
            continue
        codes = {shot["code"] for shot in item.shot_list}
        requests.add_photo(
            by=request.officer,
            item_id=item.pk,
            exhibit=exhibit,
            shot_code=shot_code if shot_code in codes else "shelf",
            source=exhibit.source,
            kept_reason=kept_reason,
        )


def photo_ready(exhibit: Exhibit) -> None:
    """A view is ready to be looked at: pages that show the lot fetch it. Called by `evidence` in its transaction."""
    if required().kind != "province":
        return
    ids = LotPhoto.objects.filter(exhibit=exhibit).order_by().values_list("lot__inspection_id", flat=True).distinct()
    for inspection_id in ids:
        live.publish([topic(inspection_id)], "photo_ready", {"id": str(inspection_id)})
