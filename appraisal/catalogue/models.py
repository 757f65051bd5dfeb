"""Brands' products, what to photograph of them, and how the genuine one looks.

Category, Brand, Product, Barcode, ShotList, Shot and ShotSample are published: every province reads them. A brand
writes in ProductDraft and publishes from there. Checkpoints, secret checkpoints and references never leave the brand.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Category(models.Model):
    """产品类别, a tree open to every trade. pilot: shown as a pilot until a province takes it into regular use."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    pilot = models.BooleanField(_("试点"), default=False)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Brand(models.Model):
    """A brand as officers search for it; enrolled or not yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("品牌"), max_length=80)
    pinyin = models.CharField(max_length=160, blank=True)
    initials = models.CharField(max_length=80, blank=True)
    owner_company = models.CharField(_("权利人"), max_length=80, blank=True)
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, blank=True, related_name="brands", verbose_name=_("入驻单位")
    )
    is_enrolled = models.BooleanField(_("已入驻"), default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "owner_company"], name="brand_once")]
        indexes = [
            models.Index(fields=["name"], name="brand_name_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="brand_pinyin_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["initials"], name="brand_initials_prefix", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """One product line in one specification. organisation: who answers for it, one even if several hold the mark."""

    class State(models.TextChoices):
        LIVE = "live", _("在用")
        RETIRED = "retired", _("已下架")

    MOVES = {"retire": ({State.LIVE}, State.RETIRED), "bring_back": ({State.RETIRED}, State.LIVE)}
    VERBS = {"retire": _("下架"), "bring_back": _("重新上架")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="products")
    name = models.CharField(_("产品"), max_length=80)
    spec = models.CharField(_("规格"), max_length=40, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="products")
    nice_class = models.PositiveSmallIntegerField(_("尼斯分类"))
    organisation = models.ForeignKey(
        "parties.Organisation", models.PROTECT, null=True, blank=True, related_name="products"
    )
    guide_price_yuan = models.DecimalField(_("指导价（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.LIVE)
    shot_list_version = models.PositiveIntegerField(_("拍照模板版本"), default=0)
    pinyin = models.CharField(max_length=240, blank=True)
    initials = models.CharField(max_length=120, blank=True)
    search_text = models.CharField(max_length=500, blank=True)
    grams = ArrayField(models.CharField(max_length=2), default=list, blank=True)

    class Meta:
        ordering = ["name", "spec"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "name", "spec"], name="product_once"),
            models.CheckConstraint(condition=Q(nice_class__gte=1, nice_class__lte=45), name="product_nice_class"),
        ]
        indexes = [
            models.Index(fields=["name"], name="product_name_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["pinyin"], name="product_pinyin_prefix", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["initials"], name="product_initials_prefix", opclasses=["varchar_pattern_ops"]),
            GinIndex(fields=["search_text"], name="product_trigrams", opclasses=["gin_trgm_ops"], fastupdate=False),
            GinIndex(fields=["grams"], name="product_bigrams", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.spec}".strip()

    @property
    def full_name(self) -> str:
        """Brand, name and specification, the brand not said twice."""
        name = self.name if self.name.startswith(self.brand.name) else f"{self.brand.name} {self.name}"
        return f"{name} {self.spec}".strip()


class Barcode(models.Model):
    """A GTIN of a product, filled to 14 digits. The same code may stand on two products (gift box and bottle)."""

    class Kind(models.TextChoices):
        ITEM = "item", _("单件")
        CASE = "case", _("整箱")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="barcodes")
    gtin = models.CharField(_("条码"), max_length=14)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.ITEM)

    class Meta:
        ordering = ["gtin"]
        constraints = [models.UniqueConstraint(fields=["gtin", "product"], name="barcode_once")]


class ShotList(models.Model):
    """拍照模板 of a product in one version. Published once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="shot_lists")
    version = models.PositiveIntegerField(_("版本"))
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.CharField(_("发布人"), max_length=40, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["product", "version"], name="shot_list_version_once")]


class ShotSample(models.Model):
    """A sample picture of a shot: a small re-encoded JPEG, kept here so that every province can read it. By digest."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    data = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)


class Shot(models.Model):
    """拍照项: one picture to take. overlay: name of an outline drawing. sample: of ShotSample."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shot_list = models.ForeignKey(ShotList, models.CASCADE, related_name="shots")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(_("拍照项"), max_length=40)
    hint = models.CharField(_("提示"), max_length=120, blank=True)
    required = models.BooleanField(_("必拍"), default=True)
    in_quick_set = models.BooleanField(_("快拍"), default=False)
    overlay = models.CharField(_("取景框"), max_length=40, blank=True)
    sample = models.ForeignKey(ShotSample, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["shot_list", "code"], name="shot_code_once"),
            models.UniqueConstraint(fields=["shot_list", "position"], name="shot_position_once"),
        ]


class ProductDraft(models.Model):
    """What a brand is still writing: a new product, or changes to one. id: the product's. Not published.

    shots: [{code, name, hint, required, in_quick_set, overlay, sample}], in order. barcodes: [{gtin, kind}].
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.CASCADE, related_name="product_drafts")
    brand_name = models.CharField(_("品牌"), max_length=80)
    name = models.CharField(_("产品"), max_length=80)
    spec = models.CharField(_("规格"), max_length=40, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("产品类别"))
    nice_class = models.PositiveSmallIntegerField(_("尼斯分类"))
    guide_price_yuan = models.DecimalField(_("指导价（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    barcodes = models.JSONField(default=list, blank=True)
    shots = models.JSONField(default=list, blank=True)
    updated_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at"]


class BaseCheckpoint(models.Model):
    """One thing an appraiser looks at. shot_code: on which picture."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("检查点"), max_length=120)
    shot_code = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class Checkpoint(BaseCheckpoint):
    """A checkpoint whose name may stand in the reasons a bureau reads."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="checkpoints")
    is_secret = False


class SecretCheckpoint(BaseCheckpoint):
    """A checkpoint that a bureau never learns of. A table of its own, granted to no province."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="secret_checkpoints")
    is_secret = True


class ReferenceImage(models.Model):
    """A picture of the genuine product. Shown only with the viewer's name burnt in; every view is logged.

    sha256: of the file as it was kept; empty for those that were kept before it was recorded.

    made_from, made_until: the days of production on which goods looked like this; empty: open. Old ones stay for old
    goods.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="references")
    shot_code = models.CharField(max_length=40)
    title = models.CharField(_("说明"), max_length=80, blank=True)
    object_key = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    uploaded_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_active = models.BooleanField(_("在用"), default=True)
    made_from = models.DateField(_("适用生产日期自"), null=True, blank=True)
    made_until = models.DateField(_("适用生产日期至"), null=True, blank=True)

    class Meta:
        ordering = ["shot_code", "id"]


class ReferenceView(models.Model):
    """Somebody saw a reference. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.ForeignKey(ReferenceImage, models.PROTECT, related_name="views")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
