"""What people do to the ledger as a whole: the views they keep, batches with their undo, exports."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gateway.models import InTurn
from kernel import clock
from kernel.ids import uuid7
from tenants.clues.models.clue import Clue


class LedgerView(models.Model):
    """A filter with its order and columns, under a name. unit: its people see it too; none: the owner alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("视图名称"), max_length=20)
    query = models.CharField(max_length=1000, blank=True)
    columns = ArrayField(models.CharField(max_length=30), default=list)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="ledger_view_name_once")]


class LedgerTaste(models.Model):
    """How one person likes the ledger: which columns in which order, how dense, and the view it opens with."""

    class Density(models.TextChoices):
        ROOMY = "roomy", _("宽松")
        DENSE = "dense", _("紧凑")

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True, related_name="+")
    columns = ArrayField(models.CharField(max_length=30), default=list)
    density = models.CharField(_("行距"), max_length=6, choices=Density, default=Density.ROOMY)
    opens_with = models.ForeignKey(LedgerView, models.SET_NULL, null=True, blank=True, related_name="+")


class BatchRun(models.Model):
    """One thing done to many clues: row by row, each by the rules of one, each with its own result.

    args: what was asked (unit_id, priority, tags, …). undo_until: until when what can be taken back may be.
    """

    class Kind(models.TextChoices):
        PROPOSED = "proposed", _("按建议分派")
        DISPATCH = "dispatch", _("分派到单位")
        PRIORITY = "priority", _("调整紧急程度")
        TAGS = "tags", _("调整区域标签")
        ASSESS = "assess", _("提交研判")
        END = "end", _("办结")

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在办理")
        DONE = "done", _("已办完")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")

    MOVES = {
        "start": ({State.QUEUED, State.RUNNING}, State.RUNNING),
        "finish": ({State.RUNNING}, State.DONE),
        "undo": ({State.DONE}, State.UNDOING),
        "finish_undo": ({State.UNDOING}, State.UNDONE),
    }
    VERBS = {"start": _("开始"), "finish": _("办完"), "undo": _("撤销"), "finish_undo": _("撤销完毕")}
    GOING = (State.QUEUED, State.RUNNING, State.UNDOING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    undo_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="batch_of_person")]


class BatchRow(models.Model):
    """One clue of a batch. before: what undoing puts back. problem, said: the code of a refusal and its words."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        DONE = "done", _("已办")
        REFUSED = "refused", _("未办")
        UNDONE = "undone", _("已撤销")
        KEPT = "kept", _("未能撤销")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    run = models.ForeignKey(BatchRun, models.CASCADE, related_name="rows")
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    problem = models.CharField(max_length=60, blank=True)
    said = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="zh, en")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "clue"], name="batch_clue_once")]

    @property
    def words(self) -> str:
        """Why it was not done, in the reader's language; empty if it was."""
        language = "en" if (get_language() or "").startswith("en") else "zh"
        return str(self.said.get(language, ""))


class ClueExport(InTurn):
    """导出台账: a file of the clues that its asker may see, as they are when a worker writes it."""

    class Form(models.TextChoices):
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在导出")
        READY = "ready", _("可下载")
        FAILED = "failed", _("没有完成")
        SWEPT = "swept", _("已过期删除")

    MOVES = {
        "start": ({State.QUEUED, State.RUNNING}, State.RUNNING),
        "finish": ({State.RUNNING}, State.READY),
        "fail": ({State.QUEUED, State.RUNNING}, State.FAILED),
        "sweep": ({State.READY}, State.SWEPT),
    }
    VERBS = {"start": _("开始"), "finish": _("完成"), "fail": _("中断"), "sweep": _("删除")}
    GOING = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.CharField(_("格式"), max_length=4, choices=Form)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    query = models.CharField(max_length=1000, blank=True)
    columns = ArrayField(models.CharField(max_length=30), default=list)
    language = models.CharField(max_length=10, default="zh-hans")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    object_key = models.CharField(max_length=400, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["by", "-id"], name="export_of_person")]
