"""核查: the unit signs for a clue, sends it back to the desk or checks it with two officers, and ends it with reasons.

There is no step by which a unit could pass a clue to another unit. Inside its own house it hands down (C-19).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.selectors import below, heads
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Problem
from tenants.clues import selectors
from tenants.clues.models import Clue, ClueAsk, ClueMatter, Dispatch, JurisdictionDecision, Verifier
from tenants.clues.routing.places import where
from tenants.clues.services import clocks, filing
from tenants.clues.services.disputes import refused_twice
from tenants.clues.services.steps import announce, need, tell_people
from tenants.inspections import services as inspections
from tenants.inspections.models import Inspection, MarketEntity

State = Clue.State
TWO = 2


@transaction.atomic
def sign_for(*, by: User, clue_id: UUID) -> Clue:
    """签收: the unit has it. Whoever signs holds it unless the desk named somebody."""
    clue = selectors.clue_to_change(by, clue_id, who="unit")
    holder = clue.holder or (by if by.unit_id == clue.holder_unit_id and by.has_role(Post.Role.OFFICER) else None)
    move(clue, "sign_for", by=by, holder=holder)
    row = clue.dispatches.filter(ending="").first()
    if row is not None:
        row.ending, row.ended_at, row.ended_by = Dispatch.Ending.SIGNED, clock.now(), by
        row.save(update_fields=["ending", "ended_at", "ended_by"])
    clocks.reckon(clue)
    announce(clue, "sign_for")
    return clue


@transaction.atomic
def send_back(*, by: User, clue_id: UUID, reason: str, words: str = "", right_unit_name: str = "") -> Clue:
    """退回: to the desk and nowhere else, with the reason. A second unit that is not competent opens a dispute, and
    keeps the clue until their common superior has decided.

    Raises BadInput; Conflict `designated_stays` where a superior has designated this unit.
    """
    clue = selectors.clue_to_change(by, clue_id, who="unit")
    if clue.state not in (State.DISPATCHED, State.VERIFYING):
        move(clue, "return", by=by)  # raises, with the words for it
    if reason not in Dispatch.ReturnReason.values:
        raise BadInput(_("请选择退回的原因。"), code="return_reason_wrong")
    not_competent = reason == Dispatch.ReturnReason.NOT_COMPETENT
    if not_competent or reason == Dispatch.ReturnReason.OTHER:
        need(words, _("请写明退回的理由，受理单位据此改派。"), "reason_missing")
    decision = clue.jurisdictions.first()
    if (
        not_competent
        and decision is not None
        and decision.basis == JurisdictionDecision.Basis.DESIGNATED
        and decision.unit_id == clue.holder_unit_id
    ):
        raise Conflict(_("上级已指定由本单位管辖，不能再以不属管辖退回。请核查，或报告上级。"), code="designated_stays")
    row = clue.dispatches.first()
    if row is not None:
        row.ending, row.ended_at, row.ended_by = Dispatch.Ending.RETURNED, clock.now(), by
        row.return_reason, row.return_words = reason, words.strip()[:500]
        row.right_unit_name = right_unit_name.strip()[:80]
        row.save()
    said = "：".join(each for each in (str(Dispatch.ReturnReason(reason).label), words.strip()) if each)
    if not_competent and refused_twice(clue, by=by, why=said):
        return clue
    _leave(clue, by)
    move(clue, "return", by=by, why=said, holder_unit_id=clue.desk_unit_id, holder=None)
    clocks.reckon(clue)
    tell_people(selectors.dispatchers_of(clue.desk_unit), clue, "clue_returned", _("有一条线索被退回，请改派"), but=by)
    announce(clue, "return")
    return clue


def _leave(clue: Clue, by: User) -> None:
    """Whoever checked it checks it no more; a pause they had opened ends, and what they had asked is dropped."""
    now = clock.now()
    clue.verifiers.filter(until=None).update(until=now)
    clue.pauses.filter(end=None).update(end=now)
    for each in clue.asks.filter(state=ClueAsk.State.ASKED):
        move(each, "withdraw", by=by)


@transaction.atomic
def hand_down(*, by: User, clue_id: UUID, unit_id: UUID | None = None, officer_id: UUID | None = None) -> Clue:
    """内部交办: by the unit's own head or dispatcher, to a section, brigade or station inside it, or to an officer."""
    clue = selectors.clue_to_change(by, clue_id, who="any")
    leads = heads(by, clue.holder_unit_id) or any(
        post.unit_id == clue.holder_unit_id and post.role == Post.Role.DISPATCHER for post in by.posts.all()
    )
    if not leads:
        raise NotAllowed(_("内部交办由本单位负责人或线索管理员决定。"), code="head_only")
    if clue.state not in (State.DISPATCHED, State.VERIFYING):
        raise Conflict(_("线索不在单位手上，不能内部交办。"), code="not_with_the_unit")
    unit = selectors.unit_or_404(unit_id) if unit_id else clue.holder_unit
    if unit.pk not in below(clue.holder_unit):
        raise BadInput(
            _("内部交办只能交给本单位的股室、大队或所。不属本单位管辖的，请退回受理单位。"), code="outside_the_house"
        )
    officer = None
    if officer_id is not None:
        officer = selectors.officers_of_unit(unit.pk).filter(pk=officer_id).first()
        if officer is None:
            raise BadInput(_("承办人要是这个单位在岗的执法人员。"), code="officer_elsewhere")
    before = clue.holder_unit.name
    clue.holder_unit, clue.holder = unit, officer
    clue.save(update_fields=["holder_unit", "holder"])
    trail.record(
        clue,
        "hand_down",
        by=by,
        data={"before": before, "unit": unit.name, "officer": officer.display_name if officer else ""},
    )
    people = [officer] if officer else selectors.people_of_unit(unit)
    tell_people(people, clue, "clue_handed_down", _("有一条线索交由您核查"), but=by)
    announce(clue, "hand_down")
    return clue


@transaction.atomic
def set_verifiers(*, by: User, clue_id: UUID, officer_ids: Sequence[UUID]) -> list[Verifier]:
    """Who checks: two officers or more, each with a certificate that holds today. Source: 行政处罚法 art. 42."""
    clue = selectors.clue_to_change(by, clue_id, who="unit")
    if clue.state != State.VERIFYING:
        raise Conflict(_("先签收，再确定核查人员。"), code="not_verifying")
    people = list(User.people.filter(pk__in=set(officer_ids), is_active=True, posts__role=Post.Role.OFFICER).distinct())
    if len(people) < TWO:
        raise BadInput(
            _("核查要由两名以上执法人员进行，现选了 {found} 名。请再选。"), code="verifiers_missing", found=len(people)
        )
    lapsed = [each.name for each in people if not _certified(each)]
    if lapsed:
        raise BadInput(
            _("{names}没有有效的执法证，不能核查。请换一名执法人员。"), code="certificate_lapsed", names=lapsed
        )
    chosen = {each.pk for each in people}
    clue.verifiers.filter(until=None).exclude(officer_id__in=chosen).update(until=clock.now())
    staying = set(clue.verifiers.filter(until=None).values_list("officer_id", flat=True))
    Verifier.objects.bulk_create(
        Verifier(clue=clue, officer=each, name=each.name, certificate_no=each.officer_cert_no or "")
        for each in people
        if each.pk not in staying
    )
    trail.record(clue, "set_verifiers", by=by, data={"count": len(people)})
    tell_people(people, clue, "clue_verifier", _("请您核查一条线索"), but=by)
    announce(clue, "set_verifiers")
    return list(clue.verifiers.filter(until=None))


def _certified(person: User) -> bool:
    until = person.officer_cert_until
    return bool(person.officer_cert_no) and until is not None and until >= clock.today()


@transaction.atomic
def begin_inspection(*, by: User, clue_id: UUID, inspection_id: UUID | None = None) -> Inspection:
    """An inspection from the clue in one tap, its place and party filled in. inspection_id makes it once.

    An inspection of this clue that is still open is given back instead of a second one.
    """
    clue = selectors.clue(by, clue_id)
    checks = clue.verifiers.filter(officer=by, until=None).exists()
    if not checks:
        clue = selectors.clue_to_change(by, clue_id, who="unit")
    if clue.state != State.VERIFYING:
        raise Conflict(_("签收后才能从线索开始现场检查。"), code="not_verifying")
    linked = clue.matters.filter(kind=ClueMatter.Kind.INSPECTION).values_list("record_id", flat=True)
    for known in Inspection.objects.filter(pk__in=list(linked)).order_by("-started_at"):
        if known.pk == inspection_id or known.state == Inspection.State.OPENED:
            return known
    code = clue.division_code if where(clue.division_code).final else (by.unit.division_code[:6] if by.unit else "")
    begun = inspections.open_inspection(
        by=by,
        place=inspections.Place(county_code=code, place=clue.address_raw[:200]),
        inspection_id=inspection_id,
    )
    ClueMatter.objects.get_or_create(clue=clue, kind=ClueMatter.Kind.INSPECTION, record_id=begun.pk)
    _fill_in(begun, clue, by)
    trail.record(clue, "begin_inspection", by=by, data={"inspection": begun.number})
    announce(clue, "begin_inspection")
    return begun


def _fill_in(begun: Inspection, clue: Clue, by: User) -> None:
    """The party as the clue names it. A code with a slip in it is left for the officer to read off the licence."""
    if not (clue.subject_name and clue.subject_code):
        return
    try:
        with transaction.atomic():
            inspections.set_entity(
                by=by,
                inspection_id=begun.pk,
                kind=MarketEntity.Kind.LICENSED,
                name=clue.subject_name,
                uscc=clue.subject_code,
                address=clue.address_raw[:200] if clue.place_role == Clue.PlaceRole.LICENCE else "",
                phone=clue.subject_phone,
            )
    except Problem as problem:
        trail.record(clue, "party_not_filled_in", by=by, data={"code": problem.code})


@transaction.atomic
def end(
    *,
    by: User,
    clue_id: UUID,
    result: str,
    outcome: str,
    words: str,
    case_ids: Sequence[UUID] = (),
    outside_number: str = "",
) -> Clue:
    """办结: what was found, what was done, and why. Not to file is the head's decision: it is laid before them.

    From the desk where it holds the clue; from the unit once two officers have checked. Filed names its case: case_ids
    of cases here, outside_number of one in the bureau's own system. Returns the clue: ended, or unchanged with an ask
    that waits. Raises BadInput, NotAllowed, MoveRefused.
    """
    clue = selectors.clue_to_change(by, clue_id, who="any")
    said = _ending(clue, by, result, outcome, words)
    if outcome == Clue.Outcome.NO_FILING:
        from tenants.clues.services.asking import ask_not_to_file

        ask_not_to_file(clue, by=by, said=said)
        return clue
    if outcome == Clue.Outcome.FILED:
        cases, said["outside_number"] = filing.named(clue, by, case_ids, outside_number)
        filing.link(clue, cases)
    return finish(clue, by=by, **said)


def _ending(clue: Clue, by: User, result: str, outcome: str, words: str) -> dict[str, Any]:
    if clue.state not in Clue.MOVES["end"][0]:
        move(clue, "end", by=by, outcome=outcome)  # raises, with the words for it
    if clue.state != State.VERIFYING and not selectors.keeps_desk(by, clue):
        raise NotAllowed()
    if clue.state == State.VERIFYING and not selectors.works_for(by, clue.holder_unit_id):
        raise NotAllowed()
    if result not in Clue.Result.values or outcome not in Clue.Outcome.values:
        raise BadInput(_("请选择核查结果和处置。"), code="ending_wrong")
    need(words, _("请写明核查情况和理由。"), "reason_missing")
    contradicts = result in (Clue.Result.UNTRUE, Clue.Result.DUPLICATE) and outcome in (
        Clue.Outcome.FILED,
        Clue.Outcome.REFERRED,
    )
    if contradicts:
        raise BadInput(
            _("核查结果是“{result}”，不能同时是“{outcome}”。请核对后再办结。"),
            code="ending_contradicts",
            result=str(Clue.Result(result).label),
            outcome=str(Clue.Outcome(outcome).label),
        )
    without_check = (Clue.Result.DUPLICATE, Clue.Result.NOT_COMPETENT)
    if clue.state == State.VERIFYING and result not in without_check:
        checked = clue.verifiers.filter(until=None).count()
        if checked < TWO:
            raise BadInput(
                _("核查要由两名以上执法人员进行，现选了 {found} 名。请再选。"), code="verifiers_missing", found=checked
            )
    return {"result": result, "outcome": outcome, "words": words.strip()[:1000]}


def finish(clue: Clue, *, by: User, result: str, outcome: str, words: str, outside_number: str = "") -> Clue:
    """The end itself, in the caller's transaction."""
    now = clock.now()
    clue.pauses.filter(end=None).update(end=now)
    for each in clue.asks.filter(state=ClueAsk.State.ASKED):
        move(each, "withdraw", by=by)
    move(
        clue,
        "end",
        by=by,
        noted={"result": result, "outcome": outcome},
        result=result,
        outcome=outcome,
        ending_words=words,
        outside_number=outside_number,
        ended_at=now,
        due_at=None,
    )
    people = [*selectors.dispatchers_of(clue.desk_unit)]
    if clue.registered_by is not None:
        people.append(clue.registered_by)
    tell_people({each.pk: each for each in people}.values(), clue, "clue_ended", _("一条线索已办结"), but=by)
    announce(clue, "end")
    return clue


@transaction.atomic
def reopen(*, by: User, clue_id: UUID, reason: str) -> Clue:
    """重新办理: by a head, with the reason. The clue is on the desk again and its term runs anew."""
    clue = selectors.clue(by, clue_id)
    if not (heads(by, clue.desk_unit_id) or heads(by, clue.holder_unit_id)):
        raise NotAllowed(_("重新办理由负责人决定。"), code="head_only")
    why = need(reason, _("请写明重新办理的理由。"), "reason_missing")
    move(
        clue,
        "reopen",
        by=by,
        why=why,
        result="",
        outcome="",
        ending_words="",
        outside_number="",
        ended_at=None,
        clock_from=clock.now(),
        holder_unit_id=clue.desk_unit_id,
        holder=None,
    )
    clue.verifiers.filter(until=None).update(until=clock.now())
    clocks.reckon(clue)
    tell_people(selectors.dispatchers_of(clue.desk_unit), clue, "clue_reopened", _("一条线索重新办理，请分派"), but=by)
    announce(clue, "reopen")
    return clue
