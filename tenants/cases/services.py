"""What is done with proposals and cases, each call one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from appraisal.requests import selectors as requests
from appraisal.requests.models import Verdict
from audit import trail
from audit.move import move
from audit.numbering import issue
from kernel import clock, uscc
from kernel.canonical import canonical_json, sha256_hex
from kernel.errors import BadInput, Conflict, NotAllowed, Words
from kernel.ids import uuid7
from notify import live
from notify.services import tell
from tenants.cases import hooks, opinions, selectors, terms
from tenants.cases.causes import cause_on
from tenants.cases.models import (
    Case,
    CaseEvidence,
    CaseExtension,
    CaseHandler,
    CaseParty,
    CasePause,
    CaseProposal,
    CaseUnit,
    ReferralDecision,
)
from tenants.inspections.models import Inspection, Seizure
from tenants.inspections.seizure_selectors import heads_of, issuing_unit
from tenants.inspections.thresholds import Check

FILING_WORD = "立案"
LEGAL_KIND_OF_VERDICT = "documentary"
"""A right holder's identification opinion is a document of theirs, no expert opinion in law."""


class ReferralMissing(Conflict):
    """The goods reach a line where referral to the police is a duty, and nobody has decided on it."""

    code = "referral_decision_missing"
    sentence = _("案件已达到移送公安机关的标准（{rules}），没有移送决定不能结案。请先报负责人作出移送或不移送的决定。")


# Proposing and filing -------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    by: User,
    cause_code: str,
    summary: str,
    inspection_id: UUID | None = None,
    request_id: UUID | None = None,
    transfer_id: UUID | None = None,
    party_name: str = "",
    party_kind: str = "",
    party_uscc: str = "",
    handler_ids: Sequence[UUID] = (),
    proposal_id: UUID | None = None,
) -> CaseProposal:
    """提请立案 from an inspection, from the verdict on a request, or from a case that was handed over to this bureau.

    proposal_id makes it once. transfer_id: the caller has seen to it that this person may take it up. handler_ids: the
    other officers who will work on it; of an inspection, its officers unless named. Two at least. Raises BadInput;
    kernel.uscc's errors for a code that is wrong.
    """
    if proposal_id and CaseProposal.objects.filter(pk=proposal_id).exists():
        return selectors.access_proposal(by, proposal_id)
    if [inspection_id, request_id, transfer_id].count(None) != 2:
        raise BadInput(_("请从一次检查或一份辨认结论提请立案。"), code="source_missing")
    inspection = selectors.source_inspection(by, inspection_id) if inspection_id else None
    request = requests.access_request(by, request_id, lock=True) if request_id else None
    if request is not None and not selectors.infringing_verdicts(inspection=None, request_id=request.pk):
        raise BadInput(_("这份申请还没有认定为假冒的辨认结论，不能据此提请立案。"), code="no_verdict")
    if transfer_id is not None and selectors.proposal_of_transfer(transfer_id) is not None:
        raise Conflict(_("这件移送案件已经提请立案。请打开已有的提请。"), code="proposed_already")
    if not summary.strip():
        raise BadInput(_("请写明案情和提请立案的理由。"), code="summary_missing")
    day = clock.today()
    cause = cause_on(cause_code, day)
    entity = inspection.entity if inspection else None
    if entity is not None and not party_name.strip():
        party_name, party_uscc = entity.name, entity.uscc
        party_kind = _PARTY_KINDS.get(entity.kind, CaseParty.Kind.ENTERPRISE)
    if not party_name.strip():
        raise BadInput(_("请填写当事人；没有执照的填经营者姓名。"), code="party_missing")
    handlers = _handlers(by, inspection, handler_ids)
    proposal = CaseProposal.objects.create(
        pk=proposal_id or uuid7(),
        unit=inspection.unit if inspection else request.unit if request else by.unit,
        source=CaseProposal.Source.INSPECTION
        if inspection
        else CaseProposal.Source.VERDICT
        if request
        else CaseProposal.Source.TRANSFER,
        inspection=inspection,
        request=request,
        transfer_id=transfer_id,
        cause_code=cause.code,
        cause_day=day,
        party_name=party_name.strip(),
        party_kind=party_kind if party_kind in CaseParty.Kind.values else CaseParty.Kind.ENTERPRISE,
        party_uscc=uscc.parse(party_uscc) if party_uscc.strip() else "",
        summary=summary.strip(),
        handlers=handlers,
        proposed_by=by,
    )
    trail.record(proposal, "propose", by=by, to_state=proposal.state, data={"cause": cause.code})
    people = [head.pk for head in heads_of(proposal.unit)]
    tell(to=people, code="case_proposed", title=_("有一件提请立案等您审批"), url=_proposal_url(proposal))
    _announce_proposal(proposal)
    return proposal


_PARTY_KINDS = {
    "licensed": CaseParty.Kind.ENTERPRISE,
    "unlicensed": CaseParty.Kind.INDIVIDUAL_BUSINESS,
    "stall": CaseParty.Kind.STALL,
    "natural_person": CaseParty.Kind.NATURAL_PERSON,
}


def _handlers(by: User, inspection: Inspection | None, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    named = {} if by.is_service else {by.pk: by}
    if inspection is not None and not ids:
        named |= {each.officer_id: each.officer for each in inspection.officers.select_related("officer")}
    named |= {each.pk: each for each in selectors.officers_by_id(list(ids))}
    if len(named) < 2:
        raise BadInput(_("立案至少要两名办案人员。请再选一名。"), code="handlers_missing")
    return [
        {"user_id": str(each.pk), "name": each.name, "certificate_no": each.officer_cert_no or ""}
        for each in named.values()
    ]


@transaction.atomic
def decide(*, by: User, proposal_id: UUID, approve: bool, reason: str = "") -> CaseProposal:
    """The head files the case, which gives it its number, or does not, with a reason. `proposal.case`: the new one."""
    proposal = selectors.access_proposal(by, proposal_id, lock=True)
    if not selectors.heads(by, proposal.unit_id):
        raise NotAllowed()
    if by.pk == proposal.proposed_by_id:
        raise NotAllowed(_("提请人不能自己批准立案。请由另一位负责人审批。"), code="not_your_own")
    if not approve and not reason.strip():
        raise BadInput(_("不予立案要写明理由。"), code="reason_missing")
    move(
        proposal,
        "file" if approve else "refuse",
        by=by,
        why=reason.strip(),
        decided_by=by,
        decided_at=clock.now(),
        answer=(reason.strip() or "同意立案。")[:500],
    )
    if approve:
        _file(proposal, by)
    officers = [each["user_id"] for each in proposal.handlers]
    title: Words = _("提请的案件已立案") if approve else _("提请的案件不予立案")
    tell(to=officers, code="case_decided", title=title, url=_proposal_url(proposal))
    _announce_proposal(proposal)
    return proposal


def _file(proposal: CaseProposal, by: User) -> Case:
    cause = cause_on(proposal.cause_code, proposal.cause_day)
    case = Case.objects.create(
        number=issue(issuing_unit(proposal.unit).agency_word, FILING_WORD),
        proposal=proposal,
        unit=proposal.unit,
        title=f"{proposal.party_name}涉嫌{cause.name}案",
        cause_code=cause.code,
        cause_name=cause.name,
        cause_rule=cause.rule,
        cause_day=proposal.cause_day,
        right_type=cause.right_type,
        filed_by=by,
        filed_at=clock.now(),
    )
    CaseParty.objects.create(case=case, kind=proposal.party_kind, name=proposal.party_name, uscc=proposal.party_uscc)
    CaseUnit.objects.create(case=case, unit=proposal.unit, role=CaseUnit.Role.LEAD)
    CaseHandler.objects.bulk_create(
        CaseHandler(case=case, user_id=each["user_id"], name=each["name"], certificate_no=each["certificate_no"])
        for each in proposal.handlers
    )
    trail.record(case, "file", by=by, to_state=case.state, data={"proposal": str(proposal.pk)})
    gather(case, by=by)
    hooks.filed(case, by)
    return case


@transaction.atomic
def withdraw(*, by: User, proposal_id: UUID, reason: str) -> CaseProposal:
    """Take a proposal back before it is decided."""
    proposal = selectors.access_proposal(by, proposal_id, lock=True)
    if proposal.proposed_by_id != by.pk:
        raise NotAllowed()
    if not reason.strip():
        raise BadInput(_("请写明撤回的原因。"), code="reason_missing")
    move(proposal, "withdraw", by=by, why=reason.strip())
    _announce_proposal(proposal)
    return proposal


# Evidence -------------------------------------------------------------------------------------------------------------


def gather(case: Case, *, by: Any) -> int:
    """Verdicts and seizures of what the case came from become items of evidence. Safe to run again; returns how many
    are new.
    """
    proposal, made = case.proposal, 0
    if proposal.inspection is None and proposal.request_id is None:
        return made
    for verdict in selectors.infringing_verdicts(inspection=proposal.inspection, request_id=proposal.request_id):
        made += _add_evidence(
            case,
            kind=CaseEvidence.Kind.VERDICT,
            record_id=verdict.pk,
            title=f"{_goods(verdict)}：辨认意见（{verdict.opinion.appraiser_name}）",
            legal_kind=LEGAL_KIND_OF_VERDICT,
            sha256=digest_of(verdict),
            at=verdict.opinion.given_at,
            by_name=by.display_name,
        )
    if proposal.inspection is not None:
        held = Seizure.objects.filter(inspection=proposal.inspection, carried_out_at__isnull=False)
        for seizure in held:
            made += _add_evidence(
                case,
                kind=CaseEvidence.Kind.SEIZURE,
                record_id=seizure.pk,
                title=f"{seizure.get_measure_display()}财物（{proposal.inspection.number}）",
                legal_kind="physical",
                at=seizure.carried_out_at,
                by_name=by.display_name,
            )
    return made


def _add_evidence(case: Case, *, kind: str, record_id: UUID, **fields: Any) -> int:
    _row, new = CaseEvidence.objects.get_or_create(case=case, kind=kind, record_id=record_id, defaults=fields)
    return int(new)


def _goods(verdict: Verdict) -> str:
    return verdict.item.product_name or verdict.item.claimed_brand


def digest_of(verdict: Verdict) -> str:
    """SHA-256 of what a verdict says, so that the file shows if it is ever another."""
    return sha256_hex(
        canonical_json(
            {
                "verdict": verdict.pk,
                "letter": verdict.opinion.letter_id,
                "item": verdict.item_id,
                "value": verdict.value,
                "reasons": verdict.reasons,
                "given_at": verdict.opinion.given_at,
                "appraiser": verdict.opinion.appraiser_name,
            }
        )
    )


@transaction.atomic
def gather_again(*, by: User, case_id: UUID) -> int:
    """Take in verdicts and seizures that came after the filing. Returns how many."""
    case = selectors.access_case(by, case_id, lock="handler")
    count = gather(case, by=by)
    if count:
        trail.record(case, "gather", by=by, data={"new": count})
        _announce(case)
    return count


# What is known of a case ----------------------------------------------------------------------------------------------


@transaction.atomic
def describe(*, by: User, case_id: UUID, outside_number: str) -> Case:
    """Its number in the bureau's own case-handling system."""
    case = selectors.access_case(by, case_id, lock="handler")
    before, case.outside_number = case.outside_number, outside_number.strip()[:80]
    case.save(update_fields=["outside_number"])
    trail.record(case, "describe", by=by, data={"before": before, "after": case.outside_number})
    _announce(case)
    return case


@transaction.atomic
def add_party(*, by: User, case_id: UUID, kind: str, name: str, code: str = "", **fields: str) -> CaseParty:
    """One more party. Without a code: a stall or a person, or a business that has none."""
    case = selectors.access_case(by, case_id, lock="handler")
    _open(case)
    if kind not in CaseParty.Kind.values:
        raise BadInput(_("请选择当事人的类别。"), code="party_kind_wrong")
    if not name.strip():
        raise BadInput(_("请填写当事人；没有执照的填经营者姓名。"), code="party_missing")
    party = CaseParty.objects.create(
        case=case,
        kind=kind,
        name=name.strip(),
        uscc=uscc.parse(code) if code.strip() else "",
        responsible_person=fields.get("responsible_person", "").strip(),
        address=fields.get("address", "").strip(),
    )
    trail.record(case, "add_party", by=by, data={"party": str(party.pk)})
    _announce(case)
    return party


@transaction.atomic
def set_unit(*, by: User, case_id: UUID, unit_id: UUID, role: str) -> CaseUnit:
    """A unit assists, or takes the lead from the one that had it. Decided by the head."""
    case = selectors.access_case(by, case_id, lock="head")
    _open(case)
    unit = selectors.unit_or_404(unit_id)
    if role not in CaseUnit.Role.values:
        raise BadInput(_("请选择牵头或配合。"), code="unit_role_wrong")
    row = CaseUnit.objects.filter(case=case, unit=unit).first()
    if role == CaseUnit.Role.LEAD:
        CaseUnit.objects.filter(case=case, role=CaseUnit.Role.LEAD).update(role=CaseUnit.Role.ASSIST)
        case.unit = unit
        case.save(update_fields=["unit"])
    elif row is not None and row.role == CaseUnit.Role.LEAD:
        raise Conflict(_("牵头单位不能直接改为配合。请先指定另一个牵头单位。"), code="lead_needed")
    row, _new = CaseUnit.objects.update_or_create(case=case, unit=unit, defaults={"role": role})
    trail.record(case, "set_unit", by=by, data={"unit": str(unit.pk), "role": role})
    _announce(case)
    return row


# Clocks ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def pause(*, by: User, case_id: UUID, kind: str, reason: str) -> CasePause:
    """Stop the clock, by the head: testing, hearing, public notice, suspension. Not for a right holder's answer."""
    case = selectors.access_case(by, case_id, lock="head")
    _open(case)
    if kind not in CasePause.Kind.values:
        raise BadInput(_("请选择暂停的事项；等权利人辨认不暂停办案期限。"), code="pause_kind_wrong")
    if not reason.strip():
        raise BadInput(_("请写明暂停的原因。"), code="reason_missing")
    try:
        with transaction.atomic():
            row = CasePause.objects.create(case=case, kind=kind, reason=reason.strip(), approved_by=by)
    except IntegrityError as error:
        raise Conflict(_("期限已经暂停。请先恢复。"), code="pause_open") from error
    trail.record(case, "pause", by=by, why=reason.strip(), data={"kind": kind})
    _announce(case)
    return row


@transaction.atomic
def resume(*, by: User, case_id: UUID) -> CasePause:
    """Let the clock run on."""
    case = selectors.access_case(by, case_id, lock="head")
    row = case.pauses.filter(end=None).first()
    if row is None:
        raise Conflict(_("期限没有暂停。"), code="no_pause")
    row.end = clock.now()
    row.save(update_fields=["end"])
    trail.record(case, "resume", by=by)
    _announce(case)
    return row


@transaction.atomic
def extend(
    *, by: User, case_id: UUID, days: int, reason: str, collective: bool = False, record_no: str = ""
) -> CaseExtension:
    """More days, by the head: up to 30 once; further ones only by collective discussion, with its record named."""
    case = selectors.access_case(by, case_id, lock="head")
    _open(case)
    if not reason.strip():
        raise BadInput(_("请写明延长的理由。"), code="reason_missing")
    first = not case.extensions.exists()
    if collective and not record_no.strip():
        raise BadInput(_("集体讨论决定延长的，请写明讨论记录的编号或日期。"), code="record_missing")
    if not collective and not first:
        raise Conflict(_("已延长过一次。再延长要经集体讨论决定，并写明期限。"), code="collective_needed")
    most = 365 if collective else terms.FIRST_EXTENSION_DAYS
    if not 1 <= days <= most:
        raise BadInput(_("可以延长 1 至 {most} 天。"), code="days_wrong", most=most)
    row = CaseExtension.objects.create(
        case=case,
        days=days,
        reason=reason.strip(),
        collective=collective,
        record_no=record_no.strip(),
        approved_by=by,
        approved_by_name=by.name,
    )
    trail.record(case, "extend", by=by, why=reason.strip(), data={"days": days, "collective": collective})
    _announce(case)
    return row


# Referral and closing -------------------------------------------------------------------------------------------------


def check_of(case: Case) -> Check | None:
    """The case's goods held against the thresholds: what right holders said is infringing."""
    found = selectors.valuation_of(case)
    return found.confirmed if found is not None else None


def check_as_json(check: Check | None) -> dict[str, Any]:
    """As it is kept with a decision."""
    if check is None:
        return {}
    return {
        "day": check.day.isoformat(),
        "duty": check.duty,
        "held": [
            {
                "rule": each.rule.rule_id,
                "source": each.rule.source,
                "measure": each.rule.measure,
                "yuan": f"{each.rule.yuan:f}",
                "amount": None if each.amount is None else f"{each.amount:f}",
                "met": each.met,
            }
            for each in check.held
        ],
    }


@transaction.atomic
def decide_referral(*, by: User, case_id: UUID, decision: str, reason: str) -> ReferralDecision:
    """The head decides on referral; what the thresholds said at that moment is kept with it."""
    case = selectors.access_case(by, case_id, lock="head")
    _open(case)
    if decision not in ReferralDecision.Decision.values:
        raise BadInput(_("请选择移送或不移送。"), code="decision_wrong")
    if not reason.strip():
        raise BadInput(_("请写明理由。"), code="reason_missing")
    row = ReferralDecision.objects.create(
        case=case,
        decision=decision,
        reason=reason.strip(),
        check_made=check_as_json(check_of(case)),
        decided_by=by,
        decided_by_name=by.name,
    )
    trail.record(case, "decide_referral", by=by, why=reason.strip(), data={"decision": decision})
    hooks.referral_decided(case, row, by)
    _announce(case)
    return row


@transaction.atomic
def close(*, by: User, case_id: UUID, outcome: str, words: str) -> Case:
    """Close by the head.

    Raises ReferralMissing when a line is reached and no decision on referral is on file, ObjectionOpen while the
    party's objection to an opinion is not decided, and Conflict when a penalty stands in place of a referral.
    """
    case = selectors.access_case(by, case_id, lock="head")
    if outcome not in Case.Outcome.values:
        raise BadInput(_("请选择办理结果。"), code="outcome_wrong")
    if not words.strip():
        raise BadInput(_("请写明结案说明。"), code="words_missing")
    opinions.no_objection_open(case)
    hooks.before_close(case, outcome)
    check = check_of(case)
    last = case.referrals.order_by("-at", "-pk").first()
    if check is not None and check.duty and last is None:
        raise ReferralMissing(rules=[each.rule.source for each in check.met])
    if (
        last is not None
        and last.decision == ReferralDecision.Decision.REFER
        and outcome
        in (
            Case.Outcome.PENALTY,
            Case.Outcome.NO_PENALTY,
        )
    ):
        raise Conflict(_("已决定移送公安机关，不能以行政处罚代替移送。"), code="penalty_instead_of_referral")
    if outcome == Case.Outcome.REFERRED and (last is None or last.decision != ReferralDecision.Decision.REFER):
        raise Conflict(_("还没有移送决定，不能以移送结案。"), code="referral_decision_missing")
    now = clock.now()
    case.pauses.filter(end=None).update(end=now)
    move(
        case,
        "close",
        by=by,
        why=words.strip(),
        outcome=outcome,
        closing_words=words.strip(),
        closed_at=now,
        closed_by=by,
    )
    _announce(case)
    return case


@transaction.atomic
def reopen(*, by: User, case_id: UUID, reason: str) -> Case:
    """Work on a closed case again, by the head."""
    case = selectors.access_case(by, case_id, lock="head")
    if not reason.strip():
        raise BadInput(_("请写明理由。"), code="reason_missing")
    move(case, "reopen", by=by, why=reason.strip(), closed_at=None, closed_by=None, outcome="")
    hooks.reopened(case, by, reason.strip())
    _announce(case)
    return case


def _open(case: Case) -> None:
    if case.state != Case.State.FILED:
        raise Conflict(_("案件已结案，不能再改。需要时请负责人重新办理。"), code="case_closed")


def _proposal_url(proposal: CaseProposal) -> str:
    return reverse("cases:proposal", args=[proposal.pk], urlconf=settings.URLCONFS["province"])


def _announce(case: Case) -> None:
    live.publish([f"case:{case.pk}", f"proposal:{case.proposal_id}", "cases"], "case", {})


def _announce_proposal(proposal: CaseProposal) -> None:
    live.publish([f"proposal:{proposal.pk}", "cases"], "proposal", {})
