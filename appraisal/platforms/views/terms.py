"""A right holder's terms for platforms, and what came of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from appraisal.platforms import forms, selectors, services
from appraisal.platforms.models import PlatformTerms
from appraisal.platforms.views.asking import SPANS, span
from appraisal.platforms.views.desk import at_desk
from appraisal.platforms.words import VERDICTS
from federation.parties import selectors as parties
from federation.parties.forms import tried
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor


@at_desk
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, acting: ActingFor) -> HttpResponse:
    """Switch on or off, limits for all and for single platforms, figures."""
    holder = acting.organisation
    about = request.POST.get("platform", "")
    row = selectors.terms_of(holder)
    form = forms.TermsForm(request.POST if request.method == "POST" and not about else None, instance=row)
    special = selectors.special_terms(holder)
    platforms = [
        (
            each,
            forms.PlatformTermsForm(
                request.POST if about == str(each.pk) else None,
                instance=special.get(each.pk) or PlatformTerms(organisation=holder, platform=each),
                auto_id=f"p{number}_%s",
            ),
        )
        for number, each in enumerate(parties.platforms())
    ]
    if request.method == "POST":
        if not about:
            if form.is_valid() and tried(form, lambda: services.set_terms(acting=acting, **form.cleaned_data)):
                messages.success(request, _("已保存，从下一件起生效。"))
                return redirect("platforms:terms")
        elif _saved(acting, about, platforms):
            messages.success(request, _("已保存，从下一件起生效。"))
            return redirect("platforms:terms")
    days = span(request)
    verdicts = selectors.verdict_counts(holder, days=days)
    context = {
        "form": form,
        "platforms": platforms,
        "may_set": acting.has(Membership.Role.BRAND_ADMIN) and acting.via is None,
        "terms": selectors.terms_of(holder),
        "rows": selectors.figures_of_holder(holder, days=days),
        "verdicts": [
            {"value": each.value, "label": each.label, "count": count}
            for each in VERDICTS
            if (count := verdicts.get(each.value))
        ],
        "days": days,
        "spans": SPANS,
    }
    wrong = form.errors or any(each.errors for _platform, each in platforms)
    return render(request, "platforms/terms.html", context, status=400 if wrong else 200)


def _saved(acting: ActingFor, about: str, platforms: list[tuple[object, forms.PlatformTermsForm]]) -> bool:
    form = next((each for platform, each in platforms if str(platform.pk) == about), None)  # type: ignore[attr-defined]
    if form is None:
        raise Http404
    return form.is_valid() and bool(
        tried(
            form,
            lambda: services.set_platform_terms(acting=acting, platform_id=UUID(about), **form.cleaned_data),
        )
    )
