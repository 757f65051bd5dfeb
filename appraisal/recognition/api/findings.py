"""What the worker and people found, by API: hints, codes, runs, look backs, prices, figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.desk import selectors as desk_doors
from appraisal.desk.api import View
from appraisal.desk.selectors import Desk
from appraisal.recognition import selectors, services
from appraisal.recognition.api.shapes import (
    AlertOut,
    AlertSettleIn,
    BandLimitsOut,
    GuidePriceIn,
    GuidePriceOut,
    HintAnswerIn,
    HintOut,
    LibraryChoiceIn,
    LibraryChoiceOut,
    LibraryFiguresOut,
    LimitsDecideIn,
    LookBackOut,
    LookBackSettleIn,
    RunDecideIn,
    RunOut,
    SightingOut,
)
from appraisal.recognition.models import CODE_FIELDS, BandLimits, CodeAlert, LibraryChoice, LookBack, RunLink
from gateway.paging import ByNewest
from gateway.serializers import read, read_query


class TaskHints(View):
    """Hints on the photos of one task, the best first, those that fell last."""

    @extend_schema(operation_id="task_hints", responses=HintOut(many=True))
    def get(self, request: Request, task_id: UUID) -> Response:
        desk = self.desk(request)
        rows = selectors.hints_of_task(desk, desk_doors.access_task(desk, task_id))
        return Response(HintOut(rows, many=True).data)


class HintAnswer(View):
    """What an appraiser makes of a hint; it stays in the house and becomes calibration."""

    @extend_schema(operation_id="hint_answer", request=HintAnswerIn, responses=HintOut)
    def post(self, request: Request, hint_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_hint(desk, hint_id)
        services.answer_hint(desk=desk, hint_id=hint_id, **read(HintAnswerIn, request))
        return Response(HintOut(selectors.access_hint(desk, hint_id)).data)


class SightingsQuery(serializers.Serializer[Any]):
    field = serializers.ChoiceField([code for code, _words in CODE_FIELDS], required=False)
    text = serializers.CharField(max_length=80, required=False)


class Sightings(View):
    """Where codes were seen. 0 and O, 1 and I, 5 and S, 8 and B, 2 and Z are one."""

    pagination_class = ByNewest

    @extend_schema(operation_id="code_sightings", parameters=[SightingsQuery], responses=SightingOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.sightings(self.desk(request), **read_query(SightingsQuery, request)), SightingOut)


def _by_state(name: str, states: list[str]) -> type[serializers.Serializer[Any]]:
    """The query of a list that can be narrowed to one state."""
    return type(name, (serializers.Serializer,), {"state": serializers.ChoiceField(states, required=False)})


AlertsQuery = _by_state("AlertsQuery", CodeAlert.State.values)
RunsQuery = _by_state("RunsQuery", RunLink.State.values)
LookBacksQuery = _by_state("LookBacksQuery", LookBack.State.values)
LimitsQuery = _by_state("LimitsQuery", BandLimits.State.values)


class _Listed(View):
    """Rows of one door, narrowed by a query, page by page."""

    pagination_class = ByNewest
    rows: ClassVar[Callable[..., Any]]
    query: ClassVar[type[serializers.Serializer[Any]]]
    shape: ClassVar[type[serializers.BaseSerializer[Any]]]

    def listed(self, request: Request) -> Response:
        rows = type(self).rows(self.desk(request), **read_query(self.query, request))
        return self.paged(rows, self.shape)


class _Decided(View):
    """One row of a door, and what a person says of it."""

    door: ClassVar[Callable[..., Any]]
    said: ClassVar[type[serializers.Serializer[Any]]]
    shape: ClassVar[type[serializers.BaseSerializer[Any]]]

    def one(self, request: Request, pk: UUID) -> Response:
        return Response(self.shape(type(self).door(self.desk(request), pk)).data)

    def decided(self, request: Request, pk: UUID, service: Callable[..., Any]) -> Response:
        desk = self.desk(request)
        type(self).door(desk, pk)
        service(desk, pk, **read(self.said, request))
        return self.one(request, pk)


class Alerts(_Listed):
    rows, query, shape = selectors.alerts, AlertsQuery, AlertOut

    @extend_schema(operation_id="code_alerts", parameters=[AlertsQuery], responses=AlertOut(many=True))
    def get(self, request: Request) -> Response:
        return self.listed(request)


class Alert(_Decided):
    door, shape = selectors.access_alert, AlertOut

    @extend_schema(operation_id="code_alert", responses=AlertOut)
    def get(self, request: Request, alert_id: UUID) -> Response:
        return self.one(request, alert_id)


class AlertSettle(_Decided):
    """Confirmed, or dismissed with the reason; the units concerned are told."""

    door, said, shape = selectors.access_alert, AlertSettleIn, AlertOut

    @extend_schema(operation_id="code_alert_settle", request=AlertSettleIn, responses=AlertOut)
    def post(self, request: Request, alert_id: UUID) -> Response:
        return self.decided(
            request, alert_id, lambda desk, pk, **body: services.settle_alert(desk=desk, alert_id=pk, **body)
        )


class Runs(_Listed):
    """Pairs of finds that seem to come from one run. A person decides; a batch number alone proposes none."""

    rows, query, shape = selectors.runs, RunsQuery, RunOut

    @extend_schema(operation_id="same_runs", parameters=[RunsQuery], responses=RunOut(many=True))
    def get(self, request: Request) -> Response:
        return self.listed(request)


class RunDecide(_Decided):
    door, said, shape = selectors.access_run, RunDecideIn, RunOut

    @extend_schema(operation_id="same_run_decide", request=RunDecideIn, responses=RunOut)
    def post(self, request: Request, run_id: UUID) -> Response:
        return self.decided(request, run_id, lambda desk, pk, **body: services.decide_run(desk=desk, run_id=pk, **body))


class LookBacks(_Listed):
    rows, query, shape = selectors.look_backs, LookBacksQuery, LookBackOut

    @extend_schema(operation_id="look_backs", parameters=[LookBacksQuery], responses=LookBackOut(many=True))
    def get(self, request: Request) -> Response:
        return self.listed(request)


class LookBackSettle(_Decided):
    door, said, shape = selectors.access_look_back, LookBackSettleIn, LookBackOut

    @extend_schema(operation_id="look_back_settle", request=LookBackSettleIn, responses=LookBackOut)
    def post(self, request: Request, look_back_id: UUID) -> Response:
        return self.decided(
            request,
            look_back_id,
            lambda desk, pk, step, reason: services.settle_look_back(desk=desk, look_back_id=pk, step=step, why=reason),
        )


class ReckonedLimitsOut(serializers.Serializer[Any]):
    """What is proposed now."""

    results = BandLimitsOut(many=True)


class Limits(_Listed):
    """Least scores of product groups, proposed from what people said of hints. Never under the engine's own."""

    rows, query, shape = selectors.band_limits, LimitsQuery, BandLimitsOut

    @extend_schema(operation_id="band_limits", parameters=[LimitsQuery], responses=BandLimitsOut(many=True))
    def get(self, request: Request) -> Response:
        return self.listed(request)

    @extend_schema(operation_id="band_limits_reckon", request=None, responses=ReckonedLimitsOut)
    def post(self, request: Request) -> Response:
        """Reckon them anew now. Appraisers only. Returns the proposals that are open then."""
        return Response(ReckonedLimitsOut({"results": services.reckon_limits(desk=self.desk(request))}).data)


class LimitsDecide(_Decided):
    """Appraisers only: take a proposal (accept) or not (refuse); go back to the engine's own limits (end)."""

    door, said, shape = selectors.access_limits, LimitsDecideIn, BandLimitsOut

    @extend_schema(operation_id="band_limits_decide", request=LimitsDecideIn, responses=BandLimitsOut)
    def post(self, request: Request, limits_id: UUID) -> Response:
        return self.decided(
            request, limits_id, lambda desk, pk, step: services.decide_limits(desk=desk, limits_id=pk, step=step)
        )


class Choice(View):
    """What the library does for photos of other right holders' goods: none, known (elsewhere, no detail), entry."""

    @extend_schema(operation_id="library_choice", responses=LibraryChoiceOut)
    def get(self, request: Request) -> Response:
        return self._answer(self.desk(request))

    @extend_schema(operation_id="library_choice_set", request=LibraryChoiceIn, responses=LibraryChoiceOut)
    def put(self, request: Request) -> Response:
        desk = self.desk(request)
        services.choose(desk=desk, **read(LibraryChoiceIn, request))
        return self._answer(desk)

    def _answer(self, desk: Desk) -> Response:
        said = selectors.choice(desk)
        row = said or LibraryChoice(organisation=desk.organisation)
        told = selectors.told_elsewhere(desk)
        return Response(LibraryChoiceOut({"others": row.others, "said_at": row.said_at, "told": told}).data)


class GuidePrices(View):
    """Guide prices by period and region. A price that is asked is compared in the same unit only."""

    pagination_class = ByNewest

    @extend_schema(operation_id="guide_prices", responses=GuidePriceOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.guide_prices(self.desk(request)), GuidePriceOut)

    @extend_schema(operation_id="guide_price_set", request=GuidePriceIn, responses={201: GuidePriceOut})
    def post(self, request: Request) -> Response:
        row = services.set_guide_price(desk=self.desk(request), **read(GuidePriceIn, request))
        return Response(GuidePriceOut(row).data, status=status.HTTP_201_CREATED)


class GuidePriceEnd(View):
    @extend_schema(operation_id="guide_price_end", responses={204: None})
    def delete(self, request: Request, price_id: UUID) -> Response:
        services.end_guide_price(desk=self.desk(request), price_id=price_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LibraryFigures(View):
    """Hit and false-alarm rates for each product group over 90 days, and how the worker stands."""

    @extend_schema(operation_id="library_figures", responses=LibraryFiguresOut)
    def get(self, request: Request) -> Response:
        desk = self.desk(request)
        whole = {"groups": selectors.figures(desk), "health": selectors.health(desk)}
        return Response(LibraryFiguresOut(whole).data)
