"""The clock: what is over its period goes, in bounded portions, and each portion leaves a proof.

A portion is written down before anything happens, as the seat. Its rows go in one transaction of the owner, because no
login that serves may delete what is insert-only; holds are asked there, under the lock of the record, so one that was
committed before wins. Files and cache entries follow; whatever dies in between is taken up by the next call.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from botocore.exceptions import BotoCoreError, ClientError
from django.core.cache import cache
from django.db import OperationalError, connection, transaction
from django.db.models import Case, F, JSONField, Model, Q, Value, When
from django.db.models.functions import JSONObject

from audit import keys as log_keys
from audit.models import IssuedNumber, LogEntry, Trail
from audit.move import move
from audit.trail import Actor
from evidence.errors import StillLocked
from evidence.naming import taking
from evidence.store import KEY, name_and_version, name_in, store
from kernel import clock
from kernel.errors import Problem
from kernel.keeping import Kind
from notify.models import Notice, Outbound
from provinces import context
from provinces.context import required
from retention import proofs, services
from retention.kinds import kinds, kinds_here, model_of, stands_in
from retention.models import GoneRecord, HeldThing, Hold, Portion, Run, WaitingObject
from retention.reach import InUse, Reach, object_fields, reach_of
from retention.rules import Period, period
from webhooks.models import Delivery, Event

log = logging.getLogger(__name__)
CLOCK = Actor(None, "到期清理")
PORTION = 20
MOST_A_CALL = 400
AGAIN = timedelta(hours=6)
"""After which a file that the store did not give up is asked for again."""
EXPIRED = "保存期满，记录已清理"


def preview(*, days: int = 90) -> list[dict[str, Any]]:
    """The dry run: for each kind that has a period, how many records go now and within `days`, and are held."""
    now, found = clock.now(), []
    for kind in kinds_here():
        if kind.own_task:
            continue
        now_in_force, then_in_force = period(kind, clock.today()), period(kind, clock.local_date(now + timedelta(days)))
        due = _due(kind, now_in_force.days, now)
        later = _due(kind, then_in_force.days, now + timedelta(days=days))
        held = 0
        if later is not None and later.model._meta.pk.get_internal_type() == "UUIDField":
            things = HeldThing.objects.filter(hold__seat=required().name, hold__state__in=Hold.HOLDING)
            held = later.filter(pk__in=things.values("record_id")).count()
        found.append(
            {
                "kind": kind.code,
                "title": str(kind.title),
                "days": now_in_force.days,
                "due": 0 if due is None else due.count(),
                "soon": 0 if later is None else later.count(),
                "held": held,
            }
        )
    return found


def _due(kind: Kind, days: int | None, now: datetime) -> Any:
    if days is None:
        return None
    model = model_of(kind.model)
    day = model._meta.get_field(kind.date_of).get_internal_type() == "DateField"
    before: Any = now - timedelta(days=days)
    return model._base_manager.filter(
        **kind.only, **{f"{kind.date_of}__lte": clock.local_date(before) if day else before}
    )


def run(*, most: int = MOST_A_CALL, say: Callable[[str], None] = log.info) -> Run:
    """Take what is over its period at this seat, at most so many records; the next call goes on where this one ends."""
    finish_waiting()
    now, seat = clock.now(), required().name
    going = _going()
    if going is None or not (going.kinds_done or going.progress):
        services.renew()
    going = Run.objects.create(seat=seat, until=now) if going is None else move(going, "go_on", by=CLOCK)
    room = most
    for kind in kinds_here():
        if kind.own_task or kind.code in going.kinds_done:
            continue
        current = period(kind, clock.local_date(going.until))
        if current.days is not None:
            room = _kind(going, kind, current, room)
        if room <= 0:
            return move(going, "pause", by=CLOCK, touched_at=clock.now())
        going.kinds_done.append(kind.code)
        going.save(update_fields=["kinds_done", "progress"])
    done = move(going, "finish", by=CLOCK, touched_at=clock.now(), ended_at=clock.now())
    if done.gone:
        say(f"retention of {seat}: {done.gone} records went")
    return done


def _going() -> Run | None:
    """The pass of this seat that was not finished."""
    return Run.objects.filter(seat=required().name).exclude(state=Run.State.DONE).order_by("-id").first()


def put_off() -> None:
    """There is a pass to be made, and now is not the time: the next call makes it."""
    if _going() is None:
        now = clock.now()
        move(Run.objects.create(seat=required().name, until=now), "pause", by=CLOCK, touched_at=now)


def _kind(going: Run, kind: Kind, current: Period, room: int) -> int:
    """Portions of one kind. Returns how many more records this call may look at."""
    said = going.progress.setdefault(kind.code, {"gone": 0, "held": 0, "used": 0})
    while room > 0:
        due = _due(kind, current.days, going.until)
        if "after" in said:
            due = due.filter(pk__gt=said["after"])
        # By key, and not by date: a row that is held or used must not be met again and again in this run.
        ids = list(due.order_by("pk").values_list("pk", flat=True)[: min(PORTION, room)])
        if not ids:
            break
        portion = Portion.objects.create(
            seat=going.seat, run=going, kind=kind.code, planned=[str(each) for each in ids],
            rule=current.as_json() | {"until": going.until.isoformat()}, salt=proofs.new_salt(),
        )  # fmt: skip
        portion = carry_out(portion)
        for name in ("gone", "held", "used"):
            said[name] += int(portion.left.get(name, 0))
        said["after"] = str(ids[-1])
        going.touched_at = clock.now()
        going.save(update_fields=["progress", "touched_at"])
        room -= len(ids)
    return room


def carry_out(portion: Portion) -> Portion:
    """All steps of a portion that are still open."""
    if portion.state == Portion.State.PLANNED:
        take_rows(portion.pk)
        portion = Portion.objects.get(pk=portion.pk)
    if portion.state == Portion.State.ROWS_GONE:
        portion = finish(portion)
    return portion


# Rows -----------------------------------------------------------------------------------------------------------------


def take_rows(portion_id: UUID) -> None:
    """Delete the planned records that are still due, held by nobody and used by nothing; as the owner, at once."""
    seat = required()
    with context.owner(seat.schema_name), transaction.atomic():
        portion = Portion.objects.select_for_update().get(pk=portion_id)
        if portion.state != Portion.State.PLANNED:
            return
        taken = _Taken(portion)
        for key in portion.planned:
            taken.take(key)
        taken.write()


class _Taken:
    """What one portion took."""

    def __init__(self, portion: Portion) -> None:
        self.portion, self.kind = portion, kinds()[portion.kind]
        self.model = model_of(self.kind.model)
        self.schema_name = required().schema_name
        self.counts: dict[str, int] = {}
        self.left = {"gone": 0, "held": 0, "used": 0, "trail_emptied": 0}
        self.objects: set[str] = set()
        self.caches: list[str] = []
        self.positions: list[int] = []
        self.records: list[tuple[str, UUID]] = []

    def take(self, key: str) -> None:
        until = datetime.fromisoformat(self.portion.rule["until"])
        due = _due(self.kind, self.portion.rule["days"], until)
        row = due.filter(pk=key).select_for_update().first()
        if row is None:
            return  # gone already, or something happened to it since
        try:
            found = reach_of(self.kind, row.pk, self.schema_name)
        except InUse as use:
            self.left["used"] += 1
            by = self.portion.left.setdefault("used_by", {})
            by[use.label] = by.get(use.label, 0) + 1
            return
        if is_held(self.portion.seat, found):
            self.left["held"] += 1
            return
        self.caches += self.kind.caches(row) if self.kind.caches else []
        self._delete(found)
        self.left["gone"] += 1

    def _delete(self, found: Reach) -> None:
        self.objects |= {key for key in found.objects() if KEY.fullmatch(key)}
        ids = found.ids
        _void_numbers(found)
        for model, name, keys in found.emptied:
            model._base_manager.filter(pk__in=keys).update(**{name: None})
        for model, keys in found.rows.items():
            _delete_rows(model, keys)
            self.counts[model._meta.label] = self.counts.get(model._meta.label, 0) + len(keys)
        for label in {self.kind.model, *self.kind.carries}:
            self.records += [(label, key) for key in found.rows.get(model_of(label), ()) if isinstance(key, UUID)]
        if self.kind.is_case:
            self._delete_told(found)
        self.left["trail_emptied"] += _empty_trail(ids)
        entries = LogEntry.objects.filter(record_id__in=ids, position__isnull=False).exclude(body="")
        self.positions += [place for place in entries.values_list("position", flat=True) if place is not None]
        entries.update(body="")

    def _delete_told(self, found: Reach) -> None:
        """What people and other systems were told of the record, and what was still to be sent."""
        pointing = Q()
        for key in found.rows.get(self.model, ()):
            pointing |= Q(url__contains=str(key))
        notices = set(Notice.objects.filter(pointing).values_list("pk", flat=True))
        events = set(Event.objects.filter(about__in=found.ids).values_list("pk", flat=True))
        for model, keys in (
            (Outbound, set(Outbound.objects.filter(notice_id__in=notices).values_list("pk", flat=True))),
            (Notice, notices),
            (Delivery, set(Delivery.objects.filter(event_id__in=events).values_list("pk", flat=True))),
            (Event, events),
        ):
            if keys:
                _delete_rows(model, keys)
                self.counts[model._meta.label] = self.counts.get(model._meta.label, 0) + len(keys)

    def write(self) -> None:
        portion, now = self.portion, clock.now()
        left = self.left | {key: value for key, value in portion.left.items() if key == "used_by"}
        if not self.left["gone"]:
            move(portion, "find_none", by=CLOCK, left=left, planned=[], done_at=now)
            return
        GoneRecord.objects.bulk_create(
            GoneRecord(portion=portion, label=label, digest=proofs.digest(portion.salt, key))
            for label, key in self.records
        )
        move(
            portion, "take_rows", by=CLOCK, left=left, planned=[], counts=self.counts, rows_gone_at=now,
            objects_to_go=sorted(self.objects), caches_to_go=self.caches, log_positions=sorted(self.positions),
        )  # fmt: skip


def _empty_trail(ids: set[UUID]) -> int:
    """Who did what and when stays, and by way of what; the reason that was written and what was noted go."""
    said = Trail.objects.filter(record_id__in=ids).exclude(why="", data={})
    through = When(data__has_key="through", then=JSONObject(through=F("data__through")))
    return said.update(why="", data=Case(through, default=Value({}, JSONField())))


def is_held(seat: str, found: Reach) -> bool:
    """Whether a hold reaches any of these rows. Ask under the lock of the record."""
    return HeldThing.objects.filter(
        record_id__in=found.ids, hold__seat=seat, hold__state__in=Hold.HOLDING
    ).exists()  # fmt: skip


def _delete_rows(model: type[Model], keys: set[Any]) -> None:
    # Foreign keys are looked at when the transaction ends, so the order does not matter.
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {column} = ANY(%s)", [list(keys)])  # noqa: S608 - names of ours


def _void_numbers(found: Reach) -> None:
    """A document number stays for ever, and says that its document is gone."""
    numbers: set[str] = set()
    for model, keys in found.rows.items():
        for name in ("document_no", "number"):
            if any(field.name == name for field in model._meta.concrete_fields):
                numbers |= {str(each) for each in model._base_manager.filter(pk__in=keys).values_list(name, flat=True)}
    for issued in IssuedNumber.objects.filter(document_no__in=numbers, state=IssuedNumber.State.ISSUED):
        move(issued, "void", by=CLOCK, why=EXPIRED, void_reason=EXPIRED)


# Files, caches, proof -------------------------------------------------------------------------------------------------


def finish(portion: Portion) -> Portion:
    """Take the files and cache entries, then write the proof and seal it in the log. Safe to run twice."""
    cache.delete_many(portion.caches_to_go)
    waiting: list[WaitingObject] = []
    files = {"gone": 0, "locked": 0, "kept": 0}
    for key in portion.objects_to_go:
        fate, until = _take(key)
        files[fate] += 1
        if fate == "locked":
            waiting.append(WaitingObject(portion=portion, object_key=key, until=until))
    with transaction.atomic():
        WaitingObject.objects.filter(portion=portion).exists() or WaitingObject.objects.bulk_create(waiting)
        now = clock.now()
        document = proofs.document(portion, now=now, files=files)
        done = move(
            portion, "finish", by=CLOCK, done_at=now, document=document.decode(), sha256=proofs.sha256(document),
            signature=log_keys.sign(portion.seat, document).hex(), public_key=log_keys.public_key(portion.seat).hex(),
            objects_to_go=[], caches_to_go=[],
        )  # fmt: skip
        proofs.seal(done)
    return done


def _take(key: str) -> tuple[str, datetime | None]:
    """What became of a file that is to go: "gone"; "kept", since a row names it; "locked", and until when if known."""
    try:
        with transaction.atomic():
            taking(key)
            if is_used(key):
                return "kept", None
            store().let_go(key)
    except StillLocked as locked:
        return "locked", datetime.fromisoformat(str(locked.data["until"]))
    except (OSError, Problem, BotoCoreError, ClientError, OperationalError):
        log.warning("%s was not given up by the store, it is tried again", key, exc_info=True)
        return "locked", None
    return "gone", None


def is_used(key: str) -> bool:
    """Whether any row still names this file, in whatever version: the same bytes are stored once, all go together."""
    schema_name, bare = required().schema_name, name_and_version(key)[0]
    for model in _with_objects(schema_name):
        for name in object_fields(model):
            if model._base_manager.annotate(object_name=name_in(name)).filter(object_name=bare).exists():
                return True
    return False


def _with_objects(schema_name: str) -> list[type[Model]]:
    from django.apps import apps

    rows = [model for model in apps.get_models() if object_fields(model) and model is not WaitingObject]
    return [model for model in rows if stands_in(model, schema_name)]


def finish_waiting() -> int:
    """Go on with portions that died half-way, and take files whose lock has ended. Returns how many files went."""
    seat, now, gone = required().name, clock.now(), 0
    for portion in Portion.objects.filter(
        seat=seat, state__in=(Portion.State.PLANNED, Portion.State.ROWS_GONE)
    ).order_by("id"):  # fmt: skip
        carry_out(portion)
    # What the store failed to give up has no time yet and comes first; what is locked longer takes up no place.
    rows = WaitingObject.objects.filter(
        Q(until=None) | Q(until__lte=now), portion__seat=seat, state=WaitingObject.State.WAITING
    )
    for row in rows.order_by(F("until").asc(nulls_first=True), "id")[:MOST_A_CALL]:
        fate, until = _take(row.object_key)
        if fate == "gone":
            gone += 1
            move(row, "take", by=CLOCK, gone_at=now)
        elif fate == "kept":
            move(row, "keep", by=CLOCK)
        else:
            WaitingObject.objects.filter(pk=row.pk).update(tries=row.tries + 1, until=until or now + AGAIN)
    return gone
