"""Who keeps the connections of a house at the brands host: its administrators (`connections.rules`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from connections.rules import Keeper
from federation.parties.models import Membership, Organisation


def _administrators() -> QuerySet[Membership]:
    return Membership.objects.filter(
        role__in=Membership.ADMINS,
        is_active=True,
        user__is_active=True,
        organisation__state=Organisation.State.ACTIVE,
    )


def _administered(user: User) -> Collection[UUID]:
    return set(_administrators().filter(user=user).values_list("organisation_id", flat=True))


def _people() -> Iterable[UUID]:
    return set(_administrators().values_list("user_id", flat=True))


def _name(organisation_id: UUID) -> str:
    return str(Organisation.objects.values_list("name", flat=True).get(pk=organisation_id))


def _admit(account: User, organisation_id: UUID) -> None:
    """A program works beside the staff. It appraises nothing: a verdict is a person's."""
    at_platform = Organisation.objects.get(pk=organisation_id).is_platform
    role = Membership.Role.PLATFORM_STAFF if at_platform else Membership.Role.RIGHTS_STAFF
    Membership.objects.create(user=account, organisation_id=organisation_id, role=role)


def _people_only_of(houses: Collection[UUID]) -> Collection[UUID]:
    inside = Membership.objects.filter(organisation_id__in=list(houses)).values("user_id")
    beside = Membership.objects.exclude(organisation_id__in=list(houses)).values("user_id")
    return set(
        Membership.objects.filter(user_id__in=inside).exclude(user_id__in=beside).values_list("user_id", flat=True)
    )


KEEPER = Keeper(
    may_keep=lambda user: bool(_administered(user)),
    organisations=_administered,
    people=_people,
    name_of=_name,
    admit=_admit,
    people_only_of=_people_only_of,
)
