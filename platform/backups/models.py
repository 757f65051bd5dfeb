"""Backups that were written, rehearsals of them, and what was restored. All lie in `public`; a province reads its own.

A row is what this installation remembers. What counts when something is restored is the signed manifest beside the
backup itself, which a fresh host can read without any row.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7

ALL = "all"
"""Scope of a backup of `public` and every province. No province can have this code: see `provinces.seats`."""


class Backup(models.Model):
    """One backup (备份). scope: a province's code, or "all".

    snapshot_at: the moment that its rows are of; began_at lies before it. bytes: written to the place for this backup,
    objects that lay there already not counted. digest: SHA-256 of the manifest. version: of the program's migrations.
    """

    class Kind(models.TextChoices):
        BY_HAND = "by_hand", _("人工备份")
        NIGHTLY = "nightly", _("每晚备份")
        SAFETY = "safety", _("恢复前备份")

    class State(models.TextChoices):
        RUNNING = "running", _("正在备份")
        DONE = "done", _("已完成")
        FAILED = "failed", _("没有完成")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "finish": ({State.RUNNING}, State.DONE),
        "fail": ({State.RUNNING}, State.FAILED),
    }
    VERBS: ClassVar[dict[str, object]] = {"finish": _("备份完成"), "fail": _("备份中断")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField(_("范围"), max_length=31)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RUNNING)
    name = models.CharField(_("名称"), max_length=80)
    place = models.CharField(_("存放位置"), max_length=300)
    version = models.CharField(_("版本"), max_length=40)
    began_at = models.DateTimeField(_("开始时间"), default=clock.now)
    snapshot_at = models.DateTimeField(_("数据截至"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    bytes = models.BigIntegerField(_("字节数"), default=0)
    objects_new = models.PositiveIntegerField(_("新增文件数"), default=0)
    digest = models.CharField(_("摘要"), max_length=64, blank=True)
    problem = models.CharField(_("原因"), max_length=300, blank=True)
    taken_away_at = models.DateTimeField(_("清理时间"), null=True)

    class Meta:
        verbose_name = _("备份")
        ordering = ["-began_at"]
        indexes = [models.Index(fields=["scope", "-began_at"], name="backup_of_scope")]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class Rehearsal(models.Model):
    """A backup restored into a scratch schema, compared, and thrown away (恢复演练). findings: what was looked at."""

    class State(models.TextChoices):
        RUNNING = "running", _("正在演练")
        PASSED = "passed", _("演练通过")
        FAILED = "failed", _("演练未通过")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "pass": ({State.RUNNING}, State.PASSED),
        "fail": ({State.RUNNING}, State.FAILED),
    }
    VERBS: ClassVar[dict[str, object]] = {"pass": _("演练通过"), "fail": _("演练未通过")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField(_("范围"), max_length=31)
    backup_name = models.CharField(_("备份名称"), max_length=80)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RUNNING)
    began_at = models.DateTimeField(_("开始时间"), default=clock.now)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    findings = models.JSONField(_("结果"), default=dict)

    class Meta:
        verbose_name = _("恢复演练")
        ordering = ["-began_at"]
        indexes = [models.Index(fields=["scope", "-began_at"], name="rehearsal_of_scope")]

    def __str__(self) -> str:
        return f"{self.backup_name} {self.state}"


class Restoration(models.Model):
    """A backup put in the place of what was there (恢复). scope: as of a backup.

    snapshot_at: what the rows are of now; all that was written between it and closed_at is what `report` is about.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("正在恢复")
        DONE = "done", _("已恢复")
        FAILED = "failed", _("没有完成")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "finish": ({State.RUNNING}, State.DONE),
        "fail": ({State.RUNNING}, State.FAILED),
    }
    VERBS: ClassVar[dict[str, object]] = {"finish": _("恢复完成"), "fail": _("恢复中断")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scope = models.CharField(_("范围"), max_length=31)
    backup_name = models.CharField(_("备份名称"), max_length=80)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RUNNING)
    snapshot_at = models.DateTimeField(_("数据截至"))
    began_at = models.DateTimeField(_("开始时间"), default=clock.now)
    closed_at = models.DateTimeField(_("停用时间"), null=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    new_host = models.BooleanField(_("新主机"), default=False)
    report = models.JSONField(_("恢复报告"), default=dict)

    class Meta:
        verbose_name = _("恢复")
        ordering = ["-began_at"]
        indexes = [models.Index(fields=["scope", "-began_at"], name="restoration_of_scope")]

    def __str__(self) -> str:
        return f"{self.scope} ← {self.backup_name} {self.state}"
