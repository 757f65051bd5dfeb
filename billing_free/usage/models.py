"""What was used, day by day, and the statements made of it.

Tables of every province's schema and of `public`; `seat` parts the brands host from the office there.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Day(models.Model):
    """What one meter read on one day of China. Counted again it says the same, or what came late besides.

    organisation_id: of the brands host, whose; elsewhere null, the seat itself. amount: in the meter's own unit.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    meter = models.CharField(_("项目"), max_length=40)
    day = models.DateField(_("日期"))
    organisation_id = models.UUIDField(null=True)
    amount = models.BigIntegerField(_("用量"))
    counted_at = models.DateTimeField(_("统计时间"), default=clock.now)

    class Meta:
        ordering = ["day", "meter"]
        verbose_name = _("日用量")
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "meter", "day", "organisation_id"], name="usage_day_once", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["seat", "organisation_id", "day"], name="usage_of_party")]

    def __str__(self) -> str:
        return f"{self.meter} {self.day}"


class KeyDay(models.Model):
    """Calls with personal keys on one day of China. organisation_id: as of `Day`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    day = models.DateField(_("日期"))
    organisation_id = models.UUIDField(null=True)
    calls = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "day", "organisation_id"], name="usage_key_day_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.day}"


class Statement(models.Model):
    """用量结算单: one party's month at ¥0.00, as it was counted and priced when issued. Insert-only.

    party: "province:gx" or "organisation:<uuid>". version: an amendment is a new one, the last counts. thread: the id
    of the first version, and the matter of its letters. lines: [{meter, amount, fen, per, home_fen}], fen null where no
    price was known. home_fen: what it would have cost at home. letter_id: at the office, of the letter it came by.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    party = models.CharField(max_length=60)
    month = models.DateField(_("月份"))
    version = models.PositiveSmallIntegerField(_("版次"), default=1)
    thread = models.UUIDField()
    lines = models.JSONField(default=list)
    home_fen = models.BigIntegerField(_("自建费用（分）"), default=0)
    issued_at = models.DateTimeField(_("出单时间"), default=clock.now)
    issued_by_id = models.UUIDField(null=True)
    issued_by_name = models.CharField(_("出单人"), max_length=80, blank=True)
    why = models.CharField(_("更正原因"), max_length=200, blank=True)
    letter_id = models.UUIDField(null=True, unique=True)

    class Meta:
        ordering = ["-month", "party", "-version"]
        verbose_name = _("用量结算单")
        constraints = [
            models.UniqueConstraint(fields=["seat", "party", "month", "version"], name="usage_statement_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="usage_statement_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.month} v{self.version}"
