"""The doors to transfers: what left follows its package; what came in is for those who receive for the province."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from evidence import selectors as evidence
from evidence.models import Transfer
from kernel.errors import NotFound404

_RECEIVERS = (Post.Role.DISPATCHER, Post.Role.LEADER)


def receives_for_province(person: User) -> bool:
    """Dispatchers and leaders of a unit that has none above it."""
    posts = person.posts.select_related("unit")
    return any(post.role in _RECEIVERS and post.unit is not None and post.unit.parent_id is None for post in posts)


def may_receive(request: HttpRequest) -> bool:
    """Whether the list of transfers is this person's."""
    person = request.user
    return person.is_authenticated and receives_for_province(person)


def receivers() -> list[UUID]:
    """Whom to tell that something arrived."""
    posts = Post.held.filter(role__in=_RECEIVERS, unit__parent=None, unit__isnull=False)
    return list(posts.values_list("user_id", flat=True).distinct())


def transfers_of(person: Any) -> QuerySet[Transfer]:
    """All transfers of the province, newest first, for who receives for it. Raises NotFound404 for others."""
    if not (person.is_authenticated and receives_for_province(person)):
        raise NotFound404()
    return Transfer.objects.all()


def access_transfer(person: Any, transfer_id: UUID) -> Transfer:
    """One transfer: for who receives for the province; one that left also for those of its package's matter."""
    row = Transfer.objects.filter(pk=transfer_id).first() if person.is_authenticated else None
    if row is None:
        raise NotFound404()
    if not receives_for_province(person):
        if row.direction != Transfer.Direction.OUT:
            raise NotFound404()
        evidence.access_package(person, row.package_id)
    return row


def of_package(package_id: UUID) -> QuerySet[Transfer]:
    """Where a package was sent, for who was let in to the package."""
    return Transfer.objects.filter(package_id=package_id, direction=Transfer.Direction.OUT)
