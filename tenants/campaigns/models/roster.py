"""值班: who of a bureau is woken first, second, third, hour by hour."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class DutyTurn(models.Model):
    """One person's turn at one unit. starts_at counts, ends_at does not. rank 0 is rung first.

    substitute stands in for `person`, whose turn it stays. by_phone: rung by telephone too, at `phone` if that is not
    the person's own.
    """

    class Rank(models.IntegerChoices):
        FIRST = 0, _("主班")
        SECOND = 1, _("副班")
        THIRD = 2, _("备班")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("单位"))
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("值班人"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    rank = models.PositiveSmallIntegerField(_("班次"), choices=Rank, default=Rank.FIRST)
    by_phone = models.BooleanField(_("电话叫醒"), default=True)
    substitute = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("替班人")
    )
    substitute_why = models.CharField(_("替班原因"), max_length=200, blank=True)
    set_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["starts_at", "rank", "id"]
        indexes = [models.Index(fields=["unit", "starts_at"], name="duty_turn_unit")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_turn_in_order"),
            models.UniqueConstraint(fields=["unit", "person", "starts_at"], name="duty_turn_once"),
        ]


class DutyRule(models.Model):
    """How long one person has before the next is rung, at one unit and those below that set none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.OneToOneField("accounts.Unit", models.PROTECT, related_name="+")
    answer_minutes = models.PositiveSmallIntegerField(_("几分钟未确认就叫下一位"), default=5)
    set_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_minutes__gte=1) & Q(answer_minutes__lte=60), name="duty_rule_minutes"
            )
        ]
