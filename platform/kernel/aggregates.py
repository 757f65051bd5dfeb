"""Figures that the database counts, so that nobody fetches a year of rows for one number."""

from __future__ import annotations

from typing import Any

from django.db.models import Aggregate, FloatField


class Percentile(Aggregate):
    """A percentile between the rows. at: 0.5 is the median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(at)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, *expressions: Any, at: float = 0.5, **more: Any) -> None:
        super().__init__(*expressions, at=at, **more)
