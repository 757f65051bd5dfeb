"""Rows of matching for every owner of `world`: a match, a value that is not compared, a series, a question."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accounts.models import User
from federation.matching.models import (
    BrandQuestion,
    Match,
    MatchStep,
    Pair,
    RaisedSeries,
    Series,
    SeriesAsk,
    SeriesMember,
    Stop,
)
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE


def of_a_province(code: str, by: User) -> dict[str, Any]:
    with context.province(code):
        match = Match.objects.create(pk=uuid7(), kind="phone", masked="199••••0001", found_at=clock.now())
        MatchStep.objects.bulk_create(MatchStep(match=match, rung=rung) for rung in MatchStep.Rung.values)
        stop = Stop.objects.create(
            kind="phone", value=f"1990000000{len(code)}", shown="199", why="公用", by_id=by.pk, by_name="韦处"
        )
        ask = SeriesAsk.objects.create(
            pk=uuid7(), number=f"系列-{code}", title="某系列", provinces=3, asked_at=clock.now()
        )
    return {"match_id": match.pk, "stop_id": stop.pk, "series_id": ask.pk}


def of_a_house(organisation_id: UUID) -> dict[str, Any]:
    with context.seat(BRANDS):
        question = BrandQuestion.objects.create(
            pk=uuid7(), organisation_id=organisation_id, kind="phone", provinces=2, asked_at=clock.now()
        )
        raised = RaisedSeries.objects.create(
            organisation_id=organisation_id, title="某系列", why="同模", provinces=2, by_name="林工"
        )
    return {"question_id": question.pk, "series_id": raised.pk}


def of_the_office() -> dict[str, Any]:
    with context.seat(OFFICE):
        pair = Pair.objects.create(kind="phone", one="gx", one_handle=uuid7(), other="gz", other_handle=uuid7())
        series = Series.objects.create(number="系列2026-900", title="某系列")
        SeriesMember.objects.create(series=series, province="gx")
    return {"pair_id": pair.pk, "series_id": series.pk}
