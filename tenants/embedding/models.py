"""What a case system opened here, and what became of it. All rows live in the province's schema.

A connection (`connections.Connection`) is named by its id: what was opened through it stays on record after it ended.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7
from kernel.searching import Grams, search_text

LONGEST_NUMBER = 80
SEARCHED = search_text("case_number", "title", KeyTextTransform("name", "party"))
EARLIER = search_text("number")
"""What matters are found by, and the numbers they had before."""


class Matter(models.Model):
    """One case or clue of a case system (办案系统), under the number it has there.

    case_number: the one it has now; earlier ones are `MatterAlias`. external_id: the system's own key, if it sends one:
    then the same number under another key is a clash that a person settles. party: name, uscc, address.
    county_code: where it plays, worked out from the party's address or the unit. return_mode: how the system takes the
    answer.
    """

    class Kind(models.TextChoices):
        CASE = "case", _("案件")
        CLUE = "clue", _("线索")

    class State(models.TextChoices):
        ACTIVE = "active", _("正常")
        CONFLICT = "conflict", _("编号冲突")
        MERGED = "merged", _("已并入")

    class Return(models.TextChoices):
        WEBHOOK = "webhook", _("推送")
        PULL = "pull", _("接口查询")
        POST_MESSAGE = "post_message", _("网页消息")
        FILE = "file", _("文件")

    MOVES = {
        "clash": ({State.ACTIVE}, State.CONFLICT),
        "settle": ({State.CONFLICT}, State.ACTIVE),
        "merge": ({State.ACTIVE, State.CONFLICT}, State.MERGED),
    }
    VERBS = {"clash": _("记为编号冲突"), "settle": _("确认编号"), "merge": _("并入另一件")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField(_("对接"))
    connection_name = models.CharField(_("对接名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.CASE)
    case_number = models.CharField(_("案号"), max_length=LONGEST_NUMBER)
    external_id = models.CharField(_("办案系统内编号"), max_length=80, blank=True)
    title = models.CharField(_("案由"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ACTIVE)
    officer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="+")
    party = models.JSONField(_("当事人"), default=dict, blank=True)
    place = models.CharField(_("地点"), max_length=200, blank=True)
    county_code = models.CharField(_("县级行政区划代码"), max_length=6, blank=True)
    goods = models.JSONField(_("商品"), default=list, blank=True)
    return_mode = models.CharField(_("结果返回方式"), max_length=20, choices=Return, default=Return.PULL)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    opened_at = models.DateTimeField(_("最近打开"), default=clock.now)
    changed_at = models.DateTimeField(_("最近变动"), default=clock.now)

    class Meta:
        ordering = ["-opened_at", "-id"]
        verbose_name = _("对接案件")
        indexes = [
            models.Index(fields=["unit", "-opened_at"], name="matter_unit"),
            models.Index(fields=["connection_id", "-changed_at"], name="matter_connection"),
            models.Index(fields=["connection_id", "case_number"], name="matter_number"),
            GinIndex(Grams(SEARCHED), name="matter_search", fastupdate=False),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "kind", "external_id"],
                condition=~models.Q(external_id=""),
                name="matter_once_by_external_id",
            ),
            models.UniqueConstraint(
                fields=["connection_id", "kind", "case_number"],
                condition=models.Q(state="active"),
                name="matter_once_by_number",
            ),
        ]

    def __str__(self) -> str:
        return self.case_number

    @property
    def party_name(self) -> str:
        return str(self.party.get("name") or "")

    @property
    def conflict(self) -> bool:
        """Whether its number is also another one's, until a person settles it."""
        return self.state == self.State.CONFLICT


class MatterAlias(models.Model):
    """A number the matter had before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="aliases")
    number = models.CharField(_("原案号"), max_length=LONGEST_NUMBER, db_index=True)
    until = models.DateTimeField(_("用到"), default=clock.now)

    class Meta:
        ordering = ["until"]
        constraints = [models.UniqueConstraint(fields=["matter", "number"], name="matter_alias_once")]
        indexes = [GinIndex(Grams(EARLIER), name="matter_alias_search", fastupdate=False)]

    def __str__(self) -> str:
        return self.number


class MatterLink(models.Model):
    """Something that was begun here for a matter. object_id: no foreign key, so that any app's row can be named."""

    class Kind(models.TextChoices):
        SITE = "site", _("检查地点")
        REQUEST = "request", _("鉴定申请")
        CLUE = "clue", _("线索")
        LETTER = "letter", _("公函")
        INSPECTION = "inspection", _("现场检查")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="links")
    kind = models.CharField(max_length=12, choices=Kind)
    object_id = models.UUIDField()
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index("object_id", name="matter_link_object")]
        constraints = [models.UniqueConstraint(fields=["matter", "kind", "object_id"], name="matter_link_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class MatterPhoto(models.Model):
    """A photo that the case system named by address and digest. It is fetched after the launch, and sealed here."""

    class State(models.TextChoices):
        WAITING = "waiting", _("等待取回")
        KEPT = "kept", _("已取回")
        FAILED = "failed", _("未取回")

    MOVES = {
        "keep": ({State.WAITING}, State.KEPT),
        "fail": ({State.WAITING}, State.FAILED),
        "retry": ({State.FAILED}, State.WAITING),
    }
    VERBS = {"keep": _("取回"), "fail": _("记为未取回"), "retry": _("再取一次")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField(default=0)
    url = models.CharField(_("地址"), max_length=1000)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("名称"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    why = models.CharField(_("原因"), max_length=60, blank=True)
    exhibit = models.ForeignKey("evidence.Exhibit", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    added_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["matter", "sha256"], name="matter_photo_once")]
        indexes = [models.Index("next_try_at", condition=models.Q(state="waiting"), name="matter_photo_waiting")]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]


class LaunchKey(models.Model):
    """A public key by which a connection signs its launches. Several may be good at once, so that keys can change.

    until: the last moment at which it counts, for a key that is being replaced.
    """

    class State(models.TextChoices):
        ON = "on", _("在用")
        REVOKED = "revoked", _("已停用")

    class Origin(models.TextChoices):
        PASTED = "pasted", _("粘贴")
        JWKS = "jwks", _("公钥地址")

    MOVES = {"revoke": ({State.ON}, State.REVOKED)}
    VERBS = {"revoke": _("停用")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    kid = models.CharField(_("密钥编号（kid）"), max_length=120)
    alg = models.CharField(_("算法"), max_length=10)
    public_key = models.TextField()
    fingerprint = models.CharField(_("指纹"), max_length=64)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.PASTED)
    state = models.CharField(max_length=10, choices=State, default=State.ON)
    until = models.DateTimeField(_("用到"), null=True, blank=True)
    added_at = models.DateTimeField(default=clock.now, editable=False)
    added_by_name = models.CharField(max_length=80, blank=True)
    used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("启动公钥")
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "kid"], condition=models.Q(state="on"), name="launch_key_once"
            )
        ]

    def __str__(self) -> str:
        return self.kid


class KeyAddress(models.Model):
    """Where a connection publishes its public keys (JWKS). Read when a launch names a key that is not known."""

    connection_id = models.UUIDField(primary_key=True)
    url = models.CharField(_("公钥地址（JWKS）"), max_length=500)
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.url


class Launch(models.Model):
    """One launch, let in or refused. It also remembers the token's number, so that a token works once.

    code: why it was refused, a `kernel.errors` code. skew_s: how far the partner's clock is ahead of ours, in seconds.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=clock.now, editable=False)
    connection_id = models.UUIDField(null=True, blank=True)
    jti = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=60, blank=True)
    case_number = models.CharField(max_length=LONGEST_NUMBER, blank=True)
    matter = models.ForeignKey(Matter, models.SET_NULL, null=True, blank=True, related_name="launches")
    officer = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    target = models.CharField(max_length=12, blank=True)
    origin = models.CharField(max_length=200, blank=True)
    skew_s = models.IntegerField(null=True, blank=True)
    ms = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("启动记录")
        indexes = [models.Index(fields=["connection_id", "-id"], name="launch_of_connection")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection_id", "jti"], condition=~models.Q(jti=""), name="launch_jti_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.code or 'ok'}"


def party_of(said: Any) -> dict[str, str]:
    """What is kept of a party: name, uscc, address; anything else is left out."""
    known = said if isinstance(said, dict) else {}
    return {name: str(known.get(name) or "").strip()[:200] for name in ("name", "uscc", "address") if known.get(name)}
