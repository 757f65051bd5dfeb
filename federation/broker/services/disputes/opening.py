"""A dispute is opened, or joined by the other side."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.trail import Person
from federation.broker.models import Dispute, DisputeWord
from federation.broker.services.common import (
    host_of,
    need,
    own,
    tell_desk,
    title_of,
    url,
)
from federation.broker.services.disputes.common import (
    id_of,
    keep,
    matter_of,
    notify_office,
    put_down,
    side,
    take_side,
    told_as,
)
from federation.broker.services.disputes.negotiating import say
from federation.contracts.addresses import Address
from federation.contracts.broker import (
    DisputeOpenedV1,
)
from federation.letters.models import Letter
from federation.letters.post import post
from kernel import clock
from kernel.errors import BadInput, Conflict

Kind = DisputeWord.Kind
TERM_DAYS = 7


@transaction.atomic
def open_dispute(
    *,
    letter_id: UUID | None,
    kind: str,
    reason: str,
    other: str,
    by: Person,
    subject_id: UUID | None = None,
    own_filed_at: datetime | None = None,
    own_filed_no: str = "",
    title: str = "",
    claim: str = Dispute.Claim.NOT_MINE,
    matter_id: UUID | None = None,
    subject_kind: str = "",
    unit_id: UUID | None = None,
) -> Dispute:
    """A dispute with another province over the matter of a letter, or one's own part in that which there is already.

    kind: of the matter, as letters name it ("official.clue_transfer", "case"). own_filed_at, own_filed_no: since when
    and as what it is filed here. matter_id: what both sides know it by; by default the letter's thread.
    Raises BadInput `reason_missing`, `dispute_party_wrong`; Conflict `dispute_other_away`, `dispute_over`.
    """
    said = need(reason, _("请写明理由：为什么应由对方（或本方）管辖。"), "reason_missing")
    me, host = own(), host_of(other)
    if other == me or host is None or host.is_superior:
        raise BadInput(_("请选择发生争议的另一个省份。"), code="dispute_party_wrong", other=other)
    if host.state != "active":
        raise Conflict(
            _("{name}现在不能收函。请书面协商，协商不成的书面报请共同上级。"),
            code="dispute_other_away",
            name=host.title,
        )
    matter = matter_id or matter_of(letter_id, subject_id)
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=id_of(matter, me, other)).first()
    if row is not None:
        return _join(row, said, by, own_filed_at, own_filed_no)
    letter_no = Letter.objects.filter(pk=letter_id).values_list("document_no", flat=True).first() if letter_id else ""
    now = clock.now()
    due = clock.due_at(now, clock.Term(TERM_DAYS, clock.Unit.WORKING_DAY))
    row = Dispute.objects.create(
        id=id_of(matter, me, other),
        matter_id=matter,
        letter_id=letter_id,
        letter_no=letter_no or "",
        matter_kind=kind[:60],
        title=title.strip()[:200] or str(_("管辖争议")),
        first=me,
        second=other,
        claim=claim,
        first_filed_at=own_filed_at,
        first_filed_no=own_filed_no.strip()[:80],
        opened_at=now,
        due_at=due.at,
        due_provisional=due.provisional,
        unit_id=unit_id or getattr(by, "unit_id", None),
        subject_kind=subject_kind,
        subject_id=subject_id,
    )
    word = put_down(row, me, Kind.STATEMENT, said, by, at=now)
    trail.record(row, "open", by=by, why=said[:500], to_state=row.state)
    post(
        DisputeOpenedV1(
            dispute_id=row.pk, matter_id=row.matter_id, letter_id=row.letter_id, letter_no=row.letter_no,
            matter_kind=row.matter_kind, title=row.title, claim=row.claim, side=side(row, me), statement=told_as(word),
            opened_at=row.opened_at, due_at=row.due_at,
        ),
        Address.province(other), thread=row.pk, by=by, due_at=row.due_at,
    )  # fmt: skip
    notify_office(row, by)
    return row


def _join(row: Dispute, said: str, by: Person, filed_at: datetime | None, filed_no: str) -> Dispute:
    """We open what the other has opened before us: one dispute, in which we have our say."""
    if row.state not in Dispute.OPEN:
        raise Conflict(
            _("这件事与{other}的管辖争议已经有结果（{state_name}），不能再提。请按结果办理。"),
            code="dispute_over",
            other=title_of(row.other_of(own())),
            state_name=row.get_state_display(),
        )
    return say(row, Kind.STATEMENT, said, by=by, filed_at=filed_at, filed_no=filed_no)


def opened(message: DisputeOpenedV1, sender: str) -> Dispute:
    """The other's opening has arrived. Where ours is on its way to them: one dispute, the earlier opens it."""
    me = own()
    row = Dispute.objects.select_for_update(of=("self",)).filter(pk=message.dispute_id).first()
    if row is None:
        row = Dispute.objects.create(
            id=message.dispute_id,
            matter_id=message.matter_id,
            letter_id=message.letter_id,
            letter_no=message.letter_no,
            matter_kind=message.matter_kind,
            title=message.title,
            first=sender,
            second=me,
            claim=message.claim,
            opened_at=message.opened_at,
            due_at=message.due_at,
        )
        trail.record(row, "open", by=trail.Actor(None, title_of(sender)), to_state=row.state)
    elif (message.opened_at, sender) < (row.opened_at, row.first):
        _turn_round(row, message, sender)
    take_side(row, message.side)
    keep(row, sender, message.statement)
    tell_desk(
        "broker_dispute", _("与外省有一件管辖争议，请协商"), f"{title_of(sender)}：{row.title}",
        url("dispute", row.pk), urgent=True,
    )  # fmt: skip
    return row


def _turn_round(row: Dispute, message: DisputeOpenedV1, sender: str) -> None:
    """The other was first: its term and its title hold, at both sides alike. Filings follow their province."""
    was_filed = (row.first_filed_at, row.first_filed_no)
    row.first, row.second, row.claim = sender, own(), message.claim
    row.opened_at, row.due_at, row.title = message.opened_at, message.due_at, message.title
    row.first_filed_at, row.first_filed_no = None, ""
    row.second_filed_at, row.second_filed_no = was_filed
    row.save()
