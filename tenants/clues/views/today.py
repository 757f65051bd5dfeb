"""The desk's morning: what is late, what came, what went; and what is open by age."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import person_of, reader
from kernel import clock
from tenants.clues.ledger import today as figures
from tenants.clues.models import Clue
from tenants.clues.presenters import LOOKS as STATE_LOOKS
from tenants.clues.views.ledger import frame_of
from webui.slots import Piece

CHART = (560, 96)


def line(clue: Clue) -> dict[str, Any]:
    """A clue as a line of a list: what, where it stands, who holds it, until when."""
    tone, shape = STATE_LOOKS[clue.state]
    due = clue.due_at or (clock.at_end(clue.verify_by) if clue.verify_by else None)
    return {
        "clue": clue,
        "url": reverse("clues:detail", args=[clue.pk]),
        "tone": tone,
        "shape": shape,
        "due": due,
        "holder": f"{clue.holder_unit.name} {clue.holder.display_name if clue.holder else ''}".strip(),
    }


@never_cache
@require_safe
@reader
def today(request: HttpRequest) -> HttpResponse:
    """What a desk wants to know in the morning."""
    person = person_of(request)
    return render(request, "clues/ledger/today.html", {**frame_of(person), **_today(person), "now": clock.now()})


def _today(person: Any) -> dict[str, Any]:
    found = figures.today(person)
    return {
        "today": found,
        "late": [line(each) for each in found.late],
        "newest": [line(each) for each in found.newest],
        "chart": _chart(found),
    }


def _chart(found: figures.Today) -> dict[str, Any]:
    """The week as three bars a day, in units of an SVG of CHART's size."""
    width, height = CHART
    slot = width / len(found.days)
    bars = []
    for place, day in enumerate(found.days):
        for number, (name, value) in enumerate((("came", day.came), ("went", day.went), ("ended", day.ended))):
            tall = round((height - 4) * value / found.tallest, 1)
            bars.append(
                {
                    "x": round(place * slot + slot * (0.14 + 0.24 * number), 1),
                    "y": round(height - tall, 1),
                    "w": round(slot * 0.2, 1),
                    "h": tall,
                    "name": name,
                }
            )
    return {"width": width, "height": height, "bars": bars}


@never_cache
@require_safe
@reader
def open_by_age(request: HttpRequest) -> HttpResponse:
    """Open clues of each unit by age, the oldest with their holders, and those nobody holds: there must be none."""
    person = person_of(request)
    nobody = figures.held_by_nobody(person)
    context = {
        **frame_of(person),
        "ages": figures.open_by_age(person),
        "oldest": [line(each) for each in figures.oldest(person)],
        "nobody": [line(each) for each in nobody],
    }
    return render(request, "clues/ledger/open.html", context)


def on_leaders_page(request: HttpRequest, **_facts: Any) -> Piece:
    """The bureau's clues on the leader's first page."""
    person = person_of(request)
    return Piece("clues/ledger/_leader.html", {**_today(person), "nobody": figures.held_by_nobody(person)})
