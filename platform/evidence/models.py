"""Exhibits, what arrived broken, what waits in quarantine: in each province's schema, and in `public` for brands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evidence.records import (
    Carton,
    CartonWaybill,
    CustodyEvent,
    ExhibitUse,
    Package,
    PackageItem,
    Redaction,
    Sheet,
    SheetFile,
    Transfer,
    Withdrawal,
)
from evidence.store import name_index
from kernel import clock
from kernel.ids import uuid7

__all__ = [
    "REFUSALS",
    "Carton",
    "CartonWaybill",
    "CustodyEvent",
    "Exhibit",
    "ExhibitUse",
    "Package",
    "PackageItem",
    "Quarantined",
    "Redaction",
    "Sheet",
    "SheetFile",
    "Transfer",
    "Upload",
    "UploadIncident",
    "UploadKey",
    "Withdrawal",
]

REFUSALS = {
    "unreadable": _("文件不是完好的照片，打不开。请重拍一张。"),
    "truncated": _("照片不完整，可能传输中断。请重新发送，仍不行请重拍。"),
    "too_many_pixels": _("照片像素过高，超出处理上限。请把相机分辨率调到五千万像素以下，用 JPEG 格式再拍。"),
    "too_heavy": _("照片展开后占用过多，已停止处理。请用手机相机重拍一张。"),
    "animated": _("这是动图，不是一张照片。请用相机拍照。"),
    "format_differs": _("照片内容与文件开头不符，已拒收。请用相机重拍一张。"),
}
"""Why intake refused a photo: code to sentence."""


class Exhibit(models.Model):
    """One sealed original, and for a photo the copies made from it for looking at.

    What came by letter has no original here: `view_only`, with the digests of the original that stayed at its home.
    size_bytes, sha256, sm3: of the original. owner: prefix of its keys. A waybill, a video or an electronic-data
    record has several files; its own original is the canonical JSON in `content`, which names them and their digests.

    captured_at: by the device's clock. device_clock_offset_s: that clock less the server's when it was sent.
    live: photographed in the product at that moment, not chosen from the album. position_age_s: how old the fix was.
    checks: what the phone found out about the picture, as the phone says it. flags: codes of what was found odd on
    arrival (`evidence.facts.FLAGS`); nothing is corrected.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("处理中")
        READY = "ready", _("可查看")
        REFUSED = "refused", _("无法使用")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Source(models.TextChoices):
        CAMERA = "camera", _("现场拍摄")
        ALBUM = "album", _("相册")
        CHAT = "chat", _("对话")
        LETTER = "letter", _("来函附件")
        FILE = "file", _("上传文件")
        MADE = "made", _("本系统制作")

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        VIDEO = "video", _("录像")
        CLIP = "clip", _("录像分段")
        WAYBILL = "waybill", _("快递单")
        RECORD = "record", _("电子数据提取笔录")
        DOCUMENT = "document", _("文件")
        FILE = "file", _("附件")

    class LegalKind(models.TextChoices):
        """The eight kinds of evidence. Source: 商标行政执法证据规定 art. 4."""

        DOCUMENTARY = "documentary", _("书证")
        PHYSICAL = "physical", _("物证")
        AUDIO_VISUAL = "audio_visual", _("视听资料")
        ELECTRONIC = "electronic", _("电子数据")
        WITNESS = "witness", _("证人证言")
        PARTY = "party", _("当事人陈述")
        EXPERT = "expert", _("鉴定意见")
        INSPECTION = "inspection", _("勘验笔录、现场笔录")

    class PositionSource(models.TextChoices):
        UNKNOWN = "", _("未说明")
        GPS = "gps", _("卫星定位")
        NETWORK = "network", _("网络定位")
        MANUAL = "manual", _("手工填写")
        DENIED = "denied", _("未允许定位")
        MISSING = "missing", _("未能定位")
        MOCK = "mock", _("模拟定位")

    class Coordinates(models.TextChoices):
        NONE = "", _("无")
        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"

    MOVES = {
        "make_ready": ({State.RECEIVED}, State.READY),
        "refuse": ({State.RECEIVED}, State.REFUSED),
        "withdraw": ({State.RECEIVED, State.READY, State.REFUSED}, State.WITHDRAWN),
    }
    VERBS = {"make_ready": _("制作副本"), "refuse": pgettext_lazy("step", "拒收"), "withdraw": _("撤回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=40)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.RECEIVED)
    refusal = models.CharField(_("拒收原因"), max_length=40, blank=True)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    kept_reason = models.CharField(_("保留原因"), max_length=200, blank=True)
    view_only = models.BooleanField(default=False)
    letter_id = models.UUIDField(null=True, blank=True)

    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField(_("字节数"))
    media_type = models.CharField(max_length=40)
    original_key = models.CharField(max_length=400, blank=True)

    view_key = models.CharField(max_length=120, blank=True)
    view_sha256 = models.CharField(max_length=64, blank=True)
    view_sm3 = models.CharField(max_length=64, blank=True)
    view_size = models.BigIntegerField(default=0)
    thumb_key = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(_("宽（像素）"), default=0)
    height = models.PositiveIntegerField(_("高（像素）"), default=0)
    metadata = models.JSONField(_("照片自带信息"), default=dict)

    captured_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    received_at = models.DateTimeField(_("收到时间"), default=clock.now)
    device_note = models.CharField(_("设备"), max_length=200, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(_("定位精度（米）"), null=True, blank=True)
    coordinates = models.CharField(_("坐标系"), max_length=10, choices=Coordinates, default="", blank=True)
    position_age_s = models.PositiveIntegerField(_("定位距拍摄（秒）"), null=True, blank=True)
    position_source = models.CharField(
        _("定位方式"), max_length=10, choices=PositionSource, default="", db_default="", blank=True
    )
    device_clock_offset_s = models.IntegerField(_("设备时钟误差（秒）"), null=True, blank=True)
    live = models.BooleanField(_("现场拍摄"), default=False, db_default=False)
    checks = models.JSONField(_("拍摄检查"), default=dict, db_default={}, blank=True)
    flags = models.JSONField(_("提示"), default=list, db_default=[], blank=True)
    by_id = models.UUIDField(_("采集人"), null=True, blank=True)
    by_name = models.CharField(_("采集人"), max_length=80, blank=True)
    unit_id = models.UUIDField(_("单位"), null=True, blank=True)

    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.PHOTO, db_default=Kind.PHOTO)
    legal_kind = models.CharField(
        _("证据种类"), max_length=20, choices=LegalKind, default=LegalKind.ELECTRONIC, db_default=LegalKind.ELECTRONIC
    )
    title = models.CharField(_("名称"), max_length=200, default="", db_default="", blank=True)
    file_name = models.CharField(_("文件名"), max_length=200, default="", db_default="", blank=True)
    content = models.JSONField(_("记载内容"), default=dict, db_default={}, blank=True)
    redacted_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="redacted_copies")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "sha256"], condition=models.Q(view_only=False), name="exhibit_original_once"
            ),
            models.CheckConstraint(
                condition=models.Q(view_only=True) | ~models.Q(original_key=""), name="exhibit_has_its_original"
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(state="received"), name="exhibit_waiting"),
            models.Index(
                fields=["received_at"], condition=models.Q(view_only=True, thumb_key=""), name="exhibit_without_thumb"
            ),
            name_index("original_key", name="exhibit_original"),
            name_index("view_key", name="exhibit_view"),
            name_index("thumb_key", name="exhibit_thumb"),
        ]

    @property
    def refusal_words(self) -> str:
        """Why intake refused it, for people; empty unless it did."""
        return str(REFUSALS[self.refusal]) if self.refusal else ""


class UploadIncident(models.Model):
    """Bytes arrived that are not those sealed on the phone. They are not kept; that it happened is. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now)
    code = models.CharField(max_length=40)
    declared_sha256 = models.CharField(max_length=64)
    found_sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    by_id = models.UUIDField(null=True, blank=True)
    by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-at"]


class UploadKey(models.Model):
    """One idempotency key of one person, and the photo that came with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    by_id = models.UUIDField()
    key = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by_id", "key"], name="upload_key_once")]


class Quarantined(models.Model):
    """A photo that came by an upload ticket after the session had ended. It belongs to nobody until it is assigned."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待认领")
        ASSIGNED = "assigned", _("已分派")

    MOVES = {"assign": ({State.WAITING}, State.ASSIGNED)}
    VERBS = {"assign": _("分派到人")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    draft_id = models.UUIDField(_("草稿"))
    by_id = models.UUIDField(_("采集人"))
    by_name = models.CharField(_("采集人"), max_length=80)
    unit_id = models.UUIDField(_("单位"), null=True, blank=True)
    unit_name = models.CharField(_("单位"), max_length=80, blank=True)
    object_key = models.CharField(max_length=400)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    shot_code = models.CharField(_("拍照项"), max_length=40, blank=True)
    source = models.CharField(_("来源"), max_length=10, choices=Exhibit.Source)
    kept_reason = models.CharField(max_length=200, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    assigned_to_id = models.UUIDField(null=True, blank=True)
    assigned_to_name = models.CharField(_("分派给"), max_length=80, blank=True)
    exhibit = models.ForeignKey(Exhibit, models.PROTECT, null=True, blank=True, related_name="+")
    fields = models.JSONField(_("随照片送来的信息"), default=dict, db_default={})

    class Meta:
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["draft_id", "sha256"], name="quarantined_once")]


class Upload(models.Model):
    """One resumable upload of one person: on its way, or taken in. The bytes are in `evidence.parts`.

    target: path of the page that asked for the file. fields: what the phone said of it. offset: bytes that were safe on
    disk when last looked. answer, answer_status: what the phone was told at the end; empty until then.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    by_id = models.UUIDField(_("采集人"))
    target = models.CharField(max_length=400)
    length = models.BigIntegerField(_("字节数"))
    offset = models.BigIntegerField(_("已传字节数"), default=0)
    fields = models.JSONField(_("随照片送来的信息"), default=dict)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    answer = models.JSONField(default=dict, blank=True)
    answer_status = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["expires_at"], name="upload_expires"),
            models.Index(fields=["by_id"], condition=models.Q(finished_at=None), name="upload_open"),
        ]
