"""The doors to exports: only to one's own, and only while the matter is open to one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from evidence import matters
from evidence import selectors as evidence
from evidence.matters import Matter
from evidence.models import Package
from kernel.errors import NotAllowed, NotFound404
from tenants.bundles.models import Bundle


def access_matter(person: Any, kind: str, matter_id: UUID) -> Matter:
    """A matter that this person may export. Raises NotFound404; NotAllowed for who only reads it."""
    return _to_take_out(person, matters.access(person, kind, matter_id))


def access_package(person: Any, package_id: UUID) -> tuple[Package, Matter]:
    """A package that this person may export. Raises NotFound404; NotAllowed for who only reads it."""
    package, matter = evidence.access_package(person, package_id)
    return package, _to_take_out(person, matter)


def _to_take_out(person: Any, matter: Matter) -> Matter:
    if not evidence.may_take_out(person, matter):
        raise NotAllowed()
    return matter


def access_bundle(person: Any, bundle_id: UUID) -> Bundle:
    """One's own export. Raises NotFound404: for others', and when the matter is not open to one any more."""
    found = Bundle.objects.filter(pk=bundle_id, by_id=person.pk).first() if person.is_authenticated else None
    matter = matters.find(person, found.matter_kind, found.matter_id) if found else None
    if found is None or matter is None or not evidence.may_take_out(person, matter):
        raise NotFound404()
    return found


def bundles_of(person: Any, matter: Matter, package: Package | None = None) -> QuerySet[Bundle]:
    """One's own exports of a matter, or of a package, newest first."""
    return Bundle.objects.filter(
        matter_kind=matter.kind, matter_id=matter.id, by_id=person.pk, package_id=package.pk if package else None
    ).order_by("-id")
