"""Where what happens elsewhere is noticed: tasks, errors, database connections, calls outside, open streams.

The floors below know nothing of this one; each offers a place to listen, and here is who listens.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from celery import signals
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from evidence.store import on_differs
from gateway import outbound
from gateway.middleware import comes_to
from notify import live
from provinces.context import current
from provinces.database.base import POOL
from provinces.hosts import DIRECTORY
from provinces.tasks import HEADER
from watching import alive, clockwatch, logs, metrics, tracing
from watching.middleware import app_of, route_name, user_id

log = logging.getLogger(__name__)
TRACE_HEADER = "czj_traceparent"
_running = threading.local()


def connect() -> None:
    """Listen. Safe to call twice."""
    signals.setup_logging.connect(_logging, dispatch_uid="watching")
    signals.before_task_publish.connect(_published, dispatch_uid="watching")
    signals.task_prerun.connect(_began, dispatch_uid="watching")
    signals.task_postrun.connect(_ended, dispatch_uid="watching")
    signals.task_failure.connect(_failed, dispatch_uid="watching")
    signals.beat_init.connect(_beat, dispatch_uid="watching")
    got_request_exception.connect(_broke, dispatch_uid="watching")
    POOL.watcher = _pool
    outbound.observe(_outbound)
    on_differs(_stored_differs)
    if _streams not in live.STREAMS_WATCHERS:
        live.STREAMS_WATCHERS.append(_streams)


def _logging(**_more: Any) -> None:
    """Celery leaves logging alone when somebody listens here; Django has set it up already."""


# Tasks ----------------------------------------------------------------------------------------------------------------


def _published(headers: dict[str, Any] | None = None, **_more: Any) -> None:
    if headers is not None and (said := tracing.carried()):
        headers[TRACE_HEADER] = said
    alive.beat_published()


def _header(task: Any, name: str) -> str:
    return str((task.request.headers or {}).get(name) or task.request.get(name) or "")


def _began(task_id: str = "", task: Any = None, **_more: Any) -> None:
    seat = _header(task, HEADER)
    logs.forget()
    logs.bind(task=task.name, task_id=task_id, province=seat)
    entered = tracing.span(
        f"task {task.name}", parent=_header(task, TRACE_HEADER), kind="consumer", task=task.name, province=seat
    )
    entered.__enter__()
    stack = _running.__dict__.setdefault("stack", [])
    stack.append((entered, time.perf_counter(), seat))
    clockwatch.look()


def _ended(task: Any = None, state: str | None = None, **_more: Any) -> None:
    stack = _running.__dict__.get("stack")
    if not stack:
        return
    entered, began, seat = stack.pop()
    outcome = {"SUCCESS": "done", "RETRY": "again"}.get(state or "", "failed")
    metrics.TASKS.labels(task.name, outcome).inc()
    took_s = time.perf_counter() - began
    metrics.TASK_SECONDS.labels(task.name).observe(took_s)
    log.info("task", extra={"facts": {"outcome": outcome, "ms": round(took_s * 1000, 1)}})
    metrics.PROVINCE_TASKS.labels(seat or metrics.NOBODY, outcome).inc()
    tracing.note(outcome=outcome)
    entered.__exit__(None, None, None)
    logs.forget()


def _failed(exception: BaseException | None = None, **_more: Any) -> None:
    metrics.ERRORS.labels(logs.facts().get("province", metrics.NOBODY), "task").inc()
    log.error("task failed", exc_info=exception)


def _beat(**_more: Any) -> None:
    alive.this_is_beat()


# Requests -------------------------------------------------------------------------------------------------------------


def _broke(sender: Any, request: HttpRequest | None = None, **_more: Any) -> None:
    """An error that no view and no middleware made an answer of, and that is our fault."""
    if comes_to(sys.exc_info()[1]) is not None:
        return  # `pages.server_error` answers it
    host = getattr(request, "host", None)
    found = getattr(request, "resolver_match", None)
    facts = {
        "province": host.seat.name if host is not None else metrics.NOBODY,
        "host": host.seat.kind if host is not None else "",
        "route": route_name(found),
        "method": getattr(request, "method", ""),
        "user": user_id(request) if request is not None else "",
    }
    metrics.ERRORS.labels(facts["province"], app_of(found)).inc()
    log.error("request failed", exc_info=True, extra={"facts": facts})


# The database, the outside, streams -----------------------------------------------------------------------------------


def _pool(in_use: int, waiting: int, waited_s: float, in_vain: bool) -> None:
    metrics.POOL_IN_USE.set(in_use)
    metrics.POOL_WAITING.set(waiting)
    if waited_s >= 0:
        metrics.POOL_WAIT_SECONDS.observe(waited_s)
    if in_vain:
        metrics.POOL_EXHAUSTED.inc()


def door(lane: str, running: int, waiting: int, became: str) -> None:
    """What `gateway.admission.Gate` tells. It stands before Django, so config.wsgi hands this to it."""
    metrics.DOOR_RUNNING.labels(lane).set(running)
    metrics.DOOR_WAITING.labels(lane).set(waiting)
    if became == "served":
        metrics.DOOR_SERVED.labels(lane).inc()
    elif became == "turned_away":
        metrics.DOOR_TURNED_AWAY.labels(lane).inc()


def seat_of(host_header: str) -> str:
    """The name of the seat that a Host header leads to; empty where it leads nowhere."""
    host = DIRECTORY.remembered(host_header)
    return "" if host is None else host.seat.name


def route_of(host_header: str, path: str) -> str:
    """The name of the page or call that an address leads to, for logs: the address itself may name somebody."""
    host = DIRECTORY.remembered(host_header)
    try:
        found = None if host is None else resolve(path, settings.URLCONFS[host.pages])
    except Resolver404:
        found = None
    return route_name(found)


def _outbound(method: str, host: str) -> AbstractContextManager[dict[str, str]]:
    return _call(method)


@contextmanager
def _call(method: str) -> Iterator[dict[str, str]]:
    """Counted and spanned. The address is not told: which house a province calls may be its own business."""
    began, outcome = time.perf_counter(), "failed"
    try:
        with tracing.span("call", kind="client", method=method):
            yield {}
        outcome = "answered"
    finally:
        metrics.OUTBOUND.labels(outcome).inc()
        metrics.OUTBOUND_SECONDS.observe(time.perf_counter() - began)


def _stored_differs(_key: str, _sealed: str, _found: str) -> None:
    seat = current()
    metrics.STORED_DIFFERS.labels(seat.name if seat is not None else metrics.NOBODY).inc()


def _streams(seat: str, change: int) -> None:
    metrics.STREAMS.labels(seat).inc(change)
