"""The steps of signing in with 企业微信."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.utils import build_absolute_uri
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from signon.errors import ProviderSilent
from signon.wecom.directory import WeCom
from signon.work_accounts import pages


class WeComClient(OAuth2Client):
    """Its own names for the usual parameters; the code is redeemed by the directory."""

    app: SocialApp
    inside: bool

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, Any]) -> str:
        agent_id = (self.app.settings or {}).get("agent_id", "")
        if self.inside:
            asked = {
                "appid": self.app.client_id,
                "redirect_uri": self.callback_url,
                "response_type": "code",
                "scope": "snsapi_base",
                "state": self.state,
                "agentid": agent_id,
            }
            return f"{authorization_url}?{urlencode(asked)}#wechat_redirect"
        asked = {
            "login_type": "CorpApp",
            "appid": self.app.client_id,
            "agentid": agent_id,
            "redirect_uri": self.callback_url,
            "state": self.state,
        }
        return f"{authorization_url}?{urlencode(asked)}"

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None) -> Any:
        return {"access_token": code}


class WeComAdapter(OAuth2Adapter):
    client_class = WeComClient
    access_token_url = ""

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        self.provider_id = provider_id
        super().__init__(request)

    @property
    def inside(self) -> bool:
        """Whether the page runs in the app, which knows who holds the phone."""
        return "wxwork" in self.request.headers.get("User-Agent", "").lower()

    @property
    def authorize_url(self) -> str:
        return WeCom(self.get_provider().app).at("inside" if self.inside else "scan")

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        url: str = build_absolute_uri(request, reverse("wecom_callback", kwargs={"provider_id": self.provider_id}))
        return url

    def get_client(self, request: HttpRequest, app: SocialApp) -> WeComClient:
        client: WeComClient = super().get_client(request, app)
        client.app, client.inside = app, self.inside
        return client

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        try:
            person = WeCom(app).person(token.token)
        except ProviderSilent as error:
            raise ProviderException(str(error.data.get("why"))) from error
        token.token = ""  # it was a code, and is used up
        return self.get_provider().sociallogin_from_response(request, person)


login, callback = pages(WeComAdapter)
