"""The doors to what directories know, and to people and units as directories may see them."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import Unit, User
from accounts.rules import EVERYDAY_ROLES
from kernel.errors import NotFound404
from scim.models import Directory, KnownPerson, KnownUnit, Mismatch, Removal

ROLE_SPACE = UUID("5c1b0f5e-6a0e-4d5c-9d0b-2f8f3c1f7a10")
ROLE_GROUPS: dict[UUID, str] = {uuid5(ROLE_SPACE, role): role for role in sorted(EVERYDAY_ROLES)}


def anybody() -> QuerySet[User]:
    """Everybody with an account here, machines left out."""
    return User.people.all()


def people(connection_id: UUID) -> QuerySet[User]:
    """Whom a directory sees: everybody but those it deleted. Annotated with its own id of each."""
    known = KnownPerson.objects.filter(connection_id=connection_id, user=OuterRef("pk"))
    return (
        anybody()
        .filter(~Exists(known.filter(gone_at__isnull=False)))
        .annotate(
            external_id=Subquery(known.values("external_id")[:1]), changed_at=Subquery(known.values("changed_at")[:1])
        )
        .select_related("unit")
        .prefetch_related("posts")
    )


def person(connection_id: UUID, user_id: str) -> User:
    """One of them. Raises NotFound404."""
    found = people(connection_id).filter(pk=_uuid(user_id)).first()
    if found is None:
        raise NotFound404()
    return found


def known(connection_id: UUID, user_ids: list[UUID]) -> dict[UUID, KnownPerson]:
    """What the directory knows of these, by person."""
    rows = KnownPerson.objects.filter(connection_id=connection_id, user_id__in=user_ids)
    return {row.user_id: row for row in rows}


def units(connection_id: UUID) -> QuerySet[Unit]:
    """Units in use that a directory sees, annotated with its own id of each."""
    rows = KnownUnit.objects.filter(connection_id=connection_id, unit=OuterRef("pk"))
    return (
        Unit.objects.filter(~Exists(rows.filter(gone_at__isnull=False)), is_active=True)
        .annotate(
            external_id=Subquery(rows.values("external_id")[:1]), changed_at=Subquery(rows.values("changed_at")[:1])
        )
        .select_related("parent")
    )


def unit(connection_id: UUID, unit_id: str) -> Unit:
    """One of them. Raises NotFound404."""
    found = units(connection_id).filter(pk=_uuid(unit_id)).first()
    if found is None:
        raise NotFound404()
    return found


def role_of_group(group_id: str) -> str | None:
    """The everyday role whose group this is; None for a unit."""
    try:
        return ROLE_GROUPS.get(UUID(group_id))
    except ValueError:
        return None


def directory(connection_id: UUID) -> Directory | None:
    """How a directory's visits went, if there were any."""
    return Directory.objects.filter(pk=connection_id).first()


def removals(connection_id: UUID) -> QuerySet[Removal]:
    """All that a directory took out or wanted to."""
    return Removal.objects.filter(connection_id=connection_id).select_related("user__unit", "to_unit", "decided_by")


def mismatches(connection_id: UUID) -> QuerySet[Mismatch]:
    """What nobody could match, newest first."""
    return Mismatch.objects.filter(connection_id=connection_id)


def mismatch(connection_id: UUID, mismatch_id: UUID | str) -> Mismatch:
    """One of them. Raises NotFound404."""
    found = mismatches(connection_id).filter(pk=_uuid(str(mismatch_id))).first()
    if found is None:
        raise NotFound404()
    return found


def people_known(connection_id: UUID) -> int:
    """How many people a directory keeps."""
    return KnownPerson.objects.filter(connection_id=connection_id, gone_at=None).count()


def waiting_of(connection_id: UUID) -> int:
    """How many items of a directory wait for a decision."""
    return (
        Removal.objects.filter(connection_id=connection_id, state=Removal.State.HELD).count()
        + Mismatch.objects.filter(connection_id=connection_id, state=Mismatch.State.OPEN).count()
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except (ValueError, ValidationError):
        raise NotFound404() from None
