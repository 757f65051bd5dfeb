"""查封扣押: from the officers' proposal to the release, with list, seals, custody and its term.

Imported by `tenants.inspections.models`, which is where to import it from.
Source: 行政强制法 art. 18, 19, 22-28; 市场监督管理行政处罚程序规定 ch. 3.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class Seizure(models.Model):
    """One measure on goods of one inspection.

    carried_out_at: when the goods were sealed or taken; the term runs from then. urgent: carried out before the head
    approved; report_due_at is 24 hours later, reported_at when the officers did report.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("拟制")
        PROPOSED = "proposed", _("待批准")
        REFUSED = "refused", _("未批准")
        APPROVED = "approved", _("已批准，待实施")
        URGENT = "urgent", _("已当场实施，待补办批准")
        IN_FORCE = "in_force", _("查封扣押中")
        MUST_RELEASE = "must_release", _("未获批准，须立即解除")
        RELEASED = "released", _("已解除")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Measure(models.TextChoices):
        SEAL_UP = "seal_up", _("查封")
        DETAIN = "detain", _("扣押")

    class Release(models.TextChoices):
        """Source: 行政强制法 art. 28."""

        NO_VIOLATION = "no_violation", _("当事人没有违法行为")
        UNRELATED = "unrelated", _("与违法行为无关")
        DECIDED = "decided", _("已作出处理决定，不再需要")
        EXPIRED = "expired", _("期限届满")
        NOT_APPROVED = "not_approved", _("负责人不批准")
        OTHER = "other", _("其他不再需要的情形")

    MOVES = {
        "propose": ({State.DRAFT}, State.PROPOSED),
        "approve": ({State.PROPOSED}, State.APPROVED),
        "refuse": ({State.PROPOSED}, State.REFUSED),
        "carry_out": ({State.APPROVED}, State.IN_FORCE),
        "carry_out_at_once": ({State.DRAFT}, State.URGENT),
        "confirm": ({State.URGENT}, State.IN_FORCE),
        "overrule": ({State.URGENT}, State.MUST_RELEASE),
        "release": ({State.IN_FORCE, State.MUST_RELEASE}, State.RELEASED),
        "withdraw": ({State.DRAFT, State.PROPOSED, State.APPROVED}, State.WITHDRAWN),
    }
    VERBS = {
        "propose": _("报请批准"),
        "approve": _("批准"),
        "refuse": _("不批准"),
        "carry_out": _("实施"),
        "carry_out_at_once": _("当场实施"),
        "confirm": _("补办批准"),
        "overrule": _("不予补办批准"),
        "release": _("解除"),
        "withdraw": _("撤回"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey("inspections.Inspection", models.PROTECT, related_name="seizures")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=14, choices=State, default=State.DRAFT)
    measure = models.CharField(_("措施"), max_length=10, choices=Measure, default=Measure.DETAIN)
    facts = models.TextField(_("事实和理由"), max_length=4000)
    legal_basis = models.CharField(_("法律依据"), max_length=400)
    term_days = models.PositiveSmallIntegerField(_("期限（天）"), default=30)

    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("报批时间"), null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=500, blank=True)
    carried_out_at = models.DateTimeField(_("实施时间"), null=True, blank=True)

    urgent = models.BooleanField(_("情况紧急，当场实施"), default=False)
    urgent_reason = models.CharField(_("紧急情况"), max_length=500, blank=True)
    report_due_at = models.DateTimeField(_("补报期限"), null=True, blank=True)
    reported_at = models.DateTimeField(_("补报时间"), null=True, blank=True)
    report_words = models.CharField(_("补报内容"), max_length=1000, blank=True)
    late_reason = models.CharField(_("迟报原因"), max_length=500, blank=True)

    released_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    release_kind = models.CharField(_("解除情形"), max_length=14, choices=Release, blank=True)
    release_reason = models.CharField(_("解除理由"), max_length=500, blank=True)
    returned_to = models.CharField(_("退还给"), max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "state", "-id"], name="seizure_unit_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(urgent=False) | models.Q(report_due_at__isnull=False),
                name="seizure_urgent_has_its_clock",
            )
        ]


class SeizureDecision(models.Model):
    """What was decided with a number: to seize, to extend, to release. Insert-only. days: of an extension."""

    class Kind(models.TextChoices):
        SEIZE = "seize", _("实施行政强制措施决定")
        EXTEND = "extend", _("延长期限决定")
        RELEASE = "release", _("解除决定")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seizure = models.ForeignKey(Seizure, models.PROTECT, related_name="decisions")
    kind = models.CharField(_("决定"), max_length=10, choices=Kind)
    document_no = models.CharField(_("文号"), max_length=80, unique=True)
    reason = models.CharField(_("理由"), max_length=1000)
    days = models.PositiveSmallIntegerField(_("天数"), null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=40)
    at = models.DateTimeField(_("决定时间"), default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["seizure", "kind"], name="seizure_decision_once"),
        ]


class PropertyList(models.Model):
    """财物清单 of one seizure. list_no: given with the decision."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seizure = models.OneToOneField(Seizure, models.CASCADE, related_name="property_list")
    list_no = models.CharField(_("清单编号"), max_length=80, blank=True)


class PropertyListRow(models.Model):
    """One line: goods of one lot in one unit. Value unknown is empty, never 0.

    counted_quantity: what the lot said when the line was written; a difference needs its reason.
    """

    class State(models.TextChoices):
        SEIZED = "seized", _("查封扣押")
        CONFISCATED = "confiscated", _("没收")
        RELEASED = "released", _("已退还")
        TRANSFERRED = "transferred", _("已移送")
        DESTROYED = "destroyed", _("已销毁")

    class Hazard(models.TextChoices):
        GENERAL = "general", _("一般物品")
        FOOD = "food", _("食品")
        HAZARDOUS = "hazardous", _("危险物品")
        E_WASTE = "e_waste", _("电子废弃物")
        OTHER = "other", _("其他")

    MOVES = {
        "return": ({State.SEIZED}, State.RELEASED),
        "transfer": ({State.SEIZED, State.CONFISCATED}, State.TRANSFERRED),
        "confiscate": ({State.SEIZED}, State.CONFISCATED),
        "destroy": ({State.CONFISCATED}, State.DESTROYED),
    }
    VERBS = {"return": _("退还"), "transfer": _("移送"), "confiscate": _("没收"), "destroy": _("销毁")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    property_list = models.ForeignKey(PropertyList, models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField(_("序号"))
    lot = models.ForeignKey("inspections.Lot", models.PROTECT, related_name="property_rows")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.SEIZED)
    item_name = models.CharField(_("物品名称"), max_length=120)
    claimed_brand = models.CharField(_("标称品牌"), max_length=80, blank=True)
    spec = models.CharField(_("规格型号"), max_length=80, blank=True)
    batch = models.CharField(_("批号/生产日期"), max_length=60, blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3)
    unit = models.CharField(_("单位"), max_length=20)
    counted_quantity = models.DecimalField(_("清点数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    difference_reason = models.CharField(_("数量不同的原因"), max_length=200, blank=True)
    unit_price_yuan = models.DecimalField(_("单价（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    price_basis = models.CharField(_("计价依据"), max_length=10, blank=True)
    value_yuan = models.DecimalField(_("货值（元）"), max_digits=16, decimal_places=2, null=True, blank=True)
    hazard_class = models.CharField(_("危险类别"), max_length=10, choices=Hazard, default=Hazard.GENERAL)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["property_list", "position"], name="property_position_once"),
            models.UniqueConstraint(fields=["property_list", "lot"], name="property_lot_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="property_quantity_is_some"),
        ]


class Seal(models.Model):
    """封条: a number pasted somewhere, until it is taken off or found broken."""

    class State(models.TextChoices):
        APPLIED = "applied", _("已粘贴")
        REMOVED = "removed", _("已启封")
        BROKEN = "broken", _("破损")

    MOVES = {"remove": ({State.APPLIED}, State.REMOVED), "find_broken": ({State.APPLIED}, State.BROKEN)}
    VERBS = {"remove": _("启封"), "find_broken": _("记为破损")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seizure = models.ForeignKey(Seizure, models.PROTECT, related_name="seals")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    number = models.CharField(_("封条号"), max_length=40)
    place = models.CharField(_("粘贴位置"), max_length=120)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.APPLIED)
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(_("粘贴时间"), default=clock.now)
    applied_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="seal_number_once")]


class GoodsHandover(models.Model):
    """保管: the goods passed from one holder to another. Insert-only; the last one says who holds them.

    counted: id of a list row -> quantity as text. Who hands over and who receives are different people.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seizure = models.ForeignKey(Seizure, models.PROTECT, related_name="handovers")
    from_name = models.CharField(_("移交人"), max_length=60)
    to_name = models.CharField(_("保管人"), max_length=60)
    to_user = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(_("保管地点"), max_length=200)
    counted = models.JSONField(_("清点数量"), default=dict)
    difference_reason = models.CharField(_("数量不同的原因"), max_length=500, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)
    at = models.DateTimeField(_("移交时间"), default=clock.now)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]


class SeizurePause(models.Model):
    """A technical appraisal, whose time does not count; the party was told of its term. Source: 行政强制法 art. 25."""

    class Kind(models.TextChoices):
        TESTING = "testing", _("检测")
        INSPECTION = "inspection", _("检验")
        QUARANTINE = "quarantine", _("检疫")
        APPRAISAL = "appraisal", _("技术鉴定")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seizure = models.ForeignKey(Seizure, models.PROTECT, related_name="pauses")
    kind = models.CharField(_("事项"), max_length=12, choices=Kind)
    institution = models.CharField(_("机构"), max_length=120)
    told_at = models.DateTimeField(_("告知当事人时间"))
    until = models.DateField(_("告知的期限"))
    begin = models.DateTimeField(_("开始"), default=clock.now)
    end = models.DateTimeField(_("结束"), null=True, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["begin"]
        constraints = [
            models.UniqueConstraint(
                fields=["seizure"], condition=models.Q(end__isnull=True), name="seizure_pause_one_open"
            )
        ]


class SeizureExtension(models.Model):
    """Asked in writing by an officer, decided in writing by the head. At most 30 days, once."""

    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    MOVES = {"approve": ({State.ASKED}, State.APPROVED), "refuse": ({State.ASKED}, State.REFUSED)}
    VERBS = {"approve": _("批准延长"), "refuse": _("不批准延长")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seizure = models.ForeignKey(Seizure, models.PROTECT, related_name="extensions")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    days = models.PositiveSmallIntegerField(_("延长天数"))
    reason = models.CharField(_("理由"), max_length=1000)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=500, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["seizure"], condition=models.Q(state__in=["asked", "approved"]), name="seizure_extension_once"
            ),
            models.CheckConstraint(condition=models.Q(days__gte=1, days__lte=30), name="seizure_extension_in_law"),
        ]


class SeizureAlarm(models.Model):
    """An alarm that was raised: one of each kind a day. Insert-only."""

    class Kind(models.TextChoices):
        ENDING = "ending", _("即将期满")
        OVER = "over", _("已超期")
        REPORT_LATE = "report_late", _("补报超过 24 小时")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seizure = models.ForeignKey(Seizure, models.CASCADE, related_name="alarms")
    kind = models.CharField(max_length=12, choices=Kind)
    day = models.DateField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["seizure", "kind", "day"], name="seizure_alarm_once_a_day")]
