"""Error reports (Sentry): where something broke, never what it was about.

Off unless SENTRY_DSN is set. Nothing of Sentry's own collecting is used: no integration reads requests, locals,
headers, cookies, queries or breadcrumbs. What goes out is put together from an allow list: the kinds of the errors with
files, lines and functions, the line's own wording without its values, the name of the route or task, the seat, the
person's id. Spend a moment on `event_of` before adding to it.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import Iterator
from typing import Any

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.logging import LoggingIntegration

from watching import logs, scrub

TAGS = ("province", "host", "route", "status", "request_id", "task", "letter", "kind", "method")
_KEPT = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "sdk")


def start(dsn: str | None = None, **options: Any) -> bool:
    """Begin, where an address is set. Returns whether reports are sent. Called again, it begins anew."""
    dsn = settings.SENTRY_DSN if dsn is None else dsn
    if not dsn:
        return False
    sentry_sdk.init(
        dsn=dsn,
        environment=settings.SENTRY_ENVIRONMENT or settings.DOMAIN_NAME,
        release=settings.VERSION,
        server_name=platform.node(),
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR, sentry_logs_level=None)],
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        attach_stacktrace=False,
        before_send=event_of,
        before_breadcrumb=lambda crumb, hint: None,
        traces_sample_rate=None,
        send_client_reports=False,
        auto_session_tracking=False,
        **options,
    )
    return True


def event_of(event: Any, hint: dict[str, Any]) -> Any:
    """What is sent instead of what was collected: only what stands here."""
    told: dict[str, Any] = {name: event[name] for name in _KEPT if name in event}
    facts = logs.facts()
    record = hint.get("log_record")
    facts |= getattr(record, "facts", {})
    told["tags"] = {name: str(scrub.value(facts[name], name)) for name in TAGS if facts.get(name) not in (None, "")}
    if facts.get("user"):
        told["user"] = {"id": str(scrub.value(facts["user"], "user"))}
    told["transaction"] = str(told["tags"].get("route") or told["tags"].get("task") or "")
    if record is not None:
        told["logentry"] = {"message": scrub.text(str(record.msg))}
    raised = (hint.get("exc_info") or (None, None, None))[1]
    if raised is not None:
        told["exception"] = {"values": [_of(each) for each in reversed(list(_chain(raised)))]}
    return told


def _chain(raised: BaseException, most: int = 5) -> Iterator[BaseException]:
    while raised is not None and most:
        yield raised
        raised, most = raised.__cause__ or raised.__context__, most - 1  # type: ignore[assignment] # ends with None


def _of(raised: BaseException) -> dict[str, Any]:
    found = []
    trace = raised.__traceback__
    while trace is not None:
        code, module = trace.tb_frame.f_code, trace.tb_frame.f_globals.get("__name__", "")
        found.append(
            {
                "filename": scrub.short(code.co_filename),
                "function": code.co_name,
                "module": module,
                "lineno": trace.tb_lineno,
                "in_app": module.partition(".")[0] in logs.own(),
            }
        )
        trace = trace.tb_next
    return {
        "type": type(raised).__name__,
        "module": type(raised).__module__,
        "value": scrub.error(raised),
        "stacktrace": {"frames": found[-60:]},
    }
