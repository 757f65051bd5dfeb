"""Logs: one JSON object a line, with what an operator needs to follow a request, and nothing that names anybody.

    {"time": …, "level": "info", "logger": "watching.access", "event": "request", "host": "province", "province": "gx",
     "request_id": …, "user": <uuid>, "route": "requests:detail", "method": "GET", "status": 200, "ms": 12.4}

`bind` adds to every line that this request or task writes. Every value goes through `watching.scrub` on its way out;
an error is told by its kind and where it happened. LOG_FORMAT=text writes for eyes instead.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from structlog import contextvars

from watching import scrub

FIRST = ("time", "level", "logger", "event")
SERVERS = {"celery", "gunicorn", "uvicorn"}
SERVING_COMMANDS = {"events", "metrics"}


def bind(**facts: object) -> None:
    """Add to every further line of this request or task: ids, names of routes, codes."""
    contextvars.bind_contextvars(**{name: each for name, each in facts.items() if each not in (None, "")})


def bound(**facts: object) -> AbstractContextManager[None]:
    """The same inside a block."""
    return contextvars.bound_contextvars(**{name: each for name, each in facts.items() if each not in (None, "")})


def forget() -> None:
    """Begin with nothing: another request or task of this thread."""
    contextvars.clear_contextvars()


def facts() -> dict[str, Any]:
    """What is bound now."""
    return dict(contextvars.get_contextvars())


def entry(record: logging.LogRecord) -> dict[str, Any]:
    """One line as it is told: scrubbed, its facts beside its sentence."""
    told: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": scrub.text(_sentence(record)),
    }
    more = {**contextvars.get_contextvars(), **getattr(record, "facts", {})}
    told |= {name: scrub.value(each, name) for name, each in more.items() if name not in told}
    if record.exc_info and record.exc_info[1] is not None:
        raised = record.exc_info[1]
        told["error"] = scrub.error(raised)
        told["at"] = scrub.frames(raised.__traceback__)
        cause = raised.__cause__ or raised.__context__
        if cause is not None:
            told["because"] = scrub.error(cause)
    return told


def _sentence(record: logging.LogRecord) -> str:
    """The line's own words, with errors among its arguments told by kind."""
    args = record.args
    try:
        if isinstance(args, Mapping):
            return str(record.msg) % {name: _argument(each) for name, each in args.items()}
        return str(record.msg) % tuple(_argument(each) for each in args) if args else str(record.msg)
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _argument(given: object) -> object:
    if isinstance(given, bool | int | float):
        return given
    return scrub.error(given) if isinstance(given, BaseException) else str(given)


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(entry(record), ensure_ascii=True, default=str, separators=(",", ":"))


class TextFormatter(logging.Formatter):
    """The same for eyes: time, level, sentence, then facts."""

    def format(self, record: logging.LogRecord) -> str:
        told = entry(record)
        trail = told.pop("at", [])
        rest = " ".join(f"{name}={each}" for name, each in told.items() if name not in FIRST)
        line = f"{told['time'][11:23]} {told['level']:<7} {told['logger']}: {told['event']} {rest}".rstrip()
        return "\n    ".join([line, *trail])


class Stream(logging.StreamHandler[TextIO]):
    """To stdout where a server runs; to stderr in commands, whose stdout is their answer."""

    def __init__(self) -> None:
        super().__init__(sys.stdout if is_server() else sys.stderr)
        self.fixed = is_server()

    def emit(self, record: logging.LogRecord) -> None:
        if not self.fixed:
            self.stream = sys.stderr  # whoever captures it now
        super().emit(record)


def is_server() -> bool:
    """Whether this process serves, by the words that started it."""
    name = Path(sys.argv[0] or "").name
    if name == "__main__.py":
        name = Path(sys.argv[0]).parent.name
    if name in SERVERS:
        return True
    return len(sys.argv) > 1 and sys.argv[1] in SERVING_COMMANDS and name in {"manage.py", "django", "django-admin"}


@cache
def own() -> frozenset[str]:
    """The names of our own top packages."""
    root = Path(__file__).resolve().parents[2]
    return frozenset({*(each.parent.name for each in root.glob("platform/*/__init__.py")), *_UPPER})


_UPPER = ("federation", "appraisal", "tenants", "billing_free")
