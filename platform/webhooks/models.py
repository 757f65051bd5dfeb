"""What changed, who is to be told at which address, and how far that has come.

Tables of every province's schema and of `public`; `seat` parts the brands host from the office there.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from connections.models import Connection
from connections.seen import mark
from kernel import clock
from kernel.ids import uuid7


class Event(models.Model):
    """One thing that happened, written in its transaction. Kept for 30 days.

    kind: "appraisal_request.answered". about: the object; order is kept for each. payload: ids, numbers, states, links.
    position: place in the order of this seat, given after the commit. references: how partners number the object,
    [{"connection_id", "case_number"}], as it stood when the place was given. endpoint_id: of a test, the only endpoint
    it is for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    organisation_id = models.UUIDField(null=True)
    kind = models.CharField(_("事件"), max_length=60)
    about = models.UUIDField(_("对象编号"))
    at = models.DateTimeField(_("时间"), default=clock.now)
    payload = models.JSONField(default=dict)
    position = models.BigIntegerField(null=True)
    references = models.JSONField(default=list)
    endpoint_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("事件")
        indexes = [
            models.Index("seat", "id", condition=models.Q(position=None), name="event_waiting"),
            models.Index("about", "position", name="event_of_object"),
            models.Index("at", name="event_age"),
        ]
        constraints = [models.UniqueConstraint("seat", "position", name="event_position_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class FeedHead(models.Model):
    """How far the events of a seat have come. Its row is the lock under which places are given.

    last: the last place given. dropped: the last place whose event is gone for age.
    """

    seat = models.CharField(max_length=31, primary_key=True)
    last = models.BigIntegerField(default=0)
    dropped = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.seat} {self.last}"


class Endpoint(models.Model):
    """回调地址: an address of a connection that events are posted to.

    kinds: names of events, or of groups ("clue.*"); empty means all. failures: rounds in a row in which nothing got
    through. quiet_until: nothing is posted before. failing_since: when that began. told_at, dead_told_at: when the
    administrators heard of it. busy_until: one worker at a time posts.
    """

    class State(models.TextChoices):
        OFF = "off", _("未启用")
        ON = "on", _("已启用")
        GONE = "gone", _("对方已取消")

    MOVES = {
        "switch_on": ({State.OFF, State.GONE}, State.ON),
        "switch_off": ({State.ON}, State.OFF),
        "gone": ({State.ON}, State.GONE),
    }
    VERBS = {"switch_on": _("启用"), "switch_off": _("停用"), "gone": _("对方取消")}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seat = models.CharField(max_length=31)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="endpoints")
    url = models.CharField(_("地址"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OFF)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    failures = models.PositiveIntegerField(default=0)
    quiet_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    dead_told_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(_("最近成功"), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("回调地址")

    def __str__(self) -> str:
        return self.url

    @property
    def is_on(self) -> bool:
        """Whether new events are meant for it."""
        return bool(self.state == self.State.ON)

    @property
    def seen(self) -> str:
        """The mark of what a second person switches on."""
        return mark(self.url, self.kinds)

    def wants(self, kind: str) -> bool:
        """Whether events of this kind are meant for it."""
        return not self.kinds or kind in self.kinds or f"{kind.partition('.')[0]}.*" in self.kinds


class EndpointKey(models.Model):
    """回调密钥: what posts are signed with, sealed. Two live side by side while the receiver changes over.

    ends_at: when the older one signs no more. fingerprint: eight characters to compare by telephone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="keys")
    sealed = models.TextField()
    fingerprint = models.CharField(max_length=8)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("回调密钥")


class Delivery(models.Model):
    """One event on its way to one endpoint. Its id at the receiver is the event's, however often it is sent.

    waiting_since: since when it has been due; after two days of tries it is dead. odd: taken, but with a page instead
    of a plain answer. answer: the beginning of the last one, masked.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待发送")
        DONE = "done", _("对方已收")
        DEAD = "dead", _("未送达")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    about = models.UUIDField()
    position = models.BigIntegerField()
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(_("已试次数"), default=0)
    replays = models.PositiveIntegerField(_("重发次数"), default=0)
    waiting_since = models.DateTimeField(default=clock.now)
    next_try_at = models.DateTimeField(default=clock.now)
    tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(_("状态码"), null=True)
    ms = models.PositiveIntegerField(_("用时"), null=True)
    code = models.CharField(_("原因代码"), max_length=40, blank=True)
    odd = models.BooleanField(default=False)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-position"]
        verbose_name = _("回调")
        constraints = [models.UniqueConstraint("endpoint", "event", name="webhook_delivery_once")]
        indexes = [
            models.Index(
                "endpoint", "about", "position", condition=models.Q(state="waiting"), name="webhook_delivery_order"
            ),
            models.Index(
                "endpoint", "next_try_at", condition=models.Q(state="waiting"), name="webhook_delivery_waiting"
            ),
            models.Index(fields=["endpoint", "-position"], name="webhook_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.state}"


def as_said(event: Event, connection_id: Any) -> dict[str, Any]:
    """An event as one connection reads it, in the feed and in the `data` of a webhook."""
    numbers = [each["case_number"] for each in event.references if each["connection_id"] == str(connection_id)]
    return {**event.payload, "position": event.position, "case_numbers": numbers}
