"""What follows from what was said: whether a revision is in force, who is a member, whether the agreement is over.

Everything is reckoned anew from proposals, answers, entries and departures, so the order in which letters arrive, and
how often, makes no difference. Every party reckons for itself; the proposer also says the word that makes it binding.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audit.move import move
from federation.agreements import selectors
from federation.agreements.models import Agreement, Answer, Departure, Entry, Revision
from federation.agreements.models.agreement import Visibility
from federation.agreements.services.common import MACHINE, addresses, own
from federation.contracts.agreements import AgreementInForceV1
from federation.letters import receipts
from federation.letters.post import post
from federation.published.models import OpenAgreement
from kernel import clock
from notify.services import tell
from provinces.context import required

CONSENTED = Answer.Word.CONSENTED


def settle(agreement_id: UUID) -> Agreement | None:
    """Bring the states up to what is known here. In the caller's transaction; None when there was no proposal yet."""
    agreement = Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement_id).first()
    if agreement is None:
        return None
    revisions = list(agreement.revisions.order_by("number", "id"))
    said: dict[UUID, dict[str, Answer]] = {}
    for answer in Answer.objects.filter(agreement_id=agreement_id):
        said.setdefault(answer.revision_id, {})[answer.party] = answer
    left: dict[str, datetime] = {}
    for row in Departure.objects.filter(agreement_id=agreement_id).order_by("at"):
        left[row.party] = row.at
    entries = {row.revision_id: row for row in Entry.objects.filter(agreement_id=agreement_id)}
    for _round in range(2):  # who is a member follows from the first round, and what members refuse from that
        for revision in revisions:
            if revision.state == Revision.State.PROPOSED:
                _settle_revision(agreement, revision, said.get(revision.pk, {}), left, entries.get(revision.pk))
        _settle_agreement(agreement, revisions, said, left)
    me = own()
    if not any(row.state == Revision.State.PROPOSED and me not in said.get(row.pk, {}) for row in revisions):
        receipts.over(agreement_id, "agreement.proposed")
    return agreement


def _settle_revision(
    agreement: Agreement, revision: Revision, said: dict[str, Answer], left: dict[str, datetime], entry: Entry | None
) -> None:
    if entry is not None and entry.by_party == revision.proposer:
        if not entry.consented:
            move(revision, "withdraw", by=MACHINE, why=entry.why)
        elif all(code in said and said[code].word == CONSENTED for code in entry.consented):
            _enter(agreement, revision, entry.at)
        return
    asked = [code for code in revision.parties if code in said or not _left_since(left, code, revision.proposed_at)]
    willing = [code for code in asked if code in said and said[code].word == CONSENTED]
    unwilling = [code for code in asked if code in said and said[code].word != CONSENTED]
    needed = max(revision.quorum or len(asked), 2)
    bound = set(agreement.members)  # nobody is moved to new terms, or out, by the others
    if len(asked) - len(unwilling) < needed or bound & set(unwilling):
        move(revision, "refuse", by=MACHINE, why="、".join(answer.why for answer in said.values() if answer.why))
        _tell(agreement, _("协议未达成：{title}"))
    elif revision.proposer == own() and len(willing) >= needed and bound <= set(willing):
        _declare(agreement, revision, willing)


def _left_since(left: dict[str, datetime], code: str, moment: datetime) -> bool:
    return code in left and left[code] >= moment


def _declare(agreement: Agreement, revision: Revision, willing: list[str]) -> None:
    """Only at the proposer: say to all that enough have consented."""
    moment = clock.now()
    Entry.objects.create(
        agreement_id=agreement.pk, revision_id=revision.pk, by_party=own(), consented=sorted(willing), at=moment
    )
    _enter(agreement, revision, moment)
    to = addresses(agreement, revision.parties)
    if to:
        message = AgreementInForceV1(
            agreement_id=agreement.pk, revision_id=revision.pk, consented=tuple(sorted(willing)), at=moment
        )
        post(message, to, thread=agreement.pk, by=MACHINE)


def _enter(agreement: Agreement, revision: Revision, moment: datetime) -> None:
    move(revision, "enter", by=MACHINE, entered_at=moment)
    _tell(agreement, _("协议已生效：{title}"))


def _settle_agreement(
    agreement: Agreement, revisions: list[Revision], said: dict[UUID, dict[str, Answer]], left: dict[str, datetime]
) -> None:
    entered = [row for row in revisions if row.state in (Revision.State.IN_FORCE, Revision.State.SUPERSEDED)]
    if not entered:
        pending = any(row.state == Revision.State.PROPOSED for row in revisions)
        if not pending and agreement.state == Agreement.State.PROPOSED:
            move(agreement, "drop", by=MACHINE)
        elif pending and agreement.state == Agreement.State.DROPPED:
            move(agreement, "reopen", by=MACHINE)
        return
    current = max(entered, key=lambda row: (row.entered_at, row.pk))
    for row in entered:
        if row is not current and row.state == Revision.State.IN_FORCE:
            move(row, "supersede", by=MACHINE)
    heard = said.get(current.pk, {})
    members = sorted(
        code
        for code in current.parties
        if code in heard and heard[code].word == CONSENTED and not (code in left and left[code] > heard[code].at)
    )
    fields: dict[str, Any] = {
        "members": members, "current_id": current.pk, "title": current.title, "entered_at": current.entered_at,
    }  # fmt: skip
    mine = own() if required().kind == "province" else ""
    if len(members) < 2 or (mine in left and mine not in members):
        fields["ended_why"] = str(_("本省已退出") if mine in left and mine not in members else _("只剩不到两个成员"))
        _step(agreement, "end", {Agreement.State.IN_FORCE, Agreement.State.EXPIRED}, fields)
    elif mine and mine not in members:  # it began without us: our word is still open, or was no
        if mine in heard and agreement.state == Agreement.State.PROPOSED:
            move(agreement, "drop", by=MACHINE, **fields)
        else:
            Agreement.objects.filter(pk=agreement.pk).update(**fields)
            agreement.refresh_from_db()
    elif current.valid_until < clock.today():
        _step(agreement, "expire", {Agreement.State.IN_FORCE}, fields)
    else:
        before = {Agreement.State.PROPOSED, Agreement.State.EXPIRED, Agreement.State.ENDED, Agreement.State.DROPPED}
        _step(agreement, "enter", before, fields)
    if required().kind == "office":
        _publish(agreement, current)


def _step(agreement: Agreement, verb: str, sources: set[Agreement.State], fields: dict[str, Any]) -> None:
    if agreement.state in sources:
        move(agreement, verb, by=MACHINE, **fields)
    elif agreement.state == Agreement.State.PROPOSED and verb != "enter":
        # Entered and over at once, as for who consented long after.
        move(agreement, "enter", by=MACHINE, **fields)
        move(agreement, verb, by=MACHINE, **fields)
    else:
        Agreement.objects.filter(pk=agreement.pk).update(**fields)
        agreement.refresh_from_db()


def _publish(agreement: Agreement, current: Revision) -> None:
    """At the office: what is open stands where every province reads it."""
    if agreement.visibility != Visibility.OPEN:
        return
    ended = None if agreement.state == Agreement.State.IN_FORCE else clock.now()
    OpenAgreement.objects.update_or_create(
        pk=agreement.pk,
        defaults={
            "title": agreement.title,
            "form": agreement.form,
            "topic": agreement.topic,
            "members": agreement.members,
            "valid_from": current.valid_from,
            "valid_until": current.valid_until,
            "entered_at": current.entered_at,
            "ended_at": ended,
        },
    )


def _tell(agreement: Agreement, words: Any) -> None:
    tell(
        to=selectors.leaders(),
        code="agreement",
        title=words.format(title=agreement.title),
        url=f"/agreements/{agreement.pk}/",
    )
