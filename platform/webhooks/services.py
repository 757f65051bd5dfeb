"""Endpoints: making and changing them, their keys, the test, sending again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from audit.trail import Person
from connections import rules
from connections.models import Client, Connection
from connections.seen import require as require_seen
from gateway import outbound
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from webhooks import events, sending, signing
from webhooks.models import Delivery, Endpoint, EndpointKey, Event

BOTH_SIGN_FOR = timedelta(hours=24)
MOST_ENDPOINTS, LONGEST_ADDRESS = 10, 500
TEST = "webhook.test"
_PIECE = 500


class ReplayTooOld(BadInput):
    """Events are kept for 30 days."""

    code = "replay_too_old"
    sentence = _("只能重发最近 30 天的事件。请改开始时间；更早的请用接口逐项读取。")


class NothingToReplay(Conflict):
    """No event lies in that time that this endpoint wants and may know of."""

    code = "nothing_to_replay"
    sentence = _("这段时间没有可以重发的事件。请核对时间，并确认接入账号有 events:read 权限。")


def require_keeper(by: Person, connection: Connection) -> None:
    """Whoever keeps connections, and the connection's own clients. Raises NotAllowed."""
    if isinstance(by, User) and by.is_service:
        if not Client.objects.filter(connection=connection, user=by, state=Client.State.ON).exists():
            raise NotAllowed()
        return
    rules.require_keeper(by)


@transaction.atomic
def make(connection: Connection, *, by: Person, url: str, kinds: Sequence[str] = ()) -> tuple[Endpoint, str]:
    """Make an endpoint, not yet switched on. Returns it with its key, which is shown this once. Raises BadInput."""
    require_keeper(by, connection)
    url = _address(url)
    Connection.objects.select_for_update().get(pk=connection.pk)  # of two at one moment the second counts the first
    if connection.endpoints.count() >= MOST_ENDPOINTS:
        raise BadInput(
            _("一个对接最多有 {most} 个回调地址。请停用不用的，或改用其中一个。"),
            code="endpoints_too_many",
            most=MOST_ENDPOINTS,
        )
    row = Endpoint.objects.create(
        seat=connection.seat,
        connection=connection,
        url=url,
        kinds=_kinds(kinds),
        created_by=by if isinstance(by, User) else None,
    )
    trail.record(row, "create", by=by, to_state=row.state)
    return row, signing.keep(row)


@transaction.atomic
def change(endpoint: Endpoint, *, by: Person, url: str | None = None, kinds: Sequence[str] | None = None) -> Endpoint:
    """Change where to, or what of. A new address waits for the second person, as the first one did. Raises BadInput."""
    require_keeper(by, endpoint.connection)
    # As it is now: switched on since it was read, it must not go on at an address that nobody else has seen.
    endpoint = Endpoint.objects.select_for_update(of=("self",)).select_related("connection").get(pk=endpoint.pk)
    changed = []
    if url is not None and url.strip() != endpoint.url:
        endpoint.url = _address(url)
        changed.append("url")
    if kinds is not None and sorted(kinds) != endpoint.kinds:
        endpoint.kinds = _kinds(kinds)
        changed.append("kinds")
    if changed:
        endpoint.save(update_fields=changed)
        trail.record(endpoint, "change", by=by, data={"fields": changed})
    if "url" in changed and endpoint.is_on and not rules.may_switch(by):
        move(endpoint, "switch_off", by=by, why=str(_("地址已改，等安全管理员启用")))
        cache.delete("webhooks:listens")
    return endpoint


@transaction.atomic
def switch_on(endpoint: Endpoint, *, by: Person, seen: str = "") -> Endpoint:
    """Have it told from now on, and what still waits for it. seen: see `connections.seen`.

    Raises NotAllowed `not_switcher`, MoveRefused, ChangedSinceSeen.
    """
    rules.require_switcher(by)
    require_seen(seen, Endpoint.objects.select_for_update().get(pk=endpoint.pk).seen)
    now = clock.now()
    row = move(
        endpoint, "switch_on", by=by, failures=0, quiet_until=None, failing_since=None, told_at=None, dead_told_at=None
    )
    Delivery.objects.filter(endpoint=row, state=Delivery.State.WAITING).update(waiting_since=now, next_try_at=now)
    cache.delete("webhooks:listens")
    transaction.on_commit(events.nudge)
    return row


@transaction.atomic
def switch_off(endpoint: Endpoint, *, by: Person, why: str = "") -> Endpoint:
    """Stop posting to it. What waits stays; what happens meanwhile can be sent again afterwards."""
    if not (isinstance(by, User) and rules.may_switch(by)):
        require_keeper(by, endpoint.connection)
    row = move(endpoint, "switch_off", by=by, why=why)
    cache.delete("webhooks:listens")
    return row


@transaction.atomic
def rotate(endpoint: Endpoint, *, by: Person) -> str:
    """A new key; the one before signs beside it for a day, older ones end now. Returns it, shown this once."""
    require_keeper(by, endpoint.connection)
    now = clock.now()
    newest = endpoint.keys.order_by("-id").first()
    endpoint.keys.exclude(pk=newest.pk if newest else None).delete()
    if newest is not None:
        EndpointKey.objects.filter(pk=newest.pk).update(ends_at=now + BOTH_SIGN_FOR)
    secret = signing.keep(endpoint)
    trail.record(endpoint, "rotate", by=by, data={"fingerprint": signing.fingerprint(secret)})
    return secret


@transaction.atomic
def end_old_keys(endpoint: Endpoint, *, by: Person) -> int:
    """Only the newest key signs from now on. Returns how many ended."""
    require_keeper(by, endpoint.connection)
    newest = endpoint.keys.order_by("-id").first()
    ended = endpoint.keys.exclude(pk=newest.pk if newest else None).delete()[0]
    trail.record(endpoint, "end_old_keys", by=by, data={"count": ended})
    return ended


def test(endpoint: Endpoint, *, by: Person) -> sending.Tried:
    """Post one test event now, also to an endpoint that is off. Call it outside any transaction."""
    if not (isinstance(by, User) and rules.may_switch(by)):
        require_keeper(by, endpoint.connection)
    with transaction.atomic():
        made = events.emit(
            TEST, about=endpoint.pk, payload={"object_id": str(endpoint.pk), "verb": "test"}, endpoint_id=endpoint.pk
        )
        trail.record(endpoint, "test", by=by)
    if made is None:
        raise NotFound404()
    return sending.test_now(endpoint, made)


def replay(endpoint: Endpoint, *, by: Person, since: datetime, until: datetime, undelivered_only: bool = False) -> int:
    """Send again what happened in a time, also what was taken, with the same ids. Returns how many.

    Raises ReplayTooOld, NothingToReplay.
    """
    require_keeper(by, endpoint.connection)
    now = clock.now()
    if until <= since or since > now:
        raise BadInput(_("结束时间要晚于开始时间，且不能在将来。"), code="period_wrong")
    if since < now - events.KEPT - timedelta(hours=1):
        raise ReplayTooOld()
    events.place()
    rows = Event.objects.filter(
        seat=endpoint.seat, endpoint_id=None, position__isnull=False, at__gte=since, at__lte=until
    ).order_by("position")
    count = 0
    with transaction.atomic():
        at = 0
        while piece := list(rows.filter(position__gt=at)[:_PIECE]):
            at = piece[-1].position or 0
            count += _send_again(endpoint, piece, undelivered_only=undelivered_only)
        if not count:
            raise NothingToReplay()
        said = {"count": count, "since": since.isoformat(), "until": until.isoformat()}
        trail.record(endpoint, "replay", by=by, data=said)
        transaction.on_commit(events.nudge)
    return count


@transaction.atomic
def replay_one(endpoint: Endpoint, event_id: UUID, *, by: Person) -> None:
    """Send one event again. Raises NotFound404 where this endpoint may not know of it."""
    require_keeper(by, endpoint.connection)
    found = Event.objects.filter(pk=event_id, seat=endpoint.seat, position__isnull=False).first()
    if found is None or not _send_again(endpoint, [found], undelivered_only=False):
        raise NotFound404()
    trail.record(endpoint, "replay", by=by, data={"event": str(event_id)})
    transaction.on_commit(events.nudge)


def _send_again(endpoint: Endpoint, piece: Sequence[Event], *, undelivered_only: bool) -> int:
    """What the endpoint wants of these and may know of now waits again; what was never meant for it waits too."""
    now = clock.now()
    meant = events.deliveries_for(endpoint, piece)
    ids = [each.event_id for each in meant]
    there = Delivery.objects.filter(endpoint=endpoint, event_id__in=ids)
    known = set(there.values_list("event_id", flat=True))
    again = there.exclude(state=Delivery.State.DONE) if undelivered_only else there
    changed = again.update(
        state=Delivery.State.WAITING,
        replays=F("replays") + 1,
        tries=0,
        waiting_since=now,
        next_try_at=now,
    )
    fresh = [each for each in meant if each.event_id not in known]
    Delivery.objects.bulk_create(fresh, ignore_conflicts=True)
    return changed + len(fresh)


def _address(url: str) -> str:
    url = outbound.check_url(url)
    if len(url) > LONGEST_ADDRESS:
        raise outbound.OutboundRefused(url=url[:100])
    return url


def _kinds(wanted: Sequence[str]) -> list[str]:
    known = {kind.name for kind in events.kinds_here()} | {f"{kind.group}.*" for kind in events.kinds_here()}
    strange = sorted(set(wanted) - known)
    if strange:
        raise BadInput(_("没有这些事件：{kinds}。请在页面上勾选。"), code="kind_unknown", kinds=strange)
    return sorted(set(wanted))
