"""放假安排: the days of a year that are not what their weekday says, as published."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Arrangement(models.Model):
    """One year as it was loaded. Insert-only, in `public`: of two for a year the later counts.

    days: [{"day": "2027-01-01", "kind": "holiday" | "makeup_workday", "name": "元旦"}, …] in order, all of that year;
    a day that is not named is what its weekday says.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    year = models.PositiveSmallIntegerField(_("年份"))
    days = models.JSONField(_("日期"))
    basis = models.CharField(_("依据"), max_length=200)
    loaded_by_id = models.UUIDField(null=True)
    loaded_by_name = models.CharField(_("录入人"), max_length=80)
    loaded_at = models.DateTimeField(_("录入时间"), default=clock.now, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("放假安排")
        indexes = [models.Index(fields=["year", "-id"], name="arrangement_of_year")]

    def __str__(self) -> str:
        return str(self.year)
