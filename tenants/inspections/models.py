"""现场检查 and what is found on it. All rows live in the province's schema.

What is counted is a log of operations (`CountOperation`, insert-only); a `Lot` is what the log says now, see `merge`.
Place and position stand on the visit (`requests.Site`), from which requests leave for right holders.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from kernel.searching import Grams, search_text

NUMBER = search_text("number")


class MarketEntity(models.Model):
    """经营者 as found on one inspection: by its code, by a photo of its licence, or without a licence.

    uscc: 统一社会信用代码, checked (GB 32100-2015); old_number: 15 digits, from before 2015.
    """

    class Kind(models.TextChoices):
        LICENSED = "licensed", _("有营业执照")
        UNLICENSED = "unlicensed", _("无照经营")
        STALL = "stall", _("摊贩")
        NATURAL_PERSON = "natural_person", _("自然人")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("主体类别"), max_length=20, choices=Kind)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, db_index=True)
    old_number = models.CharField(_("旧注册号"), max_length=15, blank=True)
    name = models.CharField(_("名称或姓名"), max_length=120)
    responsible_person = models.CharField(_("法定代表人或负责人"), max_length=60, blank=True)
    address = models.CharField(_("住所或经营场所"), max_length=200, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    identity_no = models.CharField(_("证件号码"), max_length=40, blank=True)
    licence_exhibit = models.ForeignKey(
        "evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("执照照片")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ["-id"]


class Inspection(models.Model):
    """现场检查: two officers in one place, from the first step in to the record that is signed.

    version: counts every change of anything on it; phones ask for what came after the version they hold.
    """

    class State(models.TextChoices):
        OPENED = "opened", _("等第二名执法人员")
        UNDERWAY = "underway", _("检查中")
        CLOSED = "closed", _("检查结束")
        SIGNED = "signed", _("笔录已签")
        CANCELLED = "cancelled", _("已作废")

    class Conduct(models.TextChoices):
        SELLING = "selling", _("销售")
        MAKING = "making", _("制造")

    MOVES = {
        "join": ({State.OPENED}, State.UNDERWAY),
        "close": ({State.UNDERWAY}, State.CLOSED),
        "reopen": ({State.CLOSED}, State.UNDERWAY),
        "sign": ({State.CLOSED}, State.SIGNED),
        "cancel": ({State.OPENED, State.UNDERWAY}, State.CANCELLED),
    }
    VERBS = {
        "join": _("加入"),
        "close": _("结束检查"),
        "reopen": _("重新打开"),
        "sign": _("签字完成"),
        "cancel": _("作废"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("检查编号"), max_length=40, unique=True)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    site = models.OneToOneField("requests.Site", models.PROTECT, related_name="inspection")
    entity = models.OneToOneField(MarketEntity, models.PROTECT, null=True, blank=True, related_name="inspection")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPENED)
    version = models.PositiveBigIntegerField(default=0)
    arrivals_version = models.PositiveBigIntegerField(default=0, help_text="when a lot was last moved here")
    started_at = models.DateTimeField(_("开始时间"), default=clock.now)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    signed_at = models.DateTimeField(_("签字时间"), null=True, blank=True)
    recorder = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    scene = models.TextField(_("现场情况"), max_length=8000, blank=True)
    party_statement = models.TextField(_("当事人意见"), max_length=4000, blank=True)
    conduct = models.CharField(_("行为"), max_length=10, choices=Conduct, default=Conduct.SELLING)
    repeat_offender = models.BooleanField(_("二年内曾因侵权假冒受罚"), default=False)
    repeat_basis = models.CharField(_("受罚依据"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("已问权利人"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "state", "-id"], name="inspection_unit_state"),
            GinIndex(Grams(NUMBER), name="inspection_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number


class InspectionOfficer(models.Model):
    """One of the two or more officers, with the certificate as it was when they came in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="officers")
    officer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=40)
    unit_name = models.CharField(_("单位"), max_length=80)
    certificate_no = models.CharField(_("执法证号"), max_length=40)
    certificate_until = models.DateField(_("有效期至"))
    shown_at = models.DateTimeField(_("出示证件时间"), null=True, blank=True)
    joined_at = models.DateTimeField(_("加入时间"), default=clock.now)

    class Meta:
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "officer"], name="inspection_officer_once"),
            models.UniqueConstraint(fields=["inspection", "certificate_no"], name="inspection_certificate_once"),
        ]


class JoinCode(models.Model):
    """What the second officer types or scans. Good for minutes and for one person; kept as a digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="join_codes")
    digest = models.CharField(max_length=64, db_index=True)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-id"]


class PresentPerson(models.Model):
    """在场人员: the party, those who work there, witnesses, people of a right holder. A refusal is noted."""

    class Role(models.TextChoices):
        PARTY = "party", _("当事人")
        MANAGER = "manager", _("负责人")
        EMPLOYEE = "employee", _("从业人员")
        WITNESS = "witness", _("见证人")
        RIGHT_HOLDER = "right_holder", _("权利人代表")
        OTHER = "other", _("其他")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="persons")
    role = models.CharField(_("身份"), max_length=20, choices=Role)
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    identity_kind = models.CharField(_("证件类型"), max_length=40, blank=True)
    identity_no = models.CharField(_("证件号码"), max_length=40, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    duty = models.CharField(_("职务或关系"), max_length=60, blank=True)
    refused = models.BooleanField(_("拒绝表明身份"), default=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    organisation_id = models.UUIDField(_("权利人"), null=True, blank=True)
    request_id = models.UUIDField(_("鉴定申请"), null=True, blank=True)
    authority = models.JSONField(_("授权"), default=dict, blank=True)
    arrived_at = models.DateTimeField(_("到场时间"), default=clock.now)
    left_at = models.DateTimeField(_("离场时间"), null=True, blank=True)

    class Meta:
        ordering = ["arrived_at", "id"]


class Notice(models.Model):
    """告知事项: read out to the party, in which words, when, and what was answered."""

    class Code(models.TextChoices):
        IDENTITY = "identity", _("出示执法证件，表明身份")
        AVOIDANCE = "avoidance", _("告知申请回避的权利")
        DUTY = "duty", _("告知配合检查的义务")
        STATEMENT = "statement", _("告知陈述和申辩的权利")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="notices")
    code = models.CharField(_("事项"), max_length=20, choices=Code)
    words = models.TextField(_("告知内容"), max_length=1000)
    answer = models.CharField(_("当事人答复"), max_length=400, blank=True)
    given_at = models.DateTimeField(_("告知时间"), default=clock.now)
    given_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [models.UniqueConstraint(fields=["inspection", "code"], name="notice_once")]


class Lot(models.Model):
    """批: one product, batch, place on the premises and package state, counted in one unit.

    What the operations say now. quantity: null while nobody has counted or two counts differ (`candidates` says which);
    0 means counted, and none there. claimed_brand is what the package says, apart from any verdict.
    Prices: yuan for one `unit`; the value uses the one that `price_basis` names.
    """

    class PackageState(models.TextChoices):
        UNKNOWN = "", _("未填写")
        SEALED = "sealed", _("未开封")
        OPENED = "opened", _("已开封")
        MIXED = "mixed", _("部分开封")
        BULK = "bulk", _("散装")
        EMPTY = "empty", _("空包装")

    class PriceBasis(models.TextChoices):
        NONE = "", _("未选择")
        LABELLED = "labelled", _("标价")
        SOLD = "sold", _("实际销售价")
        GENUINE = "genuine", _("正品市场中间价")
        UNKNOWN = "unknown", _("无法查清")

    class PurchaseBasis(models.TextChoices):
        NONE = "", _("未填写")
        INVOICE = "invoice", _("发票或送货单")
        LEDGER = "ledger", _("账簿或聊天记录")
        SAID = "said", _("当事人自述")
        UNKNOWN = "unknown", _("无法查清")

    class Supplier(models.TextChoices):
        NONE = "", _("还没有问")
        NAMED = "named", _("说明了供货方")
        REFUSED = "refused", _("拒绝说明")
        UNKNOWN = "unknown", _("说不清")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="lots")
    version = models.PositiveBigIntegerField(default=0)
    arrived_version = models.PositiveBigIntegerField(null=True, blank=True)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="splits")
    made_at = models.DateTimeField(default=clock.now)

    quantity = models.DecimalField(_("数量"), max_digits=18, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    candidates = models.JSONField(_("不一致的清点"), default=list)
    counted_by = models.JSONField(_("清点人"), default=list)

    product_id = models.UUIDField(_("产品"), null=True, blank=True)
    product_name = models.CharField(_("品名"), max_length=120, blank=True)
    claimed_brand = models.CharField(_("标称品牌"), max_length=80, blank=True)
    category = models.CharField(_("类别"), max_length=40, blank=True)
    spec = models.CharField(_("规格型号"), max_length=80, blank=True)
    batch_no = models.CharField(_("批号或生产日期"), max_length=60, blank=True)
    stood_where = models.CharField(_("摆放位置"), max_length=120, blank=True)
    package_state = models.CharField(_("包装状态"), max_length=10, choices=PackageState, default="", blank=True)
    waybill_no = models.CharField(_("物流单号"), max_length=60, blank=True)

    price_basis = models.CharField(_("计价依据"), max_length=10, choices=PriceBasis, default="", blank=True)
    price_labelled_yuan = models.DecimalField(_("标价"), max_digits=14, decimal_places=2, null=True, blank=True)
    price_sold_yuan = models.DecimalField(_("实际销售价"), max_digits=14, decimal_places=2, null=True, blank=True)
    price_genuine_yuan = models.DecimalField(
        _("正品市场中间价"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    sold_quantity = models.DecimalField(_("已售数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    sold_amount_yuan = models.DecimalField(_("销售金额"), max_digits=14, decimal_places=2, null=True, blank=True)
    gains_yuan = models.DecimalField(_("违法所得"), max_digits=14, decimal_places=2, null=True, blank=True)

    purchase_price_yuan = models.DecimalField(_("进货价"), max_digits=14, decimal_places=2, null=True, blank=True)
    purchase_basis = models.CharField(_("进货价依据"), max_length=10, choices=PurchaseBasis, default="", blank=True)
    supplier_answer = models.CharField(_("供货方"), max_length=10, choices=Supplier, default="", blank=True)
    supplier_name = models.CharField(_("供货方名称"), max_length=120, blank=True)
    supplier_contact = models.CharField(_("供货方联系方式"), max_length=120, blank=True)
    note = models.CharField(_("备注"), max_length=400, blank=True)
    void_reason = models.CharField(_("划去原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["inspection", "version"], name="lot_inspection_version")]


class CountOperation(models.Model):
    """One thing one phone said about one lot. Insert-only; `merge` makes the same lot of them in whatever order.

    id: chosen by the phone. turn: its Lamport clock, one more than the highest it had seen, so that what was said
    knowing something else comes after it however wrong the phone's own clock (`at`) is. value: by kind, see `merge`.
    """

    class Kind(models.TextChoices):
        LOT = "lot", _("登记")
        ADD = "add", _("加减")
        SET = "set", _("清点")
        SPLIT = "split", _("拆分")
        DETAIL = "detail", _("填写")
        RESOLVE = "resolve", _("核对")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="operations")
    version = models.PositiveBigIntegerField()
    device_id = models.UUIDField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=40)
    lot_id = models.UUIDField(db_index=True)
    new_lot_id = models.UUIDField(null=True, db_index=True, help_text="what a split made")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.JSONField()
    turn = models.PositiveBigIntegerField()
    at = models.DateTimeField(_("手机时间"))
    received_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["inspection", "version"]
        constraints = [models.UniqueConstraint(fields=["inspection", "version"], name="operation_version_once")]


class LotMove(models.Model):
    """A lot was written down on the wrong inspection and moved. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="moves")
    from_inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="+")
    to_inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="+")
    why = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]


class LotPhoto(models.Model):
    """A sealed photo of a lot, of a shelf with several, or of one of its shots."""

    class Shows(models.TextChoices):
        SHELF = "shelf", _("整个货架")
        LOT = "lot", _("这一批")
        SHOT = "shot", _("拍照项")
        SEIZED = "seized", _("查封扣押后")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="photos")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    shows = models.CharField(_("拍的是"), max_length=10, choices=Shows, default=Shows.LOT)
    shot_code = models.CharField(_("拍照项"), max_length=40, blank=True)
    kept_reason = models.CharField(_("保留原因"), max_length=200, blank=True)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["lot", "exhibit"], name="lot_photo_once")]


class LotQuestion(models.Model):
    """What a right holder was asked about a lot: one item of one request. Verdicts come back to the item.

    quantity: as it was told to them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="questions")
    item = models.OneToOneField("requests.RequestItem", models.PROTECT, related_name="lot_question")
    quantity = models.DecimalField(max_digits=18, decimal_places=3, null=True, blank=True)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["asked_at", "id"]


from tenants.inspections.seizure_models import (  # noqa: E402, F401 - beside the rows they lean on
    GoodsHandover,
    PropertyList,
    PropertyListRow,
    Seal,
    Seizure,
    SeizureAlarm,
    SeizureDecision,
    SeizureExtension,
    SeizurePause,
)
