"""The doors: periods for the three administrators, proofs for those who check, holds for who may see their subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Post, User
from accounts.rules import roles_of
from kernel import clock
from kernel.errors import NotFound404
from kernel.keeping import Kind
from provinces.context import required
from retention import clearing
from retention.kinds import kinds_here, subjects
from retention.models import Hold, Portion, Rule, Run, WaitingObject
from retention.rules import Period, kind_here, period

Role = Post.Role
ADMINISTRATORS = (Role.BUREAU_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
WORKERS = (Role.OFFICER, Role.DISPATCHER, Role.LEADER)


def keeps(user: Any) -> bool:
    """Whether the pages of periods and proofs are this person's."""
    return isinstance(user, User) and bool(roles_of(user) & set(ADMINISTRATORS))


def sees_holds(user: Any) -> bool:
    """Whether the pages of holds are this person's."""
    return isinstance(user, User) and bool(roles_of(user) & {*ADMINISTRATORS, *WORKERS})


def _keeper(user: Any) -> None:
    if not keeps(user):
        raise NotFound404()


@dataclass(frozen=True)
class Line:
    """One kind with what is in force for it."""

    kind: Kind
    period: Period
    asked: Rule | None
    due: int | None = None
    soon: int | None = None
    held: int | None = None


def periods(user: Any) -> list[Line]:
    """Every kind of this seat: those with a period first, then those that stay, then those of fixed periods."""
    _keeper(user)
    today = clock.today()
    asked = {rule.kind: rule for rule in rules_of(user).filter(state=Rule.State.ASKED)}
    counted = {each["kind"]: each for each in clearing.preview()}
    lines = []
    for kind in kinds_here():
        said = counted.get(kind.code, {})
        current = period(kind, today)
        lines.append(
            Line(kind, current, asked.get(kind.code), said.get("due"), said.get("soon"), said.get("held"))
        )  # fmt: skip
    return sorted(lines, key=lambda line: (bool(line.kind.own_task), line.asked is None, line.period.days is None))


def rules_of(user: Any, code: str | None = None) -> QuerySet[Rule]:
    """What was proposed and decided, newest first."""
    _keeper(user)
    rows = Rule.objects.filter(seat=required().name)
    return rows.filter(kind=kind_here(code).code) if code else rows


def rule_for(user: Any, period_id: UUID) -> Rule:
    """One of them. Raises NotFound404."""
    rule = rules_of(user).filter(pk=period_id).first()
    if rule is None:
        raise NotFound404()
    return rule


def runs(user: Any) -> QuerySet[Run]:
    """Passes of the clock, newest first."""
    _keeper(user)
    return Run.objects.filter(seat=required().name)


def proofs(user: Any) -> QuerySet[Portion]:
    """What went, newest first, with how many files wait."""
    _keeper(user)
    rows = Portion.objects.filter(seat=required().name).exclude(state__in=(Portion.State.PLANNED, Portion.State.EMPTY))
    return rows.annotate(records=Count("gone", distinct=True)).order_by("-id")


def proof_for(user: Any, portion_id: UUID) -> Portion:
    """One proof. Raises NotFound404."""
    found = proofs(user).filter(pk=portion_id).first()
    if found is None:
        raise NotFound404()
    return found


def files_waiting(user: Any, portion: Portion) -> QuerySet[WaitingObject]:
    """Files that waited when a portion was done and are still there: those that wait, and those that were kept."""
    _keeper(user)
    return WaitingObject.objects.filter(portion=portion).exclude(state=WaitingObject.State.GONE)


# Holds ----------------------------------------------------------------------------------------------------------------


def holds_of(user: Any, *, ended: bool = False) -> list[Hold]:
    """Holds whose subject this person may see, administrators all of them: their lines tell no contents."""
    if not sees_holds(user):
        return []
    rows = Hold.objects.filter(seat=required().name).annotate(reached=Count("things"))
    rows = rows.filter(state=Hold.State.LIFTED) if ended else rows.exclude(state=Hold.State.LIFTED)
    return [hold for hold in rows[:500] if _may_see(user, hold)]


def hold_for(user: Any, hold_id: UUID) -> Hold:
    """One of them. Raises NotFound404."""
    hold = Hold.objects.annotate(reached=Count("things")).filter(seat=required().name, pk=hold_id).first()
    if hold is None or not sees_holds(user) or not _may_see(user, hold):
        raise NotFound404()
    return hold


def _may_see(user: User, hold: Hold) -> bool:
    if keeps(user) or hold.placed_by_id == user.pk:
        return True
    subject = subjects().get(hold.subject_kind)
    return subject is not None and subject.find(user, hold.subject_id) is not None


def reached(user: Any, hold: Hold) -> list[tuple[str, int]]:
    """How many records of which kind a hold reaches: (what they are called, how many)."""
    hold_for(user, hold.pk)
    names = {kind.model: str(kind.title) for kind in reversed(kinds_here())}
    names |= {subject.model: str(subject.title) for subject in subjects().values()}
    found: dict[str, int] = {}
    for label, count in hold.things.values_list("label").annotate(n=Count("pk")).order_by("-n"):
        name = names.get(label, _("其他"))
        found[name] = found.get(name, 0) + count
    return list(found.items())
