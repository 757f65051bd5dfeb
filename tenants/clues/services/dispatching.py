"""分派: the desk sends a clue to one unit, once. Whoever comes second is told who was first."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from audit.move import move, refusal
from kernel import clock
from kernel.errors import BadInput, Conflict, MoveRefused
from tenants.clues import selectors
from tenants.clues.models import Clue, Dispatch, JurisdictionDecision
from tenants.clues.routing import learning
from tenants.clues.services.steps import announce, need, tell_people, terms

State = Clue.State


class DispatchedAlready(MoveRefused):
    """Another desk was first. Data: by, unit, at."""

    code = "dispatched_already"
    title = _("已经分派")
    sentence = _("{by} 已于 {at} 把这条线索分派给 {unit}。要改派，请先撤回那次分派。")


@transaction.atomic
def dispatch(
    *, by: User, clue_id: UUID, unit_id: UUID | None = None, officer_id: UUID | None = None, words: str = ""
) -> Dispatch:
    """Send a clue to a unit, and there to an officer if one is named. No unit: as proposed, officer too.

    The unit holds it from now on and owes a receipt. Raises NotFound404, NotAllowed, BadInput, DispatchedAlready,
    MoveRefused.
    """
    clue = selectors.clue_to_change(by, clue_id, who="desk")
    if clue.state == State.DISPUTED:
        raise Conflict(_("两个单位对管辖有争议，要由共同上级指定。请在“指定管辖”里决定。"), code="designation_needed")
    if clue.state == State.DISPATCHED:
        raise _already(clue)
    unit, officer = _target(clue, unit_id, officer_id)
    return send(clue, unit, officer, by=by, words=words)


def send(
    clue: Clue,
    unit: Unit,
    officer: User | None,
    *,
    by: User,
    words: str = "",
    basis: str = "",
    why: str = "",
) -> Dispatch:
    """The step itself, in the caller's transaction; the caller has shown the right to it. basis: of the decision."""
    now, own = clock.now(), terms()
    due = clock.add_working_days(now, own.sign_days)
    proposal = dict(clue.proposal or {})
    followed = str(unit.pk) == proposal.get("unit_id", "")
    try:
        move(
            clue,
            "dispatch",
            by=by,
            why=why,
            noted={"unit": unit.name, "officer": officer.display_name if officer else ""},
            holder_unit=unit,
            holder=officer,
            competent_unit=unit,
            due_at=clock.at_end(due.date),
        )
    except MoveRefused:
        if clue.state == State.DISPATCHED:
            raise _already(clue) from None
        raise
    row = Dispatch.objects.create(
        clue=clue,
        unit=unit,
        officer=officer,
        by=by,
        words=words.strip()[:500],
        sign_by=clock.at_end(due.date),
        proposal=proposal,
        followed=followed,
    )
    kinds = JurisdictionDecision.Basis
    JurisdictionDecision.objects.create(
        clue=clue, unit=unit, basis=basis or (kinds.ROUTED if followed else kinds.DESK), why=why[:500], by=by
    )
    if not basis:
        learning.note(row, after=own.learn_after)
    people = [officer] if officer else selectors.people_of_unit(unit)
    urgent = clue.priority == Clue.Priority.URGENT
    title = _("有一条特急线索等您签收") if urgent else _("有一条线索等您签收")
    tell_people(people, clue, "clue_dispatched", title, but=by, urgent=urgent)
    announce(clue, "dispatch")
    return row


def _already(clue: Clue) -> DispatchedAlready:
    row = clue.dispatches.select_related("by", "unit").filter(ending="").first()
    plain = refusal(clue, "dispatch")
    facts = {key: value for key, value in plain.data.items() if key != "possible_names"}
    return DispatchedAlready(
        **facts,  # type: ignore[arg-type]
        by=row.by.display_name if row else "",
        at=f"{row.at.astimezone(clock.SHANGHAI):%m-%d %H:%M}" if row else "",
        unit=row.unit.name if row else "",
    )


def _target(clue: Clue, unit_id: UUID | None, officer_id: UUID | None) -> tuple[Unit, User | None]:
    if unit_id is None:
        if clue.proposed_unit_id is None or not clue.proposed_unit.is_active:  # type: ignore[union-attr]
            raise BadInput(
                _("这条线索还没有建议的单位：{why} 请先处理，或自己选定单位。"),
                code="no_proposal",
                why=str((clue.proposal or {}).get("zh", "")),
            )
        unit_id, officer_id = clue.proposed_unit_id, officer_id or clue.proposed_officer_id
        unit = selectors.unit_or_404(unit_id)
        return unit, selectors.officers_of_unit(unit.pk).filter(pk=officer_id).first() if officer_id else None
    unit = selectors.unit_or_404(unit_id)
    officer = None
    if officer_id is not None:
        officer = selectors.officers_of_unit(unit.pk).filter(pk=officer_id).first()
        if officer is None:
            raise BadInput(_("承办人要是这个单位在岗的执法人员。"), code="officer_elsewhere")
    return unit, officer


@transaction.atomic
def recall(*, by: User, clue_id: UUID, reason: str) -> Clue:
    """Take a dispatch back before it is signed for: the clue is on the desk again."""
    clue = selectors.clue_to_change(by, clue_id, who="desk")
    why = need(reason, _("请写明撤回的原因。"), "reason_missing")
    row = clue.dispatches.filter(ending="").select_related("unit", "officer").first()
    move(clue, "recall", by=by, why=why, holder_unit_id=clue.desk_unit_id, holder=None,
         due_at=clock.at_end(clue.verify_by) if clue.verify_by else None)  # fmt: skip
    if row is not None:
        row.ending, row.ended_at, row.ended_by = Dispatch.Ending.RECALLED, clock.now(), by
        row.save(update_fields=["ending", "ended_at", "ended_by"])
        people = [row.officer] if row.officer else selectors.people_of_unit(row.unit)
        tell_people(people, clue, "clue_recalled", _("分派给您的线索已撤回"), but=by)
    announce(clue, "recall")
    return clue


@transaction.atomic
def screen(*, by: User, clue_id: UUID, words: str = "") -> Clue:
    """甄别完毕: the desk has looked, it is worth checking, and it waits to be sent."""
    clue = selectors.clue_to_change(by, clue_id, who="desk")
    move(clue, "screen", by=by, why=words.strip()[:500])
    announce(clue, "screen")
    return clue
