"""What an officer does with a request. Each outermost call is one transaction; letters leave with its commit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.catalogue import selectors as catalogue
from appraisal.letter_photos import chat_shots, each_once, view_attachment
from appraisal.requests import selectors
from appraisal.requests.models import (
    AbsentShot,
    Appointment,
    AppraisalRequest,
    AssistanceTask,
    Consultation,
    ConsultationLine,
    ItemPhoto,
    Line,
    LinePhoto,
    RequestItem,
    Site,
    Supplement,
)
from audit.move import move, refusal
from audit.trail import Actor
from divisions import selectors as divisions
from evidence.models import Exhibit
from federation.contracts.addresses import Address
from federation.contracts.appraisal import (
    AbsentShotV1,
    AssistanceTaskV1,
    CancelledV1,
    ChatV1,
    CommissionV1,
    ConsultationV1,
    EnrolmentWantedV1,
    ItemV1,
    OnsiteV1,
    PhotosV1,
    ShotV1,
)
from federation.contracts.messages import Attachment, Message
from federation.letters.post import post
from federation.parties import selectors as parties
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from notify import live
from notify.services import tell
from provinces.context import province_code, required

State = AppraisalRequest.State
MAX_ITEMS = 60
MAX_WORDS = 2000
PROMISE = timedelta(minutes=30)
MACHINE = Actor(None, "系统")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


# Drafting ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the officer stands. place and position stay in the province. county_code: GB/T 2260, county or city."""

    county_code: str
    place: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    accuracy_m: int | None = None


@transaction.atomic
def open_site(*, by: User, place: Place, site_id: UUID | None = None) -> Site:
    """Begin a visit. site_id: chosen by the phone, so that a repeated call opens nothing twice."""
    unit = selectors.home_unit(by)
    divisions.division(place.county_code)
    site, made = Site.objects.get_or_create(
        pk=site_id or uuid7(), defaults={"unit": unit, "opened_by": by, **vars(place)}
    )
    return site if made else selectors.access_site(by, site.pk)


@transaction.atomic
def add_product(*, by: User, site: Site, product_id: UUID, item_id: UUID | None = None, **details: Any) -> RequestItem:
    """Put one product on the list of this visit; requests form by themselves, one for each organisation that answers.

    item_id: chosen by the phone. details: fields of RequestItem such as quantity. Raises BadInput, NotFound404.
    """
    if item_id and (known := RequestItem.objects.filter(pk=item_id).first()):
        return selectors.access_item(by, known.pk)
    product = catalogue.product(product_id)
    organisation = parties.organisation_for(product)
    request = _draft_for(by, site, organisation, product.brand.name)
    shot_list = catalogue.shot_list(product.pk)
    item = RequestItem(
        pk=item_id or uuid7(),
        request=request,
        position=_next_position(request),
        product_id=product.pk,
        product_name=product.full_name,
        claimed_brand=product.brand.name,
        category=product.category.name,
        shot_list_version=shot_list.version,
        shot_list=shot_list.as_json(),
    )
    _set_details(item, details)
    item.save()
    return item


@transaction.atomic
def add_unlisted(
    *, by: User, site: Site, brand_name: str, product_name: str = "", item_id: UUID | None = None
) -> RequestItem:
    """Put goods on the list whose brand nobody here knows: kept as unserved when sent, and counted for invitation.

    The shots are the ones every kind of goods has. item_id: chosen by the phone. Raises BadInput.
    """
    if item_id and (known := RequestItem.objects.filter(pk=item_id).first()):
        return selectors.access_item(by, known.pk)
    brand_name, product_name = brand_name.strip(), product_name.strip()
    if not brand_name:
        raise BadInput(_("请写下包装上标的品牌，例如“清溪”。"), code="brand_missing")
    request = _draft_for(by, site, None, brand_name)
    return RequestItem.objects.create(
        pk=item_id or uuid7(),
        request=request,
        position=_next_position(request),
        product_name=product_name or brand_name,
        claimed_brand=brand_name,
        shot_list=[
            {"code": code, "name": str(name), "hint": str(hint), "required": False, "in_quick_set": quick}
            for code, name, hint, quick in _ANY_GOODS
        ],
    )


_ANY_GOODS = (
    ("front_label", _("正面标签"), _("整张标签入框，字要看得清"), True),
    ("back_label", _("背面标签"), _("厂名、厂址、执行标准拍全"), True),
    ("inkjet_code", _("批号或喷码"), _("靠近拍，避开反光"), True),
    ("outer_box", _("外包装"), _("条码一面朝前"), False),
)


def _draft_for(by: User, site: Site, organisation: Any, brand_name: str) -> AppraisalRequest:
    """The officer's open draft of this visit for one organisation, or for one brand that nobody answers for."""
    whose = {"organisation_id": organisation.pk if organisation else None}
    if organisation is None:
        whose["brand_name"] = brand_name
    found = AppraisalRequest.objects.select_for_update().filter(site=site, officer=by, state=State.DRAFT, **whose)
    return found.first() or AppraisalRequest.objects.create(
        number=_number(),
        site=site,
        unit=site.unit,
        officer=by,
        organisation_name=organisation.name if organisation else "",
        **{"brand_name": brand_name, **whose},
    )


def _next_position(request: AppraisalRequest) -> int:
    count = request.items.count()
    if count >= MAX_ITEMS:
        raise BadInput(_("一次申请最多 {limit} 项，请另开一次申请。"), code="too_many_items", limit=MAX_ITEMS)
    return count + 1


DETAILS = (
    "quantity",
    "quantity_unit",
    "claimed_price_yuan",
    "package_state",
    "waybill_no",
    "batch_no",
    "stood_where",
    "claimed_brand",
)


def _set_details(item: RequestItem, details: dict[str, Any]) -> None:
    unknown = set(details) - set(DETAILS)
    if unknown:
        raise BadInput(_("没有这些字段：{unknown}。"), code="unknown_fields", unknown=sorted(unknown))
    if (quantity := details.get("quantity")) is not None and quantity <= 0:
        raise BadInput(_("数量要大于 0；散装可以填小数，例如 2.5。"), code="quantity_not_positive", quantity=quantity)
    if (price := details.get("claimed_price_yuan")) is not None and price < 0:
        raise BadInput(_("标价不能小于 0 元。"), code="price_negative", price=price)
    for name, value in details.items():
        setattr(item, name, value)


@transaction.atomic
def describe_item(*, by: User, item_id: UUID, **details: Any) -> RequestItem:
    """Fill in or correct what is known of the goods, before or after sending (later changes stay in the province)."""
    item = selectors.access_item(by, item_id, lock=True)
    _set_details(item, details)
    item.save(update_fields=[*details] or None)
    return item


@transaction.atomic
def set_violation(*, by: User, item_id: UUID, violation: str, infringed_right: str) -> RequestItem:
    """The officer's own view of the violation and the right infringed, apart from the brand's verdict (M-16)."""
    item = selectors.access_item(by, item_id, lock=True)
    if violation not in AppraisalRequest.Violation.values:
        raise BadInput(_("请从列表中选择违法类型。"), code="violation_unknown", violation=violation)
    item.violation, item.infringed_right = violation, infringed_right
    item.save(update_fields=["violation", "infringed_right"])
    return item


@transaction.atomic
def write_question(*, by: User, request_id: UUID, question: str, urgent: bool = False) -> AppraisalRequest:
    """The question that goes along. Only while it is a draft."""
    request = selectors.access_request(by, request_id, lock=True)
    if request.state != State.DRAFT:
        raise Conflict(_("申请已经发出。补充的话请写在对话里。"), code="already_sent")
    request.question, request.urgent = question, urgent
    request.save(update_fields=["question", "urgent"])
    return request


@transaction.atomic
def add_photo(
    *,
    by: User,
    item_id: UUID,
    exhibit: Exhibit,
    shot_code: str,
    source: str,
    kept_reason: str = "",
    supplement_id: UUID | None = None,
) -> ItemPhoto:
    """Hang a sealed photo on a shot. After sending it goes to the brand as soon as its view is ready.

    The same exhibit on the same shot is one photo, however often it is said.
    """
    # Before the request, as intake locks them: a view that gets ready meanwhile then finds the photo hung up.
    exhibit = Exhibit.objects.select_for_update().get(pk=exhibit.pk)
    item = selectors.access_item(by, item_id, lock=True)
    if item.request.state == State.CANCELLED:
        raise Conflict(_("申请已取消，不能再加照片。请新建申请。"), code="request_closed")
    if shot_code not in {shot["code"] for shot in item.shot_list}:
        raise BadInput(_("拍照清单里没有“{shot_code}”。"), code="shot_unknown", shot_code=shot_code)
    supplement = None
    if supplement_id:
        supplement = selectors.access_supplement(by, supplement_id)
        if supplement.item_id != item.pk:
            raise BadInput(_("这张照片回答的不是这件商品的补拍要求。"), code="supplement_of_other_item")
    photo, made = ItemPhoto.objects.get_or_create(
        item=item,
        shot_code=shot_code,
        exhibit=exhibit,
        defaults={"source": source, "kept_reason": kept_reason, "supplement": supplement},
    )
    AbsentShot.objects.filter(item=item, shot_code=shot_code, posted_at=None).delete()
    if made:
        _announce(item.request, "photo")
        _post_ready(item.request, by)
    return photo


@transaction.atomic
def remove_photo(*, by: User, photo_id: UUID) -> None:
    """Take a photo off the draft. What has left cannot be taken back; its original stays sealed in any case."""
    photo = ItemPhoto.objects.filter(pk=photo_id).first()
    item = selectors.access_item(by, photo.item_id if photo else photo_id, lock=True)
    if photo is None or photo.posted_at or item.request.state == State.CANCELLED:
        raise Conflict(_("照片已经发给品牌，不能撤下。"), code="photo_posted")
    photo.delete()
    _announce(item.request, "photo")


@transaction.atomic
def mark_absent(*, by: User, item_id: UUID, shot_code: str, reason: str) -> AbsentShot:
    """Say why a shot cannot be taken (no outer box, say)."""
    item = selectors.access_item(by, item_id, lock=True)
    if not reason.strip():
        raise BadInput(_("请写明为什么拍不了，例如“没有外盒”。"), code="reason_missing")
    if shot_code not in {shot["code"] for shot in item.shot_list}:
        raise BadInput(_("拍照清单里没有“{shot_code}”。"), code="shot_unknown", shot_code=shot_code)
    absent, _made = AbsentShot.objects.update_or_create(
        item=item, shot_code=shot_code, defaults={"absent_reason": reason.strip()[:200], "posted_at": None}
    )
    _post_ready(item.request, by)
    return absent


@transaction.atomic
def decline_supplement(*, by: User, supplement_id: UUID, reason: str) -> Supplement:
    """Say why the shot that was asked for cannot be taken again. The brand goes on with what it has. Twice is once."""
    supplement = selectors.access_supplement(by, supplement_id)
    item = selectors.access_item(by, supplement.item_id, lock=True)
    supplement = Supplement.objects.select_for_update().get(pk=supplement.pk)
    if supplement.answered_at:
        return supplement
    if not reason.strip():
        raise BadInput(_("请写明为什么拍不了，例如“没有外盒”。"), code="reason_missing")
    now, request = clock.now(), item.request
    _to_brand(
        request,
        PhotosV1(
            request_id=request.pk,
            item_id=item.pk,
            absent=(AbsentShotV1(shot_code=supplement.shot_code, absent_reason=reason.strip()[:200]),),
            answers_supplement=supplement.pk,
        ),
        by,
    )
    supplement.answered_at = now
    supplement.save(update_fields=["answered_at"])
    if request.state == State.SUPPLEMENT and not _open_supplements(request):
        _step(request, "photos_in", by=by)
    data = {"count": 0, "absent": [supplement.shot_code]}
    _line(request, Line.Kind.PHOTOS, Line.Side.BUREAU, by.display_name, at=now, text=reason.strip()[:200], data=data)
    return supplement


# Sending ----------------------------------------------------------------------------------------------------------


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
    county = _county(request.site.county_code)
    if request.organisation_id is None:
        _step(request, "keep", by=by, sent_at=now)
        for item in items:
            post(
                EnrolmentWantedV1(
                    request_id=request.pk,
                    brand_name=item.claimed_brand,
                    product_name=item.product_name,
                    category=item.category,
                    county_code=county,
                    at=now,
                ),
                to=Address.office(),
                thread=request.pk,
                by=by,
            )
        return request
    _step(request, "send", by=by, sent_at=now, due_at=now + PROMISE)
    shots, files = {}, []
    for item in items:
        ready = [photo for photo in item.photos.all() if photo.exhibit.state == Exhibit.State.READY]
        shots[item.pk] = tuple(_shot(photo) for photo in ready)
        files += [view_attachment(photo.exhibit, photo.shot_code) for photo in ready]
        ItemPhoto.objects.filter(pk__in=[photo.pk for photo in ready]).update(posted_at=now)
    AbsentShot.objects.filter(item__request=request).update(posted_at=now)
    post(
        CommissionV1(
            request_id=request.pk,
            request_no=request.number,
            organisation_id=request.organisation_id,
            sent_at=now,
            county_code=county,
            unit_name=request.unit.name,
            officer_name=by.name,
            officer_title=by.title,
            officer_cert_no=by.officer_cert_no or "",
            question=request.question,
            urgent=request.urgent,
            items=tuple(_item(item, shots[item.pk]) for item in items),
        ),
        to=Address.organisation(request.organisation_id),
        thread=request.pk,
        by=by,
        attachments=each_once(files),
        due_at=request.due_at,
        purpose="appraisal",
    )
    _line(request, Line.Kind.SENT, Line.Side.BUREAU, by.display_name, at=now)
    return request


@transaction.atomic
def send_site(*, by: User, site_id: UUID) -> list[AppraisalRequest]:
    """Send every draft of a visit at once: one tap, every right holder. All go or none."""
    site = selectors.access_site(by, site_id)
    drafts = site.requests.filter(state=State.DRAFT, officer=by).order_by("id")
    return [send(by=by, request_id=request.pk) for request in drafts]


def photo_ready(exhibit: Exhibit) -> None:
    """A view is ready: what is already asked about goes to the brand now. Called by `evidence` in its transaction."""
    if required().kind != "province":
        return
    for request in _requests_showing(exhibit):
        _announce(request, "photo")
        _post_ready(request, request.officer)
        _post_lines(request, exhibit)


def photo_refused(exhibit: Exhibit) -> None:
    """What came turned out to be no photo: its officer is told to take it again. Called as `photo_ready` is."""
    if required().kind != "province":
        return
    for request in _requests_showing(exhibit):
        _announce(request, "photo")
        tell(
            to=[request.officer_id],
            code="photo_refused",
            title=_("{number} 有一张照片无法使用，请重拍").format(number=request.number),
            url=f"/requests/{request.pk}/",
            urgent=True,
        )
        _post_lines(request, exhibit)


def _requests_showing(exhibit: Exhibit) -> list[AppraisalRequest]:
    """Requests on which this photo hangs as a shot or in the talk, locked in one order for all."""
    shown = Q(items__photos__exhibit=exhibit) | Q(lines__photos__exhibit=exhibit)
    ids = AppraisalRequest.objects.filter(shown).values("pk")
    rows = AppraisalRequest.objects.filter(pk__in=ids).order_by("pk").select_related("officer", "unit")
    return list(rows.select_for_update(of=("self",)))


def _post_ready(request: AppraisalRequest, by: User) -> None:
    """Post the photos and absences of a sent request that have not left yet, one letter an item."""
    if request.sent_at is None or request.organisation_id is None or request.state == State.CANCELLED:
        return
    now = clock.now()
    waiting = (
        ItemPhoto.objects.filter(item__request=request, posted_at=None, exhibit__state=Exhibit.State.READY)
        .select_related("exhibit", "supplement")
        .order_by("id")
    )
    absences = AbsentShot.objects.filter(item__request=request, posted_at=None)
    groups: dict[tuple[UUID, UUID | None], tuple[list[ItemPhoto], list[AbsentShot]]] = {}
    for photo in waiting:
        groups.setdefault((photo.item_id, photo.supplement_id), ([], []))[0].append(photo)
    for absent in absences:
        groups.setdefault((absent.item_id, None), ([], []))[1].append(absent)
    for (item_id, supplement_id), (photos, absent_shots) in groups.items():
        _to_brand(
            request,
            PhotosV1(
                request_id=request.pk,
                item_id=item_id,
                shots=tuple(_shot(photo) for photo in photos),
                absent=tuple(AbsentShotV1(shot_code=a.shot_code, absent_reason=a.absent_reason) for a in absent_shots),
                answers_supplement=supplement_id,
            ),
            by,
            each_once(view_attachment(photo.exhibit, photo.shot_code) for photo in photos),
        )
        ItemPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).update(posted_at=now)
        AbsentShot.objects.filter(pk__in=[absent.pk for absent in absent_shots]).update(posted_at=now)
        if supplement_id:
            photos[0].supplement.answered_at = now
            photos[0].supplement.save(update_fields=["answered_at"])
        if request.state == State.SUPPLEMENT and not _open_supplements(request):
            _step(request, "photos_in", by=by)
        _line(
            request,
            Line.Kind.PHOTOS,
            Line.Side.BUREAU,
            by.display_name,
            at=now,
            data={"count": len(photos), "absent": [absent.shot_code for absent in absent_shots]},
        )


def _open_supplements(request: AppraisalRequest) -> bool:
    return any(item.supplements.filter(answered_at=None).exists() for item in request.items.all())


# Talking ----------------------------------------------------------------------------------------------------------


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
    line = _line(
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


def _post_lines(request: AppraisalRequest, exhibit: Exhibit) -> None:
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
    _to_brand(
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


@transaction.atomic
def cancel(*, by: User, request_id: UUID, reason: str = "") -> AppraisalRequest:
    """No answer is needed any more. A verdict that comes all the same is kept and marked late."""
    request = selectors.access_request(by, request_id, lock=True)
    asked = request.sent_at is not None and request.organisation_id is not None
    _step(request, "cancel", by=by, why=reason)
    now = clock.now()
    _line(request, Line.Kind.CANCELLED, Line.Side.BUREAU, by.display_name, at=now, text=reason)
    if asked:
        _to_brand(request, CancelledV1(request_id=request.pk, reason=reason, at=now), by)
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
    _line(
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


# On-site help -----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_onsite(
    *,
    by: User,
    request_id: UUID,
    meet_at: datetime | None,
    contact: str,
    note: str = "",
    appointment_id: UUID | None = None,
) -> Appointment:
    """Ask the brand to come to the place. appointment_id makes it once."""
    request = selectors.access_request(by, request_id, lock=True)
    if appointment_id and (known := request.appointments.filter(pk=appointment_id).first()):
        return known
    if request.sent_at is None or request.organisation_id is None:
        raise Conflict(_("申请发出后才能约现场协助。"), code="not_sent")
    if meet_at is not None and meet_at <= clock.now():
        raise BadInput(_("约定时间要晚于现在。"), code="meet_at_past")
    appointment = Appointment.objects.create(
        pk=appointment_id or uuid7(),
        request=request,
        state=Appointment.Step.ASKED,
        meet_at=meet_at,
        contact=contact,
        note=note,
    )
    _tell_onsite(request, appointment, "asked", by)
    return appointment


@transaction.atomic
def answer_onsite(*, by: User, appointment_id: UUID, verb: str, note: str = "") -> Appointment:
    """Agree to, decline or finish an appointment. verb: agree, decline, finish."""
    found = Appointment.objects.filter(pk=appointment_id).first()
    request = selectors.access_request(by, found.request_id if found else appointment_id, lock=True)
    appointment = request.appointments.select_for_update().get(pk=appointment_id)
    move(appointment, verb, by=by, why=note)
    _tell_onsite(request, appointment, appointment.state, by)
    return appointment


def _tell_onsite(request: AppraisalRequest, appointment: Appointment, step: str, by: User) -> None:
    now = clock.now()
    _line(
        request,
        Line.Kind.ONSITE,
        Line.Side.BUREAU,
        by.display_name,
        at=now,
        text=appointment.note,
        data={"step": step, "meet_at": appointment.meet_at.isoformat() if appointment.meet_at else None},
    )
    _to_brand(
        request,
        OnsiteV1(
            request_id=request.pk,
            appointment_id=appointment.pk,
            step=step,  # type: ignore[arg-type]
            meet_at=appointment.meet_at,
            who=by.display_name,
            contact=appointment.contact,
            note=appointment.note,
            at=now,
        ),
        by,
    )


# Outside a request ------------------------------------------------------------------------------------------------


@transaction.atomic
def consult(
    *, by: User, organisation_id: UUID, subject: str, text: str, consultation_id: UUID | None = None
) -> Consultation:
    """Open a consultation with a brand and say the first line."""
    organisation = parties.access_organisation(organisation_id)
    if not subject.strip():
        raise BadInput(_("请写明咨询主题。"), code="subject_missing")
    consultation, made = Consultation.objects.get_or_create(
        pk=consultation_id or uuid7(),
        defaults={
            "unit": selectors.home_unit(by),
            "officer": by,
            "organisation_id": organisation.pk,
            "organisation_name": organisation.name,
            "subject": subject.strip(),
        },
    )
    if not made:
        return selectors.access_consultation(by, consultation.pk)
    say_in_consultation(by=by, consultation_id=consultation.pk, text=text)
    return consultation


@transaction.atomic
def say_in_consultation(*, by: User, consultation_id: UUID, text: str, line_id: UUID | None = None) -> ConsultationLine:
    """One more line of a consultation."""
    consultation = selectors.access_consultation(by, consultation_id)
    if not text.strip():
        raise BadInput(_("请先写一句话。"), code="text_missing")
    now = clock.now()
    line, made = ConsultationLine.objects.get_or_create(
        pk=line_id or uuid7(),
        consultation=consultation,
        defaults={"side": Line.Side.BUREAU, "who": by.display_name, "text": text.strip(), "at": now},
    )
    if made:
        consultation.last_at = now
        consultation.save(update_fields=["last_at"])
        post(
            ConsultationV1(
                consultation_id=consultation.pk,
                line_id=line.pk,
                organisation_id=consultation.organisation_id,
                subject=consultation.subject,
                unit_name=consultation.unit.name,
                who=by.display_name,
                text=line.text,
                at=now,
            ),
            to=Address.organisation(consultation.organisation_id),
            thread=consultation.pk,
            by=by,
        )
        live.publish([f"consultation:{consultation.pk}"], "line", {})
    return line


@transaction.atomic
def ask_assistance(
    *,
    by: User,
    organisation_id: UUID,
    subject: str,
    text: str,
    county_code: str,
    reply_by: datetime,
    task_id: UUID | None = None,
) -> AssistanceTask:
    """Ask an enterprise for help by a day (执法协助). task_id makes it once."""
    if task_id and (known := AssistanceTask.objects.filter(pk=task_id).first()):
        return selectors.access_assistance(by, known.pk)
    organisation = parties.access_organisation(organisation_id)
    now = clock.now()
    if reply_by <= now:
        raise BadInput(_("答复期限要晚于现在。"), code="reply_by_past")
    unit = selectors.home_unit(by)
    task = AssistanceTask.objects.create(
        pk=task_id or uuid7(),
        unit=unit,
        officer=by,
        organisation_id=organisation.pk,
        organisation_name=organisation.name,
        subject=subject,
        text=text,
        reply_by=reply_by,
    )
    post(
        AssistanceTaskV1(
            task_id=task.pk,
            organisation_id=organisation.pk,
            subject=subject,
            text=text,
            county_code=_county(county_code),
            unit_name=unit.name,
            officer_name=by.name,
            reply_by=reply_by,
            at=now,
        ),
        to=Address.organisation(organisation.pk),
        thread=task.pk,
        by=by,
        due_at=reply_by,
    )
    return task


# Time -------------------------------------------------------------------------------------------------------------


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
            _step(request, "give_up", by=MACHINE)
            _line(request, Line.Kind.NO_ANSWER, Line.Side.SYSTEM, "", at=now)
            tell(
                to=[request.officer_id],
                code="request_no_answer",
                title=_("{number} 暂无人应答").format(number=request.number),
                url=f"/requests/{request.pk}/",
                urgent=True,
            )
            done += 1
    return done


# Shared by services and receivers ---------------------------------------------------------------------------------


def _step(
    request: AppraisalRequest, verb: str, *, by: Any, why: str = "", at: datetime | None = None, **fields: Any
) -> None:
    """One move of the request with its split clock. The row must be locked."""
    at = at or clock.now()
    target = AppraisalRequest.MOVES[verb][1]
    phase = AppraisalRequest.PHASES.get(target, AppraisalRequest.Phase.NONE)
    if request.phase and request.phase_since:
        spent = max(0, int((at - request.phase_since).total_seconds()))
        counter = f"{request.phase}_s"
        fields[counter] = getattr(request, counter) + spent
    move(request, verb, by=by, why=why, phase=phase, phase_since=at if phase else None, **fields)
    _announce(request, "state")


def _line(
    request: AppraisalRequest,
    kind: str,
    side: str,
    who: str,
    *,
    at: datetime,
    text: str = "",
    data: dict[str, Any] | None = None,
    letter_id: UUID | None = None,
    line_id: UUID | None = None,
) -> Line:
    line = Line.objects.create(
        pk=line_id or uuid7(),
        request=request,
        kind=kind,
        side=side,
        who=who,
        text=text,
        data=data or {},
        at=at,
        letter_id=letter_id,
    )
    _announce(request, "line")
    return line


def _announce(request: AppraisalRequest, kind: str) -> None:
    topics = [f"request:{request.pk}", f"site:{request.site_id}", f"unit:{request.unit_id}", "requests"]
    live.publish(topics, kind, {"id": str(request.pk)})


def _to_brand(request: AppraisalRequest, message: Message, by: User, attachments: Sequence[Attachment] = ()) -> None:
    post(
        message,
        to=Address.organisation(request.organisation_id),
        thread=request.pk,
        by=by,
        attachments=attachments,
        purpose="appraisal",
    )


def _county(division_code: str) -> str:
    """Code of the county (or the city without counties) of a place: all that leaves the province of it."""
    county = divisions.county_of(division_code)
    return county.code if county else divisions.division(division_code).code[:6]


def _number() -> str:
    """A number people can say: province, day, five letters. Drawn by chance; the column is unique."""
    day = clock.local_date(clock.now())
    return f"{province_code().upper()}{day:%y%m%d}-{''.join(secrets.choice(_LETTERS) for _ in range(5))}"


def _shot(photo: ItemPhoto) -> ShotV1:
    return ShotV1(
        photo_id=photo.pk,
        shot_code=photo.shot_code,
        source=photo.source,  # type: ignore[arg-type]
        captured_at=photo.exhibit.captured_at,
        received_at=photo.exhibit.received_at,
        kept_reason=photo.kept_reason,
        view_sha256=photo.exhibit.view_sha256,
    )


def _item(item: RequestItem, shots: tuple[ShotV1, ...]) -> ItemV1:
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
        shots=shots,
        absent=tuple(
            AbsentShotV1(shot_code=absent.shot_code, absent_reason=absent.absent_reason)
            for absent in item.absent_shots.all()
        ),
    )
