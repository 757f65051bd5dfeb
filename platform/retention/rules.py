"""Periods: what is in force on a day, and how one is changed by two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.rules import require
from audit import trail
from audit.move import move
from audit.trail import Person
from kernel import clock
from kernel.errors import BadInput, NotAllowed, NotFound404
from kernel.keeping import Kind
from provinces.context import required
from retention.kinds import kinds, kinds_here
from retention.models import Rule

Role = Post.Role
LONGEST_DAYS = 36_500


class TooShort(BadInput):
    """Data: least."""

    code = "period_too_short"
    sentence = _("这类记录至少要保存 {least} 天。请改大天数，或不填（一直保存）。")


class FixedPeriod(BadInput):
    """This kind goes by a period of the system's own."""

    code = "period_fixed"
    sentence = _("这类记录由系统按固定期限清理，不能另设期限。")


@dataclass(frozen=True)
class Period:
    """How long a kind stays on a day. days: None for ever. rule: who decided; None for the default of the system."""

    kind: Kind
    days: int | None
    rule: Rule | None

    def as_json(self) -> dict[str, Any]:
        """For a proof."""
        said: dict[str, Any] = {"days": self.days, "by": "default"}
        if self.rule is not None:
            said |= {
                "by": "rule",
                "rule": str(self.rule.pk),
                "basis": self.rule.basis,
                "valid_from": self.rule.valid_from.isoformat(),
                "asked_by": self.rule.asked_by_name,
                "agreed_by": self.rule.decided_by_name,
            }
        return said


def period(kind: Kind, on: date) -> Period:
    """What is in force on a day: the rule that began last, else the default."""
    rule = (
        Rule.objects.filter(seat=required().name, kind=kind.code, state=Rule.State.AGREED, valid_from__lte=on)
        .order_by("-valid_from", "-decided_at")
        .first()
    )
    return Period(kind, rule.days if rule else kind.default_days, rule)


def kind_here(code: str) -> Kind:
    """A kind whose records lie at this seat. Raises NotFound404."""
    kind = kinds().get(code)
    if kind is None or kind not in kinds_here():
        raise NotFound404()
    return kind


@transaction.atomic
def ask(code: str, *, by: Person, days: int | None, basis: str, valid_from: date) -> Rule:
    """Propose a period. It holds nothing until the security administrator agrees. Raises NotAllowed, BadInput."""
    require(by, Role.BUREAU_ADMIN)
    kind = kind_here(code)
    if kind.own_task:
        raise FixedPeriod()
    if days is not None and days < max(kind.least_days, 1):
        raise TooShort(least=max(kind.least_days, 1))
    if days is not None and days > LONGEST_DAYS:
        raise BadInput(_("保存天数最多 {most} 天。更久请不填（一直保存）。"), code="period_too_long", most=LONGEST_DAYS)
    if not basis.strip():
        raise BadInput(_("请写明依据，例如文件名称和条款。"), code="basis_missing")
    if valid_from < clock.today():
        raise BadInput(_("生效日期不能早于今天。"), code="valid_from_past")
    rule = Rule.objects.create(
        seat=required().name, kind=code, days=days, basis=basis.strip()[:400], valid_from=valid_from,
        asked_by_id=by.pk, asked_by_name=by.display_name,
    )  # fmt: skip
    trail.record(rule, "ask", by=by, to_state=rule.state, data={"kind": code, "days": days})
    return rule


def _other(by: Person, rule: Rule) -> None:
    require(by, Role.SECURITY_ADMIN)
    if isinstance(by, User) and by.pk == rule.asked_by_id:
        raise NotAllowed(_("期限由另一位管理员批准。"), code="not_on_yourself")


@transaction.atomic
def agree(rule: Rule, *, by: Person, answer: str = "") -> Rule:
    """The second person agrees. A period whose first day has passed meanwhile begins today."""
    _other(by, rule)
    begins = max(rule.valid_from, clock.today())
    return move(
        rule, "agree", by=by, why=answer, valid_from=begins, answer=answer[:400],
        decided_by_id=by.pk, decided_by_name=by.display_name, decided_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def refuse(rule: Rule, *, by: Person, answer: str) -> Rule:
    """The second person does not agree, and says why."""
    _other(by, rule)
    if not answer.strip():
        raise BadInput(_("请写明不批准的原因。"), code="answer_missing")
    return move(
        rule, "refuse", by=by, why=answer, answer=answer[:400],
        decided_by_id=by.pk, decided_by_name=by.display_name, decided_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def withdraw(rule: Rule, *, by: Person) -> Rule:
    """Whoever keeps the periods takes a proposal back."""
    require(by, Role.BUREAU_ADMIN)
    return move(rule, "withdraw", by=by)
