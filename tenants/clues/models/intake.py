"""How clues come in: their several addresses, files that are imported, codes for teams in the field, what counts as
important."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from tenants.clues.models.clue import Clue


class CluePlace(models.Model):
    """One of the addresses of a clue as it was said, whose it is, and what was read from it. Insert-only.

    is_main: the one that decides where the clue goes; `Clue.division_why` says by which rule. record_kind, record_id:
    the waybill or licence that it stands on.
    """

    class Role(models.TextChoices):
        SHOP = "shop", _("经营地")
        SENDER = "sender", _("发货地")
        LICENCE = "licence", _("注册地")
        RECEIVER = "receiver", _("收货地")
        SUPPLIER = "supplier", _("供货地")
        MAKER = "maker", _("生产地")
        HOME = "home", _("住址")
        OTHER = "other", _("未注明")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="places")
    role = models.CharField(_("这是什么地址"), max_length=10, choices=Role)
    text = models.CharField(_("地址原文"), max_length=1000)
    division_code = models.CharField(_("区划代码"), max_length=6, blank=True)
    division_name = models.CharField(max_length=80, blank=True)
    confidence = models.FloatField(_("把握"), null=True, blank=True)
    is_main = models.BooleanField(default=False)
    record_kind = models.CharField(max_length=60, blank=True)
    record_id = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-is_main", "at", "id"]


class PriorityCriterion(models.Model):
    """A reason that makes a clue important, beside the two built-in ones. code: of a built-in one that it replaces."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(_("重点原因"), max_length=40)
    priority = models.CharField(_("紧急程度"), max_length=8, choices=Clue.Priority, default=Clue.Priority.RAISED)
    is_active = models.BooleanField(_("在用"), default=True)
    changed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["changed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="criterion_code_once"),
            models.UniqueConstraint(fields=["name"], condition=models.Q(is_active=True), name="criterion_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ClueImport(models.Model):
    """One file, or one paste, of clues: read and shown, its columns matched, checked, brought in, reported.

    kind, name: the source of all its rows. encoding: as found; "" for a workbook. header_row: as a spreadsheet counts.
    columns: field -> position of its column. fill_down: positions whose empty cells say what stands above them.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", _("待对列")
        CHECKED = "checked", _("已核对，待导入")
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("导入中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("中断")
        DROPPED = "dropped", _("已放弃")

    MOVES = {
        "check": ({State.PREVIEW, State.CHECKED}, State.CHECKED),
        "confirm": ({State.CHECKED}, State.QUEUED),
        "start": ({State.QUEUED, State.RUNNING, State.FAILED}, State.RUNNING),
        "finish": ({State.RUNNING}, State.DONE),
        "fail": ({State.RUNNING}, State.FAILED),
        "drop": ({State.PREVIEW, State.CHECKED, State.FAILED}, State.DROPPED),
    }
    VERBS = {
        "check": _("核对"),
        "confirm": _("确认导入"),
        "start": _("开始"),
        "finish": _("完成"),
        "fail": _("中断"),
        "drop": _("放弃"),
    }
    MOVING = (State.QUEUED, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    desk_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("受理单位"))
    kind = models.CharField(_("来源"), max_length=16, choices=Clue.SourceKind)
    name = models.CharField(_("来源单位"), max_length=120)
    file_name = models.CharField(_("文件名"), max_length=200)
    pasted = models.BooleanField(default=False)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=2, blank=True)
    header_row = models.PositiveIntegerField(_("表头在第几行"), default=1)
    header = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    fill_down = models.JSONField(default=list)
    sample = models.JSONField(default=list, help_text="the first rows: row, cells")
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="ready, made, duplicate, rejected")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["desk_unit", "-id"], name="clue_import_desk")]


class ClueImportFile(models.Model):
    """The rows as CSV, kept until the import is done or dropped."""

    job = models.OneToOneField(ClueImport, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()


class ClueImportRow(models.Model):
    """One row of an import and what becomes of it. said: what the row says, by field.

    code, column, value, other: why it was left out (`tenants.clues.imports.reasons`). clue: what it became, or the
    clue that holds it already.
    """

    class Outcome(models.TextChoices):
        READY = "ready", _("可导入")
        MADE = "made", _("已登记")
        DUPLICATE = "duplicate", _("重复")
        REJECTED = "rejected", _("退回")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.ForeignKey(ClueImport, models.CASCADE, related_name="lines")
    row_number = models.PositiveIntegerField(_("行号"))
    outcome = models.CharField(max_length=10, choices=Outcome)
    said = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64)
    code = models.CharField(max_length=40, blank=True)
    column = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200, blank=True)
    other = models.CharField(max_length=80, blank=True)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["row_number", "id"]
        constraints = [models.UniqueConstraint(fields=["job", "row_number"], name="clue_import_row_once")]
        indexes = [models.Index(fields=["job", "outcome", "row_number"], name="clue_import_outcome")]


class ImportColumns(models.Model):
    """Which header means what in the files of one source, as somebody matched them last."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16, choices=Clue.SourceKind)
    name = models.CharField(max_length=120)
    headers = models.JSONField(default=dict, help_text="header as squeezed -> field, empty: leave out")
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="import_columns_once")]


class FieldCode(models.Model):
    """报送码: lets a team of grid workers, couriers or riders report from the street without accounts.

    code: what stands in the address and the QR. It is printed and passed round, so it opens nothing but the form.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=16, unique=True)
    desk_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("受理单位"))
    team = models.CharField(_("队伍名称"), max_length=80)
    area = models.CharField(_("负责区域"), max_length=120, blank=True)
    valid_until = models.DateField(_("有效期至"))
    per_day = models.PositiveIntegerField(_("每天最多报送"), default=50)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]

    @property
    def is_open(self) -> bool:
        """Whether it may be used today."""
        return self.ended_at is None and self.valid_until >= clock.today()


class FieldReport(models.Model):
    """What came by a code, under the receipt its sender was given. Nothing here says who that was. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    field_code = models.ForeignKey(FieldCode, models.PROTECT, related_name="reports")
    receipt = models.CharField(_("回执号"), max_length=16, unique=True)
    clue = models.OneToOneField(Clue, models.PROTECT, related_name="field_report")
    latitude = models.DecimalField(_("纬度（WGS-84）"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("经度（WGS-84）"), max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(_("定位精度（米）"), null=True, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["field_code", "at"], name="field_report_day")]
