"""What is to reach a linkage platform, one message at a time, in the order of its case."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Outgoing(models.Model):
    """One message. source: our fields as they were when it was written, of the closed list only.

    It waits while an earlier one of its case has not gone; it is held whole while the mapping cannot say it; it is
    refused when the other side sent back what had gone. due_at: by when it has to be there; escalated_at: a person was
    told that it is not. withdraws: the message it takes back. problems: why it is held or was not taken.
    """

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("移送")
        PENALTY = "penalty", _("行政处罚信息")
        WITHDRAWAL = "withdrawal", _("撤回")
        RECONSIDERATION = "reconsideration", _("提请复议")
        SUPERVISION = "supervision", _("建议立案监督")
        HANDOVER = "handover", _("物品移交")

    class State(models.TextChoices):
        WAITING = "waiting", _("待送")
        HELD = "held", _("对照有误，未送")
        SENDING = "sending", _("正在送")
        SENT = "sent", _("已送达")
        SETTLED = "settled", _("已另行送达")
        CANCELLED = "cancelled", _("不再送")
        REFUSED = "refused", _("对方退回")

    OPEN = (State.WAITING, State.HELD, State.SENDING)
    NOT_THERE = (State.WAITING, State.HELD, State.REFUSED)
    """The other side does not have it, and it is not on its way."""
    MOVES = {
        "hold": ({State.WAITING}, State.HELD),
        "release": ({State.HELD, State.REFUSED}, State.WAITING),
        "claim": ({State.WAITING}, State.SENDING),
        "retry": ({State.SENDING}, State.WAITING),
        "deliver": ({State.WAITING, State.SENDING, State.REFUSED}, State.SENT),
        "refuse": ({State.SENT}, State.REFUSED),
        "settle": ({State.WAITING, State.HELD, State.REFUSED}, State.SETTLED),
        "cancel": ({State.WAITING, State.HELD, State.REFUSED}, State.CANCELLED),
    }
    VERBS = {
        "hold": _("暂不送"),
        "release": _("重新排队"),
        "claim": _("开始送"),
        "retry": _("稍后再送"),
        "deliver": _("送达"),
        "refuse": _("对方退回"),
        "settle": _("另行送达"),
        "cancel": _("不再送"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    referral = models.ForeignKey("linkage.Referral", models.PROTECT, null=True, blank=True, related_name="messages")
    connection_id = models.UUIDField()
    kind = models.CharField(_("事项"), max_length=16, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    source = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    mapping_version = models.PositiveIntegerField(null=True, blank=True)
    problems = models.JSONField(default=list)
    withdraws = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="withdrawals")
    by_id = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(_("送达期限"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("已报人处理"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    channel = models.CharField(max_length=8, blank=True)
    reference = models.CharField(_("对方编号或包号"), max_length=120, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("两法衔接报送")
        indexes = [
            models.Index(
                fields=["connection_id", "id"],
                condition=models.Q(state__in=["waiting", "held", "sending"]),
                name="linkage_outgoing_open",
            ),
            models.Index(fields=["case", "id"], name="linkage_outgoing_case"),
        ]
