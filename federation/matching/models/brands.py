"""The brands host's part: what the office asks an organisation, and the series that one raised."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class BrandQuestion(models.Model):
    """May your brand be named between two provinces? The id is the office's."""

    class State(models.TextChoices):
        ASKED = "asked", _("待答复")
        AGREED = "agreed", _("已同意")
        DECLINED = "declined", _("不同意")

    MOVES = {"agree": ({State.ASKED}, State.AGREED), "decline": ({State.ASKED}, State.DECLINED)}
    VERBS = {"agree": _("同意"), "decline": _("不同意")}

    id = models.UUIDField(primary_key=True, editable=False)
    organisation_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20)
    provinces = models.PositiveSmallIntegerField()
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]


class RaisedSeries(models.Model):
    """系列: requests of several provinces that an organisation takes for one. The id is the series' at the office.

    finds: [{request_id, province_code, product_name, found_on}]. standing, agreed: as the office told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField(db_index=True)
    title = models.CharField(_("名称"), max_length=80)
    why = models.CharField(_("理由"), max_length=1000)
    finds = models.JSONField(default=list)
    provinces = models.PositiveSmallIntegerField()
    agreed = models.PositiveSmallIntegerField(default=0)
    number = models.CharField(max_length=40, blank=True)
    standing = models.CharField(max_length=10, default="found")
    by_name = models.CharField(max_length=60)
    raised_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]
