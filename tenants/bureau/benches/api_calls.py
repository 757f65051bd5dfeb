"""The ten commonest calls of the API against a bare view of REST framework that answers the same bytes."""

from __future__ import annotations

import io
import json
import statistics
import time
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.urls import clear_url_caches, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gateway.tokens import make_token
from provinces import context
from runtime.bench import Result, Stage, bench
from runtime.messages import compile_messages
from tenants.bureau.benches.main_job import COUNTY, World
from tenants.bureau.benches.page_weight import HOST, signed_in

ROUNDS, WARM = 20, 4
REQUESTS = 20
"""Requests of the officer: what a first page of a list holds."""
ANSWERS: dict[str, tuple[int, Any]] = {}


class Bare(APIView):
    """Signed in by the same key, and nothing else: the answer is ready."""

    def get(self, request: Request, name: str) -> Response:
        status, data = ANSWERS[name]
        return Response(data, status=status)

    post = get


class Caller:
    """Calls the application in this process, as a server would."""

    def __init__(self, token: str) -> None:
        self.app, self.token = WSGIHandler(), token

    def call(self, method: str, address: str, body: Any = None) -> tuple[float, int, bytes]:
        """(seconds, status, bytes) of one call."""
        data = b"" if body is None else json.dumps(body).encode()
        where, _mark, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/api/{where}", "QUERY_STRING": query, "SERVER_NAME": HOST,
            "HTTP_HOST": HOST, "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(data), "CONTENT_LENGTH": str(len(data)),
            "CONTENT_TYPE": "application/json", "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "HTTP_ACCEPT": "application/json",
        }  # fmt: skip
        heard: list[str] = []
        began = time.perf_counter()
        answer = self.app(environ, lambda status, headers, *more: heard.append(status))
        content = b"".join(answer)
        took = time.perf_counter() - began
        answer.close()
        return took, int(heard[0][:3]), content


@bench("api")
def api(stage: Stage) -> Result:
    """Turn by turn in one process: a call, then the bare view with what that call answers."""
    compile_messages()
    settings.API_CALLS_PER_MINUTE = settings.API_ON_SITE_PER_MINUTE = 1_000_000  # counted for both sides, never reached
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    stage.prepare()
    stage.open_provinces(1)
    world = World()
    signed_in(world)
    maps: Any = import_module(settings.URLCONFS["province"])
    maps.urlpatterns.insert(0, path("api/bare/<slug:name>/", Bare.as_view()))
    clear_url_caches()
    with context.province("p01"):
        _row, token = make_token(user=world.chen, seat="p01", name="bench")
    caller = Caller(token)
    calls = _calls(world)
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in calls}
    for turn in range(ROUNDS + WARM):
        for name, (method, address, body) in calls.items():
            took, status, content = caller.call(method, f"v1/{address}", body)
            if status >= 400:
                raise RuntimeError(f"{name}: {status} {content.decode()}")
            ANSWERS[name] = (status, json.loads(content))
            bare, _status, same = caller.call(method, f"bare/{name}/", body)
            if len(same) != len(content):
                raise RuntimeError(f"{name}: the bare view answers other bytes")
            if turn >= WARM:
                times[name][0].append(took)
                times[name][1].append(bare)
    ratios = {name: statistics.median(ours) / statistics.median(bare) for name, (ours, bare) in times.items()}
    ours, bare = (statistics.median(sum((each[side] for each in times.values()), [])) for side in (0, 1))
    return Result(
        n=ROUNDS * len(calls),
        ratio=ours / bare,
        reference=f"a bare view behind the same sign-in: median {bare * 1000:.2f} ms",
        figures={"median_ms": ours * 1000, **{f"{name}_ratio": value for name, value in ratios.items()}},
    )


def _calls(world: World) -> dict[str, tuple[str, str, Any]]:
    with context.province("p01"):
        drafts = [world.draft() for _each in range(REQUESTS)]
        item, site_id = drafts[-1], drafts[-1].request.site_id
    product = {"product_id": str(world.product.pk), "quantity": "2"}
    return {
        "me": ("GET", "me/", None),
        "products": ("GET", "products/?q=cs", None),
        "site": ("POST", "sites/", {"county_code": COUNTY}),
        "item": ("POST", f"sites/{site_id}/items/", product | {"id": str(item.pk)}),
        "item_read": ("GET", f"items/{item.pk}/", None),
        "requests": ("GET", f"requests/?limit={REQUESTS}", None),
        "request": ("GET", f"requests/{item.request_id}/", None),
        "lines": ("GET", f"requests/{item.request_id}/lines/", None),
        "notices": ("GET", "notices/", None),
        "clues": ("GET", "clues/?limit=20", None),
    }
