"""A directory makes, changes and closes units, and says who is in them; of roles it only says who holds them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import services
from accounts.models import Unit, User
from kernel import clock
from kernel.ids import uuid7
from kernel.text import squeeze
from provinces.context import province_code
from provinces.hosts import DIRECTORY
from scim import selectors
from scim.errors import GroupFixed, MembersUnknown, UnitUnknown, ValueWrong
from scim.models import KnownUnit
from scim.presenting import role_resource, unit_resource
from scim.schemas import UnitFacts
from scim.services import people
from scim.services.people import Source


def create(resource: Any, *, source: Source) -> tuple[Unit, bool]:
    """Make a unit, or link the one with the same code or, where none is said, the same name. Then its members."""
    facts = resource[UnitFacts] or UnitFacts()
    name = (resource.display_name or "").strip()
    _check(resource)
    if name in {str(each) for each in _role_names()}:
        raise GroupFixed()
    with transaction.atomic():
        unit = _same(resource, facts, name)
        made = unit is None
        if unit is None:
            unit = services.create_unit(
                by=source.actor,
                code=squeeze(facts.code or resource.external_id or "")[:40] or f"dir-{uuid7().hex[-12:]}",
                name=name,
                kind=facts.kind or Unit.Kind.SECTION,
                division_code=facts.division_code or _own_division(),
                parent=_parent(facts.parent_code) or _top(),
            )
        known = _known(unit, source)
        known.gone_at = None
        known.external_id = resource.external_id or known.external_id
        known.save()
        if not made:
            _write(unit, resource, source)
    set_members(unit, _ids(resource), source=source, only_add=not made)
    return unit, made


def replace(unit: Unit, resource: Any, *, source: Source) -> None:
    """PUT: what is said is written; members only where they are said."""
    _check(resource)
    with transaction.atomic():
        known = _known(unit, source)
        if resource.external_id is not None:
            known.external_id = resource.external_id
        known.save()
        _write(unit, resource, source)
    if resource.members is not None:
        set_members(unit, _ids(resource), source=source)


def patch(unit: Unit, operations: Any, *, source: Source) -> None:
    """PATCH of a unit, members among it."""
    if _only_members(operations):
        before = after = None
        wanted = _patched_members({user.pk for user in User.people.filter(unit=unit)}, unit_resource, unit, operations)
    else:
        before = unit_resource(unit, User.people.filter(unit=unit))
        after = before.model_copy(deep=True)
        operations.patch(after)
        wanted = _ids(after)
    if after is not None:
        _check(after)
        with transaction.atomic():
            known = _known(unit, source)
            known.external_id = after.external_id or ""
            known.save()
            _write(unit, after, source)
    set_members(unit, wanted, source=source)


def delete(unit: Unit, *, source: Source) -> None:
    """DELETE: people leave the unit, counted by the brake; then it is closed. Raises Conflict `unit_not_empty`."""
    set_members(unit, set(), source=source)
    with transaction.atomic():
        services.close_unit(unit=unit, by=source.actor)
        known = _known(unit, source)
        known.gone_at = clock.now()
        known.save()


def set_members(unit: Unit, wanted: set[UUID], *, source: Source, only_add: bool = False) -> None:
    """Bring a unit's members to what is wanted: each person by itself, so that one that is held stops no other.

    Raises the first refusal after all others have been done.
    """
    there = set(User.people.filter(unit=unit).values_list("pk", flat=True))
    coming = _people(wanted - there, source)
    going = [] if only_add else _people(there - wanted, source, quiet=True)
    steps = [(user, unit) for user in coming] + [(user, None) for user in going]
    _each(steps, source, lambda user, to: people.set_unit(user, to, source=source))
    KnownUnit.objects.filter(connection_id=source.connection_id, unit=unit).update(changed_at=clock.now())


def set_holders(role: str, wanted: set[UUID], *, source: Source) -> None:
    """Bring the holders of an everyday role to what is wanted."""
    there = set(User.people.filter(posts__role=role).values_list("pk", flat=True))
    steps = [(user, True) for user in _people(wanted - there, source)]
    steps += [(user, False) for user in _people(there - wanted, source, quiet=True)]
    _each(steps, source, lambda user, held: people.set_role(user, role, held=held, source=source))


def patch_role(group_id: UUID, role: str, operations: Any, *, source: Source) -> None:
    """PATCH of a role's group: members only. Raises GroupFixed for anything else."""
    if not _only_members(operations):
        raise GroupFixed()
    there = set(User.people.filter(posts__role=role).values_list("pk", flat=True))
    set_holders(role, _patched_members(there, role_resource, group_id, operations), source=source)


def _each(steps: list[tuple[User, Any]], source: Source, work: Any) -> None:
    refused: Exception | None = None
    for user, argument in steps:
        try:
            people.waiting(lambda user=user, argument=argument: work(user, argument), user=user, source=source)
        except people.REFUSALS as problem:
            refused = refused or problem
    if refused is not None:
        raise refused


def _patched_members(there: set[UUID], show: Any, subject: Any, operations: Any) -> set[UUID]:
    """Members after a PATCH. The commonest two, adding some and removing one, need no list of all."""
    wanted = set(there)
    for operation in operations.operations:
        path = str(operation.path or "")
        op = str(operation.op)
        if op == "add" and path.lower() == "members":
            wanted |= _member_ids(operation.value)
        elif op == "replace" and path.lower() == "members":
            wanted = _member_ids(operation.value)
        elif op == "remove" and path.lower() == "members":
            gone = _member_ids(operation.value) if operation.value else set(wanted)
            wanted -= gone
        elif op == "remove" and path.lower().startswith("members[value eq "):
            wanted -= {_id(path.split('"')[1])}
        else:
            resource = show(subject, User.people.filter(pk__in=wanted))
            type(operations)(operations=[operation]).patch(resource)
            wanted = _ids(resource)
    return wanted


def _only_members(operations: Any) -> bool:
    return all(str(operation.path or "").lower().startswith("members") for operation in operations.operations)


def _member_ids(value: Any) -> set[UUID]:
    rows = value if isinstance(value, list) else [value]
    return {_id(row.get("value") if isinstance(row, dict) else getattr(row, "value", row)) for row in rows}


def _ids(resource: Any) -> set[UUID]:
    return {_id(member.value) for member in resource.members or []}


def _id(text: Any) -> UUID:
    try:
        return UUID(str(text))
    except ValueError:
        raise MembersUnknown(member=str(text)[:60]) from None


def _people(ids: set[UUID], source: Source, *, quiet: bool = False) -> list[User]:
    found = {user.pk: user for user in selectors.people(source.connection_id).filter(pk__in=ids)}
    missing = [] if quiet else sorted(ids - set(found))
    if missing:
        raise MembersUnknown(member=str(missing[0]))
    return sorted(found.values(), key=lambda user: user.pk)


def _known(unit: Unit, source: Source) -> KnownUnit:
    known = KnownUnit.objects.filter(connection_id=source.connection_id, unit=unit).first()
    known = known or KnownUnit(connection_id=source.connection_id, unit=unit)
    known.changed_at = clock.now()
    return known


def _same(resource: Any, facts: Any, name: str) -> Unit | None:
    code = squeeze(facts.code or "")
    if code:
        return Unit.objects.filter(code=code, is_active=True).first()
    if resource.external_id:
        known = KnownUnit.objects.filter(external_id=resource.external_id, unit__is_active=True).first()
        if known is not None:
            return known.unit
    same = list(Unit.objects.filter(name=name, is_active=True)[:2])
    return same[0] if len(same) == 1 else None


def _write(unit: Unit, resource: Any, source: Source) -> None:
    facts = resource[UnitFacts] or UnitFacts()
    fields = {"name": (resource.display_name or unit.name).strip()}
    if facts.kind:
        fields["kind"] = facts.kind
    if facts.division_code:
        fields["division_code"] = facts.division_code
    services.edit_unit(unit=unit, by=source.actor, **fields)
    if facts.code and squeeze(facts.code) != unit.code:
        services.recode_unit(unit=unit, code=squeeze(facts.code)[:40], by=source.actor)
    parent = _parent(facts.parent_code)
    if parent is not None and parent.pk != unit.parent_id and unit.parent_id is not None:
        services.move_unit(unit=unit, parent=parent, by=source.actor)


def _check(resource: Any) -> None:
    facts = resource[UnitFacts] or UnitFacts()
    name = (resource.display_name or "").strip()
    if not name or len(name) > 80:
        raise ValueWrong(attribute="displayName", longest=80)
    if facts.kind and facts.kind not in Unit.Kind.values:
        raise ValueWrong(attribute="kind", longest=40)
    if facts.division_code and not (facts.division_code.isdigit() and len(facts.division_code) in (6, 9)):
        raise ValueWrong(attribute="divisionCode", longest=9)


def _parent(code: str | None) -> Unit | None:
    if not code:
        return None
    found = Unit.objects.filter(code=squeeze(code), is_active=True).first()
    if found is None:
        raise UnitUnknown(unit_code=code[:40])
    return found


def _top() -> Unit | None:
    return Unit.objects.filter(parent=None, is_active=True).order_by("code").first()


def _own_division() -> str:
    host = next((host for host in DIRECTORY.provinces() if host.seat.name == province_code()), None)
    return host.division_code if host else "000000"


def _role_names() -> list[Any]:
    return [people.Role(role).label for role in selectors.ROLE_GROUPS.values()]
