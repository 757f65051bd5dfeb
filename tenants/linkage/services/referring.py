"""移送: drafted from the head's decision, sent with its papers, followed, asked again, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import issuing_unit
from audit import trail
from audit.move import move
from audit.numbering import issue
from audit.trail import Person
from connections import selectors as connections
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused
from notify import live
from notify.services import tell
from tenants.cases import selectors as cases
from tenants.cases.models import Case, CaseEvidence, ReferralDecision
from tenants.linkage import selectors
from tenants.linkage.models import Outgoing, Referral, ReferralStep
from tenants.linkage.services import sending

DOCUMENT_WORD = "移"
Annex, Kind, State = Referral.Annex, ReferralStep.Kind, Referral.State
NEEDED_ANNEXES = (Annex.LETTER, Annex.REPORT, Annex.GOODS)
"""What art. 6 asks for of every referral; a report of inspection or identification where there is one."""


@transaction.atomic
def prepare(
    *,
    by: User,
    case_id: UUID,
    police_org: str,
    suspected_crime: str,
    facts: str,
    connection_id: UUID | None = None,
    goods_yuan: Decimal | None = None,
    gains_yuan: Decimal | None = None,
    annexes: Sequence[str] = (),
) -> Referral:
    """Draft the referral of a case whose head decided to refer it. annexes: kinds that lie ready.

    Raises Conflict (`referral_not_decided`, `referral_exists`), BadInput, NotAllowed.
    """
    case = cases.access_case(by, case_id, lock="handler")
    decision = selectors.decision_to_refer(case)
    if decision is None:
        raise Conflict(_("还没有移送决定。请先报负责人作出移送公安机关的决定。"), code="referral_not_decided")
    for text, code, sentence in (
        (police_org, "police_missing", _("请填写接收的公安机关。")),
        (suspected_crime, "crime_missing", _("请填写涉嫌罪名。")),
        (facts, "facts_missing", _("请写明案情与证据。")),
    ):
        if not text.strip():
            raise BadInput(sentence, code=code)
    platform = _platform(connection_id)
    team = [
        {"user_id": str(each.user_id), "name": each.name, "certificate_no": each.certificate_no}
        for each in case.handlers.all()
    ]
    if len(team) < 2:
        raise BadInput(_("移送要由两名以上执法人员组成专案组核实。请先在案件里添加办案人员。"), code="team_missing")
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                case=case,
                decision=decision,
                unit=case.unit,
                connection_id=platform.pk if platform else None,
                connection_name=platform.name if platform else "",
                police_org=police_org.strip()[:120],
                suspected_crime=suspected_crime.strip()[:120],
                suspects=[
                    {"name": each.name, "kind": each.kind, "uscc": each.uscc} for each in case.parties.order_by("pk")
                ],
                facts=facts.strip()[:8000],
                goods_yuan=goods_yuan,
                gains_yuan=gains_yuan,
                check_made=decision.check_made,
                team=team,
                annexes=_annexes(case, annexes),
                decided_at=decision.at,
                made_by=by,
            )
    except IntegrityError as error:
        raise Conflict(_("这个案件已经有一份移送。请打开已有的移送。"), code="referral_exists") from error
    trail.record(referral, "prepare", by=by, to_state=referral.state)
    _announce(referral)
    return referral


def _platform(connection_id: UUID | None) -> Any:
    if connection_id is None:
        return None
    found = connections.active(connection_id)
    if found is None or found.kind != "linkage":
        raise BadInput(_("请选择已启用的两法衔接平台，或选书面移送。"), code="platform_wrong")
    return found


def _annexes(case: Case, kinds: Sequence[str]) -> list[dict[str, str]]:
    """Those that were ticked, and each verdict of the case with its digest."""
    if set(kinds) - set(Annex.values):
        raise BadInput(_("附件的种类不对。请重新选择。"), code="annex_wrong")
    found = [{"kind": kind, "title": str(Annex(kind).label), "sha256": ""} for kind in Annex.values if kind in kinds]
    verdicts = case.evidence.filter(kind=CaseEvidence.Kind.VERDICT)
    found += [{"kind": str(Annex.APPRAISAL), "title": each.title, "sha256": each.sha256} for each in verdicts]
    return found


@transaction.atomic
def send(*, by: User, referral_id: UUID) -> Referral:
    """It leaves: numbered, with its annexes, by platform or paper. Raises BadInput `annexes_missing`, MoveRefused."""
    referral = selectors.access_referral(by, referral_id, lock="handler")
    has = {each["kind"] for each in referral.annexes}
    missing = [str(Annex(kind).label) for kind in NEEDED_ANNEXES if kind not in has]
    if missing:
        raise BadInput(_("还缺附件：{missing}。请备齐并在移送里勾选后再送。"), code="annexes_missing", missing=missing)
    moment = clock.now()
    number = referral.document_no or issue(issuing_unit(referral.unit).agency_word, DOCUMENT_WORD)
    again = referral.state == State.RETURNED
    referral = move(referral, "send", by=by, sent_at=moment, document_no=number, received_at=None, receipt_no="")
    note(referral, Kind.SENT, at=moment, by=by, number=number, words=str(_("补充后再次移送")) if again else "")
    sending.queue(
        Outgoing.Kind.REFERRAL,
        case=referral.case,
        by=by,
        connection_id=referral.connection_id,
        referral=referral,
        reason=referral.decision.reason,
    )
    _announce(referral)
    return referral


@transaction.atomic
def amend(*, by: User, referral_id: UUID, annexes: Sequence[str], facts: str, police_org: str) -> Referral:
    """Change a draft, or what was sent back."""
    referral = selectors.access_referral(by, referral_id, lock="handler")
    if referral.state not in (State.DRAFT, State.RETURNED):
        raise Conflict(_("已经移送，不能再改。确有错误的，请撤回后重新移送。"), code="referral_sent")
    if not facts.strip() or not police_org.strip():
        raise BadInput(_("请写明案情与证据，并填写公安机关。"), code="facts_missing")
    referral.facts, referral.police_org = facts.strip()[:8000], police_org.strip()[:120]
    referral.annexes = _annexes(referral.case, annexes)
    referral.save(update_fields=["facts", "police_org", "annexes"])
    trail.record(referral, "amend", by=by)
    _announce(referral)
    return referral


@transaction.atomic
def reconsider(*, by: User, referral_id: UUID, reason: str) -> Referral:
    """提请复议, against a refusal to file."""
    return _ask_again(by, referral_id, "reconsider", Kind.RECONSIDER, Outgoing.Kind.RECONSIDERATION, reason)


@transaction.atomic
def supervise(*, by: User, referral_id: UUID, reason: str) -> Referral:
    """建议检察机关依法进行立案监督."""
    return _ask_again(by, referral_id, "supervise", Kind.SUPERVISE, Outgoing.Kind.SUPERVISION, reason)


def _ask_again(by: User, referral_id: UUID, verb: str, kind: str, message: str, reason: str) -> Referral:
    referral = selectors.access_referral(by, referral_id, lock="handler")
    if not reason.strip():
        raise BadInput(_("请写明理由。"), code="reason_missing")
    moment = clock.now()
    referral = move(referral, verb, by=by, why=reason.strip(), noted=None, **{f"{verb}_at": moment})
    note(referral, kind, at=moment, by=by, words=reason.strip())
    _queue(referral, message, by=by, reason=reason.strip())
    _announce(referral)
    return referral


@transaction.atomic
def hand_over(*, by: User, referral_id: UUID, words: str) -> Referral:
    """The goods went to the police, or stay in custody with the police's consent: recorded. N-31."""
    referral = selectors.access_referral(by, referral_id, lock="handler")
    if referral.state != State.FILED:
        raise Conflict(_("公安立案后才移交涉案物品。"), code="not_filed_yet")
    if referral.handed_over_at is not None:
        raise Conflict(_("已经登记过移交。"), code="handed_over")
    if not words.strip():
        raise BadInput(_("请写明移交了什么、交给谁，或由谁继续保管。"), code="words_missing")
    referral.handed_over_at = clock.now()
    referral.save(update_fields=["handed_over_at"])
    trail.record(referral, "hand_over", by=by)
    note(referral, Kind.HANDOVER, at=referral.handed_over_at, by=by, words=words.strip())
    _queue(referral, Outgoing.Kind.HANDOVER, by=by, reason=words.strip())
    _announce(referral)
    return referral


@transaction.atomic
def end(*, by: User, referral_id: UUID, words: str) -> Referral:
    """Nothing more is expected."""
    referral = selectors.access_referral(by, referral_id, lock="handler")
    if not words.strip():
        raise BadInput(_("请写明了结的情况。"), code="words_missing")
    referral = move(referral, "end", by=by, why=words.strip())
    note(referral, Kind.ENDED, at=clock.now(), by=by, words=words.strip())
    _announce(referral)
    return referral


@transaction.atomic
def withdraw(*, by: User, referral_id: UUID, reason: str) -> Referral:
    """Take it back, by the head: what went out is withdrawn at the platform within its own term."""
    return _withdrawn(selectors.access_referral(by, referral_id, lock="head"), by=by, reason=reason)


def _withdrawn(referral: Referral, *, by: Person, reason: str) -> Referral:
    if not reason.strip():
        raise BadInput(_("请写明撤回的理由。"), code="reason_missing")
    moment = clock.now()
    referral = move(referral, "withdraw", by=by, why=reason.strip(), withdrawn_at=moment)
    note(referral, Kind.WITHDRAWN, at=moment, by=by, words=reason.strip())
    for message in referral.messages.exclude(kind=Outgoing.Kind.WITHDRAWAL).order_by("pk"):
        if message.kind == Outgoing.Kind.REFERRAL or message.state in Outgoing.NOT_THERE:
            sending.take_back(message, by=by, reason=reason.strip())
    _announce(referral)
    return referral


# What others do to the case -------------------------------------------------------------------------------------------


def decided(case: Case, decision: ReferralDecision, by: User) -> None:
    """The head decides anew: a referral that stands is withdrawn when the answer is no more. Edge case 9."""
    referral = selectors.referral_of_case(case)
    if decision.decision != ReferralDecision.Decision.NOT_REFER or referral is None:
        return
    if referral.state not in (State.WITHDRAWN, State.ENDED):
        _withdrawn(selectors.locked(referral.pk), by=by, reason=decision.reason)


def reopened(case: Case, by: User, reason: str) -> None:
    """A closed case is worked on again: a penalty that was told is told to be none. Edge case 9."""
    for message in Outgoing.objects.filter(case=case, kind=Outgoing.Kind.PENALTY).order_by("pk"):
        sending.take_back(message, by=by, reason=reason)


def keeps_case_open(case: Case, outcome: str) -> None:
    """A case is not closed as referred while its letter lies in a drawer."""
    referral = selectors.referral_of_case(case)
    if outcome == Case.Outcome.REFERRED and referral is not None and referral.state == State.DRAFT:
        raise Conflict(_("移送书还没有送出，不能以移送结案。请先移送，或撤回草稿。"), code="referral_not_sent")


@transaction.atomic
def report_penalty(*, by: User, case_id: UUID, connection_id: UUID) -> Outgoing:
    """Tell a platform of the penalty a case ended with, once. Raises Conflict, BadInput."""
    case = cases.access_case(by, case_id, lock="handler")
    platform = _platform(connection_id)
    if case.state != Case.State.CLOSED or case.outcome != Case.Outcome.PENALTY:
        raise Conflict(_("只有以行政处罚结案的案件才报送处罚信息。"), code="no_penalty")
    told = Outgoing.objects.filter(case=case, kind=Outgoing.Kind.PENALTY, connection_id=platform.pk)
    standing = [
        each
        for each in told.exclude(state=Outgoing.State.CANCELLED)
        if not each.withdrawals.exclude(state=Outgoing.State.CANCELLED).exists()
    ]
    if standing:
        raise Conflict(_("这个案件的处罚信息已报送过这个平台。"), code="penalty_told")
    made = sending.queue(Outgoing.Kind.PENALTY, case=case, by=by, connection_id=platform.pk)
    assert made is not None
    trail.record(made, "report", by=by)
    return made


# What comes back ------------------------------------------------------------------------------------------------------

_ARRIVALS: Mapping[str, tuple[str, set[str]]] = {
    Kind.RECEIPT: ("receive", {State.SENT}),
    Kind.RETURNED: ("send_back", {State.SENT, State.RECEIVED}),
    Kind.FILED: ("file", set(Referral.MOVES["file"][0])),
    Kind.NOT_FILED: ("not_file", {State.SENT, State.RECEIVED}),
    Kind.UPHELD: ("uphold", {State.RECONSIDERING}),
}
OUTCOMES = {
    "detained": _("刑事拘留（人）"),
    "arrested": _("逮捕（人）"),
    "charged": _("起诉（人）"),
    "convicted": _("判决（人）"),
}
_EARLIER_BY = timedelta(minutes=5)


@transaction.atomic
def arrived(
    *,
    referral_id: UUID,
    kind: str,
    at: datetime,
    by: Person,
    number: str = "",
    words: str = "",
    data: Mapping[str, Any] | None = None,
    external_id: str = "",
    connection_id: UUID | None = None,
) -> ReferralStep:
    """What the other side says, by platform, by file, or as an officer typed it off a paper. The caller looked who may.

    The same external_id twice is once. A receipt that comes after the decision is kept, and moves nothing back.
    Raises BadInput (`step_wrong`, `time_ahead`, `time_early`), Conflict `step_reused`, MoveRefused.
    """
    referral = selectors.locked(referral_id)
    if external_id:
        known = referral.steps.filter(external_id=external_id[:120]).first()
        if known is not None:
            if known.kind != kind or known.number != number[:80]:
                raise Conflict(_("这个消息编号已用过，但内容不同。请换新编号重发。"), code="step_reused")
            return known
    if kind not in ReferralStep.THEIRS:
        raise BadInput(
            _("这一事项不由对方告知。可以登记的是回执、退回、立案或不予立案通知、复议结果、检察机关意见和刑事结果。"),
            code="step_wrong",
        )
    if at > clock.now() + _EARLIER_BY:
        raise BadInput(_("时间在将来。请核对后再登记。"), code="time_ahead")
    if referral.sent_at is None or at < referral.sent_at - timedelta(days=1):
        raise BadInput(_("时间早于移送。请核对后再登记。"), code="time_early")
    said = _outcome(data or {}) if kind == Kind.OUTCOME else {}
    verb, sources = _ARRIVALS.get(kind, ("", set()))
    fields = _fields(kind, referral, at, number[:80], words)
    late_receipt = kind == Kind.RECEIPT and referral.notice_at is not None and referral.received_at is None
    if verb and (referral.state in sources or not late_receipt):
        move(referral, verb, by=by, why=words[:500], **fields)
    elif late_receipt:
        Referral.objects.filter(pk=referral.pk).update(**fields)
    if said:
        Referral.objects.filter(pk=referral.pk).update(outcome={**referral.outcome, **said})
    step = note(
        referral,
        kind,
        at=at,
        by=by,
        number=number,
        words=words,
        data=said,
        external_id=external_id,
        connection_id=connection_id,
    )
    trail.record(step, "arrive", by=by, data={"kind": kind})
    _announce(referral)
    _tell_arrival(referral, step, by)
    return step


def _fields(kind: str, referral: Referral, at: datetime, number: str, words: str) -> dict[str, Any]:
    if kind == Kind.RECEIPT:
        return {"received_at": at, "receipt_no": number, "receiver": words[:80]}
    if kind == Kind.FILED:
        return {"filed_at": at, "notice_at": referral.notice_at or at, "notice_no": number}
    if kind == Kind.NOT_FILED:
        return {"notice_at": at, "notice_no": number}
    return {"upheld_at": at} if kind == Kind.UPHELD else {}


def _outcome(data: Mapping[str, Any]) -> dict[str, int]:
    said = {name: value for name, value in data.items() if value not in (None, "")}
    if not said or set(said) - set(OUTCOMES):
        raise BadInput(_("请填写刑拘、逮捕、起诉、判决的人数，至少一项。"), code="outcome_wrong")
    try:
        found = {name: int(value) for name, value in said.items()}
    except (TypeError, ValueError) as error:
        raise BadInput(_("人数要写整数。"), code="outcome_wrong") from error
    if any(not 0 <= value <= 10_000 for value in found.values()):
        raise BadInput(_("人数要写整数。"), code="outcome_wrong")
    return found


def note(
    referral: Referral,
    kind: str,
    *,
    at: datetime,
    by: Person,
    number: str = "",
    words: str = "",
    data: Mapping[str, Any] | None = None,
    external_id: str = "",
    connection_id: UUID | None = None,
) -> ReferralStep:
    """One line of what happened."""
    return ReferralStep.objects.create(
        referral=referral,
        kind=kind,
        at=at,
        number=number[:80],
        words=words[:1000],
        data=dict(data or {}),
        external_id=external_id[:120],
        connection_id=connection_id,
        by_id=by.pk,
        by_name=by.display_name[:120],
    )


@transaction.atomic
def not_taken(message: Outgoing, *, by: Person, words: str) -> None:
    """The platform sent back a message that had gone: of a referral that waits for an answer, that returns it to us.

    Told again of the same message, nothing changes.
    """
    try:
        sending.refused(message, by=by, words=words)
    except MoveRefused:
        return
    referral = message.referral
    if message.kind != Outgoing.Kind.REFERRAL or referral is None:
        return
    referral = selectors.locked(referral.pk)
    newer = referral.messages.filter(kind=Outgoing.Kind.REFERRAL, pk__gt=message.pk)
    if referral.state in _ARRIVALS[Kind.RETURNED][1] and not newer.exists():
        arrived(
            referral_id=referral.pk, kind=Kind.RETURNED, at=clock.now(), by=by, words=words,
            connection_id=message.connection_id,
        )  # fmt: skip


def _queue(referral: Referral, kind: str, *, by: Person, reason: str) -> None:
    sending.queue(
        kind, case=referral.case, by=by, connection_id=referral.connection_id, referral=referral, reason=reason
    )


def _tell_arrival(referral: Referral, step: ReferralStep, by: Person) -> None:
    people = set(referral.case.handlers.values_list("user_id", flat=True)) - {by.pk}
    tell(
        to=people,
        code="linkage_arrived",
        title=_("移送案件有公安或检察机关的消息"),
        body=f"{referral.document_no} · {step.get_kind_display()}",
        url=f"/linkage/{referral.pk}/",
    )


def _announce(referral: Referral) -> None:
    live.publish([f"case:{referral.case_id}", f"referral:{referral.pk}", "linkage"], "referral", {})
