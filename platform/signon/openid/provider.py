"""A bureau's OpenID provider, as allauth lists it."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider, _pick_data
from django.http import HttpRequest, HttpResponse

from signon.openid.views import BureauAdapter


class BureauProvider(OpenIDConnectProvider):
    package = "signon.openid"
    oauth2_adapter_class = BureauAdapter
    supports_token_authentication = False

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        chosen = kwargs.pop("auth_params", None)
        params = {**(self.get_auth_params() if chosen is None else chosen), "nonce": nonce}
        answer: HttpResponse = super().redirect(
            request, process, next_url=next_url, data=data, auth_params=params, nonce=nonce, **kwargs
        )
        return answer

    def extract_uid(self, data: dict[str, Any]) -> str:
        found = _pick_data(data).get("sub")
        if not found:
            raise ProviderException("no sub")
        return str(found)
