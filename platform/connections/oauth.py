"""Where a program gets its access token: OAuth 2 client credentials, by allauth's validator and oauthlib's server.

What is ours: a secret is one of two, its digest is compared at once, and a client says in clear which host it is of.
Grants that people take part in (authorisation code, refresh) are left to the province's own provider.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any, cast

from allauth.core.internal import httpkit
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.internal.oauthlib.utils import convert_response, extract_params
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from oauthlib.common import Request as OauthRequest
from oauthlib.oauth2 import BackendApplicationServer

from connections import auth, foreign, services, traffic
from connections.errors import ClientWrong, TokenOfAnotherHost, TooManyTries
from connections.models import Client
from connections.selectors import client_named
from gateway import valkey
from kernel import clock
from kernel.errors import Problem
from provinces.context import required

log = logging.getLogger(__name__)
GOOD_FOR_S = 3600
WRONG_SECRETS = 10
"""Wrong secrets in five minutes for one client, before further wrong ones are told to wait."""
WRONG_FOR_S = 300


class _Validator(OAuthLibRequestValidator):
    """The client was authenticated by the view; of everything else allauth is asked."""

    def __init__(self, client: Client) -> None:
        self.known = client

    def authenticate_client(self, request: OauthRequest, *args: Any, **kwargs: Any) -> bool:
        self._use_client(request, self.known.oidc)
        request.user = self.known.user
        return True

    def validate_grant_type(
        self, client_id: Any, grant_type: str, client: Any, request: OauthRequest, *args: Any, **kwargs: Any
    ) -> bool:
        return grant_type == OidcClient.GrantType.CLIENT_CREDENTIALS


@csrf_exempt
@never_cache
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 4.4: id and secret in, an access token of an hour out."""
    if request.POST.get("grant_type") != OidcClient.GrantType.CLIENT_CREDENTIALS:
        return _of_people(request)
    try:
        client = _client(request)
    except Problem as problem:
        return _refused(problem)
    if (why := auth.refusal(client)) is not None:
        return _noted(client, _refused(why), str(why.code))
    server = BackendApplicationServer(
        _Validator(client), token_generator=lambda _request: auth.new_token(), token_expires_in=GOOD_FOR_S
    )
    with transaction.atomic():
        response: HttpResponse = convert_response(*server.create_token_response(*extract_params(request)))
        if response.status_code == 200:
            Client.objects.filter(pk=client.pk).update(last_used_at=clock.now())
    code = "" if response.status_code == 200 else str(json.loads(response.content).get("error", ""))
    return _noted(client, response, code)


@csrf_exempt
@never_cache
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """RFC 7009: a program gives up one of its own access tokens. Answered alike whether there was one."""
    if services.seat_of_client_id(_said(request)[0]) == "":
        return _of_people(request, "idp:oidc:revoke")
    try:
        client = _client(request)
    except Problem as problem:
        return _refused(problem)
    Token.objects.by_value(request.POST.get("token", "")).filter(client_id=client.oidc_id).delete()
    return HttpResponse(status=200)


def _said(request: HttpRequest) -> tuple[str, str]:
    name, secret = httpkit.extract_basic_auth(request.headers)
    if not name:
        name, secret = request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    return name or "", secret or ""


def _client(request: HttpRequest) -> Client:
    """The client that proves itself. Raises TokenOfAnotherHost, TooManyTries, ClientWrong."""
    name, secret = _said(request)
    named = services.seat_of_client_id(name)
    if named and named != required().name:
        foreign.tried_here(name, named)
        raise TokenOfAnotherHost(host=foreign.host_of(named))
    client = services.authenticated(name, secret)
    if client is None:
        if _one_more(name) > WRONG_SECRETS:
            raise TooManyTries(wait_s=WRONG_FOR_S)
        if (there := client_named(name)) is not None:
            _note(there, ok=False, status=401, code=ClientWrong.code)
        raise ClientWrong()
    return client


def _one_more(name: str) -> int:
    """How many wrong secrets came for a client lately, with this one. Without Valkey nobody waits.

    The right secret is never kept out by them: it is made by us and too long to be guessed, and a client's id is known
    to many.
    """
    server = valkey.client()
    if server is None:
        return 0
    key = f"wrong-secrets:{required().name}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    try:
        tries = cast("int", server.incr(key))
        server.expire(key, WRONG_FOR_S)
        return tries
    except valkey.AWAY as error:
        valkey.failed(error, "wrong secrets")
        return 0


def _refused(problem: Problem) -> HttpResponse:
    """As OAuth says it, with our code and words."""
    error = "invalid_client" if problem.status == 401 else "temporarily_unavailable"
    response = JsonResponse(
        {"error": error, "error_description": problem.detail, "code": problem.code}, status=problem.status
    )
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Basic realm="token"'
    if problem.status == 429:
        response["Retry-After"] = str(WRONG_FOR_S)
    return response


def _noted(client: Client, response: HttpResponse, code: str) -> HttpResponse:
    _note(client, ok=response.status_code == 200, status=response.status_code, code=code)
    return response


def _note(client: Client, *, ok: bool, status: int, code: str) -> None:
    traffic.note(
        client.connection_id,
        direction="in",
        what="POST /identity/o/api/token",
        ok=ok,
        status=status,
        code=code,
        reference=client.oidc_id,
    )


def _of_people(request: HttpRequest, name: str = "idp:oidc:token") -> HttpResponse:
    """Pass on to allauth where this host has a provider for people."""
    from allauth.idp.oidc import views

    try:
        reverse("idp:oidc:authorization")
    except NoReverseMatch:
        return JsonResponse({"error": "unsupported_grant_type", "error_description": "client_credentials"}, status=400)
    view = views.token if name.endswith("token") else views.revoke
    answer: HttpResponse = view(request)
    return answer


__all__ = ["revoke", "token"]
