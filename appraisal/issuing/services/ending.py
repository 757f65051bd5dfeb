"""A letter is withdrawn, or a new version takes its place: everybody who holds it is told, wherever it was used."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.issuing import register, selectors
from appraisal.issuing.models import Notice, OpinionLetter, ReuseOffer
from appraisal.issuing.services.steps import Role, State, changed, note, tell_holders
from audit import log as seal_log
from audit.move import move
from audit.trail import Person
from federation.contracts.opinions import OpinionSupersededV1, OpinionWithdrawnV1
from federation.parties.selectors import ActingFor
from kernel import clock
from kernel.errors import BadInput


@transaction.atomic
def withdraw(*, acting: ActingFor, letter_id: UUID, reason: str) -> OpinionLetter:
    """Take a letter back, with the reason. It stays on record and checkable; every holder is told. Twice is once."""
    acting.require(Role.APPRAISER, Role.BRAND_ADMIN, own=False)
    letter = selectors.access_letter(acting, letter_id, lock=True)
    if letter.state == State.WITHDRAWN:
        return letter
    if not reason.strip():
        raise BadInput(_("请写明撤回意见书的原因，持有它的机关都会看到。"), code="reason_missing")
    return withdraw_letter(letter, by=acting.person, reason=reason.strip()[:1000])


def withdraw_letter(letter: OpinionLetter, *, by: Person, reason: str) -> OpinionLetter:
    """The same for a locked letter, in the caller's transaction."""
    now = clock.now()
    signed = letter.state == State.FORMAL
    move(letter, "withdraw", by=by, why=reason, ended_at=now, end_reason=reason, waits_for="", next_try_at=None)
    register.write(letter)
    if signed:
        seal_log.append("opinion.withdrawn", letter.pk, {"number": letter.number, "reason": reason})
    tell_holders(
        letter,
        OpinionWithdrawnV1(letter_id=letter.pk, opinion_no=letter.number, reason=reason, who=by.display_name, at=now),
        by,
    )
    lapse_offers(letter, by=by, reason=reason)
    if letter.notice and letter.notice.state == Notice.State.ANSWERED:
        move(letter.notice, "reopen", by=by, why=reason)
    note(letter, "letter_withdrawn", by.display_name, reason)
    return letter


def supersede(successor: OpinionLetter, *, by: Person) -> None:
    """The version before is over: its holders are told which one counts now, and hold that one too."""
    old = successor.supersedes
    if old is None:
        return
    now = clock.now()
    old = selectors.any_letter(old.pk, lock=True)
    if old.state in OpinionLetter.MOVES["supersede"][0]:
        move(old, "supersede", by=by, ended_at=now, end_reason=successor.revision_reason)
        lapse_offers(old, by=by, reason=successor.revision_reason)
    register.write(old)
    tell_holders(
        old,
        OpinionSupersededV1(
            letter_id=old.pk,
            opinion_no=old.number,
            by_letter_id=successor.pk,
            by_opinion_no=successor.number,
            reason=successor.revision_reason,
            who=by.display_name,
            at=now,
        ),
        by,
    )
    changed(old)


def lapse_offers(letter: OpinionLetter, *, by: Person, reason: str) -> int:
    """Recognition elsewhere ends with the letter it rests on. Returns how many offers."""
    offers = list(ReuseOffer.objects.select_for_update().filter(letter=letter, state__in=ReuseOffer.MOVES["lapse"][0]))
    for offer in offers:
        move(offer, "lapse", by=by, why=reason)
    return len(offers)
