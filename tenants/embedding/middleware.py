"""Sessions for every page: the front door's, or the one of a matter that a case system opened."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix, set_script_prefix

from accounts.sessions import SessionStore, scoped
from connections.selectors import active
from provinces.context import required
from tenants.embedding import framing, selectors, windows
from tenants.embedding.context import Opened, opened
from webui.pages import wants_json

_NEVER = ("/static/", "/launch/")
_SIGN_IN = "/accounts/login/"
"""No password is typed in a frame: who is signed out goes back to the case system."""


class EmbeddedSessionMiddleware(SessionMiddleware):
    """Stands where Django's session middleware would, which it is for every address outside `/embedded/`."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = get_script_prefix()
        try:
            there = framing.split(request.path_info)
            if there is None:
                if (way := self._back_into_frame(request)) is not None:
                    return way
                return self._plain(request)
            if required().kind != "province":
                return self._plain(request)
            return self._embedded(request, *there)
        finally:
            set_script_prefix(before)

    def _plain(self, request: HttpRequest) -> HttpResponse:
        self.process_request(request)
        return self.process_response(request, self.get_response(request))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        mark = framing.mark_of(request)
        if mark is None:
            answer: HttpResponse = super().process_response(request, response)
            return answer
        return _finish(request, response, mark)

    def _embedded(self, request: HttpRequest, matter_id: UUID, path: str) -> HttpResponse:
        with scoped(framing.scope_of(matter_id)):
            session = SessionStore(request.COOKIES.get(framing.COOKIE))
            mark = framing.read_mark(session)
            connection = active(mark.connection_id) if mark is not None and mark.matter_id == matter_id else None
            if mark is None or connection is None or path == _SIGN_IN:
                return no_session(request, matter_id)
            if "window" in request.GET:
                windows.forget(request.GET["window"])  # the cookie came: nobody needs the other way in
            request.session = session  # type: ignore[assignment] # as Django's own middleware sets it
            request.opened = mark  # type: ignore[attr-defined]
            request.csrf_in_session = True  # type: ignore[attr-defined]
            request.frame_ancestors = connection.allowed_origins if mark.framed else []  # type: ignore[attr-defined]
            request.path_info = path
            set_script_prefix(framing.prefix_of(matter_id))
            with opened(mark):
                response = self.get_response(request)
            response = _finish(request, response, mark)
        return let_frame(request, response)

    @staticmethod
    def _back_into_frame(request: HttpRequest) -> HttpResponse | None:
        """A page in a frame asked for an address without its prefix (a notice's link, a script's constant)."""
        if request.path_info.startswith(_NEVER) or "Referer" not in request.headers:
            return None
        page = urlsplit(request.headers["Referer"])
        there = framing.split(page.path) if page.netloc == request.get_host() else None
        if there is None:
            return None
        way = HttpResponseRedirect(framing.prefix_of(there[0]) + request.get_full_path().lstrip("/"))
        way.status_code = 307  # the same method and body once more
        return way


def _finish(request: HttpRequest, response: HttpResponse, mark: Opened) -> HttpResponse:
    """Keep the session and tell the browser its key, in the scope of its matter."""
    session = request.session
    with scoped(framing.scope_of(mark.matter_id)):
        if session.is_empty() or session.unwritten:  # type: ignore[attr-defined] # what began it was taken back
            framing.delete_cookie(response, mark)
        elif session.modified and response.status_code != 500:
            if SESSION_KEY in session and framing.MARK not in session:
                framing.write_mark(session, mark)  # type: ignore[arg-type]
            try:
                framing.keep(response, session, mark)  # type: ignore[arg-type]
            except UpdateError:  # ended meanwhile: signed out elsewhere, suspended
                framing.delete_cookie(response, mark)
    return response


def let_frame(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Where the connection's origins may frame this answer, the header that knows only all or nobody goes."""
    if getattr(request, "frame_ancestors", None):
        response.headers.pop("X-Frame-Options", None)
    return response


def no_session(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """No cookie came back, or it is over: say why in words, and offer a window of one's own."""
    matter = selectors.known(matter_id)
    connection = active(matter.connection_id) if matter is not None else None
    request.frame_ancestors = connection.allowed_origins if connection is not None else []  # type: ignore[attr-defined]
    if wants_json(request) or request.path_info.startswith(f"{framing.prefix_of(matter_id)}api/"):
        return HttpResponse(status=401)
    context = {"ticket": request.GET.get("window", "")[:80]}
    return let_frame(request, render(request, "embedding/no_session.html", context, status=401))


class MessageStorage(FallbackStorage):
    """Messages in a cookie, as Django keeps them; where a frame's browser takes no such cookie, in the session."""

    def __init__(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().__init__(request, *args, **kwargs)
        if framing.mark_of(request) is not None:
            self.storages: list[BaseStorage] = [SessionStorage(request, *args, **kwargs)]
