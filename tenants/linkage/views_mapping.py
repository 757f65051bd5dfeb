"""Pages of a platform's mapping: versions, the table, a preview, import and export, how messages get there."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import person_of
from connections import rules as connection_rules
from connections.models import Connection
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404, Problem
from kernel.tables import read_sheets
from tenants.cases import selectors as cases
from tenants.linkage import forms, presenters, selectors, sources, terms
from tenants.linkage.mapping import rules
from tenants.linkage.models import Mapping, Outgoing
from tenants.linkage.services import mapping as services
from webui.pages import posted, show_page, turn_back

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 2_000_000


@login_required
@never_cache
@require_GET
def mapping(request: HttpRequest, linkage_connection_id: UUID) -> HttpResponse:
    """The version in force, or the newest, and how messages get there."""
    found = selectors.access_platform(person_of(request), linkage_connection_id)
    shown = selectors.mapping_in_force(found.pk) or selectors.mappings_of(found).first()
    return _show(request, found, shown)


@login_required
@never_cache
@require_GET
def version(request: HttpRequest, linkage_connection_id: UUID, mapping_version: int) -> HttpResponse:
    """One version."""
    found = selectors.access_platform(person_of(request), linkage_connection_id)
    return _show(request, found, selectors.access_mapping(found, mapping_version))


def _show(request: HttpRequest, found: Connection, shown: Mapping | None) -> HttpResponse:
    person = person_of(request)
    rows = services.rows_of(shown)
    wrong = services.findings(shown) if shown else []
    record, whose, number = _record(request)
    kind = request.GET.get("kind", Outgoing.Kind.REFERRAL)
    kind = kind if kind in Outgoing.Kind.values else Outgoing.Kind.REFERRAL
    payload, problems = rules.build(rows, record, kind) if rows else ({}, [])
    setting = selectors.setting_of(found.pk)
    form = rules.as_bytes(payload, form=setting.body_format).decode() if payload and not problems else ""
    if form and setting.body_format == "json":
        form = json.dumps(payload, ensure_ascii=False, indent=2)
    context = {
        "connection": found,
        "setting": setting,
        "mapping": shown,
        "versions": selectors.mappings_of(found),
        "groups": presenters.shown_rows(rows, wrong),
        "wrong": wrong,
        "general": presenters.general(wrong),
        "may_edit": selectors.may_edit(person),
        "may_put_in_force": selectors.may_put_in_force(person),
        "kinds": Outgoing.Kind.choices,
        "kind": kind,
        "preview": form,
        "preview_problems": problems,
        "whose": whose,
        "number": number,
        "may_read_cases": not connection_rules.may_see(person),
        "text": presenters.as_json(rows),
        "waiting": selectors.waiting_messages(found.pk),
        "terms": [(rule, setting.terms.get(rule.code, rule.term.amount), forms.unit_words(rule.term.unit))
                  for rule in terms.RULES.values()],
        "back_url": f"/connections/{found.pk}/" if connection_rules.may_see(person) else reverse("linkage:list"),
    }  # fmt: skip
    return render(request, "linkage/mapping.html", context)


def _record(request: HttpRequest) -> tuple[dict[str, Any], str, str]:
    """What the preview is made from: a case this person may read, by its number, or the made-up one."""
    number = request.GET.get("case", "").strip()[:80]
    case = cases.cases_of(person_of(request)).filter(number=number).first() if number else None
    if case is None:
        return sources.example(), "", number
    message = Outgoing(case=case, referral=selectors.referral_of_case(case), kind=Outgoing.Kind.REFERRAL)
    return sources.record_of(message, reason=_now("预览")), case.number, number


@login_required
@require_POST
def bring(request: HttpRequest, linkage_connection_id: UUID) -> HttpResponse:
    """A new version as a draft: from a file (JSON, XLSX), from the text on the page, or the usual one."""
    person = person_of(request)
    found = selectors.access_platform(person, linkage_connection_id)
    here = reverse("linkage:mapping", args=[linkage_connection_id])
    try:
        made = services.draft(by=person, connection=found, rows=_brought(request), note=request.POST.get("note", ""))
    except BadInput as problem:
        return turn_back(request, problem, here)
    messages.success(request, _now("已存为草稿，下面是检查结果。"))
    return redirect("linkage:version", linkage_connection_id, made.version)


def _brought(request: HttpRequest) -> Any:
    if request.POST.get("usual"):
        return services.usual_rows()
    file = request.FILES.get("file")
    try:
        if file is not None:
            content = file.read(MOST_BYTES)
            if content.startswith(b"PK"):
                return presenters.from_workbook(read_sheets(content))
            return json.loads(content.decode("utf-8-sig"))
        return json.loads(request.POST.get("text", ""))
    except (ValueError, RecursionError) as error:
        raise rules.unreadable() from error


@login_required
@require_POST
def in_force(request: HttpRequest, linkage_connection_id: UUID, mapping_version: int) -> HttpResponse:
    """Write messages by this version from now on."""
    person = person_of(request)
    found = selectors.access_platform(person, linkage_connection_id)
    try:
        services.put_in_force(by=person, mapping=selectors.access_mapping(found, mapping_version))
    except (BadInput, Conflict) as problem:
        return turn_back(request, problem, reverse("linkage:version", args=[linkage_connection_id, mapping_version]))
    messages.success(request, _now("已启用。排队和暂停的报送按这一版送出。"))
    return redirect("linkage:mapping", linkage_connection_id)


@login_required
@require_GET
def export(request: HttpRequest, linkage_connection_id: UUID, mapping_version: int, mapping_form: str) -> HttpResponse:
    """A version as JSON or as a table."""
    found = selectors.access_platform(person_of(request), linkage_connection_id)
    rows = services.rows_of(selectors.access_mapping(found, mapping_version))
    if mapping_form == "json":
        response = HttpResponse(presenters.as_json(rows), content_type="application/json")
    elif mapping_form == "xlsx":
        response = HttpResponse(presenters.as_workbook(rows), content_type=XLSX)
    else:
        raise NotFound404()
    response["Content-Disposition"] = f'attachment; filename="mapping-{mapping_version}.{mapping_form}"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, linkage_connection_id: UUID) -> HttpResponse:
    """How messages get there, and terms that differ there."""
    person = person_of(request)
    found = selectors.access_platform(person, linkage_connection_id)
    if not selectors.may_edit(person):
        raise NotAllowed()
    setting = selectors.setting_of(found.pk)
    initial: dict[str, Any] = {
        "channel": setting.channel,
        "endpoint": setting.endpoint,
        "body_format": setting.body_format,
        "header_name": setting.header_name,
    }
    initial |= {f"term_{code}": setting.terms.get(code, rule.term.amount) for code, rule in terms.RULES.items()}
    form = forms.SettingForm(posted(request), initial=initial)
    here = reverse("linkage:mapping", args=[linkage_connection_id])
    context = {"form": form, "connection": found, "back_url": here}
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        own = {code: said.pop(f"term_{code}") for code in terms.RULES}
        try:
            services.configure(by=person, connection=found, own_terms=own, **said)
        except Problem as problem:
            if isinstance(problem, NotAllowed):
                raise
            return show_page(request, "linkage/settings.html", context, problem)
        messages.success(request, _now("已保存。"))
        return redirect(here)
    return show_page(request, "linkage/settings.html", context)
