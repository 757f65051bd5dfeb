"""Pages of transfers: send a package, see what came of it, see what came in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import holding
from accounts.models import Post
from evidence import packages
from evidence import selectors as evidence
from evidence.presenters import frame_of
from federation.letters.addressees import other_provinces
from federation.transfers import selectors, services
from federation.transfers.matters import KIND
from kernel.errors import Problem
from webui.pages import paged

OUTCOMES = {"same": "good", "differs": "seal", "missing": "wait", "": "neutral"}


@login_required
@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    """What came from other provinces and what left, newest first."""
    page = paged(selectors.transfers_of(request.user), request, 50)
    return render(request, "transfers/transfers.html", {"page": page})


@holding(Post.Role.OFFICER)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Send a package with its originals to another province."""
    package, _matter = evidence.access_package(request.user, package_id, write=True)
    status = 200
    if request.method == "POST":
        try:
            row = services.send(
                package, to=request.POST.get("to", ""), purpose=request.POST.get("purpose", ""), by=request.user
            )
        except Problem as problem:
            messages.error(request, problem.detail)
            status = problem.status
        else:
            messages.success(request, _("已发出。对方核对每一件的摘要后，结果会显示在这里。"))
            return redirect("transfers:transfer", row.pk)
    context = {
        **frame_of(request),
        "package": package,
        "provinces": other_provinces(),
        "sent": selectors.of_package(package.pk),
        "chosen": request.POST.get("to", ""),
        "purpose": request.POST.get("purpose", ""),
        "back_url": reverse("exhibits:package", args=[package.pk]),
    }
    return render(request, "transfers/send.html", context, status=status)


@login_required
@require_safe
def transfer(request: HttpRequest, transfer_id: UUID) -> HttpResponse:
    """One transfer, item by item, with what was found on arrival."""
    row = selectors.access_transfer(request.user, transfer_id)
    words = {"same": _("一致"), "differs": _("不同"), "missing": _("没有收到"), "": _("等待核对")}
    items = [
        line
        | {
            "form_name": packages.FORMS.get(line["form"], line["form"]),
            "outcome_words": words[line.get("outcome", "")],
            "tone": OUTCOMES[line.get("outcome", "")],
        }
        for line in row.items
    ]
    incoming = row.direction == "in"
    context = {
        **frame_of(request),
        "transfer": row,
        "items": items,
        "exhibits_url": reverse("exhibits:matter", args=[KIND, row.pk]) if incoming else "",
        "package_url": "" if incoming else reverse("exhibits:package", args=[row.package_id]),
        "back_url": reverse("transfers:list") if incoming else reverse("exhibits:package", args=[row.package_id]),
    }
    return render(request, "transfers/transfer.html", context)
