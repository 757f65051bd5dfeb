"""Pages of the office: other installations, comparing keys by voice, who lives there, our own key."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sudo
from accounts.models import User
from federation.peers import forms, selectors, services, words
from federation.peers.models import Peer
from kernel.errors import NotAllowed, Problem

View = Callable[..., HttpResponse]


def keeper(view: View) -> View:
    """Let in whom `selectors.may_keep` names; anyone else is told so."""

    @wraps(view)
    @login_required
    @never_cache
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not selectors.may_keep(request):
            raise NotAllowed()
        return view(request, *args, **kwargs)

    return inner


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


@keeper
@require_http_methods(["GET", "POST"])
def peers(request: HttpRequest) -> HttpResponse:
    """All of them, our card, and the form that registers one."""
    form = forms.AddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            peer = services.add(**form.cleaned_data, by=_person(request))
        except Problem as problem:
            form.add_error("card", problem.detail)
        else:
            messages.success(request, _("已登记。请打电话与对方核对数字，核对无误后才开始通函。"))
            return redirect("peers:detail", peer.pk)
    rows = [(peer, words.why(peer.failure_code)) for peer in selectors.peers()]
    return render(request, "peers/list.html", {"rows": rows, "form": form, "card": str(services.own_card())})


@keeper
@require_http_methods(["GET", "POST"])
@sudo.required_to_post
def detail(request: HttpRequest, peer_id: UUID) -> HttpResponse:
    """One installation: the digits, its parties, keys, how letters go; confirm, suspend, end."""
    peer = selectors.access_peer(peer_id)
    step = request.POST.get("step", "")
    confirm = forms.ConfirmForm(request.POST if step == "confirm" else None)
    turn = forms.TurnForm(request.POST if step == "turn" else None, peer=peer)
    if step == "confirm" and confirm.is_valid():
        services.confirm(peer, by=_person(request))
        messages.success(request, _("已开始通函。请更新单位名单，选定对方的单位。"))
        return redirect("peers:detail", peer.pk)
    if step == "turn" and turn.is_valid():
        services.turn(peer, turn.cleaned_data["verb"], by=_person(request), why=turn.cleaned_data["why"])
        messages.success(request, _("已办理。"))
        return redirect("peers:detail", peer.pk)
    return render(
        request,
        "peers/detail.html",
        {
            "peer": peer,
            "spoken": services.spoken(peer).split(),
            "why": words.why(peer.failure_code),
            "parties": selectors.parties(peer),
            "keys": selectors.keys(peer),
            "traffic": selectors.traffic(peer),
            "trail": [(line, Peer.VERBS.get(line.verb, line.verb)) for line in selectors.history(peer).reverse()[:20]],
            "confirm_form": confirm,
            "turn_form": turn,
        },
    )


@keeper
@require_http_methods(["GET", "POST"])
def parties(request: HttpRequest, peer_id: UUID) -> HttpResponse:
    """What the other side says who lives there, beside what is listed; a POST takes it over."""
    peer = selectors.access_peer(peer_id)
    said = services.ask_parties(peer)
    if request.method == "POST":
        count = services.take_parties(peer, said, by=_person(request))
        messages.success(request, _("单位名单已更新，新增 {count} 个。").format(count=count))
        return redirect("peers:detail", peer.pk)
    listed = {row.party for row in selectors.parties(peer)}
    rows = [(each, each["party"] in listed) for each in said]
    gone = [row for row in selectors.parties(peer) if row.party not in {each["party"] for each in said}]
    return render(request, "peers/parties.html", {"peer": peer, "rows": rows, "gone": gone})


@keeper
@require_POST
@sudo.required
def new_key(request: HttpRequest) -> HttpResponse:
    """Change our own key."""
    services.new_key(by=_person(request))
    messages.success(request, _("新密钥已生成，将自动告知各对等平台；旧密钥继续有效七天。"))
    return redirect("peers:list")
