"""Rows about exhibits: who had them, what was recorded around them, how they were withdrawn, covered and packed.

Everything here lies beside the exhibits it tells of. A matter is named by its kind and id, never by a foreign key: what
a matter is, the apps above know (`evidence.matters`). Imported by `evidence.models`, which is where to import it from.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import clock
from kernel.ids import uuid7


class CustodyEvent(models.Model):
    """保管链: one thing done with one exhibit. Insert-only; each is a leaf of the log as well.

    to: to whom it went, in words. data: JSON that explains the act (a letter's id, a package, the device's time).
    """

    class Act(models.TextChoices):
        CAPTURED = "captured", _("采集")
        RECEIVED = "received", _("收到")
        VIEWED = "viewed", pgettext_lazy("custody", "查看")
        ORIGINAL_READ = "original_read", _("调取原件")
        EXPORTED = "exported", pgettext_lazy("custody", "导出")
        HANDED_OVER = "handed_over", _("移交")
        PACKAGED = "packaged", _("编入证据包")
        REDACTED = "redacted", _("制作遮盖副本")
        RECLASSIFIED = "reclassified", _("更改证据种类")
        WITHDRAWN = "withdrawn", pgettext_lazy("custody", "撤回")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="custody")
    act = models.CharField(_("动作"), max_length=20, choices=Act)
    at = models.DateTimeField(_("时间"), default=clock.now, editable=False)
    by_id = models.UUIDField(_("经手人"), null=True, blank=True)
    by_name = models.CharField(_("经手人"), max_length=80)
    purpose = models.CharField(_("用途"), max_length=500, blank=True)
    to = models.CharField(_("去向"), max_length=200, blank=True)
    data = models.JSONField(_("附记"), default=dict, blank=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["exhibit", "at"], name="custody_of_exhibit")]


class ExhibitUse(models.Model):
    """An exhibit put with a matter by hand. Uses that follow from a matter's own rows (shots) are not repeated here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="uses")
    matter_kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    added_at = models.DateTimeField(default=clock.now)
    by_id = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["exhibit", "matter_kind", "matter_id"], name="exhibit_use_once")]
        indexes = [models.Index(fields=["matter_kind", "matter_id"], name="exhibit_use_matter")]


class Sheet(models.Model):
    """A waybill, an electronic-data record or a video while it is being written: fields and the files so far.

    Sealing turns it into one exhibit whose original is the canonical JSON of the fields and the digests of all files.
    fields: name -> {"value": …} or {"value": "", "reason": why it is empty}.
    """

    class State(models.TextChoices):
        OPEN = "open", _("填写中")
        SEALED = "sealed", _("已封存")
        DROPPED = "dropped", _("已作废")

    MOVES = {"seal": ({State.OPEN}, State.SEALED), "drop": ({State.OPEN}, State.DROPPED)}
    VERBS = {"seal": _("封存"), "drop": _("作废")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    kind = models.CharField(_("类别"), max_length=10)
    matter_kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    fields = models.JSONField(default=dict)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=80)
    unit_id = models.UUIDField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now)
    exhibit = models.OneToOneField(
        "evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="sheet", editable=False
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["matter_kind", "matter_id"], name="sheet_matter")]


class SheetFile(models.Model):
    """One file of a sheet, in its place: a part of a video, a photo of a waybill, a saved page. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="files")
    position = models.PositiveIntegerField()
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="sheet_files")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "position"], name="sheet_position_once"),
            models.UniqueConstraint(fields=["sheet", "exhibit"], name="sheet_file_once"),
        ]


class Carton(models.Model):
    """One carton of goods in a matter. It may carry several waybills, and one waybill may stand for many cartons."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter_kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    label = models.CharField(_("箱号"), max_length=60)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["matter_kind", "matter_id", "label"], name="carton_label_once")]


class CartonWaybill(models.Model):
    """This waybill was on this carton. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    carton = models.ForeignKey(Carton, models.PROTECT, related_name="waybills")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="cartons")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["carton", "exhibit"], name="carton_waybill_once")]


class Withdrawal(models.Model):
    """An officer asks that a private photo be taken from view; a head decides. The original, digests and log stay."""

    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        APPROVED = "approved", _("已撤回")
        REFUSED = "refused", _("未批准")

    MOVES = {"approve": ({State.ASKED}, State.APPROVED), "refuse": ({State.ASKED}, State.REFUSED)}
    VERBS = {"approve": _("批准撤回"), "refuse": _("不批准撤回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="withdrawals")
    reason = models.CharField(_("原因"), max_length=500)
    asked_by_id = models.UUIDField()
    asked_by_name = models.CharField(_("申请人"), max_length=80)
    asked_at = models.DateTimeField(_("申请时间"), default=clock.now)
    decided_by_id = models.UUIDField(null=True, blank=True)
    decided_by_name = models.CharField(_("批准人"), max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("批复"), max_length=500, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["exhibit"], condition=models.Q(state__in=["asked", "approved"]), name="withdrawal_once"
            )
        ]


class Redaction(models.Model):
    """A covered copy asked for: boxes over the view of one exhibit. The copy is an exhibit of its own.

    boxes: [[left, top, width, height], …] in ten-thousandths of the picture's sides.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("制作中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("未能制作")

    MOVES = {"finish": ({State.WAITING}, State.DONE), "fail": ({State.WAITING}, State.FAILED)}
    VERBS = {"finish": _("完成"), "fail": _("记为失败")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="redactions")
    boxes = models.JSONField()
    purpose = models.CharField(_("用途"), max_length=500)
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=80)
    unit_id = models.UUIDField(null=True, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    copy = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="redaction_waiting")]


class Package(models.Model):
    """证据包: exhibits of one matter with their manifest, sealed. Insert-only: one more photo is the next version.

    manifest: what was sealed, as JSON; sha256, sm3: of its canonical form. series_id: the same for all versions.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series_id = models.UUIDField()
    version = models.PositiveIntegerField(_("版本"), default=1)
    matter_kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    title = models.CharField(_("名称"), max_length=120)
    manifest = models.JSONField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"), default=clock.now)
    by_id = models.UUIDField()
    by_name = models.CharField(_("封存人"), max_length=80)
    unit_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["series_id", "version"]
        constraints = [models.UniqueConstraint(fields=["series_id", "version"], name="package_version_once")]
        indexes = [models.Index(fields=["matter_kind", "matter_id"], name="package_matter")]


class PackageItem(models.Model):
    """One line of a package's manifest, with the exhibit here. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    package = models.ForeignKey(Package, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="packed")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["package", "position"], name="package_position_once"),
            models.UniqueConstraint(fields=["package", "exhibit"], name="package_item_once"),
        ]


class Transfer(models.Model):
    """证据移转: one package sent to another province with the originals, or received from one.

    package_id: of the sending province. items: the manifest's lines; after arrival each with what was found:
    outcome "same", "differs" or "missing", and found_sha256. letter_id: the letter that carried it.
    """

    class Direction(models.TextChoices):
        OUT = "out", _("移出")
        IN = "in", _("移入")

    class State(models.TextChoices):
        SENT = "sent", _("已发出")
        RECEIVED = "received", _("已核对，一致")
        DIFFERS = "differs", _("已核对，有差异")

    MOVES = {
        "confirm": ({State.SENT}, State.RECEIVED),
        "report": ({State.SENT}, State.DIFFERS),
    }
    VERBS = {"confirm": _("核对一致"), "report": _("报告差异")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField(max_length=3, choices=Direction)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SENT)
    package_id = models.UUIDField()
    package_version = models.PositiveIntegerField(default=1)
    package_sha256 = models.CharField(max_length=64)
    title = models.CharField(_("名称"), max_length=120)
    other = models.CharField(_("对方"), max_length=40, help_text="the other party's address")
    other_name = models.CharField(_("对方"), max_length=120)
    purpose = models.CharField(_("用途"), max_length=500)
    items = models.JSONField(default=list)
    manifest = models.JSONField(default=dict)
    letter_id = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField(_("发出时间"), default=clock.now)
    checked_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    by_id = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(_("经办人"), max_length=80)
    unit_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
