"""One target: what the officer at the door sees, and the few things done there."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of, reader
from accounts.models import User
from accounts.selectors import heads
from kernel.errors import BadInput, NotAllowed, NotFound404
from kernel.ids import uuid7
from notify.live import live_cursor
from tenants.campaigns import forms, presenters, selectors, veil
from tenants.campaigns.models import JointTarget, TargetMark
from tenants.campaigns.services import escorting, going, planning
from tenants.campaigns.views.actions import holder_of, target_form
from tenants.campaigns.views.common import form_page, ids, shell_of, try_it
from tenants.inspections import selectors as inspections
from tenants.inspections.models import Inspection
from webui.pages import posted, speaks_json, uuid_or_none

DONE = {
    TargetMark.Kind.RECEIVED: _("已记下：收到。"),
    TargetMark.Kind.IN_PLACE: _("已记下：到位。"),
    TargetMark.Kind.UNABLE: _("已告知策划人员。"),
}


@reader
@never_cache
@require_GET
def target(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """One target through this person's eyes."""
    person, cursor = person_of(request), live_cursor()
    found = selectors.access_target(person, target_id)
    head = presenters.action_head(person, found.action)
    seen = veil.see_one(person, found)
    works = going.may_work(person, found)
    asked = selectors.targets_of(found.action).get(pk=found.pk).people_asked.all() if head["plans"] else []
    context = head | {
        "seen": seen,
        "row": presenters.row(seen),
        "works": works,
        "may_start": works and person.has_role("officer") and head["has_come"] and not head["over"] and seen.open,
        "may_end": (works or head["leads"]) and head["has_come"] and seen.open,
        "may_add_late": (works or head["leads"]) and seen.state == JointTarget.State.ENDED,
        "may_change": (head["plans"] or _heads(person, found)) and not head["over"] and seen.open,
        "may_drop": head["plans"] and not head["over"] and seen.state == JointTarget.State.PLANNED,
        "may_ask_people": head["plans"] and not head["over"] and not seen.outside and seen.open,
        "asked": asked,
        "shell": shell_of(person),
        "inspection_url": _inspection_url(person, found.inspection),
        "mark_key": uuid7(),
        "live_cursor": cursor,
        "live_topics": f"joint:{found.action_id}" + (" inspections" if head["has_come"] else ""),
        "back_url": reverse("campaigns:action", args=[found.action_id]),
    }
    return render(request, "campaigns/target.html", context)


def _inspection_url(person: User, inspection: Inspection | None) -> str:
    """Where the inspection is, for who may see it."""
    if inspection is None or not inspections.inspections_of(person).filter(pk=inspection.pk).exists():
        return ""
    return reverse("inspections:inspection", args=[inspection.pk])


def _heads(person: User, found: JointTarget) -> bool:
    return found.unit_id is not None and heads(person, found.unit_id)


@reader
@require_POST
@speaks_json
def mark(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """已收到 or 已到位, by a form or by a phone that was without a signal ({id, mark, hour, at, note})."""
    person = person_of(request)
    selectors.access_target(person, target_id)
    here = reverse("campaigns:target", args=[target_id])
    if request.content_type == "application/json":
        said = _said(request)
        row = going.mark(by=person, target_id=target_id, **said)
        return JsonResponse({"id": str(row.pk), "url": here}, status=201)
    kind = request.POST.get("mark", "")
    hour = request.POST.get("hour", "")
    return try_it(
        request,
        here,
        lambda: (
            going.mark(
                by=person,
                target_id=target_id,
                kind=kind,
                hour=int(hour) if hour.isascii() and hour.isdigit() and len(hour) < 5 else None,
                note=request.POST.get("note", ""),
                mark_id=uuid_or_none(request.POST.get("id", "")),
            )
            and None
        ),
        DONE.get(TargetMark.Kind(kind), "") if kind in DONE else "",
    )


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body)
        at = parse_datetime(str(said.get("at")))
        hour = said.get("hour")
    except (ValueError, AttributeError) as error:
        raise BadInput(_("这次标记没有读懂，仍留在手机上。请打开目标页面再点一次。"), code="mark_unreadable") from error
    return {
        "kind": str(said.get("mark", "")),
        "hour": hour if isinstance(hour, int) and 0 < hour < 10_000 else None,
        "at": at if isinstance(at, datetime) and at.tzinfo is not None else None,
        "note": str(said.get("note", ""))[:200],
        "mark_id": uuid_or_none(str(said.get("id", ""))),
    }


@reader
@require_POST
def start(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """At the hour: the inspection is open, with the place filled in."""
    person = person_of(request)
    selectors.access_target(person, target_id)
    wanted = uuid_or_none(request.POST.get("inspection_id", ""))

    def work() -> str:
        opened = going.start(by=person, target_id=target_id, inspection_id=wanted)
        return _inspection_url(person, opened) or reverse("campaigns:target", args=[target_id])

    return try_it(request, reverse("campaigns:target", args=[target_id]), work)


@reader
@never_cache
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, target_id: UUID, step: str) -> HttpResponse:
    """One step of a target: change, going, people, unable, end, late, drop."""
    person = person_of(request)
    found = selectors.access_target(person, target_id)
    chosen = _STEPS.get(step)
    if chosen is None:
        raise NotFound404()
    return chosen(request, person, found)


def _here(found: JointTarget) -> str:
    return reverse("campaigns:target", args=[found.pk])


def _change(request: HttpRequest, person: User, found: JointTarget) -> HttpResponse:
    if not selectors.plans(person, found.action):
        raise NotAllowed()
    initial = {name: getattr(found, name) for name in planning.TARGET_FIELDS} | {
        "holder": str(found.unit_id or found.party or ""),
        "officer_ids": [str(each.person_id) for each in found.officers.all()],
    }
    form = target_form(posted(request), person, found.action, found.unit, **initial)
    if found.action.origin:
        for name in planning.TARGET_FIELDS - {"assembly"}:
            del form.fields[name]
    return form_page(
        request,
        form,
        title=_("修改目标"),
        lead=found.action.code_name,
        here=_here(found),
        work=lambda said: planning.change_target(by=person, target_id=found.pk, **holder_of(said)) and None,
    )


def _going(request: HttpRequest, person: User, found: JointTarget) -> HttpResponse:
    if not _heads(person, found) or found.unit is None:
        raise NotAllowed()
    officers = selectors.colleagues(found.unit).filter(posts__role="officer").distinct()
    return form_page(
        request,
        forms.GoingForm(posted(request), officers=officers),
        title=_("指定执法人员"),
        lead=_("第一位带队。至少两人。"),
        here=_here(found),
        work=lambda said: planning.change_target(
            by=person, target_id=found.pk, officer_ids=ids(said["officer_ids"])
        ) and None,
    )  # fmt: skip


def _people(request: HttpRequest, person: User, found: JointTarget) -> HttpResponse:
    if not selectors.plans(person, found.action):
        raise NotAllowed()
    return form_page(
        request,
        forms.PeopleForm(
            posted(request),
            organisations=selectors.organisations_answering(),
            initial={"meet_at": found.action.zero_hour},
        ),
        title=_("请权利人派员"),
        lead=_("对方收到县区、时间、商品和联系人，看不到当事人和地址。"),
        here=_here(found),
        work=lambda said: escorting.ask(
            by=person, target_id=found.pk, **said | {"organisation_id": UUID(said["organisation_id"])}
        ) and None,
    )  # fmt: skip


def _unable(request: HttpRequest, person: User, found: JointTarget) -> HttpResponse:
    return form_page(
        request,
        forms.UnableForm(posted(request)),
        title=_("不能参加"),
        lead=_("策划人员会立即收到，据此换人。"),
        here=_here(found),
        work=lambda said: going.mark(
            by=person, target_id=found.pk, kind=TargetMark.Kind.UNABLE, note=said["note"]
        ) and None,
    )  # fmt: skip


def _end(request: HttpRequest, person: User, found: JointTarget) -> HttpResponse:
    return form_page(
        request,
        forms.OutcomeForm(posted(request)),
        title=_("填写结果"),
        lead=_("已从这里开始检查的，数字自动带入。"),
        here=_here(found),
        work=lambda said: going.end_target(by=person, target_id=found.pk, **said) and None,
    )


def _late(request: HttpRequest, person: User, found: JointTarget) -> HttpResponse:
    return form_page(
        request,
        forms.OutcomeForm(posted(request), initial={"outcome": found.outcome}),
        title=_("补报结果"),
        lead=_("行动结束以后补来的情况。"),
        here=_here(found),
        work=lambda said: going.report_late(by=person, target_id=found.pk, **said) and None,
    )


def _drop(request: HttpRequest, person: User, found: JointTarget) -> HttpResponse:
    return form_page(
        request,
        forms.ReasonForm(posted(request)),
        title=_("撤下目标"),
        lead=_("不再前往；原因列入结果表。"),
        here=_here(found),
        work=lambda said: going.drop_target(by=person, target_id=found.pk, **said) and None,
        seal=True,
    )


_STEPS = {
    "change": _change,
    "going": _going,
    "people": _people,
    "unable": _unable,
    "end": _end,
    "late": _late,
    "drop": _drop,
}
