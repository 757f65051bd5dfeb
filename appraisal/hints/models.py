"""What recognition says of this province's photos, as it came by letter, and what officers said to it.

A hint is no verdict. Coordinates in JSON are parts of the picture, 0 to 1.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7

FIELDS = [
    ("barcode", _("商品条码")),
    ("unique", _("唯一码")),
    ("batch", _("批号")),
    ("mould", _("模具号")),
    ("logistics", _("物流码")),
    ("date", _("日期")),
]
SHARES = [
    ("shown", _("公开地点、时间和单位")),
    ("place_only", _("只公开地点")),
    ("broker", _("不公开，经协作办公室联系")),
]


class Hint(models.Model):
    """提示: this photo looks like a known fake. seen: what may be seen of the earlier matter (`SeenV1`).

    picture: the earlier picture where its owner lets it travel. geometry: {homography, hull_query, hull_library,
    tiles, turned}. flagged: why it no longer counts (a code of the list `flag`), or empty. elsewhere: from the library
    of another right holder than the one who was asked; owner_name: its name, where it lets itself be known.
    """

    class State(models.TextChoices):
        SHOWN = "shown", _("待处理")
        ACCEPTED = "accepted", _("采纳")
        REJECTED = "rejected", _("不像")
        IGNORED = "ignored", _("搁置")

    MOVES = {
        "accept": ({State.SHOWN, State.REJECTED, State.IGNORED}, State.ACCEPTED),
        "reject": ({State.SHOWN, State.ACCEPTED, State.IGNORED}, State.REJECTED),
        "ignore": ({State.SHOWN, State.ACCEPTED, State.REJECTED}, State.IGNORED),
        "undo": ({State.ACCEPTED, State.REJECTED, State.IGNORED}, State.SHOWN),
    }
    VERBS = {"accept": _("采纳"), "reject": _("不像"), "ignore": _("搁置"), "undo": _("收回选择")}

    id = models.UUIDField(primary_key=True, editable=False)
    request = models.ForeignKey("requests.AppraisalRequest", models.CASCADE, related_name="hints")
    item = models.ForeignKey("requests.RequestItem", models.CASCADE, related_name="hints")
    photo = models.ForeignKey("requests.ItemPhoto", models.SET_NULL, null=True, blank=True, related_name="hints")
    organisation_id = models.UUIDField(help_text="whose library it is")
    elsewhere = models.BooleanField(default=False, db_default=False, help_text="not of whoever was asked")
    owner_name = models.CharField(max_length=120, blank=True, default="", db_default="")
    letter_id = models.UUIDField(unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SHOWN)
    band = models.CharField(max_length=10)
    score = models.PositiveIntegerField()
    inliers = models.PositiveIntegerField(default=0)
    typology = models.CharField(_("假货类型"), max_length=40)
    reasons = models.JSONField(default=list, help_text="[{code, count}]")
    codes = models.JSONField(default=list, help_text="[{field, here, there, result}]")
    seen = models.JSONField(default=dict)
    geometry = models.JSONField(default=dict)
    picture = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    flagged = models.CharField(max_length=30, blank=True)
    flagged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-score", "id"]
        indexes = [models.Index(fields=["request", "-score"], name="hint_request")]


class Looked(models.Model):
    """Where recognition stands with one item: the latest `LookedV1`. price: `PriceHintV1`, or null."""

    item = models.OneToOneField("requests.RequestItem", models.CASCADE, primary_key=True, related_name="looked")
    outcome = models.CharField(max_length=20)
    photos = models.PositiveIntegerField(default=0)
    poor = models.JSONField(default=list)
    barcodes = models.JSONField(default=list)
    price = models.JSONField(null=True, blank=True)
    at = models.DateTimeField()


class ReadCode(models.Model):
    """A code read from a photo, for the officer to confirm or correct; or one typed by hand."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        CORRECTED = "corrected", _("已更正")
        TYPED = "typed", _("手工填写")
        REFUSED = "refused", _("不是码")

    _OPEN = {State.PROPOSED, State.CONFIRMED, State.CORRECTED, State.REFUSED}
    MOVES = {
        "confirm": (_OPEN, State.CONFIRMED),
        "correct": (_OPEN | {State.TYPED}, State.CORRECTED),
        "refuse": (_OPEN | {State.TYPED}, State.REFUSED),
    }
    VERBS = {"confirm": _("确认"), "correct": _("更正"), "refuse": _("不是码")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("requests.RequestItem", models.CASCADE, related_name="read_codes")
    photo_id = models.UUIDField(null=True, blank=True)
    field = models.CharField(_("种类"), max_length=12, choices=FIELDS)
    raw = models.CharField(_("识别原文"), max_length=120, blank=True)
    value = models.CharField(_("码"), max_length=120, blank=True)
    confidence = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    said_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    said_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]


class CodeAlert(models.Model):
    """重码预警 as it came: a unique code of ours was seen on other goods or elsewhere. others: [`SeenV1`]."""

    class State(models.TextChoices):
        OPEN = "open", _("品牌核查中")
        CONFIRMED = "confirmed", _("品牌已核实")
        DISMISSED = "dismissed", _("品牌已排除")

    MOVES = {
        "confirm": ({State.OPEN, State.DISMISSED}, State.CONFIRMED),
        "dismiss": ({State.OPEN, State.CONFIRMED}, State.DISMISSED),
    }
    VERBS = {"confirm": _("核实"), "dismiss": _("排除")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    alert_id = models.UUIDField()
    item = models.ForeignKey("requests.RequestItem", models.CASCADE, related_name="code_alerts")
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    code = models.CharField(max_length=120)
    other_code = models.CharField(max_length=120, blank=True)
    times = models.PositiveIntegerField()
    others = models.JSONField(default=list)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["alert_id", "item"], name="hint_code_alert_once")]


class LookBack(models.Model):
    """回查 as it came: goods of an earlier request look like a fake that was confirmed since."""

    class State(models.TextChoices):
        NEW = "new", _("待查看")
        READ = "read", _("已查看")

    MOVES = {"read": ({State.NEW}, State.READ)}
    VERBS = {"read": _("查看")}

    id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey("requests.RequestItem", models.CASCADE, related_name="look_backs")
    photo = models.ForeignKey("requests.ItemPhoto", models.SET_NULL, null=True, blank=True, related_name="+")
    letter_id = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    band = models.CharField(max_length=10)
    typology = models.CharField(max_length=40)
    was = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    seen = models.JSONField(default=dict)
    geometry = models.JSONField(default=dict)
    picture = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    read_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    flagged = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["-at"]


class Offer(models.Model):
    """入库推荐: seized goods offered to the owner of the brand for its library of known fakes."""

    class State(models.TextChoices):
        SENT = "sent", _("待品牌确认")
        CONFIRMED = "confirmed", _("已入库")
        REFUSED = "refused", _("未入库")
        WITHDRAWN = "withdrawn", _("已撤下")

    MOVES = {
        "confirmed": ({State.SENT, State.REFUSED, State.WITHDRAWN}, State.CONFIRMED),
        "refused": ({State.SENT}, State.REFUSED),
        "withdrawn": ({State.SENT, State.CONFIRMED}, State.WITHDRAWN),
    }
    VERBS = {"confirmed": _("入库"), "refused": _("不入库"), "withdrawn": _("撤下")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    offered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    organisation_id = models.UUIDField()
    organisation_name = models.CharField(max_length=120)
    product_id = models.UUIDField()
    product_name = models.CharField(max_length=120)
    item = models.ForeignKey("requests.RequestItem", models.SET_NULL, null=True, blank=True, related_name="offers")
    matter_id = models.UUIDField(null=True, blank=True, help_text="the inspection or seizure it comes from")
    typology = models.CharField(_("假货类型"), max_length=40)
    share = models.CharField(_("他省可见"), max_length=12, choices=SHARES, default="broker")
    batch_no = models.CharField(_("批号"), max_length=60, blank=True)
    barcode = models.CharField(_("条码"), max_length=20, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SENT)
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]


class OfferPhoto(models.Model):
    """A photo that went with an offer."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="photos")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["offer", "exhibit"], name="offer_photo_once")]


class ItemShare(models.Model):
    """What other provinces may be shown of what was found under an item, as this province said last."""

    item = models.OneToOneField("requests.RequestItem", models.CASCADE, primary_key=True, related_name="share")
    share = models.CharField(_("他省可见"), max_length=12, choices=SHARES)
    said_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
