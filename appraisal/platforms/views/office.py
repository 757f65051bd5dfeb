"""The office's page: every platform, how much it may ask, how much it did."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import person_of
from appraisal.platforms import forms, selectors, services
from appraisal.platforms.views.asking import SPANS, span
from federation.office.views import office
from federation.parties.forms import tried


@office
@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """Platforms with their quotas; of what they ask the office sees counts, never a listing."""
    about = request.POST.get("platform", "")
    days = span(request)
    figures = selectors.figures_of_all(days=days)
    rows = [
        {
            "platform": platform,
            "limit": limit,
            "figures": figures.get(platform.pk),
            "form": forms.LimitForm(
                request.POST if about == str(platform.pk) else None, instance=limit, auto_id=f"p{number}_%s"
            ),
        }
        for number, (platform, limit) in enumerate(selectors.platform_limits())
    ]
    if request.method == "POST":
        row = next((each for each in rows if str(each["platform"].pk) == about), None)  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        form: forms.LimitForm = row["form"]  # type: ignore[assignment]
        platform = row["platform"]
        if form.is_valid() and tried(
            form,
            lambda: services.set_limit(by=person_of(request), platform_id=platform.pk, **form.cleaned_data),  # type: ignore[union-attr]
        ):
            messages.success(request, _("已保存，从下一件起生效。"))
            return redirect("platforms_office:limits")
    context = {"rows": rows, "days": days, "spans": SPANS}
    return render(request, "platforms/limits.html", context, status=400 if any(r["form"].errors for r in rows) else 200)  # type: ignore[attr-defined]
