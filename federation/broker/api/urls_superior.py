"""Operations at the common superior's host."""

from __future__ import annotations

from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.broker import selectors
from federation.broker.api import common, shapes
from federation.broker.services import disputes, supervision
from gateway.serializers import read


class DisputeDecide(common.InsiderView):
    """指定管辖: one of the two, final."""

    @extend_schema(
        operation_id="dispute_decide", request=shapes.DisputeDecideIn, responses=shapes.ProvinceDisputeDetailOut
    )
    def post(self, request: Request, dispute_id: UUID) -> Response:
        row = selectors.access_dispute(self.who(request), dispute_id)
        said = read(shapes.DisputeDecideIn, request)
        return Response(shapes.ProvinceDisputeDetailOut(disputes.decide(row, by=self.who(request), **said)).data)


class Supervisions(common.Supervisions):
    @extend_schema(
        operation_id="listed_supervision_list",
        request=shapes.SupervisionListIn,
        responses={201: shapes.ListedSupervisionOut},
    )
    def post(self, request: Request) -> Response:
        row = supervision.list_matter(by=self.who(request), **read(shapes.SupervisionListIn, request))
        return Response(shapes.ListedSupervisionOut(row).data, status=status.HTTP_201_CREATED)


class SupervisionTurn(common.InsiderView):
    """Taken off the list, or more is wanted."""

    @extend_schema(
        operation_id="listed_supervision_turn",
        request=shapes.SupervisionTurnIn,
        responses=shapes.ListedSupervisionOut,
    )
    def post(self, request: Request, listed_id: UUID) -> Response:
        row = selectors.access_supervision(self.who(request), listed_id)
        said = read(shapes.SupervisionTurnIn, request)
        words = said.get("words", "")
        if said["turn"] == "lift":
            row = supervision.lift(row, by=self.who(request), words=words)
        else:
            row = supervision.send_back(row, by=self.who(request), words=words, due_on=said.get("due_on"))
        return Response(shapes.ListedSupervisionOut(row).data)


urlpatterns = [
    path("directory/units/", common.Directory.as_view()),
    path("directory/units/<str:unit_ref>/", common.DirectoryUnit.as_view()),
    path("disputes/", common.Disputes.as_view()),
    path("disputes/<uuid:dispute_id>/", common.Dispute.as_view()),
    path("disputes/<uuid:dispute_id>/decide/", DisputeDecide.as_view()),
    path("brokerage/supervisions/", Supervisions.as_view()),
    path("brokerage/supervisions/<uuid:listed_id>/", common.Supervision.as_view()),
    path("brokerage/supervisions/<uuid:listed_id>/turn/", SupervisionTurn.as_view()),
]
