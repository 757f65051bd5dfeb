"""What each seat last found of itself, and one line for everybody. Figures only; see `borders` for who may do what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock


class Reading(models.Model):
    """状况: one row for each seat, written anew every minute by the seat itself.

    states: name of a check to its state. figures: by declared name. since: when the worst of the states began.
    """

    seat = models.CharField(primary_key=True, max_length=31)
    state = models.CharField(max_length=8)
    since = models.DateTimeField()
    states = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    taken_at = models.DateTimeField(_("检查时间"), default=clock.now)
    version = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("状况")

    def __str__(self) -> str:
        return f"{self.seat} {self.state}"


class Standing(models.Model):
    """对外状态: the one row that the bare domain shows. state: good or worse. since: when that began."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    state = models.CharField(max_length=8)
    since = models.DateTimeField()
    looked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("对外状态")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="standing_is_one_row")]

    def __str__(self) -> str:
        return self.state
