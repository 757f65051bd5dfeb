"""Parcels in the API. A program may make, fetch and bring those of its own connection; taking in is a person's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from connections.models import Connection
from gateway.paging import ByNewest
from gateway.serializers import NothingIn, read
from gateway.views import AnswersFile, ApiView
from kernel.errors import BadInput, NotFound404
from tenants.parcels import selectors, services
from tenants.parcels.api import shapes
from tenants.parcels.models import Parcel, Report
from tenants.parcels.services.receipts import Said
from tenants.parcels.views import answer


def _calling(request: Request) -> Connection | None:
    """The connection whose program calls; None for a person."""
    found = getattr(request, "connection", None)
    return found if isinstance(found, Connection) else None


def _connection(request: Request, connection_id: UUID | None) -> Connection:
    """Which connection is meant: a program's own, or the one a carrier names."""
    own = _calling(request)
    if own is not None:
        if connection_id is not None and connection_id != own.pk:
            raise NotFound404()
        return own
    if connection_id is None:
        raise BadInput(_("请写明对接编号 connection_id。"), code="connection_missing")
    return selectors.access_connection(request.user, connection_id)


def _parcel(request: Request, parcel_id: UUID) -> Parcel:
    own = _calling(request)
    if own is not None:
        return selectors.parcel_of_client(own, parcel_id)
    return selectors.access_parcel(request.user, parcel_id)[0]


def _report(request: Request, report_id: UUID) -> Report:
    own = _calling(request)
    if own is not None:
        return selectors.report_of_client(own, report_id)
    return selectors.access_report(request.user, report_id)[0]


class Parcels(ApiView):
    """Parcels that went out: the caller's own connection, or all that a carrier carries."""

    pagination_class = ByNewest

    @extend_schema(operation_id="parcels", responses=shapes.ParcelOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.parcels_asked(request.user, _calling(request)), shapes.ParcelOut)

    @extend_schema(operation_id="parcel_make", request=shapes.ParcelIn, responses={201: shapes.ParcelOut})
    def post(self, request: Request) -> Response:
        said = read(shapes.ParcelIn, request)
        connection = _connection(request, said.pop("connection_id", None))
        made = services.ask(by=request.user, connection=connection, **said)
        return Response(shapes.ParcelOut(made).data, status=status.HTTP_201_CREATED)


class ParcelDetail(ApiView):
    @extend_schema(operation_id="parcel", responses=shapes.ParcelOut)
    def get(self, request: Request, parcel_id: UUID) -> Response:
        return Response(shapes.ParcelOut(_parcel(request, parcel_id)).data)


class ParcelFile(AnswersFile, ApiView):
    """The file, once its state is `ready`. Each time is written into the trail."""

    @extend_schema(
        operation_id="parcel_file",
        request=None,
        responses={(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def post(self, request: Request, parcel_id: UUID) -> HttpResponseBase:
        return answer(services.hand_out(_parcel(request, parcel_id), by=request.user))


class ParcelReceipts(ApiView):
    """Receipts of a parcel that went out: what became of its records at the other side."""

    pagination_class = ByNewest

    @extend_schema(operation_id="parcel_receipts", responses=shapes.ParcelReceiptOut(many=True))
    def get(self, request: Request, parcel_id: UUID) -> Response:
        return self.paged(selectors.receipts_of(_parcel(request, parcel_id)), shapes.ParcelReceiptOut)

    @extend_schema(
        operation_id="parcel_acknowledge",
        request=shapes.ParcelReceiptsIn,
        responses={200: shapes.ParcelReceiptOut(many=True)},
    )
    def post(self, request: Request, parcel_id: UUID) -> Response:
        """Say what became of it. Said twice it is once; what is said last counts, also over a file."""
        found = _parcel(request, parcel_id)
        if _calling(request) is None:
            selectors.require_carrier(request.user)
        said = [Said(**each) for each in read(shapes.ParcelReceiptsIn, request)["receipts"]]
        kept = services.acknowledge(by=request.user, parcel=found, said=said)
        return Response(shapes.ParcelReceiptOut(kept, many=True).data)


class ParcelReports(ApiView):
    """Files that came in, each with its check report."""

    pagination_class = ByNewest
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="parcel_reports", responses=shapes.ParcelReportOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.reports_asked(request.user, _calling(request)), shapes.ParcelReportOut)

    @extend_schema(
        operation_id="parcel_bring",
        request={"multipart/form-data": shapes.ParcelFileIn},
        responses={201: shapes.ParcelReportOut},
    )
    def post(self, request: Request) -> Response:
        said = read(shapes.ParcelFileIn, request)
        file = said["file"]
        report = services.bring(
            by=request.user,
            connection=_connection(request, said.get("connection_id")),
            stream=file,
            file_name=file.name,
            size_bytes=file.size,
        )
        return Response(shapes.ParcelReportOut(report).data, status=status.HTTP_201_CREATED)


class ParcelReportDetail(ApiView):
    @extend_schema(operation_id="parcel_report", responses=shapes.ParcelReportOut)
    def get(self, request: Request, parcel_report_id: UUID) -> Response:
        return Response(shapes.ParcelReportOut(_report(request, parcel_report_id)).data)


class ParcelReportTake(ApiView):
    """Take the good rows in. A person stands behind it: programs are refused."""

    @extend_schema(operation_id="parcel_take", request=NothingIn, responses={200: shapes.ParcelReportOut})
    def post(self, request: Request, parcel_report_id: UUID) -> Response:
        found = _report(request, parcel_report_id)
        read(NothingIn, request)
        return Response(shapes.ParcelReportOut(services.take(by=request.user, report=found)).data)


class ParcelReportDrop(ApiView):
    """Leave a checked file aside. By a carrier, as taking in is."""

    @extend_schema(operation_id="parcel_drop", request=NothingIn, responses={200: shapes.ParcelReportOut})
    def post(self, request: Request, parcel_report_id: UUID) -> Response:
        found = _report(request, parcel_report_id)
        read(NothingIn, request)
        return Response(shapes.ParcelReportOut(services.drop(by=request.user, report=found)).data)
