"""问全部权利人: who will be asked and who cannot be, one button, answers lot by lot; people on the spot by QR code."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import person_of
from accounts.models import User
from appraisal.desk.scene import scene_path
from provinces.context import province_code
from tenants.inspections import presenters, selectors, services
from tenants.inspections.value import valuation
from tenants.inspections.views.common import frame, officer, reader, said_by_phone, step
from tenants.inspections.views.opening import qr
from webui.pages import speaks_json


@reader
@never_cache
@require_GET
def ask(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """What one tap would do now, and what came back so far."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    value = valuation(found, selectors.lots_of(found, voided=False))
    rows = presenters.lot_rows(found, value.lots)
    context = frame(person, found) | {
        "plan": services.plan(found),
        "asked": [row for row in rows if row.lot.questions.all()],
        "answered": sum(row.verdict is not None for row in rows),
        "value": presenters.bar(value),
        "persons": selectors.persons_of(found).filter(role="right_holder"),
        "help": selectors.arrivals_of(found),
    }
    return render(request, "inspections/ask.html", context)


@officer
@never_cache
@require_POST
@speaks_json
def ask_later(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """The same tap, made on a phone without a signal: {question}. What was asked meanwhile is not asked again."""
    question = str(said_by_phone(request).get("question") or "").strip()[:2000]
    sent = services.ask_everyone(by=person_of(request), inspection_id=inspection_id, question=question)
    return JsonResponse({"asked": len(sent)})


@step("inspections:ask")
def ask_all(request: HttpRequest, person: User, inspection_id: UUID) -> None:
    """Ask everybody at once: all requests leave, or none."""
    sent = services.ask_everyone(
        by=person, inspection_id=inspection_id, question=request.POST.get("question", "").strip()[:2000]
    )
    served = [each for each in sent if each.organisation_id]
    if served:
        said = ngettext("已发给 %(n)d 家权利人。", "已发给 %(n)d 家权利人。", len(served)) % {"n": len(served)}
        messages.success(request, said)
    if len(served) < len(sent):
        names = "、".join(each.brand_name for each in sent if not each.organisation_id)
        messages.warning(request, _("%(names)s 还没有入驻：申请已留存，暂时没有人能在线鉴定。") % {"names": names})
    if not sent:
        messages.info(request, _("没有新的批次要问。"))


@reader
@never_cache
@require_GET
def scan(request: HttpRequest, inspection_id: UUID) -> HttpResponse:
    """A QR code that leads a right holder's people to the requests of this inspection, on their own host and phone."""
    person = person_of(request)
    found = selectors.access_inspection(person, inspection_id)
    asked = selectors.requests_asked(found)
    link = f"{settings.SCHEME}://brands.{settings.DOMAIN}{scene_path(province_code(), [each.pk for each in asked])}"
    context = frame(person, found) | {
        "link": link,
        "picture": qr(link) if asked else "",
        "asked": asked,
        "help": selectors.arrivals_of(found),
    }
    return render(request, "inspections/scan.html", context)
