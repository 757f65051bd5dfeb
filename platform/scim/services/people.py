"""A directory makes, changes, and takes out people: by the rules of the pages and imports, and by the brake.

What a directory does not say stays as it is; only a PATCH that removes takes something away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import rules, services
from accounts.models import Post, Unit, User
from accounts.phones import normal_phone
from audit.trail import Actor
from kernel import clock
from kernel.errors import Conflict, NotFound404
from kernel.text import squeeze
from scim import mismatches, selectors
from scim.errors import DateWrong, RemovalHeld, RemovalRejected, RoleGiven, UnitUnknown, Unmatched, ValueWrong
from scim.models import KnownPerson, Removal
from scim.presenting import person_resource
from scim.schemas import Officer
from scim.services import brake
from scim.services.brake import Taken

Role = Post.Role
REFUSALS = (RemovalHeld, RemovalRejected, Unmatched)
"""What stops one person and no other of the same call."""
OFFICES = rules.THREE_ADMINISTRATORS | {Role.SECURITY_DEPUTY}
_MAINLAND = re.compile(r"^\+861[3-9]\d{9}$")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Source:
    """Whose call this is: a directory, by its connection. actor: how the trail names it."""

    connection_id: UUID
    actor: Actor


@dataclass
class Wanted:
    """A person as a directory wants it. roles: everyday ones."""

    username: str
    name: str
    title: str
    email: str
    phone: str | None
    cert_no: str | None
    cert_until: date | None
    unit: Unit | None
    roles: frozenset[str]
    active: bool
    external_id: str
    said: dict[str, Any] = field(default_factory=dict)


class _Waits(Exception):
    """Undo the change, then put it on the list of what waits for a person."""

    def __init__(self, code: str, *, about: list[User], **data: Any) -> None:
        super().__init__(code)
        self.code, self.about = code, about
        self.data = {"people": [_called(user) for user in about], **data}


# What a directory asks ------------------------------------------------------------------------------------------------


def create(resource: Any, *, source: Source) -> tuple[User, bool]:
    """Make a person, or link the one who is there already. Returns (person, whether new).

    Matched by account, certificate number or phone. Raises Unmatched (two matches, or somebody else's number),
    Conflict `person_taken` for somebody whom this directory keeps already, and what `change` raises.
    """

    def work() -> tuple[User, bool]:
        found = _matching(resource, source)
        if found is None:
            wanted = _wanted(resource, None, None)
            fields: dict[str, Any] = {"title": wanted.title, "email": wanted.email, "phone": wanted.phone}
            fields |= {"officer_cert_no": wanted.cert_no, "officer_cert_until": wanted.cert_until}
            made = services.create_person(
                by=source.actor,
                username=wanted.username,
                name=wanted.name,
                unit=wanted.unit,
                roles=tuple(wanted.roles) if wanted.unit else (),
                **fields,
            )
            known = KnownPerson(connection_id=source.connection_id, user=made)
            if not wanted.active:
                services.suspend(user=made, by=source.actor, why=str(_("目录里未启用")))
                known.suspended_there = True
            _keep(known, wanted, made)
            return made, True
        known = KnownPerson.objects.filter(connection_id=source.connection_id, user=found).first()
        known = known or KnownPerson(connection_id=source.connection_id, user=found)
        known.gone_at = None
        before = person_resource(found, known)
        _fill(resource, before)
        return _apply(found, known, before, resource, source), False

    return _waiting(work, source, key=resource.external_id or resource.user_name or "", name=_name(resource) or "")


def replace(user: User, resource: Any, *, source: Source) -> User:
    """PUT: what is said is written, what is not said stays."""

    def work() -> User:
        known = _locked(user, source)
        before = person_resource(known.user, known)
        _fill(resource, before)
        return _apply(known.user, known, before, resource, source)

    return _waiting(work, source, key=_key(user, source), name=user.name)


def patch(user: User, operations: Any, *, source: Source) -> User:
    """PATCH: single values, by RFC 7644 section 3.5.2."""

    def work() -> User:
        known = _locked(user, source)
        before = person_resource(known.user, known)
        after = before.model_copy(deep=True)
        operations.patch(after)
        return _apply(known.user, known, before, after, source)

    return _waiting(work, source, key=_key(user, source), name=user.name)


def delete(user: User, *, source: Source) -> None:
    """DELETE: the person is put out and unknown to the directory from now on; rows that evidence names stay."""

    def work() -> None:
        known = _locked(user, source)
        if known.user.is_active:
            taken = [Taken(Removal.Kind.SUSPEND, deletes=True)]
            _braked(known.user, taken, source)
            _put_out(known.user, source, why=str(_("目录已删除此人")))
            known.suspended_there = True
        known.gone_at = known.changed_at = clock.now()
        known.save()

    _waiting(work, source, key=_key(user, source), name=user.name)


def set_unit(user: User, unit: Unit | None, *, source: Source) -> None:
    """Put a person in a unit, or out of it, as the membership of a group says. Call it through `waiting`."""
    known = _locked(user, source)
    before = known.user.unit
    if before == unit:
        return
    if before is not None:
        _braked(known.user, [Taken(Removal.Kind.MOVE, to_unit=unit)], source)
    _to_unit(known.user, unit, source)
    known.changed_at = clock.now()
    known.save()


def set_role(user: User, role: str, *, held: bool, source: Source) -> None:
    """Give or take one everyday role, as the membership of a role's group says. Call it through `waiting`."""
    known = _locked(user, source)
    has = known.user.posts.filter(role=role).exists()
    if held and not has:
        services.appoint(user=known.user, role=role, unit=known.user.unit, by=source.actor)
        brake.lapse(source.connection_id, user, [Removal.Kind.ROLES], by=source.actor)
    elif has and not held:
        _braked(known.user, [Taken(Removal.Kind.ROLES, roles=(role,))], source)
        _take_roles(known.user, {role}, source)


def waiting(work: Callable[[], Result], *, user: User, source: Source) -> Result:
    """Do `work` in a transaction; what has to wait is put on its list after the transaction is undone."""
    return _waiting(work, source, key=_key(user, source), name=user.name)


# How it is done -------------------------------------------------------------------------------------------------------


class _Held(Exception):
    def __init__(self, user: User, taken: list[Taken], problem: RemovalHeld) -> None:
        super().__init__()
        self.user, self.taken, self.problem = user, taken, problem


def _waiting(work: Callable[[], Result], source: Source, *, key: str, name: str) -> Result:
    try:
        with transaction.atomic():
            return work()
    except _Held as held:
        brake.hold(source.connection_id, held.user, held.taken)
        raise held.problem from None
    except _Waits as waits:
        row = mismatches.note(
            source.connection_id,
            waits.code,
            key=key or name or "—",
            name=name,
            about=[user.pk for user in waits.about],
            data=waits.data,
        )
        raise Unmatched(mismatches.SENTENCES[row.code], code=row.code, **row.data) from None


def _matching(resource: Any, source: Source) -> User | None:
    """The one account that this is. Raises _Waits when it is not clear, Conflict when the directory has it already."""
    if resource.external_id:
        there = KnownPerson.objects.filter(
            connection_id=source.connection_id, external_id=resource.external_id, gone_at=None
        )
        if there.exists():
            raise _there_already()
    cert = _cert_no(resource)
    phone = _mobile(resource)
    by_name = selectors.anybody().filter(username__iexact=squeeze(resource.user_name or "")).first()
    by_cert = selectors.anybody().filter(officer_cert_no__iexact=cert).first() if cert else None
    by_phone = selectors.anybody().filter(phone=phone).first() if phone else None
    found = list({user.pk: user for user in (by_name, by_cert, by_phone) if user}.values())
    if not found:
        return None
    if len(found) > 1:
        raise _Waits("two_matches", about=found)
    (user,) = found
    if cert and user.officer_cert_no and user.officer_cert_no.upper() != cert.upper():
        raise _Waits("cert_differs", about=[user], here=user.officer_cert_no, there=cert)
    if not by_name and not by_cert and squeeze(_name(resource) or "") != squeeze(user.name):
        raise _Waits("name_differs", about=[user])
    known = KnownPerson.objects.filter(connection_id=source.connection_id, user=user, gone_at=None).first()
    if known is not None:
        if resource.external_id and known.external_id and resource.external_id != known.external_id:
            raise _Waits("taken_twice", about=[user])
        raise _there_already()
    return user


def _apply(user: User, known: KnownPerson, before: Any, after: Any, source: Source) -> User:
    wanted = _wanted(after, before, known)
    actor = source.actor
    is_administrator = bool(rules.roles_of(user) & OFFICES)
    kept: list[str] = []
    if is_administrator:
        for attribute, current in (("username", user.username), ("phone", user.phone), ("email", user.email)):
            if current and getattr(wanted, attribute) != current:
                setattr(wanted, attribute, current)
                kept.append(attribute)
    posts = list(user.posts.all())
    everyday = {post.role for post in posts if post.role in rules.EVERYDAY_ROLES}
    taken: list[Taken] = []
    if user.is_active and not wanted.active:
        taken.append(Taken(Removal.Kind.SUSPEND))
    if user.unit is not None and wanted.unit != user.unit:
        taken.append(Taken(Removal.Kind.MOVE, to_unit=wanted.unit))
    lost = everyday - wanted.roles
    if lost and wanted.unit is not None:
        taken.append(Taken(Removal.Kind.ROLES, roles=tuple(sorted(lost))))
    _braked(user, taken, source)
    services.rename_person(user=user, username=wanted.username, by=actor)
    services.edit_person(
        user=user,
        by=actor,
        name=wanted.name,
        title=wanted.title,
        phone=wanted.phone,
        email=wanted.email,
        officer_cert_no=wanted.cert_no,
        officer_cert_until=wanted.cert_until,
    )
    _to_unit(user, wanted.unit, source)
    user.refresh_from_db()
    if user.unit is not None:
        for role in sorted(wanted.roles - everyday):
            services.appoint(user=user, role=role, unit=user.unit, by=actor)
    _take_roles(user, lost, source)
    if user.is_active and not wanted.active:
        _put_out(user, source, why=str(_("目录里已停用")))
        known.suspended_there = True
    elif wanted.active:
        brake.lapse(source.connection_id, user, [Removal.Kind.SUSPEND], by=actor)
        if not user.is_active and known.suspended_there:
            services.restore(user=user, by=actor, why=str(_("目录里已启用")))
            known.suspended_there = False
        elif not user.is_active:
            _note_later(source, "suspended_here", user)
    if not any(each.kind == Removal.Kind.MOVE for each in taken):
        brake.lapse(source.connection_id, user, [Removal.Kind.MOVE], by=actor)
    if not lost:
        brake.lapse(source.connection_id, user, [Removal.Kind.ROLES], by=actor)
    user.refresh_from_db()
    _keep(known, wanted, user)
    keys = tuple(filter(None, {wanted.external_id, wanted.username}))
    mismatches.settle(
        source.connection_id, by=actor, codes=("two_matches", "cert_differs", "name_differs", "taken_twice"), keys=keys
    )
    if kept:
        _note_later(source, "administrator_kept", user)
    return user


def _note_later(source: Source, code: str, user: User) -> None:
    mismatches.note(
        source.connection_id,
        code,
        key=_key(user, source),
        name=user.name,
        about=[user.pk],
        data={"people": [_called(user)]},
    )


def _keep(known: KnownPerson, wanted: Wanted, user: User) -> None:
    known.external_id = wanted.external_id
    known.said = {
        **wanted.said,
        "was": {"name": user.name, "phone": user.phone or "", "email": user.email},
    }
    known.changed_at = clock.now()
    known.save()


def _braked(user: User, taken: list[Taken], source: Source) -> None:
    if any(each.kind == Removal.Kind.SUSPEND for each in taken):
        _keep_last_administrator(user)
    try:
        brake.take(source.connection_id, user, taken)
    except RemovalHeld as problem:
        raise _Held(user, taken, problem) from None


def _keep_last_administrator(user: User) -> None:
    """The last holder of an office stays; of the security administrator `accounts` itself knows better."""
    for role in sorted(rules.roles_of(user) & {Role.BUREAU_ADMIN, Role.AUDIT_ADMIN}):
        others = User.people.filter(is_active=True, posts__role=role).exclude(pk=user.pk)
        if not others.exists():
            raise _Waits("last_administrator", about=[user], office=str(Role(role).label))


def _put_out(user: User, source: Source, *, why: str) -> None:
    services.suspend(user=user, by=source.actor, why=why)


def _to_unit(user: User, unit: Unit | None, source: Source) -> None:
    why = str(_("目录里已变更单位"))
    if unit is None:
        services.leave_unit(user=user, by=source.actor, why=why)
    elif user.unit_id != unit.pk:
        services.move_person(user=user, unit=unit, by=source.actor, why=why)


def _take_roles(user: User, roles: set[str] | frozenset[str], source: Source) -> None:
    for post in user.posts.filter(role__in=roles).select_related("user"):
        services.withdraw(post=post, by=source.actor, why=str(_("目录里已去掉角色")))


def _locked(user: User, source: Source) -> KnownPerson:
    """What the directory knows of the person, made where it never wrote before; both rows held. Raises NotFound404."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    known = KnownPerson.objects.filter(connection_id=source.connection_id, user=user).first()
    if known is None:
        known = KnownPerson(connection_id=source.connection_id, user=user)
    elif known.gone_at is not None:
        raise NotFound404()
    known.user = User.objects.select_related("unit").prefetch_related("posts").get(pk=user.pk)
    return known


def _key(user: User, source: Source) -> str:
    known = KnownPerson.objects.filter(connection_id=source.connection_id, user=user).first()
    return (known.external_id if known else "") or user.username


def _called(user: User) -> str:
    return f"{user.name}（{user.username}）"


def _there_already() -> Conflict:
    return Conflict(_("目录已同步过此人。请用 PUT 或 PATCH 修改，不要再新建。"), code="person_taken")


# Reading a resource ---------------------------------------------------------------------------------------------------


def _fill(resource: Any, before: Any) -> None:
    """What a PUT does not say stays."""
    for name in ("external_id", "name", "display_name", "title", "active", "emails", "phone_numbers"):
        if getattr(resource, name) is None:
            setattr(resource, name, getattr(before, name))
    said, there = resource[Officer] or Officer(), before[Officer] or Officer()
    for name in ("cert_no", "cert_until", "unit_code", "roles"):
        if getattr(said, name) is None:
            setattr(said, name, getattr(there, name))
    resource[Officer] = said


def _wanted(after: Any, before: Any | None, known: KnownPerson | None) -> Wanted:
    """What the resource asks for. before: as it was shown to the directory; None for a new person."""
    officer = after[Officer] or Officer()
    username = squeeze(after.user_name or "")
    if not username:
        raise ValueWrong(_("缺少 userName。请写明账号。"), attribute="userName")
    name = _name(after) or ""
    user = known.user if known else None
    if before is not None and user is not None:
        if after.display_name != before.display_name and after.display_name:
            name = after.display_name
        elif after.name != before.name and after.name is not None:
            name = _full_name(after.name) or user.name
        elif after.display_name == before.display_name:
            name = user.name
    phone, email = _mobile(after), _email(after)
    if user is not None and before is not None:
        if phone is None and _mobile(before) is None:
            phone = user.phone
        if not email and not _email(before):
            email = user.email
    unit = _unit(officer.unit_code)
    roles = frozenset(_role(role) for role in officer.roles) if officer.roles is not None else None
    if roles is None:
        # Whoever has no unit has no role either; with the first unit comes the commonest.
        roles = frozenset({Role.OFFICER}) if user is None or user.unit_id is None else frozenset()
    wanted = Wanted(
        username=username,
        name=(name or username).strip(),
        title=after.title or "",
        email=email,
        phone=phone,
        cert_no=_cert_no(after),
        cert_until=_date(officer.cert_until),
        unit=unit,
        roles=roles,
        active=after.active is not False,
        external_id=after.external_id or "",
        said=_said(after),
    )
    for attribute, value, longest in (
        ("userName", wanted.username, 60),
        ("displayName", wanted.name, 40),
        ("title", wanted.title, 40),
        ("certNo", wanted.cert_no or "", 40),
        ("externalId", wanted.external_id, 200),
        ("emails", wanted.email, 254),
    ):
        if len(value) > longest:
            raise ValueWrong(attribute=attribute, longest=longest)
    return wanted


def _said(resource: Any) -> dict[str, Any]:
    whole = resource.model_dump(exclude_none=True)
    return {key: whole[key] for key in ("displayName", "name", "emails", "phoneNumbers") if key in whole}


def _name(resource: Any) -> str | None:
    return resource.display_name or _full_name(resource.name)


def _full_name(name: Any) -> str | None:
    """As it is written: family name first, with a space only between Latin words."""
    if name is None:
        return None
    if name.formatted:
        return str(name.formatted)
    family, given = name.family_name or "", name.given_name or ""
    return (f"{given} {family}".strip() if (family + given).isascii() else family + given) or None


def _mobile(resource: Any) -> str | None:
    """The number by which the person signs in: a mobile, of whatever numbers were sent."""
    numbers = sorted(resource.phone_numbers or [], key=lambda each: ((each.type or "") != "mobile", not each.primary))
    for number in numbers:
        normal = normal_phone((number.value or "").removeprefix("tel:"))
        if normal and (_MAINLAND.match(normal) or number.type == "mobile"):
            return normal
    return None


def _email(resource: Any) -> str:
    emails = sorted(resource.emails or [], key=lambda each: not each.primary)
    return next((each.value for each in emails if each.value), "")


def _cert_no(resource: Any) -> str | None:
    officer = resource[Officer]
    return squeeze(officer.cert_no or "").upper() or None if officer else None


def _date(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise DateWrong(value=text[:40]) from None


def _unit(code: str | None) -> Unit | None:
    if not code:
        return None
    found = Unit.objects.filter(code=squeeze(code), is_active=True).first()
    if found is None:
        raise UnitUnknown(unit_code=code[:40])
    return found


def _role(text: str) -> str:
    if text not in rules.EVERYDAY_ROLES:
        raise RoleGiven(role=text[:40])
    return text
