"""People who sign in, their units, posts and roles.

The tables exist in each province's schema (officers) and in `public` (brands, associations, the office). A person
of one place is unknown in every other.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class Unit(models.Model):
    """An organisation of a bureau: from the provincial bureau down to a station, with branches beside the tree."""

    class Kind(models.TextChoices):
        PROVINCIAL_BUREAU = "provincial_bureau", _("省局")
        MUNICIPAL_BUREAU = "municipal_bureau", _("市局")
        COUNTY_BUREAU = "county_bureau", _("县（区）局")
        BRANCH_BUREAU = "branch_bureau", _("分局")
        SUPERVISION_STATION = "market_supervision_station", _("市场监管所")
        CORPS = "enforcement_corps", _("执法总队")
        DETACHMENT = "enforcement_detachment", _("执法支队")
        BRIGADE = "enforcement_brigade", _("执法大队")
        SQUADRON = "enforcement_squadron", _("执法中队")
        SECTION = "section_office", _("股室")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("单位编码"), max_length=40, unique=True)
    name = models.CharField(_("单位名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=40, choices=Kind)
    section_type = models.CharField(_("股室类型"), max_length=40, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    division_code = models.CharField(_("行政区划代码"), max_length=9)
    agency_word = models.CharField(_("机关代字"), max_length=20, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people. Without a password the account cannot be signed in to by password."""

    def create_user(self, username: str, *, password: str | None = None, **fields: object) -> User:
        user = self.model(username=username, **fields)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """One person. `username` is the account name; phone is E.164."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("称呼"), max_length=40, blank=True)
    phone = models.CharField(_("手机号"), max_length=20, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    email = models.EmailField(_("邮箱"), blank=True)
    officer_cert_no = models.CharField(_("执法证号"), max_length=40, unique=True, null=True, blank=True)
    officer_cert_until = models.DateField(_("执法证有效期至"), null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="people")
    is_active = models.BooleanField(_("在用"), default=True)
    suspended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    language = models.CharField(_("语言"), max_length=10, blank=True)
    quiet_from = models.TimeField(_("免打扰开始"), null=True, blank=True)
    quiet_until = models.TimeField(_("免打扰结束"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()

    class Meta:
        ordering = ["username"]

    @property
    def display_name(self) -> str:
        """Name with title, as colleagues would say it."""
        return self.title or self.name

    def __str__(self) -> str:
        return self.display_name

    def has_role(self, *roles: str) -> bool:
        """Whether the person holds one of these posts' roles now."""
        return any(post.role in roles for post in self.posts.all())


class Post(models.Model):
    """A role held by a person in a unit. Brand and association roles live in `federation.parties`."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("执法人员")
        DISPATCHER = "dispatcher", _("线索管理员")
        LEADER = "leader", _("局领导")
        BUREAU_ADMIN = "bureau_admin", _("系统管理员")
        SECURITY_ADMIN = "security_admin", _("安全管理员")
        AUDIT_ADMIN = "audit_admin", _("审计管理员")
        OFFICE_ADMIN = "office_admin", _("协作管理员")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts")
    role = models.CharField(_("角色"), max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role"], name="post_once", nulls_distinct=False),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(role__in=["bureau_admin", "security_admin", "audit_admin"]),
                name="post_three_administrators_apart",
            ),
        ]
