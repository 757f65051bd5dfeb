"""Who belongs to a seat: people of its unit, of its organisation, of the office, or its guest."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from accounts.models import Post, Unit
from accounts.selectors import below, holders
from federation.contracts.addresses import Address
from federation.jointcases.models import GuestPass, Room, SeatUnit
from federation.parties.models import Membership
from federation.transfers.selectors import receivers

WRITES = (Membership.Role.BRAND_ADMIN, Membership.Role.RIGHTS_STAFF)
_WIDE = (Post.Role.DISPATCHER, Post.Role.LEADER)


def of_seats(room: Room, seats: Collection[UUID]) -> set[UUID]:
    """Whom to tell for seats of this party."""
    party = Address.parse(room.holder)
    if party.kind == "office":
        return set(holders(Post.Role.OFFICE_ADMIN).values_list("pk", flat=True))
    if party.kind == "organisation":
        rows = Membership.objects.filter(
            organisation_id=party.organisation_id, is_active=True, role__in=WRITES, user__is_active=True
        )
        return set(rows.values_list("user_id", flat=True))
    found = set(
        GuestPass.objects.filter(room=room, seat_id__in=seats, ended_at=None).values_list("person_id", flat=True)
    )
    units = SeatUnit.objects.filter(room=room, seat_id__in=seats).select_related("unit")
    for row in units:
        posts = Post.held.filter(unit_id__in=below(row.unit), role__in=_WIDE)
        own = set(posts.values_list("user_id", flat=True))
        officers = Post.held.filter(unit=row.unit, role=Post.Role.OFFICER)
        found |= own or set(officers.values_list("user_id", flat=True))
    return found or set(receivers())


def unit_for(name: str, division_code: str) -> Unit | None:
    """The unit of this bureau that a seat means: by its name, by its division, else the top one."""
    open_units = Unit.objects.filter(is_active=True)
    named = open_units.filter(name=name).first()
    if named is not None:
        return named
    bureaux = (Unit.Kind.PROVINCIAL_BUREAU, Unit.Kind.MUNICIPAL_BUREAU, Unit.Kind.COUNTY_BUREAU)
    if division_code:
        there = open_units.filter(division_code=division_code, kind__in=bureaux).order_by("code").first()
        if there is not None:
            return there
    return open_units.filter(parent=None).order_by("code").first()
