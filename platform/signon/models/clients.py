"""This province as a provider: systems that sign their people in with us, our keys, and what they were told."""

from __future__ import annotations

from allauth.idp.oidc.models import Client
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import clock
from kernel.ids import uuid7


class OwnClient(models.Model):
    """A system that signs people in with this province's accounts (OpenID Connect).

    oidc: allauth's client; its answers are opened and closed with `state`. logout_url: told from our server when
    somebody signs out here (back-channel logout).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("待启用")
        ON = "on", _("已启用")
        OFF = "off", _("已停用")

    MOVES = {
        "edit": ({State.DRAFT, State.OFF}, State.DRAFT),
        "switch_on": ({State.DRAFT, State.OFF}, State.ON),
        "switch_off": ({State.ON}, State.OFF),
    }
    VERBS = {"edit": _("修改"), "switch_on": _("启用"), "switch_off": _("停用")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    oidc = models.OneToOneField(Client, models.PROTECT, related_name="own")
    name = models.CharField(_("系统名称"), max_length=60)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    logout_url = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("接入系统")

    def __str__(self) -> str:
        return self.name

    @property
    def is_on(self) -> bool:
        """Whether it gets any answer."""
        return self.state == self.State.ON


class ClientSession(models.Model):
    """Somebody is signed in to a system through a session here. id: the `sid` that the system was told."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(OwnClient, models.CASCADE, related_name="sessions")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40)
    made_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "session_key"], name="client_session_once")]
        indexes = [models.Index(fields=["session_key"], name="client_session_by_key")]


class LogoutNotice(models.Model):
    """A system is to be told that somebody signed out. sid: of the session that ended; why: of the last failure."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待通知")
        SENT = "sent", _("已通知")
        FAILED = "failed", _("未能通知")

    MOVES = {
        "sent": ({State.WAITING}, State.SENT),
        "fail": ({State.WAITING}, State.FAILED),
    }
    VERBS = {"sent": _("通知"), "fail": _("放弃通知")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(OwnClient, models.CASCADE, related_name="logouts")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    sub = models.CharField(max_length=60)
    sid = models.UUIDField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    why = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="waiting"), name="logout_notice_due"),
        ]


class SigningKey(models.Model):
    """A key with which this province signs what it says about people. pem: sealed; RSA, 2048 bits.

    Published from the moment it is made, signs from `not_before`, is gone from the published set at `expires_at`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pem = models.TextField()
    kid = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=clock.now)
    not_before = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-not_before"]
