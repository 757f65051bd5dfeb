"""Keys and signatures as the Standard Webhooks specification has them: over id, time and body."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from standardwebhooks import Webhook

from kernel import clock
from kernel.canonical import canonical_json
from notify.sealing import seal, unseal
from webhooks.models import Endpoint, EndpointKey, Event, as_said

PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh key: 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def fingerprint(secret: str) -> str:
    """Eight characters by which two people can tell that they mean the same key."""
    return hashlib.sha256(secret.encode()).hexdigest()[:8]


def keep(endpoint: Endpoint) -> str:
    """Give an endpoint a new key. Returns it; it is shown this once."""
    secret = new_secret()
    EndpointKey.objects.create(endpoint=endpoint, sealed=seal(secret), fingerprint=fingerprint(secret))
    return secret


def living(endpoint_id: UUID, *, now: datetime | None = None) -> list[str]:
    """The keys that sign now, newest first."""
    moment = now or clock.now()
    rows = EndpointKey.objects.filter(endpoint_id=endpoint_id).order_by("-id")
    return [_opened(row.sealed) for row in rows if row.ends_at is None or row.ends_at > moment]


@lru_cache(maxsize=256)
def _opened(sealed: str) -> str:
    return unseal(sealed)


def body_of(event: Event, connection_id: UUID) -> bytes:
    """The bytes of one event for one connection, the same at every try."""
    return canonical_json({"type": event.kind, "timestamp": event.at, "data": as_said(event, connection_id)})


def headers_of(event_id: UUID, body: bytes, keys: Sequence[str], *, at: datetime | None = None) -> dict[str, str]:
    """What goes before the body: id, time of this try, one signature for each living key."""
    moment = at or clock.now()
    text = body.decode()
    signed = [Webhook(key).sign(msg_id=str(event_id), timestamp=moment, data=text) for key in keys]
    return {
        "content-type": "application/json",
        "webhook-id": str(event_id),
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signed),
    }
