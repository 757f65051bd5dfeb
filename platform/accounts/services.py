"""What is done to people, units and posts. Each writes the trail in the same transaction."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import rules, selectors, signals
from accounts.models import Post, Unit, User
from accounts.sessions import end_all
from audit import trail
from audit.trail import Person
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed

Role = Post.Role


# Units ----------------------------------------------------------------------------------------------------------------


def create_unit(
    *,
    by: Person,
    code: str,
    name: str,
    kind: str,
    division_code: str,
    parent: Unit | None = None,
    section_type: str = "",
    agency_word: str = "",
) -> Unit:
    """Add a unit to the bureau. Raises Conflict `unit_code_taken`."""
    rules.require(by, Role.BUREAU_ADMIN)
    try:
        with transaction.atomic():
            unit = Unit.objects.create(
                code=code,
                name=name,
                kind=kind,
                division_code=division_code,
                parent=parent,
                section_type=section_type,
                agency_word=agency_word,
            )
            trail.record(unit, "create", by=by)
    except IntegrityError as error:
        raise _code_taken(code) from error
    return unit


def edit_unit(*, unit: Unit, by: Person, **fields: str) -> Unit:
    """Change a unit's name, kind, section type, division or agency word. Document numbers given before stay."""
    rules.require(by, Role.BUREAU_ADMIN)
    strange = set(fields) - {"name", "kind", "section_type", "division_code", "agency_word"}
    if strange:
        raise ValueError(f"not to be edited: {strange}")
    changed = {key: [getattr(unit, key), value] for key, value in fields.items() if getattr(unit, key) != value}
    if changed:
        with transaction.atomic():
            Unit.objects.filter(pk=unit.pk).update(**fields)
            trail.record(unit, "edit", by=by, data=changed)
        unit.refresh_from_db()
    return unit


def recode_unit(*, unit: Unit, code: str, by: Person) -> Unit:
    """Give a unit another code; it stays the same unit. Raises Conflict `unit_code_taken`."""
    rules.require(by, Role.BUREAU_ADMIN)
    try:
        with transaction.atomic():
            Unit.objects.filter(pk=unit.pk).update(code=code)
            trail.record(unit, "recode", by=by, data={"from": unit.code, "to": code})
    except IntegrityError as error:
        raise _code_taken(code) from error
    unit.refresh_from_db()
    return unit


def move_unit(*, unit: Unit, parent: Unit | None, by: Person) -> Unit:
    """Hang a unit, with all under it, below another. Raises Conflict `unit_in_itself`."""
    rules.require(by, Role.BUREAU_ADMIN)
    with transaction.atomic():
        list(Unit.objects.select_for_update().order_by("pk").values_list("pk"))  # two moves at once could close a ring
        if parent is not None and parent.pk in selectors.below(unit):
            raise Conflict(
                _("不能把{name}放到它自己的下级单位之下。请另选上级单位。"), code="unit_in_itself", name=unit.name
            )
        before = str(unit.parent_id or "")
        Unit.objects.filter(pk=unit.pk).update(parent=parent)
        trail.record(unit, "move", by=by, data={"from": before, "to": str(parent.pk) if parent else ""})
    unit.refresh_from_db()
    return unit


def close_unit(*, unit: Unit, by: Person, why: str = "") -> Unit:
    """Take a unit out of use. Raises Conflict `unit_not_empty` while people or open units hang on it."""
    rules.require(by, Role.BUREAU_ADMIN)
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=unit.pk)
        people = unit.people.filter(is_active=True).count()  # programs too: their rows would hang on a closed unit
        units = unit.children.filter(is_active=True).count()
        if people or units:
            raise Conflict(
                _("{name}还有 {people} 名在用人员、{units} 个下级单位，不能停用。请先把他们调到别的单位。"),
                code="unit_not_empty",
                name=unit.name,
                people=people,
                units=units,
            )
        Unit.objects.filter(pk=unit.pk).update(is_active=False)
        trail.record(unit, "close", by=by, why=why)
    unit.refresh_from_db()
    return unit


# People ---------------------------------------------------------------------------------------------------------------


def create_person(
    *, by: Person, username: str, name: str, unit: Unit | None = None, roles: tuple[str, ...] = (), **fields: Any
) -> User:
    """Add a person without a password: the first sign-in is by phone code. Raises Conflict `person_taken`."""
    rules.require(by, Role.BUREAU_ADMIN, Role.OFFICE_ADMIN)
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, name=name, unit=unit, **fields)
            trail.record(user, "create", by=by)
            for role in roles:
                appoint(user=user, role=role, unit=unit, by=by)
    except IntegrityError as error:
        raise _taken() from error
    return user


def edit_person(
    *,
    user: User,
    by: Person,
    name: str,
    title: str = "",
    phone: str | None = None,
    email: str = "",
    officer_cert_no: str | None = None,
    officer_cert_until: date | None = None,
) -> User:
    """Change what the bureau keeps of a person. A new phone has to be proved again. Raises Conflict `person_taken`."""
    rules.require(by, Role.BUREAU_ADMIN)
    fields = {
        "name": name,
        "title": title,
        "phone": phone or None,
        "email": email,
        "officer_cert_no": officer_cert_no or None,
        "officer_cert_until": officer_cert_until,
    }
    changed = sorted(key for key, value in fields.items() if getattr(user, key) != value)
    if not changed:
        return user
    if "phone" in changed:
        fields["phone_verified"] = False
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**fields)
            trail.record(user, "edit", by=by, data={"fields": changed})
    except IntegrityError as error:
        raise _taken() from error
    user.refresh_from_db()
    return user


def move_person(*, user: User, unit: Unit, by: Person, why: str = "") -> User:
    """Move an officer, posts with him. Open work stays with the old unit: `signals.unit_changed` tells."""
    rules.require(by, Role.BUREAU_ADMIN)
    if not unit.is_active:
        raise Conflict(_("{name}已停用。请选择在用的单位。"), code="unit_closed", name=unit.name)
    with transaction.atomic():
        before = User.objects.select_for_update().values_list("unit_id", flat=True).get(pk=user.pk)
        if before == unit.pk:
            return user
        User.objects.filter(pk=user.pk).update(unit=unit)
        held_there = Post.objects.filter(user=user, unit=unit).values_list("role", flat=True)
        old_posts = Post.objects.filter(user=user, unit_id=before)
        old_posts.filter(role__in=list(held_there)).delete()
        old_posts.update(unit=unit)
        trail.record(user, "move", by=by, why=why, data={"from": str(before or ""), "to": str(unit.pk)})
        transaction.on_commit(lambda: tell_unit_changed(user.pk, before, unit.pk))
    user.refresh_from_db()
    return user


def rename_person(*, user: User, username: str, by: Person) -> User:
    """Give a person another account name; the person stays the same. Raises Conflict `person_taken`."""
    rules.require(by, Role.BUREAU_ADMIN)
    if username == user.username:
        return user
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(username=username)
            trail.record(user, "rename", by=by, data={"from": user.username, "to": username})
    except IntegrityError as error:
        raise _taken() from error
    user.refresh_from_db()
    return user


def leave_unit(*, user: User, by: Person, why: str = "") -> User:
    """Take a person out of the unit, and the everyday roles held there with it. Open work stays with the unit."""
    rules.require(by, Role.BUREAU_ADMIN)
    with transaction.atomic():
        before = User.objects.select_for_update().values_list("unit_id", flat=True).get(pk=user.pk)
        if before is None:
            return user
        User.objects.filter(pk=user.pk).update(unit=None)
        Post.objects.filter(user=user, unit_id=before, role__in=rules.EVERYDAY_ROLES).delete()
        trail.record(user, "leave_unit", by=by, why=why, data={"from": str(before)})
    user.refresh_from_db()
    return user


def suspend(*, user: User, by: Person, why: str) -> User:
    """Put a person out: no sign-in, every session ended in this transaction, tokens and streams told after it.

    Raises BadInput `reason_missing`, LastSecurityAdministrator.
    """
    rules.require(by, Role.BUREAU_ADMIN, Role.SECURITY_ADMIN, Role.OFFICE_ADMIN)
    rules.require_other(by, user)
    _need_reason(why)
    with transaction.atomic():
        rules.keep_security_administrator([user])
        _put_out([user], by=by, why=why)
    user.refresh_from_db()
    return user


def put_out_many(users: list[User], *, by: Person, why: str) -> int:
    """Suspend many at once, as an approved complete list asks for. Call it inside a transaction. Returns how many."""
    rules.keep_security_administrator(users)
    return _put_out(users, by=by, why=why)


def restore(*, user: User, by: Person, why: str = "") -> User:
    """Let a suspended person sign in again."""
    rules.require(by, Role.BUREAU_ADMIN, Role.OFFICE_ADMIN)
    rules.require_other(by, user)
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True, suspended_at=None):
            trail.record(user, "restore", by=by, why=why)
            transaction.on_commit(lambda: signals.restored.send(sender=User, user_id=user.pk))
    user.refresh_from_db()
    return user


def reset_second_factor(*, user: User, by: Person, why: str) -> int:
    """Remove a person's passkeys, authenticator and recovery codes; end the sessions. Returns how many factors went."""
    rules.require(by, Role.SECURITY_ADMIN, Role.BUREAU_ADMIN)
    rules.require_other(by, user)
    _need_reason(why)
    if rules.roles_of(user) & rules.THREE_ADMINISTRATORS:
        rules.require(by, Role.SECURITY_ADMIN)  # one administrator alone does not open another's account
    with transaction.atomic():
        gone = Authenticator.objects.filter(user=user).delete()[0]
        end_sessions(user.pk)
        trail.record(user, "reset_second_factor", by=by, why=why, data={"factors": gone})
    return gone


def end_sessions(*user_ids: UUID) -> int:
    """End every session of these people. Returns how many."""
    UserSession.objects.filter(user_id__in=user_ids).delete()
    return end_all(*user_ids)


def forget_password(*, user: User) -> User:
    """Take the password away, so that a new one can be set; other browsers are signed out with it."""
    with transaction.atomic():
        user.set_unusable_password()
        user.save(update_fields=["password"])
        trail.record(user, "forget_password", by=user)
    return user


def save_preferences(*, user: User, **fields: Any) -> User:
    """What a person sets for himself: language and quiet hours. Raises ValueError for anything else."""
    strange = set(fields) - {"language", "quiet_from", "quiet_until"}
    if strange:
        raise ValueError(f"no preference: {strange}")
    User.objects.filter(pk=user.pk).update(**fields)
    user.refresh_from_db()
    return user


# Posts ----------------------------------------------------------------------------------------------------------------


def appoint(*, user: User, role: str, unit: Unit | None, by: Person) -> Post:
    """Give a person a role in a unit; giving it twice is once. Raises AdministratorsApart, NotAllowed."""
    rules.may_appoint(by, role)
    rules.require_other(by, user)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two appointments at once would both find no other office
        rules.keep_administrators_apart(user, role)
        post, is_new = Post.objects.get_or_create(user=user, role=role, unit=unit)
        if is_new:
            trail.record(user, "appoint", by=by, data={"role": role, "unit": str(unit.pk) if unit else ""})
    return post


def withdraw(*, post: Post, by: Person, why: str = "") -> None:
    """Take a role from a person. Raises LastSecurityAdministrator, NotAllowed."""
    rules.may_appoint(by, post.role)
    if post.role != Role.SECURITY_ADMIN:
        rules.require_other(by, post.user)
    with transaction.atomic():
        if post.role == Role.SECURITY_ADMIN:
            rules.keep_security_administrator([post.user])
        Post.objects.filter(pk=post.pk).delete()
        trail.record(post.user, "withdraw", by=by, why=why, data={"role": post.role})


def recover_security_administrator(*, deputies: tuple[User, User], user: User) -> Post:
    """Two named deputies together appoint a security administrator when none is left. Both are named in the trail.

    Raises Conflict `security_administrator_present`, NotAllowed `two_deputies_needed`, AdministratorsApart.
    """
    first, second = deputies
    with transaction.atomic():
        list(Post.objects.select_for_update().filter(role__in=[Role.SECURITY_ADMIN, Role.SECURITY_DEPUTY]))
        if selectors.holders(Role.SECURITY_ADMIN).exists():
            raise Conflict(_("现有安全管理员在任，请由他任命。"), code="security_administrator_present")
        ready = set(selectors.holders(Role.SECURITY_DEPUTY).values_list("pk", flat=True))
        if first.pk == second.pk or not {first.pk, second.pk} <= ready:
            raise NotAllowed(
                _("需要两位在任的安全管理员候补共同办理。请两位候补分别确认。"), code="two_deputies_needed"
            )
        rules.keep_administrators_apart(user, Role.SECURITY_ADMIN)
        post, _new = Post.objects.get_or_create(user=user, role=Role.SECURITY_ADMIN, unit=user.unit)
        for deputy in deputies:
            trail.record(user, "recover", by=deputy, data={"role": Role.SECURITY_ADMIN})
    return post


def tell_unit_changed(user_id: UUID, from_unit_id: UUID | None, to_unit_id: UUID) -> None:
    """Send `signals.unit_changed`; call it after commit."""
    signals.unit_changed.send(sender=User, user_id=user_id, from_unit_id=from_unit_id, to_unit_id=to_unit_id)


def _put_out(users: list[User], *, by: Person, why: str) -> int:
    ids = [user.pk for user in users]
    count = User.objects.filter(pk__in=ids, is_active=True).update(is_active=False, suspended_at=clock.now())
    end_sessions(*ids)
    for user in users:
        trail.record(user, "suspend", by=by, why=why)

    def tell() -> None:
        for user_id in ids:
            signals.suspended.send(sender=User, user_id=user_id)

    transaction.on_commit(tell)
    return count


def _need_reason(why: str) -> None:
    if not why.strip():
        raise BadInput(_("请写明原因，再提交。"), code="reason_missing")


def _code_taken(code: str) -> Conflict:
    return Conflict(_("单位编码 {unit_code} 已有单位使用。请换一个编码。"), code="unit_code_taken", unit_code=code)


def _taken() -> Conflict:
    return Conflict(_("账号、手机号或执法证号已属于另一个人。请核对后再保存。"), code="person_taken")
