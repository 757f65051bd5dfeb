"""What an auditor asks for, from a form or from an operation's parameters."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.errors import BadInput

DEFAULT_DAYS = 30
LONGEST_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Filters; empty ones do not count.

    what: "steps", "reads" or "" for both. person: name or account. term: a word that was searched for. since, until:
    days in China, both included.
    """

    what: str = ""
    person: str = ""
    kind: str = ""
    record: UUID | None = None
    number: str = ""
    verb: str = ""
    unit: UUID | None = None
    through: str = ""
    term: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def begins(self) -> datetime:
        """The first moment."""
        day = self.since or clock.today() - timedelta(days=DEFAULT_DAYS if not self.record else LONGEST_DAYS)
        return datetime.combine(day, time(0), clock.SHANGHAI)

    @property
    def ends(self) -> datetime | None:
        """The moment after the last."""
        return datetime.combine(self.until + timedelta(days=1), time(0), clock.SHANGHAI) if self.until else None

    def used(self) -> list[str]:
        """Names of the filters that count."""
        return [name for name in self.__dataclass_fields__ if getattr(self, name)]

    def checked(self) -> Asked:
        """Itself. Raises BadInput for a span that is upside down or too long."""
        until = self.until or clock.today()
        if self.since and (self.since > until or (until - self.since).days > LONGEST_DAYS):
            raise BadInput(
                _("时间范围不对：开始不能晚于结束，一次最多查 {longest} 天。"), code="span_wrong", longest=LONGEST_DAYS
            )
        return replace(self, person=self.person.strip()[:80], number=self.number.strip()[:80])


def read(said: dict[str, Any]) -> Asked:
    """From cleaned values of a form or a serializer; unknown names are left out."""
    known = {name: said[name] for name in Asked.__dataclass_fields__ if said.get(name)}
    return Asked(**known).checked()


def first_id(moment: datetime) -> UUID:
    """The smallest id that can have been made at a moment (UUIDv7), for a look along the primary key."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def cursor_of(key: UUID) -> str:
    """Where the next page begins."""
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")


def read_cursor(text: str) -> UUID | None:
    """The key of a cursor; None for the first page. Raises BadInput."""
    if not text:
        return None
    try:
        return UUID(bytes=urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, UnicodeError) as error:
        raise BadInput(_("cursor 只能用上一页给出的 next。请从第一页重新取。"), code="cursor_unknown") from error
