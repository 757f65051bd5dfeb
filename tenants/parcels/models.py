"""Files that go out to a connection and come in from it. In the province's schema only."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from gateway.models import InTurn
from kernel import clock
from kernel.ids import uuid7
from tenants.parcels.reasons import sentence


class ParcelSetting(models.Model):
    """How files are exchanged with one connection.

    kinds: of records that go out. nightly_by_id: who asked for the nightly parcel and stands behind it.
    """

    connection_id = models.UUIDField(primary_key=True)
    kinds = models.JSONField(_("发出哪些"), default=list)
    nightly = models.BooleanField(_("每晚自动制作"), default=False)
    nightly_by_id = models.UUIDField(null=True, blank=True)
    nightly_until = models.DateTimeField(null=True, blank=True)
    sheets_allowed = models.BooleanField(_("接收人工填写的表格"), default=True)


class PartnerKey(models.Model):
    """A public key by which the other side signs its parcels. Several may hold at once, while one follows the other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    pem = models.TextField()
    algorithm = models.CharField(max_length=20)
    fingerprint = models.CharField(_("指纹"), max_length=64)
    added_by_name = models.CharField(max_length=80)
    added_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["connection_id", "fingerprint"], name="parcel_partner_key_once")]


class Counter(models.Model):
    """How far a connection has been told: the last number given to a parcel, and the digest of its manifest.

    told: by kind of record, until when without a gap; the next parcel begins there.
    """

    connection_id = models.UUIDField(primary_key=True)
    last = models.PositiveIntegerField(default=0)
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    told = models.JSONField(default=dict, db_default={})


class Parcel(InTurn):
    """A signed package that went out. sequence: its number in the row of this connection, given when it is ready.

    since, until: the time it tells of. answers: the sequence of the other side's parcel that it answers.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("正在制作")
        READY = "ready", _("可下载")
        FAILED = "failed", _("没有完成")
        SWEPT = "swept", _("文件已删除")

    MOVES = {
        "start": ({State.QUEUED, State.RUNNING}, State.RUNNING),
        "finish": ({State.RUNNING}, State.READY),
        "fail": ({State.QUEUED, State.RUNNING}, State.FAILED),
        "sweep": ({State.READY}, State.SWEPT),
    }
    VERBS = {"start": _("开始制作"), "finish": _("制作完成"), "fail": _("制作中断"), "sweep": _("过期删除")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    connection_name = models.CharField(max_length=120)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.QUEUED)
    sequence = models.PositiveIntegerField(_("包号"), null=True, blank=True)
    answers = models.PositiveIntegerField(_("答复第几包"), null=True, blank=True)
    since = models.DateTimeField(_("从"))
    until = models.DateTimeField(_("到"))
    kinds = models.JSONField(default=list)
    by_id = models.UUIDField()
    by_name = models.CharField(_("制作人"), max_length=80)
    nightly = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    counts = models.JSONField(default=dict)
    object_key = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sm3 = models.CharField(max_length=64, blank=True)
    manifest_sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(_("保留到"), null=True, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    fetched_at = models.DateTimeField(_("最近下载"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["connection_id", "sequence"], name="parcel_sequence_once"),
            models.UniqueConstraint(
                fields=["connection_id"],
                condition=models.Q(state__in=["queued", "running"]),
                name="parcel_one_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["touched_at"],
                condition=models.Q(state__in=["queued", "running", "ready"]),
                name="parcel_to_mind",
            )
        ]

    @property
    def problem_words(self) -> str:
        """Why there is none, for people; empty unless it failed."""
        return sentence(self.problem) if self.problem else ""


class ParcelReceipt(models.Model):
    """回执: what the other side says became of a record that went out, or (record_kind empty) of a whole parcel.

    What it says last counts, whether it came by file or by link. code, reason: in its own words.
    """

    class Effect(models.TextChoices):
        MADE = "made", _("已收")
        CHANGED = "changed", _("已更新")
        SAME = "same", _("已收过，不重复")
        REJECTED = "rejected", _("退回")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="receipts")
    record_kind = models.CharField(max_length=40, blank=True)
    record_ref = models.CharField(max_length=120, blank=True)
    effect = models.CharField(_("处理"), max_length=10, choices=Effect)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("原因"), max_length=1000, blank=True)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "record_kind", "record_ref"], name="parcel_receipt_once")
        ]


class Report(models.Model):
    """检查报告: what a file that came in would do, row by row; then what it did.

    signed: by a key of the connection; a table filled in by hand is vouched for by who brought it. sequence, made_at:
    as its manifest says. refused: why nothing of it can be taken in. by: who brought it; taken_by: who took it in.
    tries: how often its check was begun.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("正在检查")
        CHECKED = "checked", _("已检查，等待收入")
        REFUSED = "refused", _("整份退回")
        TAKING = "taking", _("正在收入")
        TAKEN = "taken", _("已收入")
        DROPPED = "dropped", _("已放弃")

    MOVES = {
        "check": ({State.CHECKING}, State.CHECKED),
        "refuse": ({State.CHECKING}, State.REFUSED),
        "take": ({State.CHECKED, State.TAKING}, State.TAKING),
        "finish": ({State.TAKING}, State.TAKEN),
        "drop": ({State.CHECKED}, State.DROPPED),
    }
    VERBS = {
        "check": _("检查完成"),
        "refuse": _("退回"),
        "take": _("收入"),
        "finish": _("收入完成"),
        "drop": _("放弃"),
    }
    MOVING = (State.CHECKING, State.TAKING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    connection_name = models.CharField(max_length=120)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.CHECKING)
    file_name = models.CharField(_("文件"), max_length=200)
    object_key = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField(default=0)
    signed = models.BooleanField(_("有签名"), default=False)
    key_fingerprint = models.CharField(max_length=64, blank=True)
    sequence = models.PositiveIntegerField(_("包号"), null=True, blank=True)
    answers = models.PositiveIntegerField(_("答复第几包"), null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    refused = models.CharField(max_length=40, blank=True)
    refused_data = models.JSONField(default=dict)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    by_id = models.UUIDField()
    by_name = models.CharField(_("上传人"), max_length=80)
    brought_at = models.DateTimeField(_("上传时间"), default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)
    taken_by_id = models.UUIDField(null=True, blank=True)
    taken_by_name = models.CharField(_("收入人"), max_length=80, blank=True)
    taken_at = models.DateTimeField(_("收入时间"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["connection_id", "sha256"], name="parcel_report_file"),
            models.Index(fields=["connection_id", "sequence"], name="parcel_report_sequence"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "sha256"],
                condition=~models.Q(state__in=["refused", "dropped"]),
                name="parcel_report_file_once",
            ),
            models.UniqueConstraint(
                fields=["connection_id", "sequence"],
                condition=models.Q(state__in=["taking", "taken"]),
                name="parcel_report_taken_once",
            ),
        ]

    @property
    def refused_words(self) -> str:
        """Why it was sent back as a whole, and what to do."""
        return sentence(self.refused, **self.refused_data) if self.refused else ""

    @property
    def note_words(self) -> list[str]:
        """What is to be known before it is taken in: missing numbers, a clock that is off."""
        return [sentence(each["code"], **each.get("data", {})) for each in self.notes]


class ReportRow(models.Model):
    """One record of a file: where it stands, what would become of it, why not.

    line: its line in records.json, or its row in the sheet. ref: the other side's own number of it. said: what it says,
    as checked. raw: its cells as they came, for the table that goes back.
    """

    class Effect(models.TextChoices):
        NEW = "new", _("新增")
        CHANGE = "change", _("更新")
        SAME = "same", _("已收过，不重复")
        REJECTED = "rejected", _("退回")
        MADE = "made", _("已新增")
        CHANGED = "changed", _("已更新")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=40)
    line = models.PositiveIntegerField(_("行号"))
    ref = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    effect = models.CharField(_("处理"), max_length=10, choices=Effect)
    said = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    raw = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    code = models.CharField(max_length=40, blank=True)
    column = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    title = models.CharField(max_length=200, blank=True)
    record_id = models.UUIDField(null=True, blank=True)
    url = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "line", "id"]
        indexes = [models.Index(fields=["report", "effect"], name="parcel_row_effect")]

    @property
    def words(self) -> str:
        """Why it was left out and what to do, in a sentence."""
        return sentence(self.code, **self.data) if self.code else ""


class TakenRecord(models.Model):
    """A record of the other side that is in: the same number twice is once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    ref = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    record_id = models.UUIDField()
    report_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection_id", "kind", "ref"], name="parcel_record_once")]
