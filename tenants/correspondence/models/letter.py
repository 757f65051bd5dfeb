"""公函: a numbered letter of this bureau, sent or received. A sent one is never changed; a further one corrects it."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from kernel.searching import Grams, search_text

SEARCHED = search_text("document_no", "title", "peer_name", "peer_province")


class OfficialLetter(models.Model):
    """One letter, each side with a row of its own. kind: code of a `kinds.KindSpec`, which knows what `fields` hold.

    own_unit: who issues it, or whose desk it came to. peer_*: the other side as the directory named it on that day;
    peer_party: its address in the post office, empty where it is written to on paper. origin_id: the sender's id, which
    is this row's own for one that was sent. thread: the matter, the origin_id of its first letter. message: what
    crossed, word for word, fixed when it is issued. refers_to: the letter that this one corrects or answers.
    waiting_code: why an issued letter has not left yet.
    """

    class Direction(models.TextChoices):
        OUT = "out", _("发出")
        IN = "in", _("收到")

    class State(models.TextChoices):
        DRAFT = "draft", _("拟稿")
        CHECKING = "checking", _("待审核")
        ISSUING = "issuing", _("待签发")
        ISSUED = "issued", _("已签发，待发出")
        SENT = "sent", _("已发出")
        DELIVERED = "delivered", _("待签收")
        RECEIVED = "received", _("已签收，待接收")
        ACCEPTED = "accepted", _("已接收，办理中")
        RETURNED = "returned", _("已退回")
        ANSWERED = "answered", _("已反馈，办理中")
        CLOSED = "closed", _("已办结")
        RECALLED = "recalled", _("已撤回")
        VOID = "void", _("已作废")

    class Seal(models.TextChoices):
        ELECTRONIC = "electronic", _("电子印章")
        PAPER = "paper", _("纸质盖章")

    class ReturnReason(models.TextChoices):
        NOT_COMPETENT = "not_competent", _("不属本单位管辖")
        WRONG_UNIT = "wrong_unit", _("收件单位有误")
        INCOMPLETE = "incomplete", _("材料不全")
        ALREADY_KNOWN = "already_known", _("已由本单位办理")
        OTHER = "other", _("其他")

    class Refers(models.TextChoices):
        NOTHING = "", ""
        CORRECTS = "corrects", _("更正")
        ANSWERS = "answers", _("答复")
        AGAIN = "again", _("改投")

    UNDER_WAY = (State.SENT, State.DELIVERED, State.RECEIVED, State.ACCEPTED, State.ANSWERED)
    IN_HAND = (State.DRAFT, State.CHECKING, State.ISSUING, State.ISSUED)
    OVER = (State.RETURNED, State.CLOSED, State.RECALLED, State.VOID)
    MOVES = {
        "submit": ({State.DRAFT}, State.CHECKING),
        "check": ({State.CHECKING}, State.ISSUING),
        "send_down": ({State.CHECKING, State.ISSUING}, State.DRAFT),
        "issue": ({State.ISSUING}, State.ISSUED),
        "send": ({State.ISSUED}, State.SENT),
        "deliver": ({State.SENT}, State.DELIVERED),
        "receive": ({State.SENT, State.DELIVERED}, State.RECEIVED),
        "accept": ({State.SENT, State.DELIVERED, State.RECEIVED}, State.ACCEPTED),
        "return": ({State.SENT, State.DELIVERED, State.RECEIVED}, State.RETURNED),
        "answer": ({State.ACCEPTED, State.ANSWERED}, State.ANSWERED),
        "close": ({State.SENT, State.DELIVERED, State.RECEIVED, State.ACCEPTED, State.ANSWERED}, State.CLOSED),
        "recall": ({State.ISSUED, *UNDER_WAY}, State.RECALLED),
        "void": ({State.DRAFT, State.CHECKING, State.ISSUING, State.ISSUED}, State.VOID),
    }
    VERBS = {
        "submit": _("送审"),
        "check": _("审核通过"),
        "send_down": _("退回修改"),
        "issue": _("签发"),
        "send": _("发送"),
        "deliver": _("送达"),
        "receive": _("签收"),
        "accept": _("接收"),
        "return": _("退回"),
        "answer": _("反馈"),
        "close": _("办结"),
        "recall": _("撤回"),
        "void": _("作废"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    direction = models.CharField(_("方向"), max_length=3, choices=Direction, default=Direction.OUT)
    kind = models.CharField(_("文种"), max_length=30)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    title = models.CharField(_("事由"), max_length=200)
    summary = models.TextField(_("摘要"), max_length=8000)
    legal_basis = models.CharField(_("法律依据"), max_length=1000, blank=True)
    suggestion = models.CharField(_("建议"), max_length=2000, blank=True)
    fields = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)

    own_unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+", verbose_name=_("本单位"))
    peer_party = models.CharField(max_length=60, blank=True)
    peer_ref = models.CharField(max_length=80, blank=True)
    peer_name = models.CharField(_("对方单位"), max_length=80, blank=True)
    peer_province = models.CharField(_("省份"), max_length=40, blank=True)
    peer_division = models.CharField(_("区划代码"), max_length=6, blank=True)
    partner = models.ForeignKey(
        "correspondence.Partner", models.PROTECT, null=True, blank=True, related_name="letters", verbose_name=_("部门")
    )
    by_paper = models.BooleanField(_("纸质往来"), default=False)
    cc = models.JSONField(_("抄送"), default=list, blank=True)

    clue = models.ForeignKey("clues.Clue", models.PROTECT, null=True, blank=True, related_name="official_letters")
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="official_letters")
    origin_id = models.UUIDField()
    thread = models.UUIDField()
    refers_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="referred_by")
    refers_as = models.CharField(max_length=10, choices=Refers, blank=True, default=Refers.NOTHING)

    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    terms = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    accept_by = models.DateTimeField(_("签收期限"), null=True, blank=True)
    feedback_by = models.DateTimeField(_("反馈期限"), null=True, blank=True)
    due_provisional = models.BooleanField(default=False)

    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    checked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    issued_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    drafted_at = models.DateTimeField(_("拟稿时间"), default=clock.now)
    issued_at = models.DateTimeField(_("签发时间"), null=True, blank=True)
    seal = models.CharField(_("用印"), max_length=10, choices=Seal, default=Seal.ELECTRONIC)
    sealed_at = models.DateTimeField(_("用印时间"), null=True, blank=True)
    seal_scan = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    message = models.JSONField(default=dict, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    check_code = models.CharField(_("校验码"), max_length=14, blank=True)

    post_id = models.UUIDField(null=True, blank=True)
    waiting_code = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("送达时间"), null=True, blank=True)
    received_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    received_name = models.CharField(_("签收人"), max_length=80, blank=True)
    accepted_at = models.DateTimeField(_("接收时间"), null=True, blank=True)
    taken_as = models.CharField(_("受理编号"), max_length=80, blank=True)
    returned_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    return_reason = models.CharField(_("退回原因"), max_length=20, choices=ReturnReason, blank=True)
    return_words = models.CharField(_("退回说明"), max_length=500, blank=True)
    right_ref = models.CharField(max_length=80, blank=True)
    right_name = models.CharField(_("应送单位"), max_length=80, blank=True)
    answered_at = models.DateTimeField(_("首次反馈时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    recall_asked_at = models.DateTimeField(_("请求撤回时间"), null=True, blank=True)
    recall_words = models.CharField(_("撤回原因"), max_length=500, blank=True)
    recall_refused = models.CharField(_("不同意撤回"), max_length=500, blank=True)
    dispute_id = models.UUIDField(null=True, blank=True)
    told_overdue_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["direction", "state", "-id"], name="official_state"),
            models.Index(fields=["own_unit", "direction", "-id"], name="official_unit"),
            models.Index(fields=["feedback_by"], name="official_feedback"),
            models.Index(fields=["thread"], name="official_thread"),
            GinIndex(Grams(SEARCHED), name="official_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["peer_party", "origin_id"], condition=models.Q(direction="in"), name="official_from_once"
            ),
            models.UniqueConstraint(
                fields=["document_no"],
                condition=models.Q(direction="out") & ~models.Q(document_no=""),
                name="official_number_once",
            ),
        ]

    def __str__(self) -> str:
        return self.document_no or self.title

    @property
    def is_out(self) -> bool:
        """Whether this bureau wrote it."""
        return self.direction == self.Direction.OUT


class LetterApproval(models.Model):
    """One step of 拟稿, 审核, 签发, or a refusal of one. Insert-only."""

    class Step(models.TextChoices):
        DRAFTED = "drafted", _("拟稿")
        CHECKED = "checked", _("审核")
        ISSUED = "issued", _("签发")
        SENT_DOWN = "sent_down", _("退回修改")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OfficialLetter, models.PROTECT, related_name="approvals")
    step = models.CharField(_("环节"), max_length=10, choices=Step)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("称呼"), max_length=40, blank=True)
    unit_name = models.CharField(_("单位"), max_length=80, blank=True)
    words = models.CharField(_("意见"), max_length=500, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]


class LetterItem(models.Model):
    """One line of a letter's list of evidence (证据清单). exhibit: ours, or the copy that came with the letter.

    travels: a copy for looking at goes along; else only the line does. sha256, sm3: of the sealed original.
    """

    class OriginalOrCopy(models.TextChoices):
        ORIGINAL = "original", _("原件")
        COPY = "copy", _("复制件")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OfficialLetter, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("序号"))
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    item = models.CharField(_("名称"), max_length=300)
    form = models.CharField(_("形式"), max_length=40, blank=True)
    original_or_copy = models.CharField(
        _("原件或复制件"), max_length=8, choices=OriginalOrCopy, default=OriginalOrCopy.COPY
    )
    quantity = models.CharField(_("数量"), max_length=40, blank=True)
    holder = models.CharField(_("保管"), max_length=120, blank=True)
    legal_kind = models.CharField(_("证据种类"), max_length=20, blank=True)
    travels = models.BooleanField(_("随函"), default=True)
    sha256 = models.CharField(max_length=64, blank=True)
    sm3 = models.CharField(max_length=64, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["letter", "position"], name="official_item_once")]


class LetterFile(models.Model):
    """The printed letter as it was issued: made once, the same bytes for everybody after."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey(OfficialLetter, models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=Format)
    sealed = models.BooleanField(_("已盖电子印章"), default=False)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    data = models.BinaryField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["letter", "format", "sealed"], name="official_file_once")]
