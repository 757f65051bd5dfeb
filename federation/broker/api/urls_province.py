"""Operations at the province's host."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.broker import routing, selectors
from federation.broker.api import common, shapes
from federation.broker.services import disputes, looks, open_dispute, routes, supervision
from federation.broker.services.common import own
from federation.contracts.grants import Content, Level
from gateway.paging import ByNewest
from gateway.serializers import read, read_query


class Propose(common.InsiderView):
    """Who should get a letter, with reasons; the best first."""

    @extend_schema(
        operation_id="broker_propose",
        parameters=[shapes.ProposeQuery],
        responses=shapes.RouteProposalOut(many=True),
    )
    def get(self, request: Request) -> Response:
        said = read_query(shapes.ProposeQuery, request)
        found = routing.propose(
            division_code=said.get("division_code", ""), brand_id=said.get("brand_id"), from_province=own(),
            kind=said["letter_kind"],
        )  # fmt: skip
        return Response(shapes.RouteProposalOut(found, many=True).data)


class Routes(common.Routes):
    @extend_schema(operation_id="broker_route_ask", request=shapes.RouteAskIn, responses={201: shapes.RouteDetailOut})
    def post(self, request: Request) -> Response:
        row = routes.ask(by=self.who(request), **read(shapes.RouteAskIn, request))
        return Response(shapes.RouteDetailOut(row).data, status=status.HTTP_201_CREATED)


class RouteWithdraw(common.InsiderView):
    @extend_schema(operation_id="broker_route_withdraw", request=None, responses=shapes.RouteDetailOut)
    def post(self, request: Request, route_id: UUID) -> Response:
        row = selectors.access_route(self.who(request), route_id)
        return Response(shapes.RouteDetailOut(routes.withdraw(row, by=self.who(request))).data)


class Looks(common.InsiderView):
    """调阅: the office asks to read letters of this province."""

    pagination_class = ByNewest

    @extend_schema(operation_id="broker_looks", responses=shapes.LookOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.looks(self.who(request)), shapes.LookOut)


class LookGive(common.InsiderView):
    @extend_schema(operation_id="broker_look_give", request=shapes.LookGiveIn, responses=shapes.LookOut)
    def post(self, request: Request, look_id: UUID) -> Response:
        row = selectors.access_look(self.who(request), look_id)
        levels = cast("dict[Content, Level]", read(shapes.LookGiveIn, request))
        return Response(shapes.LookOut(looks.give(row, by=self.who(request), levels=levels)).data)


class LookDecline(common.InsiderView):
    @extend_schema(operation_id="broker_look_decline", request=shapes.BrokerReasonIn, responses=shapes.LookOut)
    def post(self, request: Request, look_id: UUID) -> Response:
        row = selectors.access_look(self.who(request), look_id)
        reason = read(shapes.BrokerReasonIn, request)["reason"]
        return Response(shapes.LookOut(looks.decline(row, by=self.who(request), reason=reason)).data)


class Disputes(common.Disputes):
    @extend_schema(
        operation_id="dispute_open", request=shapes.DisputeOpenIn, responses={201: shapes.ProvinceDisputeDetailOut}
    )
    def post(self, request: Request) -> Response:
        said = read(shapes.DisputeOpenIn, request)
        letter_id = said.pop("letter_id", None)
        if letter_id is not None:
            selectors.access_seat_letter(letter_id)
        row = open_dispute(letter_id=letter_id, kind="matter", by=self.who(request), **said)
        return Response(shapes.ProvinceDisputeDetailOut(row).data, status=status.HTTP_201_CREATED)


class DisputeSay(common.InsiderView):
    """A statement, a proposal, an answer to the other's, or the end of one's own."""

    @extend_schema(operation_id="dispute_say", request=shapes.DisputeSayIn, responses=shapes.ProvinceDisputeDetailOut)
    def post(self, request: Request, dispute_id: UUID) -> Response:
        row = selectors.access_dispute(self.who(request), dispute_id)
        said = {"text": "", **read(shapes.DisputeSayIn, request)}
        return Response(shapes.ProvinceDisputeDetailOut(disputes.say(row, by=self.who(request), **said)).data)


class DisputeRaise(common.InsiderView):
    """报请指定管辖."""

    @extend_schema(operation_id="dispute_raise", request=None, responses=shapes.ProvinceDisputeDetailOut)
    def post(self, request: Request, dispute_id: UUID) -> Response:
        row = selectors.access_dispute(self.who(request), dispute_id)
        return Response(shapes.ProvinceDisputeDetailOut(disputes.raise_up(row, by=self.who(request))).data)


class DisputePaper(common.InsiderView):
    """指定管辖 that the common superior decided on paper."""

    @extend_schema(
        operation_id="dispute_paper", request=shapes.DisputePaperIn, responses=shapes.ProvinceDisputeDetailOut
    )
    def post(self, request: Request, dispute_id: UUID) -> Response:
        row = selectors.access_dispute(self.who(request), dispute_id)
        done = disputes.decided_on_paper(row, by=self.who(request), **read(shapes.DisputePaperIn, request))
        return Response(shapes.ProvinceDisputeDetailOut(done).data)


class SupervisionReport(common.InsiderView):
    @extend_schema(
        operation_id="listed_supervision_report",
        request=shapes.SupervisionReportIn,
        responses={201: shapes.ListedSupervisionReportOut},
    )
    def post(self, request: Request, listed_id: UUID) -> Response:
        row = selectors.access_supervision(self.who(request), listed_id)
        made = supervision.report(row, by=self.who(request), **read(shapes.SupervisionReportIn, request))
        return Response(shapes.ListedSupervisionReportOut(made).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("directory/units/", common.Directory.as_view()),
    path("directory/units/<str:unit_ref>/", common.DirectoryUnit.as_view()),
    path("brokerage/proposals/", Propose.as_view()),
    path("brokerage/routes/", Routes.as_view()),
    path("brokerage/routes/<uuid:route_id>/", common.Route.as_view()),
    path("brokerage/routes/<uuid:route_id>/withdraw/", RouteWithdraw.as_view()),
    path("brokerage/looks/", Looks.as_view()),
    path("brokerage/looks/<uuid:look_id>/give/", LookGive.as_view()),
    path("brokerage/looks/<uuid:look_id>/decline/", LookDecline.as_view()),
    path("brokerage/supervisions/", common.Supervisions.as_view()),
    path("brokerage/supervisions/<uuid:listed_id>/", common.Supervision.as_view()),
    path("brokerage/supervisions/<uuid:listed_id>/report/", SupervisionReport.as_view()),
    path("disputes/", Disputes.as_view()),
    path("disputes/<uuid:dispute_id>/", common.Dispute.as_view()),
    path("disputes/<uuid:dispute_id>/words/", DisputeSay.as_view()),
    path("disputes/<uuid:dispute_id>/paper/", DisputePaper.as_view()),
    path("disputes/<uuid:dispute_id>/raise/", DisputeRaise.as_view()),
]
