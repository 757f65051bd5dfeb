"""The table of everything that proves who somebody is, or lets its holder act.

Each app that gives out such a thing adds a line in a module `credentials.py`, found by name at start-up. One guard
tries every line on every other host: made on one, it must be refused on all the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY

from accounts.models import User
from accounts.sessions import SessionStore
from accounts.tickets import make_upload_ticket, read_upload_ticket
from accounts.tokens import SeatResetTokens
from gateway import tokens
from kernel.errors import Problem
from provinces.context import required


@dataclass(frozen=True, slots=True)
class Credential:
    """One kind. issue(user): makes one on the current seat. accepts(user, value): whether the current seat takes it.

    kinds: the kinds of host that give it out, where not all do; the others are asked to take it all the same.
    """

    name: str
    issue: Callable[[User], str]
    accepts: Callable[[User, str], bool]
    kinds: frozenset[str] | None = None


TABLE: dict[str, Credential] = {}


def register(credential: Credential) -> None:
    """Add a line to the table."""
    TABLE[credential.name] = credential


def _make_session(user: User) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _is_ticket(ticket: str) -> bool:
    try:
        read_upload_ticket(ticket)
    except Problem:
        return False
    return True


register(Credential("session", _make_session, lambda user, key: SessionStore(key).get(SESSION_KEY) == str(user.pk)))
register(Credential("reset_link", SeatResetTokens().make_token, SeatResetTokens().check_token))


def _make_api_token(user: User) -> str:
    _row, token = tokens.make_token(user=user, seat=required().name, name="guard")
    return token


def _is_token_of(user: User, token: str) -> bool:
    found = tokens.holder(token, required().name)
    return found is not None and found.user_id == user.pk


register(Credential("api_token", _make_api_token, _is_token_of))
register(
    Credential(
        "upload_ticket",
        lambda user: make_upload_ticket(draft_id=uuid4(), user_id=user.pk),
        lambda _user, ticket: _is_ticket(ticket),
    )
)
