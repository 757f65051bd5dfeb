"""The brand answers: tasks over all provinces in one queue. Rows live in the shared layer and belong to the brand.

Nothing here points to a province's row: UUIDs came by letter.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from federation.contracts.appraisal import VerdictValue
from kernel.ids import uuid7
from kernel.searching import ScopedGrams


class DeskTask(models.Model):
    """One commission of one province to one organisation."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待接单")
        CLAIMED = "claimed", _("鉴定中")
        SUPPLEMENT = "supplement", _("等补拍")
        PARTLY_ANSWERED = "partly_answered", _("部分已答")
        ANSWERED = "answered", _("已答复")
        CANCELLED = "cancelled", _("申请方已取消")

    _HELD = {State.CLAIMED, State.SUPPLEMENT, State.PARTLY_ANSWERED}
    MOVES = {
        "claim": ({State.WAITING}, State.CLAIMED),
        "release": (_HELD, State.WAITING),
        "ask_photos": (_HELD, State.SUPPLEMENT),
        "photos_in": ({State.SUPPLEMENT}, State.CLAIMED),
        "answer_part": (_HELD, State.PARTLY_ANSWERED),
        "answer": (_HELD, State.ANSWERED),
        "reopen": ({State.ANSWERED, State.PARTLY_ANSWERED}, State.CLAIMED),
        "cancel": (_HELD | {State.WAITING}, State.CANCELLED),
    }
    VERBS = {
        "claim": _("接单"),
        "release": _("退回待接单"),
        "ask_photos": _("请补拍"),
        "photos_in": _("补拍到达"),
        "answer_part": _("答复一部分"),
        "answer": _("答复"),
        "reopen": _("重新打开"),
        "cancel": _("取消"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    province_code = models.CharField(_("省份"), max_length=31)
    request_id = models.UUIDField()
    request_no = models.CharField(_("申请编号"), max_length=40)
    thread = models.UUIDField()
    letter_id = models.UUIDField(unique=True)
    state = models.CharField(_("状态"), max_length=20, choices=State, default=State.WAITING)
    county_code = models.CharField(_("县"), max_length=6)
    unit_name = models.CharField(_("单位"), max_length=80)
    officer_name = models.CharField(_("执法人员"), max_length=40)
    officer_title = models.CharField(max_length=40, blank=True)
    officer_cert_no = models.CharField(_("执法证号"), max_length=40, blank=True)
    question = models.TextField(_("问题"), blank=True)
    urgent = models.BooleanField(_("加急"), default=False)

    sent_at = models.DateTimeField(_("发出"))
    arrived_at = models.DateTimeField(_("到达"))
    due_at = models.DateTimeField(_("承诺时间"))
    claimed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    enough_at = models.DateTimeField(null=True, blank=True)

    rung_rank = models.SmallIntegerField(_("已通知到第几位值班"), default=-1)
    rung_user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    rung_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(default="", db_default="", editable=False)

    class Meta:
        ordering = ["-urgent", "sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["province_code", "request_id", "organisation"], name="desk_task_once")
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "sent_at"], name="desk_queue"),
            models.Index(fields=["state", "rung_at"], name="desk_ringing"),
            models.Index(fields=["organisation", "sent_at"], name="desk_by_age"),
            models.Index(fields=["organisation", "province_code", "sent_at"], name="desk_by_province"),
            models.Index(fields=["organisation", "answered_at"], name="desk_answered"),
            GinIndex(ScopedGrams("search_text", "organisation_id"), name="desk_search_scoped", fastupdate=False),
            models.Index(fields=["id"], condition=models.Q(search_text=""), name="desk_unsearchable"),
        ]


class DeskItem(models.Model):
    """One item of a commission as the province described it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(DeskTask, models.CASCADE, related_name="items")
    item_id = models.UUIDField()
    position = models.PositiveSmallIntegerField(default=1)
    product_id = models.UUIDField()
    product_name = models.CharField(max_length=120)
    claimed_brand = models.CharField(max_length=80)
    shot_list_version = models.PositiveIntegerField(default=1)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    quantity_unit = models.CharField(max_length=20, blank=True)
    claimed_price_yuan = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    package_state = models.CharField(max_length=40, blank=True)
    waybill_no = models.CharField(max_length=60, blank=True)
    batch_no = models.CharField(max_length=60, blank=True)
    absent = models.JSONField(default=list, help_text="[{shot_code, absent_reason}]")

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "item_id"], name="desk_item_once")]
        indexes = [models.Index(fields=["product_id", "id"], name="desk_item_product")]


class DeskPhoto(models.Model):
    """A photo as it arrived: the view, with the digests of the sealed original on the exhibit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(DeskItem, models.CASCADE, related_name="photos")
    photo_id = models.UUIDField()
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    shot_code = models.CharField(max_length=40)
    source = models.CharField(max_length=10)
    captured_at = models.DateTimeField(null=True, blank=True)
    kept_reason = models.CharField(max_length=200, blank=True)
    supplement_id = models.UUIDField(null=True, blank=True)
    arrived_at = models.DateTimeField()

    class Meta:
        ordering = ["photo_id"]
        constraints = [models.UniqueConstraint(fields=["item", "photo_id"], name="desk_photo_once")]


class DeskSupplement(models.Model):
    """One shot asked for again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(DeskItem, models.CASCADE, related_name="supplements")
    shot_code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at"]


class DeskOpinion(models.Model):
    """What one appraiser answered at one time, and the authority it rests on. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(DeskTask, models.PROTECT, related_name="opinions")
    given_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    authority = models.JSONField()
    on_site = models.BooleanField(default=False)

    class Meta:
        ordering = ["given_at", "id"]


class DeskVerdict(models.Model):
    """辨认结论 of one item. Insert-only. secret_checkpoints never leave the brand."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    opinion = models.ForeignKey(DeskOpinion, models.PROTECT, related_name="verdicts")
    item = models.ForeignKey(DeskItem, models.PROTECT, related_name="verdicts")
    value = models.CharField(max_length=40, choices=[(v.value, v.value) for v in VerdictValue])
    reasons = models.TextField()
    checkpoints = models.JSONField(default=list)
    secret_checkpoints = models.JSONField(default=list)
    marks = models.JSONField(default=list)
    infringed_right = models.CharField(max_length=200, blank=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="superseded_by")

    class Meta:
        ordering = ["opinion__given_at", "id"]


class DeskWithdrawal(models.Model):
    """A verdict taken back. Insert-only."""

    verdict = models.OneToOneField(DeskVerdict, models.PROTECT, primary_key=True, related_name="withdrawal")
    reason = models.CharField(max_length=1000)
    withdrawn_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField()


class DeskSceneSignature(models.Model):
    """A name written on glass on the premises, below the verdicts that stood above it. Insert-only.

    page: canonical JSON of what stood there. strokes: canonical JSON of how the name was written (`webui.signatures`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(DeskTask, models.PROTECT, related_name="scene_signatures")
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    authority = models.JSONField()
    verdict_ids = models.JSONField()
    page = models.TextField()
    page_sha256 = models.CharField(max_length=64)
    strokes = models.TextField()
    strokes_sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["signed_at", "id"]


class DeskLine(models.Model):
    """One line of the task's timeline: an event or something said. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(DeskTask, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=20)
    side = models.CharField(max_length=10)
    who = models.CharField(max_length=40, blank=True)
    text = models.TextField(max_length=4000, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    letter_id = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ["at", "id"]


class DeskLinePhoto(models.Model):
    """A photo in a chat line."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(DeskLine, models.CASCADE, related_name="photos")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")


class DeskAppointment(models.Model):
    """现场协助 as the brand sees it. The id is the one both sides use."""

    class State(models.TextChoices):
        ASKED = "asked", _("执法人员申请")
        OFFERED = "offered", _("已提出")
        AGREED = "agreed", _("已约定")
        DECLINED = "declined", _("未能约定")
        DONE = "done", _("已到场")

    MOVES = {
        "agree": ({State.ASKED, State.OFFERED}, State.AGREED),
        "decline": ({State.ASKED, State.OFFERED, State.AGREED}, State.DECLINED),
        "finish": ({State.AGREED}, State.DONE),
    }
    VERBS = {"agree": _("约定"), "decline": _("不约定"), "finish": _("到场")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    task = models.ForeignKey(DeskTask, models.CASCADE, related_name="appointments")
    state = models.CharField(max_length=10, choices=State)
    meet_at = models.DateTimeField(null=True, blank=True)
    who = models.CharField(max_length=40, blank=True)
    contact = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]


class ReplyTemplate(models.Model):
    """A canned reason for a retake, or a canned reply."""

    class Use(models.TextChoices):
        RETAKE = "retake", _("补拍原因")
        CHAT = "chat", _("对话")
        REASONS = "reasons", _("辨认理由")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey("parties.Organisation", models.CASCADE, related_name="+")
    use = models.CharField(max_length=10, choices=Use)
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["use", "text"]


class SavedFilter(models.Model):
    """A view of the queue that one person keeps under a name. query: the part of the address after the `?`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    organisation = models.ForeignKey("parties.Organisation", models.CASCADE, related_name="+")
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(max_length=300)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "organisation", "name"], name="saved_filter_once")]


class DeskConsultation(models.Model):
    """咨询 as the brand sees it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation_id = models.UUIDField()
    province_code = models.CharField(max_length=31)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    subject = models.CharField(max_length=120)
    unit_name = models.CharField(max_length=80, blank=True)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["province_code", "consultation_id", "organisation"], name="desk_consultation_once"
            )
        ]


class DeskConsultationLine(models.Model):
    """One line of a consultation. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    consultation = models.ForeignKey(DeskConsultation, models.CASCADE, related_name="lines")
    side = models.CharField(max_length=10)
    who = models.CharField(max_length=40)
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()
    letter_id = models.UUIDField(null=True, blank=True, unique=True)

    class Meta:
        ordering = ["at", "id"]


class DeskPosting(models.Model):
    """派员: a bureau asks for people at an hour in a county; of the place no more is told. `people`: whom we send."""

    class State(models.TextChoices):
        ASKED = "asked", _("待派员")
        NAMED = "named", _("已派员")
        DECLINED = "declined", _("不派员")
        CALLED_OFF = "called_off", _("对方已取消")

    MOVES = {
        "name": ({State.ASKED, State.NAMED, State.DECLINED}, State.NAMED),
        "decline": ({State.ASKED, State.NAMED, State.DECLINED}, State.DECLINED),
        "call_off": ({State.ASKED, State.NAMED, State.DECLINED}, State.CALLED_OFF),
    }
    VERBS = {"name": _("派员"), "decline": _("不派员"), "call_off": _("取消")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ask_id = models.UUIDField()
    province_code = models.CharField(max_length=31)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    letter_id = models.UUIDField()
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    code_name = models.CharField(_("代号"), max_length=40)
    county_code = models.CharField(max_length=6)
    meet_at = models.DateTimeField(_("到场时间"))
    unit_name = models.CharField(max_length=80)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    goods = models.CharField(max_length=200, blank=True)
    needed = models.PositiveSmallIntegerField(default=1)
    people = models.JSONField(default=list)
    answer_words = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["meet_at"]
        constraints = [
            models.UniqueConstraint(fields=["province_code", "ask_id", "organisation"], name="desk_posting_once")
        ]


class DeskAssistance(models.Model):
    """执法协助 as the enterprise sees it."""

    class State(models.TextChoices):
        ASKED = "asked", _("待回复")
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
    task_id = models.UUIDField()
    province_code = models.CharField(max_length=31)
    organisation = models.ForeignKey("parties.Organisation", models.PROTECT, related_name="+")
    letter_id = models.UUIDField(unique=True)
    subject = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    county_code = models.CharField(max_length=6)
    unit_name = models.CharField(max_length=80)
    officer_name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reply_by = models.DateTimeField()
    reply = models.TextField(max_length=4000, blank=True)

    class Meta:
        ordering = ["reply_by"]
        constraints = [
            models.UniqueConstraint(fields=["province_code", "task_id", "organisation"], name="desk_assistance_once")
        ]
