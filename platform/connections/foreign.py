"""Keys that are tried where they do not belong: refused, noted once, told to the administrators of both sides.

The side that was tried cannot know whether the key is real; it tells the side that the key names, in a task of that
seat which carries a digest and nothing else. That side looks among its own keys: a real one is in wrong hands, or a
partner wrote down a wrong address.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from accounts.selectors import holders
from audit import trail
from connections import rules
from connections.models import Client, Connection, ForeignUse
from gateway.models import ApiToken
from kernel import clock
from kernel.soon import soon
from notify.models import ChannelName
from notify.services import tell
from provinces.context import required
from provinces.hosts import DIRECTORY

log = logging.getLogger(__name__)
MACHINE = trail.Actor(None, "系统")
TELL_AGAIN = timedelta(hours=1)
MOST_NEW_AN_HOUR = 50
"""Rows for keys never seen before: anybody may make keys up."""


def digest_of(key: str) -> str:
    """What is kept and sent of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def host_of(seat: str) -> str:
    """The host name of a seat, as people write it."""
    return f"{'federation' if seat == 'office' else seat}.{settings.DOMAIN}"


def lives_here(seat: str) -> bool:
    """Whether a seat of this name is served by this installation."""
    return seat in ("brands", "office") or any(host.seat.name == seat for host in DIRECTORY.provinces())


def tried_here(key: str, named: str) -> None:
    """Note that a key which names another host was tried on this one; tell both sides."""
    from connections.tasks import tried_elsewhere

    here, digest = required().name, digest_of(key)
    row = _note(seat=here, other_seat=named, digest=digest, own=False)
    if row is None:
        return
    _tell(
        row,
        title=_("有人用别处的密钥调用本单位接口"),
        body=_("密钥上写的是“{host}”，已拒绝。多半是对方系统填错了网址；若反复出现，请联系对方单位。"),
        host=host_of(named),
        others_too=True,
    )
    if lives_here(named):
        soon(tried_elsewhere, digest, here, seat=named)


def tried_elsewhere(digest: str, at_seat: str) -> bool:
    """Look whether a key that was tried at another host is one of ours; if so note it and tell. For the task."""
    found, connection_id = _is_ours(digest)
    if not found:
        return False
    row = _note(seat=required().name, other_seat=at_seat, digest=digest, own=True, connection_id=connection_id)
    if row is not None:
        _tell(
            row,
            title=_("本单位的密钥在别处被使用"),
            body=_("有人在“{host}”使用本单位发出的密钥，已被拒绝。请向对方核实；不是填错网址的，请立即吊销这把密钥。"),
            host=host_of(at_seat),
            others_too=False,
        )
    return True


def _is_ours(digest: str) -> tuple[bool, UUID | None]:
    here = required().name
    token = (
        Token.objects.filter(hash=digest, client__connected__connection__seat=here)
        .values_list("client__connected__connection_id", flat=True)
        .first()
    )
    if token is not None:
        return True, token
    for client in Client.objects.filter(connection__seat=here).only("oidc_id", "connection_id"):
        if digest_of(client.oidc_id) == digest:
            return True, client.connection_id
    return ApiToken.objects.filter(digest=digest, seat=here).exists(), None


@transaction.atomic
def _note(
    *, seat: str, other_seat: str, digest: str, own: bool, connection_id: UUID | None = None
) -> ForeignUse | None:
    """The row of this key, counted up; None when so many strange keys came that rows are no longer made."""
    now = clock.now()
    same = ForeignUse.objects.filter(seat=seat, key_digest=digest, other_seat=other_seat, own=own)
    if same.update(tries=F("tries") + 1, last_at=now):
        return same.get()
    fresh = ForeignUse.objects.filter(seat=seat, own=own, first_at__gt=now - timedelta(hours=1))
    if not own and fresh.count() >= MOST_NEW_AN_HOUR:
        log.warning("keys of other hosts keep coming to %s; no more of them are written down this hour", seat)
        return None
    row, _made = ForeignUse.objects.get_or_create(
        seat=seat, key_digest=digest, other_seat=other_seat, own=own, defaults={"connection_id": connection_id}
    )
    trail.record(row, "used_elsewhere" if own else "refused", by=MACHINE, data={"host": host_of(other_seat)})
    return row


@transaction.atomic
def _tell(row: ForeignUse, *, title: object, body: object, host: str, others_too: bool) -> None:
    """At most once an hour for a key; with `others_too`, for all keys of that host together."""
    recent = ForeignUse.objects.filter(seat=row.seat, own=row.own, told_at__gt=clock.now() - TELL_AGAIN)
    recent = recent.filter(other_seat=row.other_seat) if others_too else recent.filter(pk=row.pk)
    if recent.exists():
        return
    ForeignUse.objects.filter(pk=row.pk).update(told_at=clock.now())
    tell(
        to=_told(row),
        code="key.foreign",
        title=title,  # type: ignore[arg-type] # lazy text
        body=str(body).format(host=host),
        url=f"/connections/{row.connection_id}/" if row.connection_id else "/connections/",
        urgent=row.own,
        channels=(ChannelName.IN_APP, ChannelName.SMS) if row.own else (ChannelName.IN_APP,),
    )


def _told(row: ForeignUse) -> Iterable[UUID]:
    """At the brands host the house whose key it is; of a stranger's key no house is told, it stands in the trail."""
    if required().kind != "brands":
        return administrators()
    house = Connection.objects.filter(pk=row.connection_id).values_list("organisation_id", flat=True).first()
    people = User.objects.filter(pk__in=list(administrators()))
    return [each.pk for each in people if house is not None and house in (rules.organisations(each) or ())]


def administrators() -> Iterable[UUID]:
    """Who hears of keys here: both administrators of a province, whoever keeps connections elsewhere."""
    kind = required().kind
    if kind == "province":
        return holders(Post.Role.SECURITY_ADMIN, Post.Role.BUREAU_ADMIN).values_list("pk", flat=True)
    if kind == "office":
        return holders(Post.Role.OFFICE_ADMIN).values_list("pk", flat=True)
    return rules.people_of(kind)
