"""线索: what was said, by whom, about whom, where, and who holds it now.

Source of the fields: 线索登记表/台账 (T3). `competent_unit` is what was decided about jurisdiction, `holder_unit` and
`holder` are who has the clue in hand: two things, and the second is never empty.

A unit that is not competent sends the clue back to the desk. There is no step by which it could pass it on.
"""

from __future__ import annotations

from itertools import repeat

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from federation.letters import clue_words
from kernel import clock
from kernel.ids import uuid7
from kernel.searching import Grams, search_text


class Clue(models.Model):
    """One clue. Merged ones keep their number, sources and files; `lead` is the record that goes on for them.

    address_raw is never overwritten; division_* say what was read from it (`divisions.resolving`), how surely and how.
    verify_by: the day the check ends (working days, pauses and extensions in); provisional if a year of the holiday
    table was missing. due_at: the next thing owed by whoever holds it, for sorting and for colour.
    """

    class State(models.TextChoices):
        REGISTERED = "registered", _("待甄别")
        ASSESSING = "assessing", _("研判中")
        SCREENED = "screened", _("待分派")
        DISPATCHED = "dispatched", _("待签收")
        VERIFYING = "verifying", _("核查中")
        RETURNED = "returned", _("退回待派")
        DISPUTED = "disputed", _("管辖争议")
        ENDED = "ended", _("已办结")
        MERGED = "merged", _("已并入")

    class SourceKind(models.TextChoices):
        OFFICER = "officer", _("执法人员")
        SECTION = "section", _("内设股室")
        STATION = "station", _("市场监管所")
        BRAND = "brand", _("品牌企业")
        ASSOCIATION = "association", _("行业协会")
        REPORT = "report", _("举报")
        COMPLAINT = "complaint", _("投诉")
        WHISTLEBLOWER = "whistleblower", _("内部举报人")
        HOTLINE_12315 = "hotline_12315", _("12315")
        MEDIA = "media", _("媒体曝光")
        MONITORING = "monitoring", _("线上监测")
        PLATFORM = "platform", _("电商平台")
        TRANSFER_IN = "transfer_in", _("外省移送")
        GRID = "grid", _("网格员、快递员、骑手")

    PlaceRole = clue_words.PlaceRole
    Channel = clue_words.Channel
    ChainStage = clue_words.ChainStage

    class AreaTag(models.TextChoices):
        INTERNET = "internet", _("互联网")
        RURAL_MARKET = "rural_market", _("农村市场")
        URBAN_RURAL_FRINGE = "urban_rural_fringe", _("城乡结合部")

    Violation = clue_words.Violation

    class Priority(models.TextChoices):
        NORMAL = "normal", _("一般")
        RAISED = "raised", _("重点")
        URGENT = "urgent", _("特急")

    SubjectKind = clue_words.SubjectKind

    class Secrecy(models.TextChoices):
        ORDINARY = "ordinary", _("一般")
        REPORTER_PROTECTED = "reporter_protected", _("保护举报人")

    class Result(models.TextChoices):
        TRUE = "true", _("属实")
        PARTLY = "partly", _("部分属实")
        UNTRUE = "untrue", _("不属实")
        UNVERIFIABLE = "unverifiable", _("无法查实")
        NOT_COMPETENT = "not_competent", _("不属本机关管辖")
        DUPLICATE = "duplicate", _("重复")

    class Outcome(models.TextChoices):
        FILED = "filed", _("已立案")
        NO_FILING = "no_filing", _("不予立案")
        TRANSFERRED = "transferred", _("移送其他机关")
        REFERRED = "referred", _("移送公安机关")
        ASSISTED = "assisted", _("已协助")
        CLOSED = "closed", _("办结")

    OPEN = (
        State.REGISTERED,
        State.ASSESSING,
        State.SCREENED,
        State.DISPATCHED,
        State.VERIFYING,
        State.RETURNED,
        State.DISPUTED,
    )
    AT_THE_DESK = (State.REGISTERED, State.ASSESSING, State.SCREENED, State.RETURNED, State.DISPUTED)
    MOVES = {
        "assess": ({State.REGISTERED, State.SCREENED, State.RETURNED}, State.ASSESSING),
        "screen": ({State.REGISTERED, State.ASSESSING}, State.SCREENED),
        "dispatch": ({State.REGISTERED, State.SCREENED, State.RETURNED, State.DISPUTED}, State.DISPATCHED),
        "recall": ({State.DISPATCHED}, State.SCREENED),
        "sign_for": ({State.DISPATCHED}, State.VERIFYING),
        "return": ({State.DISPATCHED, State.VERIFYING}, State.RETURNED),
        "dispute": ({State.DISPATCHED, State.VERIFYING, State.RETURNED}, State.DISPUTED),
        "take": ({State.DISPUTED}, State.VERIFYING),
        "end": ({State.REGISTERED, State.ASSESSING, State.SCREENED, State.RETURNED, State.VERIFYING}, State.ENDED),
        "reopen": ({State.ENDED}, State.SCREENED),
        "merge": ({*OPEN}, State.MERGED),
        **{f"unmerge_{state}": ({merged}, state) for state, merged in zip(OPEN, repeat(State.MERGED), strict=False)},
    }
    VERBS = {
        "assess": _("提交研判"),
        "screen": _("甄别完毕"),
        "dispatch": _("分派"),
        "recall": _("撤回分派"),
        "sign_for": _("签收"),
        "return": _("退回"),
        "dispute": _("报管辖争议"),
        "take": _("协商后承办"),
        "end": _("办结"),
        "reopen": _("重新办理"),
        "merge": _("并入"),
        **{f"unmerge_{state}": _("撤销并案") for state in OPEN},
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("线索编号"), max_length=40, unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.REGISTERED)
    registered_at = models.DateTimeField(_("登记时间"), default=clock.now)
    registered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    registered_name = models.CharField(_("登记人"), max_length=80)
    desk_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("受理单位"))
    competent_unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("管辖单位")
    )
    holder_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    holder = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    source_kind = models.CharField(_("来源"), max_length=16, choices=SourceKind)
    source_name = models.CharField(_("来源单位"), max_length=120, blank=True)

    subject_kind = models.CharField(
        _("被反映主体类别"), max_length=16, choices=SubjectKind, default=SubjectKind.UNKNOWN
    )
    subject_name = models.CharField(_("被反映主体"), max_length=120, blank=True)
    subject_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    subject_phone = models.CharField(_("电话"), max_length=30, blank=True)
    subject_account = models.CharField(_("平台和账号"), max_length=200, blank=True)

    address_raw = models.TextField(_("地址原文"), max_length=1000, blank=True)
    place_role = models.CharField(_("这是什么地址"), max_length=10, choices=PlaceRole, blank=True)
    division_code = models.CharField(_("区划代码"), max_length=6, blank=True)
    division_level = models.CharField(max_length=12, blank=True)
    division_confidence = models.FloatField(_("把握"), null=True, blank=True, help_text="0 to 1")
    division_method = models.CharField(_("方法"), max_length=40, blank=True)
    division_why = models.JSONField(default=dict, encoder=DjangoJSONEncoder, help_text="zh, en, runner_up, candidates")

    title = models.CharField(_("摘要"), max_length=120)
    content = models.TextField(_("内容"), max_length=8000)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel, default=Channel.OFFLINE)
    chain_stage = models.CharField(_("链条环节"), max_length=10, choices=ChainStage, blank=True)
    area_tags = ArrayField(models.CharField(max_length=20, choices=AreaTag), verbose_name=_("区域"), default=list)
    violations = ArrayField(
        models.CharField(max_length=24, choices=Violation), verbose_name=_("涉嫌违法类型"), default=list
    )
    estimated_value = models.DecimalField(_("估计货值"), max_digits=14, decimal_places=2, null=True, blank=True)
    priority = models.CharField(_("紧急程度"), max_length=8, choices=Priority, default=Priority.NORMAL)
    priority_why = models.CharField(_("重点原因"), max_length=200, blank=True)
    secrecy = models.CharField(_("保密级别"), max_length=20, choices=Secrecy, default=Secrecy.ORDINARY)

    verify_by = models.DateField(_("核查期限"), null=True, blank=True)
    verify_by_provisional = models.BooleanField(default=False)
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    clock_from = models.DateTimeField(
        _("核查起算"), null=True, blank=True, help_text="after reopening; else registered"
    )
    proposed_unit = models.ForeignKey(
        "accounts.Unit", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("建议单位")
    )
    proposed_officer = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("建议承办人")
    )
    proposal = models.JSONField(
        default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="zh, en, rule, confidence, runner_up, matter"
    )
    out_of_province = models.JSONField(
        _("外省线索建议"), default=dict, blank=True, encoder=DjangoJSONEncoder, help_text="division_code, name"
    )

    result = models.CharField(_("核查结果"), max_length=14, choices=Result, blank=True)
    outcome = models.CharField(_("处置"), max_length=12, choices=Outcome, blank=True)
    ended_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    outside_number = models.CharField(
        _("办案系统案号"), max_length=80, blank=True, help_text="of the case it ended with, where that is kept outside"
    )
    ending_words = models.CharField(_("办结说明"), max_length=1000, blank=True)

    lead = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    search_text = models.GeneratedField(
        expression=search_text(
            "number", "title", "subject_name", "subject_code", "subject_phone", "subject_account", "address_raw"
        ),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )

    class Meta:
        ordering = ["-registered_at", "-id"]
        indexes = [
            models.Index(fields=["holder_unit", "state", "-registered_at"], name="clue_holder_state"),
            models.Index(fields=["desk_unit", "state", "-registered_at"], name="clue_desk_state"),
            models.Index(fields=["-registered_at", "-id"], name="clue_newest"),
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="clue_due"),
            models.Index(fields=["due_at", "id"], name="clue_by_due"),
            models.Index(fields=["verify_by", "id"], name="clue_by_term"),
            models.Index(fields=["state", "-registered_at", "-id"], name="clue_by_state"),
            models.Index(fields=["source_kind", "-registered_at", "-id"], name="clue_by_source"),
            models.Index(fields=["-priority", "-registered_at", "-id"], name="clue_by_priority"),
            models.Index(fields=["subject_name", "id"], name="clue_by_subject"),
            models.Index(
                models.F("estimated_value").desc(nulls_last=True), models.F("id").desc(), name="clue_by_value"
            ),
            models.Index(models.F("ended_at").desc(nulls_last=True), models.F("id").desc(), name="clue_by_end"),
            GinIndex(fields=["violations"], name="clue_violations"),
            GinIndex(fields=["area_tags"], name="clue_area_tags"),
            GinIndex(Grams("search_text"), name="clue_search_grams", fastupdate=False),
            models.Index(fields=["division_code", "-registered_at"], name="clue_division"),
            models.Index(fields=["subject_code"], condition=~models.Q(subject_code=""), name="clue_subject_code"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="merged", lead__isnull=False)
                | ~models.Q(state="merged") & models.Q(lead=None),
                name="clue_merged_has_lead",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ended") | ~models.Q(outcome=""), name="clue_ended_has_outcome"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ClueSource(models.Model):
    """Where a clue came from. Insert-only. A merged clue keeps its own: each source gets its own answer.

    ref: the source's own number. record_kind, record_id: what it started from here (`requests.AppraisalRequest`,
    `inspections.Inspection`, `evidence.Waybill`, a letter's id, a row of an imported file), so twice is once.
    party: who is answered by letter (`brand:…`), empty where nobody is.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="sources")
    kind = models.CharField(_("来源"), max_length=16, choices=Clue.SourceKind)
    name = models.CharField(_("来源单位"), max_length=120, blank=True)
    ref = models.CharField(_("来源单号"), max_length=120, blank=True)
    outlet_day = models.DateField(_("报道或监测日期"), null=True, blank=True)
    link = models.CharField(_("链接"), max_length=500, blank=True)
    party = models.CharField(max_length=80, blank=True)
    record_kind = models.CharField(max_length=60, blank=True)
    record_id = models.CharField(max_length=120, blank=True)
    by_user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["kind", "ref"], name="clue_source_ref")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "ref"], condition=~models.Q(ref=""), name="clue_source_ref_once"
            ),
            models.UniqueConstraint(
                fields=["record_kind", "record_id"], condition=~models.Q(record_id=""), name="clue_source_record_once"
            ),
        ]


class ClueProduct(models.Model):
    """A brand and product that a clue is about. product_id: of the catalogue, where it is in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.CASCADE, related_name="products")
    brand_id = models.UUIDField(null=True, blank=True)
    brand_name = models.CharField(_("品牌"), max_length=80)
    product_id = models.UUIDField(null=True, blank=True)
    product_name = models.CharField(_("产品"), max_length=120, blank=True)
    code = models.CharField(_("产品上的码"), max_length=120, blank=True)

    class Meta:
        ordering = ["brand_name", "product_name", "id"]
        indexes = [models.Index(fields=["brand_name", "clue"], name="clue_product_brand")]


class ClueFile(models.Model):
    """附件: a sealed exhibit of the province (`evidence.Exhibit`), and what it shows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="files")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    what = models.CharField(_("说明"), max_length=80, blank=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["clue", "exhibit"], name="clue_file_once")]


class ClueMatter(models.Model):
    """What came of a clue, or what it came from: an inspection, a request, a case."""

    class Kind(models.TextChoices):
        REQUEST = "request", _("鉴定申请")
        INSPECTION = "inspection", _("现场检查")
        CASE = "case", _("案件")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="matters")
    kind = models.CharField(max_length=12, choices=Kind)
    record_id = models.UUIDField()
    began_it = models.BooleanField(default=False, help_text="the clue came from it")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["clue", "kind", "record_id"], name="clue_matter_once")]
        indexes = [models.Index(fields=["kind", "record_id"], name="clue_matter_record")]
