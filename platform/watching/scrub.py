"""Takes out of a line whatever a log, a trace or an error report must not hold.

Two ways at once. By what it looks like: numbers of phones, identity cards and firms, mail addresses, keys and tokens,
passwords in addresses, everything behind a question mark. And by what it cannot be: all our own lines are English, so
a Chinese character in one was put there by a value (a name, an address, a sentence of a case), and goes. An error is
told by its kind and where it happened; its text may quote the row.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import redis
from django.db import DatabaseError, InterfaceError, OperationalError

from kernel.errors import Problem

LONGEST = 2000
GONE = "[-]"
_HARMLESS_TEXT = (OperationalError, InterfaceError, redis.RedisError, OSError)
"""Errors of connections: their text names servers and ports, which whoever reads it has to know."""

_SECRET_NAME = (
    r"pass(?:word|wd|code)?|secret|token|authorization|cookie|session(?:id|_key)?|csrf\w*|api_?key|master_?key"
    r"|secret_?key|ticket|signature|code_verifier|client_secret|dsn|credential\w*|x-amz-\w+"
)
_IS, _QUOTED = r"\"?'?\s*[:=]\s*", r"\"[^\"]*\"|'[^']*'"
_MIXED = r"(?=[\w+/-]{0,80}[A-Z])(?=[\w+/-]{0,80}[a-z])(?=[\w+/-]{0,80}\d)"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[^\x00-\x7f]+"), GONE),  # first: what stands beside it then stands alone
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=:-]+"), r"\1 " + GONE),
    (re.compile(r"(?<=://)[^/\s@:]*:[^/\s@]*@"), GONE + "@"),
    (re.compile(r"\?[^\s\"'<>)\]]*[=][^\s\"'<>)\]]*"), "?" + GONE),
    (re.compile(rf"(?i)\b([\w-]*(?:{_SECRET_NAME}))({_IS})({_QUOTED}|[^\s,;&\"'}}\])]+)"), r"\1\2" + GONE),
    (re.compile(r"\beyJ[\w-]{8,}[\w.:-]*"), GONE),
    (re.compile(r"(?<!\w)(?=[a-z0-9]{0,31}[g-z])(?=[a-z0-9]{0,31}\d)[a-z0-9]{32}(?!\w)"), GONE),  # a session
    (re.compile(r"(?<!\w)[a-z0-9]{6}-[0-9a-f]{32,}(?!\w)"), GONE),  # a reset link
    (re.compile(r"\b(?:whsec|czj[a-z]?|scim)_[\w+/=.-]{16,}"), GONE),
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)", re.DOTALL), GONE),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), GONE),
    (re.compile(r"(?<![\w])[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?!\w)"), GONE),
    (re.compile(r"(?<![\w])[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}(?!\w)", re.IGNORECASE), GONE),
    (re.compile(r"(?<![\w.-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\w])"), GONE),
    (re.compile(r"(?<![\w.-])0\d{2,3}-\d{7,8}(?!\w)"), GONE),
    (re.compile(r"(?<![\w-])\d{6}(?![\w.-])"), GONE),  # a code by message
    (re.compile(rf"(?<![\w/.-]){_MIXED}[\w+/-]{{20,}}={{0,2}}(?![\w.])"), GONE),  # what was drawn by lot
)  # fmt: skip
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SECRET_KEY = re.compile(rf"(?i)^(?:{_SECRET_NAME})$")


def text(value: str) -> str:
    """A text without what must not be told. Ids stay: they mean nothing without the database."""
    value = value[: 4 * LONGEST]
    for pattern, instead in _RULES:
        value = pattern.sub(instead, value)
    return value[:LONGEST]


def value(given: Any, key: str = "") -> Any:
    """Any value as it may be told: numbers as they are, texts scrubbed, containers entry by entry, errors by kind."""
    if key and _SECRET_KEY.match(key):
        return GONE
    if given is None or isinstance(given, bool | float):
        return given
    if isinstance(given, int):
        return given if abs(given) < 10**10 else GONE
    if isinstance(given, BaseException):
        return error(given)
    if isinstance(given, Mapping):
        return {text(str(name)): value(each, str(name)) for name, each in list(given.items())[:50]}
    if isinstance(given, list | tuple | set | frozenset):
        return [value(each) for each in list(given)[:50]]
    spoken = str(given)
    return spoken if _UUID.fullmatch(spoken) else text(spoken)


def error(raised: BaseException) -> str:
    """An error as its kind and code, and, where only a connection broke, its words."""
    name = type(raised).__name__
    if isinstance(raised, Problem):
        return f"{name} {raised.code}"
    if isinstance(raised, DatabaseError | InterfaceError):
        state = getattr(raised.__cause__, "pgcode", None)
        if state:
            return f"{name} {state}"
    if type(raised).__module__.partition(".")[0] == "requests":
        return name  # its text quotes the address with its query
    return f"{name}: {text(str(raised))}" if isinstance(raised, _HARMLESS_TEXT) else name


def frames(trace: TracebackType | None, most: int = 40) -> list[str]:
    """Where an error happened, line by line: files, lines and functions, no values."""
    return [
        f"{short(each.filename)}:{each.lineno} {each.name}" for each in traceback.extract_tb(trace)[-most:]
    ]  # fmt: skip


def short(path: str) -> str:
    """A file's place inside our tree, or inside the package it came with."""
    for mark in ("/site-packages/", "/platform/", "/lib/python"):
        head, found, tail = path.rpartition(mark)
        if found:
            return (mark[1:] if mark == "/platform/" else "") + tail
    return "/".join(path.split("/")[-3:])
