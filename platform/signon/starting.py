"""Beginning a sign-in at a provider, for whoever leads people there: this app's own pages, and apps above."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.http import HttpRequest

from signon import selectors
from signon.models import IdentityProvider


def openid_provider(request: HttpRequest, issuer: str = "") -> Any:
    """allauth's provider for the province's own OpenID provider of this issuer; without a name, for the only one.

    One that is switched on; None when there is none, or when it is not clear which. `provider.redirect(…)` goes there
    with PKCE, state and nonce.
    """
    rows = [row for row in selectors.open_providers() if row.kind == IdentityProvider.Kind.OIDC]
    fitting = [row for row in rows if not issuer or row.issuer.rstrip("/") == issuer.rstrip("/")]
    return get_adapter().get_provider(request, fitting[0].slug) if len(fitting) == 1 else None
