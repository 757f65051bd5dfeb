"""What a platform is told of an ask: one reckoning for the pages, the API, the event and the table."""

from __future__ import annotations

from typing import Any

from appraisal.platforms.models import FastAnswer, FastAsk
from appraisal.platforms.words import LABELS
from kernel.canonical import instant


def answers(ask: FastAsk) -> list[dict[str, Any]]:
    """Every answer that came, oldest first. standing: neither replaced nor taken back."""
    recalls = {row.answer_id: row for row in ask.recalls.all()}
    rows = list(ask.answers.all())
    replaced = {row.supersedes for row in rows}
    return [
        {
            "id": str(row.pk),
            "value": row.value,
            "label": str(LABELS[row.value]),
            "reasons": row.reasons,
            "principal": row.principal,
            "authorisation_number": row.authorisation_number,
            "appraiser_name": row.appraiser_name,
            "given_at": instant(row.given_at),
            "supersedes": str(row.supersedes) if row.supersedes else None,
            "withdrawn_reason": recalls[row.pk].reason if row.pk in recalls else "",
            "standing": row.pk not in recalls and row.pk not in replaced,
        }
        for row in rows
    ]


def standing(ask: FastAsk) -> FastAnswer | None:
    """The answer that counts now."""
    recalled = {row.answer_id for row in ask.recalls.all()}
    rows = list(ask.answers.all())
    replaced = {row.supersedes for row in rows}
    return next((row for row in reversed(rows) if row.pk not in recalled and row.pk not in replaced), None)
