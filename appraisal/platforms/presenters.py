"""Rows turned into what templates need. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appraisal.catalogue import selectors as catalogue
from appraisal.platforms import telling
from appraisal.platforms.models import FastAsk, FastOpinion, FastTask
from appraisal.platforms.words import ASK_LOOKS, LABELS, MEANINGS, TASK_LOOKS
from evidence.models import Exhibit


def photo_url(exhibit: Exhibit, what: str) -> str:
    """Address of a view or thumbnail on this host; "" while there is none."""
    return reverse("evidence:photo", args=[exhibit.pk, what]) if exhibit.state == Exhibit.State.READY else ""


def pictures(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Pictures of an ask or a task, as `webui/_photo_tile.html` and the viewer take them."""
    return [
        {
            "id": str(row.exhibit_id),
            "url": photo_url(row.exhibit, "view"),
            "thumb_url": photo_url(row.exhibit, "thumb"),
            "name": _("商品图片 {number}").format(number=number),
            "number": number,
            "digest": row.exhibit.sha256,
        }
        for number, row in enumerate(rows, start=1)
    ]


def ask_row(ask: FastAsk) -> dict[str, Any]:
    """One line of a platform's list."""
    answer = telling.standing(ask)
    tone, shape = ASK_LOOKS[ask.state]
    return {
        "ask": ask,
        "thumbs": [url for row in list(ask.pictures.all())[:3] if (url := photo_url(row.exhibit, "thumb"))],
        "tone": tone,
        "shape": shape,
        "value": answer.value if answer else "",
        "label": LABELS[answer.value] if answer else "",
        "over": ask.state not in FastAsk.OPEN,
    }


def answers(ask: FastAsk) -> list[dict[str, Any]]:
    """Answers as `webui/_verdict_card.html` takes them, newest first."""
    rows = {str(row.pk): row for row in ask.answers.all()}
    found = telling.answers(ask)
    replaced_by = {each["supersedes"]: each["label"] for each in found if each["supersedes"]}
    return [
        {
            "value": each["value"],
            "label": each["label"],
            "meaning": MEANINGS[each["value"]],
            "reasons": each["reasons"].splitlines(),
            "by": each["appraiser_name"],
            "organisation": each["principal"],
            "authorisation": _("授权委托书 {number}").format(number=each["authorisation_number"]),
            "at": rows[each["id"]].given_at,
            "withdrawn": each["withdrawn_reason"],
            "superseded_by": replaced_by.get(each["id"], ""),
        }
        for each in reversed(found)
    ]


def task_row(task: FastTask) -> dict[str, Any]:
    """One line of the list at the desk."""
    tone, shape = TASK_LOOKS[task.state]
    rows = list(task.pictures.all())
    return {
        "task": task,
        "thumbs": [url for row in rows[:4] if (url := photo_url(row.exhibit, "thumb"))],
        "picture_count": len(rows),
        "tone": tone,
        "shape": shape,
        "over": task.state not in FastTask.OPEN,
    }


def opinions(task: FastTask) -> list[dict[str, Any]]:
    """Answers that the right holder gave, newest first, as `webui/_verdict_card.html` takes them."""
    return [_opinion(row, task) for row in reversed(list(task.opinions.all()))]


def _opinion(row: FastOpinion, task: FastTask) -> dict[str, Any]:
    withdrawal, after = getattr(row, "withdrawal", None), getattr(row, "superseded_by", None)
    return {
        "id": row.pk,
        "value": row.value,
        "label": LABELS[row.value],
        "reasons": row.reasons.splitlines(),
        "by": row.given_by.display_name,
        "organisation": task.organisation.name,
        "authorisation": _("授权委托书 {number}").format(number=row.authorisation_number),
        "at": row.given_at,
        "withdrawn": withdrawal.reason if withdrawal else "",
        "superseded_by": LABELS[after.value] if after else "",
        "stands": withdrawal is None and after is None,
    }


def reference_url(task: FastTask) -> str:
    """A picture of the genuine product to hold beside; "" where the product is unknown or there is none."""
    if task.product_id is None:
        return ""
    return next(iter(catalogue.reference_urls(task.organisation, task.product_id).values()), "")
