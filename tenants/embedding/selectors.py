"""The doors to matters, launches and launch keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from accounts.selectors import visible_unit_ids
from appraisal.requests.models import AppraisalRequest
from connections.models import Client
from kernel import searching
from kernel.errors import NotFound404
from tenants.embedding.models import (
    EARLIER,
    SEARCHED,
    KeyAddress,
    Launch,
    LaunchKey,
    Matter,
    MatterAlias,
    MatterLink,
    MatterPhoto,
)

Kind = MatterLink.Kind
MOST_EARLIER = 500
"""A search by number looks at so many matters, the latest first."""


def matters_of(person: User) -> QuerySet[Matter]:
    """Matters this person may see, last opened first.

    An officer sees those of the units they may see, and those that a case system opened for them; a program sees those
    of its own connection.
    """
    living = Matter.objects.exclude(state=Matter.State.MERGED).select_related("officer", "unit")
    if getattr(person, "is_service", False):
        return living.filter(connection_id__in=Client.objects.filter(user=person).values("connection_id"))
    if not person.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER):
        return living.none()
    opened = Launch.objects.filter(officer=person, code="", matter__isnull=False).values("matter_id")
    return living.filter(Q(unit_id__in=visible_unit_ids(person)) | Q(pk__in=opened))


def matter_for(person: User, matter_id: UUID) -> Matter:
    """One matter. Raises NotFound404."""
    found = matters_of(person).filter(pk=matter_id).first()
    if found is None:
        raise NotFound404()
    return found


def search(rows: QuerySet[Matter], text: str) -> QuerySet[Matter]:
    """Of these, those whose number, earlier number, title or party holds the words."""
    if not text.strip():
        return rows
    return searching.matching(rows, text, said=SEARCHED, also=Q(pk__in=_once_numbered(text)))


def _once_numbered(text: str) -> list[UUID]:
    """Matters that had a number before that holds the words, by the latest of such numbers."""
    aliases = searching.matching(MatterAlias.objects.order_by("-id"), text, said=EARLIER)
    return list(aliases.values_list("matter_id", flat=True)[:MOST_EARLIER])


def numbered(rows: QuerySet[Matter], number: str) -> QuerySet[Matter]:
    """Of these, those that have or had exactly this number."""
    aliased = MatterAlias.objects.filter(number=number).values("matter_id")
    return rows.filter(Q(case_number=number) | Q(pk__in=aliased))


def person(user_id: UUID) -> User:
    """Somebody who was let in a moment ago. Raises NotFound404."""
    found = User.objects.filter(pk=user_id).select_related("unit").prefetch_related("posts__unit").first()
    if found is None:
        raise NotFound404()
    return found


def known(matter_id: UUID) -> Matter | None:
    """A matter by id, for the frame around a page: nothing of it is shown."""
    return Matter.objects.filter(pk=matter_id).first()


def matters_of_object(kind: str, object_id: UUID) -> list[Matter]:
    """The matters something was begun for. A request also belongs to those of its visit."""
    return matters_of_objects(kind, [object_id])


def matters_of_objects(kind: str, ids: Iterable[UUID]) -> list[Matter]:
    """The same for several of one kind."""
    return list(Matter.objects.filter(pk__in=_links(kind, ids).values("matter_id")))


def matters_by_object(objects: Collection[UUID]) -> dict[UUID, list[Matter]]:
    """The matters that objects of any kind are, or were begun for; a request has those of its visit too."""
    sites = dict(AppraisalRequest.objects.filter(pk__in=objects).values_list("pk", "site_id"))
    begun: dict[UUID, dict[UUID, Matter]] = defaultdict(dict)
    for link in MatterLink.objects.filter(object_id__in={*objects, *sites.values()}).select_related("matter"):
        begun[link.object_id][link.matter_id] = link.matter
    found = {each.pk: [each] for each in Matter.objects.filter(pk__in=objects)}
    for about in objects:
        matters = begun.get(about, {}) | begun.get(sites.get(about, about), {})
        if matters:
            found[about] = list(matters.values())
    return found


def _links(kind: str, ids: Iterable[UUID]) -> QuerySet[MatterLink]:
    wanted = Q(kind=kind, object_id__in=list(ids))
    if kind == Kind.REQUEST:
        sites = AppraisalRequest.objects.filter(pk__in=list(ids)).values("site_id")
        wanted |= Q(kind=Kind.SITE, object_id__in=sites)
    return MatterLink.objects.filter(wanted)


def numbers_of(kind: str, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Case numbers to show beside rows of a list: object to number."""
    found = MatterLink.objects.filter(kind=kind, object_id__in=list(ids)).select_related("matter").order_by("id")
    return {link.object_id: link.matter.case_number for link in found}


def numbers_of_requests(asked: Sequence[AppraisalRequest]) -> dict[UUID, str]:
    """Case numbers of requests, by what they or their visits were begun for."""
    sites = numbers_of(Kind.SITE, {each.site_id for each in asked})
    own = numbers_of(Kind.REQUEST, [each.pk for each in asked])
    found = {each.pk: own.get(each.pk) or sites.get(each.site_id, "") for each in asked}
    return {pk: number for pk, number in found.items() if number}


def requests_numbered(text: str) -> list[UUID]:
    """Visits and requests begun for matters whose number, now or before, holds the words: for search in lists."""
    if not text.strip():
        return []
    named = searching.matching(Matter.objects.all(), text, said=SEARCHED).filter(case_number__icontains=text.strip())
    matters = {*named.values_list("pk", flat=True)[:MOST_EARLIER], *_once_numbered(text)}
    rows = MatterLink.objects.filter(kind__in=[Kind.SITE, Kind.REQUEST], matter__in=matters)
    return list(rows.values_list("object_id", flat=True)[:500])


def linked(matter: Matter, kind: str) -> list[UUID]:
    """What of one kind was begun for it."""
    return list(matter.links.filter(kind=kind).values_list("object_id", flat=True))


def alike(person: User, matter: Matter) -> QuerySet[Matter]:
    """Others of the same system with the same number, which a person has to tell apart."""
    rows = matters_of(person).filter(connection_id=matter.connection_id, kind=matter.kind)
    return rows.filter(case_number=matter.case_number).exclude(pk=matter.pk)


def photo_for(person: User, photo_id: UUID) -> MatterPhoto:
    """A photo by reference of a matter this person may see. Raises NotFound404."""
    found = MatterPhoto.objects.select_related("matter", "exhibit").filter(pk=photo_id).first()
    if found is None or not matters_of(person).filter(pk=found.matter_id).exists():
        raise NotFound404()
    return found


def keys_of(connection_id: UUID) -> QuerySet[LaunchKey]:
    """The launch keys of a connection, newest first; whoever asks was shown the connection."""
    return LaunchKey.objects.filter(connection_id=connection_id)


def key_of(connection_id: UUID, key_id: UUID) -> LaunchKey:
    """One of them. Raises NotFound404."""
    found = keys_of(connection_id).filter(pk=key_id).first()
    if found is None:
        raise NotFound404()
    return found


def address_of(connection_id: UUID) -> KeyAddress | None:
    """Where the connection publishes its keys."""
    return KeyAddress.objects.filter(pk=connection_id).first()


def launches_of(connection_id: UUID) -> QuerySet[Launch]:
    """The launches of a connection, newest first."""
    return Launch.objects.filter(connection_id=connection_id).select_related("officer", "matter")


def door_to_exhibit(person: User, exhibit: Any) -> bool:
    """The door `evidence` asks: photos of a matter are open to who may see the matter."""
    from provinces.context import required

    if required().kind != "province":
        return False
    rows = MatterPhoto.objects.filter(exhibit_id=exhibit.pk).values("matter_id")
    return matters_of(person).filter(pk__in=rows).exists()


def rows_of(matter: Matter, person: User) -> dict[str, list[Any]]:
    """What was begun for a matter and this person may see, by kind."""
    from appraisal.requests import selectors as requests
    from tenants.clues import selectors as clues
    from tenants.correspondence import selectors as letters
    from tenants.inspections import selectors as inspections

    by_kind: dict[str, list[UUID]] = {}
    for kind, object_id in matter.links.values_list("kind", "object_id"):
        by_kind.setdefault(kind, []).append(object_id)
    wanted = Q(pk__in=by_kind.get(Kind.REQUEST, [])) | Q(site_id__in=by_kind.get(Kind.SITE, []))
    asked = requests.with_verdicts(requests.requests_of(person).filter(wanted)).order_by("pk")
    return {
        "requests": list(asked),
        "clues": list(clues.clues_seen_by(person).filter(pk__in=by_kind.get(Kind.CLUE, []))),
        "letters": list(letters.letters_of(person).filter(pk__in=by_kind.get(Kind.LETTER, []))),
        "inspections": list(inspections.inspections_of(person).filter(pk__in=by_kind.get(Kind.INSPECTION, []))),
    }


def works_with(request: HttpRequest) -> bool:
    """Whether the list of matters is offered: there are any in this province. Asked on every page: one small query."""
    person = request.user
    works = (Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)
    return isinstance(person, User) and person.has_role(*works) and Matter.objects.exists()
