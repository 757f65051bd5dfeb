"""One-tap passes: signed, for one host, once, within a minute. Refused outside demonstration mode."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from kernel.errors import NotAllowed, NotFound404
from runtime.door.personas import PERSONAS, Persona

SALT = "runtime.door.pass"
GOOD_FOR_S = 60


@dataclass(frozen=True)
class Pass:
    """What a redeemed pass says."""

    persona: Persona


def issue(persona: Persona) -> str:
    """A pass for that persona at its host. Raises NotFound404 outside demonstration mode."""
    if not settings.DEMO:
        raise NotFound404()
    said = {
        "persona": persona.code,
        "host": f"{persona.host}.{settings.DOMAIN_NAME}",
        "once": secrets.token_urlsafe(16),
    }
    return signing.dumps(said, salt=SALT)


def redeem(token: str, *, host_name: str) -> Pass:
    """Take a pass at the host it was made for.

    host_name: without port. Raises NotFound404 outside demonstration mode; NotAllowed `demo_pass_refused` for one that
    is forged, older than a minute, another host's or used before.
    """
    if not settings.DEMO:
        raise NotFound404()
    try:
        said: dict[str, Any] = signing.loads(token, salt=SALT, max_age=GOOD_FOR_S)
    except signing.BadSignature as error:
        raise _refused() from error
    persona = PERSONAS.get(said.get("persona", ""))
    if persona is None or said.get("host") != host_name:
        raise _refused()
    # `add` is one command of Valkey: of two at the same moment one gets in.
    if not cache.add(f"demo-pass:{said['once']}", 1, timeout=2 * GOOD_FOR_S):
        raise _refused()
    return Pass(persona)


def _refused() -> NotAllowed:
    return NotAllowed(_("这张演示通行证已用过或已过期。请回到首页，再点一次人物。"), code="demo_pass_refused")
