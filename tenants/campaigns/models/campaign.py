"""专项行动: clues of enterprises bundled, made into joint actions, with an office that hears each end."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Campaign(models.Model):
    """One campaign. office: the unit whose dispatchers and leaders are told how each clue ended (专项办)."""

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已结束")

    MOVES = {"close": ({State.OPEN}, State.CLOSED), "reopen": ({State.CLOSED}, State.OPEN)}
    VERBS = {"close": _("结束"), "reopen": _("重新开启")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    name = models.CharField(_("专项行动名称"), max_length=120)
    office = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("专项办"))
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    words = models.TextField(_("说明"), max_length=4000, blank=True)
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class CampaignClue(models.Model):
    """A clue in a campaign. told_at: when the campaign's office heard how it ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="clues")
    clue = models.ForeignKey("clues.Clue", models.PROTECT, related_name="campaigns")
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "clue"], name="campaign_clue_once")]
