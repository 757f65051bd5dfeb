"""The terms of a referral, ours and theirs. Plain days and hours; a platform's own may be set on its connection.

Source: 国务院令第310号 art. 5 (to the police within 24 hours of the approval), 6 to 8 (receipt in 24 hours, decision
within 3 days), 9 (reconsideration within 3 days of the notice, decided within 3 days; then supervision), 12 (goods
within 3 days of the filing notice). Withdrawal: 3 working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.clock import Term, Unit
from kernel.errors import Words
from tenants.linkage.models import LinkageSetting, Referral

State = Referral.State


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One term. ours: we owe it; otherwise the other side does, and we ask."""

    code: str
    words: Words
    term: Term
    ours: bool


_ALL = (
    Rule(code="send", words=_("批准后移送公安"), term=Term(24, Unit.HOUR), ours=True),
    Rule(code="receipt", words=_("公安出具回执"), term=Term(24, Unit.HOUR), ours=False),
    Rule(code="decision", words=_("公安决定是否立案"), term=Term(3, Unit.CALENDAR_DAY), ours=False),
    Rule(code="reconsider", words=_("提请复议或建议立案监督"), term=Term(3, Unit.CALENDAR_DAY), ours=True),
    Rule(code="reconsidered", words=_("公安作出复议决定"), term=Term(3, Unit.CALENDAR_DAY), ours=False),
    Rule(code="supervise", words=_("复议维持后建议立案监督"), term=Term(3, Unit.CALENDAR_DAY), ours=True),
    Rule(code="handover", words=_("移交涉案物品"), term=Term(3, Unit.CALENDAR_DAY), ours=True),
    Rule(code="withdrawal", words=_("撤回送达对方"), term=Term(3, Unit.WORKING_DAY), ours=True),
)
RULES = {each.code: each for each in _ALL}


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One term of one referral. met_at: None while it is owed."""

    rule: Rule
    due_at: datetime
    met_at: datetime | None

    @property
    def open(self) -> bool:
        return self.met_at is None

    @property
    def late(self) -> bool:
        return (self.met_at or clock.now()) > self.due_at


Own = Mapping[UUID, Mapping[str, int]]
"""Of each platform, the terms that differ there."""


def of_platforms() -> Own:
    """As they are now; there are few platforms, so a list of referrals asks once."""
    return dict(LinkageSetting.objects.values_list("connection_id", "terms"))


def due(code: str, start: datetime, connection_id: UUID | None, own: Own) -> datetime:
    """When a term that began at `start` is over."""
    rule = RULES[code]
    differs = own.get(connection_id, {}) if connection_id else {}
    return clock.due_at(start, Term(int(differs.get(code, rule.term.amount)), rule.term.unit)).at


def clocks_of(referral: Referral, own: Own) -> list[Clock]:
    """The terms that began, in their order; the last open one is what is owed now."""
    found: list[Clock] = []

    def add(code: str, start: datetime | None, met: datetime | None, *, stopped: bool = False) -> None:
        if start is not None and (met is not None or not stopped):
            found.append(Clock(rule=RULES[code], due_at=due(code, start, referral.connection_id, own), met_at=met))

    over = referral.state in (State.WITHDRAWN, State.ENDED)
    refused = referral.state not in (State.FILED,) and referral.notice_at is not None and referral.filed_at is None
    add("send", referral.decided_at, referral.sent_at, stopped=over)
    add("receipt", referral.sent_at, referral.received_at or referral.notice_at, stopped=over)
    add(
        "decision",
        referral.received_at or referral.sent_at,
        referral.notice_at,
        stopped=over or referral.state == State.RETURNED,
    )
    if refused:
        add("reconsider", referral.notice_at, referral.reconsider_at or referral.supervise_at, stopped=over)
        add("reconsidered", referral.reconsider_at, referral.upheld_at, stopped=over)
        add("supervise", referral.upheld_at, referral.supervise_at, stopped=over)
    elif referral.filed_at is not None:
        add("handover", referral.filed_at, referral.handed_over_at, stopped=over)
    return found


def next_clock(referral: Referral, own: Own) -> Clock | None:
    """What is owed first, by us or by them."""
    waiting = [each for each in clocks_of(referral, own) if each.open]
    return min(waiting, key=lambda each: each.due_at) if waiting else None
