"""辨认意见书: what it says, how far it is, who holds it, where its original is."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appraisal.issuing.words import EXAM_MODES, PRICE_BASES
from evidence.store import name_index
from kernel.ids import uuid7
from kernel.searching import ScopedGrams


class OpinionLetter(models.Model):
    """One version of one letter. root: id of the first version. task: the request that it answers.

    agent: the association or agency that signs for the organisation. marks: {trademark id: {"standing", "note", "by"}},
    what the reviewer decided of a mark that has lapsed or is under renewal. facts, annex_facts: canonical JSON as it
    was approved, and again as it was signed. waits_for: why a preliminary letter is not formal yet.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        AWAITING = "awaiting", _("待审批")
        PRELIMINARY = "preliminary", _("初步意见")
        FORMAL = "formal", _("正式意见书")
        WITHDRAWN = "withdrawn", _("已撤回")
        SUPERSEDED = "superseded", _("已被新版取代")
        DROPPED = "dropped", pgettext_lazy("opinion letter", "已作废")

    class ExamMode(models.TextChoices):
        PHOTO = "photo", EXAM_MODES["photo"]
        PHYSICAL = "physical", EXAM_MODES["physical"]
        ON_SITE = "on_site", EXAM_MODES["on_site"]

    class WaitsFor(models.TextChoices):
        NOTHING = "", ""
        SIGNATURE = "signature", _("等待签名")
        TIME_STAMP = "time_stamp", _("等待时间戳")

    OPEN = frozenset({State.DRAFT, State.AWAITING, State.PRELIMINARY})
    MOVES = {
        "submit": ({State.DRAFT}, State.AWAITING),
        "send_back": ({State.AWAITING}, State.DRAFT),
        "approve": ({State.DRAFT, State.AWAITING}, State.PRELIMINARY),
        "revise": ({State.PRELIMINARY}, State.DRAFT),
        "formalise": ({State.PRELIMINARY}, State.FORMAL),
        "withdraw": ({State.PRELIMINARY, State.FORMAL}, State.WITHDRAWN),
        "supersede": ({State.PRELIMINARY, State.FORMAL}, State.SUPERSEDED),
        "drop": ({State.DRAFT, State.AWAITING}, State.DROPPED),
    }
    VERBS = {
        "submit": _("送审"),
        "send_back": _("退回修改"),
        "approve": _("批准"),
        "revise": _("退回修改"),
        "formalise": _("签发"),
        "withdraw": _("撤回"),
        "supersede": _("由新版取代"),
        "drop": _("作废"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = models.UUIDField()
    version_no = models.PositiveSmallIntegerField(_("版次"), default=1)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    revision_reason = models.CharField(_("换发原因"), max_length=500, blank=True)
    task = models.ForeignKey("desk.DeskTask", models.PROTECT, related_name="letters")
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    agent = models.ForeignKey("parties.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    notice = models.ForeignKey("issuing.Notice", models.PROTECT, null=True, blank=True, related_name="letters")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    waits_for = models.CharField(_("等待"), max_length=12, choices=WaitsFor, blank=True, default=WaitsFor.NOTHING)

    author = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("拟稿人"))
    appraiser = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("鉴定人员"))
    authorisation = models.ForeignKey("parties.Authorisation", models.PROTECT, null=True, blank=True, related_name="+")
    employee_no = models.CharField(_("工号"), max_length=40, blank=True)
    exam_mode = models.CharField(_("鉴别方式"), max_length=10, choices=ExamMode, default=ExamMode.PHOTO)
    exam_began_at = models.DateTimeField(_("鉴别开始"))
    exam_ended_at = models.DateTimeField(_("鉴别结束"))
    exam_place = models.CharField(_("鉴别地点"), max_length=200, blank=True)
    remarks = models.TextField(_("说明"), max_length=2000, blank=True)
    responsibility = models.TextField(_("责任声明"), max_length=1000, blank=True)
    marks = models.JSONField(default=dict, blank=True)

    number = models.CharField(_("编号"), max_length=80, blank=True)
    check_code = models.CharField(_("查验码"), max_length=20, blank=True)
    facts = models.TextField(blank=True)
    facts_sha256 = models.CharField(max_length=64, blank=True)
    annex_facts = models.TextField(blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=0)
    approved_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    issued_on = models.DateField(_("出具日期"), null=True, blank=True)
    formal_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)
    problem = models.CharField(max_length=500, blank=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("撤回原因"), max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    search_text = models.TextField(default="", db_default="", editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="letter_number_once"),
            models.UniqueConstraint(
                fields=["root"], condition=Q(state__in=["draft", "awaiting"]), name="letter_one_draft_at_a_time"
            ),
            models.UniqueConstraint(fields=["supersedes"], condition=~Q(state="dropped"), name="letter_one_successor"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="letter_desk"),
            models.Index(fields=["waits_for", "next_try_at"], name="letter_waiting"),
            GinIndex(ScopedGrams("search_text", "organisation_id"), name="letter_search", fastupdate=False),
            models.Index(fields=["id"], condition=Q(search_text=""), name="letter_unsearchable"),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)


class LetterItem(models.Model):
    """One kind of goods in a letter. verdict: the one that the paper repeats. price: of one unit, with its basis."""

    class PriceBasis(models.TextChoices):
        NONE = "", _("不写价格")
        GUIDE = "guide_price", PRICE_BASES["guide_price"]
        LIST = "list_price", PRICE_BASES["list_price"]
        INVOICES = "invoice_average", PRICE_BASES["invoice_average"]
        SURVEY = "retail_survey", PRICE_BASES["retail_survey"]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OpinionLetter, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey("desk.DeskItem", models.PROTECT, related_name="+")
    verdict = models.ForeignKey("desk.DeskVerdict", models.PROTECT, related_name="+")
    statement = models.TextField(_("说明"), max_length=2000, blank=True)
    seal_no = models.CharField(_("封样编号"), max_length=60, blank=True)
    price_yuan = models.DecimalField(_("正品价格（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    price_unit = models.CharField(_("计价单位"), max_length=20, blank=True)
    price_basis = models.CharField(_("价格依据"), max_length=20, choices=PriceBasis, blank=True)
    price_basis_text = models.CharField(_("依据说明"), max_length=300, blank=True)
    price_as_of = models.DateField(_("价格日期"), null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["letter", "item"], name="letter_item_once")]


class LetterFinding(models.Model):
    """One feature compared. grade: who may read it."""

    class Grade(models.TextChoices):
        PRINTED = "printed", _("印在意见书上")
        ANNEX = "annex", _("密封附件，只给行政机关")
        KEPT = "kept", _("不出企业")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(LetterItem, models.CASCADE, related_name="findings")
    position = models.PositiveSmallIntegerField()
    grade = models.CharField(_("去向"), max_length=10, choices=Grade, default=Grade.ANNEX)
    feature = models.CharField(_("特征"), max_length=200)
    genuine = models.TextField(_("正品"), max_length=4000, blank=True)
    sample = models.TextField(_("样品"), max_length=4000, blank=True)
    difference = models.TextField(_("差异"), max_length=4000, blank=True)

    class Meta:
        ordering = ["position", "id"]


class LetterApproval(models.Model):
    """The organisation's own approval, or a return with the reason. round: counts submissions. Insert-only."""

    class Kind(models.TextChoices):
        LEGAL = "legal", _("法务审核")
        SEAL = "seal", _("用印批准")

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("同意")
        RETURNED = "returned", _("退回")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OpinionLetter, models.PROTECT, related_name="approvals")
    kind = models.CharField(max_length=10, choices=Kind)
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["letter", "kind", "round"], name="letter_approved_once")]


class LetterFile(models.Model):
    """A file of a letter: the signed paper, the sealed annex, the scan of the original. Insert-only.

    code_read: for a scan, whether the code on it was read by machine or confirmed by a person.
    """

    class Kind(models.TextChoices):
        PAPER = "paper", _("意见书")
        ANNEX = "annex", _("密封附件")
        SIGNED = "signed", _("已签名，待时间戳")
        SIGNED_ANNEX = "signed_annex", _("密封附件，待时间戳")
        SCAN = "scan", _("原件扫描件")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OpinionLetter, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=12, choices=Kind)
    object_key = models.CharField(max_length=200)
    media_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    code_read = models.CharField(max_length=10, blank=True)
    by_name = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "kind"], condition=~Q(kind="scan"), name="letter_one_file_of_a_kind"
            )
        ]
        indexes = [name_index("object_key", name="letter_file_object")]


class LetterHolder(models.Model):
    """A matter that holds the letter and is told of every change. because: commission, or recognition elsewhere."""

    class Because(models.TextChoices):
        COMMISSION = "commission", _("委托单位")
        REUSE = "reuse", _("互认")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OpinionLetter, models.PROTECT, related_name="holders")
    because = models.CharField(max_length=12, choices=Because)
    province_code = models.CharField(max_length=31)
    request_id = models.UUIDField()
    thread = models.UUIDField()
    relies = models.BooleanField(_("已采用"), default=False)
    since = models.DateTimeField()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "province_code", "request_id"], name="letter_holder_once")
        ]


class Mailing(models.Model):
    """The original on its way. One that failed stays; a new try is a new row that names it."""

    class State(models.TextChoices):
        SENT = "sent", _("已寄出")
        RECEIVED = "received", _("已签收")
        FAILED = "failed", _("未送达")
        RETURNED = "returned", pgettext_lazy("mailing", "被退回重寄")

    MOVES = {
        "receive": ({State.SENT}, State.RECEIVED),
        "fail": ({State.SENT}, State.FAILED),
        "send_back": ({State.SENT, State.RECEIVED}, State.RETURNED),
    }
    VERBS = {"receive": _("签收"), "fail": _("登记未送达"), "send_back": _("退回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OpinionLetter, models.PROTECT, related_name="mailings")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SENT)
    courier = models.CharField(_("快递公司"), max_length=60)
    waybill_no = models.CharField(_("运单号"), max_length=60)
    sent_on = models.DateTimeField(_("寄出"))
    received_on = models.DateTimeField(_("签收时间"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=500, blank=True)
    by_name = models.CharField(max_length=40)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["letter", "waybill_no"], name="mailing_waybill_once")]


class Certificate(models.Model):
    """What anybody who holds number and code may know. No person is named here; names of organisations as they were.

    lookup: HMAC of number and code, the only way in. items: [{"position", "name", "quantity", "unit", "value"}].
    """

    lookup = models.CharField(max_length=64, primary_key=True)
    letter_id = models.UUIDField(unique=True)
    number = models.CharField(max_length=80)
    version_no = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=OpinionLetter.State)
    waits_for = models.CharField(max_length=12, blank=True)
    holder_name = models.CharField(max_length=80)
    agent_name = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    superseded_by_no = models.CharField(max_length=80, blank=True)
    supersedes_no = models.CharField(max_length=80, blank=True)
    authorisation_no = models.CharField(max_length=60, blank=True)
    authorisation_from = models.DateField(null=True, blank=True)
    authorisation_until = models.DateField(null=True, blank=True)
    trademarks = models.JSONField(default=list)
    items = models.JSONField(default=list)
    facts_sha256 = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    is_demo = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["number", "version_no"]
