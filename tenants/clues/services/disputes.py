"""管辖争议: two units say it is not theirs. They have seven working days; then their common superior designates.

Source: 市场监督管理投诉举报处理办法 art. 30 for complaints and reports; for penalty cases not verified, so the days can
be set (`ClueTerms.dispute_days`).
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import heads, heads_of
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed
from tenants.clues import selectors
from tenants.clues.models import Clue, Dispatch, Dispute, JurisdictionDecision
from tenants.clues.services.steps import announce, need, tell_people, terms

State = Clue.State


def refused_twice(clue: Clue, *, by: User, why: str) -> Dispute | None:
    """Opens the dispute if another unit had sent this clue back before as not its own. The holder stays.

    In the caller's transaction, which has written the refusal. None: this is the first to say so.
    """
    refusals = clue.dispatches.filter(
        ending=Dispatch.Ending.RETURNED, return_reason=Dispatch.ReturnReason.NOT_COMPETENT
    ).exclude(unit_id=clue.holder_unit_id)
    last = clue.disputes.exclude(settled_at=None).order_by("-settled_at").first()
    if last is not None:
        refusals = refusals.filter(ended_at__gt=last.settled_at)
    earlier = refusals.select_related("unit").order_by("-ended_at").first()
    if earlier is None:
        return None
    first, second = earlier.unit, clue.holder_unit
    due = clock.add_working_days(clock.now(), terms().dispute_days)
    move(clue, "dispute", by=by, why=why, noted={"first": first.name, "second": second.name},
         due_at=clock.at_end(due.date))  # fmt: skip
    row = Dispute.objects.create(
        clue=clue,
        first_unit=first,
        second_unit=second,
        superior=common_superior(first, second) or clue.desk_unit,
        due_on=due.date,
        due_provisional=due.provisional,
    )
    people = [*heads_of(row.superior), *selectors.dispatchers_of(clue.desk_unit)]
    told = {each.pk: each for each in people}.values()
    tell_people(told, clue, "clue_disputed", _("两个单位对一条线索的管辖有争议"), but=by)
    announce(clue, "dispute")
    return row


def common_superior(first: Unit, second: Unit) -> Unit | None:
    """The nearest unit above both."""
    chain = [each.pk for each in _above(first)]
    return next((each for each in _above(second) if each.pk in chain), None)


def _above(unit: Unit) -> list[Unit]:
    found: list[Unit] = []
    step = unit.parent
    while step is not None:
        found.append(step)
        step = step.parent
    return found


def may_designate(person: User, dispute: Dispute) -> bool:
    """Whether this person decides a dispute: a leader of the common superior, or of a unit above it."""
    return heads(person, dispute.superior_id)


@transaction.atomic
def designate(*, by: User, clue_id: UUID, unit_id: UUID, reason: str) -> Dispatch:
    """指定管辖: the common superior decides, and the clue goes there. That unit cannot refuse again."""
    from tenants.clues.services.dispatching import send

    clue = selectors.clue(by, clue_id)
    clue = Clue.objects.select_for_update(of=("self",)).get(pk=clue.pk)
    row = clue.disputes.filter(settled_at=None).select_related("superior").first()
    if clue.state != State.DISPUTED or row is None:
        raise Conflict(_("这条线索没有管辖争议，不需要指定。"), code="no_dispute")
    if not may_designate(by, row):
        raise NotAllowed(
            _("争议由两个单位的共同上级（{unit}）的负责人指定。"), code="superior_only", unit=row.superior.name
        )
    why = need(reason, _("请写明指定管辖的理由。"), "reason_missing")
    unit = selectors.unit_or_404(unit_id)
    if unit.pk not in selectors.desk_unit_ids(by):
        raise BadInput(_("只能指定下级单位。请从列表中选择。"), code="unit_not_yours")
    sent = send(clue, unit, None, by=by, why=why, basis=JurisdictionDecision.Basis.DESIGNATED)
    row.settled_at, row.decision = clock.now(), clue.jurisdictions.first()
    row.save(update_fields=["settled_at", "decision"])
    return sent


@transaction.atomic
def settle(*, by: User, clue_id: UUID) -> Clue:
    """协商一致: within the term the holder takes it after all. The dispute ends and the check begins."""
    clue = selectors.clue_to_change(by, clue_id, who="unit")
    row = clue.disputes.filter(settled_at=None).first()
    if clue.state != State.DISPUTED or row is None:
        raise Conflict(_("这条线索没有管辖争议。"), code="no_dispute")
    move(clue, "take", by=by, competent_unit_id=clue.holder_unit_id)
    row.settled_at = clock.now()
    row.save(update_fields=["settled_at"])
    from tenants.clues.services.clocks import reckon

    reckon(clue)
    announce(clue, "take")
    return clue
