"""Sessions end here because they ended there, and systems that trusted ours are told.

Everything runs in the caller's transaction: with its commit the next page, call or stream of that session finds nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from uuid import UUID

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts import sessions
from accounts.models import Session
from audit import trail
from audit.trail import Actor
from kernel.soon import soon
from notify.live import close_streams
from signon import selectors
from signon.models import ClientSession, IdentityProvider, LogoutNotice, SsoSession

MACHINE = Actor(None, "统一登录")
_TOKENS = (Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN)


def end_by(provider: IdentityProvider, *, sub: str = "", sid: str = "", why: str) -> int:
    """End the sessions that rest on one of the provider's sessions (`sid`) or on one of its people (`sub`).

    Both given: of that person in that session. Neither: none. Returns how many ended.
    """
    if not sub and not sid:
        return 0
    rows = SsoSession.objects.filter(provider=provider)
    if sub:
        rows = rows.filter(sub=sub)
    if sid:
        rows = rows.filter(sid=sid)
    return end(rows, why=why)


def end(rows: Iterable[SsoSession], *, why: str) -> int:
    """End these sessions at once. Returns how many."""
    with transaction.atomic():
        gone = list(rows)
        if not gone:
            return 0
        keys = [row.session_key for row in gone]
        sessions.end(keys, beside={row.user_id for row in gone})
        UserSession.objects.filter(session_key__in=keys).delete()
        SsoSession.objects.filter(pk__in=[row.pk for row in gone]).delete()
        for row in gone:
            trail.record(row.provider, "end_session", by=MACHINE, why=why, data={"user": str(row.user_id)})
        for user_id in {row.user_id for row in gone}:
            close_streams(user_id)
        tell_clients(keys)
    return len(gone)


def tell_clients(keys: Collection[str]) -> int:
    """Systems reached through these sessions: their tokens end, and they are to be told. Returns how many."""
    told = list(ClientSession.objects.filter(session_key__in=keys).select_related("client"))
    for each in told:
        Token.objects.filter(client_id=each.client.oidc_id, user_id=each.user_id, type__in=_TOKENS).delete()
    notices = [
        LogoutNotice(client=each.client, sub=str(each.user_id), sid=each.pk) for each in told if each.client.logout_url
    ]
    LogoutNotice.objects.bulk_create(notices)
    ClientSession.objects.filter(pk__in=[each.pk for each in told]).delete()
    if notices:
        from signon.tasks import tell_systems

        transaction.on_commit(partial(soon, tell_systems))
    return len(told)


def tell_clients_of(user_id: UUID) -> int:
    """The same for all sessions of a person, as when they are suspended."""
    keys = ClientSession.objects.filter(user_id=user_id).values_list("session_key", flat=True)
    return tell_clients(list(keys))


def sweep() -> int:
    """Rows of sessions that are over by themselves: forgotten here, told to the systems. Returns how many."""
    living = Session.objects.values("session_key")
    SsoSession.objects.exclude(session_key__in=living).delete()
    over = ClientSession.objects.exclude(session_key__in=living).values_list("session_key", flat=True)
    return tell_clients(list(over[:500]))


def renamed(old: str, new: str) -> None:
    """A session goes on under another key."""
    if not selectors.here():
        return
    SsoSession.objects.filter(session_key=old).update(session_key=new)
    ClientSession.objects.filter(session_key=old).update(session_key=new)
