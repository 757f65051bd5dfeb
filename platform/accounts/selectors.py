"""The doors to people and units. Everything here is of the current schema only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db.models import Count, Model, Q, QuerySet

from accounts.models import ImportJob, Post, Unit, User
from accounts.phones import normal_phone
from kernel.errors import NotFound404


def shown_name(user: User) -> str:
    """What a person is called on a page."""
    return user.display_name


def person(user_id: UUID | str) -> User:
    """Anyone of this schema, suspended or not; no program's account. Raises NotFound404."""
    return _one(User.people.select_related("unit"), user_id)


def oneself(user: User) -> User:
    """The row of whoever asks, a person's or a program's. One that brought its posts along was read just now."""
    if isinstance(user, User) and "posts" in getattr(user, "_prefetched_objects_cache", {}):
        return user
    return _one(User.objects.select_related("unit"), user.pk)


def unit(unit_id: UUID | str) -> Unit:
    """A unit of this bureau. Raises NotFound404."""
    return _one(Unit.objects.select_related("parent"), unit_id)


def unit_by_code(code: str) -> Unit:
    """A unit by its code (单位编码). Raises NotFound404."""
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise NotFound404()
    return found


def import_job(job_id: UUID | str) -> ImportJob:
    """One import. Raises NotFound404."""
    return _one(ImportJob.objects.select_related("by", "agreed_by"), job_id)


def import_jobs() -> QuerySet[ImportJob]:
    """All imports, newest first."""
    return ImportJob.objects.select_related("by")


def open_units() -> QuerySet[Unit]:
    """Units in use, by code."""
    return Unit.objects.filter(is_active=True)


def units(*, with_closed: bool = False) -> QuerySet[Unit]:
    """The bureau's units, those in use or all."""
    return Unit.objects.all() if with_closed else open_units()


def unit_tree(*, with_closed: bool = False) -> list[tuple[int, Unit]]:
    """All units as (depth, unit), parents before children, siblings by code. `unit.people_count`: active people."""
    units = Unit.objects.annotate(
        people_count=Count("people", filter=Q(people__is_active=True, people__is_service=False))
    )
    if not with_closed:
        units = units.filter(is_active=True)
    rows = list(units.order_by("code"))
    known = {row.pk for row in rows}
    children: dict[UUID | None, list[Unit]] = {}
    for row in rows:
        children.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    tree: list[tuple[int, Unit]] = []
    todo = [(0, row) for row in reversed(children.get(None, []))]
    while todo:
        depth, row = todo.pop()
        tree.append((depth, row))
        todo += [(depth + 1, child) for child in reversed(children.get(row.pk, []))]
    return tree


def below(top: Unit) -> set[UUID]:
    """Ids of a unit and of all under it."""
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    found = {top.pk}
    grown = True
    while grown:
        more = {pk for pk, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def held_posts(person: User) -> list[Post]:
    """A person's posts with their units: those that came along with whoever signed in, else read now."""
    along = getattr(person, "_prefetched_objects_cache", {}).get("posts")
    return list(person.posts.select_related("unit") if along is None else along)


def visible_unit_ids(person: User) -> set[UUID]:
    """Units whose matters this person may see: their own; for leaders and dispatchers also those below."""
    units = {person.unit_id} if person.unit_id else set()
    for post in held_posts(person):
        if post.role in (Post.Role.LEADER, Post.Role.DISPATCHER) and post.unit is not None:
            units |= below(post.unit)
    return units


def may_write(person: User, unit_id: UUID) -> bool:
    """Whether this person acts for a unit: an officer of that unit. Leaders and dispatchers read."""
    return person.unit_id == unit_id and person.has_role(Post.Role.OFFICER)


def led_unit_ids(person: User) -> set[UUID]:
    """Units that this person leads, and those below them."""
    found: set[UUID] = set()
    for post in held_posts(person):
        if post.role == Post.Role.LEADER and post.unit is not None:
            found |= below(post.unit)
    return found


def heads(person: User, unit_id: UUID) -> bool:
    """Whether this person decides for a unit: a leader of it or of one above. Other posts of theirs do not count."""
    led = [post.unit for post in held_posts(person) if post.role == Post.Role.LEADER]
    return any(unit is not None and unit_id in below(unit) for unit in led)


def heads_of(unit: Unit) -> list[User]:
    """Active leaders of a unit and of those above it, nearest first."""
    chain: list[UUID] = []
    step: Unit | None = unit
    while step is not None:
        chain.append(step.pk)
        step = step.parent
    people = User.people.filter(is_active=True, posts__role=Post.Role.LEADER, posts__unit_id__in=chain)
    near = {pk: place for place, pk in enumerate(chain)}
    found = people.prefetch_related("posts").distinct()
    return sorted(found, key=lambda each: min(near.get(post.unit_id, 99) for post in each.posts.all()))


def issuing_unit(unit: Unit) -> Unit:
    """The nearest unit upward that has a 机关代字: a station issues in its bureau's name."""
    step: Unit | None = unit
    while step is not None:
        if step.agency_word:
            return step
        step = step.parent
    return unit


def officers(*, text: str = "", unit_id: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """People of this bureau for the list. text: part of name, account or certificate number, or a phone.

    unit_id: of this unit and all under it. state: "active", "suspended" or "" for both.
    """
    found = User.people.select_related("unit").prefetch_related("posts")
    if text := text.strip():
        phone = normal_phone(text)
        found = found.filter(
            Q(name__icontains=text)
            | Q(title__icontains=text)
            | Q(username__icontains=text)
            | Q(officer_cert_no__icontains=text)
            | (Q(phone=phone) if phone else Q())
        )
    if unit_id:
        found = found.filter(unit_id__in=below(unit(unit_id)))
    if role:
        found = found.filter(posts__role=role).distinct()
    if state:
        found = found.filter(is_active=state == "active")
    return found.order_by("unit__code", "username")


def holders(*roles: str) -> QuerySet[User]:
    """Active people who hold one of these roles. Programs are none."""
    return User.people.filter(is_active=True, posts__role__in=roles).distinct()


def factors_of(user: User) -> list[str]:
    """Kinds of the second factors that somebody has, one entry each: "totp", "webauthn", "recovery_codes"."""
    return list(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def posts_of(user: User) -> Iterable[Post]:
    """A person's posts with their units, everyday roles first."""
    return user.posts.select_related("unit").order_by("role")


def post(user: User, post_id: UUID | str) -> Post:
    """One of a person's posts. Raises NotFound404."""
    return _one(user.posts.select_related("user", "unit"), post_id)


def _one(rows: QuerySet[Any], pk: UUID | str) -> Any:
    try:
        found: Model | None = rows.filter(pk=pk).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound404()
    return found
