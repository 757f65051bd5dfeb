"""The list, the room, its parts, the table and the report as files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from federation.jointcases import forms, presenters, report, selectors, sheet
from federation.jointcases.selectors import Inside, Viewer
from federation.jointcases.services import rooms as services
from federation.jointcases.services.rooms import Wanted
from federation.jointcases.views.common import cursor_of, shell_of, viewing
from federation.jointcases.views.steps import STEPS
from federation.letters.words import party_names
from gateway import pacing
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from webui.pages import PER_PAGE, paged, posted, show_page, uuid_or_none

PARTS = {
    "": (_("概况"), "jointcases/room.html"),
    "links": (_("联系图"), "jointcases/links.html"),
    "wall": (_("证据墙"), "jointcases/wall.html"),
    "meetings": (_("联席会议"), "jointcases/meetings.html"),
    "timeline": (_("时间线"), "jointcases/timeline.html"),
}


@viewing
@require_GET
def rooms(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Rooms this person may know of; those that wait for an answer first."""
    cursor = cursor_of(viewer)
    rows = selectors.rooms_of(viewer)
    waiting = [presenters.head(room) for room in rows.filter(standing="invited")]
    page = paged(rows.exclude(standing="invited"), request, PER_PAGE)
    context = {
        "page": page,
        "waiting": waiting,
        "rows": [presenters.head(room) for room in page],
        "shell": shell_of(viewer),
        "may_open": selectors.may_open_room(viewer),
        "live_cursor": cursor,
        "live_topics": "jointcase",
    }
    return render(request, "jointcases/rooms.html", context)


@viewing
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Open a room."""
    if not selectors.may_open_room(viewer):
        raise NotAllowed()
    form = forms.OpenForm(posted(request), viewer=viewer, initial={"lead_unit_id": viewer.person.unit_id})
    context = {
        "form": form,
        "title": _("开设联合办案"),
        "lead": _("先定名称、代号和牵头单位，再邀请成员。对方有一个工作日答复。"),
        "button": _("开设"),
        "back_url": reverse("jointcases:rooms"),
        "shell": shell_of(viewer),
    }
    if request.method == "POST" and form.is_valid():
        it = dict(form.cleaned_data)
        lead = it.pop("lead_unit_id")
        if viewer.kind == "office":
            party = f"province:{lead}"
            it["lead"] = Wanted(party=party, name=party_names([party])[party])
        else:
            it["lead_unit_id"] = UUID(lead)
        try:
            made = services.open_room(viewer=viewer, **it)
        except (BadInput, Conflict) as problem:
            return show_page(request, "jointcases/step.html", context, problem)
        return redirect("jointcases:room", room_id=made.pk)
    return show_page(request, "jointcases/step.html", context)


def _context(request: HttpRequest, viewer: Viewer, room_id: UUID, part: str) -> tuple[Inside, dict[str, Any]]:
    cursor = cursor_of(viewer)
    inside = selectors.inside(viewer, selectors.access_room(viewer, room_id))
    tabs = [
        (
            words,
            reverse("jointcases:part", args=[room_id, code]) if code else reverse("jointcases:room", args=[room_id]),
            code == part,
        )
        for code, (words, _template) in PARTS.items()
    ]
    steps = [step for step in STEPS.values() if step.part == part and not step.on and step.open_to(inside)]
    return inside, presenters.page_head(inside) | {
        "shell": shell_of(viewer),
        "tabs": tabs,
        "steps": [step for step in steps if not step.more],
        "more": [step for step in steps if step.more],
        "live_cursor": cursor,
        "live_topics": f"jointcase:{room_id}",
        "back_url": reverse("jointcases:rooms"),
    }


@viewing
@require_GET
def room(request: HttpRequest, viewer: Viewer, room_id: UUID) -> HttpResponse:
    """Members, tasks and progress: what one looks at every day."""
    inside, context = _context(request, viewer, room_id, "")
    context |= {
        "seats": presenters.seats(inside),
        "tasks": presenters.tasks(inside),
        "progress": presenters.progress(inside),
        "own_matters": presenters.own_matters(inside),
        "latest": presenters.timeline(inside, most=5),
        "contents": viewer.kind != "office" or any(seat.is_.contents for seat in inside.joined),
    }
    return render(request, "jointcases/room.html", context)


@viewing
@require_GET
def part(request: HttpRequest, viewer: Viewer, room_id: UUID, part: str) -> HttpResponse:
    """Links, wall, meetings, timeline."""
    inside, context = _context(request, viewer, room_id, part)
    if part == "links":
        context |= presenters.links(inside)
    elif part == "wall":
        context["wall"] = presenters.wall(inside)
    elif part == "meetings":
        context["meetings"] = presenters.meetings(inside)
    elif part == "timeline":
        chosen = uuid_or_none(request.GET.get("seat", ""))
        context |= {
            "chosen": chosen,
            "lines": presenters.timeline(inside, seat_id=chosen),
            "choices": list(inside.now.seats.values()),
        }
    else:
        raise NotFound404()
    return render(request, PARTS[part][1], context)


@viewing
@require_GET
def table(request: HttpRequest, viewer: Viewer, room_id: UUID) -> FileResponse:
    """The progress table as an Excel file, as this person may see it."""
    inside = selectors.inside(viewer, selectors.access_room(viewer, room_id))
    pacing.require("exports", user=request.user)
    name = f"{inside.room.code_name}.xlsx"
    return FileResponse(sheet.workbook(inside), as_attachment=True, filename=name)


@viewing
@require_GET
def paper(request: HttpRequest, viewer: Viewer, room_id: UUID, form: str) -> HttpResponse:
    """The closing report as PDF or Word; before the end as a draft."""
    inside = selectors.inside(viewer, selectors.access_room(viewer, room_id))
    if form == "pdf":
        return HttpResponse(report.as_pdf(inside), content_type="application/pdf")
    response = HttpResponse(
        report.as_word(inside), content_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    )
    response["Content-Disposition"] = 'attachment; filename="report.docx"'
    return response
