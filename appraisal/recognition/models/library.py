"""假货库 and what the worker made of it. Rows live in the shared layer and belong to one organisation each.

Coordinates in JSON are parts of the picture, 0 to 1: x to the right, y down.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7
from kernel.searching import ScopedGrams, search_text

SHARES = [
    ("shown", _("公开地点、时间和单位")),
    ("place_only", _("只公开地点")),
    ("broker", _("不公开，经协作办公室联系")),
]
"""What others may see of an earlier matter, the most open first."""
CODE_FIELDS = [
    ("barcode", _("商品条码")),
    ("unique", _("唯一码")),
    ("batch", _("批号")),
    ("mould", _("模具号")),
    ("logistics", _("物流码")),
    ("date", _("日期")),
]


class Find(models.Model):
    """一处发现: goods of one kind, found somewhere. Codes hang here, and links between finds.

    shared: what the province lets others see of it; nothing until it says so. request_id, item_id: by letter.
    """

    class Origin(models.TextChoices):
        REQUEST = "request", _("鉴定申请")
        SEIZURE = "seizure", _("查扣")
        STAFF = "staff", _("维权人员")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    origin = models.CharField(_("来源"), max_length=10, choices=Origin)
    desk_item = models.OneToOneField("desk.DeskItem", models.PROTECT, null=True, blank=True, related_name="find")
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, blank=True, related_name="+")
    product_name = models.CharField(_("产品"), max_length=120)
    province_code = models.CharField(_("省份"), max_length=31, blank=True)
    county_code = models.CharField(_("县"), max_length=6, blank=True)
    unit_name = models.CharField(_("单位"), max_length=80, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    request_no = models.CharField(_("申请编号"), max_length=40, blank=True)
    item_id = models.UUIDField(null=True, blank=True)
    offer_id = models.UUIDField(null=True, blank=True, unique=True)
    found_on = models.DateField(_("发现日期"))
    shared = models.CharField(_("他省可见"), max_length=12, choices=SHARES, default="broker")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-found_on", "-id"]
        indexes = [models.Index(fields=["organisation", "product", "found_on"], name="find_product")]


class LibraryEntry(models.Model):
    """条目: one known fake.

    visibility: what provinces other than the finding one may see of the earlier matter, as the owner chose; the find's
    own `shared` narrows it. show_picture: whether the picture goes with a hint. least_score: below it no hint is made.
    radius_bits: differing bits (PDQ) up to which a picture is taken for one of this entry.
    stopped_because: a code of the list `flag` while suspended or withdrawn.
    """

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("候选")
        CONFIRMED = "confirmed", _("已确认")
        SUSPENDED = "suspended", _("已停用")
        WITHDRAWN = "withdrawn", _("已撤下")

    class Source(models.TextChoices):
        VERDICT = "verdict", _("辨认结论")
        SEIZURE = "seizure", _("查扣物品")
        STAFF = "staff", _("维权人员")

    MOVES = {
        "confirm": ({State.CANDIDATE}, State.CONFIRMED),
        "refuse": ({State.CANDIDATE}, State.WITHDRAWN),
        "suspend": ({State.CANDIDATE, State.CONFIRMED}, State.SUSPENDED),
        "resume": ({State.SUSPENDED}, State.CONFIRMED),
        "withdraw": ({State.CONFIRMED, State.SUSPENDED}, State.WITHDRAWN),
    }
    VERBS = {
        "confirm": _("确认入库"),
        "refuse": _("不予入库"),
        "suspend": _("停用"),
        "resume": _("恢复"),
        "withdraw": _("撤下"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(_("编号"), help_text="counts within the organisation")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey("catalogue.Category", models.PROTECT, related_name="+")
    title = models.CharField(_("名称"), max_length=120)
    typology = models.CharField(_("假货类型"), max_length=40)
    typology_as_of = models.DateField(_("类型表日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.CANDIDATE)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    find = models.ForeignKey(Find, models.PROTECT, related_name="entries")
    verdict = models.ForeignKey("desk.DeskVerdict", models.PROTECT, null=True, blank=True, related_name="+")
    visibility = models.CharField(_("他省可见"), max_length=12, choices=SHARES, default="place_only")
    show_picture = models.BooleanField(_("提示里附照片"), default=True)
    radius_bits = models.PositiveSmallIntegerField(_("同图半径（位）"), default=31)
    least_score = models.FloatField(_("最低分"), default=0)
    valid_from = models.DateField(_("启用日"))
    valid_until = models.DateField(_("停用日"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)
    remarks = models.JSONField(_("入库检查"), default=list, help_text="codes of what was found odd on the photos")
    stopped_because = models.CharField(max_length=30, blank=True)
    stopped_note = models.CharField(_("停用原因"), max_length=500, blank=True)
    stopped_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="entry_number_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="entry_days_in_order"
            ),
            models.CheckConstraint(condition=Q(radius_bits__lte=31), name="entry_radius"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "-id"], name="entry_list")]

    def __str__(self) -> str:
        return f"F{self.number:05d}"


class EntryPhoto(models.Model):
    """A photo of an entry: an exhibit of the brand's own copy.

    outline: corners of the item, [[x, y], …]; empty: guessed. defects: [{x, y, w, h, words}]; the words stay here.
    engine: which extractor's features are in the index; empty: not there yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(LibraryEntry, models.CASCADE, related_name="photos")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    shot_code = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    outline = models.JSONField(default=list, blank=True)
    defects = models.JSONField(default=list, blank=True)
    pdq = models.BinaryField(max_length=32, default=b"")
    pdq_quality = models.PositiveSmallIntegerField(default=0)
    engine = models.CharField(max_length=40, blank=True)
    indexed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["entry", "exhibit"], name="entry_photo_once")]


class PhotoLook(models.Model):
    """What the worker found on one photo of the desk.

    barcodes: [{text, symbology, gtin, fits, product_name}]. duplicate_of: this very picture was sent before. beyond:
    whether libraries of other right holders are searched too, where this one shows nothing.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待比对")
        RUNNING = "running", _("正在比对")
        PENDING = "pending", _("等待重新比对")
        DONE = "done", _("已比对")
        FAILED = "failed", _("无法比对")

    MOVES = {
        "begin": ({State.WAITING, State.PENDING}, State.RUNNING),
        "put_off": ({State.WAITING, State.RUNNING}, State.PENDING),
        "finish": ({State.WAITING, State.PENDING, State.RUNNING}, State.DONE),
        "fail": ({State.WAITING, State.PENDING, State.RUNNING}, State.FAILED),
        "again": ({State.DONE, State.FAILED, State.PENDING}, State.WAITING),
    }
    VERBS = {
        "begin": _("开始比对"),
        "put_off": _("推迟比对"),
        "finish": _("完成比对"),
        "fail": _("放弃比对"),
        "again": _("重新比对"),
    }

    class Beyond(models.TextChoices):
        NO = "", _("不需要")
        WAITING = "waiting", _("等待与其他权利人的库比对")
        DONE = "done", _("已与其他权利人的库比对")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    photo = models.OneToOneField("desk.DeskPhoto", models.CASCADE, related_name="look")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    outcome = models.CharField(max_length=20, blank=True, help_text="code of the list `outcome`")
    good = models.BooleanField(default=True)
    quality = models.JSONField(default=list)
    barcodes = models.JSONField(default=list)
    pdq = models.BinaryField(max_length=32, default=b"")
    pdq_quality = models.PositiveSmallIntegerField(default=0)
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    engine = models.CharField(max_length=40, blank=True)
    scope = models.CharField(max_length=10, blank=True, help_text="product, group or all: where the answer comes from")
    took_ms = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0, help_text="runs that were begun")
    started_at = models.DateTimeField(null=True, blank=True, help_text="of the run under way")
    beyond = models.CharField(max_length=8, choices=Beyond, blank=True, default=Beyond.NO, db_default="")
    beyond_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        indexes = [
            models.Index(fields=["state", "asked_at"], name="look_waiting"),
            models.Index(fields=["beyond_at"], condition=Q(beyond="waiting"), name="look_beyond_waiting"),
        ]


class CodeReading(models.Model):
    """Text read from a photo, or typed by an officer. Only what a person stands for becomes a sighting."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        CORRECTED = "corrected", _("已更正")
        TYPED = "typed", _("手工填写")
        REFUSED = "refused", _("不是码")

    _OPEN = {State.PROPOSED, State.CONFIRMED, State.CORRECTED, State.REFUSED}
    MOVES = {
        "confirmed": (_OPEN, State.CONFIRMED),
        "corrected": (_OPEN, State.CORRECTED),
        "refused": (_OPEN, State.REFUSED),
    }
    VERBS = {"confirmed": _("确认"), "corrected": _("更正"), "refused": _("不是码")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("desk.DeskItem", models.CASCADE, related_name="readings")
    photo = models.ForeignKey("desk.DeskPhoto", models.CASCADE, null=True, blank=True, related_name="readings")
    field = models.CharField(max_length=12, choices=CODE_FIELDS)
    raw = models.CharField(max_length=120)
    value = models.CharField(max_length=120, blank=True)
    confidence = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    confirmed_raw = models.CharField(max_length=120, blank=True)
    who = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]


class Hint(models.Model):
    """提示: a photo of a province looks like an entry. state: the officer's answer, as it came by letter.

    geometry: {homography, hull_query, hull_library, tiles, turned}, in parts of the pictures. defects: per cent of
    agreement inside each defect of the entry's photo. posted_at: empty for one that only the desk sees.
    """

    class State(models.TextChoices):
        SHOWN = "shown", _("已提示")
        ACCEPTED = "accepted", _("采纳")
        REJECTED = "rejected", _("不像")
        IGNORED = "ignored", _("搁置")

    _ALL = {State.SHOWN, State.ACCEPTED, State.REJECTED, State.IGNORED}
    MOVES = {
        "accepted": (_ALL, State.ACCEPTED),
        "rejected": (_ALL, State.REJECTED),
        "ignored": (_ALL, State.IGNORED),
        "shown": (_ALL, State.SHOWN),
    }
    VERBS = {"accepted": _("采纳"), "rejected": _("不像"), "ignored": _("搁置"), "shown": _("收回选择")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    photo = models.ForeignKey("desk.DeskPhoto", models.PROTECT, related_name="hints")
    entry = models.ForeignKey(LibraryEntry, models.PROTECT, related_name="hints")
    entry_photo = models.ForeignKey(EntryPhoto, models.PROTECT, related_name="hints")
    category = models.ForeignKey("catalogue.Category", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.SHOWN)
    band = models.CharField(max_length=10)
    score = models.FloatField()
    inliers = models.PositiveIntegerField(default=0)
    held_down = models.CharField(max_length=40, blank=True)
    engine = models.CharField(max_length=40, blank=True)
    geometry = models.JSONField(default=dict)
    defects = models.JSONField(default=list)
    reasons = models.JSONField(default=list, help_text="[{code, count}]")
    codes = models.JSONField(default=list, help_text="[{field, here, there, result}]")
    at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True)
    flagged = models.CharField(max_length=30, blank=True)
    flagged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-score", "id"]
        constraints = [models.UniqueConstraint(fields=["photo", "entry"], name="hint_once")]
        indexes = [
            models.Index(fields=["organisation", "category", "at"], name="hint_figures"),
            models.Index(fields=["entry", "at"], name="hint_entry"),
        ]


class HintDecision(models.Model):
    """What one person said of a hint, on either side: what calibration counts. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hint = models.ForeignKey(Hint, models.PROTECT, related_name="decisions")
    side = models.CharField(max_length=10, choices=[("bureau", _("执法人员")), ("brand", _("品牌"))])
    answer = models.CharField(max_length=10, choices=Hint.State)
    note = models.CharField(max_length=500, blank=True)
    who = models.CharField(max_length=40)
    at = models.DateTimeField()
    letter_id = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ["at", "id"]


KEY_SEARCHED = search_text("key")


class CodeSighting(models.Model):
    """One code on one find. key: how codes are compared; raw: as it was read or typed.

    how: decoded from a barcode, read and confirmed, or typed. certain: decoded codes are never misread.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    find = models.ForeignKey(Find, models.CASCADE, related_name="sightings")
    photo = models.ForeignKey("desk.DeskPhoto", models.SET_NULL, null=True, blank=True, related_name="+")
    field = models.CharField(max_length=12, choices=CODE_FIELDS)
    key = models.CharField(max_length=120)
    raw = models.CharField(max_length=120)
    how = models.CharField(
        max_length=10, choices=[("decoded", _("扫码")), ("confirmed", _("识别后确认")), ("typed", _("手工填写"))]
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["find", "field", "key"], name="sighting_once")]
        indexes = [
            models.Index(fields=["organisation", "field", "key"], name="sighting_key"),
            models.Index(fields=["organisation", "-at", "-id"], name="sighting_newest"),
            GinIndex(ScopedGrams(KEY_SEARCHED, "organisation_id"), name="sighting_search", fastupdate=False),
        ]

    @property
    def certain(self) -> bool:
        """Whether the code cannot have been misread."""
        return self.how == "decoded"


class SharedCode(models.Model):
    """A code that stands on all goods alike, as the brand said when it dismissed an alert: never an alert again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    said_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="shared_code_once")]


class CodeAlert(models.Model):
    """重码预警: a unique code on two goods, or in two places. key: of the code, or of the pair if they are near."""

    class State(models.TextChoices):
        OPEN = "open", _("待核查")
        CONFIRMED = "confirmed", _("已核实")
        DISMISSED = "dismissed", _("已排除")

    class Kind(models.TextChoices):
        TWO_GOODS = "two_goods", _("一码两物")
        TWO_PLACES = "two_places", _("一码两地")
        NEAR = "near", _("差一个字符")

    MOVES = {
        "confirm": ({State.OPEN, State.DISMISSED}, State.CONFIRMED),
        "dismiss": ({State.OPEN, State.CONFIRMED}, State.DISMISSED),
    }
    VERBS = {"confirm": _("核实"), "dismiss": _("排除")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    product = models.ForeignKey("catalogue.Product", models.PROTECT, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=250)
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    sightings = models.ManyToManyField(CodeSighting, related_name="alerts")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="code_alert_once")]


class RunLink(models.Model):
    """同批: two finds that seem to come from one run. reasons: [{code, first, second}]. A person decides."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待判断")
        ACCEPTED = "accepted", _("认定同批")
        REFUSED = "refused", _("不是同批")

    class Strength(models.TextChoices):
        STRONG = "strong", _("强")
        MEDIUM = "medium", _("中")
        WEAK = "weak", _("弱")

    MOVES = {
        "accept": ({State.PROPOSED, State.REFUSED}, State.ACCEPTED),
        "refuse": ({State.PROPOSED, State.ACCEPTED}, State.REFUSED),
        "reopen": ({State.ACCEPTED, State.REFUSED}, State.PROPOSED),
    }
    VERBS = {"accept": _("认定同批"), "refuse": _("不认定"), "reopen": _("重新判断")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    first = models.ForeignKey(Find, models.PROTECT, related_name="+")
    second = models.ForeignKey(Find, models.PROTECT, related_name="+")
    reasons = models.JSONField(default=list)
    strength = models.CharField(max_length=10, choices=Strength)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_at = models.DateTimeField()
    flagged = models.CharField(max_length=30, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="run_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="run_link_in_order"),
        ]


class LookBack(models.Model):
    """回查: goods of an earlier request look like an entry that was confirmed later.

    was: cleared (a verdict said genuine or licensed) or open (no verdict stood). verdict: the one that cleared.
    """

    class State(models.TextChoices):
        TOLD = "told", _("已告知")
        CORRECTED = "corrected", _("已更正结论")
        KEPT = "kept", _("维持结论")

    MOVES = {
        "correct": ({State.TOLD, State.KEPT}, State.CORRECTED),
        "keep": ({State.TOLD}, State.KEPT),
    }
    VERBS = {"correct": _("更正结论"), "keep": _("维持结论")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    entry = models.ForeignKey(LibraryEntry, models.PROTECT, related_name="look_backs")
    entry_photo = models.ForeignKey(EntryPhoto, models.PROTECT, related_name="+")
    item = models.ForeignKey("desk.DeskItem", models.PROTECT, related_name="look_backs")
    photo = models.ForeignKey("desk.DeskPhoto", models.PROTECT, related_name="+")
    verdict = models.ForeignKey("desk.DeskVerdict", models.PROTECT, null=True, blank=True, related_name="+")
    was = models.CharField(max_length=10, choices=[("cleared", _("曾判为真品")), ("open", _("当时没有结论"))])
    state = models.CharField(max_length=10, choices=State, default=State.TOLD)
    band = models.CharField(max_length=10)
    score = models.FloatField()
    inliers = models.PositiveIntegerField(default=0)
    geometry = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    at = models.DateTimeField()
    flagged = models.CharField(max_length=30, blank=True)
    settled_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["entry", "item"], name="look_back_once")]


class GuidePrice(models.Model):
    """指导价 by period and region, of one unit of sale. region_codes: province codes; empty: everywhere."""

    class Occasion(models.TextChoices):
        USUAL = "usual", _("日常")
        PROMOTION = "promotion", _("促销")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey("catalogue.Product", models.CASCADE, related_name="guide_prices")
    unit = models.CharField(_("单位"), max_length=20)
    pieces = models.PositiveIntegerField(_("每单位件数"), default=1)
    price_yuan = models.DecimalField(_("指导价（元）"), max_digits=12, decimal_places=2)
    region_codes = models.JSONField(_("适用省份"), default=list, blank=True)
    occasion = models.CharField(_("场合"), max_length=10, choices=Occasion, default=Occasion.USUAL)
    valid_from = models.DateField(_("起始日"))
    valid_until = models.DateField(_("截止日"), null=True, blank=True)

    class Meta:
        ordering = ["-valid_from", "unit"]
        constraints = [
            models.CheckConstraint(condition=Q(price_yuan__gt=0) & Q(pieces__gte=1), name="guide_price_sane")
        ]


class ItemNote(models.Model):
    """What was last told to the province about one item, so that only changes are told."""

    item = models.OneToOneField("desk.DeskItem", models.CASCADE, primary_key=True, related_name="recognition_note")
    digest = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20)
    price = models.JSONField(null=True, blank=True)
    told_at = models.DateTimeField()


class IndexState(models.Model):
    """The index of one organisation: how it stands with the database. Made and kept by the worker."""

    class State(models.TextChoices):
        READY = "ready", _("可用")
        REBUILDING = "rebuilding", _("重建中")
        LOST = "lost", _("丢失，等待重建")

    organisation = models.OneToOneField("parties.Organisation", models.CASCADE, primary_key=True, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.READY)
    engine = models.CharField(max_length=40, blank=True)
    engine_code = models.CharField(
        max_length=40, blank=True, help_text="code of the list `engine`; empty: not asked yet"
    )
    photos = models.PositiveIntegerField(default=0)
    built_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    missing = models.PositiveIntegerField(default=0)
    surplus = models.PositiveIntegerField(default=0)
