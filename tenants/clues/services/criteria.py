"""重点原因: what makes a clue important. Two are always there; each bureau adds its own and may retire any."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from kernel import clock
from kernel.errors import BadInput, Conflict
from tenants.clues.models import Clue, PriorityCriterion

ALWAYS: dict[str, str | Promise] = {"public_concern": _("社会关注"), "media_attention": _("媒体关注")}
_RANK = {Clue.Priority.NORMAL: 0, Clue.Priority.RAISED: 1, Clue.Priority.URGENT: 2}
_LONGEST_WHY = 200


@dataclass(frozen=True)
class Criterion:
    """One reason. code: of a built-in one, or the id of the bureau's own row."""

    code: str
    name: str
    priority: str
    is_active: bool = True
    is_own: bool = False

    @property
    def priority_words(self) -> str:
        return str(Clue.Priority(self.priority).label)


def criteria(*, with_retired: bool = False) -> list[Criterion]:
    """All reasons, the two that are always there first."""
    rows = list(PriorityCriterion.objects.all())
    changed = {row.code: row for row in rows if row.code}
    found = [
        Criterion(code, str(words), changed[code].priority, changed[code].is_active)
        if code in changed
        else Criterion(code, str(words), Clue.Priority.RAISED)
        for code, words in ALWAYS.items()
    ]
    found += [Criterion(str(row.pk), row.name, row.priority, row.is_active, True) for row in rows if not row.code]
    return [each for each in found if with_retired or each.is_active]


def weigh(codes: Iterable[str]) -> tuple[str, str]:
    """(priority, why) of the reasons chosen: the highest priority, and all their names. Raises BadInput."""
    known = {each.code: each for each in criteria()}
    chosen = list(dict.fromkeys(codes))
    for code in chosen:
        if code not in known:
            raise BadInput(_("重点原因“{value}”已经停用。请刷新页面后重新勾选。"), code="criterion_unknown", value=code)
    rows = [known[code] for code in chosen]
    priority = max((row.priority for row in rows), key=lambda each: _RANK[Clue.Priority(each)], default="normal")
    return priority, "、".join(row.name for row in rows)[:_LONGEST_WHY]


def higher(one: str, other: str) -> str:
    """The more urgent of two priorities."""
    return max(one, other, key=lambda each: _RANK[Clue.Priority(each)])


@transaction.atomic
def add(*, by: User, name: str, priority: str) -> PriorityCriterion:
    """A reason of the bureau's own. Raises BadInput, Conflict."""
    name = " ".join(name.split())
    if not name:
        raise BadInput(_("请写出重点原因的名称。"), code="criterion_name_missing")
    if name in {each.name for each in criteria()}:
        raise _there(name)
    try:
        with transaction.atomic():
            row = PriorityCriterion.objects.create(name=name, priority=priority, changed_by=by)
    except IntegrityError as error:
        raise _there(name) from error
    trail.record(row, "add", by=by, data={"priority": priority})
    return row


@transaction.atomic
def set_active(*, by: User, code: str, active: bool) -> None:
    """Retire a reason or take it up again. Clues that were marked by it keep their words."""
    found = next((each for each in criteria(with_retired=True) if each.code == code), None)
    if found is None:
        raise BadInput(_("没有这个重点原因。请刷新页面。"), code="criterion_unknown", value=code)
    if found.is_own:
        row = PriorityCriterion.objects.get(pk=code)
        row.is_active, row.changed_by, row.changed_at = active, by, clock.now()
        row.save()
    else:
        row, _made = PriorityCriterion.objects.update_or_create(
            code=code,
            defaults={
                "name": found.name,
                "priority": found.priority,
                "is_active": active,
                "changed_by": by,
                "changed_at": clock.now(),
            },
        )
    trail.record(row, "restore" if active else "retire", by=by)


def _there(name: str) -> Conflict:
    return Conflict(_("已经有“{name}”。"), code="criterion_there", name=name)
