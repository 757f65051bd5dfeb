"""紧急程度和区域标签: what the desk marks on a clue, with who did it and why."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from kernel.errors import BadInput, Conflict
from tenants.clues import selectors
from tenants.clues.models import Clue
from tenants.clues.services.steps import announce


@transaction.atomic
def set_priority(*, by: User, clue_id: UUID, priority: str, why: str = "") -> Clue:
    """Say how urgent a clue is. Raises NotFound404, NotAllowed, BadInput, Conflict."""
    if priority not in Clue.Priority.values:
        raise BadInput(_("紧急程度只能选一般、重点或特急。"), code="priority_wrong")
    clue = _open(by, clue_id)
    if clue.priority == priority:
        return clue
    before = clue.priority
    clue.priority, clue.priority_why = priority, why.strip()[:200]
    clue.save(update_fields=["priority", "priority_why"])
    trail.record(clue, "priority", by=by, why=why.strip(), data={"from": before, "to": priority})
    announce(clue, "priority")
    return clue


@transaction.atomic
def set_tags(*, by: User, clue_id: UUID, add: Collection[str] = (), remove: Collection[str] = ()) -> Clue:
    """Add and take away area tags. Raises NotFound404, NotAllowed, BadInput, Conflict."""
    if not set(add) | set(remove) <= set(Clue.AreaTag.values):
        raise BadInput(_("没有这个区域标签。请从列表中选择。"), code="tag_wrong")
    clue = _open(by, clue_id)
    tags = [tag for tag in Clue.AreaTag.values if (tag in clue.area_tags or tag in add) and tag not in remove]
    if tags == [str(each) for each in clue.area_tags]:
        return clue
    before = list(clue.area_tags)
    clue.area_tags = tags
    clue.save(update_fields=["area_tags"])
    trail.record(clue, "tags", by=by, data={"from": before, "to": tags})
    announce(clue, "tags")
    return clue


def _open(by: User, clue_id: UUID) -> Clue:
    clue = selectors.clue_to_change(by, clue_id, who="desk")
    if clue.state not in Clue.OPEN:
        raise Conflict(_("线索 {number} 已办结或已并案，不能再改。"), code="clue_over", number=clue.number)
    return clue
