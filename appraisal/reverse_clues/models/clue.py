"""What a brand reports: the clue, its products, its files and its test purchases."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from federation.letters import clue_words
from kernel.ids import uuid7


class ReverseClue(models.Model):
    """反向线索. One row whatever number of provinces it goes to; each of them has its own state (`Addressee`).

    agent: the association or agency in whose service it was written. ref: the brand's own number, given when it is
    sent. basis: the right, the power and the person as they were sent. Nothing of a sent clue is changed: what is
    learned later is a supplement.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SENT = "sent", _("已提交")
        DROPPED = "dropped", _("已作废")

    SubjectKind = clue_words.SubjectKind
    PlaceRole = clue_words.PlaceRole
    Channel = clue_words.Channel
    ChainStage = clue_words.ChainStage
    Violation = clue_words.Violation
    MOVES = {
        "send": ({State.DRAFT}, State.SENT),
        "drop": ({State.DRAFT}, State.DROPPED),
    }
    VERBS = {"send": _("提交"), "drop": _("作废")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="reverse_clues")
    agent = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    author = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("填写人"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT)
    ref = models.CharField(_("本单位编号"), max_length=40, blank=True)
    title = models.CharField(_("摘要"), max_length=120, blank=True)
    content = models.TextField(_("内容"), max_length=8000, blank=True)
    subject_kind = models.CharField(
        _("被反映主体类别"), max_length=16, choices=SubjectKind, default=SubjectKind.UNKNOWN
    )
    subject_name = models.CharField(_("被反映主体"), max_length=120, blank=True)
    subject_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    subject_phone = models.CharField(_("电话"), max_length=30, blank=True)
    subject_account = models.CharField(_("平台和账号"), max_length=200, blank=True)
    address_raw = models.TextField(_("地址原文"), max_length=1000, blank=True)
    place_role = models.CharField(_("这是什么地址"), max_length=10, choices=PlaceRole, blank=True)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel, default=Channel.OFFLINE)
    chain_stage = models.CharField(_("链条环节"), max_length=10, choices=ChainStage, blank=True)
    violations = ArrayField(
        models.CharField(max_length=24, choices=Violation), verbose_name=_("涉嫌违法类型"), default=list, blank=True
    )
    estimated_value = models.DecimalField(_("估计货值"), max_digits=14, decimal_places=2, null=True, blank=True)
    trademarks = models.ManyToManyField("parties.Trademark", related_name="+", verbose_name=_("商标"))
    basis = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    sent_by_name = models.CharField(_("提交人"), max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["organisation", "state", "-id"], name="reverse_clue_listed")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "ref"], condition=~models.Q(ref=""), name="reverse_clue_ref_once"
            )
        ]

    def __str__(self) -> str:
        return self.ref or self.title


class ClueProduct(models.Model):
    """One of the organisation's products that the clue is about. code: what stands on it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(ReverseClue, models.CASCADE, related_name="products")
    product = models.ForeignKey("catalogue.Product", models.PROTECT, related_name="+")
    code = models.CharField(_("产品上的码"), max_length=120, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["clue", "product"], name="reverse_clue_product_once")]


class Supplement(models.Model):
    """补充: something learned after the clue was sent. Insert-only; its files and purchases name it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(ReverseClue, models.PROTECT, related_name="supplements")
    text = models.TextField(_("补充内容"), max_length=4000, blank=True)
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class ClueFile(models.Model):
    """A photo or a recording. Until `sent_at` it waits to go with what is sent next.

    exhibit: the sealed original here; none for a recording that is too large to hand in, of which only the digest is
    named. supplement, question: with what it went, when not with the clue itself.
    """

    class Form(models.TextChoices):
        PHOTO = "photo", _("照片")
        LIVE_STREAM = "live_stream", _("直播录像")
        PAGE = "page", _("网页固定")
        VIDEO = "video", _("录像")
        OTHER = "other", _("其他文件")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(ReverseClue, models.PROTECT, related_name="files")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    form = models.CharField(_("类别"), max_length=12, choices=Form)
    what = models.CharField(_("说明"), max_length=120, blank=True)
    platform = models.CharField(_("平台"), max_length=80, blank=True)
    account = models.CharField(_("账号或店铺"), max_length=120, blank=True)
    link = models.CharField(_("链接"), max_length=500, blank=True)
    recorded_from = models.DateTimeField(_("录制开始"), null=True, blank=True)
    recorded_until = models.DateTimeField(_("录制结束"), null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    media_type = models.CharField(max_length=80)
    sealed_at = models.DateTimeField()
    supplement = models.ForeignKey(Supplement, models.PROTECT, null=True, blank=True, related_name="files")
    question = models.ForeignKey("reverse_clues.Question", models.PROTECT, null=True, blank=True, related_name="files")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["clue", "sha256"], name="reverse_clue_file_once")]

    @property
    def is_photo(self) -> bool:
        return self.form == self.Form.PHOTO


class Purchase(models.Model):
    """购样取证: a test purchase with its order and its waybill. Until `sent_at` it waits to go along."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(ReverseClue, models.PROTECT, related_name="purchases")
    platform = models.CharField(_("平台"), max_length=80, blank=True)
    seller = models.CharField(_("卖家"), max_length=120, blank=True)
    order_no = models.CharField(_("订单号"), max_length=80, blank=True)
    bought_on = models.DateField(_("购买日期"), null=True, blank=True)
    product_name = models.CharField(_("购得商品"), max_length=120, blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    price_yuan = models.DecimalField(_("实付（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    courier = models.CharField(_("快递公司"), max_length=60, blank=True)
    waybill_no = models.CharField(_("运单号"), max_length=60, blank=True)
    sent_from = models.CharField(_("面单上的发货地址"), max_length=300, blank=True)
    finding = models.CharField(_("辨认情况"), max_length=500, blank=True)
    supplement = models.ForeignKey(Supplement, models.PROTECT, null=True, blank=True, related_name="purchases")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
