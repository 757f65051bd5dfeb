"""Sessions that belong to one seat.

Brands and the office share the tables in `public`, so a session row names the host it was made on and is not found
from any other. It also names its person: `end_all` ends every session of a person in the transaction that suspends.

Inside `scoped("…")` the host is divided further: a session made in one scope is found in no other, nor outside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.exceptions import SuspiciousOperation
from django.db import router
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Session
from provinces.context import required

Renamed = Callable[[str, str], None]
_renamed: list[Renamed] = []


def on_renamed(func: Renamed) -> None:
    """`func(old, new)` hears that a session goes on under another key, as after a new password."""
    if func not in _renamed:
        _renamed.append(func)


_scope: ContextVar[str] = ContextVar("session_scope", default="")


@contextmanager
def scoped(name: str) -> Iterator[None]:
    """Make and find sessions of this scope only, inside the block. name: at most 22 characters."""
    token = _scope.set(name)
    try:
        yield
    finally:
        _scope.reset(token)


def _place() -> str:
    scope = _scope.get()
    return f"{required().name}/{scope}" if scope else required().name


class SessionStore(DatabaseStore):
    """Django's database sessions with the seat in the WHERE clause."""

    unwritten = False
    """Whether it was `begun` and nothing of it is kept yet."""

    @classmethod
    def begun(cls) -> SessionStore:
        """A session under a new key that nobody knows yet. Its first `save` writes all of it, in one INSERT."""
        made = cls(get_random_string(32, VALID_KEY_CHARS))
        made._session_cache: dict[str, Any] = {}
        made.unwritten = True
        return made

    def save(self, must_create: bool = False) -> None:
        if not self.unwritten:
            super().save(must_create)
            return
        row = self.create_model_instance(self._get_session(no_load=True))
        row.save(force_insert=True, using=router.db_for_write(self.model, instance=row))
        self.unwritten = False

    def cycle_key(self) -> None:
        """The same session under a new key; who keeps the key is told. One that was never written keeps its own."""
        if self.unwritten:
            return
        old = self.session_key
        super().cycle_key()
        if old and self.session_key:
            for func in _renamed:
                func(old, self.session_key)

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        try:
            found: Session = self.model.objects.get(
                session_key=self.session_key, seat=_place(), expire_date__gt=timezone.now()
            )
        except (Session.DoesNotExist, SuspiciousOperation):
            # Forgetting the key keeps a foreign session's row from being written over.
            self._session_key = None
            return None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made: Session = super().create_model_instance(data)
        made.seat = _place()
        made.user_id = UUID(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return made


def note_sign_in(sender: object, *, request: HttpRequest, user: Any, **_more: object) -> None:
    """Put this sign-in on the person's list, in one statement; what is over, `sweep` drops from it.

    Instead of allauth's own receiver, which reads every session of the person, and takes one of another scope for over.
    """
    if not request.session.session_key:
        request.session.save()
    longest = UserSession._meta.get_field("user_agent").max_length
    row = UserSession(
        user=user,
        session_key=request.session.session_key,
        ip=get_adapter(request).get_client_ip(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:longest],
    )
    UserSession.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["user", "ip", "user_agent", "last_seen_at"],
    )


def sweep() -> None:
    """Delete sessions whose time is over, and take from people's lists what is over or was ended."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(living)).delete()


def end_all(*user_ids: UUID) -> int:
    """End every session of these people, on every host of this schema. Returns how many."""
    return Session.objects.filter(user_id__in=user_ids).delete()[0]


def end(keys: Collection[str], *, beside: Collection[UUID] = ()) -> int:
    """End these sessions of the current seat. Returns how many there were.

    beside: people whose sessions in a scope of their own (`<seat>/…`, as inside another system) end with them.
    """
    own, inside = Q(seat=required().name), Q(seat__startswith=f"{required().name}/")
    chosen = Q(session_key__in=keys) & (own | inside) | Q(user_id__in=beside) & inside
    return Session.objects.filter(chosen).delete()[0]
