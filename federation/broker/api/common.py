"""Who may ask, and what all hosts have: the directory, disputes to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from federation.broker import directory, selectors
from federation.broker.api import shapes
from gateway.paging import ByNewest
from gateway.serializers import read_query
from gateway.views import ApiView


class Insider(BasePermission):
    """Dispatchers and heads of a bureau, the office's people."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return selectors.may_look(request._request)


class InsiderView(ApiView):
    """Of people whose business it is."""

    permission_classes = [*ApiView.permission_classes, Insider]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # The token's person is known to REST framework only; the doors ask the plain request.
        request._request.user = request.user
        super().initial(request, *args, **kwargs)

    @staticmethod
    def who(request: Request) -> User:
        """Who asks. The permissions have made sure that somebody does."""
        assert isinstance(request.user, User)
        return request.user


class Directory(InsiderView):
    """单位名录: bureaux of all provinces, enrolled or not."""

    @extend_schema(
        operation_id="directory_units",
        parameters=[shapes.DirectoryQuery],
        responses=shapes.DirectoryUnitOut(many=True),
    )
    def get(self, request: Request) -> Response:
        said = read_query(shapes.DirectoryQuery, request)
        found = directory.units(
            said.get("province", ""), query=said.get("q", ""), division_code=said.get("division_code", "")
        )
        return Response(shapes.DirectoryUnitOut(found[: said["limit"]], many=True).data)


class DirectoryUnit(InsiderView):
    @extend_schema(operation_id="directory_unit", responses=shapes.DirectoryUnitOut)
    def get(self, request: Request, unit_ref: str) -> Response:
        return Response(shapes.DirectoryUnitOut(directory.unit(unit_ref)).data)


class Disputes(InsiderView):
    """管辖争议, newest first. At the office without what they are about."""

    pagination_class = ByNewest

    @extend_schema(operation_id="disputes", responses=shapes.ProvinceDisputeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.disputes(self.who(request)), shapes.ProvinceDisputeOut)


class Dispute(InsiderView):
    @extend_schema(operation_id="dispute", responses=shapes.ProvinceDisputeDetailOut)
    def get(self, request: Request, dispute_id: UUID) -> Response:
        return Response(shapes.ProvinceDisputeDetailOut(selectors.access_dispute(self.who(request), dispute_id)).data)


class Routes(InsiderView):
    """去向: questions who should get a letter, newest first."""

    pagination_class = ByNewest

    @extend_schema(operation_id="broker_routes", responses=shapes.RouteOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.routes(self.who(request)), shapes.RouteOut)


class Route(InsiderView):
    @extend_schema(operation_id="broker_route", responses=shapes.RouteDetailOut)
    def get(self, request: Request, route_id: UUID) -> Response:
        return Response(shapes.RouteDetailOut(selectors.access_route(self.who(request), route_id)).data)


class Supervisions(InsiderView):
    """挂牌督办."""

    pagination_class = ByNewest

    @extend_schema(operation_id="listed_supervisions", responses=shapes.ListedSupervisionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.supervisions(self.who(request)), shapes.ListedSupervisionOut)


class Supervision(InsiderView):
    @extend_schema(operation_id="listed_supervision", responses=shapes.ListedSupervisionOut)
    def get(self, request: Request, listed_id: UUID) -> Response:
        return Response(shapes.ListedSupervisionOut(selectors.access_supervision(self.who(request), listed_id)).data)
