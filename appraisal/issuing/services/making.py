"""A letter is drafted from verdicts, written out, made anew as the next version, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.desk import selectors as desks
from appraisal.desk.models import DeskItem, DeskTask, DeskVerdict
from appraisal.desk.selectors import Desk
from appraisal.issuing import building, register, selectors
from appraisal.issuing.models import (
    LetterFinding,
    LetterItem,
    Notice,
    OpinionLetter,
    Sample,
)
from appraisal.issuing.services.finding import write_search_text
from appraisal.issuing.services.steps import State, changed, require_appraiser, require_state
from appraisal.issuing.words import RESPONSIBILITY
from audit import numbering, trail
from audit.move import move
from federation.contracts.appraisal import CONCLUSIVE, VerdictValue
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7

Grade = LetterFinding.Grade
MOST_ITEMS = 200


class NothingConclusive(Conflict):
    """No item of the request has a verdict that a letter could repeat."""

    code = "nothing_conclusive"
    sentence = _("这件申请还没有明确的辨认结论，不能出具意见书。请先对商品作出结论。")


@transaction.atomic
def make(
    *, acting: ActingFor, task_id: UUID, item_ids: Sequence[UUID] = (), letter_id: UUID | None = None
) -> OpinionLetter:
    """Draft a letter from the standing verdicts of a task: of the items named, or of all that have a conclusion.

    Twice is once: while a letter for these items is open, or formal with the same verdicts, that one is returned.
    item_ids: rows of the desk. Raises NothingConclusive, BadInput.
    """
    require_appraiser(acting)
    desk = Desk(acting.person, acting.organisation)
    task = desks.access_task(desk, task_id, lock=True)
    if letter_id and (known := task.letters.filter(pk=letter_id).first()):
        return known
    chosen = _conclusive(task, item_ids)
    if not chosen:
        raise NothingConclusive()
    open_one = _covering(task, chosen)
    if open_one is not None:
        return open_one
    notice = (
        Notice.objects.filter(task=task, state__in=(Notice.State.RECEIVED, Notice.State.WORKING))
        .order_by("issued_at")
        .first()
    )
    pk = letter_id or uuid7()
    letter = OpinionLetter.objects.create(
        pk=pk,
        root=pk,
        task=task,
        organisation=acting.organisation,
        agent=acting.via,
        notice=notice,
        author=acting.person,
        appraiser=acting.person,
        responsibility=str(RESPONSIBILITY),
        **_examined(task, chosen),
    )
    for position, (item, verdict) in enumerate(chosen, start=1):
        _add(letter, position, item, verdict)
    write_search_text(OpinionLetter.objects.filter(pk=letter.pk))
    trail.record(letter, "make", by=acting.person, to_state=letter.state, data={"items": len(chosen)})
    if notice is not None and notice.state == Notice.State.RECEIVED:
        move(notice, "begin", by=acting.person)
    changed(letter)
    return letter


def _conclusive(task: DeskTask, item_ids: Sequence[UUID]) -> list[tuple[DeskItem, DeskVerdict]]:
    wanted, found = set(item_ids), []
    items = list(task.items.all())
    if unknown := wanted - {item.pk for item in items}:
        raise BadInput(_("这件商品不在该申请里，请刷新页面。"), code="item_unknown", item_id=sorted(unknown)[0])
    for item in items:
        if wanted and item.pk not in wanted:
            continue
        verdict = desks.standing_verdict(item)
        if verdict is None or VerdictValue(verdict.value) not in CONCLUSIVE:
            if wanted:
                raise BadInput(
                    _("“{product}”还没有明确的结论，不能写进意见书。请先作出结论，或不选这一件。"),
                    code="verdict_open",
                    product=item.product_name,
                )
            continue
        found.append((item, verdict))
    return found


def _covering(task: DeskTask, chosen: list[tuple[DeskItem, DeskVerdict]]) -> OpinionLetter | None:
    """A letter that is open for any of these items, or formal with just these verdicts."""
    items, verdicts = {item.pk for item, _verdict in chosen}, {verdict.pk for _item, verdict in chosen}
    for letter in task.letters.exclude(state=State.DROPPED).prefetch_related("items"):
        if letter.state in OpinionLetter.OPEN and items & {row.item_id for row in letter.items.all()}:
            return letter
        if letter.state == State.FORMAL and verdicts <= {row.verdict_id for row in letter.items.all()}:
            return letter
    return None


def _examined(task: DeskTask, chosen: list[tuple[DeskItem, DeskVerdict]]) -> dict[str, Any]:
    """How, when and where, as the records say it."""
    opinions = [verdict.opinion for _item, verdict in chosen]
    sealed = Sample.objects.filter(task=task).exclude(state=Sample.State.SENT).first()
    on_site = any(opinion.on_site for opinion in opinions)
    Mode = OpinionLetter.ExamMode
    mode = Mode.ON_SITE if on_site else Mode.PHYSICAL if sealed else Mode.PHOTO
    ended = max(opinion.given_at for opinion in opinions)
    places = {
        Mode.ON_SITE: _("执法现场"),
        Mode.PHYSICAL: _("本单位鉴定室，依据封样"),
        Mode.PHOTO: _("本单位鉴定室，依据机关提交的照片"),
    }
    return {
        "exam_mode": mode,
        "exam_began_at": min(task.claimed_at or ended, ended),
        "exam_ended_at": ended,
        "exam_place": str(places[mode]),
    }


def _add(letter: OpinionLetter, position: int, item: DeskItem, verdict: DeskVerdict) -> LetterItem:
    product = building.product_of(item)
    guide = product.guide_price_yuan if product else None
    sealed = Sample.objects.filter(task=letter.task, item_ids__contains=str(item.item_id)).order_by("-id").first()
    row = LetterItem.objects.create(
        letter=letter,
        position=position,
        item=item,
        verdict=verdict,
        seal_no=sealed.seal_no if sealed else "",
        price_yuan=guide,
        price_unit=(item.quantity_unit or "件") if guide is not None else "",
        price_basis=LetterItem.PriceBasis.GUIDE if guide is not None else "",
        price_as_of=clock.today() if guide is not None else None,
    )
    LetterFinding.objects.bulk_create(_findings(row, verdict))
    return row


def _findings(row: LetterItem, verdict: DeskVerdict) -> list[LetterFinding]:
    """From the checkpoints: the first that tells is printed, the others go to the annex, secret ones stay here.

    Without any, the reasons that the officer has read already are the printed ground.
    """
    telling = "same" if verdict.value == VerdictValue.GENUINE else "different"
    words = {"same": _("与正品一致"), "different": _("与正品不一致"), "cannot_see": _("看不清")}
    found: list[LetterFinding] = []
    for said, kept in ((verdict.checkpoints, False), (verdict.secret_checkpoints, True)):
        for each in said:
            result = str(words[each["result"]])
            difference = f"{result}：{each['note']}" if each["note"] else result
            printed = not kept and each["result"] == telling and all(f.grade != Grade.PRINTED for f in found)
            found.append(
                LetterFinding(
                    item=row,
                    position=len(found) + 1,
                    grade=Grade.KEPT if kept else Grade.PRINTED if printed else Grade.ANNEX,
                    feature=each["checkpoint"][:200],
                    difference=difference,
                )
            )
    if all(each.grade != Grade.PRINTED for each in found):
        ground = LetterFinding(
            item=row, position=0, grade=Grade.PRINTED, feature=str(_("辨认理由")), difference=verdict.reasons
        )
        found.insert(0, ground)
    return found


# Writing ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class FindingSaid:
    """One compared feature as somebody wrote it."""

    grade: str
    feature: str
    genuine: str = ""
    sample: str = ""
    difference: str = ""


@dataclass(frozen=True, kw_only=True)
class ItemSaid:
    """What the letter says of one item beside its conclusion. row_id: of LetterItem."""

    row_id: UUID
    seal_no: str = ""
    statement: str = ""
    price_yuan: Decimal | None = None
    price_unit: str = ""
    price_basis: str = ""
    price_basis_text: str = ""
    price_as_of: date | None = None
    findings: Sequence[FindingSaid] = field(default_factory=tuple)


@transaction.atomic
def write(
    *,
    acting: ActingFor,
    letter_id: UUID,
    items: Sequence[ItemSaid] = (),
    **said: Any,
) -> OpinionLetter:
    """Write a draft out.

    said: exam_mode, exam_began_at, exam_ended_at, exam_place, remarks, responsibility, employee_no. What is
    not given stays as it is. Incomplete is allowed: the gate is asked when the letter goes on.
    """
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    require_state(letter, State.DRAFT)
    known = {
        "exam_mode", "exam_began_at", "exam_ended_at", "exam_place", "remarks", "responsibility", "employee_no",
    }  # fmt: skip
    if odd := set(said) - known:
        raise ValueError(f"a draft has no {sorted(odd)}")
    for name, value in said.items():
        setattr(letter, name, value)
    if said:
        letter.save(update_fields=[*said])
    rows = {row.pk: row for row in letter.items.all()}
    for each in items:
        row = rows.get(each.row_id)
        if row is None:
            raise BadInput(_("这件商品不在这份意见书里，请刷新页面。"), code="item_unknown", item_id=each.row_id)
        _write_item(row, each)
    changed(letter)
    return letter


def _write_item(row: LetterItem, said: ItemSaid) -> None:
    names = (
        "seal_no", "statement", "price_yuan", "price_unit", "price_basis", "price_basis_text", "price_as_of",
    )  # fmt: skip
    for name in names:
        setattr(row, name, getattr(said, name))
    row.save(update_fields=names)
    row.findings.all().delete()
    LetterFinding.objects.bulk_create(
        LetterFinding(
            item=row,
            position=position,
            grade=each.grade,
            feature=each.feature.strip()[:200],
            genuine=each.genuine.strip(),
            sample=each.sample.strip(),
            difference=each.difference.strip(),
        )
        for position, each in enumerate(said.findings, start=1)
        if each.feature.strip()
    )


@transaction.atomic
def set_grade(*, acting: ActingFor, letter_id: UUID, finding_id: UUID, grade: str) -> OpinionLetter:
    """Say who may read one compared feature: everybody, the bureau only, nobody outside."""
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    require_state(letter, State.DRAFT)
    if grade not in Grade.values:
        raise BadInput(_("没有这种去向，请重新选择。"), code="grade_unknown", grade=grade)
    finding = selectors.access_finding(letter, finding_id)
    finding.grade = grade
    finding.save(update_fields=["grade"])
    changed(letter)
    return letter


@transaction.atomic
def refresh_item(*, acting: ActingFor, letter_id: UUID, row_id: UUID) -> OpinionLetter:
    """Take the item's standing verdict into a draft, with its reasons; both verdicts stay on the desk's record."""
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    require_state(letter, State.DRAFT)
    row = selectors.access_letter_item(letter, row_id)
    verdict = desks.standing_verdict(row.item)
    if verdict is None or VerdictValue(verdict.value) not in CONCLUSIVE:
        raise BadInput(
            _("“{product}”还没有明确的结论，不能写进意见书。请先作出结论，或不选这一件。"),
            code="verdict_open",
            product=row.item.product_name,
        )
    if verdict.pk != row.verdict_id:
        row.verdict = verdict
        row.save(update_fields=["verdict"])
        row.findings.all().delete()
        LetterFinding.objects.bulk_create(_findings(row, verdict))
        letter.exam_ended_at = max(letter.exam_ended_at, verdict.opinion.given_at)
        letter.save(update_fields=["exam_ended_at"])
    changed(letter)
    return letter


@transaction.atomic
def leave_out(*, acting: ActingFor, letter_id: UUID, row_id: UUID) -> OpinionLetter:
    """Take an item out of a draft."""
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    require_state(letter, State.DRAFT)
    row = selectors.access_letter_item(letter, row_id)
    row.delete()
    for position, left in enumerate(letter.items.all(), start=1):
        if left.position != position:
            left.position = position
            left.save(update_fields=["position"])
    write_search_text(OpinionLetter.objects.filter(pk=letter.pk))
    changed(letter)
    return letter


@transaction.atomic
def take_over(*, acting: ActingFor, letter_id: UUID) -> OpinionLetter:
    """Another appraiser becomes the one who signs a draft: the first one's authorisation ended, or they are away."""
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    require_state(letter, State.DRAFT)
    if letter.appraiser_id != acting.person.pk:
        trail.record(letter, "take_over", by=acting.person, data={"from": str(letter.appraiser_id)})
        letter.appraiser, letter.agent, letter.employee_no = acting.person, acting.via, ""
        letter.save(update_fields=["appraiser", "agent", "employee_no"])
    changed(letter)
    return letter


@transaction.atomic
def drop(*, acting: ActingFor, letter_id: UUID, reason: str = "") -> OpinionLetter:
    """Throw a draft away. A number that was taken stays in the series, void and in sight."""
    require_appraiser(acting)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    move(letter, "drop", by=acting.person, why=reason, ended_at=clock.now(), end_reason=reason)
    if letter.number:
        numbering.void(letter.number, reason.strip() or str(_("草稿作废")), acting.person)
        register.write(letter)
    changed(letter)
    return letter


# The next version ---------------------------------------------------------------------------------------------------


@transaction.atomic
def new_version(*, acting: ActingFor, letter_id: UUID, reason: str, new_id: UUID | None = None) -> OpinionLetter:
    """Draft the version that takes a letter's place: the same items with the verdicts that stand now.

    The old one stays as it is until the new one is formal. Twice is once while the draft is open.
    """
    require_appraiser(acting)
    old = selectors.access_letter(acting, letter_id, lock=True)
    there = old.successors.exclude(state=State.DROPPED).first()
    if there is not None:
        return there
    require_state(old, State.FORMAL, State.WITHDRAWN)
    if not reason.strip():
        raise BadInput(_("请写明换发新版的原因。"), code="reason_missing")
    chosen = []
    for row in old.items.select_related("item"):
        verdict = desks.standing_verdict(row.item)
        if verdict is not None and VerdictValue(verdict.value) in CONCLUSIVE:
            chosen.append((row, verdict))
    if not chosen:
        raise NothingConclusive()
    letter = OpinionLetter.objects.create(
        pk=new_id or uuid7(),
        root=old.root,
        version_no=old.version_no + 1,
        supersedes=old,
        revision_reason=reason.strip()[:500],
        task=old.task,
        organisation=old.organisation,
        agent=acting.via,
        notice=old.notice,
        author=acting.person,
        appraiser=acting.person,
        exam_mode=old.exam_mode,
        exam_began_at=old.exam_began_at,
        exam_ended_at=max([old.exam_ended_at, *(verdict.opinion.given_at for _row, verdict in chosen)]),
        exam_place=old.exam_place,
        remarks=old.remarks,
        responsibility=old.responsibility,
        employee_no=old.employee_no if old.appraiser_id == acting.person.pk else "",
    )
    for position, (row, verdict) in enumerate(chosen, start=1):
        _copy(letter, position, row, verdict)
    write_search_text(OpinionLetter.objects.filter(pk=letter.pk))
    trail.record(letter, "make", by=acting.person, to_state=letter.state, data={"supersedes": str(old.pk)})
    changed(letter)
    changed(old)
    return letter


def _copy(letter: OpinionLetter, position: int, old: LetterItem, verdict: DeskVerdict) -> None:
    row = LetterItem.objects.create(
        letter=letter,
        position=position,
        item=old.item,
        verdict=verdict,
        statement=old.statement,
        seal_no=old.seal_no,
        price_yuan=old.price_yuan,
        price_unit=old.price_unit,
        price_basis=old.price_basis,
        price_basis_text=old.price_basis_text,
        price_as_of=old.price_as_of,
    )
    if verdict.pk != old.verdict_id:
        LetterFinding.objects.bulk_create(_findings(row, verdict))
        return
    LetterFinding.objects.bulk_create(
        LetterFinding(
            item=row,
            position=each.position,
            grade=each.grade,
            feature=each.feature,
            genuine=each.genuine,
            sample=each.sample,
            difference=each.difference,
        )
        for each in old.findings.all()
    )
