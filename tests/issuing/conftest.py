"""A bureau that asked, a house that answered, and the letter that follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from harness import opinion_world

from papers import authority


@pytest.fixture
def world(border: Any) -> opinion_world.World:
    """Everybody, committed."""
    return opinion_world.build()


@pytest.fixture(autouse=True)
def one_key(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keys of the development authority's signers are made once for all tests here: each takes a tenth of a second."""
    monkeypatch.setattr(authority, "_new_key", _key)
    yield


def _key(_made: list[Any] = []) -> Any:  # noqa: B006
    if not _made:
        _made.append(authority_new_key())
    return _made[0]


authority_new_key = authority._new_key
