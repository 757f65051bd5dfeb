"""Operations at the office's host."""

from __future__ import annotations

from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.broker import selectors
from federation.broker.api import common, shapes
from federation.broker.services import looks, routes
from gateway.paging import ByNewest
from gateway.serializers import read


class RouteClaim(common.InsiderView):
    @extend_schema(operation_id="broker_route_claim", request=None, responses=shapes.RouteDetailOut)
    def post(self, request: Request, route_id: UUID) -> Response:
        row = selectors.access_route(self.who(request), route_id)
        return Response(shapes.RouteDetailOut(routes.claim(row, by=self.who(request))).data)


class RouteRelease(common.InsiderView):
    @extend_schema(operation_id="broker_route_release", request=None, responses=shapes.RouteDetailOut)
    def post(self, request: Request, route_id: UUID) -> Response:
        row = selectors.access_route(self.who(request), route_id)
        return Response(shapes.RouteDetailOut(routes.release(row, by=self.who(request))).data)


class RouteAnswer(common.InsiderView):
    """Name the unit; another than the first proposal needs a reason."""

    @extend_schema(operation_id="broker_route_answer", request=shapes.RouteAnswerIn, responses=shapes.RouteDetailOut)
    def post(self, request: Request, route_id: UUID) -> Response:
        row = selectors.access_route(self.who(request), route_id)
        said = read(shapes.RouteAnswerIn, request)
        return Response(shapes.RouteDetailOut(routes.answer(row, by=self.who(request), **said)).data)


class Letters(common.InsiderView):
    """Official letters by their envelopes, newest first."""

    pagination_class = ByNewest

    @extend_schema(operation_id="broker_letters", responses=shapes.LetterEnvelopeOut(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(selectors.official())
        rows = [selectors.envelope(each) for each in page or []]
        return self.get_paginated_response(shapes.LetterEnvelopeOut(rows, many=True).data)


class Letter(common.InsiderView):
    @extend_schema(operation_id="broker_letter", responses=shapes.LetterEnvelopeOut)
    def get(self, request: Request, letter_id: UUID) -> Response:
        found = selectors.access_letter(self.who(request), letter_id)
        return Response(shapes.LetterEnvelopeOut(selectors.envelope(found)).data)


class LetterContents(common.InsiderView):
    """The grant under which the letter's contents are shown; without one refused, and written down."""

    @extend_schema(operation_id="broker_letter_contents", responses=shapes.GrantOfLetterOut)
    def get(self, request: Request, letter_id: UUID) -> Response:
        found = selectors.access_letter(self.who(request), letter_id)
        shown = selectors.envelope(found)
        if not shown.is_open or shown.grant_id is None:
            looks.refuse_to_open(found, by=self.who(request))
        return Response(shapes.GrantOfLetterOut({"grant_id": shown.grant_id}).data)


class LetterLook(common.InsiderView):
    """Ask the sender for leave to read it."""

    @extend_schema(operation_id="broker_look_ask", request=shapes.LookAskIn, responses={201: shapes.LookOut})
    def post(self, request: Request, letter_id: UUID) -> Response:
        found = selectors.access_letter(self.who(request), letter_id)
        row = looks.ask(letter_id=found.pk, by=self.who(request), **read(shapes.LookAskIn, request))
        return Response(shapes.LookOut(row).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("directory/units/", common.Directory.as_view()),
    path("directory/units/<str:unit_ref>/", common.DirectoryUnit.as_view()),
    path("brokerage/routes/", common.Routes.as_view()),
    path("brokerage/routes/<uuid:route_id>/", common.Route.as_view()),
    path("brokerage/routes/<uuid:route_id>/claim/", RouteClaim.as_view()),
    path("brokerage/routes/<uuid:route_id>/release/", RouteRelease.as_view()),
    path("brokerage/routes/<uuid:route_id>/answer/", RouteAnswer.as_view()),
    path("brokerage/letters/", Letters.as_view()),
    path("brokerage/letters/<uuid:letter_id>/", Letter.as_view()),
    path("brokerage/letters/<uuid:letter_id>/contents/", LetterContents.as_view()),
    path("brokerage/letters/<uuid:letter_id>/looks/", LetterLook.as_view()),
    path("disputes/", common.Disputes.as_view()),
    path("disputes/<uuid:dispute_id>/", common.Dispute.as_view()),
]
