"""Digests laid down by provinces, and the salt of each round. See `borders` for who may read what."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Round(models.Model):
    """比对轮次: a calendar month and its salt, made by whichever province comes first. Insert-only; provinces alone.

    number: 202611 is November 2026.
    """

    number = models.PositiveIntegerField(primary_key=True)
    salt = models.BinaryField()
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("比对轮次")

    def __str__(self) -> str:
        return str(self.number)


class Digest(models.Model):
    """One value of one province, as nobody without the key can read it.

    handle: the province's own random name for the value, the same in every round. by_hand: compared by a person
    without a record. state, looked_at, held_on: the office's.
    """

    class State(models.TextChoices):
        NEW = "new", _("待比对")
        HELD = "held", _("超出当日限额")
        RELEASED = "released", _("已放行")
        LOOKED = "looked", _("已比对")

    WAITING = (State.NEW, State.RELEASED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    province = models.CharField(max_length=31)
    handle = models.UUIDField()
    kind = models.CharField(max_length=20)
    round = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    by_hand = models.BooleanField(default=False)
    laid_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    looked_at = models.DateTimeField(null=True)
    held_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("比对摘要")
        constraints = [
            models.UniqueConstraint("province", "handle", "round", name="digest_once_a_round"),
            models.UniqueConstraint("digest", "province", name="digest_once_a_province"),
        ]
        indexes = [
            models.Index("id", condition=models.Q(state__in=("new", "released")), name="digest_waiting"),
            models.Index("province", "kind", "id", condition=models.Q(state="held"), name="digest_held"),
        ]

    def __str__(self) -> str:
        return f"{self.province} {self.handle}"
