"""Products and their shot lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from appraisal.catalogue import selectors as catalogue
from gateway.serializers import read_query


class ProductQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=80, help_text="barcode, name, pinyin or initials")
    limit = serializers.IntegerField(min_value=1, max_value=50, required=False, default=20)


class ProductHit(serializers.Serializer[Any]):
    product_id = serializers.UUIDField()
    name = serializers.CharField()
    brand = serializers.CharField()
    category = serializers.CharField()
    enrolled = serializers.BooleanField()
    readiness = serializers.ChoiceField(["on_duty", "off_duty", "unknown", "not_enrolled"])
    words = serializers.CharField(help_text="what the officer may expect, in words")


def hits_as_rows(hits: list[catalogue.Hit]) -> list[dict[str, Any]]:
    """Found products as `ProductHit` describes them."""
    return [
        {
            "product_id": str(hit.product.pk),
            "name": hit.product.full_name,
            "brand": hit.brand.name,
            "category": hit.product.category.name,
            "enrolled": hit.enrolled,
            "readiness": hit.readiness.state,
            "words": hit.readiness.words,
        }
        for hit in hits
    ]


class Products(View):
    """Search by barcode, name, pinyin or initials."""

    @extend_schema(
        operation_id="products_search",
        parameters=[ProductQuery],
        responses=inline_serializer("ProductHits", {"results": ProductHit(many=True)}),
    )
    def get(self, request: Request) -> Response:
        asked = read_query(ProductQuery, request)
        return Response({"results": hits_as_rows(catalogue.search(asked["q"], asked["limit"]))})


class ShotOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    required = serializers.BooleanField()
    in_quick_set = serializers.BooleanField()
    overlay_url = serializers.CharField(allow_blank=True)
    sample_url = serializers.CharField(allow_blank=True)


class ShotListView(View):
    """The shot list in force."""

    @extend_schema(
        operation_id="shot_list",
        responses=inline_serializer("ShotList", {"version": serializers.IntegerField(), "shots": ShotOut(many=True)}),
    )
    def get(self, request: Request, product_id: UUID) -> Response:
        found = catalogue.shot_list(catalogue.product(product_id).pk)
        return Response({"version": found.version, "shots": found.as_json()})
