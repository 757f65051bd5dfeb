"""案件移送 and what travels beside a letter, as this province has it.

Source: 行政强制法 art. 25 (30 + 30 days, which a hand-over does not restart); 市场监督管理行政处罚程序规定 art. 18
(15 working days to verify, from receiving the material); 行政处罚法 art. 25 (who filed first).
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class CaseTransfer(models.Model):
    """One case handed over to a bureau elsewhere. id: that of the letter, in both provinces.

    case: the sender's own. parties, measures, goods, dossier: as the letter says them; measures are `CarriedTerm`s.
    verify_by: the receiver's term, from when it received the material.
    """

    class Side(models.TextChoices):
        GIVING = "giving", _("我方移送")
        TAKING = "taking", _("移送我方")

    class State(models.TextChoices):
        SENT = "sent", _("待接收")
        TAKEN = "taken", _("已接收，核查中")
        RETURNED = "returned", _("已退回")
        FILED = "filed", _("接收方已立案")

    MOVES = {
        "take": ({State.SENT}, State.TAKEN),
        "return": ({State.SENT}, State.RETURNED),
        "file": ({State.TAKEN}, State.FILED),
    }
    VERBS = {"take": _("接收"), "return": _("退回"), "file": _("立案")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.OneToOneField("correspondence.OfficialLetter", models.PROTECT, related_name="case_transfer")
    side = models.CharField(max_length=6, choices=Side)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.SENT)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="transfers")
    case_name = models.CharField(_("案件名称"), max_length=200)
    cause_code = models.CharField(max_length=40, blank=True)
    parties = models.JSONField(_("当事人"), default=list, encoder=DjangoJSONEncoder)
    goods = models.JSONField(_("涉案物品"), default=list, encoder=DjangoJSONEncoder)
    dossier = models.JSONField(_("案卷材料目录"), default=list, encoder=DjangoJSONEncoder)
    received_at = models.DateTimeField(_("收到材料时间"), null=True, blank=True)
    verify_by = models.DateField(_("核查期限"), null=True, blank=True)
    verify_provisional = models.BooleanField(default=False)
    their_case_no = models.CharField(_("接收方立案号"), max_length=80, blank=True)
    filed_on = models.DateField(_("接收方立案日期"), null=True, blank=True)
    alarmed_at = models.DateTimeField(_("已提醒双方负责人"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["side", "state"], name="casetransfer_side_state")]


class CarriedTerm(models.Model):
    """A seizure whose term runs on through the hand-over. Insert-only: the receiver cannot begin it anew.

    seizure_id: of the giving province. runs_until: the last day, with the extension that was granted, if one was.
    """

    class Measure(models.TextChoices):
        SEAL_UP = "seal_up", _("查封")
        DETAIN = "detain", _("扣押")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    transfer = models.ForeignKey(CaseTransfer, models.PROTECT, related_name="terms")
    seizure_id = models.UUIDField()
    measure = models.CharField(_("措施"), max_length=10, choices=Measure)
    decision_no = models.CharField(_("决定书文号"), max_length=80, blank=True)
    carried_out_at = models.DateTimeField(_("实施时间"))
    term_days = models.PositiveSmallIntegerField(_("期限（天）"))
    extended_days = models.PositiveSmallIntegerField(_("已延长（天）"), default=0)
    runs_until = models.DateField(_("期满"))
    paused = models.BooleanField(_("技术鉴定期间"), default=False)
    goods = models.CharField(_("财物"), max_length=500, blank=True)
    place = models.CharField(_("保管"), max_length=200, blank=True)

    class Meta:
        ordering = ["runs_until", "id"]
        constraints = [models.UniqueConstraint(fields=["transfer", "seizure_id"], name="carried_term_once")]


class EvidenceBeside(models.Model):
    """An evidence transfer that goes with a letter. transfer_id: of `evidence.Transfer`, the same in both provinces.

    Insert-only: what the arrival showed stands on the transfer.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey("correspondence.OfficialLetter", models.PROTECT, related_name="evidence_beside")
    transfer_id = models.UUIDField(unique=True)
    outgoing = models.BooleanField()
    at = models.DateTimeField(default=clock.now)
    by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["at", "id"]


class FilingClaim(models.Model):
    """先立案: when this province, or the other, says it filed the matter of a letter. Insert-only.

    mine: this province's own. knew: whether the other's claim lay there when this one was made.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey("correspondence.OfficialLetter", models.PROTECT, related_name="filing_claims")
    mine = models.BooleanField()
    province_code = models.CharField(max_length=31)
    province_name = models.CharField(max_length=120)
    unit_name = models.CharField(_("立案单位"), max_length=80)
    case_number = models.CharField(_("立案号"), max_length=80)
    case_id = models.UUIDField(null=True, blank=True)
    filed_at = models.DateTimeField(_("立案时间"))
    ground = models.CharField(_("管辖理由"), max_length=1000)
    knew = models.BooleanField(default=False)
    at = models.DateTimeField(_("主张时间"), default=clock.now)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["filed_at", "id"]
        constraints = [models.UniqueConstraint(fields=["letter", "mine"], name="filing_claim_once_a_side")]


class ClaimsSettled(models.Model):
    """What became of two claims to have filed first: a dispute, or one side gave way. Insert-only."""

    class How(models.TextChoices):
        DISPUTE = "dispute", _("已提请共同上级处理")
        GAVE_WAY = "gave_way", _("一方让出")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    letter = models.ForeignKey("correspondence.OfficialLetter", models.PROTECT, related_name="claims_settled")
    how = models.CharField(max_length=8, choices=How)
    dispute_id = models.UUIDField(null=True, blank=True)
    in_favour = models.CharField(max_length=31, blank=True)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=clock.now)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["at", "id"]


class CertifiedCopy(models.Model):
    """A copy of what another province let this one see, as it went into a file here. Insert-only.

    The right to look may end; what was certified and filed before that stays, with its digest and whence it came.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant_id = models.UUIDField()
    letter = models.ForeignKey(
        "correspondence.OfficialLetter", models.PROTECT, null=True, blank=True, related_name="certified_copies"
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="certified_copies")
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, related_name="+")
    what = models.CharField(_("内容"), max_length=200)
    giver = models.CharField(_("提供方"), max_length=120)
    sha256 = models.CharField(max_length=64)
    certified_by_name = models.CharField(_("核对人"), max_length=80)
    at = models.DateTimeField(_("核对时间"), default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["grant_id", "case", "sha256"], name="certified_copy_once")]
