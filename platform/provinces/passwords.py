"""Passwords of the database logins: derived from the master key, the role's name and a generation; stored nowhere.

`rotate logins` counts the generation up in `public`. A process finds out when it is needed: whoever connects with a
password that the server takes no more tries the next generations, and those under the former master key while the
operator still names it (`MASTER_KEY_PREVIOUS`). Connections that are open stay open, so nobody notices.
"""

import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeVar

import psycopg2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

ROUNDS = 4096
"""PostgreSQL's own number. Guessing is no worry: the passwords are keys of 32 bytes."""
LOOK_AHEAD = 12
"""So many generations are tried beyond the newest that this process has met."""
PATIENCE_S = 5.0
"""How long a login that this process has been let in with before is tried again: a pooler reads its file anew."""
MADE_PATIENCE_S = 90.0
"""The same for a login that this process has made: whoever keeps a pooler's list of logins looks twice a minute."""
REFUSED_KEPT_S = 30.0
"""For so long a login that was refused with every password is tried with its own only."""

Made = TypeVar("Made")


def login_password(login: str, generation: int | None = None) -> str:
    """Password of one role: HKDF-SHA256 (RFC 5869) of the master key, name and generation, 32 bytes, base 64.

    Without a generation: the one this process was last let in with.
    """
    key, known = _KNOWN.of(login)
    return _derived(key, login, known) if generation is None else _derived(settings.MASTER_KEY, login, generation)


def scram_verifier(login: str, generation: int | None = None) -> str:
    """What PostgreSQL keeps of that password: SCRAM-SHA-256 (RFC 5803), always the same for the same key and name.

    A pooler that holds the same verifier as the server lets a client in and logs in for it, and needs no password.
    """
    key, known = _KNOWN.of(login)
    return _verifier(key, login, known) if generation is None else _verifier(settings.MASTER_KEY, login, generation)


def let_in(login: str, connect: Callable[[str], Made]) -> Made:
    """What `connect(password)` makes with the password that the server takes. Raises what it raises with the last."""
    try:
        return _tried(login, *_KNOWN.of(login), connect)
    except psycopg2.OperationalError as error:
        if not is_refused(error) or _KNOWN.is_refused(login):
            raise
    until = time.monotonic() + _KNOWN.patience_s(login)
    while True:
        refused: psycopg2.OperationalError | None = None
        for key, generation in _KNOWN.others(login):
            try:
                return _tried(login, key, generation, connect)
            except psycopg2.OperationalError as error:
                if not is_refused(error):
                    raise
                refused = error
        if time.monotonic() >= until:
            _KNOWN.refuse(login)
            raise refused or psycopg2.OperationalError(f"{login}: password authentication failed")
        time.sleep(0.2 if _KNOWN.met(login) else 1)


def is_refused(error: Exception) -> bool:
    """Whether the server, or a pooler before it, did not take the password. libpq gives no code for it."""
    said = str(error)
    return "authentication failed" in said or "认证失败" in said


def _tried(login: str, key: str, generation: int, connect: Callable[[str], Made]) -> Made:
    made = connect(_derived(key, login, generation))
    _KNOWN.learn(login, key, generation)
    return made


class _Known:
    """Which key and generation each login was last let in with, by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met: dict[str, tuple[str, int]] = {}
        self._newest: tuple[str, int] | None = None
        self._refused: dict[str, float] = {}
        self._made: set[str] = set()

    def of(self, login: str) -> tuple[str, int]:
        """What to try first: as before, else as for the others."""
        return self._met.get(login) or self._newest or (settings.MASTER_KEY, 0)

    def met(self, login: str) -> bool:
        return login in self._met

    def login_made(self, login: str) -> None:
        """This process makes that login: a pooler may not know it at once."""
        with self._lock:
            self._made.add(login)

    def patience_s(self, login: str) -> float:
        if login in self._met:
            return PATIENCE_S
        return MADE_PATIENCE_S if login in self._made else 0

    def others(self, login: str) -> Iterator[tuple[str, int]]:
        """The generation of the others, then the next ones, then all before; under each key that may hold."""
        newest = max((generation for _key, generation in self._met.values()), default=0)
        order = [newest, *range(newest + 1, newest + 1 + LOOK_AHEAD), *range(newest - 1, -1, -1)]
        for key in dict.fromkeys((settings.MASTER_KEY, *settings.MASTER_KEYS_BEFORE)):
            for generation in order:
                yield key, generation

    def learn(self, login: str, key: str, generation: int) -> None:
        if self._met.get(login) != (key, generation):
            with self._lock:
                self._met[login] = self._newest = (key, generation)
                self._refused.pop(login, None)

    def refuse(self, login: str) -> None:
        with self._lock:
            self._refused[login] = time.monotonic()

    def is_refused(self, login: str) -> bool:
        return time.monotonic() - self._refused.get(login, float("-inf")) < REFUSED_KEPT_S

    def forget(self) -> None:
        """As in a new process."""
        with self._lock:
            self._met.clear()
            self._made.clear()
            self._refused.clear()
            self._newest = None


_KNOWN = _Known()
forget = _KNOWN.forget
login_made = _KNOWN.login_made


@lru_cache(maxsize=1024)
def _derived(master_key: str, login: str, generation: int) -> str:
    key = _hkdf(master_key, b"chazhenjia database login", _named(login, generation), 32)
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


@lru_cache(maxsize=256)
def _verifier(master_key: str, login: str, generation: int) -> str:
    salt = _hkdf(master_key, b"chazhenjia salt of a login", _named(login, generation), 16)
    salted = hashlib.pbkdf2_hmac("sha256", _derived(master_key, login, generation).encode(), salt, ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    shown = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ROUNDS}:{shown[0]}${shown[1]}:{shown[2]}"


def _named(login: str, generation: int) -> str:
    return f"{login} {generation}" if generation else login


def _hkdf(master_key: str, salt: bytes, login: str, length: int) -> bytes:
    key = HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=login.encode())
    return key.derive(master_key.encode())
