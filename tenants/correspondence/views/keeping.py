"""Departments that are written to, and the electronic seals of units."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import holding, person_of
from accounts.models import Post
from kernel.errors import Problem
from tenants.correspondence import forms, selectors
from tenants.correspondence.services import partners as services
from tenants.correspondence.services import sealing
from webui.pages import posted, show_page

keeper = holding(Post.Role.DISPATCHER, Post.Role.LEADER, Post.Role.BUREAU_ADMIN)
admin = holding(Post.Role.BUREAU_ADMIN)


@keeper
@never_cache
@require_http_methods(["GET", "POST"])
def partner(request: HttpRequest, partner_id: UUID | None = None) -> HttpResponse:
    """Add a department, or correct one."""
    row = selectors.partner(partner_id) if partner_id else None
    form = forms.PartnerForm(posted(request), instance=row)
    context = {
        "form": form, "title": _("协作部门"), "button": _("保存"), "back_url": reverse("correspondence:partners"),
        "lead": _("公安、检察、法院和其他部门；函件打印后寄送或送交。"),
    }  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            services.keep(by=person_of(request), partner_id=partner_id, **form.cleaned_data)
        except Problem as problem:
            return show_page(request, "papers/step.html", context, problem)
        messages.success(request, str(_("已保存。")))
        return redirect("correspondence:partners")
    return show_page(request, "papers/step.html", context)


@admin
@never_cache
@require_http_methods(["GET", "POST"])
def seals(request: HttpRequest) -> HttpResponse:
    """Which units have an electronic seal, and a new one."""
    units = sealing.issuing_units()
    form = forms.UnitSealForm(posted(request), request.FILES or None, units=[unit for unit, _seal in units])
    context = {"form": form, "units": units, "demonstration": sealing.is_demonstration()}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            sealing.register(
                by=person_of(request), unit_id=UUID(said["unit_id"]), pkcs12=said["pkcs12"].read(),
                passphrase=said["passphrase"],
            )  # fmt: skip
        except Problem as problem:
            return show_page(request, "correspondence/seals.html", context, problem)
        messages.success(request, str(_("电子印章已登记。")))
        return redirect("correspondence:seals")
    return render(request, "correspondence/seals.html", context, status=400 if form.is_bound else 200)
