"""先立案: of several competent bureaux the one that filed first has the case. Two provinces each say when they filed;
the two times stand side by side at both, and where neither gives way the common superior decides.

Source: 行政处罚法 art. 25.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from federation.contracts.addresses import Address
from federation.contracts.beside import FilingClaimV1, FilingClaimYieldedV1
from federation.letters.post import Envelope, post
from federation.letters.words import party_names
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from notify.services import tell
from provinces.context import required
from tenants.correspondence import outside, selectors
from tenants.correspondence import selectors_assist as doors
from tenants.correspondence.models import ClaimsSettled, FilingClaim, OfficialLetter
from tenants.correspondence.services import steps


def may_claim(person: User, letter: OfficialLetter) -> bool:
    """Whether this person may say that this bureau filed the matter of a letter."""
    if letter.by_paper or not letter.peer_party or letter.state in OfficialLetter.IN_HAND:
        return False
    return letter.state not in (OfficialLetter.State.VOID, OfficialLetter.State.RECALLED) and doors.keeps(
        person, letter
    )


def first_of(mine: FilingClaim, theirs: FilingClaim) -> FilingClaim:
    """Which of two was filed first; theirs when both say the same moment, so that nobody wins by looking."""
    return mine if mine.filed_at < theirs.filed_at else theirs


@transaction.atomic
def claim(*, by: User, letter_id: UUID, case_id: UUID, ground: str) -> FilingClaim:
    """主张先立案, with a case of this bureau. Where the other side claims too, a dispute opens.

    Raises NotFound404 for a case this person may not see, Conflict for a second claim.
    """
    letter = _locked(by, letter_id)
    if not ground.strip():
        raise BadInput(_("请写明本单位有管辖权的理由。"), code="ground_missing")
    case = doors.cases_open_to(by).filter(pk=case_id).first()
    if case is None:
        raise NotFound404()
    mine, theirs = doors.claims(letter)
    if mine is not None:
        raise Conflict(_("本单位已主张过先立案，不能再改。请看两边的立案时间。"), code="claimed_already")
    now = clock.now()
    row = FilingClaim.objects.create(
        letter=letter,
        mine=True,
        province_code=required().name,
        province_name=outside.own_title(),
        unit_name=case.unit.name,
        case_number=case.number,
        case_id=case.pk,
        filed_at=case.filed_at,
        ground=ground.strip(),
        knew=theirs is not None,
        at=now,
        by_name=by.display_name,
    )
    trail.record(letter, "claim_filing", by=by, why=row.ground, data={"case": case.number})
    post(
        FilingClaimV1(
            claim_id=row.pk,
            official_id=letter.origin_id,
            unit_name=row.unit_name,
            case_number=row.case_number,
            filed_at=row.filed_at,
            ground=row.ground,
            knew=row.knew,
            at=now,
            who=by.display_name,
        ),
        to=Address.parse(letter.peer_party),
        thread=letter.thread,
        by=by,
        in_reply_to=letter.post_id,
    )
    if theirs is not None:
        _open_dispute(letter, row, theirs, by=by)
    steps.announce(letter, "claim")
    return row


def came(message: FilingClaimV1, envelope: Envelope) -> None:
    """The other side says it filed. With a claim here too this side takes its part in the one dispute."""
    letter = doors.letter_of_claim(message.official_id, envelope.sender)
    mine, theirs = doors.claims(letter)
    if theirs is not None:
        return
    sender = str(envelope.sender)
    theirs = FilingClaim.objects.create(
        letter=letter,
        mine=False,
        province_code=envelope.sender.name,
        province_name=party_names([sender])[sender],
        unit_name=message.unit_name,
        case_number=message.case_number,
        filed_at=message.filed_at,
        ground=message.ground,
        knew=message.knew,
        at=message.at,
        by_name=message.who,
    )
    if mine is not None:
        _open_dispute(letter, mine, theirs, by=steps.MACHINE)
    people: set[Any] = {letter.handler_id, letter.drafted_by_id} - {None}
    people |= {each.pk for each in steps.receivers(letter)}
    tell(
        to=people,
        code="official_claim",
        title=gettext("对方主张先立案，请核对两边的立案时间"),
        url=steps.url(letter),
        urgent=mine is not None,
    )
    steps.announce(letter, "claim")


def _open_dispute(letter: OfficialLetter, mine: FilingClaim, theirs: FilingClaim, *, by: Any) -> None:
    if letter.claims_settled.exists():
        return
    dispute_id = outside.open_filing_dispute(
        letter_id=letter.post_id,
        title=letter.title,
        reason=mine.ground,
        other=theirs.province_code,
        by=by,
        filed_at=mine.filed_at,
        filed_no=mine.case_number,
        case_id=mine.case_id,
        unit_id=letter.own_unit_id,
    )
    ClaimsSettled.objects.create(
        letter=letter,
        how=ClaimsSettled.How.DISPUTE,
        dispute_id=dispute_id,
        words=f"{mine.case_number} / {theirs.case_number}",
        by_name=by.display_name,
    )
    trail.record(letter, "open_dispute", by=by, data={"dispute": str(dispute_id)})


@transaction.atomic
def give_way(*, by: User, letter_id: UUID, words: str = "") -> ClaimsSettled:
    """让出: the other side has the case. Only while no dispute is open; then the two agree there."""
    letter = _locked(by, letter_id)
    _mine, theirs = doors.claims(letter)
    if theirs is None:
        raise Conflict(_("对方还没有主张先立案，没有可让出的。"), code="nothing_claimed")
    if letter.claims_settled.exists():
        raise Conflict(_("已提请共同上级处理，或已有结果。要让出，请在争议页面与对方商定。"), code="claims_settled")
    row = ClaimsSettled.objects.create(
        letter=letter,
        how=ClaimsSettled.How.GAVE_WAY,
        in_favour=theirs.province_code,
        words=words.strip()[:500],
        by_name=by.display_name,
    )
    trail.record(letter, "give_way", by=by, why=row.words)
    post(
        FilingClaimYieldedV1(official_id=letter.origin_id, words=row.words, at=row.at, who=by.display_name),
        to=Address.parse(letter.peer_party),
        thread=letter.thread,
        by=by,
        in_reply_to=letter.post_id,
    )
    steps.announce(letter, "claim")
    return row


def way_given(message: FilingClaimYieldedV1, envelope: Envelope) -> None:
    """The other side lets this one have the case."""
    letter = doors.letter_of_claim(message.official_id, envelope.sender)
    if letter.claims_settled.exists():
        return
    ClaimsSettled.objects.create(
        letter=letter,
        how=ClaimsSettled.How.GAVE_WAY,
        in_favour=required().name,
        words=message.words,
        at=message.at,
        by_name=message.who,
    )
    people: set[Any] = {letter.handler_id, letter.drafted_by_id} - {None}
    tell(to=people, code="official_claim", title=gettext("对方让出管辖，案件由本单位办理"), url=steps.url(letter))
    steps.announce(letter, "claim")


def _locked(by: User, letter_id: UUID) -> OfficialLetter:
    letter = selectors.letter_to_change(by, letter_id)
    if not may_claim(by, letter):
        raise NotAllowed()
    return letter
