"""共享授权 as one party holds it: the giver's row, and the holder's copy of it.

Two parties of the shared layer (the office, organisations) have their rows in one table, so a row has an id of its own
beside the grant's, which both sides share; doors part them by party.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from evidence.store import name_index
from federation.contracts.grants import LEVELS
from kernel import clock
from kernel.ids import uuid7


class ContentWord(models.TextChoices):
    """Kinds of content."""

    FACT = "fact", _("事实")
    PERSON = "person", _("人员信息")
    PICTURE = "picture", _("图片")
    FILE = "file", _("文件")
    FINGERPRINT = "fingerprint", _("特征")


class LevelWord(models.TextChoices):
    """How far it goes."""

    NONE = "none", _("不提供")
    MASKED = "masked", _("隐去关键内容")
    VIEW = "view", _("在线查看")
    COPY = "copy", _("提供副本")


class WayWord(models.TextChoices):
    """By which way somebody looked."""

    PAGE = "page", _("页面")
    API = "api", _("接口")
    STREAM = "stream", _("实时消息")
    LINK = "link", _("链接")
    CACHE = "cache", _("缓存页")
    TASK = "task", _("后台任务")
    FILE = "file", _("文件")
    REFUSED = "refused", _("已拒绝")


RANK = {level: place for place, level in enumerate(LEVELS)}


class Grant(models.Model):
    """One share on one side. party: whose row this is, giver or holder, as letters write it.

    contents: kind of content to level. Whether it still holds is asked of `guarded`, never of `state` alone: the end
    is true from the moment the giver wrote it.
    """

    class Side(models.TextChoices):
        GIVEN = "given", _("给出的")
        HELD = "held", _("得到的")

    class State(models.TextChoices):
        ACTIVE = "active", _("有效")
        ENDED = "ended", _("已终止")

    MOVES = {"end": ({State.ACTIVE}, State.ENDED)}
    VERBS = {"end": _("终止共享")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant_id = models.UUIDField(default=uuid7)
    side = models.CharField(max_length=5, choices=Side)
    party = models.CharField(max_length=60)
    state = models.CharField(_("状态"), max_length=6, choices=State, default=State.ACTIVE)
    giver = models.CharField(_("给出方"), max_length=60)
    holder = models.CharField(_("接收方"), max_length=60)
    holder_unit = models.CharField(_("接收单位"), max_length=80, blank=True)
    purpose = models.CharField(_("用途"), max_length=300)
    contents = models.JSONField(_("内容"), default=dict)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_title = models.CharField(_("事项"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    expires_at = models.DateTimeField(_("到期"))
    ended_at = models.DateTimeField(_("终止时间"), null=True)
    ended_by = models.CharField(_("终止人"), max_length=80, blank=True)
    ended_why = models.CharField(_("终止原因"), max_length=500, blank=True)
    replaces = models.UUIDField(null=True)
    given_by = models.CharField(_("经办人"), max_length=80)
    given_by_id = models.UUIDField(null=True)
    given_at = models.DateTimeField(default=clock.now)
    warned_at = models.DateTimeField(null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-given_at", "-id"]
        verbose_name = _("共享授权")
        constraints = [models.UniqueConstraint(fields=["grant_id", "side", "party"], name="grants_one_copy_a_side")]
        indexes = [
            models.Index(fields=["party", "side", "state"], name="grants_by_party"),
            models.Index(fields=["subject_kind", "subject_id"], name="grants_by_subject"),
        ]

    def __str__(self) -> str:
        return self.subject_title or self.purpose

    @property
    def is_over(self) -> bool:
        """Whether it has run out or is known here to be ended."""
        return self.state == self.State.ENDED or self.expires_at <= clock.now()


class Item(models.Model):
    """Something that went out under a grant. At the holder with its words or file, at the giver without.

    object_key: of this side's own store. At the end of the grant what was only to be looked at is taken away here
    (`purged_at`); what was given as a copy stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="items")
    item_id = models.UUIDField()
    content = models.CharField(_("内容"), max_length=12, choices=ContentWord)
    level = models.CharField(_("程度"), max_length=6, choices=LevelWord)
    title = models.CharField(_("名称"), max_length=200)
    text = models.TextField(blank=True)
    sha256 = models.CharField(_("校验值"), max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    media_type = models.CharField(max_length=80, blank=True)
    object_key = models.CharField(max_length=300, blank=True)
    letter_id = models.UUIDField()
    sent_at = models.DateTimeField(_("送出时间"))
    opened_at = models.DateTimeField(_("打开时间"), null=True)
    purged_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [models.UniqueConstraint(fields=["grant", "item_id"], name="grants_item_once")]
        indexes = [name_index("object_key", name="grants_item_object")]


class Use(models.Model):
    """使用记录: one look. Written at the holder, told to the giver by letter. Insert-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="uses")
    use_id = models.UUIDField(default=uuid7)
    at = models.DateTimeField(_("时间"), default=clock.now)
    who = models.CharField(_("使用人"), max_length=80)
    content = models.CharField(_("内容"), max_length=12, choices=ContentWord)
    what = models.CharField(_("对象"), max_length=200, blank=True)
    way = models.CharField(_("方式"), max_length=8, choices=WayWord)
    told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["grant", "use_id"], name="grants_use_once")]
        indexes = [models.Index(fields=["told_at"], name="grants_uses_untold")]
