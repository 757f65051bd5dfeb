"""The steps of signing in with 钉钉."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from allauth.utils import build_absolute_uri
from django.http import HttpRequest
from django.urls import reverse

from signon.dingtalk.directory import DingTalk
from signon.errors import ProviderSilent
from signon.work_accounts import pages


class DingTalkClient(OAuth2Client):
    """The code is redeemed by the directory, in the service's own words."""

    app: SocialApp

    def get_access_token(self, code: str, pkce_code_verifier: str | None = None, extra_data: Any = None) -> Any:
        try:
            return {"access_token": DingTalk(self.app).redeem(code)}
        except ProviderSilent as error:
            raise ProviderException(str(error.data.get("why"))) from error


class DingTalkAdapter(OAuth2Adapter):
    client_class = DingTalkClient
    access_token_url = ""

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        self.provider_id = provider_id
        if "authCode" in request.GET and "code" not in request.GET:  # its own name for the code
            said = request.GET.copy()
            said["code"] = said["authCode"]
            request.GET = said  # type: ignore[assignment]
        super().__init__(request)

    @property
    def authorize_url(self) -> str:
        return DingTalk(self.get_provider().app).at("authorize")

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        url: str = build_absolute_uri(request, reverse("dingtalk_callback", kwargs={"provider_id": self.provider_id}))
        return url

    def get_client(self, request: HttpRequest, app: SocialApp) -> DingTalkClient:
        client: DingTalkClient = super().get_client(request, app)
        client.app = app
        return client

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        try:
            person = DingTalk(app).person(token.token)
        except ProviderSilent as error:
            raise ProviderException(str(error.data.get("why"))) from error
        return self.get_provider().sociallogin_from_response(request, person)


login, callback = pages(DingTalkAdapter)
