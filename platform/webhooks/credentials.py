"""Lines of this app in the table of credentials: the key that webhooks are signed with, and the cursor of a feed."""

from __future__ import annotations

from accounts.credentials import Credential, register
from accounts.models import User
from audit.trail import Actor
from connections.models import Connection
from kernel.errors import Problem
from notify.sealing import unseal
from provinces.context import required
from webhooks import selectors, signing
from webhooks.models import Endpoint, EndpointKey

MACHINE = Actor(None, "系统")


def _make_key(user: User) -> str:
    connection = Connection.objects.create(seat=required().name, kind=Connection.Kind.OTHER, name="guard")
    endpoint = Endpoint.objects.create(seat=required().name, connection=connection, url="https://example.com/")
    return signing.keep(endpoint)


def _signs_here(user: User, secret: str) -> bool:
    """Whether anything of this seat is signed with that key."""
    rows = EndpointKey.objects.filter(fingerprint=signing.fingerprint(secret), endpoint__seat=required().name)
    return any(unseal(row.sealed) == secret for row in rows)


def _reads_here(user: User, cursor: str) -> bool:
    try:
        selectors.feed(user, after=cursor, limit=1)
    except Problem:
        return False
    return True


register(Credential("webhook_key", _make_key, _signs_here))
register(Credential("event_cursor", lambda user: selectors.feed(user, after="latest").cursor, _reads_here))
