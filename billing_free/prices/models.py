"""The price table of running it at home: dated rows, written by the office, never changed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Price(models.Model):
    """What a meter's priced quantity costs from the first of a month on. Insert-only: of two for one month the later
    written counts, and a month that has begun is never priced anew.

    fen: whole fen for `billing_free.usage.meters.Meter.priced_per` units; money is never a float.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    meter = models.CharField(_("项目"), max_length=40)
    fen = models.BigIntegerField(_("单价（分）"))
    valid_from = models.DateField(_("自哪月起"))
    note = models.CharField(_("依据"), max_length=200, blank=True)
    set_by_id = models.UUIDField(null=True)
    set_by_name = models.CharField(_("登记人"), max_length=80)
    set_at = models.DateTimeField(_("登记时间"), default=clock.now, editable=False)

    class Meta:
        ordering = ["meter", "-valid_from", "-id"]
        verbose_name = _("自建费用参考价")
        constraints = [
            models.CheckConstraint(condition=models.Q(fen__gte=0), name="price_not_negative"),
            models.CheckConstraint(condition=models.Q(valid_from__day=1), name="price_from_first_of_month"),
        ]
        indexes = [models.Index(fields=["meter", "-valid_from", "-id"], name="price_of_month")]

    def __str__(self) -> str:
        return f"{self.meter} {self.valid_from}"
