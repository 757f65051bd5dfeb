"""Sessions that belong to one seat.

Brands and the office share the tables in `public`, so a session row names the host it was made on and is not found
from any other. It also names its person: `end_all` ends every session of a person in the transaction that suspends.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.core.exceptions import SuspiciousOperation
from django.utils import timezone

from accounts.models import Session
from provinces.context import required


class SessionStore(DatabaseStore):
    """Django's database sessions with the seat in the WHERE clause."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        try:
            found: Session = self.model.objects.get(
                session_key=self.session_key, seat=required().name, expire_date__gt=timezone.now()
            )
        except (Session.DoesNotExist, SuspiciousOperation):
            # Forgetting the key keeps a foreign session's row from being written over.
            self._session_key = None
            return None
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made: Session = super().create_model_instance(data)
        made.seat = required().name
        made.user_id = UUID(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        return made


def end_all(*user_ids: UUID) -> int:
    """End every session of these people, on every host of this schema. Returns how many."""
    return Session.objects.filter(user_id__in=user_ids).delete()[0]
