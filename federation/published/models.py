"""Rows that are one for all parties. Who may write and read which, PostgreSQL keeps (`borders`)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel import clock
from kernel.ids import uuid7


class EndedGrant(models.Model):
    """A grant is over from this moment. Insert-only, written in the giver's seat, read by giver and holder.

    A holder counts only a row whose giver is that of the grant it holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant_id = models.UUIDField()
    giver = models.CharField(max_length=60)
    giver_seat = models.CharField(max_length=40)
    seats = ArrayField(models.CharField(max_length=40))
    ended_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant_id", "giver"], name="published_grant_ended_once")]


class OpenAgreement(models.Model):
    """An agreement whose members let everybody know of it. Kept by the office from the letters it was sent."""

    id = models.UUIDField(primary_key=True, editable=False)
    title = models.CharField(max_length=120)
    form = models.CharField(max_length=10)
    topic = models.CharField(max_length=20, blank=True)
    members = models.JSONField(default=list)
    valid_from = models.DateField()
    valid_until = models.DateField()
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title"]
