"""allauth's provider, with what it leaves open: PKCE for every system, and sessions that can be ended."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from allauth.core.internal.httpkit import add_query_params
from allauth.idp.oidc import views
from allauth.idp.oidc.internal.clientkit import is_redirect_uri_allowed
from allauth.idp.oidc.internal.oauthlib.utils import respond_html_error
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from oauthlib.oauth2.rfc6749.errors import InvalidRequestFatalError

from accounts.models import User
from signon import selectors
from signon.models import OwnClient
from signon.services import clients as services


class AuthorizationView(views.AuthorizationView):
    """Code with S256, nothing else; only for systems that are switched on."""

    template_name = "signon/authorize.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.GET
        own = selectors.own_client(asked.get("client_id", ""))
        if own is None or not own.is_on:
            return self._stop(_("这个系统没有在本省登记，或没有启用。请联系发来链接的系统的管理员。"))
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            return self._stop(_("这个系统没有按要求使用 PKCE（S256）。请联系发来链接的系统的管理员。"))
        if "none" in asked.get("prompt", "").split() and self._never_agreed(own):
            return self._consent_required(own)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        location = answer.get("Location", "")
        if "code=" in location:  # silent: nobody saw a page
            self._remember(own, location)
        else:
            self._let_go_to(own)
        return answer

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        own = selectors.own_client(self._request_info.get("client_id", ""))
        if own is not None and own.is_on:
            self._remember(own, answer.get("Location", ""))
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["granted"] = [label for _value, label in found["form"].fields["scopes"].choices]
        return found

    def _stop(self, why: str) -> HttpResponse:
        answer = respond_html_error(self.request, error=InvalidRequestFatalError(description=why))
        answer.status_code = 400
        return answer

    def _never_agreed(self, own: OwnClient) -> bool:
        """allauth would take any system's consent for this one's."""
        user = self.request.user
        if own.oidc.skip_consent or not user.is_authenticated:
            return False
        return not selectors.has_agreed(user, own)

    def _consent_required(self, own: OwnClient) -> HttpResponse:
        back, state = self.request.GET.get("redirect_uri", ""), self.request.GET.get("state", "")
        if not is_redirect_uri_allowed(back, own.oidc.get_redirect_uris(), False):
            return self._stop(_("返回地址没有登记。请联系发来链接的系统的管理员。"))
        answer = HttpResponse(status=302)
        answer["Location"] = add_query_params(back, {"error": "consent_required", "state": state})
        return answer

    def _let_go_to(self, own: OwnClient) -> None:
        """The page's form ends at the system's address: browsers ask the page's policy about that."""
        origins = {f"{urlsplit(uri).scheme}://{urlsplit(uri).netloc}" for uri in own.oidc.get_redirect_uris()}
        self.request.forms_go_to = sorted(origins)  # read by gateway.security

    def _remember(self, own: OwnClient, location: str) -> None:
        code = parse_qs(urlsplit(location).query).get("code", [""])[0]
        key, user = self.request.session.session_key, self.request.user
        if not code or not key or not isinstance(user, User):
            return
        services.remember(own, user=user, session_key=key, code=code)


authorization = AuthorizationView.as_view()
