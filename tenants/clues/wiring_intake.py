"""What intake puts on other pages, and who asks it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.access import person_of
from accounts.models import Post
from appraisal.requests.models import AppraisalRequest
from evidence import doors, hooks
from evidence.models import Exhibit
from evidence.presenters import tiles
from notify import words
from provinces.context import required
from tenants.clues import selectors_intake
from tenants.clues import uploads_intake as uploads
from tenants.clues.models import Clue
from tenants.clues.services import manual, tapping
from tenants.clues.services.addresses import differences
from tenants.clues.services.steps import url
from tenants.inspections import selectors as inspections
from tenants.inspections.models import Inspection
from webui import kept, nav, slots
from webui.slots import Piece

BUTTON = "clues/intake/_tap.html"


def register_all() -> None:
    """Called once, when the app is ready."""
    doors.register(selectors_intake.door_to_exhibit)
    hooks.on_uploaded("clue_intake:photos", uploads.PHOTOS)
    slots.register("requests:now", on_request, order=60)
    slots.register("inspections:now", on_inspection, order=60)
    slots.register("exhibits:now", on_exhibit)
    slots.register("clues:side", beside_clue, css=("evidence/exhibits.css", "clues/intake.css"), order=30)
    kept.register(
        "clue_intake:phone",
        instead_of=("/clues/new/",),
        files=("clues/new.js", "clues/address.js", "clues/intake.css", "requests/requests.css"),
    )
    import_module("tenants.clues.tasks_intake")  # Celery looks for `tasks` alone
    words.register("clue_import_done", _("线索导入已完成"))
    for area, order, url_name, label, icon, allowed in (
        ("phone-more", 10, "clue_intake:new", _("登记线索"), "plus", _registers),
        ("bureau", 24, "clue_intake:imports", _("导入线索"), "inbox", _keeps_a_desk),
        ("bureau", 25, "clue_intake:field_codes", _("报送码"), "phone", _keeps_a_desk),
        ("bureau", 26, "clue_intake:criteria", _("重点原因"), "diamond", _keeps_a_desk),
    ):
        nav.register(nav.NavItem(area=area, url_name=url_name, label=label, icon=icon, order=order, allowed=allowed))


def _registers(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and selectors_intake.may_register(person_of(request)))


def _keeps_a_desk(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated and manual.keeps_a_desk(person_of(request)))


def on_request(request: HttpRequest, *, asked: AppraisalRequest, may_write: bool = False, **_more: Any) -> Piece | None:
    """登记线索 below the verdict."""
    closed = (AppraisalRequest.State.DRAFT, AppraisalRequest.State.CANCELLED)
    if not may_write or asked.state in closed:
        return None
    return _button(tapping.FROM_REQUEST, asked.pk, "clue_intake:from_request")


def on_inspection(request: HttpRequest, *, inspection: Inspection | None = None, **_more: Any) -> Piece | None:
    """登记线索 below the steps of an inspection."""
    if inspection is None or not inspections.is_officer_of(person_of(request), inspection.pk):
        return None
    return _button(tapping.FROM_INSPECTION, inspection.pk, "clue_intake:from_inspection")


def on_exhibit(request: HttpRequest, *, exhibit: Exhibit, may_write: bool = False, **_more: Any) -> Piece | None:
    """登记发货人线索 on the page of a waybill."""
    if required().kind != "province" or exhibit.kind != Exhibit.Kind.WAYBILL or not may_write:
        return None
    if not person_of(request).has_role(Post.Role.OFFICER):
        return None
    return _button(tapping.FROM_WAYBILL, exhibit.pk, "clue_intake:from_waybill", is_waybill=True)


def beside_clue(request: HttpRequest, *, clue: Clue, **_more: Any) -> Piece | None:
    """Photos, addresses with their differences, where a report by code came from, and the way to add more."""
    person = person_of(request)
    files = selectors_intake.files_of(clue)
    places = selectors_intake.places_of(clue)
    return Piece(
        "clues/intake/_beside.html",
        {
            "clue": clue,
            "tiles": tiles(
                [each.exhibit for each in files], {each.exhibit_id: each.what for each in files if each.what}
            ),
            "places": places if any(each.record_kind for each in places) else [],
            "differences": differences(places, manual.hints_for(clue.desk_unit)),
            "report": selectors_intake.report_behind(clue),
            "may_complete": clue.state in Clue.OPEN and manual.may_complete(person, clue),
        },
    )


def _button(record_kind: str, record_id: Any, url_name: str, **more: Any) -> Piece:
    there = tapping.registered_from(record_kind, record_id)
    facts = {"tap_url_name": url_name, "record_id": record_id, "there": there, "there_url": url(there) if there else ""}
    return Piece(BUTTON, {**facts, **more})
