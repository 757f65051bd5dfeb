"""What a brand handed in by letter, what it was asked, and which sources are still to be told by phone or letter."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from tenants.clues.models.clue import Clue
from tenants.clues.models.work import Feedback


class BrandReport(models.Model):
    """反向线索 as it came: the right, the power, the person, recordings and test purchases, beside the clue it made.

    brand_clue_id, party: the brand's id of it and who is answered. recordings and purchases: as the letter said them,
    with the exhibit of each recording that came along. desk_note: why another desk than the one addressed has it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.OneToOneField(Clue, models.PROTECT, related_name="report")
    organisation_id = models.UUIDField()
    party = models.CharField(max_length=80)
    brand_clue_id = models.UUIDField()
    letter_id = models.UUIDField(unique=True)
    ref = models.CharField(_("来源单号"), max_length=40, blank=True)
    basis = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    addressee = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    recordings = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    purchases = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    desk_note = models.CharField(_("受理说明"), max_length=300, blank=True)
    handed_in_at = models.DateTimeField(_("提交时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_why = models.CharField(_("撤回原因"), max_length=1000, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "brand_clue_id"], name="brand_report_once"),
        ]


class ReportAddition(models.Model):
    """补充: what the brand added later. Insert-only."""

    id = models.UUIDField(primary_key=True, editable=False)
    report = models.ForeignKey(BrandReport, models.PROTECT, related_name="additions")
    text = models.TextField(_("补充内容"), max_length=4000, blank=True)
    recordings = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    purchases = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class SourceQuestion(models.Model):
    """A question of the desk or the unit to the brand. One at a time waits."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待答复")
        ANSWERED = "answered", _("已答复")

    MOVES = {"answer": ({State.WAITING}, State.ANSWERED)}
    VERBS = {"answer": _("答复")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(BrandReport, models.PROTECT, related_name="questions")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.WAITING)
    text = models.TextField(_("问题"), max_length=2000)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    reply_by = models.DateField(_("答复期限"))
    answer = models.TextField(_("答复"), max_length=4000, blank=True)
    answered_by_name = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=models.Q(state="waiting"), name="source_question_one_waiting"
            )
        ]


class Telling(models.Model):
    """待告知: a source that no letter reaches is to be told the end by phone, letter or its own platform."""

    class State(models.TextChoices):
        DUE = "due", _("待告知")
        TOLD = "told", _("已告知")
        OBSOLETE = "obsolete", _("不必告知")

    class Way(models.TextChoices):
        PHONE = "phone", _("电话")
        POST = "post", _("书面")
        PLATFORM = "platform", _("在来源平台回复")
        IN_PERSON = "in_person", _("当面")
        UNREACHABLE = "unreachable", _("无法联系")

    MOVES = {
        "tell": ({State.DUE}, State.TOLD),
        "lapse": ({State.DUE}, State.OBSOLETE),
    }
    VERBS = {"tell": _("告知"), "lapse": _("作废")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    feedback = models.OneToOneField(Feedback, models.PROTECT, related_name="telling")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DUE)
    due_on = models.DateField(_("告知期限"))
    due_provisional = models.BooleanField(default=False)
    way = models.CharField(_("告知方式"), max_length=12, choices=Way, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    told_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(_("告知时间"), null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on"], condition=models.Q(state="due"), name="telling_due")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="told") | ~models.Q(way="") & models.Q(told_at__isnull=False),
                name="telling_told_says_how",
            )
        ]
