"""What becomes of a letter: results told, steps noted by hand where it went on paper, copies of a bulletin."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from tenants.correspondence.models.letter import OfficialLetter


class LetterResult(models.Model):
    """处理结果, as often as there is one to tell. Insert-only. id: the teller's, so twice is once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OfficialLetter, models.PROTECT, related_name="results")
    serial = models.PositiveSmallIntegerField(_("次序"))
    final = models.BooleanField(_("办结"), default=False)
    result = models.CharField(_("核查结果"), max_length=20, blank=True)
    outcome = models.CharField(_("处置"), max_length=20, blank=True)
    words = models.TextField(_("说明"), max_length=4000)
    number = models.CharField(_("案号"), max_length=80, blank=True)
    unit_name = models.CharField(_("单位"), max_length=80, blank=True)
    who = models.CharField(_("经办人"), max_length=80, blank=True)
    by_hand = models.BooleanField(_("手工登记"), default=False)
    scan = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"), default=clock.now)

    class Meta:
        ordering = ["serial", "id"]
        constraints = [models.UniqueConstraint(fields=["letter", "serial"], name="official_result_once")]


class CourseStep(models.Model):
    """A step of a letter on paper, noted by hand: posted, signed for, taken on, returned, answered. Insert-only."""

    class What(models.TextChoices):
        SEALED = "sealed", _("纸质盖章")
        POSTED = "posted", _("寄出")
        HANDED = "handed", _("送交")
        RECEIVED = "received", _("对方签收")
        ACCEPTED = "accepted", _("对方接收")
        RETURNED = "returned", _("对方退回")
        ANSWERED = "answered", _("对方复函")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OfficialLetter, models.PROTECT, related_name="course")
    what = models.CharField(_("事项"), max_length=10, choices=What)
    on = models.DateTimeField(_("发生时间"))
    who = models.CharField(_("对方经办人"), max_length=80, blank=True)
    courier = models.CharField(_("快递公司"), max_length=40, blank=True)
    tracking_no = models.CharField(_("快递单号"), max_length=40, blank=True)
    words = models.CharField(_("说明"), max_length=500, blank=True)
    scan = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["on", "id"]


class BulletinCopy(models.Model):
    """One addressee of a bulletin, with a state of its own."""

    class State(models.TextChoices):
        NAMED = "named", _("待发出")
        WAITING = "waiting", _("对方暂不能收件")
        SENT = "sent", _("已发出")
        RECEIVED = "received", _("已签收")
        ACCEPTED = "accepted", _("已作为线索办理")
        RETURNED = "returned", _("已退回")
        ANSWERED = "answered", _("已反馈")
        DROPPED = "dropped", _("不再发送")

    MOVES = {
        "wait": ({State.NAMED, State.WAITING}, State.WAITING),
        "send": ({State.NAMED, State.WAITING}, State.SENT),
        "drop": ({State.NAMED, State.WAITING}, State.DROPPED),
        "receive": ({State.SENT}, State.RECEIVED),
        "accept": ({State.SENT, State.RECEIVED}, State.ACCEPTED),
        "return": ({State.SENT, State.RECEIVED}, State.RETURNED),
        "answer": ({State.SENT, State.RECEIVED, State.ACCEPTED, State.ANSWERED}, State.ANSWERED),
    }
    VERBS = {
        "wait": _("等待"),
        "send": _("发送"),
        "drop": _("不再发送"),
        "receive": _("签收"),
        "accept": _("接收"),
        "return": _("退回"),
        "answer": _("反馈"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OfficialLetter, models.PROTECT, related_name="copies")
    party = models.CharField(max_length=60)
    name = models.CharField(_("收件单位"), max_length=80)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.NAMED)
    why = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_name = models.CharField(max_length=80, blank=True)
    words = models.TextField(_("反馈"), max_length=4000, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["letter", "party"], name="official_copy_once")]
