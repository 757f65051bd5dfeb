"""The doors to inspections.

Officers see and write the inspections they take part in; leaders and dispatchers read those of the units below theirs,
by the unit of the inspection or of any of its officers. Not yours and not there give the same 404.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest

from accounts.models import Post, Unit, User
from accounts.selectors import below, held_posts
from appraisal.requests.models import Appointment, AppraisalRequest, SceneSignature, Verdict
from evidence.models import Exhibit
from kernel import searching
from kernel.errors import NotAllowed, NotFound404
from provinces.context import required
from tenants.inspections.models import (
    NUMBER,
    CountOperation,
    Inspection,
    InspectionOfficer,
    Lot,
    LotMove,
    LotPhoto,
    LotQuestion,
    Notice,
    PresentPerson,
)

_WIDE_ROLES = (Post.Role.LEADER, Post.Role.DISPATCHER)
_BUREAUS = frozenset(
    {
        Unit.Kind.PROVINCIAL_BUREAU,
        Unit.Kind.MUNICIPAL_BUREAU,
        Unit.Kind.COUNTY_BUREAU,
        Unit.Kind.BRANCH_BUREAU,
        Unit.Kind.ZONE_COMMITTEE,
    }
)


def led_unit_ids(person: User) -> set[UUID]:
    """Units whose inspections this person reads as their leader or dispatcher."""
    units: set[UUID] = set()
    for post in held_posts(person):
        if post.role in _WIDE_ROLES and post.unit is not None:
            units |= below(post.unit)
    return units


def _visible(person: User) -> Q:
    units = led_unit_ids(person)
    if not units:
        return _taking_part(person)
    theirs = Exists(InspectionOfficer.objects.filter(inspection=OuterRef("pk"), officer__unit_id__in=units))
    return _taking_part(person) | Q(unit_id__in=units) | Q(theirs)


def _taking_part(person: User) -> Q:
    return Q(Exists(InspectionOfficer.objects.filter(inspection=OuterRef("pk"), officer=person)))


def inspections_of(person: User) -> QuerySet[Inspection]:
    """All inspections this person may see, newest first."""
    return Inspection.objects.filter(_visible(person)).select_related("unit", "site", "entity", "opened_by", "recorder")


def search(person: User, *, state: Iterable[str] | None = None, number: str = "") -> QuerySet[Inspection]:
    """Of these, those in one of the states, with the words in their number."""
    rows = inspections_of(person)
    if state is not None:
        rows = rows.filter(state__in=list(state))
    return searching.matching(rows, number, said=NUMBER) if number.strip() else rows


def own_inspections(person: User) -> QuerySet[Inspection]:
    """Those this person takes part in, newest first."""
    return inspections_of(person).filter(officers__officer=person)


def is_officer_of(person: User, inspection_id: UUID) -> bool:
    """Whether this person is one of the officers, and still an officer."""
    return (
        person.has_role(Post.Role.OFFICER)
        and InspectionOfficer.objects.filter(inspection_id=inspection_id, officer=person).exists()
    )


def access_inspection(person: User, inspection_id: UUID, *, lock: bool = False, bare: bool = False) -> Inspection:
    """One inspection by id. lock: hold its row until the end of the transaction, to write to it. bare: the row alone.

    Raises NotFound404; NotAllowed when it is to be written to by somebody who may only read it.
    """
    rows = Inspection.objects.filter(pk=inspection_id)
    if lock:
        taking_part = InspectionOfficer.objects.filter(
            inspection=OuterRef("pk"), officer=person, officer__posts__role=Post.Role.OFFICER
        )
        found = rows.filter(Exists(taking_part)).select_for_update(of=("self",)).first()
        if found is None and rows.filter(_visible(person)).exists():
            raise NotAllowed()
    else:
        if not bare:
            rows = rows.select_related("unit", "site", "entity", "opened_by", "recorder")
        # Who takes part is asked first: phones that count ask often, and leaders seldom.
        found = rows.filter(_taking_part(person)).first() or rows.filter(_visible(person)).first()
    if found is None:
        raise NotFound404()
    return found


def access_lot(person: User, lot_id: UUID, *, lock: bool = False) -> Lot:
    """One lot with its inspection; lock: holds the inspection. Raises NotFound404, NotAllowed."""
    lot = Lot.objects.filter(pk=lot_id).first()
    if lot is None:
        raise NotFound404()
    inspection = access_inspection(person, lot.inspection_id, lock=lock)
    if lock:
        lot = Lot.objects.get(pk=lot_id)  # it may have been moved before the lock was ours
        if lot.inspection_id != inspection.pk:
            raise NotFound404()
    lot.inspection = inspection
    return lot


def access_person(person: User, present_id: UUID, *, lock: bool = False) -> PresentPerson:
    """One person present, with the inspection. Raises NotFound404, NotAllowed."""
    found = PresentPerson.objects.filter(pk=present_id).first()
    if found is None:
        raise NotFound404()
    found.inspection = access_inspection(person, found.inspection_id, lock=lock)
    return found


def lots_of(inspection: Inspection, *, voided: bool = True) -> QuerySet[Lot]:
    """The lots as they are now, in the order they were written down, with photos, questions and verdicts."""
    rows = Lot.objects.filter(inspection=inspection)
    if not voided:
        rows = rows.filter(void_reason="")
    return rows.order_by("made_at", "pk").prefetch_related(
        Prefetch("photos", queryset=LotPhoto.objects.select_related("exhibit")),
        Prefetch("questions", queryset=LotQuestion.objects.select_related("item__request")),
        Prefetch("questions__item__verdicts", queryset=Verdict.objects.select_related("opinion", "withdrawal")),
        Prefetch(
            "questions__item__request__scene_signatures", queryset=SceneSignature.objects.defer("page", "strokes")
        ),
        Prefetch("moves", queryset=LotMove.objects.select_related("from_inspection", "to_inspection")),
    )


def lots_to_ask(inspection: Inspection) -> QuerySet[Lot]:
    """The lots that stand, with photos and what was asked about them: what asking needs, and no more."""
    rows = Lot.objects.filter(inspection=inspection, void_reason="").order_by("made_at", "pk")
    return rows.prefetch_related(
        Prefetch("photos", queryset=LotPhoto.objects.select_related("exhibit")),
        Prefetch("questions", queryset=LotQuestion.objects.select_related("item__request")),
    )


def officers_of(inspection: Inspection) -> QuerySet[InspectionOfficer]:
    """The officers in the order they came."""
    return InspectionOfficer.objects.filter(inspection=inspection).select_related("officer__unit")


def persons_of(inspection: Inspection) -> QuerySet[PresentPerson]:
    """The persons present."""
    return PresentPerson.objects.filter(inspection=inspection)


def notices_of(inspection: Inspection) -> QuerySet[Notice]:
    """What was told to the party."""
    return Notice.objects.filter(inspection=inspection).select_related("given_by")


def operations_since(inspection: Inspection, since: int, limit: int) -> list[CountOperation]:
    """Operations of the inspection after a version, oldest first."""
    rows = CountOperation.objects.filter(inspection=inspection, version__gt=since).order_by("version")
    return list(rows[:limit])


def operations_carried(lot_ids: Iterable[UUID], inspection: Inspection) -> list[CountOperation]:
    """What was said of lots on the inspections they came from."""
    rows = CountOperation.objects.filter(lot_id__in=list(lot_ids)).exclude(inspection=inspection)
    return list(rows.order_by("received_at", "pk"))


def operations_of(lot: Lot) -> list[CountOperation]:
    """All that was said of one lot, wherever it was said, in the order that everybody shares."""
    touching = Q(lot_id=lot.pk) | Q(kind=CountOperation.Kind.SPLIT, value__lot=str(lot.pk))
    return list(CountOperation.objects.filter(touching).order_by("turn", "pk"))


def lot_for_page(person: User, lot_id: UUID) -> Lot:
    """One lot with its inspection, photos, questions, verdicts and moves. Raises NotFound404."""
    inspection = access_lot(person, lot_id).inspection
    lot = lots_of(inspection).filter(pk=lot_id).first()
    if lot is None:
        raise NotFound404()
    lot.inspection = inspection
    return lot


def lots_gone(inspection: Inspection) -> list[UUID]:
    """Lots that were moved away and are elsewhere now."""
    moved = LotMove.objects.filter(from_inspection=inspection).exclude(lot__inspection=inspection)
    return list(moved.values_list("lot_id", flat=True).distinct())


def requests_asked(inspection: Inspection) -> list[AppraisalRequest]:
    """Requests that left from this inspection for somebody who answers, the first asked first."""
    rows = AppraisalRequest.objects.filter(
        items__lot_question__lot__inspection=inspection, organisation_id__isnull=False
    ).exclude(state=AppraisalRequest.State.CANCELLED)
    return list(rows.order_by("pk").distinct())


def arrivals_of(inspection: Inspection) -> list[Appointment]:
    """People of right holders who said on their own phones that they are on the premises."""
    rows = Appointment.objects.filter(request__site=inspection.site, state=Appointment.Step.DONE)
    return list(rows.select_related("request").order_by("meet_at", "pk"))


def scene_signatures_of(inspection: Inspection) -> list[SceneSignature]:
    """What people of right holders signed on the premises, with the request, in the order of signing."""
    rows = SceneSignature.objects.filter(request__site=inspection.site_id).select_related("request")
    return list(rows.order_by("signed_at", "pk"))


def bureau_of(unit: Unit) -> Unit:
    """The bureau a unit belongs to: itself, or the nearest above it."""
    found = unit
    while found.kind not in _BUREAUS and found.parent is not None:
        found = found.parent
    return found


def work_together(one: Unit, other: Unit) -> bool:
    """Whether officers of two units may inspect together: of one bureau, or one unit is above the other."""
    return bureau_of(one) == bureau_of(other) or other.pk in below(one) or one.pk in below(other)


def may_see_exhibit(person: User, exhibit_id: UUID) -> bool:
    """Whether a photo hangs on a lot, or is the licence, of an inspection this person may see."""
    hangs = Q(Exists(LotPhoto.objects.filter(lot__inspection=OuterRef("pk"), exhibit_id=exhibit_id)))
    rows = Inspection.objects.filter(hangs | Q(entity__licence_exhibit_id=exhibit_id))
    return rows.filter(_visible(person)).exists()


def door_to_exhibit(person: User, exhibit: Exhibit) -> bool:
    """The door `evidence` asks. Elsewhere than in a province there are no inspections, so it is shut."""
    return required().kind == "province" and may_see_exhibit(person, exhibit.pk)


def inspects_or_reads(request: HttpRequest) -> bool:
    """Whether the pages of inspections are this person's."""
    person = request.user
    return person.is_authenticated and person.has_role(Post.Role.OFFICER, *_WIDE_ROLES)
