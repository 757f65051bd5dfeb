"""The doors to what comes in: imports and codes of one's own desk, files of clues one may see."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import Post, User
from evidence.models import Exhibit
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required
from tenants.clues import selectors
from tenants.clues.models import Clue, ClueFile, ClueImport, ClueImportRow, CluePlace, FieldCode, FieldReport
from tenants.clues.services.manual import keeps_a_desk


def imports(person: User) -> QuerySet[ClueImport]:
    """Imports at desks of this person, newest first. Raises NotAllowed for who keeps none."""
    if not person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER):
        raise NotAllowed()
    rows = ClueImport.objects.filter(desk_unit__in=selectors.desk_unit_ids(person))
    return rows.select_related("by", "desk_unit")


def clue_import(person: User, import_id: UUID) -> ClueImport:
    """One import. Raises NotFound404, NotAllowed."""
    found = imports(person).filter(pk=import_id).first()
    if found is None:
        raise NotFound404()
    return found


def lines(job: ClueImport, *, outcomes: Iterable[str] = ()) -> QuerySet[ClueImportRow]:
    """Rows of an import in the order of the file."""
    rows = job.lines.select_related("clue")
    wanted = list(outcomes)
    return rows.filter(outcome__in=wanted) if wanted else rows


def import_names(person: User) -> list[str]:
    """Names of sources as they were written before at this person's desks."""
    names = imports(person).order_by().values_list("name", flat=True).distinct()
    return sorted(names)[:100]


def field_codes(person: User) -> QuerySet[FieldCode]:
    """Codes of this person's desks, open ones first, with how many reports came. Raises NotAllowed."""
    if not person.has_role(Post.Role.DISPATCHER, Post.Role.LEADER):
        raise NotAllowed()
    rows = FieldCode.objects.filter(desk_unit__in=selectors.desk_unit_ids(person)).select_related(
        "made_by", "desk_unit"
    )
    return rows.annotate(report_count=Count("reports"), is_over=Count("pk", filter=Q(ended_at__isnull=False))).order_by(
        "is_over", "-id"
    )


def field_code(person: User, field_code_id: UUID) -> FieldCode:
    """One code. Raises NotFound404, NotAllowed."""
    found = field_codes(person).filter(pk=field_code_id).first()
    if found is None:
        raise NotFound404()
    return found


def reports_of(row: FieldCode, *, limit: int = 20) -> list[FieldReport]:
    """The latest reports by a code, with their clues."""
    return list(row.reports.select_related("clue")[:limit])


def files_of(clue: Clue) -> list[ClueFile]:
    """What lies with a clue."""
    return list(clue.files.select_related("exhibit"))


def places_of(clue: Clue) -> list[CluePlace]:
    """Every address of a clue, the one that decides first."""
    return list(clue.places.all())


def report_behind(clue: Clue) -> FieldReport | None:
    """The report by code that a clue began with."""
    return FieldReport.objects.filter(clue=clue).first()


def door_to_exhibit(person: User, exhibit: Exhibit) -> bool:
    """The door `evidence` asks: whoever may see a clue may see what lies with it."""
    if required().kind != "province":
        return False
    rows = ClueFile.objects.filter(exhibit=exhibit)
    return rows.exists() and rows.filter(clue__in=selectors.clues_seen_by(person).order_by().values("pk")).exists()


def may_register(person: User) -> bool:
    """Whether this person registers clues by hand."""
    return keeps_a_desk(person) or (person.has_role(Post.Role.OFFICER) and person.unit_id is not None)
