"""统一登录: who may say who somebody is, sessions that rest on such a word, and whom we did not let in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from kernel import clock
from kernel.ids import uuid7


class IdentityProvider(models.Model):
    """One identity provider of this province, as its administrators set it up.

    slug: names it in the address of its callback; never used twice, since links to people hang on it. issuer: of an
    OpenID provider. client_id: client id, corp id or app key. agent_id: of WeCom. secret: sealed, never shown. claim:
    the claim that names somebody there. match: the field here that holds the same. endpoints: addresses of a private
    deployment. only: nobody but administrators signs in otherwise. check_minutes: how often a session that was made
    here is asked about there; grace_minutes: how long sessions live on while the provider does not answer.
    tried: what the last trial showed, masked.
    """

    class Kind(models.TextChoices):
        OIDC = "oidc", _("OpenID Connect")
        WECOM = "wecom", _("企业微信")
        DINGTALK = "dingtalk", _("钉钉")

    class State(models.TextChoices):
        DRAFT = "draft", _("待试用")
        TESTED = "tested", _("已试通")
        ON = "on", _("已启用")
        DROPPED = "dropped", _("已删除")

    class Match(models.TextChoices):
        USERNAME = "username", _("账号")
        CERT = "officer_cert_no", _("执法证号")
        PHONE = "phone", _("手机号")
        EMAIL = "email", _("邮箱")
        LINK = "link", _("只认管理员逐人关联的")

    MOVES = {
        "edit": ({State.DRAFT, State.TESTED}, State.DRAFT),
        "try": ({State.DRAFT, State.TESTED}, State.TESTED),
        "switch_on": ({State.TESTED}, State.ON),
        "switch_off": ({State.ON}, State.TESTED),
        "drop": ({State.DRAFT, State.TESTED}, State.DROPPED),
    }
    VERBS = {
        "edit": _("修改"),
        "try": _("试登录成功"),
        "switch_on": _("启用"),
        "switch_off": _("停用"),
        "drop": _("删除"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=40)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    order = models.PositiveSmallIntegerField(_("顺序"), default=10)
    issuer = models.CharField(max_length=300, blank=True)
    client_id = models.CharField(max_length=191)
    agent_id = models.CharField(max_length=40, blank=True)
    secret = models.TextField(blank=True)
    scopes = models.CharField(max_length=200, default="openid profile")
    claim = models.CharField(max_length=60, default="preferred_username")
    match = models.CharField(max_length=20, choices=Match, default=Match.USERNAME)
    endpoints = models.JSONField(default=dict, blank=True)
    only = models.BooleanField(default=False)
    front_channel = models.BooleanField(default=False)
    check_minutes = models.PositiveSmallIntegerField(default=15)
    grace_minutes = models.PositiveSmallIntegerField(default=240)
    tried = models.JSONField(default=dict, blank=True)
    silent_since = models.DateTimeField(_("无回应始于"), null=True)
    told_at = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(_("最近成功"), null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("登录方式")

    def __str__(self) -> str:
        return self.name

    @property
    def is_on(self) -> bool:
        """Whether people sign in by it."""
        return self.state == self.State.ON

    @property
    def has_secret(self) -> bool:
        """Whether a secret is kept."""
        return bool(self.secret)


class SsoSession(models.Model):
    """A session here that rests on one at a provider. Gone when the session is.

    sid, sub: what the provider calls its session and the person; it ends ours by either. refresh: its refresh token,
    sealed. how: in what way it is asked whether the person is still there. silent_since: since when it was asked in
    vain.
    """

    class How(models.TextChoices):
        REFRESH = "refresh", _("续期")
        BROWSER = "browser", _("浏览器")
        STATUS = "status", _("通讯录")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.ForeignKey(IdentityProvider, models.PROTECT, related_name="sessions")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    sub = models.CharField(max_length=191)
    sid = models.CharField(max_length=191, blank=True)
    how = models.CharField(max_length=10, choices=How)
    refresh = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    checked_at = models.DateTimeField(default=clock.now)
    check_at = models.DateTimeField(null=True)
    silent_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["check_at"], name="sso_session_due"),
            models.Index(fields=["provider", "sub"], name="sso_session_by_sub"),
        ]


class RefusedSignIn(models.Model):
    """Somebody the provider vouched for, whom we did not let in. One row for each of them until it is settled.

    uid: the provider's name for them; value: of the claim that was looked for here; shown_name: what they are called
    there. code: why, see `signon.refusals`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        LINKED = "linked", _("已关联")
        DISMISSED = "dismissed", _("不处理")

    MOVES = {
        "link": ({State.OPEN}, State.LINKED),
        "dismiss": ({State.OPEN}, State.DISMISSED),
        "unlink": ({State.LINKED}, State.DISMISSED),
    }
    VERBS = {"link": _("关联到人"), "dismiss": _("不处理"), "unlink": _("解除关联")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.ForeignKey(IdentityProvider, models.PROTECT, related_name="refusals")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    code = models.CharField(max_length=30)
    uid = models.CharField(max_length=191)
    value = models.CharField(max_length=191, blank=True)
    shown_name = models.CharField(max_length=80, blank=True)
    tries = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=clock.now, editable=False)
    last_at = models.DateTimeField(default=clock.now)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-last_at"]
        verbose_name = _("未放行的登录")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "uid"], condition=models.Q(state="open"), name="refused_sign_in_once"
            )
        ]
