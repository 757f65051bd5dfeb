"""The Valkey that counts and queues in passing. What stands here may be lost: callers go on without it."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings

log = logging.getLogger(__name__)
REST_S = 5.0
"""How long one that did not answer is left alone: a call must not wait for it again and again."""
AWAY = (redis.RedisError, OSError)
_silent_until: dict[str, float] = {}


def client() -> redis.Redis | None:
    """A connection to ask; None while it is known to be away."""
    url: str = settings.VALKEY_URL
    return None if time.monotonic() < _silent_until.get(url, 0.0) else client_of(url)


def failed(why: BaseException, what: str) -> None:
    """Note that it did not answer; callers do without it for some seconds."""
    _silent_until[settings.VALKEY_URL] = time.monotonic() + REST_S
    log.warning("%s: valkey did not answer, going on without it: %s", what, why)


@lru_cache(maxsize=4)
def client_of(url: str) -> redis.Redis:
    """A connection to one server, kept; whoever asks it minds that it may be away."""
    return redis.Redis.from_url(url, socket_connect_timeout=0.3, socket_timeout=0.5, protocol=2)


def run(server: redis.Redis, script: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
    """A script of ours in one round trip; the server is sent its text when it has forgotten it. Raises AWAY."""
    try:
        return server.evalsha(_digest(script), len(keys), *keys, *arguments)
    except redis.exceptions.NoScriptError:
        return server.eval(script, len(keys), *keys, *arguments)


@lru_cache(maxsize=16)
def _digest(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
