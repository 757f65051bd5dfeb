"""How often the check page answers: so many times for one address, so many wrong codes for one number.

A right pair of number and code is always looked at, so nobody can shut a letter off by guessing at it; a wrong one is
refused alike whether the number exists or not.
"""

from __future__ import annotations

import hashlib
import unicodedata

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from gateway.problems import TooMany

WINDOW_S = 60
LOOKUPS, FILES = 30, 10
"""From one address in a minute. A bureau leaves through one address, so it is no small number."""
WRONG, WRONG_WINDOW_S = 10, 3600
"""Wrong codes for one number in an hour, from anywhere."""


def count_lookup(request: HttpRequest) -> None:
    """Raises TooMany."""
    _count("lookup", _address(request), most=LOOKUPS, window_s=WINDOW_S)


def count_file(request: HttpRequest) -> None:
    """Raises TooMany."""
    _count("file", _address(request), most=FILES, window_s=WINDOW_S)


def count_wrong(number: str) -> None:
    """Raises TooMany."""
    said = "".join(unicodedata.normalize("NFKC", number).split())
    _count("wrong", hashlib.sha256(said.encode()).hexdigest(), most=WRONG, window_s=WRONG_WINDOW_S)


def _address(request: HttpRequest) -> str:
    return hashlib.sha256(str(get_adapter(request).get_client_ip(request)).encode()).hexdigest()


def _count(what: str, whose: str, *, most: int, window_s: int) -> None:
    key = f"check:{what}:{whose}"
    if cache.add(key, 1, window_s):
        return
    try:
        many = cache.incr(key)
    except ValueError:  # it ended between the two
        cache.add(key, 1, window_s)
        return
    if many > most:
        raise TooMany(wait_s=window_s)
