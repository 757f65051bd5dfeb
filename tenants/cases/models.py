"""A thin case record: proposal, filing, parties, units, clocks, evidence, referral, closing.

The whole file may stay in the bureau's own case-handling system; `outside_number` is its number there.
Source: 市场监督管理行政处罚程序规定 art. 18, 19 (filing), 64 (90 days and what does not count); 国务院令第310号.
"""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class CaseProposal(models.Model):
    """提请立案: an officer proposes, the bureau's head files or does not.

    source: what it starts from, a verdict, an inspection, or a case that another bureau handed over (transfer_id: its
    id in `tenants.correspondence`). cause: as the table had it on the day of the proposal.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        FILED = "filed", _("已立案")
        REFUSED = "refused", _("不予立案")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Source(models.TextChoices):
        VERDICT = "verdict", _("辨认结论")
        INSPECTION = "inspection", _("现场检查")
        TRANSFER = "transfer", _("其他机关移送")

    MOVES = {
        "file": ({State.PROPOSED}, State.FILED),
        "refuse": ({State.PROPOSED}, State.REFUSED),
        "withdraw": ({State.PROPOSED}, State.WITHDRAWN),
    }
    VERBS = {"file": _("立案"), "refuse": _("不予立案"), "withdraw": _("撤回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    source = models.CharField(_("来源"), max_length=12, choices=Source)
    inspection = models.ForeignKey(
        "inspections.Inspection", models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    request = models.ForeignKey(
        "requests.AppraisalRequest", models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    transfer_id = models.UUIDField(null=True, blank=True)
    cause_code = models.CharField(_("案由"), max_length=40)
    cause_day = models.DateField()
    party_name = models.CharField(_("当事人"), max_length=120)
    party_kind = models.CharField(max_length=20, blank=True)
    party_uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    summary = models.TextField(_("案情和理由"), max_length=4000)
    handlers = models.JSONField(_("办案人员"), default=list, encoder=DjangoJSONEncoder)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提请时间"), default=clock.now)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "state", "-id"], name="proposal_unit_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(inspection__isnull=False)
                | models.Q(request__isnull=False)
                | models.Q(transfer_id__isnull=False),
                name="proposal_has_its_source",
            ),
            models.UniqueConstraint(
                fields=["transfer_id"],
                condition=models.Q(state__in=["proposed", "filed"]),
                name="proposal_once_a_transfer",
            ),
        ]


class Case(models.Model):
    """案件, from the filing on. threshold: what the check said when it was last made (rules, amounts, duty)."""

    class State(models.TextChoices):
        FILED = "filed", _("办理中")
        CLOSED = "closed", _("已结案")

    class Outcome(models.TextChoices):
        PENALTY = "penalty", _("作出行政处罚")
        NO_PENALTY = "no_penalty", _("不予行政处罚")
        REFERRED = "referred", _("移送公安机关")
        TRANSFERRED = "transferred", _("移送其他机关")
        TERMINATED = "terminated", _("终止调查")

    MOVES = {"close": ({State.FILED}, State.CLOSED), "reopen": ({State.CLOSED}, State.FILED)}
    VERBS = {"close": _("结案"), "reopen": _("重新办理")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("立案号"), max_length=80, unique=True)
    outside_number = models.CharField(_("办案系统编号"), max_length=80, blank=True)
    proposal = models.OneToOneField(CaseProposal, models.PROTECT, related_name="case")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    title = models.CharField(_("案件名称"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.FILED)
    cause_code = models.CharField(_("案由"), max_length=40)
    cause_name = models.CharField(max_length=120)
    cause_rule = models.CharField(_("依据"), max_length=200)
    cause_day = models.DateField()
    right_type = models.CharField(_("权利类型"), max_length=60, blank=True)
    filed_at = models.DateTimeField(_("立案时间"), default=clock.now)
    filed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    term_days = models.PositiveSmallIntegerField(_("办案期限（天）"), default=90)
    closed_at = models.DateTimeField(_("结案时间"), null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(_("结果"), max_length=12, choices=Outcome, blank=True)
    closing_words = models.CharField(_("结案说明"), max_length=1000, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "state", "-id"], name="case_unit_state")]

    def __str__(self) -> str:
        return self.number


class CaseParty(models.Model):
    """当事人. One without a code (a stall, a natural person) is allowed; what is published masks a person's name."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业")
        INDIVIDUAL_BUSINESS = "individual_business", _("个体工商户")
        STALL = "stall", _("摊贩")
        NATURAL_PERSON = "natural_person", _("自然人")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    name = models.CharField(_("名称或姓名"), max_length=120)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    responsible_person = models.CharField(_("负责人"), max_length=60, blank=True)
    address = models.CharField(_("住址"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    @property
    def public_name(self) -> str:
        """As it may be published: a person keeps the family name alone, a business its own."""
        if self.kind in (self.Kind.STALL, self.Kind.NATURAL_PERSON) or not self.uscc:
            return masked(self.name)
        return self.name


def masked(name: str) -> str:
    """The first character, and one star for each other: 张**."""
    name = name.strip()
    return name[:1] + "*" * (len(name) - 1)


class CaseUnit(models.Model):
    """A unit in a case: 牵头 (one) or 配合."""

    class Role(models.TextChoices):
        LEAD = "lead", _("牵头")
        ASSIST = "assist", _("配合")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="units")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    role = models.CharField(_("分工"), max_length=6, choices=Role)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-role", "added_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "unit"], name="case_unit_once"),
            models.UniqueConstraint(fields=["case"], condition=models.Q(role="lead"), name="case_one_lead"),
        ]


class CaseHandler(models.Model):
    """办案人员, two or more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="handlers")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    certificate_no = models.CharField(_("执法证号"), max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="case_handler_once")]


class CaseEvidence(models.Model):
    """A verdict, a seizure or a paper as an item of evidence. Insert-only: what is withdrawn elsewhere stays listed."""

    class Kind(models.TextChoices):
        VERDICT = "verdict", _("辨认结论")
        SEIZURE = "seizure", _("查封扣押")
        PAPER = "paper", _("文书")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    record_id = models.UUIDField()
    title = models.CharField(_("名称"), max_length=200)
    legal_kind = models.CharField(_("证据种类"), max_length=20)
    sha256 = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(_("形成时间"))
    added_at = models.DateTimeField(default=clock.now)
    by_name = models.CharField(max_length=80)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "record_id"], name="case_evidence_once")]


class CasePause(models.Model):
    """Time that does not count towards the decision: testing, hearing, public notice, suspension; with its approver.

    A right holder's identification is none of these. Source: 市场监督管理行政处罚程序规定 art. 64.
    """

    class Kind(models.TextChoices):
        TESTING = "testing", _("检测、检验、检疫、鉴定")
        HEARING = "hearing", _("听证")
        NOTICE = "notice", _("公告")
        SUSPENDED = "suspended", _("中止调查")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="pauses")
    kind = models.CharField(_("事项"), max_length=10, choices=Kind)
    reason = models.CharField(_("原因"), max_length=500)
    begin = models.DateTimeField(_("开始"), default=clock.now)
    end = models.DateTimeField(_("结束"), null=True, blank=True)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["begin"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(end__isnull=True), name="case_pause_one_open")
        ]


class CaseExtension(models.Model):
    """More days for the decision. Insert-only. The first is at most 30 by the head; a further one fixes its term by
    collective discussion, of which the record is named.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField(_("延长天数"))
    reason = models.CharField(_("理由"), max_length=1000)
    collective = models.BooleanField(_("集体讨论决定"), default=False)
    record_no = models.CharField(_("讨论记录"), max_length=120, blank=True)
    approved_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    approved_by_name = models.CharField(max_length=40)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]


class ReferralDecision(models.Model):
    """The head's decision on referral to the police, with the threshold check it rests on. Insert-only.

    check: {"day", "conduct", "repeat", "duty", "held": [{"rule", "source", "amount", "yuan", "met"}]}.
    """

    class Decision(models.TextChoices):
        REFER = "refer", _("移送公安机关")
        NOT_REFER = "not_refer", _("不移送")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    decision = models.CharField(_("决定"), max_length=10, choices=Decision)
    reason = models.CharField(_("理由"), max_length=1000)
    check_made = models.JSONField(_("移送标准核对"), default=dict, encoder=DjangoJSONEncoder)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=40)
    at = models.DateTimeField(_("决定时间"), default=clock.now)

    class Meta:
        ordering = ["at", "id"]
