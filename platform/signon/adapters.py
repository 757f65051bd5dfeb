"""How allauth meets a province's own identity providers.

allauth's applications are made from `IdentityProvider` rows at each request, as it makes those of its settings: the
secret is unsealed for the call and stands in no other table.
"""

from __future__ import annotations

from typing import Any

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.base import AuthError, AuthProcess
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import sudo
from accounts.adapters import SocialAdapter
from accounts.models import User
from gateway import outbound
from kernel import clock
from kernel.errors import Problem
from provinces import context
from signon import identities, marks, refusals, rules, selectors, trials
from signon.errors import SignOnRefused
from signon.models import IdentityProvider
from signon.oidc.published import discovery_url
from signon.sealing import unseal

AT_ALLAUTH = {"oidc": "openid_connect", "wecom": "wecom", "dingtalk": "dingtalk"}


def as_app(row: IdentityProvider) -> SocialApp:
    """The row as allauth knows applications. Never saved."""
    settings: dict[str, Any] = {"oauth_pkce_enabled": row.kind == IdentityProvider.Kind.OIDC}
    if row.kind == IdentityProvider.Kind.OIDC:
        settings |= {"server_url": discovery_url(row.issuer), "scope": row.scopes.split()}
    else:
        settings |= {"agent_id": row.agent_id, "endpoints": row.endpoints}
    return SocialApp(
        provider=AT_ALLAUTH[row.kind],
        provider_id=row.slug,
        name=row.name,
        client_id=row.client_id,
        secret=unseal(row.secret),
        settings=settings,
    )


class SignOnAdapter(SocialAdapter):
    """Providers of this province that are switched on; exactly one active person or a plain refusal."""

    def get_requests_session(self) -> requests.Session:
        """Every call goes through the checks of `gateway.outbound`; allauth knows what to do when one is refused."""
        session = outbound.session()
        ask = session.request

        def request(*positional: Any, **named: Any) -> requests.Response:
            try:
                return ask(*positional, **named)
            except Problem as error:
                raise requests.RequestException(error.code) from error

        session.request = request  # type: ignore[method-assign]
        return session

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[Any]:
        """Those that are on; one by its name even if it is not, so that who is on the way there is told so."""
        if provider is None:
            return [as_app(row) for row in selectors.open_providers()]
        row = selectors.provider_by_slug(provider)
        return [] if row is None or (client_id and row.client_id != client_id) else [as_app(row)]

    def list_providers(self, request: HttpRequest) -> list[Any]:
        """In the order that the administrators chose."""
        registry.load()
        return [registry.get_class(app.provider)(request, app=app) for app in self.list_apps(request)]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let exactly one active person in, or say plainly why not."""
        row = selectors.provider_by_slug(sociallogin.account.provider)
        if row is None:
            raise ImmediateHttpResponse(redirect("account_login"))
        identity = identities.read(row, sociallogin.account)
        if row.kind == IdentityProvider.Kind.OIDC and not _answers(sociallogin):
            raise ImmediateHttpResponse(turned_away(request, "broken", row))
        data = sociallogin.state.get("data") or {}
        if data.get("trial"):
            if not rules.may_see(request.user):
                raise ImmediateHttpResponse(redirect("account_login"))
            trials.note(row, identity, by=request.user)
            raise ImmediateHttpResponse(redirect("signon:tried", sign_on_id=row.pk))
        try:
            person = self._person(request, row, identity, sociallogin)
        except SignOnRefused as refused:
            if refused.code != "off":  # that is the provider's state, not the person's
                refusals.note(row, identity, refused.code)
            if data.get("again") and request.user.is_authenticated:
                logout(request)
            raise ImmediateHttpResponse(turned_away(request, refused.code, row)) from refused
        if data.get("prove") and request.user.is_authenticated:
            if request.user.pk != person.pk or not _asked_now(sociallogin):
                messages.error(request, _("这次验证没有确认到您本人。请再试一次，或换一种方式。"))
                raise ImmediateHttpResponse(redirect("accounts:prove"))
            marks.keep(request, row, sociallogin, request.user)
            sudo.note_proof(request)
            raise ImmediateHttpResponse(redirect(sociallogin.get_redirect_url(request) or "/"))
        if data.get("again") and request.user.is_authenticated and request.user.pk == person.pk:
            marks.keep(request, row, sociallogin, request.user)
            raise ImmediateHttpResponse(redirect(sociallogin.get_redirect_url(request) or "/"))

    def _person(
        self, request: HttpRequest, row: IdentityProvider, identity: identities.Identity, sociallogin: SocialLogin
    ) -> User:
        if not row.is_on or sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise SignOnRefused("off")  # nobody ties an identity to himself: administrators do
        person = identities.person_of(row, identity)
        if not sociallogin.is_existing:
            account, _new = SocialAccount.objects.get_or_create(
                provider=row.slug, uid=identity.uid, defaults={"user": person}
            )
            sociallogin.account, sociallogin.user = account, person
        elif sociallogin.account.extra_data:  # allauth keeps all that was said; here the link is enough
            SocialAccount.objects.filter(pk=sociallogin.account.pk).update(extra_data={})
        sociallogin.state["sid"] = identity.sid  # outlives the page where a second factor is asked for
        return person

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """The provider said no, or nothing usable. Asked whether somebody is still there, "no" signs out here."""
        if context.current() is None or not selectors.here():
            return
        row = selectors.provider_by_slug(provider.sub_id)
        data = ((extra_context or {}).get("state") or {}).get("data") or {}
        if row is None:
            return
        if data.get("trial"):
            trials.failed(row, by=request.user, why=str(exception or request.GET.get("error") or error))
            raise ImmediateHttpResponse(redirect("signon:tried", sign_on_id=row.pk))
        if data.get("again"):
            if request.GET.get("error") and request.GET["error"] not in ("temporarily_unavailable", "server_error"):
                logout(request)
                raise ImmediateHttpResponse(turned_away(request, "left", row))
            marks.postpone(request)
            raise ImmediateHttpResponse(redirect(data.get("next") or "/"))
        if data.get("prove") and request.user.is_authenticated:
            messages.error(request, _("统一登录没有完成验证。请再试一次，或换一种方式。"))
            raise ImmediateHttpResponse(redirect("accounts:prove"))
        if error != AuthError.CANCELLED:
            raise ImmediateHttpResponse(turned_away(request, "broken", row))


def _asked_now(sociallogin: SocialLogin) -> bool:
    """Whether the provider asked the person just now, as far as it says; one that is silent was told to ask."""
    said = (sociallogin.account.extra_data or {}).get("id_token") or {}
    at = said.get("auth_time")
    return not isinstance(at, int | float) or clock.now().timestamp() - at < settings.SUDO_AGE_S


def _answers(sociallogin: SocialLogin) -> bool:
    """Whether the ID token was made for the very question that this browser asked."""
    said = (sociallogin.account.extra_data or {}).get("id_token") or {}
    asked = sociallogin.state.get("nonce")
    return bool(asked) and said.get("nonce") == asked


def turned_away(request: HttpRequest, code: str, row: IdentityProvider) -> Any:
    """To the page that says why. The reason travels in the session, where nobody else can write it."""
    request.session["signon_refused"] = {"code": code, "provider": row.name}
    return redirect("signon:refused")
