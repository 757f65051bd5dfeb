"""The doors through which exhibits are read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from evidence import doors
from evidence.models import Exhibit, Quarantined
from evidence.store import is_own
from kernel.errors import NotFound404


def access_exhibit(person: Any, exhibit_id: UUID, *, original: bool = False) -> Exhibit:
    """The exhibit, for somebody whom a door lets in. Raises NotFound404: the same for absent, foreign and shut."""
    exhibit = Exhibit.objects.filter(pk=exhibit_id).first() if person.is_authenticated else None
    if exhibit is None or not doors.open_to(person, exhibit, original=original):
        raise NotFound404()
    key = exhibit.view_key or exhibit.original_key
    if key and not is_own(key):
        raise NotFound404()
    return exhibit


def was_assigned(person: User, exhibit: Exhibit) -> bool:
    """A door: a photo out of quarantine may be seen by the officer it was given to."""
    return Quarantined.objects.filter(exhibit=exhibit, assigned_to_id=person.pk).exists()


def may_assign(request: HttpRequest) -> bool:
    """Whether this person gives out photos from quarantine: the bureau's system administrator."""
    person = request.user
    return person.is_authenticated and person.has_role(Post.Role.BUREAU_ADMIN)


def quarantine(person: Any) -> QuerySet[Quarantined]:
    """What waits to be given to somebody. Raises NotFound404 for all but the system administrator."""
    if not (person.is_authenticated and person.has_role(Post.Role.BUREAU_ADMIN)):
        raise NotFound404()
    return Quarantined.objects.filter(state=Quarantined.State.WAITING)


def officers() -> QuerySet[User]:
    """Whom a photo can be given to."""
    return User.objects.filter(is_active=True, posts__role=Post.Role.OFFICER).distinct().select_related("unit")
