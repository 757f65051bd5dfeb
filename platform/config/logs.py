"""What is written to the log, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_UPPER = ("federation", "appraisal", "tenants", "billing_free")


def logging_settings(form: str, level: str) -> dict[str, Any]:
    """`LOGGING`. form: json or text. level: of our own parts."""
    ours = [*_UPPER, *(each.parent.name for each in Path(__file__).resolve().parents[1].glob("*/__init__.py"))]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "watching.logs.JsonFormatter"},
            "text": {"()": "watching.logs.TextFormatter"},
        },
        "handlers": {"stream": {"()": "watching.logs.Stream", "formatter": form}},
        "root": {"handlers": ["stream"], "level": "WARNING"},
        "loggers": {
            # Our own apps by the names of their folders.
            **{name: {"level": level} for name in sorted(ours)},
            "celery": {"level": level},
            "celery.app.trace": {"level": "CRITICAL"},  # quotes results and errors; `watching.hooks` tells the same
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},  # it quotes addresses
            "uvicorn": {"level": "WARNING"},
            "kombu.connection": {"level": "ERROR"},  # warns of the in-memory broker's missing host
            # It writes paths; `watching.middleware` tells the same by the names of routes.
            "django.request": {"level": "CRITICAL"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "propagate": False},
            "django": {"handlers": [], "level": "WARNING"},
        },
    }
