"""The page where a person who wants to do something dangerous proves who they are (`accounts.sudo`)."""

from __future__ import annotations

from typing import cast

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import entrance, selectors, sudo
from accounts.models import User
from provinces.context import required


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """All ways open to this person; whoever has none signs in anew. Query: next, and back where a POST cannot go on."""
    onward, back = _safe(request, "next"), _safe(request, "back")
    if request.method == "POST":
        if request.POST.get("way") == "demo" and settings.DEMO:
            sudo.note_proof(request)
            return redirect(back)
        logout(request)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
    person = selectors.oneself(cast("User", request.user))
    methods = get_adapter(request).get_reauthentication_methods(person)
    ways = [(_label(each["id"]), f"{each['url']}?{urlencode({'next': onward})}") for each in methods]
    doors = [
        (way.label, f"{way.prove_url}&{urlencode({'next': back})}") for way in entrance.ways(request) if way.prove_url
    ]
    return render(
        request,
        "accounts/prove.html",
        {
            "frame": "webui/phone.html" if required().kind == "province" else "webui/desk.html",
            "ways": ways,
            "doors": doors,
            "back": back,
            "minutes": settings.SUDO_AGE_S // 60,
            "demo": settings.DEMO,
        },
    )


def _label(name: str) -> str:
    words = {
        "reauthenticate": _("用密码确认"),
        "mfa_reauthenticate": _("用动态口令或恢复码确认"),
        "mfa_reauthenticate:webauthn": _("用通行密钥确认"),
    }
    return words.get(name, _("用第二验证方式确认"))


def _safe(request: HttpRequest, name: str) -> str:
    wanted = request.POST.get(name) or request.GET.get(name) or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else "/"
