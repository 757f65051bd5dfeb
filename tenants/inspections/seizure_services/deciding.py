"""Who decides: proposed, approved by a head, carried out, or carried out at once and reported."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move, refusal
from audit.numbering import issue
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, Words
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_term as term
from tenants.inspections.models import (
    Inspection,
    PropertyList,
    Seizure,
    SeizureDecision,
)
from tenants.inspections.seizure_services.steps import announce, need, tell_heads, tell_officers

State = Seizure.State


LEGAL_BASIS = "《中华人民共和国商标法》第六十二条第一款第四项，《中华人民共和国行政强制法》第十八条、第二十二条"
WORDS = {
    SeizureDecision.Kind.SEIZE: "强措",
    SeizureDecision.Kind.EXTEND: "强延",
    SeizureDecision.Kind.RELEASE: "强解",
}
LIST_WORD = "强清"


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
    tell_heads(seizure, "seizure_proposed", _("有一件查封扣押等您审批"))
    announce(seizure)
    return seizure


@transaction.atomic
def withdraw(*, by: User, seizure_id: UUID, reason: str) -> Seizure:
    """Take back what was not carried out."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    need(reason, _("请写明撤回的原因。"), "reason_missing")
    move(seizure, "withdraw", by=by, why=reason.strip())
    announce(seizure)
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
        need(reason, _("不批准要写明理由。"), "reason_missing")
    if seizure.urgent and seizure.state == State.URGENT and seizure.reported_at is None:
        raise Conflict(_("执法人员还没有补报，不能补办批准。请先请他们补报。"), code="not_reported_yet")
    late = seizure.urgent and seizure.state in (State.URGENT, State.IN_FORCE, State.MUST_RELEASE)
    verb = ("confirm" if approve else "overrule") if late else ("approve" if approve else "refuse")
    answer = reason.strip() or "同意。"
    move(seizure, verb, by=by, why=reason.strip(), decided_by=by, decided_at=clock.now(), answer=answer[:500])
    if approve:
        give_decision(seizure, SeizureDecision.Kind.SEIZE, by=by, reason=seizure.facts)
    title: Words = _("查封扣押已批准") if approve else _("查封扣押未获批准")
    tell_officers(seizure, "seizure_decided", title)
    announce(seizure)
    return seizure


def give_decision(seizure: Seizure, kind: str, *, by: User, reason: str, days: int | None = None) -> SeizureDecision:
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
    announce(seizure)
    return seizure


@transaction.atomic
def carry_out_at_once(*, by: User, seizure_id: UUID, urgent_reason: str) -> Seizure:
    """Carry out before the approval, as things are urgent. 24 hours to report begin."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    need(urgent_reason, _("请写明为什么情况紧急。"), "urgent_reason_missing")
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
    tell_heads(seizure, "seizure_urgent", _("有一件当场实施的查封扣押，24 小时内补报"))
    announce(seizure)
    return seizure


@transaction.atomic
def report(*, by: User, seizure_id: UUID, words: str, late_reason: str = "") -> Seizure:
    """Report an urgent seizure to the head. After 24 hours it is taken too, with its reason, and shown late."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    if seizure.state != State.URGENT:
        raise refusal(seizure, "confirm")
    if seizure.reported_at is not None:
        raise Conflict(_("已经补报过。请等负责人批准。"), code="reported_already")
    need(words, _("请写明补报的内容。"), "report_missing")
    now = clock.now()
    assert seizure.report_due_at is not None
    late = now > seizure.report_due_at
    if late:
        need(late_reason, _("补报已超过 24 小时，请写明迟报的原因。"), "late_reason_missing")
    seizure.reported_at, seizure.report_words = now, words.strip()[:1000]
    seizure.late_reason, seizure.proposed_at = (late_reason.strip()[:500] if late else ""), now
    seizure.save(update_fields=["reported_at", "report_words", "late_reason", "proposed_at"])
    trail.record(seizure, "report", by=by, why=seizure.late_reason, data={"late": late})
    tell_heads(seizure, "seizure_proposed", _("有一件查封扣押等您审批"))
    announce(seizure)
    return seizure
