"""Who may look at statements: leaders and system administrators of a bureau, a house's administrators, the office."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.admission import holds_office_post
from accounts.models import Post, User
from audit.trail import Person
from billing_free.usage.models import Statement
from federation.contracts.addresses import Address
from federation.parties.models import Membership
from kernel.errors import NotAllowed
from provinces.context import required

READERS = (Post.Role.BUREAU_ADMIN, Post.Role.LEADER)


def readable(user: User) -> list[Address] | None:
    """The parties whose figures a person may read here; None for all that lie here (the office)."""
    seat = required()
    if seat.kind == "office":
        return None if holds_office_post(user) else []
    if seat.kind == "province":
        roles = set(Post.objects.filter(user_id=user.pk).values_list("role", flat=True))
        return [Address.province(seat.name)] if roles & set(READERS) else []
    held = Membership.objects.filter(
        user_id=user.pk, is_active=True, role__in=Membership.ADMINS, organisation__state="active"
    )
    return [Address.organisation(pk) for pk in held.values_list("organisation_id", flat=True)]


def may_read(request: HttpRequest) -> bool:
    """Whether the pages are offered to this person."""
    if not isinstance(request.user, User):
        return False
    found = readable(request.user)
    return found is None or bool(found)


def require_reader(user: User) -> list[Address] | None:
    """`readable`, for who has something to read. Raises NotAllowed."""
    found = readable(user)
    if found == []:
        raise NotAllowed()
    return found


def may_keep(user: User, statement: Statement) -> bool:
    """Whether a person has a statement amended: the bureau's system administrator, the house's administrator.

    The office has none amended: it would change what others issued.
    """
    seat = required()
    if seat.name != statement.seat or seat.kind == "office":
        return False
    if seat.kind == "province":
        return Post.objects.filter(user_id=user.pk, role=Post.Role.BUREAU_ADMIN).exists()
    return Address.parse(statement.party) in (readable(user) or [])


def require_keeper(by: Person, statement: Statement) -> None:
    """Raise NotAllowed unless `may_keep`. A machine was let in by whoever started it."""
    if isinstance(by, User) and not may_keep(by, statement):
        raise NotAllowed()
