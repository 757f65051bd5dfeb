"""报请指定管辖: it goes up to the common superior, by the head or by the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.move import move, refusal
from audit.trail import Person
from federation.broker.models import Dispute
from federation.broker.services.common import (
    MACHINE,
    next_number,
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
    side,
    stop_clock,
    take_side,
    there,
    told_as,
)
from federation.broker.services.disputes.negotiating import settle
from federation.contracts.addresses import Address
from federation.contracts.broker import (
    DisputeRaisedV1,
    DisputeWentUpV1,
)
from federation.letters.post import post
from kernel import clock

State = Dispute.State


@transaction.atomic
def raise_up(row: Dispute, *, by: Person, why: str = Dispute.Why.NO_AGREEMENT) -> Dispute:
    """报请指定管辖: by the head when no agreement is in sight, by the clock when the term is over.

    A head's gets a number. Without a seat of the superior here the head reports on paper and enters the decision.
    """
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state != State.NEGOTIATING:
        raise refusal(row, "raise")
    require_leader(by)
    number = "" if by is MACHINE else next_number("报")
    fields: dict[str, Any] = {f"{row.side_of(own())}_raised_no": number}
    move(row, "raise", by=by, raised_why=why, raised_at=clock.now(), on_paper=superior() is None, **fields)
    stop_clock(row)
    _report(row, by, number)
    post(
        DisputeWentUpV1(dispute_id=row.pk, why=row.raised_why, document_no=number, at=row.raised_at),
        Address.province(row.other_of(own())), thread=row.pk, by=by,
    )  # fmt: skip
    notify_office(row, by)
    return row


def _report(row: Dispute, by: Person, number: str) -> None:
    """Our side of it to the superior: each speaks for itself."""
    above, me = superior(), own()
    if above is None:
        return
    post(
        DisputeRaisedV1(
            dispute_id=row.pk, matter_id=row.matter_id, letter_no=row.letter_no, matter_kind=row.matter_kind,
            title=row.title, other=row.other_of(me), side=side(row, me),
            claim=row.claim, words=tuple(told_as(each) for each in row.words.filter(province=me)),
            opened_at=row.opened_at, due_at=row.due_at, why=row.raised_why, document_no=number,
            raised_at=row.raised_at, at=clock.now(),
        ),
        above, thread=row.pk, by=by,
    )  # fmt: skip


def went_up(message: DisputeWentUpV1, sender: str) -> Dispute:
    """The other brought it before the superior: we send what we have said, so that it hears both."""
    row = there(message.dispute_id)
    number: dict[str, Any] = {f"{row.side_of(sender)}_raised_no": message.document_no}
    if row.state in Dispute.MOVES["raise"][0]:
        move(
            row, "raise", by=trail.Actor(None, title_of(sender)), raised_why=message.why, raised_at=message.at,
            on_paper=superior() is None, **number,
        )  # fmt: skip
        stop_clock(row)
        _report(row, MACHINE, "")
        tell_desk(
            "broker_dispute",
            _("管辖争议已报请共同上级指定"),
            f"{title_of(sender)}：{row.title}",
            url("dispute", row.pk),
        )
    elif row.state == State.AGREED and row.raised_at is None:
        # We agreed before we heard: our words take it from the superior's table again.
        Dispute.objects.filter(pk=row.pk).update(raised_why=message.why, raised_at=message.at, **number)
        row.refresh_from_db()
        _report(row, MACHINE, "")
    else:
        Dispute.objects.filter(pk=row.pk).update(**number)
        row.refresh_from_db()
    return row


def raised(message: DisputeRaisedV1, sender: str) -> Dispute:
    """At the superior: one side's report. The first makes the row, the second adds itself to it."""
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=message.dispute_id).first()
    if row is None:
        row = Dispute.objects.create(
            id=message.dispute_id,
            state=State.ESCALATED,
            matter_id=message.matter_id,
            letter_no=message.letter_no,
            matter_kind=message.matter_kind,
            title=message.title,
            first=sender,
            second=message.other,
            claim=message.claim,
            opened_at=message.opened_at,
            due_at=message.due_at,
            raised_why=message.why,
            raised_at=message.raised_at,
        )
        trail.record(row, "raise", by=trail.Actor(None, title_of(sender)), to_state=row.state)
        tell_desk(
            "broker_dispute", _("有一件管辖争议报请指定"),
            f"{title_of(sender)}、{title_of(message.other)}：{row.title}", url("dispute", row.pk), urgent=True,
        )  # fmt: skip
    if message.document_no:
        Dispute.objects.filter(pk=row.pk).update(**{f"{row.side_of(sender)}_raised_no": message.document_no})
        row.refresh_from_db()
    take_side(row, message.side)
    for word in message.words:
        keep(row, sender, word)
    settle(row, trail.Actor(None, title_of(sender)))
    return row


def raise_overdue(now: datetime | None = None) -> int:
    """Those whose term is over go up by themselves. Returns how many. Safe to run twice, and at both sides."""
    rows = Dispute.objects.filter(state=State.NEGOTIATING, due_at__lt=now or clock.now())
    count = 0
    for row in rows:
        raise_up(row, by=MACHINE, why=Dispute.Why.TERM_OVER)
        tell_desk(
            "broker_dispute", _("管辖争议协商期满，已报请共同上级"), row.title, url("dispute", row.pk), urgent=True
        )
        count += 1
    return count
