"""Pages where administrators register systems that sign in with this province's accounts."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import sudo
from audit import trail
from notify.live import host_of_seat
from signon import selectors
from signon.forms import ClientForm, ReasonForm
from signon.services import clients as services
from signon.views.common import administrator, powers, saved, tried
from signon.views.providers import _person


@administrator
@require_GET
def clients(request: HttpRequest) -> HttpResponse:
    """Systems that sign in with us."""
    return render(
        request,
        "signon/clients.html",
        {"clients": selectors.clients(request.user), "issuer": issuer(), **powers(request)},
    )


@administrator
@never_cache
@require_http_methods(["GET", "POST"])
@sudo.required
def new_client(request: HttpRequest) -> HttpResponse:
    """Register one; its secret is shown this once."""
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = saved(form, lambda: services.create(by=_person(request), **form.cleaned_data))
        if made:
            return _shown(request, made[0].pk, secret=made[1], status=201)
    return render(request, "signon/client.html", {"form": form, **powers(request)}, status=400 if form.errors else 200)


@administrator
@never_cache
@require_http_methods(["GET", "POST"])
def client(request: HttpRequest, system_id: UUID) -> HttpResponse:
    """One system: settings, addresses, switch, whom it was told of."""
    row = selectors.client(request.user, system_id)
    if request.method == "POST":
        form = ClientForm(request.POST, row=row)
        if form.is_valid() and saved(form, lambda: services.edit(row, by=_person(request), **form.cleaned_data)):
            return redirect("signon:client", system_id=row.pk)
        return _shown(request, system_id, form=form, status=400)
    return _shown(request, system_id)


@administrator
@never_cache
@require_POST
@sudo.required_for("switch-on", "secret")
def client_step(request: HttpRequest, system_id: UUID, step: str) -> HttpResponse:
    """One of: switch-on, switch-off, secret."""
    row, by = selectors.client(request.user, system_id), _person(request)
    match step:
        case "switch-on":
            tried(request, lambda: services.switch_on(row, by=by), _("已启用。"))
        case "switch-off":
            why = request.POST.get("why", "")
            tried(request, lambda: services.switch_off(row, by=by, why=why), _("已停用，发出的凭证已全部失效。"))
        case "secret":
            secret = tried(request, lambda: services.renew_secret(row, by=by), "")
            if secret:
                return _shown(request, system_id, secret=secret)
        case _:
            raise Http404
    return redirect("signon:client", system_id=row.pk)


def issuer() -> str:
    """What systems enter as our address."""
    return f"{settings.SCHEME}://{host_of_seat()}"


def _shown(
    request: HttpRequest, system_id: UUID, *, secret: str = "", form: ClientForm | None = None, status: int = 200
) -> HttpResponse:
    row = selectors.client(request.user, system_id)
    context = {
        "row": row,
        "form": form or ClientForm(row=row),
        "secret": secret,
        "reason_form": ReasonForm(),
        "issuer": issuer(),
        "logouts": selectors.logouts(row)[:10],
        "trail": trail.of(row).reverse()[:15],
        **powers(request),
    }
    return render(request, "signon/client.html", context, status=status)
