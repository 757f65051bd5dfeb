"""报批: an officer lays before the head what only the head may decide about a clue: more days, and not to file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import heads, heads_of
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import Conflict, NotAllowed, Words
from tenants.clues import selectors
from tenants.clues.models import Clue, ClueAsk, ClueExtension
from tenants.clues.services import clocks
from tenants.clues.services.steps import announce, need, tell_people
from tenants.clues.services.working import finish

EXTENSION_DAYS = 15
"""Working days more, once: 市场监督管理行政处罚程序规定 art. 18."""
Kind = ClueAsk.Kind


@transaction.atomic
def ask_extension(*, by: User, clue_id: UUID, reason: str) -> ClueAsk:
    """15 more working days, once, while the term still runs. Raises Conflict, BadInput."""
    clue = selectors.clue_to_change(by, clue_id, who="unit")
    if clue.state != Clue.State.VERIFYING:
        raise Conflict(_("核查中的线索才能延期。请先签收。"), code="not_verifying")
    _once(clue)
    why = need(reason, _("请写明延期的理由。"), "reason_missing")
    return _ask(clue, Kind.EXTENSION, by=by, reason=why, title=_("有一条线索申请延期核查"))


def _once(clue: Clue) -> None:
    start = clue.clock_from or clue.registered_at
    if clue.extensions.filter(at__gte=start).exists():
        raise Conflict(_("已经延期过一次，不能再延。请尽快办结，或报告负责人。"), code="extended_once")


def ask_not_to_file(clue: Clue, *, by: User, said: dict[str, Any]) -> ClueAsk:
    """In the caller's transaction, which has looked at the ending."""
    return _ask(clue, Kind.NO_FILING, by=by, reason=said["words"], title=_("有一条线索拟不予立案，请审批"), data=said)


def _ask(
    clue: Clue, kind: ClueAsk.Kind, *, by: User, reason: str, title: Words, data: dict[str, Any] | None = None
) -> ClueAsk:
    try:
        with transaction.atomic():
            row = ClueAsk.objects.create(clue=clue, kind=kind, reason=reason[:1000], data=data or {}, asked_by=by)
    except IntegrityError as error:
        raise Conflict(_("同一事项已经报批，请等负责人审批。"), code="asked_already") from error
    trail.record(clue, f"ask_{kind}", by=by, why=reason[:500])
    tell_people(heads_of(clue.holder_unit), clue, "clue_ask", title, but=by)
    announce(clue, f"ask_{kind}")
    return row


@transaction.atomic
def decide(*, by: User, ask_id: UUID, approve: bool, answer: str = "") -> ClueAsk:
    """The head of the unit that holds the clue approves or refuses, with a reason when refusing. Not one's own ask."""
    row = selectors.ask(by, ask_id, lock=True)
    clue = Clue.objects.select_for_update(of=("self",)).get(pk=row.clue_id)
    if not heads(by, clue.holder_unit_id):
        raise NotAllowed()
    if row.asked_by_id == by.pk:
        raise NotAllowed(_("不能自己批准自己报的事项。请由另一位负责人审批。"), code="not_your_own")
    said = answer.strip()
    if not approve:
        need(said, _("不批准要写明理由。"), "reason_missing")
    now = clock.now()
    move(row, "approve" if approve else "refuse", by=by, why=said, decided_by=by, decided_at=now,
         answer=(said or str(_("同意。")))[:500])  # fmt: skip
    if approve and row.kind == Kind.EXTENSION:
        _once(clue)
        ClueExtension.objects.create(
            clue=clue, days=EXTENSION_DAYS, reason=row.reason[:500], asked_by=row.asked_by, approved_by=by, at=now
        )
        clocks.reckon(clue)
    elif approve:
        finish(clue, by=by, **{key: row.data[key] for key in ("result", "outcome", "words")})
    trail.record(clue, f"{'approve' if approve else 'refuse'}_{row.kind}", by=by, why=said)
    titles: dict[bool, Words] = {True: _("您报批的事项已批准"), False: _("您报批的事项未获批准")}
    tell_people([row.asked_by], clue, "clue_ask_decided", titles[approve], but=by)
    announce(clue, f"decide_{row.kind}")
    return row


@transaction.atomic
def withdraw(*, by: User, ask_id: UUID) -> ClueAsk:
    """Take back what was not decided yet."""
    row = selectors.ask(by, ask_id, lock=True)
    if row.asked_by_id != by.pk:
        raise NotAllowed()
    move(row, "withdraw", by=by)
    announce(row.clue, f"withdraw_{row.kind}")
    return row
