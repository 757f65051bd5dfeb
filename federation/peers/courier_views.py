"""Requests of other installations, at the courier's host. Whoever has not signed as an active peer is told nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import jwt
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from federation.peers import arriving, courses, returning, services, signatures, wire
from federation.peers.errors import EnvelopeWrong
from federation.peers.models import Peer
from kernel.canonical import canonical_json
from kernel.errors import Problem, TooLarge
from watching import tracing

log = logging.getLogger(__name__)
Handler = Callable[..., dict[str, Any]]
View = Callable[..., HttpResponse]


def signed(method: str) -> Callable[[Handler], View]:
    """A view for signed requests: checks the signature, runs the handler, signs what it says or why it refuses."""

    def decorate(handler: Handler) -> View:
        @wraps(handler)
        @csrf_exempt
        @never_cache
        @require_http_methods([method])
        def view(request: HttpRequest, **values: Any) -> HttpResponse:
            try:
                body = request.body
            except RequestDataTooBig:
                return _plain(TooLarge())
            token = request.headers.get(signatures.HEADER, "")
            try:
                peer, nonce = signatures.read_request(token, method, request.get_full_path(), body)
            except Problem as problem:
                return _plain(problem)
            try:
                status, said = 200, handler(peer, request, body, **values)
            except Problem as problem:
                log.warning("%s %s of %s refused: %s", method, request.path, peer.installation, problem.code)
                status, said = problem.status, problem.as_problem()
            content = canonical_json(said)
            response = HttpResponse(content, status=status, content_type="application/json")
            response[signatures.HEADER] = signatures.sign_answer(peer, nonce, status, content)
            return response

        return view

    return decorate


def _plain(problem: Problem) -> HttpResponse:
    return HttpResponse(
        canonical_json(problem.as_problem()), status=problem.status, content_type="application/problem+json"
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise EnvelopeWrong(what="json") from error


@signed("GET")
def about(peer: Peer, request: HttpRequest, body: bytes) -> dict[str, Any]:
    """Who we are, and who lives here."""
    return wire.about()


@signed("POST")
def letters(peer: Peer, request: HttpRequest, body: bytes) -> dict[str, Any]:
    """A letter: announced, or with its files here, written down."""
    with tracing.span("letter.arrive", parent=request.headers.get("traceparent", ""), kind="consumer", linked=True):
        return arriving.take(peer, _json(body))


@signed("PATCH")
def piece(peer: Peer, request: HttpRequest, body: bytes, delivery_id: UUID, place: int) -> dict[str, Any]:
    """A piece of a file. offset: where it begins."""
    offset = request.GET.get("offset", "")
    if not offset.isdecimal() or len(offset) > 15:
        raise EnvelopeWrong(what="offset")
    return {"offset": arriving.take_piece(peer, delivery_id, place, int(offset), body)}


@signed("POST")
def receipts(peer: Peer, request: HttpRequest, body: bytes) -> dict[str, Any]:
    """How letters of ours stand there."""
    return {"known": [str(each) for each in courses.take_all(peer, courses.read_all(_json(body)))]}


@signed("POST")
def statement(peer: Peer, request: HttpRequest, body: bytes) -> dict[str, Any]:
    """One side of the reconciliation."""
    return wire.statement(peer, _json(body))


@signed("POST")
def came_back(peer: Peer, request: HttpRequest, body: bytes) -> dict[str, Any]:
    """They were restored from a backup: what we sent since goes once more, what we got since is given back."""
    return returning.take(peer, _json(body))


@signed("POST")
def new_key(peer: Peer, request: HttpRequest, body: bytes) -> dict[str, Any]:
    """A new key of theirs, vouched for by the one that signed this."""
    said = _json(body)
    header = jwt.get_unverified_header(request.headers[signatures.HEADER])
    public_key = said.get("public_key") if isinstance(said, dict) else None
    services.take_key(peer, str(public_key), signed_with=header["kid"])
    return {}
