"""What people of a platform see: their own asks and figures, and whom they may ask. Nothing else of this host."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from appraisal.platforms import forms, presenters, selectors, services, tables
from appraisal.platforms.quotas import Room
from appraisal.platforms.words import ASK_LOOKS, NOTE
from federation.parties.acting import acting_for, is_at_platform
from federation.parties.selectors import ActingFor
from federation.parties.views import done
from gateway import pacing
from kernel.errors import NotFound404, Problem
from webui.pages import paged

View = Callable[..., HttpResponse]
PER_PAGE = 40
SPANS = (7, 30, 90)


def at_platform(view: View) -> View:
    """Let in people of a platform; the view takes their seat as its second argument."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acting = acting_for(request, platforms=True)
        selectors.require_platform(acting)
        return view(request, acting, *args, **kwargs)

    return never_cache(login_required(inner))


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the list of whoever asks: asks of a platform, tasks of a right holder."""
    return redirect("platforms:asks" if is_at_platform(request) else "platforms:tasks")


def _filter(request: HttpRequest) -> dict[str, str]:
    form = forms.AsksFilter(request.GET)
    form.is_valid()
    return {"state": form.cleaned_data.get("state") or "", "q": form.cleaned_data.get("q") or ""}


@at_platform
@require_GET
def asks(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """What the platform asked, and what is left of its quota."""
    asked = _filter(request)
    rows = selectors.listed_asks(acting.organisation, state=asked["state"], text=asked["q"])
    page = paged(rows, request, PER_PAGE, found=bool(asked["q"]))
    counts = selectors.ask_counts(acting.organisation)
    views = [
        ("", _("全部"), counts["all"]),
        ("open", _("待答复"), counts["open"]),
        ("late", _("超过承诺"), counts["late"]),
        ("answered", _("已答复"), counts["answered"]),
        ("recalled", _("结论已撤回"), counts["recalled"]),
    ]
    context = {
        "page": page,
        "rows": [presenters.ask_row(row) for row in page.object_list],
        "asked": asked,
        "views": [
            {"state": state, "label": label, "count": count, "current": state == asked["state"]}
            for state, label, count in views
        ],
        "room": Room(acting.organisation),
    }
    return render(
        request, "platforms/asks.html#rows" if request.headers.get("X-Live") else "platforms/asks.html", context
    )


@at_platform
@require_GET
def table(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """The same list as a file."""
    pacing.require("exports", user=request.user)
    asked = _filter(request)
    rows = selectors.listed_asks(acting.organisation, state=asked["state"], text=asked["q"])
    return tables.asks(rows[: tables.MOST_ROWS])


@at_platform
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Ask about one listing."""
    form = forms.AskForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            pictures = tuple(
                services.hand_in(acting=acting, file=each.file).pk for each in form.cleaned_data["pictures"]
            )
            made = services.ask(acting=acting, listing=form.listing(pictures))
        except NotFound404:
            raise
        except Problem as problem:
            form.add_error(None, problem.detail)
        else:
            if made.masked:
                messages.warning(request, _("电话、证件号等内容已隐去，没有保存。"))
            messages.success(request, _("已提交给“{holder}”。").format(holder=made.holder.name))
            return redirect("platforms:ask", fast_ask_id=made.pk)
    context = {
        "form": form,
        "brands": sorted(
            {str(brand) for row, _offer in selectors.accepting(acting.organisation) for brand in row.brands.all()}
        ),
        "room": Room(acting.organisation),
        "note": NOTE,
    }
    return render(request, "platforms/new.html", context, status=400 if form.errors else 200)


@at_platform
@require_GET
def ask(request: HttpRequest, acting: ActingFor, fast_ask_id: UUID) -> HttpResponse:
    """One ask and all that was answered."""
    row = selectors.access_ask(acting.organisation, fast_ask_id)
    tone, shape = ASK_LOOKS[row.state]
    context = {
        "ask": row,
        "pictures": presenters.pictures(row.pictures.all()),
        "answers": presenters.answers(row),
        "tone": tone,
        "shape": shape,
        "is_open": row.state in row.OPEN,
        "can_withdraw": row.state in row.MOVES["withdraw"][0],
        "note": NOTE,
    }
    return render(request, "platforms/ask.html", context)


@at_platform
@require_POST
def withdraw(request: HttpRequest, acting: ActingFor, fast_ask_id: UUID) -> HttpResponse:
    """Take an ask back."""
    reason = request.POST.get("reason", "")
    done(
        request,
        lambda: services.withdraw_ask(acting=acting, ask_id=fast_ask_id, reason=reason),
        _("已撤回，权利人会收到通知。"),
    )
    return redirect("platforms:ask", fast_ask_id=fast_ask_id)


@at_platform
@require_GET
def brands(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Right holders that take asks of this platform, on what terms, and how many more today."""
    room = Room(acting.organisation)
    rows = [
        {
            "holder": holder,
            "brands": [str(brand) for brand in holder.brands.all()],
            "offer": offer,
            "left": room.left_at(holder.pk, offer),
        }
        for holder, offer in selectors.accepting(acting.organisation)
    ]
    return render(request, "platforms/brands.html", {"rows": rows, "room": room})


@at_platform
@require_GET
def figures(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """How many were asked, answered, and in time, by right holder."""
    days = span(request)
    rows = selectors.figures_of_platform(acting.organisation, days=days)
    return render(request, "platforms/figures.html", {"rows": rows, "days": days, "spans": SPANS})


def span(request: HttpRequest) -> int:
    """Over how many days figures are shown."""
    asked = request.GET.get("days", "")
    return int(asked) if asked in {str(each) for each in SPANS} else 30
