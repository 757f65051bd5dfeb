"""What is done with a seizure, each call one transaction. Who may do it is decided by the doors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import log, trail
from audit.move import move, refusal
from audit.numbering import issue
from evidence.selectors import own_exhibit
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Words
from kernel.ids import uuid7
from notify import live
from notify.services import tell
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_term as term
from tenants.inspections.models import (
    GoodsHandover,
    Inspection,
    Lot,
    PropertyList,
    PropertyListRow,
    Seal,
    Seizure,
    SeizureAlarm,
    SeizureDecision,
    SeizureExtension,
    SeizurePause,
)

State = Seizure.State
LEGAL_BASIS = "《中华人民共和国商标法》第六十二条第一款第四项，《中华人民共和国行政强制法》第十八条、第二十二条"
WORDS = {
    SeizureDecision.Kind.SEIZE: "强措",
    SeizureDecision.Kind.EXTEND: "强延",
    SeizureDecision.Kind.RELEASE: "强解",
}
LIST_WORD = "强清"
_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How much of a lot is taken. quantity None: all that was counted."""

    lot_id: UUID
    quantity: Decimal | None = None
    difference_reason: str = ""
    hazard_class: str = PropertyListRow.Hazard.GENERAL
    note: str = ""


# Before ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft_seizure(
    *,
    by: User,
    inspection_id: UUID,
    taken: Sequence[Taken],
    facts: str,
    measure: str = Seizure.Measure.DETAIN,
    legal_basis: str = LEGAL_BASIS,
    seizure_id: UUID | None = None,
) -> Seizure:
    """Write down what is to be seized. seizure_id makes it once.

    Raises BadInput naming the lot that cannot be taken: not counted, nothing there, more than was counted without a
    reason.
    """
    inspection = selectors.inspection_to_seize(by, inspection_id, write=True)
    if seizure_id and Seizure.objects.filter(pk=seizure_id).exists():
        return selectors.access_seizure(by, seizure_id)
    if inspection.state == Inspection.State.CANCELLED:
        raise BadInput(_("这次检查已作废，不能据此查封扣押。"), code="inspection_cancelled")
    if measure not in Seizure.Measure.values:
        raise BadInput(_("请选择查封或扣押。"), code="measure_wrong")
    if not facts.strip():
        raise BadInput(_("请写明查封扣押的事实和理由。"), code="facts_missing")
    seizure = Seizure.objects.create(
        pk=seizure_id or uuid7(),
        inspection=inspection,
        unit=inspection.unit,
        measure=measure,
        facts=facts.strip(),
        legal_basis=legal_basis.strip() or LEGAL_BASIS,
        term_days=term.TERM_DAYS,
        proposed_by=by,
    )
    _write_rows(seizure, taken)
    trail.record(seizure, "draft", by=by, to_state=seizure.state, data={"lots": len(taken)})
    _announce(seizure)
    return seizure


@transaction.atomic
def change_list(*, by: User, seizure_id: UUID, taken: Sequence[Taken]) -> Seizure:
    """Write the list anew; while it is a draft only."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    if seizure.state != State.DRAFT:
        raise refusal(seizure, "propose")
    seizure.property_list.delete()
    _write_rows(seizure, taken)
    trail.record(seizure, "change_list", by=by, data={"lots": len(taken)})
    _announce(seizure)
    return seizure


def _write_rows(seizure: Seizure, taken: Sequence[Taken]) -> None:
    if not taken:
        raise BadInput(_("请至少选一批货物。"), code="lots_missing")
    ids = [each.lot_id for each in taken]
    if len(set(ids)) != len(ids):
        raise BadInput(_("同一批货物只能列一行。"), code="lot_twice")
    lots = {lot.pk: lot for lot in Lot.objects.filter(inspection=seizure.inspection, pk__in=ids, void_reason="")}
    if len(lots) != len(ids):
        raise BadInput(_("有货物不在这次检查里，可能已移到另一次检查或划去。请刷新后重新选择。"), code="lot_elsewhere")
    already = selectors.seized_quantities(ids, besides=seizure.pk)
    listed = PropertyList.objects.create(seizure=seizure)
    for position, each in enumerate(taken, start=1):
        lot = lots[each.lot_id]
        name = lot.product_name or lot.claimed_brand or str(_("未知商品"))
        if lot.quantity is None:
            raise BadInput(
                _("“{name}”还没有清点，或两人清点不一致。请先清点清楚。"),
                code="lot_not_counted",
                name=name,
                lot_id=lot.pk,
            )
        left = lot.quantity - already.get(lot.pk, Decimal(0))
        quantity = left if each.quantity is None else each.quantity
        if quantity <= 0:
            raise BadInput(
                _("“{name}”没有可查封扣押的数量。请从清单中去掉这一行。"), code="nothing_to_seize", name=name
            )
        if quantity > left:
            raise BadInput(
                _("“{name}”还有 {counted} 可列，清单写了 {listed}。多出来的请先在检查里清点。"),
                code="more_than_counted",
                name=name,
                counted=plain(left),
                listed=plain(quantity),
            )
        if quantity != left and not each.difference_reason.strip():
            raise BadInput(
                _("“{name}”清点 {counted}，清单写 {listed}。数量不同要写明原因。"),
                code="difference_unexplained",
                name=name,
                counted=plain(left),
                listed=plain(quantity),
                lot_id=lot.pk,
            )
        if not lot.unit:
            raise BadInput(_("“{name}”没有计量单位。请先在清点页选择单位。"), code="unit_missing", name=name)
        price = price_of(lot)
        PropertyListRow.objects.create(
            property_list=listed,
            position=position,
            lot=lot,
            item_name=name,
            claimed_brand=lot.claimed_brand,
            spec=lot.spec,
            batch=lot.batch_no,
            quantity=quantity,
            unit=lot.unit,
            counted_quantity=lot.quantity,
            difference_reason=each.difference_reason.strip(),
            unit_price_yuan=price,
            price_basis=lot.price_basis,
            value_yuan=None if price is None else (price * quantity).quantize(_CENT),
            hazard_class=each.hazard_class if each.hazard_class in PropertyListRow.Hazard.values else "other",
            note=each.note.strip(),
        )


def price_of(lot: Lot) -> Decimal | None:
    """The price that the lot's basis names, in yuan; None when it is not known. Never 0 for "unknown"."""
    return {
        Lot.PriceBasis.LABELLED: lot.price_labelled_yuan,
        Lot.PriceBasis.SOLD: lot.price_sold_yuan,
        Lot.PriceBasis.GENUINE: lot.price_genuine_yuan,
    }.get(Lot.PriceBasis(lot.price_basis))


def plain(number: Decimal) -> str:
    """A quantity without needless zeros: 42, 2.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# Approval -------------------------------------------------------------------------------------------------------------


def _two_officers(inspection: Inspection) -> None:
    """Two officers with two certificates that hold today. Source: 行政强制法 art. 18."""
    officers = list(inspection.officers.all())
    numbers = {each.certificate_no.strip().upper() for each in officers if each.certificate_no.strip()}
    if len(numbers) < 2:
        raise BadInput(
            _("查封扣押要由两名以上有各自执法证的执法人员实施，现有 {found} 名。请先让第二名执法人员加入检查。"),
            code="officers_missing",
            found=len(numbers),
        )
    lapsed = [each.name for each in officers if each.certificate_until < clock.today()]
    if lapsed:
        raise BadInput(
            _("{names}的执法证已到期，不能实施查封扣押。请换一名执法人员。"), code="certificate_lapsed", names=lapsed
        )


@transaction.atomic
def propose(*, by: User, seizure_id: UUID) -> Seizure:
    """Lay a seizure before the head."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    _two_officers(seizure.inspection)
    move(seizure, "propose", by=by, proposed_by=by, proposed_at=clock.now())
    _tell_heads(seizure, "seizure_proposed", _("有一件查封扣押等您审批"))
    _announce(seizure)
    return seizure


@transaction.atomic
def withdraw(*, by: User, seizure_id: UUID, reason: str) -> Seizure:
    """Take back what was not carried out."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    _need(reason, _("请写明撤回的原因。"), "reason_missing")
    move(seizure, "withdraw", by=by, why=reason.strip())
    _announce(seizure)
    return seizure


@transaction.atomic
def decide(*, by: User, seizure_id: UUID, approve: bool, reason: str = "") -> Seizure:
    """The head approves or refuses, with a reason when refusing. Of an urgent one: afterwards, once it was reported.

    An approval issues the decision and the list with their numbers. A refused urgent one must be released at once.
    """
    seizure = selectors.access_seizure(by, seizure_id, lock="head")
    if by.pk == seizure.proposed_by_id:
        raise NotAllowed(_("报批人不能自己批准。请由另一位负责人审批。"), code="not_your_own")
    if not approve:
        _need(reason, _("不批准要写明理由。"), "reason_missing")
    if seizure.urgent and seizure.state == State.URGENT and seizure.reported_at is None:
        raise Conflict(_("执法人员还没有补报，不能补办批准。请先请他们补报。"), code="not_reported_yet")
    late = seizure.urgent and seizure.state in (State.URGENT, State.IN_FORCE, State.MUST_RELEASE)
    verb = ("confirm" if approve else "overrule") if late else ("approve" if approve else "refuse")
    answer = reason.strip() or "同意。"
    move(seizure, verb, by=by, why=reason.strip(), decided_by=by, decided_at=clock.now(), answer=answer[:500])
    if approve:
        _issue(seizure, SeizureDecision.Kind.SEIZE, by=by, reason=seizure.facts)
    title: Words = _("查封扣押已批准") if approve else _("查封扣押未获批准")
    _tell_officers(seizure, "seizure_decided", title)
    _announce(seizure)
    return seizure


def _issue(seizure: Seizure, kind: str, *, by: User, reason: str, days: int | None = None) -> SeizureDecision:
    """Give a decision its number, and the list its own with the first."""
    word = selectors.issuing_unit(seizure.unit).agency_word
    decision = SeizureDecision.objects.create(
        seizure=seizure,
        kind=kind,
        document_no=issue(word, WORDS[SeizureDecision.Kind(kind)]),
        reason=reason[:1000],
        days=days,
        decided_by=by,
        decided_by_name=by.name,
    )
    if kind == SeizureDecision.Kind.SEIZE:
        PropertyList.objects.filter(seizure=seizure).update(list_no=issue(word, LIST_WORD))
    return decision


@transaction.atomic
def carry_out(*, by: User, seizure_id: UUID) -> Seizure:
    """The approved measure is carried out now; its term runs."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    _two_officers(seizure.inspection)
    move(seizure, "carry_out", by=by, carried_out_at=clock.now())
    _announce(seizure)
    return seizure


@transaction.atomic
def carry_out_at_once(*, by: User, seizure_id: UUID, urgent_reason: str) -> Seizure:
    """Carry out before the approval, as things are urgent. 24 hours to report begin."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    _need(urgent_reason, _("请写明为什么情况紧急。"), "urgent_reason_missing")
    _two_officers(seizure.inspection)
    now = clock.now()
    move(
        seizure,
        "carry_out_at_once",
        by=by,
        why=urgent_reason.strip(),
        urgent=True,
        urgent_reason=urgent_reason.strip(),
        proposed_by=by,
        carried_out_at=now,
        report_due_at=now + term.REPORT_WITHIN,
    )
    _tell_heads(seizure, "seizure_urgent", _("有一件当场实施的查封扣押，24 小时内补报"))
    _announce(seizure)
    return seizure


@transaction.atomic
def report(*, by: User, seizure_id: UUID, words: str, late_reason: str = "") -> Seizure:
    """Report an urgent seizure to the head. After 24 hours it is taken too, with its reason, and shown late."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    if seizure.state != State.URGENT:
        raise refusal(seizure, "confirm")
    if seizure.reported_at is not None:
        raise Conflict(_("已经补报过。请等负责人批准。"), code="reported_already")
    _need(words, _("请写明补报的内容。"), "report_missing")
    now = clock.now()
    assert seizure.report_due_at is not None
    late = now > seizure.report_due_at
    if late:
        _need(late_reason, _("补报已超过 24 小时，请写明迟报的原因。"), "late_reason_missing")
    seizure.reported_at, seizure.report_words = now, words.strip()[:1000]
    seizure.late_reason, seizure.proposed_at = (late_reason.strip()[:500] if late else ""), now
    seizure.save(update_fields=["reported_at", "report_words", "late_reason", "proposed_at"])
    trail.record(seizure, "report", by=by, why=seizure.late_reason, data={"late": late})
    _tell_heads(seizure, "seizure_proposed", _("有一件查封扣押等您审批"))
    _announce(seizure)
    return seizure


# While it lasts -------------------------------------------------------------------------------------------------------


def _held(seizure: Seizure, verb: str = "release") -> None:
    if seizure.state not in term.HELD:
        raise refusal(seizure, verb)


@transaction.atomic
def apply_seal(
    *, by: User, seizure_id: UUID, number: str, place: str, exhibit_id: UUID | None = None, seal_id: UUID | None = None
) -> Seal:
    """Note a seal with its number, where it was pasted, and a photo of it if there is one."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    _held(seizure)
    number, place = number.strip().upper(), place.strip()
    _need(number, _("请填写封条号。"), "seal_number_missing")
    _need(place, _("请填写封条贴在哪里。"), "seal_place_missing")
    if seal_id and (known := seizure.seals.filter(pk=seal_id).first()):
        return known
    exhibit = own_exhibit(by, exhibit_id) if exhibit_id else None
    try:
        with transaction.atomic():
            seal = Seal.objects.create(
                pk=seal_id or uuid7(),
                seizure=seizure,
                unit=selectors.issuing_unit(seizure.unit),
                number=number,
                place=place,
                exhibit=exhibit,
                applied_by=by,
            )
    except IntegrityError as error:
        raise Conflict(
            _("封条号 {number} 已经用过。每张封条只用一次，请核对号码。"), code="seal_used", number=number
        ) from error
    trail.record(seizure, "seal", by=by, data={"number": number})
    _announce(seizure)
    return seal


@transaction.atomic
def end_seal(*, by: User, seizure_id: UUID, seal_id: UUID, broken: bool, reason: str) -> Seal:
    """A seal was taken off, or found broken."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    seal = seizure.seals.filter(pk=seal_id).first()
    if seal is None:
        raise BadInput(_("这件查封扣押没有这张封条。请刷新页面。"), code="seal_unknown")
    _need(reason, _("请写明启封或破损的情况。"), "reason_missing")
    verb = "find_broken" if broken else "remove"
    move(seal, verb, by=by, why=reason.strip(), ended_at=clock.now(), ended_why=reason.strip()[:200])
    _announce(seizure)
    return seal


@transaction.atomic
def hand_over(
    *,
    by: User,
    seizure_id: UUID,
    from_name: str,
    to_name: str,
    place: str,
    counted: Mapping[UUID, Decimal] | None = None,
    difference_reason: str = "",
    to_user: User | None = None,
    note: str = "",
) -> GoodsHandover:
    """The goods pass to another holder and are counted. Raises BadInput when one person stands on both sides, or the
    count differs from the list and nobody says why.
    """
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    _held(seizure)
    from_name, to_name, place = from_name.strip(), to_name.strip(), place.strip()
    _need(from_name, _("请填写移交人。"), "from_missing")
    _need(to_name, _("请填写保管人。"), "to_missing")
    _need(place, _("请填写保管地点。"), "place_missing")
    if from_name == to_name:
        raise BadInput(_("移交人和保管人不能是同一个人。"), code="same_person")
    rows = {row.pk: row for row in seizure.property_list.rows.all()}
    said = dict(counted or {})
    if set(said) - set(rows):
        raise BadInput(_("清点里有清单上没有的行。请刷新页面。"), code="row_unknown")
    wrong = [row.item_name for pk, row in rows.items() if pk in said and said[pk] != row.quantity]
    if wrong and not difference_reason.strip():
        raise BadInput(
            _("{names}的清点数量与清单不同，请写明原因后再移交。"), code="difference_unexplained", names=wrong
        )
    event = GoodsHandover.objects.create(
        seizure=seizure,
        from_name=from_name,
        to_name=to_name,
        to_user=to_user,
        place=place,
        counted={str(pk): plain(said.get(pk, row.quantity)) for pk, row in rows.items()},
        difference_reason=difference_reason.strip(),
        note=note.strip(),
        by=by,
    )
    log.append(
        "goods.handed_over",
        event.pk,
        {
            "seizure": seizure.pk,
            "from": event.from_name,
            "to": event.to_name,
            "place": event.place,
            "counted": event.counted,
            "difference_reason": event.difference_reason,
            "at": event.at,
            "by": by.pk,
        },
    )
    trail.record(seizure, "hand_over", by=by, data={"handover": str(event.pk), "differs": bool(wrong)})
    _announce(seizure)
    return event


@transaction.atomic
def pause(*, by: User, seizure_id: UUID, kind: str, institution: str, told_at: datetime, until: date) -> SeizurePause:
    """A technical appraisal begins; its time does not count, and the party was told of its term in writing.

    A right holder's identification is none of these and does not stop the term.
    """
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    _held(seizure)
    if kind not in SeizurePause.Kind.values:
        raise BadInput(_("只有检测、检验、检疫和技术鉴定不计入期限；权利人的辨认不中止期限。"), code="pause_kind_wrong")
    _need(institution, _("请填写检测或鉴定机构。"), "institution_missing")
    standing = term.standing_of(seizure)
    if standing is not None and standing.unlawful:
        raise Conflict(_("期限已满，不能再中止。请立即解除。"), code="term_over")
    if seizure.pauses.filter(end=None).exists():
        raise Conflict(_("已有一项鉴定在进行。请先结束它。"), code="pause_open")
    row = SeizurePause.objects.create(
        seizure=seizure, kind=kind, institution=institution.strip(), told_at=told_at, until=until, by=by
    )
    trail.record(seizure, "pause", by=by, data={"kind": kind, "until": until.isoformat()})
    _announce(seizure)
    return row


@transaction.atomic
def resume(*, by: User, seizure_id: UUID) -> SeizurePause:
    """The appraisal is over; the term runs on."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    row = seizure.pauses.filter(end=None).first()
    if row is None:
        raise Conflict(_("现在没有进行中的鉴定。"), code="no_pause")
    row.end = clock.now()
    row.save(update_fields=["end"])
    trail.record(seizure, "resume", by=by)
    _announce(seizure)
    return row


@transaction.atomic
def ask_extension(*, by: User, seizure_id: UUID, days: int, reason: str) -> SeizureExtension:
    """Ask in writing for up to 30 more days; before the term is over, once."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    if seizure.state != State.IN_FORCE:
        raise refusal(seizure, "release")
    _term_runs(seizure)
    if not 1 <= days <= term.LONGEST_EXTENSION_DAYS:
        raise BadInput(_("最多延长 30 天。请填 1 至 30。"), code="days_wrong")
    _need(reason, _("请写明延长的理由：情况怎样复杂。"), "reason_missing")
    try:
        with transaction.atomic():
            row = SeizureExtension.objects.create(seizure=seizure, days=days, reason=reason.strip(), asked_by=by)
    except IntegrityError as error:
        raise Conflict(_("已经申请或批准过延长，只能延长一次。"), code="extended_already") from error
    trail.record(seizure, "ask_extension", by=by, why=reason.strip(), data={"days": days})
    _tell_heads(seizure, "seizure_proposed", _("有一件查封扣押延期等您审批"))
    _announce(seizure)
    return row


@transaction.atomic
def decide_extension(*, by: User, seizure_id: UUID, approve: bool, reason: str = "") -> SeizureExtension:
    """The head decides on the extension asked for. Too late is too late: an expired term is not brought back."""
    seizure = selectors.access_seizure(by, seizure_id, lock="head")
    row = seizure.extensions.select_for_update().filter(state=SeizureExtension.State.ASKED).first()
    if row is None:
        raise Conflict(_("没有等待审批的延期申请。"), code="no_extension_asked")
    if row.asked_by_id == by.pk:
        raise NotAllowed(_("报批人不能自己批准。请由另一位负责人审批。"), code="not_your_own")
    if approve:
        _term_runs(seizure)
    else:
        _need(reason, _("不批准要写明理由。"), "reason_missing")
    move(
        row,
        "approve" if approve else "refuse",
        by=by,
        why=reason.strip(),
        decided_by=by,
        decided_at=clock.now(),
        answer=(reason.strip() or "同意。")[:500],
    )
    if approve:
        _issue(seizure, SeizureDecision.Kind.EXTEND, by=by, reason=row.reason, days=row.days)
    _tell_officers(seizure, "seizure_decided", _("查封扣押延期已审批"))
    _announce(seizure)
    return row


def _term_runs(seizure: Seizure) -> None:
    standing = term.standing_of(seizure)
    if standing is None or standing.unlawful:
        raise Conflict(_("期限已满，不能再延长。请立即解除。"), code="term_over")


# The end --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def release(*, by: User, seizure_id: UUID, kind: str, reason: str, returned_to: str) -> Seizure:
    """Give the goods back: decided by the head; by an officer alone where the law leaves no choice.

    That is when the term is over, or when the head did not approve what had been carried out.
    """
    seizure = selectors.access_seizure(by, seizure_id)
    standing = term.standing_of(seizure)
    forced = seizure.state == State.MUST_RELEASE or bool(standing and standing.unlawful)
    seizure = selectors.access_seizure(by, seizure_id, lock="" if selectors.heads(by, seizure.unit_id) else "officer")
    if not forced and not selectors.heads(by, seizure.unit_id):
        raise NotAllowed(_("解除要由负责人决定。请报请负责人解除。"), code="head_only")
    if kind not in Seizure.Release.values:
        raise BadInput(_("请选择解除的情形。"), code="release_kind_wrong")
    _need(reason, _("请写明解除的理由。"), "reason_missing")
    _need(returned_to, _("请填写财物退还给谁。"), "returned_to_missing")
    now = clock.now()
    move(
        seizure,
        "release",
        by=by,
        why=reason.strip(),
        released_at=now,
        release_kind=kind,
        release_reason=reason.strip(),
        returned_to=returned_to.strip(),
    )
    for row in seizure.property_list.rows.filter(state=PropertyListRow.State.SEIZED):
        move(row, "return", by=by)
    for open_pause in seizure.pauses.filter(end=None):
        open_pause.end = now
        open_pause.save(update_fields=["end"])
    _issue(seizure, SeizureDecision.Kind.RELEASE, by=by, reason=reason.strip())
    _tell_officers(seizure, "seizure_decided", _("查封扣押已解除"))
    _announce(seizure)
    return seizure


# Alarms ---------------------------------------------------------------------------------------------------------------


def raise_alarms(*, now: datetime | None = None) -> int:
    """Tell officers and heads of terms that end within five days or are over, and of reports that are late.

    Once a day for each seizure and kind; safe to run often. Returns how many alarms were raised.
    """
    now = now or clock.now()
    raised = 0
    for seizure in selectors.open_seizures():
        standing, urgent = term.standing_of(seizure, now=now), term.report_of(seizure, now=now)
        if urgent is not None and urgent.late and urgent.reported_at is None:
            raised += _alarm(seizure, SeizureAlarm.Kind.REPORT_LATE, now, urgent.words)
        if standing is not None and standing.unlawful:
            raised += _alarm(seizure, SeizureAlarm.Kind.OVER, now, standing.words)
        elif standing is not None and standing.alarming:
            raised += _alarm(seizure, SeizureAlarm.Kind.ENDING, now, standing.words)
    return raised


@transaction.atomic
def _alarm(seizure: Seizure, kind: str, now: datetime, words: str) -> int:
    _row, new = SeizureAlarm.objects.get_or_create(seizure=seizure, kind=kind, day=clock.local_date(now))
    if new:
        title = {
            SeizureAlarm.Kind.ENDING: _("查封扣押即将期满"),
            SeizureAlarm.Kind.OVER: _("查封扣押已超期，应当立即解除"),
            SeizureAlarm.Kind.REPORT_LATE: _("当场查封扣押超过 24 小时没有补报"),
        }[SeizureAlarm.Kind(kind)]
        people = [*_officer_ids(seizure), *(head.pk for head in selectors.heads_of(seizure.unit))]
        tell(
            to=people,
            code="seizure_alarm",
            title=title,
            body=words,
            url=_url(seizure),
            urgent=kind == SeizureAlarm.Kind.OVER,
        )
        _announce(seizure)
    return int(new)


# Shared ---------------------------------------------------------------------------------------------------------------


def _need(text: str, sentence: Words, code: str) -> None:
    if not text.strip():
        raise BadInput(sentence, code=code)


def _url(seizure: Seizure) -> str:
    return reverse("seizures:detail", args=[seizure.pk], urlconf=settings.URLCONFS["province"])


def _officer_ids(seizure: Seizure) -> Iterable[UUID]:
    return {seizure.proposed_by_id, *(each.officer_id for each in seizure.inspection.officers.all())}


def _tell_heads(seizure: Seizure, code: str, title: Words) -> None:
    people = [head.pk for head in selectors.heads_of(seizure.unit)]
    tell(to=people, code=code, title=title, url=_url(seizure), body=seizure.inspection.number)


def _tell_officers(seizure: Seizure, code: str, title: Words) -> None:
    tell(to=_officer_ids(seizure), code=code, title=title, url=_url(seizure), body=seizure.inspection.number)


def _announce(seizure: Seizure) -> None:
    live.publish([f"seizure:{seizure.pk}", f"inspection:{seizure.inspection_id}", "seizures"], "seizure", {})


def read_quantity(text: str) -> Decimal | None:
    """A quantity as typed; None for nothing. Raises BadInput."""
    if not text.strip():
        return None
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise BadInput(_("数量要写成数字，例如 12 或 2.5。"), code="quantity_wrong") from error
    if not number.is_finite() or number < 0 or number > Decimal("999999999"):
        raise BadInput(_("数量要写成数字，例如 12 或 2.5。"), code="quantity_wrong")
    return number


def total_by_unit(rows: Iterable[Any]) -> list[tuple[str, Decimal]]:
    """Quantities added up within each unit; bottles and kilograms are never added to each other."""
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row.unit] = totals.get(row.unit, Decimal(0)) + row.quantity
    return sorted(totals.items())


__all__ = [
    "Taken",
    "apply_seal",
    "ask_extension",
    "carry_out",
    "carry_out_at_once",
    "change_list",
    "decide",
    "decide_extension",
    "draft_seizure",
    "end_seal",
    "hand_over",
    "pause",
    "price_of",
    "propose",
    "raise_alarms",
    "release",
    "report",
    "resume",
    "withdraw",
]
