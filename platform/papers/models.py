"""文书: a paper with its content frozen, who has to sign it, and what became of that. In the province's schema."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from papers.content import PaperContent, Role


class Paper(models.Model):
    """One version of one paper. What it says is fixed when it is made; a change of the records makes a new version.

    matter_kind, matter_id: what it is about, as `registry` knows it. pages: 0 while a worker still sets it.
    check_code: printed on each page; a scan that is handed in must name it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待签名")
        COMPLETE = "complete", _("已签妥")
        VOID = "void", _("已作废")

    MOVES = {
        "complete": ({State.OPEN}, State.COMPLETE),
        "void": ({State.OPEN, State.COMPLETE}, State.VOID),
    }
    VERBS = {"complete": _("签妥"), "void": _("作废")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("文书"), max_length=40)
    matter_kind = models.CharField(max_length=20)
    matter_id = models.UUIDField()
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    title = models.CharField(_("名称"), max_length=120)
    document_no = models.CharField(_("文号"), max_length=80, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    check_code = models.CharField(_("校验码"), max_length=14, unique=True)
    pages = models.PositiveIntegerField(_("页数"), default=0)
    on_paper = models.BooleanField(_("纸上签名"), default=False)
    void_reason = models.CharField(_("作废原因"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("制作时间"), default=clock.now)
    made_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "matter_kind", "matter_id", "version"], name="paper_version_once")
        ]
        indexes = [models.Index(fields=["matter_kind", "matter_id"], name="paper_matter")]

    def __str__(self) -> str:
        return self.title

    @property
    def said(self) -> PaperContent:
        """The content as blocks."""
        return PaperContent.from_json(self.content)


class PaperSigner(models.Model):
    """A place for a signature on one paper. user: the one account that may sign there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="signers")
    place = models.PositiveSmallIntegerField()
    role = models.CharField(_("身份"), max_length=10, choices=[(role.value, role.value) for role in Role])
    name = models.CharField(_("姓名"), max_length=120, blank=True)
    user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    certificate_no = models.CharField(_("执法证号"), max_length=40, blank=True)
    each_page = models.BooleanField(_("逐页签名"), default=False)
    required = models.BooleanField(default=True)

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["paper", "place"], name="paper_place_once")]


class PaperSignature(models.Model):
    """A name written on glass on one page. Insert-only.

    png: what was drawn. record: canonical JSON of its strokes, with the digest of what was signed (`webui.signatures`);
    record_sha256: of these bytes. content_sha256: of what the paper said.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signer = models.ForeignKey(PaperSigner, models.PROTECT, related_name="signatures")
    page = models.PositiveSmallIntegerField(_("页"))
    png = models.BinaryField()
    png_sha256 = models.CharField(max_length=64)
    record = models.TextField()
    record_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("签名时间"), default=clock.now)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["page", "at"]
        constraints = [models.UniqueConstraint(fields=["signer", "page"], name="signature_once")]


class PaperAbsence(models.Model):
    """Who had to sign refused, or was not there: why, and who witnessed it. Insert-only."""

    class Kind(models.TextChoices):
        REFUSED = "refused", _("拒绝签名")
        ABSENT = "absent", _("不在场")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    signer = models.OneToOneField(PaperSigner, models.PROTECT, related_name="absence")
    kind = models.CharField(_("情形"), max_length=10, choices=Kind)
    reason = models.CharField(_("原因"), max_length=300)
    witness_name = models.CharField(_("见证人"), max_length=60)
    witness_what = models.CharField(_("见证人身份"), max_length=120)
    at = models.DateTimeField(_("记录时间"), default=clock.now)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]


class PaperScan(models.Model):
    """A page that was signed on paper, photographed and handed in under the paper's code. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="scans")
    page = models.PositiveSmallIntegerField(_("页"))
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("交回时间"), default=clock.now)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["page", "at"]
        constraints = [models.UniqueConstraint(fields=["paper", "page", "exhibit"], name="scan_once")]


class PaperDelivery(models.Model):
    """The paper was printed or given to somebody. Insert-only."""

    class Way(models.TextChoices):
        PRINTED = "printed", _("打印")
        HANDED = "handed", _("当场交付")
        POSTED = "posted", _("邮寄")
        SENT = "sent", _("电子送达")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="deliveries")
    way = models.CharField(_("方式"), max_length=10, choices=Way)
    to_name = models.CharField(_("收件人"), max_length=120, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]


class PaperFile(models.Model):
    """Word or PDF of a paper as it stood after so many signatures: made once, the same bytes for everybody after."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paper = models.ForeignKey(Paper, models.CASCADE, related_name="files")
    format = models.CharField(max_length=4, choices=Format)
    signed = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    data = models.BinaryField()
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-signed"]
        constraints = [models.UniqueConstraint(fields=["paper", "format", "signed"], name="paper_file_once")]
