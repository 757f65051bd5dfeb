"""Words for what recognition says, by code: dated lists (`data/recognised.json`) that both sides of the border read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.functional import lazystr
from django.utils.translation import get_language

FILE = Path(__file__).with_name("data") / "recognised.json"
FAKE_VERDICTS = frozenset({"counterfeit", "refilled_or_reassembled"})
"""Conclusions after which goods may be offered to the library of known fakes."""
NOT_FAKE = frozenset({"diverted_genuine", "no_ccc"})
"""Typologies that must not be called fake."""


@lru_cache(maxsize=1)
def _lists() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text()))


class _Word:
    """A word in the reader's language, chosen when it is shown."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    def __str__(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


def words(of: str) -> dict[str, Any]:
    """Code to word of one list: typology, band, outcome, quality, reason, seen, flag, alert, fits, run, strength, …"""
    return {code: lazystr(_Word(*pair)) for code, pair in _lists()[of]["words"].items()}


def word(of: str, code: str) -> Any:
    """The word of a code; the code itself where the list lacks it (a letter of a newer installation)."""
    pair = _lists()[of]["words"].get(code)
    return lazystr(_Word(*pair)) if pair else code


def reason_words(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Why, each with its count where it has one, nothing twice: 印刷图案吻合（131 处）. reasons: {code, count}."""
    said: dict[str, None] = {}
    for each in reasons:
        line, count = str(word("reason", each["code"])), each.get("count")
        counted = _lists()["counted"]["words"].get(each["code"])
        if counted and count is not None:
            line = str(_Word(*counted)).format(reason=line, count=count)
        said[line] = None
    return list(said)


def as_of(of: str) -> str:
    """The date of a list, ISO."""
    return str(_lists()[of]["as_of"])
