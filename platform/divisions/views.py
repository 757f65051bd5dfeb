"""A page to try: an address in, the division out, and why."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from divisions.asking import hints_of
from divisions.forms import WhereForm
from divisions.resolving import Resolution, Span, resolve
from divisions.resolving.telling import READ_AS, ROLES

SURE = 0.85
EXAMPLES = (
    "荔浦县修仁镇衣架厂",
    "鼓楼区中山路12号，酒行售假",
    "发货地：浙江义乌；店铺：南宁市兴宁区朝阳路",
    "泸州老窖特曲，网上买的",
    "柳东新区雒容镇汽配园",
)
"""Texts to tap: an old name, several of one name, several addresses, no address, a development zone."""


@login_required
@require_http_methods(["GET", "POST"])
def where(request: HttpRequest) -> HttpResponse:
    """Where is it? The text comes by POST, so that it stands in no log of addresses; nothing is kept."""
    form = WhereForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "frame": frame(request), "examples": EXAMPLES}
    if form.is_bound and form.is_valid():
        answer = resolve(form.cleaned_data["text"], hints=hints_of(request))
        picked = request.POST.get("pick", "")
        context |= {
            "answer": answer,
            "sure": answer.confidence >= SURE,
            "candidates": [(code, answer.name_of(code)) for code in answer.candidates],
            "picked": (picked, answer.name_of(picked)) if picked in _offered(answer) else None,
            "runner_up": answer.name_of(answer.runner_up),
            "pieces": _pieces(answer),
            "places": [
                (ROLES.get(place.role, ""), answer.name_of(place.code), answer.text[place.start : place.end])
                for place in answer.places
            ],
        }
    return render(request, "divisions/where.html", context)


def frame(request: HttpRequest) -> str:
    """The frame of this host's pages: officers have the phone's, the others the desk's."""
    return "webui/phone.html" if getattr(request.host, "division_code", "") else "webui/desk.html"  # type: ignore[attr-defined]


def _offered(answer: Resolution) -> tuple[str, ...]:
    return tuple(code for code in (*answer.candidates, answer.code, answer.runner_up) if code)


def _pieces(answer: Resolution) -> list[tuple[str, Any]]:
    """The text cut into what was read as something and what lies between: (text, words or "")."""
    pieces: list[tuple[str, Any]] = []
    at = 0
    shown: list[Span] = [span for span in answer.spans if span.read_as in READ_AS and span.read_as != "word"]
    for span in shown:
        if span.start < at:
            continue
        if span.start > at:
            pieces.append((answer.text[at : span.start], ""))
        pieces.append((span.text, READ_AS[span.read_as]))
        at = span.end
    if at < len(answer.text):
        pieces.append((answer.text[at:], ""))
    return pieces
