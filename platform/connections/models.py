"""Systems of others that we are joined to, what they may do here, and what went to and fro.

Tables of every province's schema and of `public`; `seat` parts the brands host from the office there, and
`organisation_id` one house from another.
"""

from __future__ import annotations

from allauth.idp.oidc.models import Client as OidcClient
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from connections.seen import mark
from kernel import clock
from kernel.ids import uuid7


class Connection(models.Model):
    """对接: one system of somebody else's. Nothing of it works unless it is switched on.

    seat: whose it is ("gx", "brands", "office"). organisation_id: at the brands host, the house it belongs to.
    allowed_origins: exact origins that may frame our pages and are posted results. clock_window_s: how far that
    system's clock may be off. per_minute: calls a minute of each of its clients, 0 for the usual. asked: changes that
    widen what a living connection may do, until the second person agrees.
    """

    class Kind(models.TextChoices):
        CASE_SYSTEM = "case_system", _("办案系统")
        DEPARTMENT = "department", _("部门平台")
        PLATFORM = "platform", _("电商平台")
        LINKAGE = "linkage", _("两法衔接平台")
        DIRECTORY = "directory", _("统一身份目录")
        OTHER = "other", _("其他系统")

    class State(models.TextChoices):
        DRAFT = "draft", _("待启用")
        ON = "on", _("已启用")
        OFF = "off", _("已停用")

    MOVES = {
        "switch_on": ({State.DRAFT, State.OFF}, State.ON),
        "switch_off": ({State.ON}, State.OFF),
    }
    VERBS = {"switch_on": _("启用"), "switch_off": _("停用")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    organisation_id = models.UUIDField(null=True, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    allowed_origins = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    clock_window_s = models.PositiveIntegerField(_("时钟误差"), default=300)
    per_minute = models.PositiveIntegerField(_("每分钟调用上限"), default=0)
    contact = models.CharField(_("联系人"), max_length=200, blank=True)
    asked = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_ok_at = models.DateTimeField(_("最近成功"), null=True)
    last_failed_at = models.DateTimeField(_("最近失败"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("对接")
        indexes = [models.Index(fields=["seat", "organisation_id"], name="connection_of_seat")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_on(self) -> bool:
        """Whether anything of it works now."""
        return self.state == self.State.ON

    @property
    def seen(self) -> str:
        """The mark of what a second person agrees to."""
        return mark(self.allowed_origins, self.clock_window_s, self.asked)


class Client(models.Model):
    """接入账号: a program of a connection that calls us, as the service account `user`.

    id of the allauth client: what the program calls itself (`client_id`). A client made while its connection is on
    waits for the second person, as the connection did.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("待启用")
        ON = "on", _("已启用")
        REVOKED = "revoked", _("已吊销")

    MOVES = {
        "switch_on": ({State.DRAFT}, State.ON),
        "revoke": ({State.DRAFT, State.ON}, State.REVOKED),
    }
    VERBS = {"switch_on": _("启用"), "revoke": _("吊销")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="clients")
    oidc = models.OneToOneField(OidcClient, models.PROTECT, related_name="connected")
    user = models.OneToOneField(User, models.PROTECT, related_name="connected_client")
    name = models.CharField(_("用途"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("接入账号")

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[str]:
        """What it may do, as OAuth scopes: "requests:read"."""
        return self.oidc.get_scopes()

    @property
    def is_live(self) -> bool:
        """Whether its calls are answered now."""
        return self.state == self.State.ON and self.connection.is_on


class Secret(models.Model):
    """A client's secret, as its digest; two may live side by side while a partner changes over.

    It has 256 random bits, so a plain digest cannot be guessed back and a call need not wait for a slow one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="secrets")
    digest = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    ended_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["id"]

    @property
    def fingerprint(self) -> str:
        """Eight characters by which two people can tell that they mean the same secret."""
        return self.digest[:8]


class Call(models.Model):
    """One line of the traffic log. payload: of failures only, masked. Kept for 30 days.

    connection_id is no foreign key: lines are written in passing and outlive nothing. reference: what it was about.
    """

    class Direction(models.TextChoices):
        IN = "in", _("对方调用")
        OUT = "out", _("发给对方")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    at = models.DateTimeField(_("时间"), default=clock.now)
    direction = models.CharField(_("方向"), max_length=3, choices=Direction)
    what = models.CharField(_("内容"), max_length=200)
    ok = models.BooleanField(_("成功"))
    status = models.PositiveSmallIntegerField(_("状态码"), null=True)
    ms = models.PositiveIntegerField(_("用时"), null=True)
    code = models.CharField(_("原因代码"), max_length=60, blank=True)
    reference = models.CharField(_("关联编号"), max_length=120, blank=True)
    payload = models.JSONField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["connection_id", "-id"], name="call_of_connection"),
            models.Index(fields=["connection_id", "-id"], condition=models.Q(ok=False), name="call_failed"),
            models.Index(fields=["at"], name="call_age"),
        ]


class Hour(models.Model):
    """How many calls and failures a connection had in one hour. Kept for 400 days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    hour = models.DateTimeField()
    direction = models.CharField(max_length=3, choices=Call.Direction)
    calls = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection_id", "hour", "direction"], name="hour_once")]


class ForeignUse(models.Model):
    """A key that was tried where it does not belong. key_seat: the host its text names.

    key_digest: of the key, so that the same one tried a thousand times is one row. own: the key is one of ours and was
    tried at `other_seat`; otherwise it was tried here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    other_seat = models.CharField(max_length=31)
    own = models.BooleanField()
    key_digest = models.CharField(max_length=64)
    connection_id = models.UUIDField(null=True)
    tries = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=clock.now, editable=False)
    last_at = models.DateTimeField(default=clock.now)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-last_at"]
        verbose_name = _("别处的密钥")
        constraints = [
            models.UniqueConstraint(fields=["seat", "key_digest", "other_seat", "own"], name="foreign_use_once")
        ]

    @property
    def host(self) -> str:
        """The other host's name."""
        return f"{'federation' if self.other_seat == 'office' else self.other_seat}.{settings.DOMAIN}"

    @property
    def fingerprint(self) -> str:
        return self.key_digest[:8]
