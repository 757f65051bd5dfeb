"""What is done with a case that is handed over, on both sides, each call one transaction.

The terms of seizures run on: they are read off the giving case when the letter is issued, travel with it, and are kept
here as `CarriedTerm`s that nobody can begin anew. The giving case stays open until the other side took it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads_of
from audit import trail
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.case_transfer import CaseTransferFiledV1, CaseTransferV1
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from notify.services import tell
from papers import selectors as papers
from tenants.cases import services as filing
from tenants.cases.models import Case, CaseParty, CaseProposal
from tenants.clues.selectors import dispatchers_of
from tenants.correspondence import calendar, outside
from tenants.correspondence import selectors_assist as selectors
from tenants.correspondence.models import CarriedTerm, CaseTransfer, OfficialLetter
from tenants.inspections import seizure_selectors as seizures
from tenants.inspections.models import Seizure
from tenants.inspections.seizure_services import plain, total_by_unit
from tenants.inspections.seizure_term import HELD, standing_of

ALARM_DAYS = 3
VERIFY_DAYS = 15
Side, State = CaseTransfer.Side, CaseTransfer.State


class TransferPending(Conflict):
    """The case was sent to another bureau, which has not taken it yet. Data: number, to."""

    code = "case_transfer_pending"
    sentence = _(
        "案件已以 {number} 移送{to}，对方还没有接收，不能结案。对方接收后再结案；要自己办理的，请先撤回移送函。"
    )


# What a case has to hand over ----------------------------------------------------------------------------------------


def _seizures(case: Case) -> QuerySet[Seizure]:
    return seizures.with_everything(Seizure.objects.filter(inspection=case.proposal.inspection))


def measures_of(case: Case) -> list[dict[str, Any]]:
    """Seizures of the case that hold now, with the last day of each, the one that ends first before the others."""
    if case.proposal.inspection is None:
        return []
    found = []
    for seizure in _seizures(case):
        standing = standing_of(seizure)
        if seizure.state not in HELD or standing is None:
            continue
        assert seizure.carried_out_at is not None
        rows = list(seizure.property_list.rows.all()) if hasattr(seizure, "property_list") else []
        decision = next((each for each in seizure.decisions.all() if each.kind == "seize"), None)
        extended = next((each.days for each in seizure.extensions.all() if each.state == "approved"), 0)
        keeper = list(seizure.handovers.all())[-1:]
        found.append(
            {
                "seizure_id": str(seizure.pk),
                "measure": seizure.measure,
                "decision_no": decision.document_no if decision else "",
                "carried_out_at": seizure.carried_out_at.isoformat(),
                "term_days": seizure.term_days,
                "extended_days": extended,
                "runs_until": standing.last_day.isoformat(),
                "paused": standing.paused,
                "goods": "，".join(f"{plain(total)} {unit}" for unit, total in total_by_unit(rows))[:500],
                "place": f"{keeper[0].place}（{keeper[0].to_name}）"[:200] if keeper else "",
            }
        )
    return sorted(found, key=lambda each: each["runs_until"])


def goods_of(case: Case) -> list[dict[str, Any]]:
    """The lines of the property lists of those seizures."""
    if case.proposal.inspection is None:
        return []
    found = []
    for seizure in _seizures(case):
        if seizure.state not in HELD or not hasattr(seizure, "property_list"):
            continue
        found += [
            {
                "name": row.item_name,
                "brand": row.claimed_brand,
                "spec": row.spec,
                "batch": row.batch,
                "quantity": plain(row.quantity),
                "unit": row.unit,
                "value_yuan": f"{row.value_yuan:.2f}" if row.value_yuan is not None else None,
            }
            for row in seizure.property_list.rows.all()
        ]
    return found


def dossier_of(case: Case) -> list[str]:
    """What the file holds as far as this system knows: evidence, then papers that were made."""
    titles = [each.title for each in case.evidence.all()]
    matters = [("proposal", [case.proposal_id])]
    if case.proposal.inspection is not None:
        held = seizures.seizures_on(case.proposal.inspection).values_list("pk", flat=True)
        matters += [("inspection", [case.proposal.inspection_id]), ("seizure", list(held))]
    for kind, ids in matters:
        for paper in papers.papers_about(kind, ids):
            if paper.state != paper.State.VOID:
                titles.append(f"{paper.title}{f'（{paper.document_no}）' if paper.document_no else ''}")
    return list(dict.fromkeys(each[:200] for each in titles))


def parties_of(case: Case) -> list[dict[str, str]]:
    """The case's parties."""
    return [
        {
            "kind": each.kind,
            "name": each.name,
            "uscc": each.uscc,
            "responsible_person": each.responsible_person,
            "address": each.address,
        }
        for each in case.parties.all()
    ]


# At the bureau that gives --------------------------------------------------------------------------------------------


def begin_giving(letter: OfficialLetter, by: User) -> CaseTransfer:
    """The letter is issued: what holds now is written into it. Raises Conflict if the case is elsewhere or closed."""
    case = letter.case
    assert case is not None
    if case.state != Case.State.FILED:
        raise Conflict(_("案件已结案，不能移送。需要时请负责人先重新办理。"), code="case_closed")
    earlier = CaseTransfer.objects.filter(case=case, state__in=(State.SENT, State.TAKEN, State.FILED)).first()
    if earlier is not None:
        raise Conflict(
            _("这件案件已以 {number} 移送{to}，不能再移送。"),
            code="case_transferred_already",
            number=earlier.letter.document_no,
            to=earlier.letter.peer_name,
        )
    measures, goods = measures_of(case), goods_of(case)
    over = [each["decision_no"] for each in measures if not each["paused"] and each["runs_until"] < _today()]
    if over:
        raise Conflict(
            _("查封扣押（{numbers}）已超期，不能带着移送。请先解除，或作出处理决定。"),
            code="seizure_over",
            numbers=over,
        )
    letter.fields = {
        **letter.fields,
        "case_name": case.title,
        "case_number": case.number,
        "cause_code": case.cause_code,
        "cause_name": case.cause_name,
        "filed_at": case.filed_at.isoformat(),
        "parties": parties_of(case),
        "measures": measures,
        "goods": goods,
    }
    row = CaseTransfer.objects.create(
        pk=letter.origin_id,
        letter=letter,
        side=Side.GIVING,
        case=case,
        case_name=case.title,
        cause_code=case.cause_code,
        parties=letter.fields["parties"],
        goods=goods,
        dossier=letter.fields["dossier"],
    )
    _carry(row, measures)
    trail.record(case, "transfer", by=by, data={"letter": str(letter.pk)})
    alarm(row)
    return row


def _today() -> str:
    return clock.today().isoformat()


def _carry(row: CaseTransfer, measures: Sequence[Mapping[str, Any]]) -> None:
    CarriedTerm.objects.bulk_create(CarriedTerm(transfer=row, **each) for each in measures)


def built(letter: OfficialLetter, head: Any) -> CaseTransferV1:
    """What crosses. The notice to the party bears the number of the letter it goes with."""
    said = letter.fields
    return CaseTransferV1(
        head=head,
        case_name=said["case_name"],
        case_number=said["case_number"],
        cause_code=said["cause_code"],
        cause_name=said["cause_name"],
        filed_at=said["filed_at"],
        parties=tuple(said["parties"]),
        facts=said["facts"],
        reason=said["reason"],
        measures=tuple(said["measures"]),
        goods=tuple(said["goods"]),
        dossier=tuple({"number": n, "title": title} for n, title in enumerate(said["dossier"], start=1)),
        party_notice_no=letter.document_no if said["measures"] else "",
    )


def receipt_came(letter: OfficialLetter, step: str) -> None:
    """What the giving bureau hears: taken, or returned."""
    row = CaseTransfer.objects.select_for_update().filter(letter=letter, state=State.SENT).first()
    if row is None:
        return
    by = trail.Actor(None, letter.peer_name)
    if step == "accepted":
        move(row, "take", by=by, received_at=clock.now())
        tell(
            to=_case_people(row),
            code="case_transfer",
            title=gettext("对方已接收移送的案件，可以结案"),
            url=url_of(row),
        )
    elif step == "returned":
        move(row, "return", by=by, why=letter.return_words)
        words = gettext("移送的案件被退回")
        tell(to=_case_people(row), code="case_transfer", title=words, url=url_of(row), urgent=True)


def _case_people(row: CaseTransfer) -> list[UUID]:
    people = {row.letter.drafted_by_id}
    if row.case is not None:
        people |= {each.user_id for each in row.case.handlers.all()}
    return [each for each in people if each]


def filed_came(message: CaseTransferFiledV1, envelope: Envelope) -> None:
    """The other bureau filed it."""
    row = selectors.given_to(message.transfer_id, envelope.sender)
    if row.state != State.TAKEN:
        return
    move(
        row,
        "file",
        by=trail.Actor(None, f"{row.letter.peer_name} {message.who}"),
        their_case_no=message.case_number,
        filed_on=message.filed_on,
    )
    tell(to=_case_people(row), code="case_transfer", title=gettext("移送的案件，对方已立案"), url=url_of(row))


def keeps_case_open(case: Case, outcome: str) -> None:
    """Before a case is closed: raises TransferPending while nobody has taken it where it was sent."""
    row = CaseTransfer.objects.filter(case=case, state=State.SENT, side=Side.GIVING).select_related("letter").first()
    if row is not None and row.letter.state not in OfficialLetter.OVER:
        raise TransferPending(number=row.letter.document_no or row.letter.title, to=row.letter.peer_name)


# At the bureau that takes --------------------------------------------------------------------------------------------


def fields_of(message: CaseTransferV1) -> dict[str, Any]:
    """What is kept of a letter that came."""
    said = message.model_dump(mode="json", exclude={"head"})
    said["dossier"] = [each.title for each in message.dossier]
    return said


def arrived(letter: OfficialLetter, message: CaseTransferV1, envelope: Envelope) -> CaseTransfer:
    """A case lies on the desk, with the terms that run on."""
    said = fields_of(message)
    row, new = CaseTransfer.objects.get_or_create(
        pk=letter.origin_id,
        defaults={
            "letter": letter,
            "side": Side.TAKING,
            "case_name": message.case_name,
            "cause_code": message.cause_code,
            "parties": said["parties"],
            "goods": said["goods"],
            "dossier": said["dossier"],
        },
    )
    if new:
        _carry(row, said["measures"])
        alarm(row)
    return row


def take(letter: OfficialLetter, by: User, said: Mapping[str, Any]) -> str:
    """接收: the term to verify begins with the material. What runs on was read before (`forms_assist.SeenForm`).

    Raises Conflict for a seizure whose term is over: the goods have to be given back first, by whoever holds them.
    """
    row = CaseTransfer.objects.select_for_update().get(letter=letter)
    if selectors.nearest(row) is not None and not said.get("seen"):
        raise BadInput(_("请先看清查封扣押的期满日期，勾选后再接收。"), code="terms_not_seen")
    now = clock.now()
    due = calendar.last_day(now, VERIFY_DAYS)
    move(row, "take", by=by, received_at=now, verify_by=due.day, verify_provisional=due.provisional)
    officers = selectors.officers_for(letter).values_list("pk", flat=True)
    tell(
        to=[each for each in officers[:200] if each != by.pk],
        code="case_transfer",
        title=gettext("接收了一件移送案件，请核查"),
        url=url_of(row),
    )
    return ""


def returned(letter: OfficialLetter, by: Any) -> None:
    """退回, here."""
    row = CaseTransfer.objects.select_for_update().filter(letter=letter, state=State.SENT).first()
    if row is not None:
        move(row, "return", by=by, why=letter.return_words)


@transaction.atomic
def propose(
    *,
    by: User,
    transfer_id: UUID,
    cause_code: str,
    summary: str,
    handler_ids: Sequence[UUID],
    proposal_id: UUID | None = None,
) -> CaseProposal:
    """提请立案 from a case that was taken, by an officer of the unit it came to or of one below."""
    row = selectors.access_case_transfer(by, transfer_id, lock=True)
    if row.side != Side.TAKING or not selectors.works_up(by, row):
        raise NotAllowed()
    if row.state != State.TAKEN:
        raise Conflict(
            _("这件移送案件现在不能提请立案（{state}）。接收后才可以提请，已立案的请打开案件。"),
            code="transfer_not_open",
            state=row.get_state_display(),
        )
    party = row.parties[0]
    return filing.propose(
        by=by,
        transfer_id=row.pk,
        cause_code=cause_code,
        summary=summary,
        party_name=party["name"],
        party_kind=party["kind"],
        party_uscc=party["uscc"],
        handler_ids=handler_ids,
        proposal_id=proposal_id,
    )


def case_filed(case: Case, by: User) -> None:
    """A case was filed here: when it came from a hand-over, its other parties come along and the giver is told."""
    row = selectors.transfer_behind(case)
    if row is None or row.side != Side.TAKING:
        return
    CaseParty.objects.bulk_create(
        CaseParty(
            case=case,
            kind=each["kind"],
            name=each["name"],
            uscc=each["uscc"],
            responsible_person=each["responsible_person"],
            address=each["address"],
        )
        for each in row.parties[1:]
    )
    day = clock.local_date(case.filed_at)
    row = move(row, "file", by=by, their_case_no=case.number, filed_on=day)
    letter = row.letter
    letter.case = case
    letter.save(update_fields=["case"])
    if letter.peer_party and not letter.by_paper:
        post(
            CaseTransferFiledV1(
                transfer_id=row.pk, case_number=case.number, filed_on=day, who=by.display_name, at=clock.now()
            ),
            to=Address.parse(letter.peer_party),
            thread=letter.thread,
            by=by,
            in_reply_to=letter.post_id,
        )


@transaction.atomic
def ask_designation(*, by: User, transfer_id: UUID, reason: str) -> UUID:
    """报请指定管辖: who took or got a case and is not competent may not pass it on; the common superior decides."""
    row = selectors.access_case_transfer(by, transfer_id, lock=True)
    if row.side != Side.TAKING or not selectors.keeps(by, row.letter):
        raise NotAllowed()
    if not reason.strip():
        raise BadInput(_("请写明为什么不属本单位管辖。"), code="reason_missing")
    letter = OfficialLetter.objects.select_for_update().get(pk=row.letter_id)
    if letter.dispute_id is not None:
        raise Conflict(_("已经报请过指定管辖，请等共同上级决定。"), code="dispute_open_already")
    letter.dispute_id = outside.ask_designation(
        letter_id=letter.post_id,
        title=letter.title,
        reason=reason.strip(),
        other=letter.peer_party.removeprefix("province:"),
        by=by,
        unit_id=letter.own_unit_id,
    )
    letter.save(update_fields=["dispute_id"])
    trail.record(row, "ask_designation", by=by, why=reason.strip())
    return letter.dispute_id


# The clock -----------------------------------------------------------------------------------------------------------


def alarm(row: CaseTransfer) -> bool:
    """A seizure ends within three days while the case is between two bureaux: this side's heads are told, once."""
    term = selectors.nearest(row)
    if row.alarmed_at is not None or term is None or term.paused:
        return False
    if term.runs_until > clock.today() + timedelta(days=ALARM_DAYS):
        return False
    row.alarmed_at = clock.now()
    row.save(update_fields=["alarmed_at"])
    unit = row.letter.own_unit
    people = {each.pk for each in heads_of(unit)} | {each.pk for each in dispatchers_of(unit)}
    tell(
        to=people,
        code="case_transfer",
        title=gettext("移送的案件里有查封扣押 %(day)s 期满") % {"day": term.runs_until.isoformat()},
        body=gettext("期限不因移送重新计算。期满前没有处理决定的，应当解除。"),
        url=url_of(row),
        urgent=True,
    )
    return True


@transaction.atomic
def mind() -> int:
    """Raise the alarms that time brings. Returns how many."""
    rows = CaseTransfer.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state__in=(State.SENT, State.TAKEN),
        alarmed_at=None,
        terms__runs_until__lte=clock.today() + timedelta(days=ALARM_DAYS),
    )
    ids = set(rows.values_list("pk", flat=True))
    return sum(alarm(each) for each in CaseTransfer.objects.filter(pk__in=ids).select_related("letter__own_unit"))


def days_left(term: CarriedTerm, *, today: date | None = None) -> int:
    """Whole days until a carried term ends, negative when it is over."""
    return (term.runs_until - (today or clock.today())).days


def url_of(row: CaseTransfer) -> str:
    """The page of its letter."""
    return reverse("correspondence:letter", args=[row.letter_id], urlconf=settings.URLCONFS["province"])
