"""The steps of signing in with an OpenID provider."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse

from kernel.errors import BadInput
from signon import selectors
from signon.errors import ProviderSilent
from signon.oidc import published, tokens

NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class BureauAdapter(OpenIDConnectOAuth2Adapter):
    """Discovery is kept and believed only from the issuer itself; an ID token counts only with a good signature."""

    @property
    def openid_config(self) -> dict[str, Any]:
        row = selectors.provider_by_slug(self.provider_id)
        if row is None:
            raise SocialApp.DoesNotExist
        try:
            said = published.configuration(row)
        except ProviderSilent as error:
            raise ProviderException(str(error.data.get("why"))) from error
        missing = [name for name in NEEDED if not isinstance(said.get(name), str)]
        if missing or said["issuer"].rstrip("/") != row.issuer.rstrip("/"):
            raise ProviderException(f"discovery: {', '.join(missing) or 'issuer'}")
        return said

    @property
    def basic_auth(self) -> bool:
        methods = self.openid_config.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return bool(self.get_provider().app.secret) and "client_secret_post" not in methods

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        credential = kwargs["response"].get("id_token")
        if not credential:
            raise ProviderException("no id_token")
        row = selectors.provider_by_slug(self.provider_id)
        assert row is not None
        try:
            data: dict[str, Any] = {"id_token": tokens.read_id_token(row, credential, secret=app.secret)}
        except (BadInput, ProviderSilent) as error:
            raise ProviderException(f"id_token: {error.data.get('why')}") from error
        if self.openid_config.get("userinfo_endpoint"):
            data["userinfo"] = self._fetch_user_info(token.token)
        return self.get_provider().sociallogin_from_response(request, data)


@login_not_required
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider."""
    if not selectors.may_start(request.user, provider_id):
        raise Http404
    return _run(OAuth2LoginView, request, provider_id)


@login_not_required
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back with a code."""
    return _run(OAuth2CallbackView, request, provider_id)


def _run(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        answer: HttpResponse = view.adapter_view(BureauAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return answer
