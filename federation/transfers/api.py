"""Evidence transfers in the API of a province's host."""

from __future__ import annotations

from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from evidence import selectors as evidence
from evidence.models import Transfer
from federation.transfers import selectors, services
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from gateway.views import ApiView


class TransferOut(ModelFields[Transfer]):
    """One transfer. items: the manifest's lines, after arrival each with `outcome` and `found_sha256`."""

    items = serializers.JSONField()

    class Meta:
        model = Transfer
        fields = [
            "id", "direction", "state", "package_id", "package_version", "package_sha256", "title", "other",
            "other_name", "purpose", "items", "sent_at", "checked_at", "by_name",
        ]  # fmt: skip


class TransferIn(Fields):
    """to: the code of the province that receives."""

    to = serializers.CharField(max_length=31)
    purpose = serializers.CharField(max_length=500)


class Transfers(ApiView):
    """For those who receive for the province."""

    pagination_class = ByNewest

    @extend_schema(operation_id="evidence_transfers", responses=TransferOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.transfers_of(request.user), TransferOut)


class TransferDetail(ApiView):
    @extend_schema(operation_id="evidence_transfer", responses=TransferOut)
    def get(self, request: Request, transfer_id: UUID) -> Response:
        return Response(TransferOut(selectors.access_transfer(request.user, transfer_id)).data)


class PackageTransfer(ApiView):
    """Send a sealed package with its originals to another province."""

    @extend_schema(operation_id="package_transfer", request=TransferIn, responses={201: TransferOut})
    def post(self, request: Request, package_id: UUID) -> Response:
        package, _matter = evidence.access_package(request.user, package_id, write=True)
        made = services.send(package, by=request.user, **read(TransferIn, request))
        return Response(TransferOut(made).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("transfers/", Transfers.as_view()),
    path("transfers/<uuid:transfer_id>/", TransferDetail.as_view()),
    path("packages/<uuid:package_id>/transfer/", PackageTransfer.as_view()),
]
