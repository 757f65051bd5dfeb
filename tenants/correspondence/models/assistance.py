"""协助调查: what one bureau asks another to find out, question by question, as this province has it.

Both provinces keep a row of the same id. The bureau that is asked reckons when the reply is due, by its own calendar;
the other shows the date it was told.
Source: 行政处罚法 art. 26 (help between agencies); the reply is owed within 15 working days of the receipt.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Assistance(models.Model):
    """One request for assistance. id: that of the letter that asks, in both provinces.

    targets: [{"name", "uscc", "address"}]. officers: [{"name", "certificate_no", "user_id"}], two at least; user_id is
    known in the province that is asked only. calendar_words: the days of its own that the province asked left out.
    """

    class Side(models.TextChoices):
        ASKING = "asking", _("我方请求")
        ASKED = "asked", _("请求我方")

    class State(models.TextChoices):
        SENT = "sent", _("待签收")
        SIGNED = "signed", _("已签收，待指定承办人")
        WORKING = "working", _("办理中")
        PARTLY = "partly", _("部分答复")
        ANSWERED = "answered", _("已全部答复")
        RETURNED = "returned", _("已退回")
        CLOSED = "closed", _("已办结")

    OPEN = (State.SENT, State.SIGNED, State.WORKING, State.PARTLY)
    MOVES = {
        "sign_for": ({State.SENT}, State.SIGNED),
        "name_officers": ({State.SIGNED}, State.WORKING),
        "return": ({State.SENT, State.SIGNED}, State.RETURNED),
        "answer_partly": ({State.WORKING, State.PARTLY}, State.PARTLY),
        "answer": ({State.WORKING, State.PARTLY}, State.ANSWERED),
        "close": ({State.SENT, State.SIGNED, State.WORKING, State.PARTLY, State.ANSWERED}, State.CLOSED),
    }
    VERBS = {
        "sign_for": _("签收"),
        "name_officers": _("指定承办人"),
        "return": _("退回"),
        "answer_partly": _("部分答复"),
        "answer": _("全部答复"),
        "close": _("办结"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.OneToOneField("correspondence.OfficialLetter", models.PROTECT, related_name="assistance")
    side = models.CharField(max_length=6, choices=Side)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.SENT)
    case_name = models.CharField(_("案件名称"), max_length=200)
    party_name = models.CharField(_("当事人"), max_length=120, blank=True)
    legal_basis = models.CharField(_("法律依据"), max_length=400)
    targets = models.JSONField(_("协查对象"), default=list, encoder=DjangoJSONEncoder)
    term_days = models.PositiveSmallIntegerField(_("期限（工作日）"), default=15)
    received_at = models.DateTimeField(_("收函时间"), null=True, blank=True)
    first_due_on = models.DateField(_("原期限"), null=True, blank=True)
    due_on = models.DateField(_("复函期限"), null=True, blank=True)
    due_provisional = models.BooleanField(_("期限暂定"), default=False)
    calendar_words = models.JSONField(default=list)
    signed_by_name = models.CharField(_("签收人"), max_length=80, blank=True)
    officers = models.JSONField(_("承办人"), default=list, encoder=DjangoJSONEncoder)
    replied_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closing_words = models.CharField(_("办结说明"), max_length=500, blank=True)
    alarmed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["side", "state", "due_on"], name="assistance_side_state")]


class AssistanceQuestion(models.Model):
    """协查事项: one numbered question. It never changes after the letter that asks it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assistance = models.ForeignKey(Assistance, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField(_("序号"))
    text = models.CharField(_("协查事项"), max_length=1000)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["assistance", "number"], name="assistance_question_once")]


class AssistanceDraft(models.Model):
    """An answer that is being prepared, at the bureau that is asked. It leaves with the next reply that is issued.

    evidence: ids of own exhibits.
    """

    class Finding(models.TextChoices):
        FOUND = "found", _("已查明")
        PARTLY = "partly", _("部分查明")
        NOT_FOUND = "not_found", _("未能查明")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.OneToOneField(AssistanceQuestion, models.CASCADE, related_name="draft")
    finding = models.CharField(_("结果"), max_length=10, choices=Finding, default=Finding.FOUND)
    text = models.CharField(_("答复"), max_length=4000)
    evidence = models.JSONField(_("取得的证据"), default=list)
    written_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=clock.now)


class AssistanceAnswer(models.Model):
    """An answer as it was sent in a reply. Insert-only: what is found later is a further answer to the same question.

    reply: the letter; none for a reply on paper that was noted by hand. evidence: [{"position", "item", "sha256"}], as
    they stand in the manifest of the reply.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.ForeignKey(AssistanceQuestion, models.PROTECT, related_name="answers")
    reply = models.ForeignKey(
        "correspondence.OfficialLetter", models.PROTECT, null=True, blank=True, related_name="answers"
    )
    finding = models.CharField(_("结果"), max_length=10, choices=AssistanceDraft.Finding)
    text = models.CharField(_("答复"), max_length=4000)
    evidence = models.JSONField(_("取得的证据"), default=list)
    at = models.DateTimeField(_("答复时间"), default=clock.now)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["question__number", "at", "id"]
        constraints = [models.UniqueConstraint(fields=["question", "reply"], name="assistance_answer_once")]


class AssistanceExtension(models.Model):
    """延期告知. Insert-only. in_time: told before the term ended; a later one is kept as late and moves nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assistance = models.ForeignKey(Assistance, models.PROTECT, related_name="extensions")
    in_time = models.BooleanField(_("期限内告知"))
    was_due_on = models.DateField(_("原期限"))
    new_due_on = models.DateField(_("新期限"))
    reason = models.CharField(_("原因"), max_length=500)
    at = models.DateTimeField(_("告知时间"), default=clock.now)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["at", "id"]


class RegionalDay(models.Model):
    """A day of this province that the national table does not have: 三月三 in Guangxi. Kept by the administrator."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        MAKEUP_WORKDAY = "makeup_workday", _("上班")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("安排"), max_length=14, choices=Kind, default=Kind.HOLIDAY)
    name = models.CharField(_("名称"), max_length=40)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["day"]
