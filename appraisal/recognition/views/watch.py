"""What the library found by itself: code alerts, same runs, look backs, figures and health, guide prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.desk.selectors import Desk
from appraisal.desk.views.common import at_desk
from appraisal.recognised import reason_words, word
from appraisal.recognition import forms, presenters, selectors
from appraisal.recognition.models import CodeAlert, LookBack, RunLink
from appraisal.recognition.services import codes, limits, prices
from appraisal.recognition.services import lookback as looking_back
from appraisal.recognition.services import runs as same_runs
from appraisal.recognition.views.common import PER_PAGE, done, frame, is_appraiser
from webui.pages import paged, posted

SPANS = (30, 90, 365)


def _listing(request: HttpRequest, desk: Desk, here: str) -> HttpResponse:
    """One tab of what waits for a person: the rows of its door, narrowed by the state in the address."""
    door, present, states = _LISTS[here]
    asked = request.GET.get("state", "")
    state = asked if asked in states.values else ""
    page = paged(door(desk, state=state), request, PER_PAGE)
    context = frame(desk, here) | {
        "page": page,
        "rows": present(page.object_list),
        "state": state,
        "states": states.choices,
    }
    return render(request, f"recognition/{here}.html", context)


_LISTS: dict[str, tuple[Callable[..., Any], Callable[..., Any], Any]] = {
    "alerts": (selectors.alerts, presenters.alert_rows, CodeAlert.State),
    "runs": (selectors.runs, presenters.run_rows, RunLink.State),
    "look_backs": (selectors.look_backs, presenters.back_rows, LookBack.State),
}


@at_desk
@require_GET
def alerts(request: HttpRequest, desk: Desk) -> HttpResponse:
    """One code on two goods or in two places."""
    return _listing(request, desk, "alerts")


@at_desk
@require_POST
def settle(request: HttpRequest, desk: Desk, alert_id: UUID) -> HttpResponse:
    """Confirm an alert, or dismiss it with the reason."""
    done(
        request,
        lambda: codes.settle_alert(
            desk=desk,
            alert_id=alert_id,
            step=request.POST.get("step", ""),
            reason=request.POST.get("reason", ""),
            printed_on_all=bool(request.POST.get("printed_on_all")),
        ),
        _("已处理，相关单位会收到结果。"),
    )
    return redirect("recognition:alerts")


@at_desk
@require_GET
def runs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Finds that seem to come from one run."""
    return _listing(request, desk, "runs")


@at_desk
@require_POST
def decide_run(request: HttpRequest, desk: Desk, run_id: UUID) -> HttpResponse:
    """认定同批, refuse it, or open the question again."""
    done(
        request,
        lambda: same_runs.decide(
            desk=desk, run_id=run_id, step=request.POST.get("step", ""), reason=request.POST.get("reason", "")
        ),
        _("已记下。"),
    )
    return redirect("recognition:runs")


@at_desk
@require_GET
def look_backs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Earlier requests that look like a fake confirmed since."""
    return _listing(request, desk, "look_backs")


@at_desk
@require_GET
def look_back(request: HttpRequest, desk: Desk, look_back_id: UUID) -> HttpResponse:
    """Goods of an earlier request beside the fake."""
    found = selectors.access_look_back(desk, look_back_id)
    context = {
        "row": found,
        "shown": presenters.back_rows([found])[0],
        "comparison": presenters.compared_back(found),
        "reasons": reason_words(found.reasons),
        "typology": word("typology", found.entry.typology),
        "may_answer": is_appraiser(request),
    }
    return render(request, "recognition/look_back.html", context)


@at_desk
@require_POST
def settle_look_back(request: HttpRequest, desk: Desk, look_back_id: UUID) -> HttpResponse:
    """The appraiser keeps to what was said then."""
    why = request.POST.get("why", "")
    done(
        request,
        lambda: looking_back.settle(desk=desk, look_back_id=look_back_id, step="keep", why=why),
        _("已记下：维持结论。"),
    )
    return redirect("recognition:look_back", look_back_id)


@at_desk
@require_GET
def figures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How often hints were right, with the counts behind, and how the worker stands."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdigit() and int(asked) in SPANS else SPANS[1]
    groups = selectors.figures(desk, days=days)
    context = frame(desk, "figures") | {
        "groups": [
            (
                group,
                group.all,
                [
                    (str(word("band", name)), *presenters.BAND_LOOKS.get(name, ("neutral", "ring")), group.bands[name])
                    for name in presenters.BAND_LOOKS
                    if name in group.bands
                ],
            )
            for group in groups
        ],
        "health": selectors.health(desk),
        "days": days,
        "spans": SPANS,
        "limits": presenters.limit_rows(desk),
        "calibration": limits.table(),
        "may_decide": is_appraiser(request),
        "others": presenters.others(desk, days=days),
        "stopped": [
            presenters.entry_row(entry, {})
            for entry in selectors.entries(desk, state="suspended")
            if entry.stopped_because.startswith("brake")
        ],
    }
    return render(request, "recognition/figures.html", context)


@at_desk
@require_http_methods(["GET", "POST"])
def guide_prices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Guide prices by period and region: what a price is compared with."""
    form = forms.PriceForm(posted(request), desk=desk, provinces=presenters.province_choices())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        product_id = UUID(said.pop("product"))
        if done(request, lambda: prices.set_guide_price(desk=desk, product_id=product_id, **said), _("指导价已保存。")):
            return redirect("recognition:prices")
    names = dict(presenters.province_choices())
    context = frame(desk, "prices") | {
        "form": form,
        "rows": [
            (row, "、".join(names.get(code, code) for code in row.region_codes)) for row in selectors.guide_prices(desk)
        ],
    }
    return render(request, "recognition/prices.html", context, status=400 if form.errors else 200)


@at_desk
@require_POST
def end_price(request: HttpRequest, desk: Desk, price_id: UUID) -> HttpResponse:
    """Take a guide price away."""
    done(request, lambda: prices.end_guide_price(desk=desk, price_id=price_id), _("已删除。"))
    return redirect("recognition:prices")
