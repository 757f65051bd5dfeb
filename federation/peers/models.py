"""Other installations, their keys, what of theirs is under way. All lies in `public`, for the office and the courier.

Which parties live there stands in `provinces.RemoteParty`, which everybody may read.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.ids import uuid7


class Peer(models.Model):
    """Another installation (对等平台). installation: its domain with port, by which it signs.

    our_generation: the newest of our keys that it has confirmed; we sign to it with that one. quiet_until: after a
    failed connection nothing is tried before. release: what it last said of its version.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("待核对")
        ACTIVE = "active", pgettext_lazy("peer", "通函中")
        SUSPENDED = "suspended", _("已暂停")
        ENDED = "ended", _("已解除")

    MOVES: ClassVar[dict[str, tuple[set[str], str]]] = {
        "confirm": ({State.PENDING}, State.ACTIVE),
        "suspend": ({State.ACTIVE}, State.SUSPENDED),
        "resume": ({State.SUSPENDED}, State.ACTIVE),
        "end": ({State.PENDING, State.ACTIVE, State.SUSPENDED}, State.ENDED),
    }
    VERBS: ClassVar[dict[str, object]] = {
        "add": _("登记"),
        "confirm": _("核对无误"),
        "suspend": _("暂停"),
        "resume": _("恢复"),
        "end": _("解除"),
        "list": _("更新单位名单"),
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    installation = models.CharField(_("平台标识"), max_length=120, unique=True)
    title = models.CharField(_("名称"), max_length=120)
    courier_url = models.CharField(_("信使地址"), max_length=200)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PENDING)
    our_generation = models.PositiveSmallIntegerField(default=1)
    release = models.CharField(_("版本"), max_length=40, blank=True)
    heard_at = models.DateTimeField(_("最近通信"), null=True)
    failed_at = models.DateTimeField(_("最近失败"), null=True)
    failure_code = models.CharField(_("失败原因"), max_length=120, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True)
    compared_by = models.CharField(_("核对人"), max_length=60, blank=True)
    compared_at = models.DateTimeField(_("核对时间"), null=True)
    created_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("对等平台")
        ordering = ["installation"]

    def __str__(self) -> str:
        return self.installation


class PeerKey(models.Model):
    """A public key of another installation. until: not taken any more after that; introduced_by: the key that vouched.

    public_key: Ed25519, 32 bytes in base 64 for addresses, without padding. key_id: see `keys.key_id`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    peer = models.ForeignKey(Peer, models.DO_NOTHING, related_name="keys")
    key_id = models.CharField(max_length=16)
    public_key = models.CharField(_("公钥"), max_length=43)
    since = models.DateTimeField(_("启用时间"))
    until = models.DateTimeField(_("停用时间"), null=True)
    introduced_by = models.CharField(max_length=16, blank=True)

    class Meta:
        verbose_name = _("对方公钥")
        ordering = ["-since"]
        constraints = [models.UniqueConstraint("peer", "key_id", name="peer_key_once")]

    def __str__(self) -> str:
        return self.key_id


class OwnKey(models.Model):
    """A later generation of our own key. The first has no row; the keys themselves are derived (`keys`).

    public_key: tells from which of several master keys; empty in rows of earlier releases.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    generation = models.PositiveSmallIntegerField(unique=True)
    public_key = models.CharField(max_length=43, blank=True, default="", db_default="")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("本平台密钥")

    def __str__(self) -> str:
        return str(self.generation)


class SeenRequest(models.Model):
    """A signed request that was taken once, kept for as long as its signature could be used again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    peer = models.ForeignKey(Peer, models.DO_NOTHING, related_name="+")
    nonce = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("peer", "nonce", name="seen_request_once")]
        indexes = [models.Index("expires_at", name="seen_request_expires")]

    def __str__(self) -> str:
        return self.nonce


class Arrival(models.Model):
    """A letter from another installation: announced, then arrived, and how much of its course the sender knows.

    delivery_id: of the delivery, the same at both ends. manifest: as announced, so that only its files are taken.
    reported: the course that the sender has confirmed (`receipts.course`). closed: nothing can follow any more.
    """

    delivery_id = models.UUIDField(primary_key=True)
    letter_id = models.UUIDField()
    peer = models.ForeignKey(Peer, models.DO_NOTHING, related_name="arrivals")
    manifest = models.TextField()
    announced_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    reported = models.CharField(max_length=160, blank=True)
    closed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("来函")
        indexes = [models.Index("peer", "delivery_id", condition=Q(closed=False), name="arrival_open")]

    def __str__(self) -> str:
        return str(self.delivery_id)
