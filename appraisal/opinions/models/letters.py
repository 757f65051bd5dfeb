"""辨认意见书 as this bureau holds it: what came, its original, who relied on it. Insert-only but for its state."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from appraisal.requests.models import VerdictChoice
from kernel import clock
from kernel.ids import uuid7


class HeldLetter(models.Model):
    """One opinion letter for one request. letter_id: the brand's; the same paper may be relied on for a second request.

    What it says is never changed: preliminary and formal are told by two arrivals of the same letter_id, a new version
    has a letter_id of its own. facts: the canonical JSON inside the PDF. said: the rest of the message.
    """

    class State(models.TextChoices):
        PRELIMINARY = "preliminary", _("初步")
        FORMAL = "formal", _("正式")
        WITHDRAWN = "withdrawn", _("已撤回")
        SUPERSEDED = "superseded", _("已被替代")

    class Came(models.TextChoices):
        DIRECT = "direct", _("本省申请")
        REUSE = "reuse", _("互认")

    class Role(models.TextChoices):
        OWNER = "owner", _("商标注册人")
        LICENSEE = "licensee", _("被许可人")
        AGENT = "agent", _("受托人")

    MOVES = {
        "formalise": ({State.PRELIMINARY}, State.FORMAL),
        "withdraw": ({State.PRELIMINARY, State.FORMAL, State.SUPERSEDED}, State.WITHDRAWN),
        "supersede": ({State.PRELIMINARY, State.FORMAL}, State.SUPERSEDED),
    }
    VERBS = {"formalise": _("转为正式"), "withdraw": _("撤回"), "supersede": _("被新版替代")}
    STANDING = (State.PRELIMINARY, State.FORMAL)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter_id = models.UUIDField()
    request = models.ForeignKey("requests.AppraisalRequest", models.PROTECT, related_name="opinion_letters")
    notice = models.ForeignKey("opinions.Notice", models.PROTECT, null=True, blank=True, related_name="letters")
    state = models.CharField(_("状态"), max_length=12, choices=State)
    came = models.CharField(_("来源"), max_length=8, choices=Came, default=Came.DIRECT)
    organisation_id = models.UUIDField(_("出具单位"))
    organisation_name = models.CharField(_("出具单位"), max_length=120)
    role = models.CharField(_("身份"), max_length=10, choices=Role, default=Role.OWNER)
    opinion_no = models.CharField(_("意见书编号"), max_length=80, blank=True)
    version_no = models.PositiveSmallIntegerField(_("版本"), default=1)
    supersedes_id = models.UUIDField(null=True, blank=True)
    issued_on = models.DateField(_("出具日期"), null=True, blank=True)
    received_at = models.DateTimeField(_("收到时间"), default=clock.now)
    formal_at = models.DateTimeField(_("正式件收到时间"), null=True, blank=True)
    waits_for = models.CharField(max_length=12, blank=True)
    exam_mode = models.CharField(_("鉴别方式"), max_length=10)
    right_holder = models.JSONField(_("权利人"), default=dict)
    signers = models.JSONField(_("鉴定人员"), default=list)
    authority = models.JSONField(_("授权"), default=dict)
    trademarks = models.JSONField(_("商标"), default=list, encoder=DjangoJSONEncoder)
    check_code = models.CharField(_("校验码"), max_length=20, blank=True)
    check_url = models.CharField(max_length=300, blank=True)
    facts = models.TextField(blank=True)
    facts_sha256 = models.CharField(max_length=64, blank=True)
    seal_state = models.CharField(max_length=12, default="none")
    demonstration = models.BooleanField(default=False)
    pdf = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    annex = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    scan = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    scan_code_ok = models.BooleanField(_("扫描件校验码相符"), null=True, blank=True)
    scanned_at = models.DateTimeField(_("扫描件收到时间"), null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    change_reason = models.CharField(_("撤回或替代原因"), max_length=1000, blank=True)
    replaced_by_id = models.UUIDField(null=True, blank=True)
    replaced_by_no = models.CharField(max_length=80, blank=True)
    verified_at = models.DateTimeField(_("验证时间"), null=True, blank=True)
    verified = models.JSONField(_("验证结果"), default=dict, blank=True)

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["letter_id", "request"], name="held_letter_once")]
        indexes = [
            models.Index(fields=["letter_id"], name="held_letter_of"),
            models.Index(fields=["state", "-id"], name="held_letter_state"),
        ]

    def __str__(self) -> str:
        return self.opinion_no or str(self.get_state_display())


class HeldItem(models.Model):
    """辨认结论 of one item as the letter says it. Insert-only. item: None when it is none of this request's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(HeldLetter, models.PROTECT, related_name="items")
    item = models.ForeignKey("requests.RequestItem", models.PROTECT, null=True, blank=True, related_name="held_items")
    position = models.PositiveSmallIntegerField()
    product_name = models.CharField(_("商品"), max_length=200)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    value = models.CharField(_("辨认结论"), max_length=40, choices=VerdictChoice)
    verdict_id = models.UUIDField(null=True, blank=True)
    photo_sha256s = models.JSONField(default=list)
    seal_no = models.CharField(_("封签号"), max_length=60, blank=True)
    genuine_price = models.JSONField(_("正品价格"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    basis = models.CharField(_("互认依据"), max_length=12, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["letter", "position"], name="held_position_once")]


class Mailing(models.Model):
    """One try to bring the signed original here. A failed one stays; a new one names it. id: the brand's."""

    class State(models.TextChoices):
        SENT = "sent", _("寄送中")
        RECEIVED = "received", _("已签收")
        RETURNED = "returned", _("已退回")
        FAILED = "failed", _("投递失败")

    MOVES = {
        "receive": ({State.SENT}, State.RECEIVED),
        "give_back": ({State.SENT, State.RECEIVED}, State.RETURNED),
        "fail": ({State.SENT}, State.FAILED),
    }
    VERBS = {"receive": _("签收"), "give_back": _("退回"), "fail": _("投递失败")}

    id = models.UUIDField(primary_key=True, editable=False)
    letter = models.ForeignKey(HeldLetter, models.PROTECT, related_name="mailings")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SENT)
    courier = models.CharField(_("快递公司"), max_length=60)
    waybill_no = models.CharField(_("快递单号"), max_length=60)
    sent_on = models.DateTimeField(_("寄出时间"))
    received_on = models.DateTimeField(_("签收时间"), null=True, blank=True)
    replaces_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=500, blank=True)
    scan = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["sent_on", "id"]


class LetterReturn(models.Model):
    """What came was no good and went back: the original, or a scan of it. Insert-only."""

    class Code(models.TextChoices):
        UNREADABLE = "unreadable", _("扫描件看不清")
        SEAL_MISSING = "seal_missing", _("没有公章或签名")
        WRONG_NUMBER = "wrong_number", _("编号与通知书不符")
        REFUSED = "refused", _("拒收")
        OTHER = "other", _("其他")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(HeldLetter, models.PROTECT, related_name="returns")
    mailing = models.ForeignKey(Mailing, models.PROTECT, null=True, blank=True, related_name="returns")
    code = models.CharField(_("原因"), max_length=16, choices=Code)
    reason = models.CharField(_("说明"), max_length=500, blank=True)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]


class Reliance(models.Model):
    """A matter that relied on a letter when it was accepted, or later. Insert-only. url: its page in this bureau."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(HeldLetter, models.PROTECT, related_name="reliances")
    kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    label = models.CharField(max_length=200)
    url = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["letter", "kind", "matter_id"], name="reliance_once")]


class WithdrawalAlert(models.Model):
    """A letter that was relied on no longer stands: one row a matter, until somebody says what was done about it."""

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        HANDLED = "handled", _("已处理")

    MOVES = {"handle": ({State.OPEN}, State.HANDLED)}
    VERBS = {"handle": _("处理")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(HeldLetter, models.PROTECT, related_name="alerts")
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    label = models.CharField(_("事项"), max_length=200)
    url = models.CharField(max_length=200)
    why = models.CharField(_("原因"), max_length=1000)
    at = models.DateTimeField(default=clock.now)
    handled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    handled_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(_("处理情况"), max_length=1000, blank=True)

    class Meta:
        ordering = ["-at", "id"]
