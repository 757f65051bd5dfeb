"""Where recognition stands on pages of the desk: the queue, the workbench, a verdict, the premises."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from appraisal.desk.admit import desk_of
from appraisal.desk.models import DeskItem, DeskTask
from appraisal.desk.selectors import Desk
from appraisal.recognised import word
from appraisal.recognition import forms, presenters, selectors
from appraisal.recognition.models import LibraryEntry
from appraisal.recognition.services.entries import FOUND_WANTING
from appraisal.recognition.views.common import is_appraiser
from federation.parties.acting import choices
from kernel.ids import uuid7
from webui.slots import Piece


def rows(request: HttpRequest, *, desk: Desk, tasks: list[DeskTask]) -> dict[UUID, list[dict[str, Any]]]:
    """The best hint of each task as a chip in the queue."""
    found = selectors.best_bands(desk, [task.pk for task in tasks])
    return {
        task_id: [
            {
                "label": word("band", band),
                "tone": presenters.BAND_LOOKS[band][0],
                "shape": presenters.BAND_LOOKS[band][1],
                "title": word("outcome", "hints"),
            }
        ]
        for task_id, band in found.items()
    }


def task(request: HttpRequest, *, task: DeskTask) -> Piece:
    """The panel of the workbench."""
    return Piece(
        "recognition/_panel.html",
        {"panel": presenters.panel(desk_of(request), task), "may_answer": is_appraiser(request)},
    )


def verdict(
    request: HttpRequest, *, task: DeskTask, verdict_id: UUID, item: DeskItem, stands: bool, value: str
) -> Piece | None:
    """Below a verdict that found goods wanting: into the library in two clicks, or the entry that is there."""
    entries = [
        {"entry": entry, "tone": tone, "shape": shape}
        for entry in selectors.entries_of_item(desk_of(request), item)
        for tone, shape in [presenters.STATE_LOOKS[LibraryEntry.State(entry.state)]]
    ]
    may_make = stands and value in FOUND_WANTING and not any(each["entry"].state != "withdrawn" for each in entries)
    if not (entries or may_make):
        return None
    context = {
        "entries": entries,
        "may_make": may_make,
        "verdict_id": verdict_id,
        "typologies": _likely_first(value),
        "new_id": uuid7(),
    }
    return Piece("recognition/_verdict.html", context)


def _likely_first(value: str) -> list[tuple[str, str]]:
    """Kinds of fakes; those that the verdict suggests stand first."""
    first = {
        "refilled_or_reassembled": ("refilled", "forged_closure"),
        "grey_market": ("diverted_genuine",),
    }.get(value, ("counterfeit_mark", "forged_labels"))
    return sorted(forms.typologies(), key=lambda each: first.index(each[0]) if each[0] in first else len(first))


def premises(request: HttpRequest, *, task: DeskTask, item: DeskItem, p: str, r: str) -> Piece:
    """On the premises: photographs in bulk for the library."""
    return Piece("recognition/_premises.html", {"item": item, "p": p, "r": r})


def waiting(request: HttpRequest) -> int:
    """What waits for a person in the library, for the navigation."""
    return sum(presenters.waiting_counts(desk_of(request)).values()) if choices(request) else 0
