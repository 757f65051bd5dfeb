"""Visits, and the goods that are put on their list."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import OfficerView, View
from appraisal.requests import selectors, services
from appraisal.requests.api.items import DetailsIn, ItemOut
from appraisal.requests.api.request import RequestRow
from appraisal.requests.models import Site
from gateway.serializers import Fields, ModelFields, read


class SiteOut(ModelFields[Site]):
    requests = RequestRow(many=True)

    class Meta:
        model = Site
        fields = ["id", "opened_at", "place", "county_code", "latitude", "longitude", "accuracy_m", "requests"]


class SiteIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one")
    county_code = serializers.RegexField(r"^\d{6}$", help_text="GB/T 2260")
    place = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-90, max_value=90, required=False)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False)
    accuracy_m = serializers.IntegerField(min_value=0, max_value=100_000, required=False)


class ItemIn(DetailsIn):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one")
    product_id = serializers.UUIDField()


class UnlistedIn(Fields):
    id = serializers.UUIDField(required=False)
    brand_name = serializers.CharField(max_length=80)
    product_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class Sites(OfficerView):
    """Begin a visit."""

    @extend_schema(
        operation_id="site_open",
        request=SiteIn,
        responses={201: SiteOut},
        examples=[OpenApiExample("site", {"county_code": "450103", "place": "1 Example Road"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        data = read(SiteIn, request)
        site_id = data.pop("id", None)
        site = services.open_site(by=request.user, place=services.Place(**data), site_id=site_id)
        whole = selectors.with_requests(site, just_opened=site_id is None)
        return Response(SiteOut(whole).data, status=status.HTTP_201_CREATED)


class SiteDetail(View):
    @extend_schema(operation_id="site", responses=SiteOut)
    def get(self, request: Request, site_id: UUID) -> Response:
        return Response(SiteOut(selectors.with_requests(selectors.access_site(request.user, site_id))).data)


class SiteItems(View):
    """Put a product on the list of a visit; requests form by themselves, one an organisation."""

    @extend_schema(
        operation_id="item_add",
        request=ItemIn,
        responses={201: ItemOut},
        examples=[
            OpenApiExample(
                "item",
                {"product_id": "01a20000-0000-7000-8000-000000000001", "quantity": "6", "quantity_unit": "bottle"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, site_id: UUID) -> Response:
        site = selectors.access_site(request.user, site_id)
        data = read(ItemIn, request)
        item = services.add_product(
            by=request.user, site=site, item_id=data.pop("id", None), product_id=data.pop("product_id"), **data
        )
        return Response(ItemOut(selectors.with_parts(item)).data, status=status.HTTP_201_CREATED)


class SiteUnlisted(View):
    """Goods of a brand that nobody here knows."""

    @extend_schema(operation_id="item_add_unlisted", request=UnlistedIn, responses={201: ItemOut})
    def post(self, request: Request, site_id: UUID) -> Response:
        site = selectors.access_site(request.user, site_id)
        data = read(UnlistedIn, request)
        item = services.add_unlisted(by=request.user, site=site, item_id=data.pop("id", None), **data)
        return Response(ItemOut(selectors.with_parts(item)).data, status=status.HTTP_201_CREATED)


class SiteSend(View):
    """Send every draft of a visit: all or none."""

    @extend_schema(operation_id="site_send", request=None, responses=RequestRow(many=True))
    def post(self, request: Request, site_id: UUID) -> Response:
        sent = services.send_site(by=request.user, site_id=site_id)
        return Response(RequestRow(sent, many=True).data)
