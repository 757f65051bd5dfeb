"""A province whose case system is told of things, and kinds of events of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from harness import people
from harness.receiver import receiving
from harness.told import HIDDEN, Told, told_of

from gateway.outbound import forget_connections
from webhooks import events


@pytest.fixture
def things() -> Iterator[None]:
    """Things are made and moved, and those in HIDDEN are seen by nobody."""
    for name in ("thing.made", "thing.moved", "other.made"):
        events.register(events.EventKind(name=name, words=name, door=lambda _user, ids: set(ids) - HIDDEN))
    yield
    HIDDEN.clear()
    for name in ("thing.made", "thing.moved", "other.made"):
        del events.KINDS[name]


@pytest.fixture
def told(gx: Any, things: None) -> Iterator[Told]:
    """In 广西, rolled back."""
    cache.delete("webhooks:listens")
    with receiving() as receiver:
        yield told_of(people.bureau("gx"), receiver)
    forget_connections()
