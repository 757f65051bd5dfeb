"""指定管辖: the superior's decision, by letter or on paper; and how the office keeps a dispute's course."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.move import move, refusal
from audit.trail import Person
from federation.broker import hooks
from federation.broker.models import Dispute
from federation.broker.services.common import (
    is_superior,
    need,
    next_number,
    require_leader,
    tell_desk,
    title_of,
    url,
)
from federation.broker.services.disputes.common import (
    notify_office,
    stop_clock,
    there,
)
from federation.contracts.addresses import Address
from federation.contracts.broker import (
    DisputeDecidedV1,
    DisputeNoticeV1,
)
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput

State = Dispute.State


@transaction.atomic
def decide(row: Dispute, *, by: Person, designated: str, reason: str, conditions: str = "") -> Dispute:
    """指定管辖, by the common superior: one of the two, with a number, to both at once. It is final."""
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    require_leader(by)
    if row.state != State.ESCALATED:
        raise refusal(row, "decide")
    if designated not in (row.first, row.second):
        raise BadInput(_("请在两方中指定一方。"), code="designated_wrong")
    why = need(reason, _("请写明指定管辖的理由。"), "reason_missing")
    wanted = conditions.strip()[:2000]
    now, number = clock.now(), next_number("指定")
    move(
        row, "decide", by=by, why=why[:500], designated=designated, decision_no=number, decision_reason=why,
        decision_conditions=wanted, decided_by=by.display_name, ended_at=now,
    )  # fmt: skip
    post(
        DisputeDecidedV1(
            dispute_id=row.pk, designated=designated, reason=why, conditions=wanted, by_name=by.display_name, at=now
        ),
        [Address.province(row.first), Address.province(row.second)], thread=row.pk, by=by, document_no=number,
    )  # fmt: skip
    notify_office(row, by)
    return row


def decided(message: DisputeDecidedV1, document_no: str, sender: str) -> Dispute:
    """The superior's decision has arrived. It stands above whatever the two have written meanwhile."""
    row = there(message.dispute_id)
    if row.state == State.DECIDED:
        return row
    move(
        row, "decide", by=trail.Actor(None, title_of(sender)), designated=message.designated, decision_no=document_no,
        decision_reason=message.reason, decision_conditions=message.conditions, decided_by=message.by_name,
        ended_at=message.at, on_paper=False,
    )  # fmt: skip
    stop_clock(row)
    tell_desk(
        "broker_dispute", _("指定管辖决定已到"), f"{document_no}：{title_of(message.designated)}",
        url("dispute", row.pk), urgent=True,
    )  # fmt: skip
    hooks.decided(row)
    return row


@transaction.atomic
def decided_on_paper(row: Dispute, *, by: Person, designated: str, document_no: str, reason: str) -> Dispute:
    """The superior has no seat here: its paper is entered by hand, by the head; each side enters its own."""
    row = Dispute.objects.select_for_update(of=("self",)).get(pk=row.pk)
    require_leader(by)
    if row.state != State.ESCALATED or not row.on_paper:
        raise refusal(row, "decide")
    if designated not in (row.first, row.second):
        raise BadInput(_("请在两方中指定一方。"), code="designated_wrong")
    number = need(document_no, _("请填写决定书的文号。"), "document_no_missing", longest=80)
    why = need(reason, _("请写明指定管辖的理由。"), "reason_missing")
    move(
        row, "decide", by=by, why=why[:500], designated=designated, decision_no=number, decision_reason=why,
        ended_at=clock.now(),
    )  # fmt: skip
    hooks.decided(row)
    notify_office(row, by)
    return row


_VERB_TO: dict[str, str] = {
    State.WITHDRAWN: "withdraw", State.ESCALATED: "raise", State.AGREED: "agree", State.DECIDED: "decide",
}  # fmt: skip


def noticed(message: DisputeNoticeV1, sender: str) -> Dispute | None:
    """At the office: keep the dispute's course. A party that is none of its own can tell nothing of it."""
    if sender not in (message.first, message.second) and not is_superior(sender):
        return None
    row, made = Dispute.objects.get_or_create(
        pk=message.dispute_id,
        defaults={
            "matter_id": message.dispute_id,
            "letter_id": message.letter_id,
            "matter_kind": message.matter_kind,
            "first": message.first,
            "second": message.second,
            "opened_at": message.opened_at,
            "due_at": message.due_at,
        },
    )
    if {row.first, row.second} != {message.first, message.second}:
        return None
    if not made and message.opened_at < row.opened_at:
        Dispute.objects.filter(pk=row.pk).update(
            first=message.first, second=message.second, opened_at=message.opened_at, due_at=message.due_at
        )
        row.refresh_from_db()
    verb = _VERB_TO.get(message.state, "")
    if verb and row.state in Dispute.MOVES[verb][0]:
        fields: dict[str, Any] = {} if verb == "raise" else {"ended_at": message.at}
        if verb == "raise":
            fields["raised_at"] = message.at
        if verb == "agree":
            fields["agreed_on"] = message.designated
        if verb == "decide":
            fields |= {"designated": message.designated, "decision_no": message.document_no}
        move(row, verb, by=trail.Actor(None, title_of(sender)), **fields)
    return row
