"""The officer asks: sites, requests, items, photos, and what came back. All rows live in the province's schema."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from federation.contracts.appraisal import VerdictValue
from kernel.ids import uuid7
from kernel.searching import ScopedGrams


class VerdictChoice(models.TextChoices):
    """辨认结论 in words, in the order of the keys 1 to 8 on the desk."""

    GENUINE = VerdictValue.GENUINE.value, _("真品")
    COUNTERFEIT = VerdictValue.COUNTERFEIT.value, _("假冒")
    REFILLED_OR_REASSEMBLED = VerdictValue.REFILLED_OR_REASSEMBLED.value, _("灌装或拼装")
    LICENSED_OR_AUTHORISED = VerdictValue.LICENSED_OR_AUTHORISED.value, _("许可或授权产品")
    GREY_MARKET = VerdictValue.GREY_MARKET.value, _("窜货（真品）")
    NOT_OUR_PRODUCT_LINE = VerdictValue.NOT_OUR_PRODUCT_LINE.value, _("非本企业产品线")
    CANNOT_TELL_NEED_PHOTOS = VerdictValue.CANNOT_TELL_NEED_PHOTOS.value, _("照片不足，无法判断")
    CANNOT_TELL_NEED_SAMPLE = VerdictValue.CANNOT_TELL_NEED_SAMPLE.value, _("需寄样品判断")


class Site(models.Model):
    """One visit to one place. Its requests, one for each right holder, come back to one overview.

    Place and position stay in the province: letters carry `county_code` only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    place = models.CharField(_("地点"), max_length=200, blank=True)
    county_code = models.CharField(_("县级行政区划代码"), max_length=6)
    latitude = models.DecimalField(_("纬度（WGS-84）"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("经度（WGS-84）"), max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy_m = models.PositiveIntegerField(_("定位精度（米）"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]


class AppraisalRequest(models.Model):
    """鉴定申请: asked of one organisation about one or more items.

    The clock is split: waiting_s until somebody at the brand takes it, brand_s while they work, officer_s while the
    brand waits for photos. `phase` is what runs now, since `phase_since`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SENT = "sent", _("等待接单")
        WORKING = "working", _("鉴定中")
        SUPPLEMENT = "supplement", _("等您补拍")
        PARTLY_ANSWERED = "partly_answered", _("部分已答")
        ANSWERED = "answered", _("已答复")
        NO_ANSWER = "no_answer", _("无人应答")
        UNSERVED = "unserved", _("品牌未入驻")
        CANCELLED = "cancelled", _("已取消")

    class Phase(models.TextChoices):
        NONE = "", _("未计时")
        WAITING = "waiting", _("等待接单")
        BRAND = "brand", _("品牌处理")
        OFFICER = "officer", _("等待补充")

    class Violation(models.TextChoices):
        NONE = "", _("未填写")
        TRADEMARK = "trademark_infringement", _("侵犯注册商标专用权")
        PASSING_OFF = "passing_off_fake_as_real", _("以假充真")
        SUBSTANDARD = "substandard", _("不合格产品")
        IMITATION = "imitation", _("仿冒混淆")
        PATENT = "patent_passing_off", _("假冒专利")
        OTHER = "other", _("其他")

    _OPEN = {State.SENT, State.WORKING, State.SUPPLEMENT, State.PARTLY_ANSWERED, State.NO_ANSWER}
    MOVES = {
        "send": ({State.DRAFT}, State.SENT),
        "keep": ({State.DRAFT}, State.UNSERVED),
        "claim": ({State.SENT, State.NO_ANSWER}, State.WORKING),
        "release": ({State.WORKING, State.SUPPLEMENT}, State.SENT),
        "ask_photos": (_OPEN, State.SUPPLEMENT),
        "photos_in": ({State.SUPPLEMENT}, State.WORKING),
        "answer_part": (_OPEN, State.PARTLY_ANSWERED),
        "answer": (_OPEN, State.ANSWERED),
        "reopen": ({State.PARTLY_ANSWERED, State.ANSWERED}, State.WORKING),
        "give_up": ({State.SENT}, State.NO_ANSWER),
        "cancel": (_OPEN | {State.DRAFT, State.UNSERVED}, State.CANCELLED),
    }
    VERBS = {
        "send": _("发送"),
        "keep": _("留存"),
        "claim": _("接单"),
        "release": _("退回队列"),
        "ask_photos": _("要求补拍"),
        "photos_in": _("补拍送达"),
        "answer_part": _("部分答复"),
        "answer": _("答复"),
        "reopen": _("重新打开"),
        "give_up": _("记为无人应答"),
        "cancel": _("取消"),
    }
    PHASES = {
        State.SENT: Phase.WAITING,
        State.NO_ANSWER: Phase.WAITING,
        State.WORKING: Phase.BRAND,
        State.PARTLY_ANSWERED: Phase.BRAND,
        State.SUPPLEMENT: Phase.OFFICER,
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("申请编号"), max_length=40, unique=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="requests")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    officer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    organisation_id = models.UUIDField(_("鉴定方"), null=True, blank=True)
    organisation_name = models.CharField(_("鉴定方名称"), max_length=120, blank=True)
    brand_name = models.CharField(_("标称品牌"), max_length=80)
    state = models.CharField(_("状态"), max_length=20, choices=State, default=State.DRAFT)
    question = models.TextField(_("问题"), max_length=2000, blank=True)
    urgent = models.BooleanField(_("加急"), default=False)

    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("承诺时间"), null=True, blank=True)
    claimed_by_name = models.CharField(_("鉴定人员"), max_length=40, blank=True)
    rung_at = models.DateTimeField(_("已通知"), null=True, blank=True)
    read_at = models.DateTimeField(_("已读"), null=True, blank=True)
    enough_at = models.DateTimeField(_("品牌说够了"), null=True, blank=True)

    phase = models.CharField(max_length=10, choices=Phase, default=Phase.NONE, blank=True)
    phase_since = models.DateTimeField(null=True, blank=True)
    waiting_s = models.PositiveIntegerField(default=0)
    brand_s = models.PositiveIntegerField(default=0)
    officer_s = models.PositiveIntegerField(default=0)
    wall_minutes = models.PositiveIntegerField(_("自然时间（分钟）"), null=True, blank=True)
    office_minutes = models.PositiveIntegerField(_("工作时间（分钟）"), null=True, blank=True)
    search_text = models.TextField(default="", db_default="", editable=False)  # services.drafting.write_search_text

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "-id"], name="request_unit"),
            GinIndex(ScopedGrams("search_text", "unit_id"), name="request_search_scoped", fastupdate=False),
            models.Index(fields=["id"], condition=models.Q(search_text=""), name="request_unsearchable"),
            models.Index(fields=["unit", "state", "-id"], name="request_unit_state"),
            models.Index(fields=["officer", "-id"], include=["unit", "state"], name="request_own"),
            models.Index(fields=["state", "due_at"], name="request_due"),
            models.Index(fields=["unit", "sent_at"], name="request_unit_sent"),
            models.Index(
                fields=["unit", "answered_at"],
                include=["wall_minutes", "office_minutes", "id"],
                name="request_unit_answered",
            ),
        ]


class RequestItem(models.Model):
    """One kind of goods. Claimed brand, verdict and right infringed are three things (M-16)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(AppraisalRequest, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=1)
    product_id = models.UUIDField(_("产品"), null=True, blank=True)
    product_name = models.CharField(_("产品名称"), max_length=120)
    claimed_brand = models.CharField(_("标称品牌"), max_length=80)
    category = models.CharField(_("类别"), max_length=40, blank=True)
    shot_list_version = models.PositiveIntegerField(_("拍照模板版本"), default=1)
    shot_list = models.JSONField(_("拍照模板"), default=list, help_text="the shots as they were when the draft began")
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    quantity_unit = models.CharField(_("单位"), max_length=20, blank=True)
    claimed_price_yuan = models.DecimalField(_("标价（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    package_state = models.CharField(_("包装状态"), max_length=40, blank=True)
    waybill_no = models.CharField(_("物流单号"), max_length=60, blank=True)
    batch_no = models.CharField(_("批号"), max_length=60, blank=True)
    barcode = models.CharField(
        _("条码"),
        max_length=20,
        default="",
        db_default="",
        blank=True,
        help_text="GTIN read from goods that the catalogue lacks",
    )
    stood_where = models.CharField(_("摆放位置"), max_length=120, blank=True)
    violation = models.CharField(
        _("违法类型"), max_length=40, choices=AppraisalRequest.Violation, default="", blank=True
    )
    infringed_right = models.CharField(_("被侵犯的权利"), max_length=200, blank=True)

    class Meta:
        ordering = ["position", "id"]


class ItemPhoto(models.Model):
    """One sealed photo of one shot. Its id travels; the exhibit holds the bytes."""

    class Source(models.TextChoices):
        CAMERA = "camera", _("现场拍摄")
        ALBUM = "album", _("相册")
        CHAT = "chat", _("对话")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(RequestItem, models.CASCADE, related_name="photos")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    shot_code = models.CharField(_("拍照项"), max_length=40)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    kept_reason = models.CharField(_("保留原因"), max_length=200, blank=True)
    supplement = models.ForeignKey("Supplement", models.SET_NULL, null=True, blank=True, related_name="photos")
    added_at = models.DateTimeField(auto_now_add=True)
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["item", "shot_code", "exhibit"], name="photo_once_per_shot")]


class AbsentShot(models.Model):
    """A required shot that cannot be taken, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(RequestItem, models.CASCADE, related_name="absent_shots")
    shot_code = models.CharField(max_length=40)
    absent_reason = models.CharField(_("原因"), max_length=200)
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "shot_code"], name="absent_once_per_shot")]


class Supplement(models.Model):
    """The appraiser asked for one shot again. Open until photos for it left, or the officer said it cannot be."""

    id = models.UUIDField(primary_key=True, editable=False)
    item = models.ForeignKey(RequestItem, models.CASCADE, related_name="supplements")
    shot_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    asked_by_name = models.CharField(max_length=40)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]


class Opinion(models.Model):
    """What arrived in one letter: verdicts by one appraiser, with the authority printed on it. Insert-only."""

    id = models.UUIDField(primary_key=True, editable=False)
    request = models.ForeignKey(AppraisalRequest, models.PROTECT, related_name="opinions")
    letter_id = models.UUIDField(unique=True)
    given_at = models.DateTimeField()
    received_at = models.DateTimeField()
    appraiser_name = models.CharField(max_length=40)
    authority = models.JSONField()
    on_site = models.BooleanField(default=False)
    late = models.BooleanField(_("取消后收到"), default=False)

    class Meta:
        ordering = ["given_at", "id"]
        indexes = [models.Index(fields=["given_at", "id"], name="opinion_given")]


class Verdict(models.Model):
    """辨认结论 of one item. Insert-only: a new one supersedes, a withdrawal is a row of its own."""

    id = models.UUIDField(primary_key=True, editable=False)
    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="verdicts")
    item = models.ForeignKey(RequestItem, models.PROTECT, related_name="verdicts")
    value = models.CharField(_("辨认结论"), max_length=40, choices=VerdictChoice)
    reasons = models.TextField(_("理由"))
    checkpoints = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    infringed_right = models.CharField(max_length=200, blank=True)
    supersedes = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["opinion__given_at", "id"]


class SceneSignature(models.Model):
    """On the premises the appraiser wrote their name on glass below these verdicts. Insert-only.

    page: canonical JSON of what stood above the glass. strokes: canonical JSON of how the name was written; it names
    page_sha256 (`webui.signatures`).
    """

    id = models.UUIDField(primary_key=True, editable=False)
    request = models.ForeignKey(AppraisalRequest, models.PROTECT, related_name="scene_signatures")
    letter_id = models.UUIDField(unique=True)
    appraiser_name = models.CharField(_("签名人"), max_length=40)
    authority = models.JSONField(_("授权"))
    signed_at = models.DateTimeField(_("签名时间"))
    received_at = models.DateTimeField(_("收到时间"))
    verdict_ids = models.JSONField()
    page = models.TextField()
    page_sha256 = models.CharField(max_length=64)
    strokes = models.TextField()
    strokes_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["signed_at", "id"]


class VerdictWithdrawal(models.Model):
    """A verdict was taken back, and why. Insert-only."""

    verdict = models.OneToOneField(Verdict, models.PROTECT, primary_key=True, related_name="withdrawal")
    letter_id = models.UUIDField(unique=True)
    reason = models.CharField(max_length=1000)
    who = models.CharField(max_length=40)
    withdrawn_at = models.DateTimeField()


class Line(models.Model):
    """One line of a request's timeline: what happened, or what somebody said. What it says is never changed.

    posted_at: when what an officer said left for the brand; it waits until its photos can be seen.
    """

    class Kind(models.TextChoices):
        SENT = "sent", _("已发出")
        ARRIVED = "arrived", _("已送达")
        RUNG = "rung", _("已通知值班人员")
        READ = "read", _("值班人员已读")
        OPENED = "opened", _("已打开")
        CLAIMED = "claimed", _("已接单")
        RELEASED = "released", _("退回队列")
        REMINDED = "reminded", _("已催办")
        HANDED_OVER = "handed_over", _("转下一位值班")
        ENOUGH = "enough", _("照片已够")
        CHAT = "chat", _("对话")
        SUPPLEMENT = "supplement", _("请补拍")
        PHOTOS = "photos", _("已补充照片")
        VERDICT = "verdict", _("辨认结论")
        SIGNED = "signed", _("现场签名")
        WITHDRAWN = "withdrawn", _("结论撤回")
        LATE = "late", _("取消后收到结论")
        ONSITE = "onsite", _("现场协助")
        NO_ANSWER = "no_answer", _("无人应答")
        CANCELLED = "cancelled", _("已取消")
        HANDLER = "handler", _("经办人变更")
        MAILED = "mailed", _("意见书原件已寄出")

    class Side(models.TextChoices):
        BUREAU = "bureau", _("本局")
        BRAND = "brand", _("品牌")
        SYSTEM = "system", _("系统")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(AppraisalRequest, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=20, choices=Kind)
    side = models.CharField(max_length=10, choices=Side)
    who = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    letter_id = models.UUIDField(null=True, blank=True, unique=True)
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]


class LinePhoto(models.Model):
    """A photo said in a chat line, sealed like a shot."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(Line, models.CASCADE, related_name="photos")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")


class Appointment(models.Model):
    """现场协助: asked or offered, agreed with a time, declined, done."""

    class Step(models.TextChoices):
        ASKED = "asked", _("已申请")
        OFFERED = "offered", _("品牌提出")
        AGREED = "agreed", _("已约定")
        DECLINED = "declined", _("未能约定")
        DONE = "done", _("已到场")

    MOVES = {
        "agree": ({Step.ASKED, Step.OFFERED}, Step.AGREED),
        "decline": ({Step.ASKED, Step.OFFERED, Step.AGREED}, Step.DECLINED),
        "finish": ({Step.AGREED}, Step.DONE),
        "arrive": ({Step.ASKED, Step.OFFERED, Step.AGREED}, Step.DONE),
    }
    VERBS = {"agree": _("同意"), "decline": _("谢绝"), "finish": _("记为已到场"), "arrive": _("到场")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(AppraisalRequest, models.CASCADE, related_name="appointments")
    state = models.CharField(max_length=10, choices=Step)
    meet_at = models.DateTimeField(_("约定时间"), null=True, blank=True)
    who = models.CharField(_("到场人员"), max_length=40, blank=True)
    contact = models.CharField(_("联系方式"), max_length=60, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]


class Consultation(models.Model):
    """咨询: a line between officers and a brand outside any request."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    officer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    organisation_id = models.UUIDField()
    organisation_name = models.CharField(max_length=120)
    subject = models.CharField(_("主题"), max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-last_at"]


class ConsultationLine(models.Model):
    """One line of a consultation. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="lines")
    side = models.CharField(max_length=10, choices=Line.Side)
    who = models.CharField(max_length=40)
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()
    letter_id = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ["at", "id"]


class AssistanceTask(models.Model):
    """执法协助: asked of an enterprise, answered by a day."""

    class State(models.TextChoices):
        ASKED = "asked", _("已发出")
        ACCEPTED = "accepted", _("已接受")
        DECLINED = "declined", _("已谢绝")
        DONE = "done", _("已完成")

    MOVES = {
        "accept": ({State.ASKED}, State.ACCEPTED),
        "decline": ({State.ASKED}, State.DECLINED),
        "finish": ({State.ASKED, State.ACCEPTED}, State.DONE),
    }
    VERBS = {"accept": _("接受"), "decline": _("谢绝"), "finish": _("完成")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    officer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    organisation_id = models.UUIDField()
    organisation_name = models.CharField(max_length=120)
    subject = models.CharField(_("事项"), max_length=120)
    text = models.TextField(_("内容"), max_length=4000)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reply_by = models.DateTimeField(_("答复期限"))
    reply = models.TextField(max_length=4000, blank=True)
    replied_by_name = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
