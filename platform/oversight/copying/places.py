"""Giving new lines of the trail, looks and heads a place in the stream that leaves this machine, and sending it.

A line's time says little about when it was committed, so no cursor over times or ids is trusted: each round looks back
some minutes, once an hour two days, and takes every line that has no place yet. A place is given in one transaction
with the hash over the line before; what has a place is sent in order until the other side has taken it. So nothing
that was committed late is missed, and what is sent twice is the same to the byte.

Rows that went back to a backup know less than the receiver has. Then no place that may be taken outside is given again:
a line of kind `gap` says from which place on the receiver knows more, follows the last line that is known to lie there,
and the stream goes on behind it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import router, transaction
from django.db.models import Count, Exists, Min, OuterRef

from accounts.models import User
from audit import log as sealed
from audit.models import LogHead, ReadLine, Trail
from kernel import clock
from kernel.canonical import canonical_json
from kernel.ids import uuid7
from kernel.locks import lock
from oversight import alarms, rules
from oversight.asking import first_id
from oversight.copying import targets
from oversight.models import Copied, Copy
from provinces.context import required

logger = logging.getLogger(__name__)
LOOK_BACK = timedelta(minutes=15)
LONG_LOOK_BACK = timedelta(days=2)
LONG_EVERY = timedelta(hours=1)
KEPT = timedelta(days=3)
BATCH = 500
LATE = timedelta(minutes=10)
"""A copy that is further behind than this is told of."""
GAP_IS_NEW = timedelta(days=7)
JUMP = 1_000_000
"""Over so many places where the receiver cannot be asked which it has."""
_seen: dict[tuple[str, str], tuple[int, str]] = {}
"""How far this process saw the stream of a seat to a receiver reach: the last place, and the hash of its line.

Rows that say less, or other, were put back behind our back. A process that has seen nothing asks the receiver.
"""


@dataclass(frozen=True)
class Standing:
    """How the copy of this seat stands. behind_s: age of the oldest line that has not left; 0 when none.

    gap_at: when it was last marked that the receiver has lines, gap_from to gap_to, which are not known here.
    """

    is_on: bool
    where: str
    behind_s: int
    waiting: int
    problem: str
    sent_at: datetime | None
    gap_at: datetime | None = None
    gap_from: int | None = None
    gap_to: int | None = None

    @property
    def is_late(self) -> bool:
        return self.is_on and self.behind_s > LATE.total_seconds()

    @property
    def has_new_gap(self) -> bool:
        """Whether a gap was marked so lately that somebody may still have to look."""
        return self.gap_at is not None and clock.now() - self.gap_at < GAP_IS_NEW


def standing() -> Standing:
    """For pages and checks. Reads only."""
    row = Copy.objects.filter(seat=required().name).first()
    where = targets.shown(str(settings.AUDIT_COPY["url"]))
    if row is None:
        return Standing(bool(where), where, 0, 0, "", None)
    waiting = Copied.objects.filter(seat=row.seat, place__gt=row.sent).aggregate(number=Count("pk"), oldest=Min("at"))
    behind = int((clock.now() - waiting["oldest"]).total_seconds()) if waiting["oldest"] else 0
    return Standing(
        bool(where), where, behind, waiting["number"], row.problem, row.sent_at, row.gap_at, row.gap_from, row.gap_to
    )


def round_of(seat: str, target: targets.Target) -> int:
    """Place what is new and send what has a place. Returns how many lines left. Raises CopyFailed."""
    mark_gap(seat, target)
    while place(seat) >= BATCH:
        pass
    _see(seat)
    sent = 0
    while batch := _waiting(seat):
        first, last = batch[0].place, batch[-1].place
        target.send(seat, first, [row.body for row in batch])
        now = clock.now()
        Copy.objects.filter(seat=seat, sent__lt=last).update(
            sent=last, sent_at=now, problem="", failed_at=None, told_at=None
        )
        sent += len(batch)
    _forget(seat)
    return sent


@contextmanager
def _one_at_a_time(seat: str) -> Iterator[Copy]:
    using = router.db_for_write(Copy) or "default"
    Copy.objects.get_or_create(seat=seat)
    with transaction.atomic(using=using):
        lock(sealed.lock_name(f"copy {seat}"), using=using)
        yield Copy.objects.get(seat=seat)


def mark_gap(seat: str, target: targets.Target) -> bool:
    """Where the rows went back to a backup, or the receiver has more than is known here, say so in the stream.

    The receiver is asked once a process, whenever a restoration says so, and when the rows say less than this process
    saw (a disk put back). Returns whether. Raises CopyFailed.
    """
    seen = _seen.get(_name(seat))  # before the rows: another thread may be ahead of us
    known = Copy.objects.filter(seat=seat).first()
    went_back = (known is not None and known.returned_at is not None) or _is_behind(known, seen)
    if not went_back and (not target.can_tell or seen is not None):
        return False
    last = target.last(seat, beyond=known.placed if known else 0)
    if last is None and (target.can_tell or not went_back):
        Copy.objects.filter(seat=seat).update(returned_at=None)
        _see(seat)
        return False
    with _one_at_a_time(seat) as row:
        if row.placed != (known.placed if known else 0) or (known and row.returned_at != known.returned_at):
            return False  # somebody else was here first
        now, after, before = clock.now(), row.placed, row.last_hash
        number = row.placed + JUMP
        if last is not None:
            after, before, number = last.place, last.hash, last.place + 1
        gap_to = None if last is None else last.place
        line = uuid7()
        said = {
            "kind": "gap", "id": str(line), "at": now.isoformat(), "after": after,
            "unknown_from": row.placed + 1, "unknown_to": gap_to,
        }  # fmt: skip
        own, body = _chained(said, seat, number, before)
        Copied.objects.create(seat=seat, place=number, line_id=line, body=body, at=now)
        Copy.objects.filter(pk=row.pk).update(
            placed=number, last_hash=own, returned_at=None, gap_at=now, gap_from=row.placed + 1, gap_to=gap_to
        )
    _see(seat)
    alarms.gap(row.placed + 1, gap_to)
    return True


def _name(seat: str) -> tuple[str, str]:
    return seat, str(settings.AUDIT_COPY["url"])


def _see(seat: str) -> None:
    """Note how far the stream reaches now."""
    row = Copy.objects.filter(seat=seat).first()
    _seen[_name(seat)] = (row.placed, row.last_hash) if row is not None else (0, "")


def _is_behind(known: Copy | None, seen: tuple[int, str] | None) -> bool:
    """Whether the rows say less than was seen, or another line at the last place that was seen."""
    if seen is None:
        return False
    placed, last_hash = (known.placed, known.last_hash) if known is not None else (0, "")
    return placed < seen[0] or (placed == seen[0] and last_hash != seen[1])


def _chained(said: dict[str, Any], seat: str, number: int, before: str) -> tuple[str, str]:
    """A line at its place: its hash, and the line as it leaves."""
    said = said | {"seat": seat, "place": number, "before": before}
    own = hashlib.sha256(canonical_json(said)).hexdigest()
    return own, json.dumps(said | {"hash": own}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def place(seat: str) -> int:
    """Give lines without a place the next ones. Returns how many."""
    with _one_at_a_time(seat) as row:
        now = clock.now()
        long = row.swept_at is None or now - row.swept_at >= LONG_EVERY
        lines = _new(seat, now - (LONG_LOOK_BACK if long else LOOK_BACK))
        made, last = [], row.last_hash
        for number, (kind, line) in enumerate(lines, start=row.placed + 1):
            last, body = _chained(_said(kind, line), seat, number, last)
            made.append(Copied(seat=seat, place=number, line_id=line.pk, body=body, at=now))
        Copied.objects.bulk_create(made)
        fields: dict[str, Any] = {"placed": row.placed + len(made), "last_hash": last}
        if long and len(made) < BATCH:
            fields["swept_at"] = now
        Copy.objects.filter(pk=row.pk).update(**fields)
    return len(made)


def _new(seat: str, since: datetime) -> list[tuple[str, Any]]:
    """Lines without a place, of all sorts, oldest first; at most a batch."""
    found: list[tuple[str, Any]] = []
    for kind, rows in _sources(seat):
        placed = Copied.objects.filter(seat=seat, line_id=OuterRef("pk"))
        fresh = rows.filter(pk__gte=first_id(since)).filter(~Exists(placed)).order_by("pk")[:BATCH]
        found += [(kind, row) for row in fresh]
    found.sort(key=lambda pair: pair[1].pk)
    return found[:BATCH]


def _sources(seat: str) -> Iterator[tuple[str, Any]]:
    steps = Trail.objects.all()
    if required().kind in ("brands", "office"):
        # One table for both in the shared layer: the office's are those of its people, all others the brands host's.
        office = User.objects.filter(posts__isnull=False).values("pk")
        steps = steps.filter(by_id__in=office) if required().kind == "office" else steps.exclude(by_id__in=office)
    yield "step", steps
    yield "read", ReadLine.objects.filter(seat__in=rules.seats_read())
    yield "head", LogHead.objects.filter(log=seat)


def _said(kind: str, line: Any) -> dict[str, Any]:
    """A line as it leaves. Free text and what was searched for leave as digests: contents stay in the house."""
    if kind == "head":
        return {
            "kind": kind, "id": str(line.pk), "at": line.at.isoformat(), "size": line.size, "root": line.root_hex,
            "public_key": bytes(line.public_key).hex(), "signature": bytes(line.signature).hex(),
        }  # fmt: skip
    said = {
        "kind": kind,
        "id": str(line.pk),
        "at": line.at.isoformat(),
        "record_kind": line.record_label,
        "record_id": str(line.record_id) if line.record_id else "",
        "by_id": str(line.by_id) if line.by_id else "",
        "by_name": line.by_name,
    }
    if kind == "read":
        return said | {"way": line.way, "route": line.route, "what": line.what, "through": line.through}
    return said | {
        "verb": line.verb,
        "from_state": line.from_state,
        "to_state": line.to_state,
        "through": str(line.data.get("through", "")),
        "why_sha256": _digest(line.why) if line.why else "",
        "data_sha256": _digest(json.dumps(line.data, sort_keys=True, default=str)) if line.data else "",
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _waiting(seat: str) -> Sequence[Copied]:
    """The next lines, without a place left out between them."""
    sent = Copy.objects.values_list("sent", flat=True).get(seat=seat)
    found = list(Copied.objects.filter(seat=seat, place__gt=sent).order_by("place")[:BATCH])
    return [row for number, row in enumerate(found) if row.place == found[0].place + number]


def _forget(seat: str) -> None:
    """Drop what has left and is too old to be found again by the long look back."""
    row = Copy.objects.get(seat=seat)
    Copied.objects.filter(seat=seat, place__lte=row.sent, at__lt=clock.now() - KEPT).delete()


def checked(bodies: Sequence[str], *, before: str = "") -> str:
    """Follow the chain over lines as they left, in order. Returns the last hash. Raises ValueError at a break.

    A line of kind `gap` may follow any earlier line: those between are the ones that a restoration has lost.
    """
    earlier = {before}
    for body in bodies:
        said = json.loads(body)
        own = said.pop("hash")
        earlier.add(before)
        follows = said["before"] in earlier if said["kind"] == "gap" else said["before"] == before
        if not follows or hashlib.sha256(canonical_json(said)).hexdigest() != own:
            raise ValueError(f"the chain breaks at place {said['place']}")
        before = own
    return before
