"""The addresses, session and cookie of pages that a case system opened.

Such pages are the product's own pages under `/embedded/<matter>/`. The prefix is put before every address that a page
writes, the session's cookie is sent below it only, and its row is found below it only: so a case opened in one window
is not mixed up with another, and a front-door session in the same browser stays what it is.
"""

from __future__ import annotations

import base64
import re
from http.cookies import Morsel
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.sessions import SessionStore
from tenants.embedding.context import Opened

COOKIE = "__Secure-embedded" if settings.SCHEME == "https" else "embedded"
MARK = "embedding"
"""Where the session says what it was opened for."""
LASTS_S = 8 * 3600
_PREFIX = re.compile(r"/embedded/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(/.*)")


def split(path: str) -> tuple[UUID, str] | None:
    """The matter and the page's own address, of an address below the prefix."""
    found = _PREFIX.fullmatch(path)
    return (UUID(found[1]), found[2]) if found else None


def bare(path: str) -> str:
    """The page's own address, with or without the prefix before it."""
    found = split(path)
    return found[1] if found is not None else path


def prefix_of(matter_id: UUID) -> str:
    """What stands before every address of pages opened for a matter."""
    return f"/embedded/{matter_id}/"


def scope_of(matter_id: UUID) -> str:
    """The scope of its sessions (`accounts.sessions.scoped`)."""
    return base64.urlsafe_b64encode(matter_id.bytes).decode().rstrip("=")


def mark_of(request: HttpRequest) -> Opened | None:
    """What this request's session was opened for; None at the front door."""
    found = getattr(request, "opened", None)
    return found if isinstance(found, Opened) else None


def write_mark(session: SessionStore, mark: Opened) -> None:
    """Note in the session what it is for."""
    session[MARK] = {
        "connection": str(mark.connection_id),
        "name": mark.connection_name,
        "matter": str(mark.matter_id),
        "origin": mark.origin,
        "number": mark.number,
    }


def read_mark(session: SessionStore) -> Opened | None:
    """What the session says; None when it says nothing."""
    said = session.get(MARK)
    if not said:
        return None
    return Opened(UUID(said["connection"]), said["name"], UUID(said["matter"]), said["origin"], said["number"])


class _Partitioned(Morsel):  # type: ignore[type-arg]
    """A cookie that belongs to the pair of frame and page around it (CHIPS); Python writes the word from 3.14 on."""

    def OutputString(self, attrs: list[str] | None = None) -> str:
        return f"{super().OutputString(attrs)}; Partitioned"


def set_cookie(response: HttpResponse, mark: Opened, key: str) -> None:
    """Give the browser the session: for a frame as a partitioned third-party cookie, else as a plain one."""
    path, framed = prefix_of(mark.matter_id), mark.framed
    response.set_cookie(
        COOKIE,
        key,
        max_age=LASTS_S,
        path=path,
        secure=framed or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="None" if framed else "Lax",
    )
    if framed:
        plain, cookies = response.cookies[COOKIE], response.cookies
        morsel = _Partitioned()
        morsel.set(plain.key, plain.value, plain.coded_value)
        morsel.update(plain)
        dict.__setitem__(cookies, COOKIE, morsel)


def keep(response: HttpResponse, session: SessionStore, mark: Opened) -> None:
    """Write the session and give the browser its key. In the scope of its matter. Raises UpdateError."""
    session.set_expiry(LASTS_S)
    session.save()
    session.modified = False
    set_cookie(response, mark, str(session.session_key))


def delete_cookie(response: HttpResponse, mark: Opened) -> None:
    """Take the session away from the browser."""
    set_cookie(response, mark, "")
    response.cookies[COOKIE]["max-age"] = 0
