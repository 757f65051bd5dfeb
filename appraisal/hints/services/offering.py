"""Seized goods are offered to the owner of the brand; what other provinces may see of a find is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import may_write
from appraisal.catalogue import selectors as catalogue
from appraisal.hints.models import SHARES, ItemShare, Offer, OfferPhoto
from appraisal.letter_photos import each_once, view_attachment
from appraisal.recognised import words
from appraisal.requests import selectors as requests
from appraisal.requests.models import RequestItem
from appraisal.requests.services.steps import announce, county_of_place, to_brand
from evidence.models import Exhibit
from evidence.selectors import access_exhibit
from federation.contracts.addresses import Address
from federation.contracts.recognition import CandidatePhotoV1, CandidateV1, ShareV1
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from kernel.ids import uuid7

MOST_PHOTOS = 60


@transaction.atomic
def offer_goods(
    *,
    by: User,
    unit: Unit,
    product_id: UUID,
    exhibits: Sequence[UUID],
    typology: str,
    division_code: str,
    found_on: date,
    share: str = "broker",
    item: RequestItem | None = None,
    matter_id: UUID | None = None,
    batch_no: str = "",
    barcode: str = "",
    note: str = "",
    offer_id: UUID | None = None,
) -> Offer:
    """Offer seized goods to the library of whoever answers for the product, with photos this person may see.

    share: what other provinces may be shown of it. matter_id: the inspection or seizure. offer_id makes it once.
    Raises BadInput (no photo, too many, unknown typology), Conflict (nobody answers for the product, a photo is not
    ready), NotAllowed, NotFound404 for a photo that is not theirs to see.
    """
    if offer_id and (known := Offer.objects.filter(pk=offer_id, unit=unit).first()):
        return known
    if not may_write(by, unit.pk):
        raise NotAllowed()
    if typology not in words("typology"):
        raise BadInput(_("请选择假货类型。"), code="typology_unknown")
    if share not in dict(SHARES):
        raise BadInput(_("请选择他省可以看到什么。"), code="share_unknown")
    ids = list(dict.fromkeys(exhibits))
    if not 1 <= len(ids) <= MOST_PHOTOS:
        raise BadInput(_("请选 1 至 {most} 张照片。"), code="photos_wrong", most=MOST_PHOTOS)
    product = catalogue.product(product_id)
    if product.organisation is None:
        raise Conflict(_("这个产品的品牌还没有入驻，暂时不能推荐入库。"), code="brand_not_enrolled")
    photos = [access_exhibit(by, exhibit_id) for exhibit_id in ids]
    if any(photo.state != Exhibit.State.READY for photo in photos):
        raise Conflict(_("有照片还在处理，请稍候片刻再试。"), code="photo_not_ready")
    now = clock.now()
    offer = Offer.objects.create(
        pk=offer_id or uuid7(),
        unit=unit,
        offered_by=by,
        offered_at=now,
        organisation_id=product.organisation_id,
        organisation_name=product.organisation.name,
        product_id=product.pk,
        product_name=product.full_name[:120],
        item=item,
        matter_id=matter_id,
        typology=typology,
        share=share,
        batch_no=batch_no.strip(),
        barcode=barcode.strip(),
        note=note.strip(),
    )
    OfferPhoto.objects.bulk_create(OfferPhoto(offer=offer, exhibit=photo) for photo in photos)
    post(
        CandidateV1(
            offer_id=offer.pk,
            product_id=product.pk,
            product_name=offer.product_name,
            typology=typology,
            county_code=county_of_place(division_code),
            unit_name=unit.name,
            found_on=found_on,
            share=share,  # type: ignore[arg-type] # one of SHARES, checked above
            batch_no=offer.batch_no,
            barcode=offer.barcode,
            note=offer.note,
            request_id=item.request_id if item else None,
            item_id=item.pk if item else None,
            photos=tuple(
                CandidatePhotoV1(photo_id=photo.pk, view_sha256=photo.view_sha256, captured_at=photo.captured_at)
                for photo in photos
            ),
            who=by.display_name[:40],
            at=now,
        ),
        to=Address.organisation(product.organisation_id),  # type: ignore[arg-type] # not None: its organisation is there
        thread=offer.pk,
        by=by,
        attachments=each_once(view_attachment(photo, "seized") for photo in photos),
        purpose="recognition",
    )
    return offer


@transaction.atomic
def share_find(*, by: User, item_id: UUID, share: str) -> ItemShare:
    """Say what other provinces may be shown of what was found under an item. Nothing until this is said."""
    if share not in dict(SHARES):
        raise BadInput(_("请选择他省可以看到什么。"), code="share_unknown")
    item = requests.access_item(by, item_id, lock=True)
    request = item.request
    if request.sent_at is None or request.organisation_id is None:
        raise Conflict(_("这件申请还没有发给品牌。"), code="request_not_sent")
    row, made = ItemShare.objects.get_or_create(
        item=item, defaults={"share": share, "said_by": by, "said_at": clock.now()}
    )
    if not made and row.share == share:
        return row
    row.share, row.said_by, row.said_at = share, by, clock.now()
    row.save()
    to_brand(
        request,
        ShareV1(
            request_id=request.pk,
            item_id=item.pk,
            share=share,  # type: ignore[arg-type] # one of SHARES, checked above
            who=by.display_name[:40],
            at=row.said_at,
        ),
        by,
    )
    announce(request, "share")
    return row
