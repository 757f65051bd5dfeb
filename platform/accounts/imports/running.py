"""A whole file against what is there: counted for the preview, or written.

Two passes over the file, so that memory does not grow with it: units first (few, parents before children), then people
in chunks. Each chunk is one transaction; a run that was cut off is run again and finds the first part unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.db.models.functions import Upper

from accounts.imports.checking import Bad, Checker, PersonLine, UnitLine
from accounts.imports.columns import match
from accounts.models import Post, Unit, User
from accounts.rules import EVERYDAY_ROLES, THREE_ADMINISTRATORS
from accounts.services import tell_unit_changed
from kernel.tables import read_rows

CHUNK = 1_000
SHOWN = 50
_FIELDS = ["name", "phone", "phone_verified", "officer_cert_no", "officer_cert_until", "unit"]


@dataclass
class Counts:
    """What a file would do, or did. officers: active ones here. missing: those of them that the file does not list."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0
    units_new: int = 0
    units_changed: int = 0
    missing: int = 0
    officers: int = 0
    unknown_headers: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    @property
    def drop_share(self) -> float:
        """Share of the officers here that the file leaves out."""
        return self.missing / self.officers if self.officers else 0.0

    def as_json(self) -> dict[str, object]:
        return asdict(self)


class Run:
    """One walk through a file.

    write: whether to change anything. on_bad(list of Bad) and on_progress(rows done) are called after each chunk,
    inside its transaction when writing. `sample` holds the first 50 rows as (row number, what becomes of it, cells).
    """

    def __init__(
        self,
        content: bytes,
        *,
        write: bool,
        on_bad: Callable[[list[Bad]], None] | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        self.content, self.write = content, write
        self.on_bad, self.on_progress = on_bad, on_progress
        self.counts = Counts()
        self.sample: list[dict[str, object]] = []
        self.missing: list[UUID] = []
        self._units: dict[str, UUID | None] = {}  # code to id; None: planned, not written in a preview
        self._closed: set[str] = set()
        self._parents: dict[UUID, UUID | None] = {}
        self._certs: dict[str, int] = {}
        self._usernames: dict[str, int] = {}
        self._phones: dict[str, int] = {}
        self._mentioned: set[str] = set()
        self._unit_faults: dict[int, Bad] = {}

    def go(self) -> Counts:
        """Walk the file. Raises BadInput when it cannot be read at all."""
        rows = read_rows(self.content)
        header = next(rows, (1, []))[1]
        matched = match(header)
        self._checker = Checker(matched.columns)
        self.counts.columns, self.counts.unknown_headers = list(matched.columns), matched.unknown
        self._plan_units(rows)
        people = read_rows(self.content)
        next(people, None)
        for chunk in _chunks(people):
            with transaction.atomic():
                self._chunk(chunk)
        self._find_missing()
        return self.counts

    # Units ------------------------------------------------------------------------------------------------------------

    def _plan_units(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        told: dict[str, UnitLine] = {}
        for number, cells in rows:
            self.counts.rows += 1
            unit = self._checker.unit(number, cells)
            if unit is None:
                continue
            first = told.setdefault(unit.code, unit)
            if _says_otherwise(first, unit):
                self._unit_faults[number] = Bad(number, "unit_name", unit.name, "unit_differs", str(first.row_number))
        known = {unit.code: unit for unit in Unit.objects.select_related("parent")}
        self._closed = {code for code, unit in known.items() if not unit.is_active}
        self._units = {code: unit.pk for code, unit in known.items()}
        self._parents = {unit.pk: unit.parent_id for unit in known.values()}
        with transaction.atomic():
            for line in self._in_order(told, known):
                self._unit(line, known)

    def _in_order(self, told: dict[str, UnitLine], known: dict[str, Unit]) -> Iterator[UnitLine]:
        """Units whose parent is there or comes earlier; the others become faults of their rows."""
        left = dict(told)
        done = set(known)
        while left:
            ready = [
                line
                for line in left.values()
                if not line.parent_code or line.parent_code not in left and line.parent_code in done
            ]
            if not ready:
                break
            for line in ready:
                del left[line.code]
                if not line.kind and line.code not in known:
                    self._unit_faults[line.row_number] = Bad(line.row_number, "unit_kind", "", "missing")
                    continue
                done.add(line.code)
                yield line
        for line in left.values():
            ring = line.parent_code in left
            self._unit_faults[line.row_number] = Bad(
                line.row_number, "parent_code", line.parent_code, "unit_ring" if ring else "unit_parent"
            )

    def _unit(self, line: UnitLine, known: dict[str, Unit]) -> None:
        there = known.get(line.code)
        parent = known.get(line.parent_code) if line.parent_code else None
        if there is None:
            unit = Unit(
                code=line.code,
                name=line.name,
                kind=line.kind,
                section_type=line.section_type,
                parent=parent,
                division_code=line.division_code or (parent.division_code if parent else ""),
            )
            self.counts.units_new += 1
            if self.write:
                unit.save(force_insert=True)
            known[line.code] = unit
            self._parents[unit.pk] = parent.pk if parent else None
            self._units[line.code] = unit.pk if self.write else None
            return
        if parent is not None and self._is_below(parent.pk, there.pk):
            self._unit_faults[line.row_number] = Bad(line.row_number, "parent_code", line.parent_code, "unit_ring")
            return
        wanted = {
            "name": line.name,
            "kind": line.kind or there.kind,
            "section_type": line.section_type or there.section_type,
            "division_code": line.division_code or there.division_code,
            "parent_id": parent.pk if parent else there.parent_id,
        }
        if any(getattr(there, key) != value for key, value in wanted.items()):
            self.counts.units_changed += 1
            self._parents[there.pk] = parent.pk if parent else there.parent_id
            if self.write:
                Unit.objects.filter(pk=there.pk).update(**wanted)

    def _is_below(self, unit_id: UUID | None, top: UUID) -> bool:
        while unit_id is not None and unit_id != top:
            unit_id = self._parents.get(unit_id)
        return unit_id == top

    # People -----------------------------------------------------------------------------------------------------------

    def _chunk(self, rows: list[tuple[int, list[str]]]) -> None:
        bad: list[Bad] = []
        lines: list[PersonLine] = []
        outcome: dict[int, str] = {}
        for number, cells in rows:
            line = self._unit_faults.get(number) or self._checker.check(number, cells)
            self._mention(cells)
            if isinstance(line, Bad):
                bad.append(line)
            elif line.person is not None:
                fault = self._doubled(line.person) or self._unit_fault(line.person)
                if fault:
                    bad.append(fault)
                else:
                    lines.append(line.person)
            else:
                outcome[number] = "unit"
        self._people(lines, bad, outcome)
        self.counts.bad += len(bad)
        for fault in bad:
            outcome[fault.row_number] = "bad"
        for number, cells in rows:
            if len(self.sample) < SHOWN:
                self.sample.append({"row": number, "outcome": outcome[number], "cells": self._shown(cells)})
        if bad and self.on_bad:
            self.on_bad(sorted(bad, key=lambda fault: fault.row_number))
        if self.on_progress:
            self.on_progress(len(rows))

    def _shown(self, cells: list[str]) -> list[str]:
        return [str(cells[place])[:200] if place < len(cells) else "" for place in self._checker.columns.values()]

    def _mention(self, cells: list[str]) -> None:
        """A person named in a bad row is not missing from the list: his row is merely wrong."""
        for column in ("officer_cert_no", "username"):
            place = self._checker.columns.get(column)
            if place is not None and place < len(cells) and cells[place].strip():
                self._mentioned.add(cells[place].strip().upper())

    def _doubled(self, line: PersonLine) -> Bad | None:
        keys = [
            (self._certs, line.officer_cert_no, "officer_cert_no", "cert_doubled"),
            (self._usernames, line.username.upper(), "username", "username_doubled"),
            (self._phones, line.phone, "phone", "phone_doubled"),
        ]
        for seen, value, column, code in keys:
            if value and value in seen:
                return Bad(line.row_number, column, value, code, str(seen[value]))
        for seen, value, _column, _code in keys:
            if value:
                seen[value] = line.row_number
        return None

    def _unit_fault(self, line: PersonLine) -> Bad | None:
        if line.unit_code in self._closed:
            return Bad(line.row_number, "unit_code", line.unit_code, "unit_closed")
        if line.unit_code not in self._units:
            return Bad(line.row_number, "unit_code", line.unit_code, "unit_unknown")
        return None

    def _people(self, lines: list[PersonLine], bad: list[Bad], outcome: dict[int, str]) -> None:
        there = self._people_there(lines)
        by_cert = {user.officer_cert_no: user for user in there if user.officer_cert_no}
        by_username = {user.username.upper(): user for user in there}
        by_phone = {user.phone: user for user in there if user.phone}
        new: list[User] = []
        changed: list[User] = []
        posts: list[Post] = []
        gone: list[UUID] = []
        moved: list[tuple[UUID, UUID | None, UUID]] = []
        for line in lines:
            user = by_cert.get(line.officer_cert_no) or by_username.get(_account(line).upper())
            holder = by_username.get(line.username.upper()) if line.username else None
            if holder is not None and (
                holder is not user or (user.officer_cert_no and line.officer_cert_no not in ("", user.officer_cert_no))
            ):
                bad.append(
                    Bad(line.row_number, "username", line.username, "username_taken", holder.officer_cert_no or "—")
                )
                continue
            caller = by_phone.get(line.phone) if line.phone else None
            if caller is not None and caller is not user:
                bad.append(Bad(line.row_number, "phone", line.phone, "phone_taken", caller.username))
                continue
            unit_id = self._units[line.unit_code]
            if user is None:
                user = User(
                    username=_account(line),
                    name=line.name,
                    phone=line.phone or None,
                    officer_cert_no=line.officer_cert_no or None,
                    officer_cert_until=line.officer_cert_until,
                    unit_id=unit_id,
                )
                user.set_unusable_password()  # an empty password would count as one; hashing thousands takes an hour
                new.append(user)
                posts += [Post(user=user, unit_id=unit_id, role=role) for role in line.roles or {Post.Role.OFFICER}]
                outcome[line.row_number] = "new"
                self.counts.new += 1
                continue
            before = user.unit_id
            fields_changed = _take_over(user, line, unit_id)
            added, dropped = _post_changes(user, line, unit_id, before)
            if not (fields_changed or added or dropped):
                outcome[line.row_number] = "same"
                self.counts.same += 1
                continue
            outcome[line.row_number] = "changed"
            self.counts.changed += 1
            if fields_changed:
                changed.append(user)
            posts += [Post(user=user, unit_id=unit_id, role=role) for role in added]
            gone += dropped
            if unit_id is not None and before != unit_id:
                moved.append((user.pk, before, unit_id))
        if self.write:
            User.objects.bulk_create(new)
            User.objects.bulk_update(changed, _FIELDS)
            Post.objects.filter(pk__in=gone).delete()
            Post.objects.bulk_create(posts, ignore_conflicts=True)
            transaction.on_commit(lambda: [tell_unit_changed(*each) for each in moved])

    @staticmethod
    def _people_there(lines: list[PersonLine]) -> list[User]:
        """Everybody whom these lines may mean or collide with. One look-up a key, each by its index: an OR has none."""
        certs = [line.officer_cert_no for line in lines if line.officer_cert_no]
        accounts = [_account(line).upper() for line in lines]
        phones = [line.phone for line in lines if line.phone]
        looked_up = (
            User.objects.filter(officer_cert_no__in=certs),
            User.objects.annotate(upper=Upper("username")).filter(upper__in=accounts),
            User.objects.filter(phone__in=phones),
        )
        found = {user.pk: user for users in looked_up for user in users}
        people = list(found.values())
        prefetch_related_objects(people, "posts")
        return people

    def _find_missing(self) -> None:
        listed = self._mentioned
        officers = (
            User.people.filter(is_active=True, posts__role__in=EVERYDAY_ROLES)
            .exclude(posts__role__in=THREE_ADMINISTRATORS)
            .distinct()
            .values_list("pk", "username", "officer_cert_no")
        )
        for pk, username, cert in officers.iterator(chunk_size=2_000):
            self.counts.officers += 1
            if username.upper() not in listed and (cert or "").upper() not in listed:
                self.missing.append(pk)
        self.counts.missing = len(self.missing)


def _account(line: PersonLine) -> str:
    return line.username or line.officer_cert_no


def _says_otherwise(first: UnitLine, other: UnitLine) -> bool:
    return first.name != other.name or bool(other.kind and first.kind and other.kind != first.kind)


def _take_over(user: User, line: PersonLine, unit_id: UUID | None) -> bool:
    """Put what the row says into `user`; an empty cell changes nothing. Returns whether anything differs."""
    wanted: dict[str, object] = {"name": line.name, "unit_id": unit_id}
    if line.officer_cert_no:
        wanted["officer_cert_no"] = line.officer_cert_no
    if line.officer_cert_until:
        wanted["officer_cert_until"] = line.officer_cert_until
    if line.phone and line.phone != user.phone:
        wanted |= {"phone": line.phone, "phone_verified": False}
    different = {key: value for key, value in wanted.items() if getattr(user, key) != value}
    for key, value in different.items():
        setattr(user, key, value)
    return bool(different)


def _post_changes(
    user: User, line: PersonLine, unit_id: UUID | None, before: UUID | None
) -> tuple[set[str], list[UUID]]:
    """(roles to add in the unit, posts to take away). Administrators' offices are never touched."""
    held = [post for post in user.posts.all() if post.role in EVERYDAY_ROLES and post.unit_id in (before, unit_id)]
    roles = set(line.roles) if line.roles is not None else {post.role for post in held}
    added = roles - {post.role for post in held if post.unit_id == unit_id}
    return added, [post.pk for post in held if post.unit_id != unit_id or post.role not in roles]


def _chunks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    chunk: list[tuple[int, list[str]]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
