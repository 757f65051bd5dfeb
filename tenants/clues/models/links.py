"""What joins clues: merges that can be undone, pairs that were looked at and are different, targets they point to."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from tenants.clues.models.clue import Clue


class Merge(models.Model):
    """并案: `clue` goes on as part of `lead`. Its number, sources and files stay its own.

    before: what it was, put back by undoing: state, holder, competent unit, due date, open dispatch.
    ended_at: when the merge was undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lead = models.ForeignKey(Clue, models.PROTECT, related_name="merges_led")
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="merges")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    why = models.CharField(_("并案理由"), max_length=500)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(_("撤销理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clue"], condition=models.Q(ended_at__isnull=True), name="clue_merge_one_open"
            ),
            models.CheckConstraint(condition=~models.Q(lead=models.F("clue")), name="clue_merge_not_into_itself"),
        ]


class NotSame(models.Model):
    """Two clues that somebody looked at and found to be different: never proposed to each other again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    low = models.ForeignKey(Clue, models.CASCADE, related_name="+")
    high = models.ForeignKey(Clue, models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="clue_not_same_once"),
            models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="clue_not_same_in_order"),
        ]


class Target(models.Model):
    """目标卡: one thing that clues point to. value: made comparable; shown: as it was first written."""

    class Kind(models.TextChoices):
        CODE = "code", _("统一社会信用代码")
        PARTY = "party", _("主体名称")
        PLACE = "place", _("地点")
        PHONE = "phone", _("电话")
        ACCOUNT = "account", _("网店或账号")
        WAYBILL = "waybill", _("运单")
        PRODUCT_CODE = "product_code", _("产品上的码")
        PICTURE = "picture", _("同一张图片")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.CharField(max_length=200)
    shown = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="clue_target_once")]

    def __str__(self) -> str:
        return self.shown


class TargetLink(models.Model):
    """A clue points to a target."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.ForeignKey(Target, models.CASCADE, related_name="links")
    clue = models.ForeignKey(Clue, models.CASCADE, related_name="target_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clue", "target"], name="clue_target_link_once")]
