"""A request is sent, cancelled, handed to a colleague, or given up because nobody took it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.letter_photos import each_once, view_attachment
from appraisal.requests import selectors
from appraisal.requests.models import AbsentShot, AppraisalRequest, ItemPhoto, Line, RequestItem
from appraisal.requests.services.photos import shot_letter
from appraisal.requests.services.steps import MACHINE, State, announce, county_of_place, take_step, to_brand, write_line
from audit.move import move_each, refusal
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.contracts.appraisal import AbsentShotV1, CancelledV1, CommissionV1, EnrolmentWantedV1, ItemV1
from federation.letters.post import post, post_each
from kernel import clock
from kernel.errors import BadInput
from notify.services import tell

PROMISE = timedelta(minutes=30)


@dataclass(frozen=True)
class Shown:
    """One item with what is shown of it."""

    item: RequestItem
    photos: Sequence[ItemPhoto]
    absences: Sequence[AbsentShot]

    @property
    def ready(self) -> list[ItemPhoto]:
        """The photos that can be looked at."""
        return [photo for photo in self.photos if photo.exhibit.state == Exhibit.State.READY]


@transaction.atomic
def send(*, by: User, request_id: UUID) -> AppraisalRequest:
    """Ask. A brand that is not enrolled is kept as unserved and counted. Sending twice sends once.

    Raises BadInput `photos_missing` when an item has neither a photo nor a reason for having none.
    """
    request = selectors.access_request(by, request_id, lock=True)
    if request.state != State.DRAFT:
        if request.sent_at:
            return request
        raise refusal(request, "send")
    items = list(request.items.prefetch_related("photos__exhibit", "absent_shots"))
    if not items:
        raise BadInput(_("还没有选择商品。请先扫条码或搜索商品。"), code="items_missing")
    for item in items:
        if not item.photos.all() and not item.absent_shots.all():
            raise BadInput(
                _("“{product}”还没有照片：请至少拍 1 张，快拍有 {quick} 张。"),
                code="photos_missing",
                product=item.product_name,
                item_id=item.pk,
                quick=sum(bool(shot.get("in_quick_set")) for shot in item.shot_list),
            )
    now = clock.now()
    if request.organisation_id is not None:
        ready = [
            photo.pk for item in items for photo in item.photos.all() if photo.exhibit.state == Exhibit.State.READY
        ]
        ItemPhoto.objects.filter(pk__in=ready).update(posted_at=now)
        AbsentShot.objects.filter(item__request=request).update(posted_at=now)
    goods = [Shown(item, list(item.photos.all()), list(item.absent_shots.all())) for item in items]
    send_draft(request, goods, by=by, at=now, county_code=county_of_place(request.site.county_code))
    return request


def send_draft(request: AppraisalRequest, goods: Sequence[Shown], *, by: User, at: datetime, county_code: str) -> None:
    """One locked draft leaves, with all its items.

    The caller has checked them, and has written on photos that are ready and on absences that they leave now.
    """
    if request.organisation_id is None:
        take_step(request, "keep", by=by, sent_at=at)
        _want(request, goods, by=by, at=at, county_code=county_code)
        return
    take_step(request, "send", by=by, sent_at=at, due_at=at + PROMISE)
    post(**_commission(request, goods, by=by, at=at, county_code=county_code))
    write_line(request, Line.Kind.SENT, Line.Side.BUREAU, by.display_name, at=at)


def send_drafts(
    drafts: Sequence[tuple[AppraisalRequest, Sequence[Shown]]], *, by: User, at: datetime, county_code: str
) -> None:
    """Many new drafts leave at once, all or none. The same as `send_draft` for each, in a handful of statements."""
    asked = [(request, goods) for request, goods in drafts if request.organisation_id is not None]
    rows = [request for request, _goods in asked]
    due = {"sent_at": at, "due_at": at + PROMISE, "phase": AppraisalRequest.Phase.WAITING, "phase_since": at}
    move_each(rows, "send", by=by, **due)
    post_each([_commission(request, goods, by=by, at=at, county_code=county_code) for request, goods in asked])
    Line.objects.bulk_create(
        Line(request=request, kind=Line.Kind.SENT, side=Line.Side.BUREAU, who=by.display_name, at=at)
        for request in rows
    )
    for request in rows:
        announce(request, "state")
    for request, goods in drafts:
        if request.organisation_id is None:
            send_draft(request, goods, by=by, at=at, county_code=county_code)


def _want(request: AppraisalRequest, goods: Sequence[Shown], *, by: User, at: datetime, county_code: str) -> None:
    """Nobody answers for the brand: the office hears of each kind of goods."""
    for each in goods:
        post(
            EnrolmentWantedV1(
                request_id=request.pk,
                brand_name=each.item.claimed_brand,
                product_name=each.item.product_name,
                category=each.item.category,
                county_code=county_code,
                at=at,
            ),
            to=Address.office(),
            thread=request.pk,
            by=by,
        )


def _commission(
    request: AppraisalRequest, goods: Sequence[Shown], *, by: User, at: datetime, county_code: str
) -> dict[str, Any]:
    """The letter that asks, as `post` takes it."""
    message = CommissionV1(
        request_id=request.pk,
        request_no=request.number,
        organisation_id=request.organisation_id,
        sent_at=at,
        county_code=county_code,
        unit_name=request.unit.name,
        officer_name=by.name,
        officer_title=by.title,
        officer_cert_no=by.officer_cert_no or "",
        question=request.question,
        urgent=request.urgent,
        items=tuple(_item(each) for each in goods),
    )
    files = (view_attachment(photo.exhibit, photo.shot_code) for each in goods for photo in each.ready)
    return {
        "message": message,
        "to": Address.organisation(request.organisation_id),
        "thread": request.pk,
        "by": by,
        "attachments": each_once(files),
        "due_at": request.due_at,
        "purpose": "appraisal",
    }


@transaction.atomic
def send_site(*, by: User, site_id: UUID) -> list[AppraisalRequest]:
    """Send every draft of a visit at once: one tap, every right holder. All go or none."""
    site = selectors.access_site(by, site_id)
    drafts = site.requests.filter(state=State.DRAFT, officer=by).order_by("id")
    return [send(by=by, request_id=request.pk) for request in drafts]


def _item(goods: Shown) -> ItemV1:
    item = goods.item
    return ItemV1(
        item_id=item.pk,
        product_id=item.product_id,
        product_name=item.product_name,
        claimed_brand=item.claimed_brand,
        shot_list_version=item.shot_list_version,
        quantity=item.quantity,
        quantity_unit=item.quantity_unit,
        claimed_price_yuan=item.claimed_price_yuan,
        package_state=item.package_state,
        waybill_no=item.waybill_no,
        batch_no=item.batch_no,
        shots=tuple(shot_letter(photo) for photo in goods.ready),
        absent=tuple(
            AbsentShotV1(shot_code=absent.shot_code, absent_reason=absent.absent_reason) for absent in goods.absences
        ),
    )


@transaction.atomic
def cancel(*, by: User, request_id: UUID, reason: str = "") -> AppraisalRequest:
    """No answer is needed any more. A verdict that comes all the same is kept and marked late."""
    request = selectors.access_request(by, request_id, lock=True)
    asked = request.sent_at is not None and request.organisation_id is not None
    take_step(request, "cancel", by=by, why=reason)
    now = clock.now()
    write_line(request, Line.Kind.CANCELLED, Line.Side.BUREAU, by.display_name, at=now, text=reason)
    if asked:
        to_brand(request, CancelledV1(request_id=request.pk, reason=reason, at=now), by)
    return request


@transaction.atomic
def hand_to(*, by: User, request_id: UUID, officer: User) -> AppraisalRequest:
    """Give the request to a colleague of the same unit, who sees the whole talk."""
    request = selectors.access_request(by, request_id, lock=True)
    if officer.unit_id != request.unit_id or not officer.is_active:
        raise BadInput(_("{name}不在本单位或已停用，请另选一位。"), code="officer_elsewhere", name=officer.display_name)
    if officer.pk == request.officer_id:
        return request
    request.officer = officer
    request.save(update_fields=["officer"])
    write_line(
        request,
        Line.Kind.HANDLER,
        Line.Side.BUREAU,
        by.display_name,
        at=clock.now(),
        text=str(_("经办人改为{name}")).format(name=officer.display_name),
    )
    if officer.pk != by.pk:
        tell(
            to=[officer.pk],
            code="request_handed",
            title=_("{number} 已转交给您").format(number=request.number),
            url=f"/requests/{request.pk}/",
        )
    return request


def give_up_overdue(*, now: datetime | None = None) -> int:
    """Tell the officers of requests that nobody took in the promised time. Returns how many. Safe to run twice."""
    now = now or clock.now()
    overdue = AppraisalRequest.objects.filter(state=State.SENT, due_at__lt=now).values_list("pk", flat=True)
    done = 0
    for request_id in list(overdue):
        with transaction.atomic():
            request = AppraisalRequest.objects.select_for_update().get(pk=request_id)
            if request.state != State.SENT or request.due_at is None or request.due_at >= now:
                continue
            take_step(request, "give_up", by=MACHINE)
            write_line(request, Line.Kind.NO_ANSWER, Line.Side.SYSTEM, "", at=now)
            tell(
                to=[request.officer_id],
                code="request_no_answer",
                title=_("{number} 暂无人应答").format(number=request.number),
                url=f"/requests/{request.pk}/",
                urgent=True,
            )
            done += 1
    return done
