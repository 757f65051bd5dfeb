"""What the worker and people found, by API: hints, codes, runs, look backs, prices, figures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.desk import selectors as desk_doors
from appraisal.desk.api import View
from appraisal.recognition import selectors, services
from appraisal.recognition.api.shapes import (
    AlertOut,
    AlertSettleIn,
    GuidePriceIn,
    GuidePriceOut,
    HintAnswerIn,
    HintOut,
    LibraryFiguresOut,
    LookBackOut,
    LookBackSettleIn,
    RunDecideIn,
    RunOut,
    SightingOut,
)
from appraisal.recognition.models import CODE_FIELDS, CodeAlert, LookBack, RunLink
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


class AlertsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(CodeAlert.State.values, required=False)


class Alerts(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="code_alerts", parameters=[AlertsQuery], responses=AlertOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.alerts(self.desk(request), **read_query(AlertsQuery, request)), AlertOut)


class Alert(View):
    @extend_schema(operation_id="code_alert", responses=AlertOut)
    def get(self, request: Request, alert_id: UUID) -> Response:
        return Response(AlertOut(selectors.access_alert(self.desk(request), alert_id)).data)


class AlertSettle(View):
    """Confirmed, or dismissed with the reason; the units concerned are told."""

    @extend_schema(operation_id="code_alert_settle", request=AlertSettleIn, responses=AlertOut)
    def post(self, request: Request, alert_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_alert(desk, alert_id)
        services.settle_alert(desk=desk, alert_id=alert_id, **read(AlertSettleIn, request))
        return Response(AlertOut(selectors.access_alert(desk, alert_id)).data)


class RunsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(RunLink.State.values, required=False)


class Runs(View):
    """Pairs of finds that seem to come from one run. A person decides; a batch number alone proposes none."""

    pagination_class = ByNewest

    @extend_schema(operation_id="same_runs", parameters=[RunsQuery], responses=RunOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.runs(self.desk(request), **read_query(RunsQuery, request)), RunOut)


class RunDecide(View):
    @extend_schema(operation_id="same_run_decide", request=RunDecideIn, responses=RunOut)
    def post(self, request: Request, run_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_run(desk, run_id)
        services.decide_run(desk=desk, run_id=run_id, **read(RunDecideIn, request))
        return Response(RunOut(selectors.access_run(desk, run_id)).data)


class LookBacksQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(LookBack.State.values, required=False)


class LookBacks(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="look_backs", parameters=[LookBacksQuery], responses=LookBackOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.look_backs(self.desk(request), **read_query(LookBacksQuery, request)), LookBackOut)


class LookBackSettle(View):
    @extend_schema(operation_id="look_back_settle", request=LookBackSettleIn, responses=LookBackOut)
    def post(self, request: Request, look_back_id: UUID) -> Response:
        desk = self.desk(request)
        selectors.access_look_back(desk, look_back_id)
        body = read(LookBackSettleIn, request)
        services.settle_look_back(desk=desk, look_back_id=look_back_id, step=body["step"], why=body["reason"])
        return Response(LookBackOut(selectors.access_look_back(desk, look_back_id)).data)


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
