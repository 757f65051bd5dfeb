"""How one platform wants to be told: where it listens, and which of our fields go into which of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.ids import uuid7


class LinkageSetting(models.Model):
    """How messages reach one platform. sealed_header: the value of its key, sealed. terms: those that differ there."""

    class Channel(models.TextChoices):
        PUSH = "push", _("推送到对方接口")
        PULL = "pull", _("对方来取")
        PARCEL = "parcel", _("数据包")

    class Format(models.TextChoices):
        JSON = "json", "JSON"
        XML = "xml", "XML"

    connection_id = models.UUIDField(primary_key=True)
    channel = models.CharField(_("怎么送"), max_length=8, choices=Channel, default=Channel.PULL)
    endpoint = models.CharField(_("对方接口网址"), max_length=300, blank=True)
    body_format = models.CharField(_("格式"), max_length=4, choices=Format, default=Format.JSON)
    header_name = models.CharField(_("密钥放在哪个请求头"), max_length=60, blank=True)
    sealed_header = models.TextField(blank=True)
    terms = models.JSONField(default=dict)


class Mapping(models.Model):
    """One version of a mapping. Rows: see `tenants.linkage.mapping.rules.Row`. Never changed once it was in force."""

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        CURRENT = "current", _("使用中")
        RETIRED = "retired", _("已停用")

    MOVES = {
        "put_in_force": ({State.DRAFT, State.RETIRED}, State.CURRENT),
        "retire": ({State.CURRENT}, State.RETIRED),
    }
    VERBS = {"put_in_force": _("启用"), "retire": _("停用")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection_id = models.UUIDField()
    version = models.PositiveIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    rows = models.JSONField(default=list)
    note = models.CharField(_("改了什么"), max_length=300, blank=True)
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=clock.now)
    in_force_at = models.DateTimeField(null=True, blank=True)
    in_force_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["connection_id", "version"], name="linkage_mapping_version"),
            models.UniqueConstraint(
                fields=["connection_id"], condition=models.Q(state="current"), name="linkage_mapping_one_current"
            ),
        ]
