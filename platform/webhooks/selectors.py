"""The doors: endpoints and what became of deliveries, and the feed of events."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.models import Trail
from connections import rules
from connections import selectors as joined
from connections.models import Client, Connection
from kernel.errors import BadInput, NotFound404, Problem
from provinces.context import required
from webhooks import events
from webhooks.models import Delivery, Endpoint, Event, FeedHead

MOST, USUAL = 200, 100
LATEST = "latest"
_LOOKED_AT = 2_000


class CursorTooOld(Problem):
    """Events after that place are gone for age: something would be missing."""

    code = "cursor_expired"
    status = 410
    title = _("游标已过期")
    sentence = _("这个游标之后的事件已超过 30 天，有的已删除。请先用各业务接口核对，再从 after=latest 重新开始。")


# Endpoints ------------------------------------------------------------------------------------------------------------


def connection_for(user: Any, connection_id: UUID | str) -> Connection:
    """A connection whose endpoints this person keeps, or a client its own. Raises NotFound404."""
    if isinstance(user, User) and user.is_service:
        own = _own(user)
        if own is None or str(own.pk) != str(connection_id):
            raise NotFound404()
        return own
    return joined.connection_for(user, connection_id)


def _own(user: User) -> Connection | None:
    found = Client.objects.select_related("connection").filter(user=user, state=Client.State.ON).first()
    return found.connection if found else None


def endpoints_of(user: Any, connection_id: UUID | str | None = None) -> QuerySet[Endpoint]:
    """The endpoints this person keeps or switches, a client those of its own connection, with counts; oldest first."""
    rows = Endpoint.objects.filter(seat=required().name).select_related("connection")
    if isinstance(user, User) and user.is_service:
        own = _own(user)
        rows = rows.filter(connection=own) if own else rows.none()
    else:
        rows = rows.filter(connection__in=joined.connections_of(user)) if rules.may_see(user) else rows.none()
    if connection_id is not None:
        rows = rows.filter(connection_id=connection_id)
    return rows.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING)),
        dead=Count("deliveries", filter=Q(deliveries__state=Delivery.State.DEAD)),
        odd=Count("deliveries", filter=Q(deliveries__odd=True)),
    ).order_by("id")


def endpoint_for(user: Any, endpoint_id: UUID | str, connection_id: UUID | str | None = None) -> Endpoint:
    """One of them. Raises NotFound404."""
    try:
        found = endpoints_of(user, connection_id).filter(pk=endpoint_id).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound404()
    return found


def deliveries_of(endpoint: Endpoint, show: str = "") -> QuerySet[Delivery]:
    """What became of its deliveries, newest first. show: "waiting", "failing", "dead", "done", "odd" or all."""
    rows = Delivery.objects.filter(endpoint=endpoint).select_related("event").order_by("-position")
    if show == "failing":
        return rows.filter(state=Delivery.State.WAITING, tries__gt=0)
    if show == "odd":
        return rows.filter(odd=True)
    return rows.filter(state=show) if show in Delivery.State.values else rows


def history(endpoint: Endpoint) -> QuerySet[Trail]:
    """What was done to an endpoint, newest first."""
    return trail.of(endpoint).order_by("-at")


def unsettled(connection_id: UUID) -> int:
    """How many events wait for a connection."""
    return Delivery.objects.filter(endpoint__connection_id=connection_id, state=Delivery.State.WAITING).count()


# Feed -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """events: in order. cursor: where to go on. more: whether there is more already."""

    events: Sequence[Event]
    cursor: str
    more: bool


def feed(
    user: User, *, after: str = "", kinds: Collection[str] = (), about: UUID | None = None, limit: int = USUAL
) -> Page:
    """What this person may know of that happened after a cursor, in order.

    after: "" for all that is kept, "latest" for nothing but the cursor. kinds: names, or groups as "clue.*". Raises
    BadInput `cursor_unknown`, CursorTooOld.
    """
    events.place()
    seat = required().name
    head = FeedHead.objects.filter(seat=seat).first()
    last, dropped = (head.last, head.dropped) if head else (0, 0)
    if after == LATEST:
        return Page((), _written(last), False)
    at = _read(after) if after else dropped
    if at > last:
        raise _unknown()
    if at < dropped:
        raise CursorTooOld()
    own = _own(user) if user.is_service else None
    house = own.organisation_id if own else None
    found: list[Event] = []
    looked_at = 0
    while len(found) < limit and looked_at < _LOOKED_AT:
        piece = list(_after(seat, at, kinds, about)[: limit * 2])
        if not piece:
            return Page(found, _written(max(at, last)), False)
        shown = events.visible(user, piece, house=house)
        for event in piece:
            at = event.position or at
            if event.pk in shown:
                found.append(event)
            if len(found) == limit:
                break
        looked_at += len(piece)
    return Page(found, _written(at), _after(seat, at, kinds, about).exists())


def _after(seat: str, at: int, kinds: Collection[str], about: UUID | None) -> QuerySet[Event]:
    rows = Event.objects.filter(seat=seat, position__gt=at, endpoint_id=None).order_by("position")
    if kinds:
        wanted = Q(kind__in=[each for each in kinds if not each.endswith(".*")])
        for each in kinds:
            if each.endswith(".*"):
                wanted |= Q(kind__startswith=each[:-1])
        rows = rows.filter(wanted)
    return rows.filter(about=about) if about else rows


def _written(at: int) -> str:
    text = json.dumps(["1", required().name, at], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)) if cursor.isascii() else b""
        version, seat, at = json.loads(text)
    except (ValueError, TypeError, binascii.Error) as error:
        raise _unknown() from error
    if version != "1" or seat != required().name or not isinstance(at, int) or not 0 <= at < 2**62:
        raise _unknown()
    return at


def _unknown() -> BadInput:
    return BadInput(
        _("after 只能用上一次给出的 cursor。请从 after=latest 或不带 after 重新开始。"), code="cursor_unknown"
    )
