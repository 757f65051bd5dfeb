"""Assistance, hand-overs and what goes beside a letter, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from kernel import clock
from papers import presenters as papers
from tenants.cases.models import Case
from tenants.correspondence import selectors_assist as selectors
from tenants.correspondence.models import (
    Assistance,
    AssistanceQuestion,
    CarriedTerm,
    CaseTransfer,
    ClaimsSettled,
    FilingClaim,
    OfficialLetter,
)
from tenants.correspondence.services import beside, claims, handing_over
from webui.slots import Piece

State = Assistance.State
LOOKS = {
    State.SENT: ("wait", "half"),
    State.SIGNED: ("wait", "half"),
    State.WORKING: ("accent", "half"),
    State.PARTLY: ("wait", "half"),
    State.ANSWERED: ("good", "tick"),
    State.RETURNED: ("neutral", "cross"),
    State.CLOSED: ("neutral", "tick"),
}
FINDING_LOOKS = {"found": ("good", "tick"), "partly": ("wait", "half"), "not_found": ("neutral", "cross")}


@dataclass(frozen=True)
class Chip:
    """A state as a word with a shape."""

    label: str
    tone: str
    shape: str


def chip(row: Assistance) -> Chip:
    """Where a request stands."""
    tone, shape = LOOKS[State(row.state)]
    return Chip(row.get_state_display(), tone, shape)


@dataclass(frozen=True)
class Clock:
    """The day a reply is due, in words. tone: of the chip."""

    words: str
    tone: str
    late: bool


def clock_of(row: Assistance) -> Clock | None:
    """How the term of a request stands; None before it is signed for and after it is over."""
    if row.due_on is None:
        return None
    if row.replied_at is not None:
        late = clock.local_date(row.replied_at) > row.due_on
        return Clock(_("逾期答复") if late else _("按期答复"), "seal" if late else "good", late)
    if row.state in (State.CLOSED, State.RETURNED):
        return None
    left = (row.due_on - clock.today()).days
    day = row.due_on.isoformat()
    if left < 0:
        return Clock(_("已超期 %(days)s 天") % {"days": -left}, "seal", True)
    if left == 0:
        return Clock(_("今天到期"), "seal", False)
    words = _("还剩 %(days)s 天，%(day)s 到期") % {"days": left, "day": day}
    return Clock(words, "wait" if left <= 3 else "accent", False)


@dataclass(frozen=True)
class Line:
    """One question as it is shown. draft: an answer that has not left, for who writes it."""

    question: AssistanceQuestion
    answers: list[Any]
    draft: Any
    open: bool


def lines(row: Assistance, *, with_drafts: bool) -> list[Line]:
    """Question by question. row: from `selectors.whole`."""
    found = []
    for each in row.questions.all():
        answers = list(each.answers.all())
        draft = getattr(each, "draft", None) if with_drafts else None
        found.append(Line(each, [(a, FINDING_LOOKS[a.finding]) for a in answers], draft, not answers))
    return found


def assistance_context(row: Assistance, person: User) -> dict[str, Any]:
    """All that the page of one request shows. row: one that the person was let in to."""
    from tenants.correspondence.kinds.assistance import open_reply

    row = selectors.whole(row)
    asked = row.side == Assistance.Side.ASKED
    answers = selectors.answers(person, row)
    working = row.state in (State.WORKING, State.PARTLY)
    shown = lines(row, with_drafts=asked)
    missing = [each.question.number for each in shown if each.open]
    reply = open_reply(row) if asked else None
    keeps = not asked and selectors.keeps(person, row.letter)
    return {
        "row": row,
        "letter": row.letter,
        "chip": chip(row),
        "clock": clock_of(row),
        "lines": shown,
        "missing": missing,
        "answered_count": len(shown) - len(missing),
        "asked": asked,
        "may_answer": answers and working and (reply is None or reply.state == OfficialLetter.State.DRAFT),
        "may_extend": answers and working,
        "reply": reply,
        "may_reply": answers and working and reply is None and any(each.draft for each in shown),
        "may_close": keeps and row.state not in (State.CLOSED, State.RETURNED),
        "may_note": keeps and row.letter.by_paper and row.state in Assistance.OPEN,
        "extensions": list(row.extensions.all()),
        "national": row.side == Assistance.Side.ASKED,
    }


# Pieces of the letter's page -----------------------------------------------------------------------------------------


def request_piece(request: Any, letter: OfficialLetter) -> Piece | None:
    """A request's own part of its letter's page; of a draft the form shows it all."""
    row = selectors.of_letter(letter)
    if row is None:
        return None
    return Piece("correspondence/assist/_request.html", assistance_context(row, request.user))


def reply_piece(request: Any, letter: OfficialLetter) -> Piece | None:
    """What a reply says, question by question, and the way to the matter."""
    said = [
        {**each, "look": FINDING_LOOKS[each["finding"]], "words": _finding(each["finding"])}
        for each in letter.fields.get("answers", [])
    ]
    row = selectors.of_letter(letter)
    context = {
        "answers": said,
        "missing": letter.fields.get("missing", []),
        "row": row,
        "late": letter.fields.get("late"),
    }
    return Piece("correspondence/assist/_reply.html", context)


def _finding(code: str) -> str:
    from tenants.correspondence.models import AssistanceDraft

    return str(AssistanceDraft.Finding(code).label)


def kind_piece(request: Any, *, letter: OfficialLetter) -> Piece | None:
    """What the page of a letter of these kinds shows of its matter."""
    makers = {
        "assistance_request": request_piece,
        "assistance_reply": reply_piece,
        "case_transfer": transfer_piece,
    }
    maker = makers.get(letter.kind)
    return maker(request, letter) if maker is not None else None


# Hand-overs ----------------------------------------------------------------------------------------------------------


def term_words(term: CarriedTerm) -> str:
    """A seizure that runs on, in a sentence."""
    left = handing_over.days_left(term)
    day = term.runs_until.isoformat()
    measure = term.get_measure_display()
    if term.paused:
        return _("%(measure)s：技术鉴定期间不计入期限，暂定 %(day)s 期满") % {"measure": measure, "day": day}
    if left < 0:
        return _("%(measure)s已于 %(day)s 期满，超期 %(days)s 天，应当解除") % {
            "measure": measure,
            "day": day,
            "days": -left,
        }
    if left == 0:
        return _("%(measure)s今天期满") % {"measure": measure}
    return _("%(measure)s %(day)s 期满，还剩 %(days)s 天") % {"measure": measure, "day": day, "days": left}


@dataclass(frozen=True)
class Term:
    """A carried term as it is shown."""

    row: CarriedTerm
    words: str
    urgent: bool


def terms_of(row: CaseTransfer) -> list[Term]:
    """Those of a hand-over, the nearest first."""
    return [
        Term(each, term_words(each), not each.paused and handing_over.days_left(each) <= handing_over.ALARM_DAYS)
        for each in row.terms.all()
    ]


TRANSFER_LOOKS = {
    CaseTransfer.State.SENT: ("wait", "half"),
    CaseTransfer.State.TAKEN: ("accent", "half"),
    CaseTransfer.State.RETURNED: ("neutral", "cross"),
    CaseTransfer.State.FILED: ("good", "tick"),
}


def transfer_chip(row: CaseTransfer) -> Chip:
    """Where a hand-over stands."""
    tone, shape = TRANSFER_LOOKS[CaseTransfer.State(row.state)]
    return Chip(row.get_state_display(), tone, shape)


def transfer_piece(request: Any, letter: OfficialLetter) -> Piece | None:
    """A hand-over's own part of its letter's page: before it is issued, what would travel along now."""
    from tenants.cases import selectors as cases
    from tenants.correspondence.kinds.case_transfer import MATTER, shown

    row = selectors.transfer_of_letter(letter)
    person: User = request.user
    if row is None:
        return Piece("correspondence/assist/_transfer_draft.html", {"said": shown(letter)})
    taking = row.side == CaseTransfer.Side.TAKING
    proposal = cases.proposal_of_transfer(row.pk) if taking else None
    terms = terms_of(row)
    left = (row.verify_by - clock.today()).days if row.verify_by else None
    context = {
        "row": row,
        "letter": letter,
        "said": letter.fields,
        "chip": transfer_chip(row),
        "terms": terms,
        "urgent": any(each.urgent for each in terms),
        "taking": taking,
        "proposal": proposal,
        "verify_left": left,
        "may_propose": taking
        and row.state == CaseTransfer.State.TAKEN
        and proposal is None
        and selectors.works_up(person, row),
        "may_ask": taking
        and row.state in (CaseTransfer.State.SENT, CaseTransfer.State.TAKEN)
        and letter.dispute_id is None
        and selectors.keeps(person, letter),
        "offers": papers.offers(MATTER, row.pk) if not taking and terms else [],
        "may_make": not taking and selectors.keeps(person, letter),
    }
    return Piece("correspondence/assist/_transfer.html", context)


def case_piece(request: Any, *, case: Case, request_ids: list[UUID] | None = None) -> Piece | None:
    """On a case's page: where it was sent, whence it came with which terms, what was asked, letters to begin."""
    person: User = request.user
    given = [(each, transfer_chip(each)) for each in selectors.transfers_of_case(case)]
    behind = selectors.transfer_behind(case)
    asked = [
        (each, chip(each), clock_of(each), len(selectors.missing(each)))
        for each in selectors.assistances_of(person, side=Assistance.Side.ASKING).filter(letter__case=case)
    ]
    copies = list(case.certified_copies.select_related("exhibit"))
    from tenants.cases.selectors import handles
    from tenants.correspondence.services.copies import ended

    open_now = case.state == Case.State.FILED and handles(person, case)
    busy = any(each.state != CaseTransfer.State.RETURNED for each, _chip in given)
    if not (given or behind or asked or copies or open_now):
        return None
    context = {
        "case": case,
        "given": given,
        "behind": behind,
        "terms": terms_of(behind) if behind else [],
        "asked_rows": asked,
        "copies": [(each, each.grant_id in (ended(copies) if copies else set())) for each in copies],
        "may_ask": open_now,
        "may_hand_over": open_now and not busy,
    }
    return Piece("correspondence/assist/_case.html", context)


# Beside a letter -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claimed:
    """Two claims side by side. first: which of them was filed first; None while there is one."""

    mine: FilingClaim | None
    theirs: FilingClaim | None
    first: FilingClaim | None
    settled: ClaimsSettled | None
    may_claim: bool
    may_yield: bool


def claimed(letter: OfficialLetter, person: User) -> Claimed:
    """The claims on the matter of a letter."""
    mine, theirs = selectors.claims(letter)
    settled = letter.claims_settled.first()
    may = claims.may_claim(person, letter)
    return Claimed(
        mine,
        theirs,
        claims.first_of(mine, theirs) if mine and theirs else None,
        settled,
        may and mine is None and settled is None,
        may and theirs is not None and settled is None,
    )


def beside_piece(request: Any, *, letter: OfficialLetter) -> Piece | None:
    """Evidence that goes with a letter, and claims to have filed first."""
    if letter.state in OfficialLetter.IN_HAND or letter.by_paper:
        return None
    person: User = request.user
    rows = [
        (each, transfer, beside.arrival_of(transfer) if transfer else None)
        for each, transfer in selectors.beside(letter)
    ]
    context = {
        "letter": letter,
        "rows": rows,
        "may_send": beside.may_send(person, letter),
        "claimed": claimed(letter, person),
        "copies": selectors.certified_copies(letter),
    }
    return Piece("correspondence/assist/_beside.html", context)
