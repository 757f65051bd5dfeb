"""How far the copy of the trail has come that lies outside (`oversight.copying`)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Copy(models.Model):
    """The stream of one seat: how many lines have a place in it, and how many of them have left.

    last_hash: of the last line that has a place, hex; each line's hash is over the one before it. swept_at: when the
    long look back was last made. returned_at: the rows went back to a backup then, and what has left since is not known
    here; gap_at: when that was marked in the stream; gap_from, gap_to: places outside that are not known here, gap_to
    empty where the receiver cannot be asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=40, unique=True)
    placed = models.BigIntegerField(default=0)
    sent = models.BigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)
    swept_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    gap_at = models.DateTimeField(null=True)
    gap_from = models.BigIntegerField(null=True)
    gap_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("审计外送")

    def __str__(self) -> str:
        return f"{self.seat} {self.sent}/{self.placed}"


class Copied(models.Model):
    """One line with its place in the stream. body: as it leaves, canonical JSON. Dropped days after it has left."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=40)
    place = models.BigIntegerField()
    line_id = models.UUIDField()
    body = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("外送记录")
        constraints = [
            models.UniqueConstraint("seat", "place", name="oversight_copied_place_once"),
            models.UniqueConstraint("seat", "line_id", name="oversight_copied_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seat} {self.place}"
