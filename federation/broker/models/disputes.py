"""Disputes over jurisdiction between two provinces."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Dispute(models.Model):
    """管辖争议: two provinces and one matter. A row of its own at each of them, at the superior and at the office.

    id: follows from the matter, so that two who open it at once have one (`services.disputes.id_of`). first: whoever
    opened it earlier. claim: of the first: the matter is not its own, or is its own. *_filed_*: as each side tells of
    itself. raised_by_*: that side has brought it before the superior. The office has neither title nor words.
    unit_id, subject_*: of this province alone.
    """

    class State(models.TextChoices):
        NEGOTIATING = "negotiating", _("协商中")
        AGREED = "agreed", _("协商一致")
        ESCALATED = "escalated", _("已报请指定管辖")
        DECIDED = "decided", _("已指定管辖")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Claim(models.TextChoices):
        NOT_MINE = "not_mine", _("认为应由对方管辖")
        MINE = "mine", _("认为应由本方管辖")

    class Why(models.TextChoices):
        TERM_OVER = "term_over", _("协商期满未达成一致")
        NO_AGREEMENT = "no_agreement", _("协商不成")

    # Each step may be taken from every lower state: letters of the two sides and of the superior cross, and whatever
    # their order the highest of them stands everywhere. What a person may do is narrower (`services.disputes`).
    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "withdraw": ({State.NEGOTIATING}, State.WITHDRAWN),
        "raise": ({State.NEGOTIATING, State.WITHDRAWN}, State.ESCALATED),
        "agree": ({State.NEGOTIATING, State.WITHDRAWN, State.ESCALATED}, State.AGREED),
        "decide": ({State.NEGOTIATING, State.WITHDRAWN, State.ESCALATED, State.AGREED}, State.DECIDED),
    }
    VERBS: ClassVar[dict[str, object]] = {
        "agree": _("协商一致"),
        "raise": _("报请指定管辖"),
        "decide": _("指定管辖"),
        "withdraw": _("撤回争议"),
    }
    OPEN: ClassVar[tuple[str, ...]] = (State.NEGOTIATING, State.ESCALATED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.NEGOTIATING)
    matter_id = models.UUIDField(_("事项"))
    letter_id = models.UUIDField(_("函件"), null=True)
    letter_no = models.CharField(_("文号"), max_length=80, blank=True)
    matter_kind = models.CharField(_("事项种类"), max_length=60)
    title = models.CharField(_("事由"), max_length=200, blank=True)
    first = models.CharField(_("提出方"), max_length=31)
    second = models.CharField(_("对方"), max_length=31)
    claim = models.CharField(_("主张"), max_length=10, choices=Claim, default=Claim.NOT_MINE)
    first_filed_at = models.DateTimeField(_("提出方立案时间"), null=True)
    first_filed_no = models.CharField(_("提出方立案号"), max_length=80, blank=True)
    second_filed_at = models.DateTimeField(_("对方立案时间"), null=True)
    second_filed_no = models.CharField(_("对方立案号"), max_length=80, blank=True)
    opened_at = models.DateTimeField(_("争议发生时间"))
    due_at = models.DateTimeField(_("协商期满"))
    due_provisional = models.BooleanField(default=False)
    raised_why = models.CharField(_("报请原因"), max_length=20, choices=Why, blank=True)
    raised_at = models.DateTimeField(_("报请时间"), null=True)
    first_raised_no = models.CharField(_("提出方报请文号"), max_length=80, blank=True)
    second_raised_no = models.CharField(_("对方报请文号"), max_length=80, blank=True)
    agreed_on = models.CharField(_("一致意见"), max_length=31, blank=True)
    designated = models.CharField(_("指定管辖"), max_length=31, blank=True)
    decision_no = models.CharField(_("决定文号"), max_length=80, blank=True)
    decision_reason = models.TextField(_("决定理由"), blank=True)
    decision_conditions = models.TextField(_("办理要求"), blank=True)
    decided_by = models.CharField(_("决定人"), max_length=60, blank=True)
    on_paper = models.BooleanField(_("决定以纸质送达"), default=False)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    reminded_at = models.DateTimeField(null=True)
    unit_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("管辖争议")
        ordering = ["-opened_at", "-id"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(state="negotiating"), name="dispute_due")]
        constraints = [models.CheckConstraint(condition=~models.Q(first=models.F("second")), name="dispute_of_two")]

    def __str__(self) -> str:
        return self.title or str(self.pk)

    def side_of(self, province: str) -> str:
        """Which side a province is: "first" or "second"; empty for a stranger."""
        return "first" if province == self.first else "second" if province == self.second else ""

    def other_of(self, province: str) -> str:
        """The other province."""
        return self.second if province == self.first else self.first


class DisputeWord(models.Model):
    """What one side said, as it said it. Insert-only. names: whom a proposal or an agreement gives the matter to."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("陈述意见")
        PROPOSAL = "proposal", _("提出方案")
        AGREE = "agree", _("同意方案")
        DECLINE = "decline", _("不同意方案")
        WITHDRAW = "withdraw", _("撤回争议")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="words")
    province = models.CharField(_("哪一方"), max_length=31)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    text = models.TextField(_("内容"), blank=True)
    names = models.CharField(_("由谁管辖"), max_length=31, blank=True)
    answers = models.UUIDField(null=True)
    by_name = models.CharField(_("经办人"), max_length=60, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("争议意见")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:40]
