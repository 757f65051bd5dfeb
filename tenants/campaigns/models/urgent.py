"""特急: a clue for which somebody is woken, and every ring and answer about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class UrgentCall(models.Model):
    """One call about one clue. The clue's own state and statutory terms are not touched by it.

    unit: whose roster is rung. next_at: when the next is rung unless somebody answers; empty once nobody is left.
    priority_before: what the clue goes back to when the call is taken back.
    """

    class State(models.TextChoices):
        RINGING = "ringing", _("呼叫中")
        ANSWERED = "answered", _("已确认")
        WITHDRAWN = "withdrawn", _("已撤销特急")

    MOVES = {
        "answer": ({State.RINGING}, State.ANSWERED),
        "withdraw": ({State.RINGING, State.ANSWERED}, State.WITHDRAWN),
    }
    VERBS = {"answer": _("确认"), "withdraw": _("撤销特急")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey("clues.Clue", models.PROTECT, related_name="urgent_calls")
    state = models.CharField(max_length=10, choices=State, default=State.RINGING)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    reason = models.CharField(_("特急原因"), max_length=200, blank=True)
    begun_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    begun_at = models.DateTimeField(default=clock.now)
    minutes = models.PositiveSmallIntegerField(default=5)
    step = models.SmallIntegerField(default=-1, help_text="the last step of the chain that was rung")
    next_at = models.DateTimeField(null=True, blank=True)
    exhausted_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(_("撤销原因"), max_length=200, blank=True)
    priority_before = models.CharField(max_length=8, default="normal")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="ringing"), name="urgent_call_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["clue"], condition=Q(state__in=["ringing", "answered"]), name="urgent_call_one_a_clue"
            )
        ]


class UrgentLine(models.Model):
    """One thing that happened in a call. Insert-only. step: of the chain, for rings; each step is rung once."""

    class Kind(models.TextChoices):
        NOBODY = "nobody", _("此刻无人值班")
        RUNG = "rung", _("已呼叫")
        EXHAUSTED = "exhausted", _("全部叫过，无人确认")
        ANSWERED = "answered", _("已确认")
        WITHDRAWN = "withdrawn", _("已撤销特急")

    class Role(models.TextChoices):
        NONE = "", ""
        FIRST = "first", _("主班")
        SECOND = "second", _("副班")
        THIRD = "third", _("备班")
        UNIT_HEAD = "unit_head", _("单位负责人")
        BUREAU_HEAD = "bureau_head", _("局领导")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.ForeignKey(UrgentCall, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=10, choices=Kind)
    step = models.SmallIntegerField(null=True, blank=True)
    person = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    person_name = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=12, choices=Role, blank=True, default="")
    instead_of = models.CharField(max_length=80, blank=True)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "step"], condition=Q(kind="rung"), name="urgent_line_step_rung_once"
            ),
            models.UniqueConstraint(fields=["call"], condition=Q(kind="answered"), name="urgent_line_answered_once"),
        ]
