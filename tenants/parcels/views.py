"""Pages of parcels: how a connection exchanges files, one parcel that went out, one report on a file that came in."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sudo
from accounts.access import person_of
from connections import rules
from connections.models import Connection
from evidence.store import store
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem
from provinces.context import required
from tenants.parcels import forms, packing, presenters, selectors, services, sheets
from tenants.parcels import kinds as registry
from tenants.parcels.models import Parcel, Report, ReportRow
from tenants.parcels.services.settings import kinds_chosen, setting_of
from webui.pages import paged, posted, show_page, turn_back

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200


@login_required
@never_cache
@require_GET
def parcels(request: HttpRequest) -> HttpResponse:
    """The connections whose files this person carries, and what waits."""
    person = person_of(request)
    selectors.require_carrier(person)
    rows = [presenters.connection_line(each) for each in selectors.connections_to_carry(person)]
    return render(request, "parcels/list.html", {"rows": rows})


@login_required
@never_cache
@require_GET
def connection(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """What went out and came in, gaps in the numbers, make one, bring one."""
    person = person_of(request)
    found = selectors.access_connection(person, connection_id)
    return render(request, "parcels/connection.html", _connection_context(request, found))


def _connection_context(request: HttpRequest, found: Connection, **more: Any) -> dict[str, Any]:
    person = person_of(request)
    setting = setting_of(found.pk)
    carries = selectors.may_carry(person)
    return {
        "connection": found,
        "setting": setting,
        "carries": carries,
        "keeps": rules.may_keep(person),
        "may_end": rules.may_see(person),
        "out": paged(selectors.parcels_of(person, found), request),
        "came": paged(selectors.reports_of(person, found), request),
        "missing": selectors.missing_numbers(found.pk),
        "keys": selectors.keys_of(found),
        "own_keys": packing.own_keys(required().name),
        "kinds_out": [each.label for each in registry.kinds_of(found) if each.name in kinds_chosen(found, setting)],
        "kinds_in": [each.label for each in registry.kinds_of(found, incoming=True)],
        "make_form": forms.MakeForm(),
        "bring_form": forms.BringForm(),
        "key_form": forms.KeyForm(),
        "back_url": _back_of(request, found),
        **more,
    }


def _back_of(request: HttpRequest, found: Connection) -> str:
    """Keepers come from the page of the connection, carriers from their list."""
    return f"/connections/{found.pk}/" if rules.may_see(person_of(request)) else reverse("parcels:list")


@login_required
@require_POST
def make(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Make a parcel now."""
    person = person_of(request)
    found = selectors.access_connection(person, connection_id)
    form = forms.MakeForm(request.POST)
    here = reverse("parcels:connection", args=[connection_id])
    try:
        if not form.is_valid():
            raise BadInput(_now("日期不对。请写成 2026-11-20 这样的真实日期。"), code="date_wrong")
        made = services.ask(
            by=person,
            connection=found,
            since=_midnight(form.cleaned_data["since"]),
            until=_midnight(form.cleaned_data["until"], after=True),
        )
    except Problem as problem:
        return turn_back(request, problem, here)
    return redirect("parcels:parcel", made.pk)


def _midnight(day: date | None, *, after: bool = False) -> datetime | None:
    """The beginning of a day in China, or its end."""
    if day is None:
        return None
    begin = datetime.combine(day, time(), clock.SHANGHAI)
    return min(begin + timedelta(days=1), clock.now()) if after else begin


@login_required
@require_POST
def bring(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Bring a file and have it checked."""
    person = person_of(request)
    found = selectors.access_connection(person, connection_id)
    form = forms.BringForm(request.POST, request.FILES)
    here = reverse("parcels:connection", args=[connection_id])
    try:
        if not form.is_valid():
            raise BadInput(_now("请选择要上传的文件；空文件不能上传。"), code="file_empty")
        file = form.cleaned_data["file"]
        report = services.bring(by=person, connection=found, stream=file, file_name=file.name, size_bytes=file.size)
    except Problem as problem:
        return turn_back(request, problem, here)
    if report.brought_at < clock.now() - timedelta(minutes=1):
        messages.info(request, _now("这个文件以前上传过，这是那一次的检查报告。"))
    return redirect("parcels:report", report.pk)


@login_required
@require_GET
def template(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """An empty workbook to fill in."""
    found = selectors.access_connection(person_of(request), connection_id)
    return _file(sheets.template(registry.kinds_of(found, incoming=True)), "parcel-template.xlsx", XLSX)


@login_required
@require_GET
def key(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """A public key of ours, by which the other side verifies: the one in use, or the one before it that is named."""
    selectors.access_connection(person_of(request), connection_id)
    seat = required().name
    wanted = request.GET.get("fingerprint", "")
    for each in packing.own_keys(seat):
        if wanted in ("", each.fingerprint):
            name = f"{seat}-parcels.pem" if each.until is None else f"{seat}-parcels-{each.fingerprint[:8]}.pem"
            return _file(each.pem.encode(), name, "application/x-pem-file")
    raise NotFound404()


def _file(data: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Which records, every night or not, tables by hand or not."""
    person = person_of(request)
    found = selectors.access_connection(person, connection_id)
    if not rules.may_keep(person):
        raise NotAllowed()
    setting = setting_of(found.pk)
    choices = [(each.name, each.label) for each in registry.kinds_of(found)]
    initial = {
        "kinds": kinds_chosen(found, setting),
        "nightly": setting.nightly,
        "sheets_allowed": setting.sheets_allowed,
    }
    form = forms.SettingsForm(posted(request), kinds=choices, initial=initial)
    here = reverse("parcels:connection", args=[connection_id])
    context = {"form": form, "connection": found, "back_url": here}
    if request.method == "POST" and form.is_valid():
        try:
            services.configure(by=person, connection=found, **form.cleaned_data)
        except (BadInput, Conflict) as problem:
            return show_page(request, "parcels/settings.html", context, problem)
        messages.success(request, _now("已保存。"))
        return redirect(here)
    return show_page(request, "parcels/settings.html", context)


@login_required
@require_POST
@sudo.required
def add_key(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Register a public key of the other side."""
    person = person_of(request)
    found = selectors.access_connection(person, connection_id)
    here = reverse("parcels:connection", args=[connection_id])
    try:
        services.add_key(by=person, connection=found, pem=request.POST.get("pem", "")[:4000])
    except (BadInput, Conflict) as problem:
        return turn_back(request, problem, here)
    messages.success(request, _now("公钥已登记。请与对方电话核对指纹。"))
    return redirect(here)


@login_required
@require_POST
def end_key(request: HttpRequest, connection_id: UUID, partner_key_id: UUID) -> HttpResponse:
    """Nothing signed by this key counts any more."""
    person = person_of(request)
    services.end_key(by=person, connection=selectors.access_connection(person, connection_id), key_id=partner_key_id)
    return redirect("parcels:connection", connection_id)


@login_required
@never_cache
@require_GET
def parcel(request: HttpRequest, parcel_id: UUID) -> HttpResponse:
    """One parcel: its bar while it is made, then how to fetch and check it. Part: progress."""
    person = person_of(request)
    found, its = selectors.access_parcel(person, parcel_id)
    context = {
        "parcel": found,
        "connection": its,
        "carries": selectors.may_carry(person),
        "is_going": found.state in (Parcel.State.QUEUED, Parcel.State.RUNNING),
        "counts": presenters.counts_of(its, found),
        "receipts": presenters.receipts(its, found),
        "back_url": reverse("parcels:connection", args=[its.pk]),
    }
    part = "parcels/parcel.html#progress" if request.GET.get("part") == "progress" else "parcels/parcel.html"
    return render(request, part, context)


@login_required
@require_POST
def download(request: HttpRequest, parcel_id: UUID) -> HttpResponse | FileResponse:
    """The file. Written into the trail before the first byte leaves."""
    person = person_of(request)
    found, _its = selectors.access_parcel(person, parcel_id)
    try:
        services.hand_out(found, by=person)
    except Conflict as problem:
        return turn_back(request, problem, reverse("parcels:parcel", args=[parcel_id]))
    return answer(found)


def answer(found: Parcel) -> FileResponse:
    """The file of a parcel as an attachment."""
    name = f"{required().name}-{found.sequence:04d}-{found.sha256[:8]}.zip"
    response = FileResponse(
        store().open(found.object_key, sha256=found.sha256),
        content_type="application/zip",
        filename=name,
        as_attachment=True,
    )
    response["Content-Length"] = str(found.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@never_cache
@require_GET
def report(request: HttpRequest, parcel_report_id: UUID) -> HttpResponse:
    """What a file would do, or did. Part: progress."""
    found, its = selectors.access_report(person_of(request), parcel_report_id)
    rejected = selectors.rows_of(found, ReportRow.Effect.REJECTED)
    others = selectors.rows_of(found).exclude(effect=ReportRow.Effect.REJECTED)
    context = {
        "report": found,
        "connection": its,
        "is_moving": found.state in Report.MOVING,
        "rejected": presenters.rows(its, rejected[:SHOWN]),
        "others": presenters.rows(its, others[:SHOWN]),
        "numbers": presenters.numbers(found),
        "to_take": found.counts.get("new", 0) + found.counts.get("change", 0),
        "most": SHOWN,
        "back_url": reverse("parcels:connection", args=[its.pk]),
    }
    part = "parcels/report.html#progress" if request.GET.get("part") == "progress" else "parcels/report.html"
    return render(request, part, context)


@login_required
@require_POST
def take(request: HttpRequest, parcel_report_id: UUID) -> HttpResponse:
    """Take the good rows in."""
    person = person_of(request)
    found, _its = selectors.access_report(person, parcel_report_id)
    here = reverse("parcels:report", args=[parcel_report_id])
    try:
        services.take(by=person, report=found)
    except Conflict as problem:
        return turn_back(request, problem, here)
    return redirect(here)


@login_required
@require_POST
def drop(request: HttpRequest, parcel_report_id: UUID) -> HttpResponse:
    """Leave a file aside."""
    person = person_of(request)
    found, its = selectors.access_report(person, parcel_report_id)
    try:
        services.drop(by=person, report=found)
    except Conflict as problem:
        return turn_back(request, problem, reverse("parcels:report", args=[parcel_report_id]))
    return redirect("parcels:connection", its.pk)


@login_required
@require_GET
def returned(request: HttpRequest, parcel_report_id: UUID) -> HttpResponse:
    """The rows that were not taken in, with the reasons, in the shape of the template."""
    found, its = selectors.access_report(person_of(request), parcel_report_id)
    return _file(presenters.returned(its, found), f"returned-{found.sha256[:8]}.xlsx", XLSX)
