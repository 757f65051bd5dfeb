"""Systems are told from our server that somebody signed out here (OpenID Connect Back-Channel Logout 1.0)."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any

import jwt
from allauth.core.internal import jwkkit
from allauth.idp.oidc.internal.private_keys import filter_keys, pick_signing_key
from django.conf import settings
from django.db import transaction
from django.utils.http import urlencode

from audit.move import move
from audit.trail import Actor
from gateway import outbound
from kernel import clock
from kernel.errors import Problem
from notify.live import host_of_seat
from signon.idp import keys
from signon.models import LogoutNotice
from signon.oidc.tokens import EVENT

log = logging.getLogger(__name__)
MACHINE = Actor(None, "统一登录")
BACK_OFF = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1)]
MOST = 100


def send_due() -> int:
    """Tell all whose time has come. Returns how many heard it."""
    due = LogoutNotice.objects.filter(state=LogoutNotice.State.WAITING, next_try_at__lte=clock.now())
    return sum(_send(each) for each in list(due.select_related("client")[:MOST]))


def logout_token(notice: LogoutNotice) -> str:
    """What a system is told, signed by this province for that system alone."""
    now = int(clock.now().timestamp())
    said: dict[str, Any] = {
        "iss": f"{settings.SCHEME}://{host_of_seat()}",
        "aud": notice.client.oidc_id,
        "iat": now,
        "exp": now + 120,
        "jti": uuid.uuid4().hex,
        "sub": notice.sub,
        "sid": str(notice.sid),
        "events": {EVENT: {}},
    }
    signing = pick_signing_key(filter_keys(keys.private_keys(), did_activate=True, is_active=True))
    assert signing is not None
    jwk, private_key = jwkkit.load_jwk_from_pem(signing.pem)
    return jwt.encode(said, private_key, algorithm="RS256", headers={"kid": jwk["kid"], "typ": "logout+jwt"})


def _send(notice: LogoutNotice) -> bool:
    mine = LogoutNotice.objects.filter(
        pk=notice.pk, state=LogoutNotice.State.WAITING, next_try_at=notice.next_try_at
    ).update(next_try_at=clock.now() + BACK_OFF[0])
    if not mine:
        return False  # another worker had the same idea
    body = urlencode({"logout_token": logout_token(notice)}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        status = outbound.send("POST", notice.client.logout_url, body=body, headers=headers, read_s=5).status
        why = "" if status in (200, 204) else str(status)
    except Problem as problem:
        why = str(problem.data.get("why") or problem.code)
    with transaction.atomic():
        tries = notice.tries + 1
        if not why:
            move(notice, "sent", by=MACHINE, tries=tries, why="")
            return True
        log.warning("%s was not told of a sign-out: %s", notice.client.oidc_id, why)
        if tries > len(BACK_OFF):
            move(notice, "fail", by=MACHINE, tries=tries, why=why[:60])
            return False
        LogoutNotice.objects.filter(pk=notice.pk).update(
            tries=tries, why=why[:60], next_try_at=clock.now() + BACK_OFF[tries - 1]
        )
    return False
