"""并案: several clues about the same go on as one. Nothing is lost: every number, source and answer stays (C-26).

A merge is undone exactly: state, holder, competent unit, due date and the open dispatch are put back as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict
from tenants.clues import selectors
from tenants.clues.models import Clue, Dispatch, Merge
from tenants.clues.services.steps import announce, tell_people

State = Clue.State
_RANK = {Clue.Priority.NORMAL: 0, Clue.Priority.RAISED: 1, Clue.Priority.URGENT: 2}
_KEPT = ("holder_unit_id", "holder_id", "competent_unit_id")


def merge(*, by: User, lead_id: UUID, clue_ids: Sequence[UUID], why: str) -> list[Merge]:
    """Let clues go on as part of one that leads. Their dispatches end; their holders are told.

    Raises NotFound404, NotAllowed; BadInput `merge_reason_missing`, `merge_nothing`; Conflict `lead_over`,
    `lead_merged`; MoveRefused for one that is over.
    """
    why = why.strip()
    if not why:
        raise BadInput(_("请写明并案的理由：凭什么认定是同一件事。"), code="merge_reason_missing")
    wanted = [pk for pk in dict.fromkeys(clue_ids) if pk != lead_id]
    if not wanted:
        raise BadInput(_("请至少再选一条线索，才能并案。"), code="merge_nothing")
    with transaction.atomic():
        locked = {pk: selectors.clue_to_change(by, pk, who="desk") for pk in sorted([lead_id, *wanted])}
        lead = locked[lead_id]
        if lead.state == State.MERGED:
            raise Conflict(
                _("线索 {number} 已并入别的线索，不能作为主线索。请改选它并入的那一条。"),
                code="lead_merged",
                number=lead.number,
            )
        if lead.state not in Clue.OPEN:
            raise Conflict(_("线索 {number} 已经办结。请先重新办理，再并案。"), code="lead_over", number=lead.number)
        return [_merge_one(lead, locked[pk], by, why) for pk in wanted]


def _merge_one(lead: Clue, clue: Clue, by: User, why: str) -> Merge:
    before: dict[str, Any] = {"state": clue.state, "due_at": clue.due_at.isoformat() if clue.due_at else None}
    before |= {name: str(getattr(clue, name)) if getattr(clue, name) else None for name in _KEPT}
    dispatch = Dispatch.objects.filter(clue=clue, ending="").first()
    if dispatch is not None:
        before["dispatch_id"] = str(dispatch.pk)
        Dispatch.objects.filter(pk=dispatch.pk).update(ending=Dispatch.Ending.MERGED, ended_at=clock.now(), ended_by=by)
    if _RANK[Clue.Priority(clue.priority)] > _RANK[Clue.Priority(lead.priority)]:
        before["lead_priority"] = lead.priority
        lead.priority, lead.priority_why = clue.priority, clue.priority_why
        lead.save(update_fields=["priority", "priority_why"])
    told = _people(clue)
    move(clue, "merge", by=by, why=why, lead=lead, holder_unit=lead.holder_unit, holder=lead.holder, due_at=None)
    row = Merge.objects.create(lead=lead, clue=clue, by=by, why=why[:500], before=before)
    # What was merged into this one goes on with the one that leads now.
    Clue.objects.filter(lead=clue).update(lead=lead)
    trail.record(lead, "take_in", by=by, why=why, data={"clue": clue.number})
    tell_people(told, clue, "clue_merged", _("线索已并案，由主线索的承办单位继续办理"), but=by)
    announce(clue, "merge")
    announce(lead, "take_in")
    return row


def unmerge(*, by: User, clue_id: UUID, why: str) -> Clue:
    """Undo a merge: the clue is again exactly what it was. Raises NotFound404, NotAllowed, BadInput, MoveRefused."""
    why = why.strip()
    if not why:
        raise BadInput(_("请写明撤销并案的理由。"), code="unmerge_reason_missing")
    with transaction.atomic():
        clue = selectors.clue_to_change(by, clue_id, who="desk")
        open_now = Merge.objects.filter(clue=clue, ended_at=None)
        row = open_now.select_related("lead").select_for_update(of=("self",)).first()
        if row is None:
            raise Conflict(_("线索 {number} 没有并入别的线索。请刷新页面。"), code="not_merged", number=clue.number)
        before, lead = row.before, clue.lead or row.lead
        fields: dict[str, Any] = {name: UUID(before[name]) if before.get(name) else None for name in _KEPT}
        fields["due_at"] = parse_datetime(before["due_at"]) if before.get("due_at") else None
        clue = move(clue, f"unmerge_{before['state']}", by=by, why=why, lead=None, **fields)
        if dispatch_id := before.get("dispatch_id"):
            Dispatch.objects.filter(pk=dispatch_id, ending=Dispatch.Ending.MERGED).update(
                ending="", ended_at=None, ended_by=None
            )
        _put_priority_back(row, clue)
        # Those that had been merged into it before come back with it.
        own = Merge.objects.filter(lead=clue, ended_at=None).values_list("clue_id", flat=True)
        Clue.objects.filter(pk__in=list(own), state=State.MERGED).update(lead=clue)
        row.ended_by, row.ended_at, row.ended_why = by, clock.now(), why[:500]
        row.save(update_fields=["ended_by", "ended_at", "ended_why"])
        trail.record(lead, "let_go", by=by, why=why, data={"clue": clue.number})
        tell_people(_people(clue), clue, "clue_unmerged", _("并案已撤销，线索回到原承办单位"), but=by)
        announce(clue, "unmerge")
        announce(lead, "let_go")
    return clue


def _put_priority_back(row: Merge, clue: Clue) -> None:
    """If the lead was raised because of this clue and nobody set it since."""
    was = row.before.get("lead_priority")
    if was and row.lead.priority == clue.priority:
        Clue.objects.filter(pk=row.lead_id, priority=clue.priority).update(priority=was)


def _people(clue: Clue) -> list[User]:
    """Who had the clue in hand: its holder, else the people of the unit that holds it. The desk knows by itself."""
    if clue.holder is not None:
        return [clue.holder]
    return [] if clue.holder_unit_id == clue.desk_unit_id else selectors.people_of_unit(clue.holder_unit)
