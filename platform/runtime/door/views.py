"""The front door on the bare domain; entering as a persona; the guide's bar and its sample photographs."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from kernel.errors import NotFound404
from provinces.hosts import DIRECTORY
from runtime.door import guide, passes, showcase
from runtime.door.personas import PERSONAS
from runtime.sample import pictures
from runtime.sample.catalogue import PRODUCTS, quick_set
from runtime.sample.drawer import with_moment
from runtime.sample.story import shot_seed

BACKEND = "accounts.backends.PeopleBackend"


def demonstration(view: Any) -> Any:
    """Such an address exists in demonstration mode only."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise NotFound404()
        answer: HttpResponse = view(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    return inner


# The bare domain ------------------------------------------------------------------------------------------------------


@never_cache
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """Six doors in a demonstration; otherwise where each party signs in."""
    scheme, domain = settings.SCHEME, settings.DOMAIN
    bureaux = sorted(DIRECTORY.real(), key=lambda host: (host.is_superior, host.division_code))
    context: dict[str, Any] = {
        "bureaux": [
            {"title": host.title, "url": f"{scheme}://{host.seat.name}.{domain}/"}
            for host in bureaux
            if host.state == "active"
        ],
        "brands_url": f"{scheme}://brands.{domain}/",
        "office_url": f"{scheme}://federation.{domain}/",
    }
    if not settings.DEMO:
        return render(request, "door/plain.html", context)
    context |= {
        "personas": [each for each in PERSONAS.values() if each.front],
        "captions": guide.CAPTIONS,
        "codes_url": f"{scheme}://gx.{domain}/dev/codes/",
        "live_ticket_url": "/live/ticket",
        **_live(),
    }
    return render(request, "door/front.html", context)


def _live() -> dict[str, Any]:
    today, verdicts = showcase.today()
    pair = showcase.pair_for(verdicts)
    words = "words" if (get_language() or "zh").startswith("zh") else "words_en"
    return {
        "today": today,
        "verdicts": verdicts,
        "pair": {**pair, "boxes": [{**box, "said": box[words]} for box in pair["boxes"]]},
    }


@demonstration
@require_GET
def step_in(request: HttpRequest, code: str) -> HttpResponse:
    """One tap: a pass for that persona, taken at its own host."""
    persona = PERSONAS.get(code)
    if persona is None:
        raise NotFound404()
    return redirect(f"{persona.origin}/demo/enter/?token={passes.issue(persona)}")


@csrf_exempt
@demonstration
@require_POST
def take_webhook(request: HttpRequest) -> HttpResponse:
    """The receiver of the sample's case-handling system: takes everything, keeps nothing."""
    return HttpResponse(status=204)


# Hosts where people sign in -------------------------------------------------------------------------------------------


@demonstration
@never_cache
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Sign the persona in by a pass. Whoever was signed in here is signed out."""
    host_name = request.get_host().partition(":")[0].lower()
    persona = passes.redeem(request.GET.get("token", ""), host_name=host_name).persona
    person = persona.account()
    if person is None:
        raise NotFound404()
    if request.user.is_authenticated:
        logout(request)
    login(request, person, backend=BACKEND)
    guide.begin(request, persona)
    return redirect(persona.landing)


@demonstration
@require_POST
def close_guide(request: HttpRequest) -> HttpResponse:
    """Take the bar away for this session."""
    guide.close(request)
    back = request.POST.get("back", "/")
    return redirect(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/")


@demonstration
@login_required
@require_GET
def sample_photo(request: HttpRequest) -> HttpResponse:
    """A drawn photograph of a fake, taken just now: what a newcomer without a camera sends. Query: name, shot."""
    name = request.GET.get("name", "")
    code = next((code for code, row in PRODUCTS.items() if name.startswith(row.name_zh)), "lanhe-53")
    shot = request.GET.get("shot", "")
    if shot not in quick_set(code):
        raise NotFound404()
    data = pictures.photo(code, shot, False, shot_seed(code, shot))
    data = with_moment(data, clock.now())
    return HttpResponse(data, content_type="image/jpeg")
