"""封存样品: a sealed sample travels to the brand, is opened on record, and comes back."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Sample(models.Model):
    """One sealed package. Each step keeps what the one before said; unbroken: None while nobody has looked."""

    class State(models.TextChoices):
        SENT = "sent", _("寄送中")
        AT_BRAND = "at_brand", _("权利人已签收")
        OPENED = "opened", _("已启封")
        ON_WAY_BACK = "on_way_back", _("退还途中")
        BACK = "back", _("已退还")
        LOST = "lost", _("丢失")

    MOVES = {
        "receive": ({State.SENT}, State.AT_BRAND),
        "open": ({State.AT_BRAND}, State.OPENED),
        "send_back": ({State.AT_BRAND, State.OPENED}, State.ON_WAY_BACK),
        "come_back": ({State.ON_WAY_BACK}, State.BACK),
        "lose": ({State.SENT, State.ON_WAY_BACK}, State.LOST),
    }
    VERBS = {
        "receive": _("权利人签收"),
        "open": _("启封"),
        "send_back": _("寄回"),
        "come_back": _("收回"),
        "lose": _("记为丢失"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.SENT)
    request = models.ForeignKey("requests.AppraisalRequest", models.PROTECT, related_name="samples")
    notice = models.ForeignKey("opinions.Notice", models.PROTECT, null=True, blank=True, related_name="samples")
    description = models.CharField(_("样品"), max_length=500)
    item_ids = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    seal_no = models.CharField(_("封签号"), max_length=60)
    courier = models.CharField(_("快递公司"), max_length=60)
    waybill_no = models.CharField(_("快递单号"), max_length=60)
    sent_on = models.DateTimeField(_("寄出时间"))
    return_wanted = models.BooleanField(_("需要退还"), default=True)
    sent_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    received_on = models.DateTimeField(_("权利人签收时间"), null=True, blank=True)
    seal_no_found = models.CharField(_("签收时的封签号"), max_length=60, blank=True)
    unbroken = models.BooleanField(_("封签完好"), null=True, blank=True)
    received_note = models.CharField(max_length=500, blank=True)
    opened_at = models.DateTimeField(_("启封时间"), null=True, blank=True)
    witnesses = models.CharField(_("启封见证人"), max_length=120, blank=True)
    opening_note = models.CharField(max_length=500, blank=True)
    back_seal_no = models.CharField(_("退还封签号"), max_length=60, blank=True)
    back_courier = models.CharField(max_length=60, blank=True)
    back_waybill_no = models.CharField(_("退还单号"), max_length=60, blank=True)
    back_sent_on = models.DateTimeField(_("寄回时间"), null=True, blank=True)
    back_on = models.DateTimeField(_("收回时间"), null=True, blank=True)
    back_unbroken = models.BooleanField(_("退还时封签完好"), null=True, blank=True)
    back_note = models.CharField(max_length=500, blank=True)
    lost_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-sent_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["request", "seal_no"], name="sample_seal_once")]


class SamplePhoto(models.Model):
    """A photo of a sample as it was sealed, received or opened. Insert-only."""

    class When(models.TextChoices):
        SEALED = "sealed", _("封存时")
        RECEIVED = "received", _("签收时")
        OPENED = "opened", _("启封时")
        RETURNED = "returned", _("寄回时")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="photos")
    when = models.CharField(_("何时"), max_length=10, choices=When)
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sample", "exhibit", "when"], name="sample_photo_once")]
