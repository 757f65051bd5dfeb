"""At the office: which digests of different provinces are equal. Nobody here can tell what they stand for.

A province that wanted to guess could lay down many values and wait which are found. So only so many new digests of a
province and kind are compared a day: those over it are held, counted, and shown to the office, which may let them
through with a reason. What a province had compared in the round before is counted as its own: its records do not
grow by turning a page of the calendar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from federation.matching.exchange.models import Digest
from federation.matching.keys import round_number
from federation.matching.models import DigestStop, Pair, SeriesPair, Tally, TallyRelease
from federation.matching.services import relaying
from federation.matching.services.common import one_at_a_time
from kernel import clock
from kernel.errors import BadInput, NotFound404

FRESH_A_DAY = 2000
"""New digests of one province and kind that are compared on one day."""
COMMON_FROM = 6
"""Provinces that hold a value from which it is told to be common."""
_BATCH = 500
_OLD_ROUNDS_GO_ON = 8
"""Day of the month on which digests of earlier rounds are dropped, though their province has not come back."""
_LOOK_UP = (
    "SELECT digest, province, handle, by_hand FROM public.matching_exchange_digest"
    " WHERE digest = ANY(%s) AND state = 'looked'"
)


class Holder(NamedTuple):
    """A province holds a digest under its own name for it."""

    digest: bytes
    province: str
    handle: UUID
    by_hand: bool


def holders(digests: Sequence[bytes]) -> list[Holder]:
    """Who holds these and was compared: one look into an index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [list(digests)])
        return [Holder(bytes(row[0]), row[1], row[2], row[3]) for row in cursor.fetchall()]


def find_all() -> int:
    """Compare all that waits. Returns how many matches are new."""
    found = 0
    while True:
        looked, new = find(_BATCH)
        found += new
        if looked < _BATCH:
            return found


def find(most: int) -> tuple[int, int]:
    """Compare one batch: how many digests were taken up, and how many matches are new. Safe to run at once."""
    with transaction.atomic():
        one_at_a_time(SeriesPair)
        today, number = clock.today(), round_number()
        _drop_old(today, number)
        rows = _taken_up(most, today, number)
        looked, held = _within_limits(rows, today, number)
        if held:
            Digest.objects.filter(pk__in=[row.pk for row in held]).update(state=Digest.State.HELD, held_on=today)
        new = _compare(looked, today) if looked else 0
    return len(rows), new


def _drop_old(today: date, number: int) -> None:
    if today.day >= _OLD_ROUNDS_GO_ON and cache.add(f"matching.old.{today}", 1, timeout=86_400):
        Digest.objects.filter(round__lt=number).delete()


def _taken_up(most: int, today: date, number: int) -> list[Digest]:
    """What waits, oldest first; and what was held on an earlier day."""
    locked = Digest.objects.select_for_update(skip_locked=True, of=("self",)).filter(round=number)
    rows = list(locked.filter(state__in=Digest.WAITING).order_by("id")[:most])
    if len(rows) < most:
        held = locked.filter(state=Digest.State.HELD, held_on__lt=today).order_by("id")
        rows += held[: most - len(rows)]
    return rows


def _within_limits(rows: Iterable[Digest], today: date, number: int) -> tuple[list[Digest], list[Digest]]:
    looked: list[Digest] = []
    held: list[Digest] = []
    by_kind = sorted(rows, key=lambda row: (row.province, row.kind))
    for (province, kind), group in groupby(by_kind, key=lambda row: (row.province, row.kind)):
        mine = list(group)
        free = [row for row in mine if row.state == Digest.State.RELEASED]
        asked = [row for row in mine if row.state != Digest.State.RELEASED]
        left = max(allowed(province, kind, today, number) - _tally(province, kind, today, number).looked, 0)
        looked += free + asked[:left]
        held += asked[left:]
        Tally.objects.filter(province=province, kind=kind, day=today).update(
            looked=_tally(province, kind, today, number).looked + min(len(asked), left),
            held=_tally(province, kind, today, number).held
            + sum(1 for row in asked[left:] if row.state == Digest.State.NEW),
        )
    return looked, held


def _tally(province: str, kind: str, today: date, number: int) -> Tally:
    row, _new = Tally.objects.get_or_create(province=province, kind=kind, day=today, defaults={"round": number})
    return row


def allowed(province: str, kind: str, today: date, number: int) -> int:
    """How many digests of this province and kind may be compared today: its own of the last round, and the new ones."""
    last = number - 1 if number % 100 > 1 else number - 89
    tallies = Tally.objects.filter(province=province, kind=kind)
    own = tallies.filter(round=last).aggregate(n=Sum("looked"))["n"] or 0
    before = tallies.filter(round=number, day__lt=today).aggregate(n=Sum("looked"))["n"] or 0
    return max(own - before, 0) + FRESH_A_DAY


def _compare(rows: Sequence[Digest], today: date) -> int:
    """Match these with all that was compared before and with one another."""
    Digest.objects.filter(pk__in=[row.pk for row in rows]).update(state=Digest.State.LOOKED, looked_at=clock.now())
    stopped = {
        bytes(each)
        for each in DigestStop.objects.filter(digest__in=[bytes(row.digest) for row in rows]).values_list(
            "digest", flat=True
        )
    }
    fresh = {bytes(row.digest): row.kind for row in rows if bytes(row.digest) not in stopped}
    mine = {(row.province, row.handle) for row in rows}
    held_by: dict[bytes, list[Holder]] = defaultdict(list)
    for holder in holders(list(fresh)):
        held_by[holder.digest].append(holder)
    new = 0
    for digest, found in held_by.items():
        if len(found) < 2:
            continue
        found.sort(key=lambda each: each.handle)
        is_common = len(found) >= COMMON_FROM
        pairs = [
            (first, second)
            for place, first in enumerate(found)
            for second in found[place + 1 :]
            if (first.province, first.handle) in mine or (second.province, second.handle) in mine
        ]
        for first, second in pairs:
            new += _pair(fresh[digest], first, second, is_common=is_common, provinces=len(found), today=today)
        handles = [each.handle for each in found]
        Pair.objects.filter(one_handle__in=handles, other_handle__in=handles).update(
            provinces=len(found), common=is_common
        )
    return new


def _pair(kind: str, first: Holder, second: Holder, *, is_common: bool, provinces: int, today: date) -> int:
    by_hand = first.by_hand or second.by_hand
    pair, new = Pair.objects.get_or_create(
        one_handle=first.handle,
        other_handle=second.handle,
        defaults={
            "kind": kind, "one": first.province, "other": second.province, "by_hand": by_hand, "common": is_common,
            "provinces": provinces,
        },
    )  # fmt: skip
    if not new:
        if pair.by_hand and not by_hand:
            Pair.objects.filter(pk=pair.pk).update(by_hand=False)
        return 0
    for province in pair.sides():
        for row in Tally.objects.filter(province=province, kind=kind, day=today):
            Tally.objects.filter(pk=row.pk).update(found=row.found + 1)
    relaying.settle(pair.pk)
    return 1


def release(*, province: str, kind: str, why: str, by: User) -> TallyRelease:
    """Let through what was held of one province and kind. Raises BadInput without a reason, NotFound404 if none is."""
    if len(why.strip()) < 4:
        raise BadInput(_("请写明放行的理由，至少四个字。"), code="release_reason_missing")
    with transaction.atomic():
        held = Digest.objects.filter(province=province, kind=kind, state=Digest.State.HELD)
        count = held.update(state=Digest.State.RELEASED)
        if not count:
            raise NotFound404()
        row = TallyRelease.objects.create(
            province=province, kind=kind, count=count, why=why.strip()[:300], by_id=by.pk, by_name=by.display_name
        )
        trail.record(row, "release", by=by, why=row.why, data={"province": province, "kind": kind, "count": count})
    return row


def stop(*, pair_id: UUID, why: str, by: User) -> int:
    """Have the value of a match compared no more in this round, and end its matches. Returns how many ended."""
    if not why.strip():
        raise BadInput(_("请写明理由，例如“全国通用的服务电话”。"), code="stop_reason_missing")
    with transaction.atomic():
        pair = Pair.objects.filter(pk=pair_id).first()
        if pair is None:
            raise NotFound404()
        handles = [pair.one_handle, pair.other_handle]
        row = Digest.objects.filter(handle__in=handles, round=round_number()).first()
        if row is not None:
            DigestStop.objects.get_or_create(
                digest=bytes(row.digest),
                defaults={"round": row.round, "why": why.strip()[:200], "by_name": by.display_name},
            )
            everybody = Digest.objects.filter(digest=bytes(row.digest))
            handles += list(everybody.values_list("handle", flat=True))
        return relaying.close_all(handles, why="stopped", by=by)
