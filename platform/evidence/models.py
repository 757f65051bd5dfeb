"""Exhibits, what arrived broken, what waits in quarantine: in each province's schema, and in `public` for brands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7

REFUSALS = {
    "unreadable": _("文件不是完好的照片，打不开。请重拍一张。"),
    "truncated": _("照片不完整，可能传输中断。请重新发送，仍不行请重拍。"),
    "too_many_pixels": _("照片像素过高，超出处理上限。请把相机分辨率调到五千万像素以下再拍。"),
    "too_heavy": _("照片展开后占用过多，已停止处理。请用手机相机重拍一张。"),
    "format_differs": _("照片内容与文件开头不符，已拒收。请用相机重拍一张。"),
}
"""Why intake refused a photo: code to sentence."""


class Exhibit(models.Model):
    """One photo: the sealed original, and the copies made from it for looking at.

    What came by letter has no original here: `view_only`, with the digests of the original that stayed at its home.
    size_bytes, sha256, sm3: of the original. owner: prefix of its keys.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("处理中")
        READY = "ready", _("可查看")
        REFUSED = "refused", _("无法使用")

    class Source(models.TextChoices):
        CAMERA = "camera", _("现场拍摄")
        ALBUM = "album", _("相册")
        CHAT = "chat", _("对话")
        LETTER = "letter", _("来函附件")

    class Coordinates(models.TextChoices):
        NONE = "", _("无")
        WGS84 = "wgs84", "WGS-84"
        GCJ02 = "gcj02", "GCJ-02"

    MOVES = {
        "make_ready": ({State.RECEIVED}, State.READY),
        "refuse": ({State.RECEIVED}, State.REFUSED),
    }
    VERBS = {"make_ready": _("制作副本"), "refuse": _("拒收")}

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
    original_key = models.CharField(max_length=120, blank=True)

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
    by_id = models.UUIDField(_("采集人"), null=True, blank=True)
    by_name = models.CharField(_("采集人"), max_length=80, blank=True)
    unit_id = models.UUIDField(_("单位"), null=True, blank=True)

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
    VERBS = {"assign": _("分派")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    draft_id = models.UUIDField(_("草稿"))
    by_id = models.UUIDField(_("采集人"))
    by_name = models.CharField(_("采集人"), max_length=80)
    unit_id = models.UUIDField(_("单位"), null=True, blank=True)
    unit_name = models.CharField(_("单位"), max_length=80, blank=True)
    object_key = models.CharField(max_length=120)
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

    class Meta:
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["draft_id", "sha256"], name="quarantined_once")]
