"""What is done with a clue: study, dispatch, the unit's check, its clock, orders from above, answers to the source.

Source of the terms: 市场监督管理行政处罚程序规定 art. 18 (15 working days, 15 more by the head).
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from tenants.clues.models.clue import Clue


class Assessment(models.Model):
    """线索研判: several sections' opinion and what is to be done, once concluded."""

    class Advice(models.TextChoices):
        DISPATCH = "dispatch", _("分派核查")
        MERGE = "merge", _("并案")
        OUT = "out", _("移送外省")
        END = "end", _("不再核查")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="assessments")
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("研判期限"))
    concluded_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    concluded_at = models.DateTimeField(_("研判时间"), null=True, blank=True)
    opinion = models.TextField(_("研判意见"), max_length=2000, blank=True)
    advice = models.CharField(_("处理建议"), max_length=10, choices=Advice, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clue"], condition=models.Q(concluded_at__isnull=True), name="clue_assessment_one_open"
            )
        ]


class PanelMember(models.Model):
    """One person of the panel, of a section, and what they said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    unit_name = models.CharField(max_length=80)
    opinion = models.CharField(_("意见"), max_length=500, blank=True)
    said_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["assessment", "user"], name="panel_member_once")]


class Dispatch(models.Model):
    """线索分流: to one unit, until it signs, sends it back, or the desk takes it back. One is open at a time.

    proposal: what routing proposed then, with its reasons and runner-up; followed: whether the desk did as proposed.
    """

    class Ending(models.TextChoices):
        SIGNED = "signed", _("已签收")
        RETURNED = "returned", _("已退回")
        RECALLED = "recalled", _("已撤回")
        MERGED = "merged", _("已并案")

    class ReturnReason(models.TextChoices):
        NOT_COMPETENT = "not_competent", _("不属本单位管辖")
        WRONG_PLACE = "wrong_place", _("地址有误")
        DUPLICATE = "duplicate", _("已在办理")
        TOO_THIN = "too_thin", _("线索不清，无法核查")
        OTHER = "other", _("其他")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="dispatches")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    officer = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    words = models.CharField(_("交办要求"), max_length=500, blank=True)
    sign_by = models.DateTimeField(_("签收期限"))
    proposal = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    followed = models.BooleanField(default=True)
    ending = models.CharField(max_length=10, choices=Ending, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    return_reason = models.CharField(_("退回原因"), max_length=14, choices=ReturnReason, blank=True)
    return_words = models.CharField(_("退回说明"), max_length=500, blank=True)
    right_unit_name = models.CharField(_("应由谁办"), max_length=80, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "-at"], name="dispatch_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["clue"],
                condition=models.Q(ending=""),
                name="dispatch_one_open",
            )
        ]


class Verifier(models.Model):
    """One of the two or more officers who check a clue."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="verifiers")
    officer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    certificate_no = models.CharField(_("执法证号"), max_length=40, blank=True)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clue", "officer"], condition=models.Q(until__isnull=True), name="verifier_once"
            )
        ]


class CluePause(models.Model):
    """Days that do not count towards the check: testing, quarantine, appraisal, identification (art. 18)."""

    class Kind(models.TextChoices):
        TESTING = "testing", _("检测、检验、检疫、鉴定")
        IDENTIFICATION = "identification", _("权利人辨认")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="pauses")
    kind = models.CharField(_("事项"), max_length=16, choices=Kind)
    reason = models.CharField(_("原因"), max_length=500)
    begin = models.DateTimeField(_("开始"), default=clock.now)
    end = models.DateTimeField(_("结束"), null=True, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["begin"]
        constraints = [
            models.UniqueConstraint(fields=["clue"], condition=models.Q(end__isnull=True), name="clue_pause_one_open")
        ]


class ClueExtension(models.Model):
    """延期: 15 more working days, by the head, once in a run of the clock. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField(_("延长工作日"), default=15)
    reason = models.CharField(_("理由"), max_length=500)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)


class ClueAsk(models.Model):
    """报批: what an officer asks of the head about a clue, and the answer.

    data: of an extension nothing; of an end that is not to be filed `result`, `outcome` and `words`.
    """

    class Kind(models.TextChoices):
        EXTENSION = "extension", _("延期核查")
        NO_FILING = "no_filing", _("不予立案")

    class State(models.TextChoices):
        ASKED = "asked", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")
        WITHDRAWN = "withdrawn", _("已撤回")

    MOVES = {
        "approve": ({State.ASKED}, State.APPROVED),
        "refuse": ({State.ASKED}, State.REFUSED),
        "withdraw": ({State.ASKED}, State.WITHDRAWN),
    }
    VERBS = {"approve": _("批准"), "refuse": _("不批准"), "withdraw": _("撤回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="asks")
    kind = models.CharField(_("事项"), max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.CharField(_("理由"), max_length=1000)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clue", "kind"], condition=models.Q(state="asked"), name="clue_ask_one_open"
            )
        ]


class Dispute(models.Model):
    """管辖争议: two units refuse the same clue. Whoever has it keeps it until their common superior has decided.

    superior: the nearest unit above both. due_on: the last day to settle it between themselves.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="disputes")
    first_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    second_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    superior = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("协商期限"))
    due_provisional = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True, blank=True)
    decision = models.ForeignKey(
        "clues.JurisdictionDecision", models.PROTECT, null=True, blank=True, related_name="disputes"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clue"], condition=models.Q(settled_at__isnull=True), name="clue_dispute_one_open"
            )
        ]


class ClueAlarm(models.Model):
    """A reminder that was sent, so that it is sent once. Insert-only.

    for_day: the due date it spoke of, so that a date that was moved is spoken of again. about: the supervision or ask
    it belongs to, where it is not the clue's own clock. clue: none where an order is on a case or a letter.
    """

    class Kind(models.TextChoices):
        HALFWAY = "halfway", _("期限过半")
        IN_THREE_DAYS = "in_three_days", _("还剩三个工作日")
        TOMORROW = "tomorrow", _("还剩一个工作日")
        TODAY = "today", _("今天到期")
        OVERDUE = "overdue", _("已超期")
        PROVISIONAL = "provisional", _("缺节假日表")
        CORRECTED = "corrected", _("节假日表更新")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, related_name="alarms")
    kind = models.CharField(max_length=14, choices=Kind)
    for_day = models.DateField()
    about = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["about", "kind", "for_day"], name="clue_alarm_once")]


class TermCorrection(models.Model):
    """An open term that was reckoned anew because a year of the table of holidays was loaded or corrected. Insert-only.

    arrangement_id: `workdays.Arrangement`, the last of those that were gone through at once.
    """

    class What(models.TextChoices):
        CHECK = "check", _("核查期限")
        SIGN = "sign", _("签收期限")
        ASSESS = "assess", _("研判期限")
        DISPUTE = "dispute", _("协商期限")
        TELL = "tell", _("告知期限")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="corrections")
    arrangement_id = models.UUIDField()
    what = models.CharField(_("期限"), max_length=8, choices=What)
    before = models.DateField(_("原期限"))
    after = models.DateField(_("新期限"))
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["arrangement_id", "clue", "what"], name="clue_correction_once")]


class JurisdictionDecision(models.Model):
    """Who is competent, decided by whom and why. Insert-only: the newest counts; a dispute keeps the holder."""

    class Basis(models.TextChoices):
        ROUTED = "routed", _("按区划和事项")
        DESK = "desk", _("受理单位决定")
        DESIGNATED = "designated", _("上级指定管辖")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="jurisdictions")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    basis = models.CharField(max_length=12, choices=Basis)
    why = models.CharField(_("理由"), max_length=500, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-id"]


class Supervision(models.Model):
    """督办: an order from above on one clue, case or letter, with its deadline, until it is answered and lifted.

    A letter is known by its kind and id, and by number and subject as they were when the order was given.
    from_above: who ordered it where that was nobody of this province: the common superior, who alone judges it then.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", _("督办中")
        ANSWERED = "answered", _("已回复")
        LIFTED = "lifted", _("已解除")

    MOVES = {
        "answer": ({State.ORDERED}, State.ANSWERED),
        "refuse": ({State.ANSWERED}, State.ORDERED),
        "lift": ({State.ORDERED, State.ANSWERED}, State.LIFTED),
    }
    VERBS = {"answer": _("回复"), "refuse": _("退回重办"), "lift": _("解除")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, related_name="supervisions")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="supervisions")
    letter_kind = models.CharField(_("函件种类"), max_length=20, blank=True)
    letter_id = models.UUIDField(null=True, blank=True, db_index=True)
    letter_number = models.CharField(_("函件文号"), max_length=80, blank=True)
    letter_subject = models.CharField(_("函件事由"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ORDERED)
    number = models.CharField(_("督办文号"), max_length=80, blank=True)
    demand = models.CharField(_("督办要求"), max_length=1000)
    ordered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    from_above = models.CharField(_("下达督办的上级"), max_length=80, blank=True, default="", db_default="")
    ordered_at = models.DateTimeField(default=clock.now)
    due_on = models.DateField(_("督办期限"))
    answer = models.CharField(_("办理情况"), max_length=1000, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="supervision_of_one_thing",
                condition=models.Q(clue__isnull=False, case__isnull=True, letter_id__isnull=True, letter_kind="")
                | models.Q(clue__isnull=True, case__isnull=False, letter_id__isnull=True, letter_kind="")
                | models.Q(clue__isnull=True, case__isnull=True, letter_id__isnull=False) & ~models.Q(letter_kind=""),
            )
        ]

    @property
    def giver(self) -> str:
        """Who ordered it, as a page says it."""
        return self.ordered_by.display_name if self.ordered_by is not None else self.from_above


class Feedback(models.Model):
    """反馈: one answer owed or given to one source, or to the campaign's office. Each source of a merged clue has one.

    shown: what the source may see (a state and an end, never the file). letter_id: where it went by letter.
    """

    class Target(models.TextChoices):
        SOURCE = "source", _("线索来源")
        CAMPAIGN = "campaign", _("专项办")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="feedbacks")
    source = models.ForeignKey("clues.ClueSource", models.PROTECT, null=True, blank=True, related_name="feedbacks")
    target = models.CharField(max_length=10, choices=Target)
    shown = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    letter_id = models.UUIDField(null=True, blank=True)
    is_final = models.BooleanField(default=False)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
