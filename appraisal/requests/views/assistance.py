"""执法协助: what is asked of enterprises by a day."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import officer, person_of, reader
from appraisal.requests import forms, presenters, selectors, services
from appraisal.requests.views.common import may_ask, organisation_choices
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from webui.pages import PER_PAGE, paged, posted, show_page, uuid_or_none


@reader
@require_GET
def assistance_list(request: HttpRequest) -> HttpResponse:
    """What was asked of enterprises, with state and day."""
    person = person_of(request)
    page = paged(selectors.assistance_of(person), request, PER_PAGE)
    rows = [{"task": task, "chip": presenters.assistance_chip(task)} for task in page]
    context = {"page": page, "rows": rows, "now": clock.now(), "may_ask": may_ask(person)}
    return render(request, "requests/assistance_list.html", context)


@officer
@require_http_methods(["GET", "POST"])
def new_assistance(request: HttpRequest) -> HttpResponse:
    """Ask an enterprise for help by a day."""
    person = person_of(request)
    by_day = clock.add_working_days(clock.today(), 5).date
    form = forms.AssistanceForm(
        posted(request),
        organisations=organisation_choices(),
        initial={"reply_by": by_day, "organisation_id": request.GET.get("organisation", "")},
    )
    context = {
        "form": form,
        "title": _("新的执法协助"),
        "lead": _("请企业在期限内协助核查、提供资料或派员。品牌方看到的是本单位名称和所在县（区）。"),
        "button": _("发送"),
        "new_id": request.POST.get("new_id") or uuid7(),
        "back_url": reverse("requests:assistance_list"),
    }
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = services.ask_assistance(
                by=person,
                organisation_id=UUID(said["organisation_id"]),
                subject=said["subject"],
                text=said["text"],
                county_code=selectors.home_unit(person).division_code,
                reply_by=said["reply_by"],
                task_id=uuid_or_none(request.POST.get("new_id", "")),
            )
        except (BadInput, Conflict) as problem:
            return show_page(request, "requests/step.html", context, problem)
        messages.success(request, _("已发出。"))
        return redirect("requests:assistance", made.pk)
    return render(request, "requests/step.html", context)


@reader
@never_cache
@require_GET
def assistance(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One 执法协助 task and its reply."""
    found = selectors.access_assistance(person_of(request), task_id)
    context = {
        "task": found,
        "chip": presenters.assistance_chip(found),
        "back_url": reverse("requests:assistance_list"),
    }
    template = "requests/assistance.html#state" if request.headers.get("X-Live") else "requests/assistance.html"
    return render(request, template, context)
