"""The brake: a directory that suddenly takes out many people is stopped until a person has looked.

Counted are people whom one directory suspends, moves to another unit or takes roles from, within a day. Beyond the
allowance each further one is refused (409), kept, and shown to the security administrator; all else goes on. A refusal
and not a success: a directory that hears "done" would never send it again, and show as gone whoever still signs in.
409 and not 429 or 503: those stop a whole run, and 401 or 403 make directories switch the connection off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import rules, selectors, services
from accounts.models import Post, Unit, User
from audit.move import move
from audit.trail import Actor, Person, record
from kernel import clock
from kernel.errors import NotAllowed
from notify.services import tell
from scim.errors import RemovalHeld, RemovalRejected
from scim.models import Directory, KnownPerson, Removal

Role = Post.Role
SMALLEST = 3
"""Even a bureau of ten may lose so many in a day."""
WINDOW = timedelta(hours=24)
REMEMBERED = timedelta(days=30)
OPENED = timedelta(hours=1)


@dataclass(frozen=True)
class Taken:
    """One removal that a directory asks for."""

    kind: str
    to_unit: Unit | None = None
    roles: tuple[str, ...] = ()
    deletes: bool = False


def allowance(connection_id: UUID) -> tuple[int, int]:
    """(how many people may be taken out within the window, how many have been)."""
    so_far = done(connection_id).values("user_id").distinct().count()
    put_out = done(connection_id).filter(kind=Removal.Kind.SUSPEND).values("user_id").distinct().count()
    there = selectors.holders(*rules.EVERYDAY_ROLES).count() + put_out
    share = int(there * settings.ACCOUNTS_IMPORT_DROP_SHARE)
    return min(settings.SCIM_REMOVALS_AT_MOST, max(SMALLEST, share)), so_far


def take(connection_id: UUID, user: User, wanted: Sequence[Taken]) -> None:
    """Let these removals of one person pass, or raise RemovalHeld, RemovalRejected. Call it inside the change.

    Locks the directory's row, so that calls side by side are counted one after the other.
    """
    if not wanted:
        return
    now = clock.now()
    directory = Directory.objects.select_for_update().get(pk=connection_id)
    refused = Removal.objects.filter(
        connection_id=connection_id,
        user=user,
        kind__in=[each.kind for each in wanted],
        state__in=[Removal.State.REJECTED, Removal.State.UNDONE],
        decided_at__gt=now - REMEMBERED,
    )
    if refused.exists():
        raise RemovalRejected()
    if not (directory.open_until and directory.open_until > now):
        allowed, so_far = allowance(connection_id)
        if so_far >= allowed and not done(connection_id).filter(user=user).exists():
            raise RemovalHeld(allowed=allowed, done=so_far, hours=int(WINDOW.total_seconds() // 3600))
    Removal.objects.bulk_create(
        Removal(connection_id=connection_id, user=user, state=Removal.State.DONE, asked_at=now, **_fields(each))
        for each in wanted
    )


def hold(connection_id: UUID, user: User, wanted: Sequence[Taken]) -> None:
    """Keep what was refused, and ring the security administrators when it is the first in a while."""
    now = clock.now()
    with transaction.atomic():
        Directory.objects.select_for_update().get(pk=connection_id)
        held = Removal.objects.filter(connection_id=connection_id, state=Removal.State.HELD)
        quiet = not held.filter(asked_at__gt=now - OPENED).exists()
        for each in wanted:
            row, made = Removal.objects.get_or_create(
                connection_id=connection_id,
                user=user,
                kind=each.kind,
                state=Removal.State.HELD,
                defaults={"asked_at": now, **_fields(each)},
            )
            if not made:
                Removal.objects.filter(pk=row.pk).update(
                    times=F("times") + 1,
                    asked_again_at=now,
                    **_fields(each),
                )
        if quiet:
            tell(
                to=[person.pk for person in selectors.holders(Role.SECURITY_ADMIN, Role.BUREAU_ADMIN)],
                code="people_sync_held",
                title=_("人员同步一次要停用或变更很多人，已拦下"),
                body=_("请安全管理员核对后放行或驳回。其他变更照常同步。"),
                url="/people-sync/",
            )


def lapse(connection_id: UUID, user: User, kinds: Sequence[str], *, by: Person) -> None:
    """The directory takes it back: nothing waits any more."""
    rows = Removal.objects.filter(
        connection_id=connection_id,
        user=user,
        kind__in=kinds,
        state__in=[Removal.State.HELD, Removal.State.REJECTED, Removal.State.UNDONE],
    )
    for row in rows:
        move(row, "lapse", by=by)


# What the security administrator decides ------------------------------------------------------------------------------


def release(rows: Sequence[Removal], *, by: User, actor: Actor) -> int:
    """Do what was held. Raises NotAllowed, LastSecurityAdministrator; then nothing of it is done. Returns how many."""
    _may_decide(by)
    with transaction.atomic():
        for row in rows:
            rules.require_other(by, row.user)
            move(row, "release", by=by, decided_by=by, decided_at=clock.now())
            _do(row, actor)
    return len(rows)


def release_all(connection_id: UUID, *, by: User, actor: Actor) -> int:
    """Do all that is held, and hold nothing for an hour: the rest of the same run is on its way."""
    with transaction.atomic():
        count = release(list(held(connection_id)), by=by, actor=actor)
        directory = Directory.objects.get(pk=connection_id)
        Directory.objects.filter(pk=connection_id).update(open_until=clock.now() + OPENED)
        record(directory, "open_brake", by=by)
    return count


def reject(rows: Sequence[Removal], *, by: User) -> int:
    """Say no: these people stay as they are, also when the directory asks again within a month."""
    _may_decide(by)
    with transaction.atomic():
        for row in rows:
            move(row, "reject", by=by, decided_by=by, decided_at=clock.now())
    return len(rows)


def undo(connection_id: UUID, *, by: User, actor: Actor) -> int:
    """Let those sign in again whom the same run had put out before the brake closed. Returns how many."""
    _may_decide(by)
    with transaction.atomic():
        rows = list(done(connection_id).filter(kind=Removal.Kind.SUSPEND).select_related("user"))
        for row in rows:
            move(row, "undo", by=by, decided_by=by, decided_at=clock.now())
            services.restore(user=row.user, by=actor, why=str(_("停用有误，由安全管理员撤回")))
            KnownPerson.objects.filter(connection_id=connection_id, user=row.user).update(
                suspended_there=False, gone_at=None
            )
    return len(rows)


def held(connection_id: UUID) -> QuerySet[Removal]:
    """What waits for a decision, oldest first."""
    return Removal.objects.filter(connection_id=connection_id, state=Removal.State.HELD).select_related(
        "user__unit", "to_unit"
    )


def _may_decide(by: User) -> None:
    if not rules.roles_of(by) & {Role.SECURITY_ADMIN}:
        raise NotAllowed(_("放行和驳回由安全管理员办理。请告诉本局安全管理员。"), code="security_administrator_decides")


def _do(row: Removal, actor: Actor) -> None:
    why = str(_("目录要求，安全管理员已放行"))
    user = User.objects.get(pk=row.user_id)
    if row.kind == Removal.Kind.SUSPEND:
        if user.is_active:
            services.suspend(user=user, by=actor, why=why)
        KnownPerson.objects.filter(connection_id=row.connection_id, user=user).update(
            suspended_there=True, **({"gone_at": clock.now()} if row.deletes else {})
        )
    elif row.kind == Removal.Kind.MOVE:
        if row.to_unit is None:
            services.leave_unit(user=user, by=actor, why=why)
        elif row.to_unit.is_active:
            services.move_person(user=user, unit=row.to_unit, by=actor, why=why)
    else:
        for post in Post.objects.filter(user=user, role__in=row.roles).select_related("user"):
            services.withdraw(post=post, by=actor, why=why)


def done(connection_id: UUID) -> QuerySet[Removal]:
    """What a directory took out within the window without a question."""
    return Removal.objects.filter(
        connection_id=connection_id, state=Removal.State.DONE, asked_at__gt=clock.now() - WINDOW
    )


def _fields(each: Taken) -> dict[str, object]:
    return {"kind": each.kind, "to_unit": each.to_unit, "roles": list(each.roles), "deletes": each.deletes}
