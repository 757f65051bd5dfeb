"""协助辨认/鉴别通知书: drafted, checked, issued, and waited for. Form 16; its fields are those of the official form."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class OpinionPolicy(models.Model):
    """What a bureau decided for all its notices. One row; without it the defaults hold.

    show_party: whether right holders learn the party's name. reply_working_days: how long they have.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    only = models.BooleanField(default=True, unique=True, editable=False)
    show_party = models.BooleanField(_("通知书写明当事人名称"), default=False)
    reply_working_days = models.PositiveSmallIntegerField(_("答复期限（工作日）"), default=10)
    changed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="opinion_policy_once")]


class Notice(models.Model):
    """One notice to one right holder. batch_id: drafted with others of one inspection, issued with consecutive numbers.

    party_name is empty when it is hidden from the right holder; the letter then cites the notice's number only.
    officers: [{"user_id", "name", "certificate_no"}]. trademarks: [{"name", "reg_no", "nice_classes", "valid_until"}].
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("拟稿")
        CHECKING = "checking", _("待审核")
        TO_ISSUE = "to_issue", _("待签发")
        ISSUED = "issued", _("等待答复")
        ANSWERED = "answered", _("已答复")
        RETURNED = "returned", _("权利人退回")
        WITHDRAWN = "withdrawn", _("已作废")

    class Type(models.TextChoices):
        IDENTIFICATION = "identification", _("辨认")
        DISCRIMINATION = "discrimination", _("鉴别")

    class SealState(models.TextChoices):
        NONE = "none", _("未加盖")
        ELECTRONIC = "electronic", _("电子印章")
        SCANNED = "scanned", _("盖章扫描件")

    MOVES = {
        "submit": ({State.DRAFT}, State.CHECKING),
        "check": ({State.CHECKING}, State.TO_ISSUE),
        "send_back": ({State.CHECKING, State.TO_ISSUE}, State.DRAFT),
        "issue": ({State.TO_ISSUE}, State.ISSUED),
        "answer": ({State.ISSUED}, State.ANSWERED),
        "reopen": ({State.ANSWERED}, State.ISSUED),
        "give_back": ({State.ISSUED}, State.RETURNED),
        "withdraw": ({State.DRAFT, State.CHECKING, State.TO_ISSUE}, State.WITHDRAWN),
    }
    VERBS = {
        "submit": _("送审"),
        "check": _("审核通过"),
        "send_back": _("退回拟稿人"),
        "issue": _("签发"),
        "answer": _("收到意见书"),
        "reopen": _("继续等待"),
        "give_back": _("权利人退回"),
        "withdraw": _("作废"),
    }
    WAITING = (State.ISSUED,)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    type = models.CharField(_("委托类型"), max_length=16, choices=Type, default=Type.IDENTIFICATION)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    request = models.ForeignKey("requests.AppraisalRequest", models.PROTECT, related_name="notices")
    batch_id = models.UUIDField(_("同一批通知书"), null=True, blank=True, db_index=True)
    organisation_id = models.UUIDField(_("权利人"))
    organisation_name = models.CharField(_("受托权利人"), max_length=120)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    matter_no = models.CharField(_("案件或线索编号"), max_length=80, blank=True)
    party_name = models.CharField(_("当事人名称"), max_length=120, blank=True)
    trademarks = models.JSONField(_("商标及注册号"), default=list, encoder=DjangoJSONEncoder)
    questions = models.JSONField(_("委托事项"), default=list)
    samples_sent = models.BooleanField(_("提交样品"), default=False)
    sample_seal_no = models.CharField(_("样品封签号"), max_length=60, blank=True)
    reply_working_days = models.PositiveSmallIntegerField(_("答复期限（工作日）"), default=10)
    reply_due_at = models.DateTimeField(_("答复期限"), null=True, blank=True)
    reply_provisional = models.BooleanField(default=False)
    reminded_on = models.DateField(null=True, blank=True)
    officers = models.JSONField(_("联系人"), default=list)
    phone = models.CharField(_("联系电话"), max_length=40)
    liability_notice = models.TextField(_("法律责任告知"), max_length=2000)
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("拟稿时间"), default=clock.now)
    checked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    issued_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    issued_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    seal_state = models.CharField(_("印章"), max_length=12, choices=SealState, default=SealState.NONE)
    letter_id = models.UUIDField(null=True, blank=True, unique=True)
    paper_id = models.UUIDField(null=True, blank=True)
    taken_up_at = models.DateTimeField(_("权利人已接收"), null=True, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    closing_reason = models.CharField(_("退回或作废原因"), max_length=1000, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "state", "-id"], name="notice_unit_state"),
            models.Index(fields=["state", "reply_due_at"], name="notice_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["document_no"], condition=~models.Q(document_no=""), name="notice_number_once"
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=models.Q(state__in=["draft", "checking", "to_issue", "issued"]),
                name="notice_once_open",
            ),
        ]

    def __str__(self) -> str:
        return self.document_no or str(self.get_state_display())


class NoticeItem(models.Model):
    """One line of a notice, frozen when it was drafted. photos: [{"photo_id", "shot_code", "shot_name", "sha256"}]."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="items")
    item = models.ForeignKey("requests.RequestItem", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("物品"), max_length=200)
    claimed_brand = models.CharField(_("标称品牌"), max_length=80, blank=True)
    spec = models.CharField(_("规格型号"), max_length=120, blank=True)
    batch_no = models.CharField(_("批号"), max_length=60, blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    taken_where = models.CharField(_("取得地点"), max_length=200, blank=True)
    taken_county = models.CharField(max_length=6, blank=True)
    taken_at = models.DateTimeField(_("取得时间"), null=True, blank=True)
    photos = models.JSONField(_("照片"), default=list)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["notice", "position"], name="notice_position_once")]


class ClockEvent(models.Model):
    """A pause of waiting for a right holder's answer begins, ends, or an end is struck out. Insert-only.

    at: when it counts from. strikes: the end that did not count, because what had come was returned.
    """

    class Kind(models.TextChoices):
        BEGIN = "begin", _("开始等待")
        END = "end", _("结束等待")
        STRIKE = "strike", _("继续等待")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="clock_events")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField(_("时间"))
    strikes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(_("原因"), max_length=500, blank=True)
    by_name = models.CharField(max_length=80)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["recorded_at", "id"]
