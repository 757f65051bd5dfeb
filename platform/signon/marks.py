"""What a session here remembers of the session there that it rests on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from accounts import sudo
from accounts.models import User
from kernel import clock
from signon import selectors
from signon.models import IdentityProvider, SsoSession
from signon.sealing import seal

MARK = "signon"
LONGEST_ABSENCE_S = 60


def on_logged_in(
    sender: object, *, request: HttpRequest, user: User, sociallogin: SocialLogin | None = None, **more: object
) -> None:
    """Somebody came in through a provider."""
    if sociallogin is None or not selectors.here():
        return
    row = selectors.provider_by_slug(sociallogin.account.provider)
    if row is not None:
        keep(request, row, sociallogin, user)
        if row.kind == IdentityProvider.Kind.OIDC and not (sociallogin.state.get("data") or {}).get("prove"):
            sudo.forget(request)  # the provider may have let the person through without asking anything


def keep(request: HttpRequest, row: IdentityProvider, sociallogin: SocialLogin, user: User) -> None:
    """By what the session there can be found and asked about: at the sign-in, and each time it was asked unseen."""
    now = clock.now()
    due = now + timedelta(minutes=row.check_minutes) if row.check_minutes else None
    refresh = sociallogin.token.token_secret if sociallogin.token else ""
    if row.kind != IdentityProvider.Kind.OIDC:
        how, refresh = SsoSession.How.STATUS, ""
    else:
        how = SsoSession.How.REFRESH if refresh else SsoSession.How.BROWSER
    if not request.session.session_key:
        request.session.save()
    said: dict[str, Any] = {
        "provider": row,
        "user": user,
        "sub": str(sociallogin.account.uid)[:191],
        "sid": str(sociallogin.state.get("sid") or "")[:191],
        "how": how,
        "refresh": seal(refresh or ""),
        "checked_at": now,
        "check_at": due,
        "silent_since": None,
    }
    IdentityProvider.objects.filter(pk=row.pk).update(last_ok_at=now, silent_since=None, told_at=None)
    SsoSession.objects.update_or_create(session_key=request.session.session_key, defaults=said)
    ask_at = due.timestamp() if due and how == SsoSession.How.BROWSER else None
    request.session[MARK] = {"slug": row.slug, "ask_at": ask_at, "grace_s": row.grace_minutes * 60}


def postpone(request: HttpRequest) -> None:
    """The provider cannot be asked just now: ask again in a minute."""
    mark = request.session.get(MARK)
    if mark:
        later = clock.now().timestamp() + LONGEST_ABSENCE_S
        request.session[MARK] = {**mark, "again_at": later}
