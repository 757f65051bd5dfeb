"""Every call of a program becomes a line of its connection's traffic log, whatever it was answered."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from connections import auth, traffic
from connections.masking import Said, mask_sentence, mask_text

_ARGUMENT, _NAME = re.compile(r"<(?:\w+:)?(\w+)>"), r"{\1}"
"""How an address names what differs: as the URL map does, and as the description of the API does."""


class TrafficMiddleware:
    """Stands around the API, inside the seat. A call without a connection is none of ours."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.monotonic()
        response = self.get_response(request)
        connection = getattr(request, "connection", None) or _mistyped(request)
        if connection is not None:
            ok = response.status_code < 400
            answer = {} if ok else _answer(response)
            traffic.note(
                connection.pk,
                direction="in",
                what=_what(request),
                ok=ok,
                status=response.status_code,
                ms=round((time.monotonic() - began) * 1000),
                code=str(answer.get("code", "")),
                payload=None if ok else {"sent": _sent(request), "answer": _shown(answer)},
                reference=response.headers.get("X-Request-Id", ""),
            )
        return response


def _mistyped(request: HttpRequest) -> Any:
    """Whose call it was that met no address of the API: no view asked for its token."""
    if getattr(request, "resolver_match", None) is not None or not request.path.startswith("/api/"):
        return None
    row = auth.holder(request.headers.get("Authorization", "").removeprefix("Bearer ").strip())
    return row.client.connected.connection if row is not None and row.client is not None else None


def _what(request: HttpRequest) -> str:
    """Method and address as the URL map writes it: an id or a query may hold what nobody should read here."""
    found = getattr(request, "resolver_match", None)
    return f"{request.method} /{_ARGUMENT.sub(_NAME, found.route) if found else '?'}"


def _sent(request: HttpRequest) -> Any:
    """The body as far as it was read; the names of what a query asked for."""
    asked: Any = getattr(request, "asked", None)
    body = getattr(asked, "_full_data", None)
    said: dict[str, Any] = {}
    if request.GET:
        said["query"] = {name: request.GET.get(name) for name in request.GET}
    if isinstance(body, dict | list) and body:
        said["body"] = body
    return said


def _answer(response: HttpResponse) -> dict[str, Any]:
    if response.streaming or "json" not in response.headers.get("Content-Type", ""):
        return {}
    if hasattr(response, "render") and not getattr(response, "is_rendered", True):
        return {}
    try:
        found = json.loads(response.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    """Of a problem: its code, and what was said of each field without what it quotes."""
    fields = answer.get("data", {}).get("fields") if isinstance(answer.get("data"), dict) else None
    shown: dict[str, Any] = {"code": answer.get("code", "")}
    if isinstance(fields, dict):
        shown["fields"] = [
            Said(f"{mask_text(str(name))}: {mask_sentence(_first(said))}") for name, said in list(fields.items())[:20]
        ]
    return shown


def _first(said: Any) -> str:
    while isinstance(said, list | dict) and said:
        said = said[0] if isinstance(said, list) else next(iter(said.values()))
    return str(said)
