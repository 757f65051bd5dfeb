"""The journal of the procedures: what was begun, how far it came, what it found. In `public`, for the owner alone."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Procedure(models.Model):
    """One procedure of an operator, from its first step to its last, however often it was broken off and taken up.

    kind: "province.add", "backup", …; scope: a province's code, or "all"; of both together one at most is open.
    options: as they were given at the start, and so also for whoever takes it up. problem: why it stopped.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("进行中")
        FAILED = "failed", _("中断")
        DONE = "done", _("完成")
        ABANDONED = "abandoned", _("已放弃")

    MOVES = {
        "take_up": ({State.RUNNING, State.FAILED}, State.RUNNING),
        "fail": ({State.RUNNING}, State.FAILED),
        "finish": ({State.RUNNING}, State.DONE),
        "abandon": ({State.RUNNING, State.FAILED}, State.ABANDONED),
    }
    VERBS = {"take_up": _("继续"), "fail": _("中断"), "finish": _("完成"), "abandon": _("放弃")}
    OPEN = (State.RUNNING, State.FAILED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("程序"), max_length=40)
    scope = models.CharField(_("范围"), max_length=40)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RUNNING)
    options = models.JSONField(_("参数"), default=dict, encoder=DjangoJSONEncoder)
    by_name = models.CharField(_("经办人"), max_length=80)
    began_at = models.DateTimeField(_("开始时间"), default=clock.now)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    problem = models.TextField(_("中断原因"), blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("运维程序")
        constraints = [
            models.UniqueConstraint(
                "kind", "scope", condition=models.Q(state__in=["running", "failed"]), name="procedure_one_open"
            )
        ]
        indexes = [models.Index(fields=["kind", "scope", "-began_at"], name="procedure_of_scope")]

    def __str__(self) -> str:
        return f"{self.kind} {self.scope} {self.state}"


class Step(models.Model):
    """One step that was begun; done when `done_at` stands. found: what it left for later steps, JSON."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="steps")
    name = models.CharField(max_length=60)
    began_at = models.DateTimeField(_("开始时间"), default=clock.now)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    tries = models.PositiveIntegerField(_("已试次数"), default=1)
    found: Any = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["began_at", "id"]
        verbose_name = _("步骤")
        constraints = [models.UniqueConstraint("procedure", "name", name="procedure_step_once")]

    def __str__(self) -> str:
        return self.name
