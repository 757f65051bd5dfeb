"""People who sign in, their units, posts and roles.

The tables exist in each province's schema (officers) and in `public` (brands, associations, the office). A person
of one place is unknown in every other.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from kernel.ids import uuid7


class SectionType(models.TextChoices):
    """What a section of a county bureau is for."""

    IP = "ip_section", _("知识产权股")
    ONLINE_AD = "online_ad_section", _("网广股")
    QUALITY = "quality_section", _("质量股")
    CONSUMER = "consumer_section", _("消保股")
    PRICE = "price_section", _("价监股")
    FOOD = "food_section", _("食品股")
    BRIGADE = "enforcement_brigade", _("综合执法大队")


class Unit(models.Model):
    """An organisation of a bureau, from the provincial bureau down to a station.

    Committees of development zones and branch bureaux stand beside the county tree: they have a parent, and the code
    of the division they work in, without being that division's bureau. division_code: GB/T 2260, 6 or 9 digits.
    """

    class Kind(models.TextChoices):
        PROVINCIAL_BUREAU = "provincial_bureau", _("省局")
        MUNICIPAL_BUREAU = "municipal_bureau", _("市局")
        COUNTY_BUREAU = "county_bureau", _("县（区）局")
        BRANCH_BUREAU = "branch_bureau", _("分局")
        ZONE_COMMITTEE = "zone_committee", _("开发区管委会")
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
    section_type = models.CharField(_("股室类型"), max_length=40, choices=SectionType, blank=True)
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


class People(models.Manager["User"]):
    """Who is a person: whoever is chosen, told, counted or listed by role or unit. Programs are left out."""

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().filter(is_service=False)


class User(AbstractBaseUser):
    """One person. `username` is the account name; phone is E.164.

    is_service: no person but a program of another system (`connections`). It signs in nowhere, and stands in no list of
    people.
    """

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
    is_service = models.BooleanField(default=False, db_default=False, editable=False)
    language = models.CharField(_("语言"), max_length=10, blank=True)
    quiet_from = models.TimeField(_("免打扰开始"), null=True, blank=True)
    quiet_until = models.TimeField(_("免打扰结束"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects = UserManager()
    people = People()

    class Meta:
        ordering = ["username"]
        constraints = [models.UniqueConstraint(Upper("username"), name="user_username_once_in_any_case")]

    @property
    def display_name(self) -> str:
        """Name with title, as colleagues would say it."""
        return self.title or self.name

    def __str__(self) -> str:
        return self.display_name

    def has_role(self, *roles: str) -> bool:
        """Whether the person holds one of these posts' roles now."""
        return any(post.role in roles for post in self.posts.all())


class HeldPosts(models.Manager["Post"]):
    """Posts of people who are at work: not of whoever is suspended, nor of programs."""

    def get_queryset(self) -> models.QuerySet[Post]:
        return super().get_queryset().filter(user__is_active=True, user__is_service=False)


class Post(models.Model):
    """A role held by a person in a unit. Brand and association roles live in `federation.parties`."""

    class Role(models.TextChoices):
        OFFICER = "officer", _("执法人员")
        DISPATCHER = "dispatcher", _("线索管理员")
        LEADER = "leader", _("局领导")
        BUREAU_ADMIN = "bureau_admin", _("系统管理员")
        SECURITY_ADMIN = "security_admin", _("安全管理员")
        SECURITY_DEPUTY = "security_deputy", _("安全管理员候补")
        AUDIT_ADMIN = "audit_admin", _("审计管理员")
        OFFICE_ADMIN = "office_admin", _("协作管理员")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="posts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts")
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    objects = models.Manager["Post"]()
    held = HeldPosts()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role"], name="post_once", nulls_distinct=False),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(role__in=["bureau_admin", "security_admin", "audit_admin"]),
                name="post_three_administrators_apart",
            ),
        ]


class Session(AbstractBaseSession):
    """A browser's session. seat: the host it belongs to. user_id: whose it is, so that one's all end at once."""

    seat = models.CharField(max_length=40)
    user_id = models.UUIDField(null=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["expire_date"], name="session_by_expiry")]


class ImportJob(models.Model):
    """One import of officers, units and roles, from the upload to the report."""

    class State(models.TextChoices):
        PREVIEW = "preview", _("待确认")
        WAITING = "waiting", _("待另一位管理员同意")
        CONFIRMED = "confirmed", _("排队中")
        RUNNING = "running", _("导入中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("中断")
        DROPPED = "dropped", _("已放弃")

    MOVES = {
        "ask": ({State.PREVIEW}, State.WAITING),
        "confirm": ({State.PREVIEW, State.WAITING}, State.CONFIRMED),
        "drop": ({State.PREVIEW, State.WAITING}, State.DROPPED),
        "start": ({State.CONFIRMED, State.RUNNING, State.FAILED}, State.RUNNING),
        "finish": ({State.RUNNING}, State.DONE),
        "fail": ({State.RUNNING}, State.FAILED),
    }
    VERBS = {
        "ask": _("请另一位管理员同意"),
        "confirm": _("确认导入"),
        "drop": _("放弃"),
        "start": _("开始"),
        "finish": _("完成"),
        "fail": _("中断"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=12, choices=State, default=State.PREVIEW)
    file_name = models.CharField(_("文件名"), max_length=200)
    is_complete = models.BooleanField(_("文件是完整名单"), default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="import_jobs")
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    expected = models.JSONField(default=dict)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at"]


class ImportFile(models.Model):
    """The uploaded bytes, kept until the import has been done or dropped."""

    job = models.OneToOneField(ImportJob, models.CASCADE, primary_key=True, related_name="file")
    content = models.BinaryField()


class ImportBadRow(models.Model):
    """A row that was left out: where it stands in the file, which column, and why (`accounts.imports.reasons`).

    other: what it collides with, a row number or an account, where there is one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="bad_rows")
    row_number = models.PositiveIntegerField(_("行号"))
    column = models.CharField(_("列"), max_length=40)
    value = models.CharField(_("内容"), max_length=200, blank=True)
    code = models.CharField(max_length=40)
    other = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["row_number", "id"]

    @property
    def reason(self) -> str:
        """Why, and what to do, in the reader's language."""
        from accounts.imports.reasons import sentence

        return sentence(self.code, other=self.other)
