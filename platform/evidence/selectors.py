"""The doors through which exhibits are read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Post, User
from accounts.selectors import below, held_posts
from evidence import doors, kinds, matters
from evidence.matters import Matter
from evidence.models import (
    Carton,
    Exhibit,
    ExhibitUse,
    Package,
    PackageItem,
    Quarantined,
    Sheet,
    SheetFile,
    Withdrawal,
)
from evidence.store import is_own
from evidence.withdrawals import APPROVERS
from kernel.errors import NotFound404
from provinces.context import required


def access_exhibit(person: Any, exhibit_id: UUID, *, original: bool = False) -> Exhibit:
    """The exhibit, for somebody whom a door lets in. Raises NotFound404: the same for absent, foreign and shut."""
    exhibit = Exhibit.objects.filter(pk=exhibit_id).first() if person.is_authenticated else None
    if exhibit is None or not doors.open_to(person, exhibit, original=original):
        raise NotFound404()
    key = exhibit.view_key or exhibit.original_key
    if key and not is_own(key):
        raise NotFound404()
    return exhibit


def opens_by_matter(person: User, exhibit: Exhibit) -> bool:
    """A door: whoever may see a matter sees what was put with it, and the files of its waybills, records and videos."""
    if required().kind != "province":
        return False
    used = ExhibitUse.objects.filter(exhibit=exhibit).values_list("matter_kind", "matter_id")
    within = Sheet.objects.filter(files__exhibit=exhibit).values_list("matter_kind", "matter_id")
    return any(matters.find(person, kind, matter_id) for kind, matter_id in {*used, *within})


def opens_original(person: User, exhibit: Exhibit) -> bool:
    """A door to originals: officers and leaders, for exhibits of matters they may see. Administrators have none."""
    if required().kind != "province" or not person.has_role(Post.Role.OFFICER, Post.Role.LEADER):
        return False
    return opens_by_matter(person, exhibit) or bool(matters.uses(person, exhibit)[0])


def may_take_out(person: User, matter: Matter) -> bool:
    """Whether this person may export a matter they see: its officers and leaders. Dispatchers only read."""
    return matters.may_write(person, matter) or person.has_role(Post.Role.LEADER)


def keeps_evidence(request: HttpRequest) -> bool:
    """Whether the list of exhibits is this person's: officers, dispatchers and leaders."""
    person = request.user
    return person.is_authenticated and person.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


def exhibits_of(
    person: User, *, kind: str = "", legal_kind: str = "", matter: Matter | None = None
) -> QuerySet[Exhibit]:
    """What this person may see, newest first; parts stand within what they belong to."""
    rows = matters.exhibits(matter) if matter else matters.open_to(person)
    if kind == "redacted":
        rows = rows.exclude(redacted_from=None)
    elif kind:
        rows = rows.filter(kind=kind)
    else:
        rows = rows.exclude(kind__in=kinds.PARTS)
    if legal_kind:
        rows = rows.filter(legal_kind=legal_kind)
    return rows.order_by("-received_at", "-pk")


def files_of(exhibit: Exhibit) -> list[SheetFile]:
    """The files of a waybill, a record or a video, in order; of anything else none."""
    sheet = Sheet.objects.filter(exhibit=exhibit).first()
    return list(sheet.files.select_related("exhibit")) if sheet else []


def access_sheet(person: User, sheet_id: UUID, *, write: bool = False) -> tuple[Sheet, Matter]:
    """A sheet of a matter this person may see. Raises NotFound404; NotAllowed for who only reads."""
    sheet = Sheet.objects.select_related("exhibit").filter(pk=sheet_id).first() if person.is_authenticated else None
    if sheet is None:
        raise NotFound404()
    return sheet, matters.access(person, sheet.matter_kind, sheet.matter_id, write=write)


def open_sheets(matter: Matter) -> QuerySet[Sheet]:
    """Sheets of a matter that are still being written."""
    return Sheet.objects.filter(matter_kind=matter.kind, matter_id=matter.id, state=Sheet.State.OPEN)


def access_package(person: User, package_id: UUID, *, write: bool = False) -> tuple[Package, Matter]:
    """A package of a matter this person may see. Raises NotFound404; NotAllowed for who only reads."""
    package = Package.objects.filter(pk=package_id).first() if person.is_authenticated else None
    if package is None:
        raise NotFound404()
    return package, matters.access(person, package.matter_kind, package.matter_id, write=write)


def packages_of(matter: Matter) -> list[Package]:
    """The latest version of each package of a matter, newest first."""
    rows = Package.objects.filter(matter_kind=matter.kind, matter_id=matter.id).order_by("series_id", "-version")
    return sorted(rows.distinct("series_id"), key=lambda row: row.sealed_at, reverse=True)


def versions_of(package: Package) -> QuerySet[Package]:
    """All versions of a package, the first one first."""
    return Package.objects.filter(series_id=package.series_id).order_by("version")


def package_items(package: Package) -> QuerySet[PackageItem]:
    """The exhibits of a package, in their order."""
    return PackageItem.objects.filter(package=package).select_related("exhibit").order_by("position")


def cartons_of(matter: Matter) -> QuerySet[Carton]:
    """Cartons of a matter with their waybills."""
    rows = Carton.objects.filter(matter_kind=matter.kind, matter_id=matter.id)
    return rows.prefetch_related("waybills__exhibit")


def withdrawals(person: Any) -> QuerySet[Withdrawal]:
    """Requests to withdraw that this person decides or decided: a leader's of the units below, an administrator's all.

    Raises NotFound404 for everybody else.
    """
    if not (person.is_authenticated and person.has_role(*APPROVERS)):
        raise NotFound404()
    rows = Withdrawal.objects.select_related("exhibit")
    if person.has_role(Post.Role.BUREAU_ADMIN):
        return rows
    units: set[UUID] = set()
    for post in held_posts(person):
        if post.role == Post.Role.LEADER and post.unit is not None:
            units |= below(post.unit)
    return rows.filter(exhibit__unit_id__in=units)


def access_withdrawal(person: Any, withdrawal_id: UUID) -> Withdrawal:
    """One of `withdrawals`. Raises NotFound404."""
    row = withdrawals(person).filter(pk=withdrawal_id).first()
    if row is None:
        raise NotFound404()
    return row


def colleagues(person: User) -> QuerySet[User]:
    """Officers of the same unit, to be named as the second one."""
    rows = User.people.filter(unit_id=person.unit_id, is_active=True, posts__role=Post.Role.OFFICER)
    return rows.exclude(pk=person.pk).distinct()


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
    people = User.people.filter(is_active=True, posts__role=Post.Role.OFFICER)
    return people.distinct().select_related("unit")


def own_exhibit(person: User, exhibit_id: UUID) -> Exhibit:
    """A photo that this person handed in. Raises NotFound404."""
    found = Exhibit.objects.filter(pk=exhibit_id, by_id=person.pk, view_only=False).first()
    if found is None:
        raise NotFound404()
    return found
