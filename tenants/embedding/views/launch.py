"""Coming in from a case system: by a signed link, in a window of one's own, by the province's own sign-in."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse, set_script_prefix
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.csrf import keep_in_session
from accounts.models import User
from accounts.sessions import SessionStore, scoped
from connections.selectors import active
from tenants.embedding import framing, providers, selectors, tokens, windows
from tenants.embedding.context import Opened, opened
from tenants.embedding.errors import LaunchRefused
from tenants.embedding.middleware import MessageStorage
from tenants.embedding.models import Matter
from tenants.embedding.services import beginning, launching
from tenants.embedding.services.launching import Around, Entry

_KEPT = "embedding.launch"


def _around(request: HttpRequest) -> Around:
    """Where the browser stands: newer ones say whether they load a frame."""
    dest = request.headers.get("Sec-Fetch-Dest", "")
    return Around(
        None if not dest else dest in {"iframe", "frame", "embed", "object"}, request.headers.get("Referer", "")
    )


@csrf_exempt  # the token is what proves the call; it comes from another system's page
@never_cache
@require_http_methods(["GET", "POST"])
def launch(request: HttpRequest) -> HttpResponse:
    """A signed link: ?token=…, or the same in a form. Leads at once to an address without it."""
    token = (request.POST if request.method == "POST" else request.GET).get("token", "")
    try:
        return launching.enter(token, _around(request), partial(_come_in, request))
    except LaunchRefused as refused:
        return refuse(request, refused)


def _come_in(request: HttpRequest, entry: Entry) -> HttpResponse:
    return come_in(request, entry.officer, entry.mark, entry.matter, entry.context.target, launch_id=entry.launch.pk)


def come_in(
    request: HttpRequest, officer: User, mark: Opened, matter: Matter, target: str, *, launch_id: Any
) -> HttpResponse:
    """Sign the officer in, as the front door does, to a session of this matter, and lead to the page.

    Whoever is signed in at the front door of this browser stays so. Where the account asks for a second factor it is
    asked for here too, and nothing is begun before it was given. Call it inside a transaction. The session is written
    once, when all of it is known.
    """
    set_script_prefix(framing.prefix_of(mark.matter_id))
    with scoped(framing.scope_of(mark.matter_id)), opened(mark):
        session = SessionStore.begun()
        framing.write_mark(session, mark)
        request.session = session  # type: ignore[assignment] # as the middleware sets it
        request.user = AnonymousUser()
        request.opened = mark  # type: ignore[attr-defined]
        request.csrf_in_session = True  # type: ignore[attr-defined]
        request.unannounced = True  # type: ignore[attr-defined] # "you have signed in" is no news to who comes so
        request._messages = MessageStorage(request)  # type: ignore[attr-defined] # made before, for the front door
        record_authentication(request, officer, method="launch", connection=str(mark.connection_id))
        first = reverse("embedding:matter", args=[matter.pk])
        response = perform_login(request, Login(user=officer, redirect_url=first, state=_proved()))
        if request.user.is_authenticated and isinstance(response, HttpResponseRedirect):
            address = beginning.address_for(matter, target, by=officer)
            if mark.framed:
                window = windows.Window(launch_id, officer.pk, matter.pk, target)
                address += ("&" if "?" in address else "?") + urlencode({"window": windows.issue(window)})
            response["Location"] = address
        if request.user.is_authenticated:
            keep_in_session(request)
        framing.keep(response, session, mark)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _proved() -> dict[str, Any]:
    """What need not be shown again: a telephone proves who somebody is, and the case system has said so."""
    return {"stages": {LoginStageKey.VERIFY_PHONE.value: {"handled": True}}}


@csrf_exempt  # a frame without cookies can have no token; the ticket works once
@never_cache
@require_POST
def window(request: HttpRequest) -> HttpResponse:
    """The same case in a window of its own: for browsers that keep no cookie in a frame."""
    try:
        ticket = windows.redeem(request.POST.get("ticket", "")[:80])
        matter = selectors.known(ticket.matter_id)
        connection = active(matter.connection_id) if matter is not None else None
        if matter is None or connection is None:
            raise LaunchRefused("launch_unknown_issuer")
        officer = selectors.person(ticket.user_id)
    except LaunchRefused as refused:
        return refuse(request, refused)
    mark = Opened(connection.pk, connection.name, matter.pk, "", matter.case_number)
    with transaction.atomic():
        return come_in(request, officer, mark, matter, ticket.target, launch_id=ticket.launch_id)


def refuse(request: HttpRequest, refused: LaunchRefused) -> HttpResponse:
    """Say why, in the frame too where the connection that was named allows it."""
    connection = getattr(refused, "connection", None)
    request.frame_ancestors = connection.allowed_origins if connection is not None else []  # type: ignore[attr-defined]
    response = render(
        request,
        "embedding/refused.html",
        {"problem": refused, "origins": request.frame_ancestors, "page_kind": "error"},  # type: ignore[attr-defined]
        status=refused.status,
    )
    response["Referrer-Policy"] = "no-referrer"
    if request.frame_ancestors:  # type: ignore[attr-defined]
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
    return response


# By the province's own sign-in ----------------------------------------------------------------------------------------


@never_cache
@require_GET
def oidc(request: HttpRequest) -> HttpResponse:
    """Third-party initiated login (OpenID Connect Core, 4): ?iss=&login_hint=&launch=. Goes to the provider, with PKCE.

    `launch` is the signed context. It is kept in this browser's session and read when the officer comes back.
    """
    token = request.GET.get("launch", "")
    try:
        if not token or len(token) > tokens.LONGEST_TOKEN:
            raise LaunchRefused("launch_token_missing")
        provider = providers.provider(request, request.GET.get("iss", ""))
    except LaunchRefused as refused:
        return refuse(request, refused)
    if request.user.is_authenticated:
        logout(request)  # the provider says who it is now
    request.session[_KEPT] = token
    try:
        response: HttpResponse = providers.send_there(
            request, provider, hint=request.GET.get("login_hint", "")[:200], back=reverse("embedding:launch_done")
        )
    except LaunchRefused as refused:
        return refuse(request, refused)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_GET
def done(request: HttpRequest) -> HttpResponse:
    """Back from the provider: the context counts only for the officer it names, in the browser that began."""
    token = request.session.pop(_KEPT, "")
    try:
        if not token or not isinstance(request.user, User):
            raise LaunchRefused("launch_other_browser")
        request.session.save()  # the front door's, without the token: let in, the request has the matter's
        return launching.enter(token, Around(False), partial(_come_in, request), signed_in=request.user)
    except LaunchRefused as refused:
        return refuse(request, refused)
