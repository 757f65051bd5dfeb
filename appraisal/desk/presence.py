"""Who has which task open right now. Kept in Valkey, gone by itself; a page that cannot tell works without it."""

from __future__ import annotations

import json
import logging
import time
from functools import lru_cache
from uuid import UUID

import redis
from django.conf import settings

from appraisal.desk.selectors import Desk
from notify import live

log = logging.getLogger(__name__)
FRESH_S = 40
"""A page says every fifteen seconds that it is open; after this long without a word it is taken for closed."""


@lru_cache(maxsize=4)
def _client_of(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1.0, protocol=2, decode_responses=True)


def _client() -> redis.Redis:
    if not settings.VALKEY_URL:
        raise redis.ConnectionError("no Valkey is set")
    return _client_of(settings.VALKEY_URL)


def _key(desk: Desk) -> str:
    return f"{settings.DATABASE_PREFIX}presence:org-{desk.organisation.pk}"


def here(desk: Desk, task_id: UUID) -> None:
    """This person looks at this task now. The others' queues hear of it when it is news."""
    said = json.dumps({"task": str(task_id), "name": desk.person.display_name, "at": time.time()})
    try:
        client = _client()
        before = client.hget(_key(desk), str(desk.person.pk))
        client.hset(_key(desk), str(desk.person.pk), said)
        client.expire(_key(desk), FRESH_S)
    except redis.RedisError as error:
        log.warning("presence not kept: %s", error)
        return
    if not _is_fresh(before, task_id):
        _tell(desk, task_id)


def gone(desk: Desk, task_id: UUID) -> None:
    """This person closed the task."""
    try:
        client = _client()
        if not _is_fresh(client.hget(_key(desk), str(desk.person.pk)), task_id):
            return  # another page of theirs has taken over
        client.hdel(_key(desk), str(desk.person.pk))
    except redis.RedisError as error:
        log.warning("presence not kept: %s", error)
        return
    _tell(desk, task_id)


def watching(desk: Desk) -> dict[UUID, list[str]]:
    """Names of the colleagues who look at each task, without the person who asks."""
    try:
        rows = _client().hgetall(_key(desk))
    except redis.RedisError as error:
        log.warning("presence not read: %s", error)
        return {}
    found: dict[UUID, list[str]] = {}
    for person_id, text in rows.items():
        said = json.loads(text)
        if person_id != str(desk.person.pk) and time.time() - said["at"] < FRESH_S:
            found.setdefault(UUID(said["task"]), []).append(said["name"])
    return found


def _is_fresh(text: str | None, task_id: UUID) -> bool:
    said = json.loads(text) if text else {"task": "", "at": 0}
    return said["task"] == str(task_id) and time.time() - said["at"] < FRESH_S


def _tell(desk: Desk, task_id: UUID) -> None:
    live.publish(["queue", f"watch:{task_id}"], "presence", {"id": str(task_id)}, party=f"org-{desk.organisation.pk}")
