"""What bureaux send: notices, sealed samples, objections that the brand must answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evidence.store import name_index
from kernel.ids import uuid7


class Notice(models.Model):
    """协助辨认/鉴别通知书 as it came. said: the letter's body. paper_key: its PDF, where one came along."""

    class State(models.TextChoices):
        RECEIVED = "received", _("待办理")
        WORKING = "working", _("办理中")
        ANSWERED = "answered", _("已答复")
        RETURNED = "returned", pgettext_lazy("notice", "已退回")

    MOVES = {
        "begin": ({State.RECEIVED}, State.WORKING),
        "answer": ({State.RECEIVED, State.WORKING}, State.ANSWERED),
        "reopen": ({State.ANSWERED}, State.WORKING),
        "return": ({State.RECEIVED, State.WORKING}, State.RETURNED),
    }
    VERBS = {"begin": _("开始办理"), "answer": _("答复"), "reopen": _("重新打开"), "return": _("退回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice_id = models.UUIDField()
    province_code = models.CharField(_("省份"), max_length=31)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    document_no = models.CharField(_("文号"), max_length=80)
    thread = models.UUIDField()
    letter_id = models.UUIDField(unique=True)
    request_id = models.UUIDField(null=True, blank=True)
    task = models.ForeignKey("desk.DeskTask", models.PROTECT, null=True, blank=True, related_name="notices")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RECEIVED)
    unit_name = models.CharField(_("单位"), max_length=80)
    said = models.JSONField()
    paper_key = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField(_("发出"))
    reply_due_at = models.DateTimeField(_("答复期限"))
    return_step = models.CharField(max_length=10, blank=True)
    return_reason = models.CharField(_("退回原因"), max_length=1000, blank=True)

    class Meta:
        ordering = ["reply_due_at"]
        constraints = [
            models.UniqueConstraint(fields=["province_code", "notice_id", "organisation"], name="issuing_notice_once")
        ]
        indexes = [name_index("paper_key", name="notice_paper")]


class Sample(models.Model):
    """A sealed sample that travels to the brand and back. id: the one both sides use."""

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("sample", "在途")
        RECEIVED = "received", pgettext_lazy("sample", "已签收")
        OPENED = "opened", _("已启封")
        RETURNED = "returned", _("已寄回")
        BACK = "back", _("机关已收回")

    MOVES = {
        "receive": ({State.SENT}, State.RECEIVED),
        "open": ({State.RECEIVED}, State.OPENED),
        "return": ({State.RECEIVED, State.OPENED}, State.RETURNED),
        "close": ({State.RETURNED}, State.BACK),
    }
    VERBS = {"receive": _("签收"), "open": _("启封"), "return": _("寄回"), "close": _("收回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample_id = models.UUIDField()
    province_code = models.CharField(_("省份"), max_length=31)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    thread = models.UUIDField()
    letter_id = models.UUIDField(unique=True)
    task = models.ForeignKey("desk.DeskTask", models.PROTECT, null=True, blank=True, related_name="samples")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, blank=True, related_name="samples")
    notice_no = models.CharField(_("通知书文号"), max_length=80, blank=True)
    item_ids = models.JSONField(default=list)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SENT)
    description = models.CharField(_("封样"), max_length=500)
    seal_no = models.CharField(_("封样编号"), max_length=60)
    courier = models.CharField(_("快递公司"), max_length=60)
    waybill_no = models.CharField(_("运单号"), max_length=60)
    sent_on = models.DateTimeField(_("寄出"))
    due_at = models.DateTimeField(null=True, blank=True)
    return_wanted = models.BooleanField(default=True)
    seal_unbroken = models.BooleanField(_("封签完好"), null=True, blank=True)
    seal_no_found = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["province_code", "sample_id", "organisation"], name="issuing_sample_once")
        ]

    @property
    def seal_holds(self) -> bool:
        """Whether it came as it was sealed: unbroken, and under the number that was sent."""
        return bool(self.seal_unbroken) and self.seal_no_found == self.seal_no


class SampleEvent(models.Model):
    """One step of a sample on record. held: the letter of it waits for photos that are still being prepared."""

    class Kind(models.TextChoices):
        SENT = "sent", _("机关寄出")
        RECEIVED = "received", _("签收")
        OPENED = "opened", _("启封")
        RETURNED = "returned", _("寄回")
        BACK = "back", _("机关收回")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    said = models.JSONField(default=dict)
    held = models.BooleanField(default=False)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["sample", "kind"], name="sample_event_once")]


class SamplePhoto(models.Model):
    """A photo that belongs to a step of a sample."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(SampleEvent, models.CASCADE, related_name="photos")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")


class Objection(models.Model):
    """异议: what the party holds against a letter. files: [{"sha256", "what", "object_key", "media_type"}]."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待答复")
        ANSWERED = "answered", _("已答复")

    class Outcome(models.TextChoices):
        NONE = "", ""
        STANDS = "stands", _("维持原意见")
        WITHDRAWN = "withdrawn", _("撤回意见书")
        NEW_LETTER = "new_letter", _("另行出具新版意见书")

    MOVES = {"answer": ({State.WAITING}, State.ANSWERED)}
    VERBS = {"answer": _("答复")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    objection_id = models.UUIDField()
    province_code = models.CharField(_("省份"), max_length=31)
    letter = models.ForeignKey("issuing.OpinionLetter", models.PROTECT, related_name="objections")
    thread = models.UUIDField()
    post_id = models.UUIDField(unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    item_ids = models.JSONField(default=list)
    text = models.TextField(_("异议内容"), max_length=4000)
    grey_market = models.BooleanField(_("称有合法来源（平行进口等）"), default=False)
    files = models.JSONField(default=list)
    lodged_at = models.DateTimeField(_("收到"))
    answer_by = models.DateTimeField(_("答复期限"))
    outcome = models.CharField(_("处理结果"), max_length=12, choices=Outcome, blank=True)
    answer = models.TextField(_("答复"), max_length=4000, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["answer_by"]
        constraints = [models.UniqueConstraint(fields=["province_code", "objection_id"], name="issuing_objection_once")]
