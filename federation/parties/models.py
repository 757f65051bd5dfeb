"""Brand enterprises, associations, agencies, e-commerce platforms: their people, and what each person may appraise.

Organisation, Trademark and Coverage are published: every province reads them. The rest is between a party and the
office, or inside the party.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7

ANYWHERE = "*"
"""In a territory: every province."""


class Organisation(models.Model):
    """A party on the brands host. Made by an approved enrolment, once for all provinces.

    A platform (电商平台) answers nobody: it asks right holders for fast appraisals and sees no more than its own asks.
    """

    class Kind(models.TextChoices):
        BRAND_ENTERPRISE = "brand_enterprise", _("品牌企业")
        ASSOCIATION = "association", _("行业协会")
        AGENCY = "agency", _("委托代理机构")
        PLATFORM = "platform", _("电商平台")

    class State(models.TextChoices):
        ACTIVE = "active", _("在用")
        SUSPENDED = "suspended", _("暂停")
        LEFT = "left", _("已退出")

    MOVES = {
        "suspend": ({State.ACTIVE}, State.SUSPENDED),
        "resume": ({State.SUSPENDED}, State.ACTIVE),
        "leave": ({State.ACTIVE, State.SUSPENDED}, State.LEFT),
    }
    VERBS = {"suspend": _("暂停"), "resume": _("恢复"), "leave": pgettext_lazy("organisation", "退出")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind, default=Kind.BRAND_ENTERPRISE)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ACTIVE)
    joined_at = models.DateTimeField(_("入驻时间"), auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def is_platform(self) -> bool:
        return self.kind == self.Kind.PLATFORM


class Enrolment(models.Model):
    """入驻申请: filled in by the applicant without an account, decided by the office. `code` opens its page."""

    class State(models.TextChoices):
        DRAFT = "draft", _("填写中")
        SUBMITTED = "submitted", _("待审核")
        APPROVED = "approved", _("已通过")
        REFUSED = "refused", _("未通过")

    MOVES = {
        "submit": ({State.DRAFT, State.REFUSED}, State.SUBMITTED),
        "approve": ({State.SUBMITTED}, State.APPROVED),
        "refuse": ({State.SUBMITTED}, State.REFUSED),
    }
    VERBS = {"submit": _("提交"), "approve": _("通过"), "refuse": _("退回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("查询码"), max_length=40, unique=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Organisation.Kind)
    name = models.CharField(_("名称"), max_length=80)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18)
    contact_name = models.CharField(_("联系人"), max_length=40)
    contact_phone = models.CharField(_("联系电话"), max_length=20)
    contact_email = models.EmailField(_("联系邮箱"), blank=True)
    brands = models.TextField(_("品牌"), max_length=1000, blank=True)
    trademarks = models.JSONField(_("商标"), default=list, blank=True, help_text="[{reg_no, name, nice_classes}]")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    reason = models.CharField(_("未通过的原因"), max_length=500, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    organisation = models.OneToOneField(
        Organisation, models.PROTECT, null=True, blank=True, related_name="enrolment", verbose_name=_("入驻单位")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """A document that was uploaded: where it lies and its digest."""

    title = models.CharField(_("文件"), max_length=80)
    object_key = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class EnrolmentDocument(Paper):
    """A licence, certificate or letter uploaded with an enrolment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="documents")

    class Meta:
        ordering = ["id"]


class Document(Paper):
    """A paper of an organisation: an authorisation, a power of attorney, a membership agreement."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="documents")

    class Meta:
        ordering = ["-id"]


class Membership(models.Model):
    """A role of a person in an organisation. A person may have several, in several organisations."""

    class Role(models.TextChoices):
        BRAND_ADMIN = "brand_admin", _("企业管理员")
        APPRAISER = "appraiser", _("鉴定人员")
        RIGHTS_STAFF = "rights_staff", _("维权人员")
        PLATFORM_ADMIN = "platform_admin", _("平台管理员")
        PLATFORM_STAFF = "platform_staff", _("平台工作人员")

    OF_PLATFORMS = (Role.PLATFORM_ADMIN, Role.PLATFORM_STAFF)
    """Roles at an e-commerce platform, and there alone."""
    ADMINS = (Role.BRAND_ADMIN, Role.PLATFORM_ADMIN)
    """Who keeps an organisation's people; each kind of organisation knows one of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships", verbose_name=_("人员"))
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    is_active = models.BooleanField(_("在用"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["user__username", "role"]
        constraints = [models.UniqueConstraint(fields=["user", "organisation", "role"], name="membership_once")]


class Trademark(models.Model):
    """A registered mark. reg_no: up to 8 digits and perhaps a letter. valid_until: last day of protection."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="trademarks")
    reg_no = models.CharField(_("商标注册号"), max_length=9)
    name = models.CharField(_("商标"), max_length=60)
    nice_classes = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("尼斯分类"), default=list)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)

    class Meta:
        ordering = ["reg_no"]
        constraints = [models.UniqueConstraint(fields=["organisation", "reg_no"], name="trademark_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.reg_no}"


class Authorisation(models.Model):
    """授权委托书: what one appraiser may answer for one principal. Both days count."""

    class State(models.TextChoices):
        ACTIVE = "active", _("有效")
        WITHDRAWN = "withdrawn", _("已撤回")

    MOVES = {"withdraw": ({State.ACTIVE}, State.WITHDRAWN)}
    VERBS = {"withdraw": _("撤回")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("编号"), max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="authorisations")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="authorisations")
    trademarks = models.ManyToManyField(Trademark, related_name="authorisations", verbose_name=_("商标"))
    nice_classes = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("商品类别"), default=list)
    territory = ArrayField(models.CharField(max_length=31), verbose_name=_("地域"), default=list)
    valid_from = models.DateField(_("起始日"))
    valid_until = models.DateField(_("截止日"))
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["valid_until", "number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="authorisation_number_once"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="authorisation_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.number


class Mandate(models.Model):
    """Why one organisation acts for another: a member's association, or an agency by power of attorney."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("协会代会员鉴定")
        POWER_OF_ATTORNEY = "power_of_attorney", _("委托代理")

    class State(models.TextChoices):
        OFFERED = "offered", _("待对方确认")
        ACTIVE = "active", _("有效")
        ENDED = "ended", _("已终止")

    MOVES = {
        "accept": ({State.OFFERED}, State.ACTIVE),
        "end": ({State.OFFERED, State.ACTIVE}, State.ENDED),
    }
    VERBS = {"accept": _("确认"), "end": _("终止")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    agent = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates_held", verbose_name=_("受托方"))
    principal = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates_given", verbose_name=_("委托方"))
    valid_from = models.DateField(_("起始日"))
    valid_until = models.DateField(_("截止日"))
    scope = models.CharField(_("范围"), max_length=200, blank=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ACTIVE)

    class Meta:
        ordering = ["valid_until"]
        constraints = [
            models.CheckConstraint(condition=~Q(agent=F("principal")), name="mandate_between_two"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="mandate_days_in_order"),
        ]


class DutySlot(models.Model):
    """值班: one person, one weekday, Beijing time. ends at or before starts: it runs past midnight."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="duty_slots")
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="duty_slots")
    weekday = models.PositiveSmallIntegerField(_("星期"), help_text="0: Monday")
    starts = models.TimeField(_("开始"))
    ends = models.TimeField(_("结束"))
    rank = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        ordering = ["weekday", "starts", "rank"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="duty_weekday"),
            models.CheckConstraint(condition=Q(rank__lte=2), name="duty_rank"),
        ]


class DutyAbsence(models.Model):
    """Somebody is away; the substitute, if named, stands in their slots. from_at counts, until_at does not."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    membership = models.ForeignKey(Membership, models.CASCADE, related_name="absences")
    from_at = models.DateTimeField(_("起"))
    until_at = models.DateTimeField(_("止"))
    substitute = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="substituting")

    class Meta:
        ordering = ["from_at"]
        constraints = [models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="absence_in_order")]


class Coverage(models.Model):
    """What provinces may know of an organisation's readiness; reckoned anew every minute. Published."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="coverage")
    on_duty = models.BooleanField(default=False)
    next_on_duty_at = models.DateTimeField(null=True, blank=True)
    median_answer_s = models.PositiveIntegerField(null=True, blank=True)
    answered_30d = models.PositiveIntegerField(default=0)
    products = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()


class WantedBrand(models.Model):
    """A brand that officers asked for and nobody answers for: the office's invitation list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    brand_name = models.CharField(_("品牌"), max_length=80)
    province_code = models.CharField(_("省份"), max_length=31)
    count = models.PositiveIntegerField(_("次数"), default=0)
    last_at = models.DateTimeField(_("最近一次"))

    class Meta:
        ordering = ["-count", "brand_name"]
        constraints = [models.UniqueConstraint(fields=["brand_name", "province_code"], name="wanted_once")]
