"""How long the worker took for each province's photos, for the province to read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class ProvinceDay(models.Model):
    """Milliseconds of one province's photos on one day of China, over all organisations. A province reads its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province_code = models.CharField(_("省份"), max_length=31)
    day = models.DateField(_("日期"))
    took_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["province_code", "day"], name="recognition_province_day_once")]

    def __str__(self) -> str:
        return f"{self.province_code} {self.day}"
