"""The province's own sign-in (OpenID Connect) for a launch that begins there."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest, HttpResponse

from signon import starting
from tenants.embedding.errors import LaunchRefused


def provider(request: HttpRequest, issuer: str) -> Any:
    """The provider of this province that calls itself so; without a name, the only one. Raises LaunchRefused."""
    found = starting.openid_provider(request, issuer)
    if found is None:
        raise LaunchRefused("launch_no_provider")
    return found


def send_there(request: HttpRequest, provider: Any, *, hint: str, back: str) -> HttpResponse:
    """Send the browser to the provider; the state, and what PKCE keeps, stay in its session. Raises LaunchRefused."""
    params = {**provider.get_auth_params(), **({"login_hint": hint} if hint else {})}
    try:
        answer: HttpResponse = provider.redirect(request, AuthProcess.LOGIN, next_url=back, auth_params=params)
    except ProviderException as error:
        raise LaunchRefused("launch_no_provider") from error
    return answer
