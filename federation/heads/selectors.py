"""The doors to a seat's sealed log: its heads, what waits, and what is held of others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from accounts import rules
from audit import log
from audit.models import HeadStamp, HeadWitness, LogCheck, LogEntry, LogHead, WitnessedHead
from kernel import clock
from kernel.errors import NotFound404
from provinces.context import required

READERS = {
    rules.Role.BUREAU_ADMIN,
    rules.Role.SECURITY_ADMIN,
    rules.Role.AUDIT_ADMIN,
    rules.Role.DISPATCHER,
    rules.Role.LEADER,
    rules.Role.OFFICE_ADMIN,
}
ALARM_LASTS = timedelta(days=30)


def may_read(request: HttpRequest) -> bool:
    """Whether the log is this person's business: a bureau's administrators, dispatchers and heads; the office's."""
    user = request.user
    return bool(user.is_authenticated and required().kind in ("province", "office") and rules.roles_of(user) & READERS)


@dataclass(frozen=True)
class Standing:
    """How a log stands. covered: entries under the last head. placed: entries in the tree. waiting: without a place."""

    log: str
    placed: int
    waiting: int
    last: LogHead | None

    @property
    def covered(self) -> int:
        return self.last.size if self.last else 0

    @property
    def is_of_today(self) -> bool:
        """Whether the last head is today's."""
        return self.last is not None and clock.local_date(self.last.at) == clock.today()


def standing() -> Standing:
    """Of this seat's log."""
    name = log.name_of()
    waiting = LogEntry.objects.filter(log=name, position=None).count()
    return Standing(name, log.size_of(name), waiting, own_heads().first())


def own_heads() -> QuerySet[LogHead]:
    """This seat's heads, newest first, with countersignatures and time-stamps."""
    return (
        LogHead.objects.filter(log=log.name_of())
        .order_by("-size")
        .select_related("stamp")
        .prefetch_related(Prefetch("witnesses", HeadWitness.objects.order_by("witness")))
    )


def held() -> QuerySet[WitnessedHead]:
    """Heads of others that reached this seat, newest first."""
    return WitnessedHead.objects.order_by("-received_at")


def held_of(name: str) -> QuerySet[WitnessedHead]:
    """What this seat holds of one log and has countersigned, oldest first."""
    return WitnessedHead.objects.filter(log=name, outcome=WitnessedHead.Outcome.SIGNED).order_by("size")


def alarms(_request: HttpRequest) -> int:
    """Refusals of the last month, ours by others and others' by us."""
    since = clock.now() - ALARM_LASTS
    ours = HeadWitness.objects.filter(
        head__log=log.name_of(), state=HeadWitness.State.REFUSED, answered_at__gt=since
    ).count()
    theirs = WitnessedHead.objects.filter(outcome=WitnessedHead.Outcome.REFUSED, received_at__gt=since).count()
    return ours + theirs


def unstamped() -> int:
    """How many of this seat's heads wait for a time-stamp."""
    return HeadStamp.objects.filter(head__log=log.name_of(), state=HeadStamp.State.WAITING).count()


def last_checks() -> QuerySet[LogCheck]:
    """Verifications of this seat's log, newest first."""
    return LogCheck.objects.filter(log=log.name_of()).order_by("-id")


def access_check(check_id: UUID) -> LogCheck:
    """One of them. Raises NotFound404."""
    found = last_checks().filter(pk=check_id).first()
    if found is None:
        raise NotFound404()
    return found


def access_entry(entry_id: UUID) -> LogEntry:
    """One entry of this seat's log that has a place. Raises NotFound404."""
    found = LogEntry.objects.filter(pk=entry_id, log=log.name_of(), position__isnull=False).first()
    if found is None:
        raise NotFound404()
    return found


def proof_of(entry: LogEntry) -> dict[str, Any]:
    """The proof that an entry is under the first head that covers it; under the tree as it is where none does yet."""
    position = entry.position or 0
    head = LogHead.objects.filter(log=entry.log, size__gt=position).order_by("size").first()
    found = log.inclusion(entry.log, position, head.size if head else log.size_of(entry.log))
    return {
        "log": entry.log,
        "index": found.index,
        "size": found.size,
        "leaf_hash": found.leaf.hex(),
        "path": [each.hex() for each in found.path],
        "root": found.root.hex(),
        "entry": entry.body,
        "head": head.body if head else "",
        "head_signature": bytes(head.signature).hex() if head else "",
        "head_public_key": bytes(head.public_key).hex() if head else "",
    }
