"""What the two say to each other, and what it comes to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.move import move, refusal
from audit.trail import Person
from federation.broker import hooks
from federation.broker.models import Dispute, DisputeWord
from federation.broker.services.common import (
    need,
    own,
    require_leader,
    superior,
    tell_desk,
    title_of,
    url,
)
from federation.broker.services.disputes.common import (
    keep,
    notify_office,
    put_down,
    side,
    stop_clock,
    take_side,
    there,
    told_as,
)
from federation.contracts.addresses import Address
from federation.contracts.broker import (
    DisputeWordV1,
    SideV1,
)
from federation.letters.post import post
from kernel.errors import BadInput

State, Kind = Dispute.State, DisputeWord.Kind


@transaction.atomic
def say(
    row: Dispute,
    kind: str,
    text: str,
    *,
    by: Person,
    names: str = "",
    answers: UUID | None = None,
    filed_at: datetime | None = None,
    filed_no: str = "",
) -> Dispute:
    """One word of ours: a statement, a proposal that names who takes it, an answer to the other's, or the end of ours.

    Statements are heard until the superior has decided; the rest only while the two negotiate.
    Raises MoveRefused, BadInput `text_missing`, `names_wrong`, `proposal_gone`.
    """
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    me = own()
    _need_open(row, kind)
    if kind in (Kind.STATEMENT, Kind.PROPOSAL, Kind.DECLINE):
        text = need(text, _("请写明意见和理由。"), "text_missing")
    if kind == Kind.PROPOSAL and names not in (row.first, row.second):
        raise BadInput(_("方案要写明由两方中的哪一方管辖。"), code="names_wrong")
    if kind in (Kind.AGREE, Kind.DECLINE):
        proposal = open_proposal(row, row.other_of(me))
        if proposal is None or (answers is not None and answers != proposal.pk):
            raise BadInput(_("对方没有待答复的方案，或已另提方案。请看过最新内容再答复。"), code="proposal_gone")
        answers, names = proposal.pk, proposal.names
    if kind in (Kind.AGREE, Kind.WITHDRAW):
        require_leader(by)
    if kind == Kind.WITHDRAW and row.first != me:
        raise BadInput(_("只有提出争议的一方可以撤回。请改为答复方案或陈述意见。"), code="not_opener")
    if filed_at is not None or filed_no:
        take_side(row, SideV1(province=me, filed_at=filed_at, filed_no=filed_no.strip()[:80]))
    word = put_down(row, me, kind, text, by, names=names, answers=answers)
    trail.record(row, f"say_{kind}", by=by)
    above = superior()
    to = [Address.province(row.other_of(me))]
    if above is not None and (row.state == State.ESCALATED or kind == Kind.AGREE) and row.raised_at is not None:
        to.append(above)
    post(DisputeWordV1(dispute_id=row.pk, side=side(row, me), word=told_as(word)), to, thread=row.pk, by=by)
    if kind in (Kind.AGREE, Kind.WITHDRAW):
        settle(row, by)
        notify_office(row, by)
    return row


def _need_open(row: Dispute, kind: str) -> None:
    heard = Dispute.OPEN if kind in (Kind.STATEMENT, Kind.PROPOSAL, Kind.AGREE, Kind.DECLINE) else (State.NEGOTIATING,)
    if row.state not in heard:
        raise refusal(row, {Kind.AGREE: "agree", Kind.WITHDRAW: "withdraw"}.get(kind, "agree"))  # type: ignore[call-overload]


def word_came(message: DisputeWordV1, sender: str) -> Dispute:
    """The other's word, or at the superior that of either side."""
    row = there(message.dispute_id)
    take_side(row, message.side)
    fresh = keep(row, sender, message.word)
    if fresh:
        settle(row, trail.Actor(None, title_of(sender)))
        tell_desk("broker_dispute", _("管辖争议有新意见"), f"{title_of(sender)}：{row.title}", url("dispute", row.pk))
    return row


def settle(row: Dispute, by: Person) -> None:
    """What the words so far come to. Of two agreements that crossed the earlier one holds, at both sides."""
    words = list(row.words.filter(kind__in=(Kind.AGREE, Kind.WITHDRAW)).order_by("at", "id"))
    agreed = next((each for each in words if each.kind == Kind.AGREE), None)
    if agreed is not None:
        if row.state in Dispute.MOVES["agree"][0]:
            move(row, "agree", by=by, agreed_on=agreed.names, ended_at=agreed.at)
        elif row.state == State.AGREED and row.agreed_on != agreed.names:
            Dispute.objects.filter(pk=row.pk).update(agreed_on=agreed.names, ended_at=agreed.at)
            row.refresh_from_db()
        else:
            return
        if row.side_of(own()):
            hooks.decided(row)
    elif words and row.state == State.NEGOTIATING:
        move(row, "withdraw", by=by, ended_at=words[0].at)
    if row.state != State.NEGOTIATING:
        stop_clock(row)


def open_proposal(row: Dispute, province: str) -> DisputeWord | None:
    """The last proposal of a side that the other has not answered."""
    last = row.words.filter(province=province, kind=Kind.PROPOSAL).last()
    if last is None or row.words.filter(answers=last.pk).exists():
        return None
    return last
