"""At a province: what its records hold is kept as values, and each value's digest lies on the table while it is held.

Every digest stems from a record; one that a person wants compared without a record is a probe, with a reason, a limit
a day, and a letter to the office that says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.matching import ProbedV1, ValuesGoneV1
from federation.letters.post import post
from federation.matching import keys, kinds, sources
from federation.matching.errors import ProbesSpent
from federation.matching.exchange.models import Digest
from federation.matching.models import Holding, Match, Probe, Stop, Value
from federation.matching.services.common import MACHINE, PROBE, one_at_a_time
from federation.matching.tasks import wake_office
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from provinces.context import province_code

PROBES_A_DAY = 5
PROBES_OF_A_PROVINCE = 20
PROBE_LASTS = timedelta(days=7)
_BATCH = 1000
_MOST_IN_A_LETTER = 1000
Key = tuple[str, str, str]


def look(record_ids: Collection[UUID] | None, *, source: str) -> int:
    """Make values, holdings and digests say what these records hold now; None: all records of the source.

    Safe to run twice. Returns how many values are new or gone.
    """
    known = sources.source(source)
    if known is None:
        return 0
    with transaction.atomic():
        one_at_a_time(Value)
        wanted = _wanted(known.rows(record_ids))
        rows = Holding.objects.filter(source=source)
        rows = rows if record_ids is None else rows.filter(record_id__in=record_ids)
        there = {}
        for pk, value_id, record_id, kind, scope, value in rows.values_list(
            "pk", "value_id", "record_id", "value__kind", "value__scope", "value__value"
        ):
            there[(kind, scope, value), record_id] = pk, value_id
        left = [found for key, found in there.items() if key not in wanted]
        changed = _write({key: text for key, text in wanted.items() if key not in there}, source)
        Holding.objects.filter(pk__in=[pk for pk, _value in left]).delete()
        gone = drop_unheld({value for _pk, value in left})
        lay()
    return changed + gone


def _wanted(rows: Iterable[sources.Held]) -> dict[tuple[Key, UUID], str]:
    found: dict[tuple[Key, UUID], str] = {}
    for held in rows:
        kind = kinds.KINDS[held.kind]
        value = kind.normalise(held.text) if held.text else None
        if value is not None and (held.kind not in kinds.SCOPED or held.scope):
            scope = held.scope if held.kind in kinds.SCOPED else ""
            found.setdefault(((held.kind, scope, value), held.record_id), held.text.strip()[: kinds.LONGEST])
    return found


def _write(new: dict[tuple[Key, UUID], str], source: str) -> int:
    if not new:
        return 0
    texts = {key: text for (key, _record), text in reversed(new.items())}
    made = Value.objects.bulk_create(
        [
            Value(kind=kind, scope=scope, value=value, shown=text, common=kinds.common(kind, value))
            for (kind, scope, value), text in sorted(texts.items())
        ],
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    ids = _ids_of(texts)
    Holding.objects.bulk_create(
        [Holding(value_id=ids[key], source=source, record_id=record) for key, record in new],
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    if source != PROBE:
        _own_now([ids[key] for key in texts])
    return len({row.pk for row in made} & set(ids.values()))


def _ids_of(wanted: Iterable[Key]) -> dict[Key, UUID]:
    keys_, found = sorted(set(wanted)), {}
    for start in range(0, len(keys_), _BATCH):
        part = set(keys_[start : start + _BATCH])
        rows = Value.objects.filter(kind__in={key[0] for key in part}, value__in={key[2] for key in part})
        for pk, kind, scope, value in rows.values_list("pk", "kind", "scope", "value"):
            if (kind, scope, value) in part:
                found[kind, scope, value] = pk
    return found


def _own_now(value_ids: Sequence[UUID]) -> None:
    """What was compared by hand and is now held by a record is laid down anew, as any other."""
    rows = Digest.objects.filter(province=province_code(), handle__in=value_ids, by_hand=True)
    handles = list(rows.values_list("handle", flat=True))
    if handles:
        rows.delete()
        Value.objects.filter(pk__in=handles).update(laid_in=None)


def lay() -> int:
    """Lay down the digests of this round that do not lie there yet, and take away those of earlier ones."""
    number = keys.round_number()
    waiting = Value.objects.filter(Q(laid_in=None) | Q(laid_in__lt=number), common="")
    stopped = set(Stop.objects.values_list("kind", "value"))
    rows = [row for row in waiting if (row.kind, row.value) not in stopped]
    if not rows:
        return 0
    key, own = keys.round_key(number), province_code()
    by_hand = set(
        Holding.objects.filter(source=PROBE, value__in=[row.pk for row in rows])
        .exclude(value__in=Holding.objects.exclude(source=PROBE).values("value"))
        .values_list("value_id", flat=True)
    )
    for start in range(0, len(rows), _BATCH):
        part = rows[start : start + _BATCH]
        ids = [row.pk for row in part]
        Digest.objects.filter(province=own, handle__in=ids).exclude(round=number).delete()
        Digest.objects.bulk_create(
            [
                Digest(
                    province=own, handle=row.pk, kind=row.kind, round=number, by_hand=row.pk in by_hand,
                    digest=keys.digest(key, row.kind, row.scope, row.value),
                )
                for row in part
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        Value.objects.filter(pk__in=ids).update(laid_in=number)
    transaction.on_commit(wake_office)
    return len(rows)


def drop_unheld(ids: Collection[UUID]) -> int:
    """Of these values those that no record holds any more go, their digests with them; matches on them end."""
    rows = list(Value.objects.filter(pk__in=ids, holdings=None)) if ids else []
    if rows:
        take_away(rows)
        Value.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def take_away(rows: Sequence[Value]) -> None:
    """Take the digests of these values off the table, end their matches, and tell the office of those."""
    ids = [row.pk for row in rows]
    Digest.objects.filter(province=province_code(), handle__in=ids).delete()
    Value.objects.filter(pk__in=ids).update(laid_in=None)
    running = list(Match.objects.filter(value__in=ids).exclude(state=Match.State.CLOSED))
    handles = sorted({row.value_id for row in running if row.value_id})
    for match in running:
        move(match, "close", by=MACHINE, closed_at=clock.now(), why="gone")
    tell_gone(handles)


def tell_gone(handles: Sequence[UUID]) -> None:
    """Tell the office that we hold nothing on these any more."""
    for start in range(0, len(handles), _MOST_IN_A_LETTER):
        message = ValuesGoneV1(handles=tuple(handles[start : start + _MOST_IN_A_LETTER]), at=clock.now())
        post(message, Address.office(), thread=uuid7(), by=MACHINE)


def probe(*, by: User, kind: str, text: str, reason: str) -> Probe:
    """Have a value compared without a record, for a week. Logged here and at the office; so many a day and no more.

    Raises BadInput (`match_kind_unknown`, `match_value_wrong`, `match_reason_missing`), Conflict (`already_compared`),
    ProbesSpent.
    """
    found = kinds.KINDS.get(kind)
    if found is None or kind in kinds.SCOPED:
        raise BadInput(_("请选择要比对的种类。"), code="match_kind_unknown")
    value = found.normalise(text)
    if value is None or kinds.common(kind, value):
        raise BadInput(_("这不是可以比对的{kind}。请核对后重新填写。"), code="match_value_wrong", kind=found.label)
    if len(reason.strip()) < 4:
        raise BadInput(_("请写明为什么要手工比对，至少四个字。"), code="match_reason_missing")
    with transaction.atomic():
        one_at_a_time(Value)
        today = Probe.objects.filter(at__gte=clock.at_start(clock.today()))
        if today.filter(by_id=by.pk).count() >= PROBES_A_DAY or today.count() >= PROBES_OF_A_PROVINCE:
            raise ProbesSpent(each=PROBES_A_DAY, all=PROBES_OF_A_PROVINCE)
        if Value.objects.filter(kind=kind, scope="", value=value).exclude(laid_in=None).exists():
            raise Conflict(_("本省已有这个值，一直在自动比对，不用手工比对。"), code="already_compared")
        now = clock.now()
        row = Probe.objects.create(
            kind=kind, masked=kinds.masked(kind, value), reason=reason.strip()[:300], by_id=by.pk,
            by_name=by.display_name, unit_name=by.unit.name if by.unit else "", at=now,
            ends_on=clock.local_date(now + PROBE_LASTS),
        )  # fmt: skip
        _write({((kind, "", value), row.pk): text.strip()[: kinds.LONGEST]}, PROBE)
        lay()
        trail.record(row, "compare", by=by, why=row.reason, data={"kind": kind})
        post(
            ProbedV1(
                probe_id=row.pk, value_kind=kind, reason=row.reason, unit_name=row.unit_name,
                who=row.by_name[:40], at=now,
            ),
            Address.office(),
            thread=row.pk,
            by=by,
        )  # fmt: skip
    return row


def stop(*, by: User, kind: str, text: str, why: str) -> Stop:
    """Do not have this value compared any more: it is everybody's. Its matches end. Raises BadInput."""
    found = kinds.KINDS.get(kind)
    value = found.normalise(text) if found else None
    if found is None or value is None:
        raise BadInput(_("这个值认不出来。请选对种类，照原样填写。"), code="match_value_wrong")
    if not why.strip():
        raise BadInput(_("请写明停用的理由，例如“快递公司公用电话”。"), code="match_reason_missing")
    with transaction.atomic():
        one_at_a_time(Value)
        row, _new = Stop.objects.get_or_create(
            kind=kind,
            value=value,
            defaults={
                "shown": text.strip()[: kinds.LONGEST], "why": why.strip()[:200], "by_id": by.pk,
                "by_name": by.display_name,
            },
        )  # fmt: skip
        trail.record(row, "stop", by=by, why=row.why, data={"kind": kind})
        take_away(list(Value.objects.filter(kind=kind, value=value)))
    return row


def unstop(row: Stop, *, by: User) -> None:
    """Have it compared again."""
    with transaction.atomic():
        one_at_a_time(Value)
        trail.record(row, "unstop", by=by, data={"kind": row.kind})
        row.delete()
        lay()


def sweep() -> int:
    """Once a day all records; otherwise what does not lie on the table though it should, and probes that ran out."""
    mark = f"matching.swept.{clock.today()}"
    changed = 0
    if cache.add(mark, 1, timeout=86_400):
        for each in sources.all_sources():
            changed += look(None, source=each.name)
    with transaction.atomic():
        one_at_a_time(Value)
        over = Probe.objects.filter(ends_on__lt=clock.today()).values("pk")
        ended = Holding.objects.filter(source=PROBE, record_id__in=over)
        ids = set(ended.values_list("value_id", flat=True))
        ended.delete()
        changed += drop_unheld(ids) + lay()
    return changed


def laid_now() -> int:
    """How many values of this province lie on the table."""
    return Digest.objects.filter(province=province_code(), round=keys.round_number()).count()
