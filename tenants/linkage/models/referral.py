"""移送: one referral of a case to the police, from the draft to what became of it.

Source: 国务院令第310号 (行政执法机关移送涉嫌犯罪案件的规定) art. 5 to 13; form 5 涉嫌犯罪案件移送书.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Referral(models.Model):
    """涉嫌犯罪案件移送.

    decision: the head's, which it rests on. connection_id: the linkage platform it goes by; none: on paper only.
    suspects: name, kind, uscc. team: two or more who work on it. annexes: kind (one of `Annex`), title, sha256; what
    art. 6 asks for. check_made: the threshold check as it was when the head decided.
    outcome: numbers for statistics (detained, arrested, charged, convicted).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("起草中")
        SENT = "sent", _("已移送，待回执")
        RECEIVED = "received", _("已收到回执")
        RETURNED = "returned", _("退回补充")
        FILED = "filed", _("公安已立案")
        NOT_FILED = "not_filed", _("公安不予立案")
        RECONSIDERING = "reconsidering", _("复议中")
        UPHELD = "upheld", _("复议维持不立案")
        SUPERVISING = "supervising", _("建议立案监督")
        ENDED = "ended", _("已了结")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Annex(models.TextChoices):
        LETTER = "letter", _("涉嫌犯罪案件移送书")
        REPORT = "report", _("涉嫌犯罪案件情况的调查报告")
        GOODS = "goods", _("涉案物品清单")
        APPRAISAL = "appraisal", _("有关检验报告或者鉴定结论")
        OTHER = "other", _("其他有关涉嫌犯罪的材料")

    OUT = (
        State.SENT,
        State.RECEIVED,
        State.RETURNED,
        State.FILED,
        State.NOT_FILED,
        State.RECONSIDERING,
        State.UPHELD,
        State.SUPERVISING,
        State.ENDED,
    )
    """It has left the house."""
    MOVES = {
        "send": ({State.DRAFT, State.RETURNED}, State.SENT),
        "receive": ({State.SENT}, State.RECEIVED),
        "send_back": ({State.SENT, State.RECEIVED}, State.RETURNED),
        "file": (
            {State.SENT, State.RECEIVED, State.NOT_FILED, State.RECONSIDERING, State.UPHELD, State.SUPERVISING},
            State.FILED,
        ),
        "not_file": ({State.SENT, State.RECEIVED}, State.NOT_FILED),
        "reconsider": ({State.NOT_FILED}, State.RECONSIDERING),
        "uphold": ({State.RECONSIDERING}, State.UPHELD),
        "supervise": ({State.NOT_FILED, State.UPHELD}, State.SUPERVISING),
        "end": ({State.FILED, State.NOT_FILED, State.UPHELD, State.SUPERVISING}, State.ENDED),
        "withdraw": ({State.DRAFT, *OUT}, State.WITHDRAWN),
    }
    VERBS = {
        "send": _("移送"),
        "receive": _("登记回执"),
        "send_back": _("登记退回"),
        "file": _("登记立案通知"),
        "not_file": _("登记不予立案通知"),
        "reconsider": _("提请复议"),
        "uphold": _("登记复议结果"),
        "supervise": _("建议立案监督"),
        "end": _("了结"),
        "withdraw": _("撤回"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="police_referrals")
    decision = models.ForeignKey("cases.ReferralDecision", models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    connection_id = models.UUIDField(null=True, blank=True)
    connection_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=14, choices=State, default=State.DRAFT)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    police_org = models.CharField(_("公安机关"), max_length=120)
    suspected_crime = models.CharField(_("涉嫌罪名"), max_length=120)
    suspects = models.JSONField(_("嫌疑人或单位"), default=list, encoder=DjangoJSONEncoder)
    facts = models.TextField(_("案情与证据"), max_length=8000)
    goods_yuan = models.DecimalField(_("涉案货值（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    gains_yuan = models.DecimalField(_("违法所得（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    check_made = models.JSONField(_("移送标准核对"), default=dict, encoder=DjangoJSONEncoder)
    team = models.JSONField(_("专案组"), default=list, encoder=DjangoJSONEncoder)
    annexes = models.JSONField(_("附件"), default=list, encoder=DjangoJSONEncoder)
    decided_at = models.DateTimeField(_("批准时间"))
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(_("移送时间"), null=True, blank=True)
    received_at = models.DateTimeField(_("回执时间"), null=True, blank=True)
    receipt_no = models.CharField(_("回执编号"), max_length=80, blank=True)
    receiver = models.CharField(_("签收人"), max_length=80, blank=True)
    notice_at = models.DateTimeField(_("立案或不予立案通知送达"), null=True, blank=True)
    notice_no = models.CharField(_("通知书编号"), max_length=80, blank=True)
    filed_at = models.DateTimeField(_("公安立案时间"), null=True, blank=True)
    reconsider_at = models.DateTimeField(_("提请复议"), null=True, blank=True)
    upheld_at = models.DateTimeField(_("复议决定"), null=True, blank=True)
    supervise_at = models.DateTimeField(_("建议监督"), null=True, blank=True)
    handed_over_at = models.DateTimeField(_("物品移交"), null=True, blank=True)
    outcome = models.JSONField(_("刑事结果"), default=dict, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("涉嫌犯罪案件移送")
        indexes = [models.Index(fields=["state", "-id"], name="referral_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=~models.Q(state="withdrawn"),
                name="referral_once_a_case",
            )
        ]

    def __str__(self) -> str:
        return self.document_no or str(self.pk)


class ReferralStep(models.Model):
    """What happened to a referral, ours or theirs. Insert-only.

    at: when it happened; noted_at: when it was known here. number: of the paper. external_id: the platform's own number
    of the message, so that twice is once. by_name: the person, or the connection it came by.
    """

    class Kind(models.TextChoices):
        SENT = "sent", _("移送")
        RECEIPT = "receipt", _("回执")
        RETURNED = "returned", _("退回补充")
        FILED = "filed", _("立案通知")
        NOT_FILED = "not_filed", _("不予立案通知")
        RECONSIDER = "reconsider", _("提请复议")
        UPHELD = "upheld", _("复议维持")
        SUPERVISE = "supervise", _("建议立案监督")
        OPINION = "opinion", _("检察机关意见")
        HANDOVER = "handover", _("物品移交")
        OUTCOME = "outcome", _("刑事结果")
        WITHDRAWN = "withdrawn", _("撤回")
        ENDED = "ended", _("了结")

    THEIRS = (Kind.RECEIPT, Kind.RETURNED, Kind.FILED, Kind.NOT_FILED, Kind.UPHELD, Kind.OPINION, Kind.OUTCOME)
    """Kinds that the other side tells us."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="steps")
    kind = models.CharField(_("事项"), max_length=12, choices=Kind)
    at = models.DateTimeField(_("时间"))
    noted_at = models.DateTimeField(default=clock.now)
    number = models.CharField(_("文书编号"), max_length=80, blank=True)
    words = models.CharField(_("说明"), max_length=1000, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    external_id = models.CharField(max_length=120, blank=True)
    connection_id = models.UUIDField(null=True, blank=True)
    by_id = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "external_id"],
                condition=~models.Q(external_id=""),
                name="referral_step_once",
            )
        ]


class Reminder(models.Model):
    """That people were told of a term, so that nobody is told every ten minutes. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record_id = models.UUIDField()
    what = models.CharField(max_length=30)
    stage = models.CharField(max_length=10)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_id", "what", "stage"], name="linkage_told_once")]
