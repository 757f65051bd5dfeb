"""API of the catalogue: the coverage list on a province's host, a brand's own shelves on the brands host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.catalogue import overlays, selectors, services
from appraisal.catalogue.models import Barcode, Category, Product, ProductDraft
from appraisal.catalogue.shots import ShotSpec
from federation.parties.api import MemberView
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from gateway.views import ApiView
from kernel.errors import NotFound404

# The province's host --------------------------------------------------------------------------------------------------


class CoveredProductOut(ModelFields[Product]):
    category = serializers.CharField(source="category.name")

    class Meta:
        model = Product
        fields = ["id", "name", "spec", "category"]


class CoveredBrandOut(serializers.Serializer[Any]):
    brand = serializers.CharField(source="brand.name")
    organisation_id = serializers.UUIDField(source="organisation.pk")
    organisation = serializers.CharField(source="organisation.name")
    readiness = serializers.ChoiceField(["on_duty", "off_duty", "unknown"], source="readiness.state")
    words = serializers.CharField(source="readiness.words")
    minutes = serializers.IntegerField(source="readiness.minutes", allow_null=True)
    products = CoveredProductOut(many=True)


class CoverageOut(serializers.Serializer[Any]):
    """可鉴定清单 with its counters."""

    brands = serializers.IntegerField()
    products = serializers.IntegerField()
    on_duty = serializers.IntegerField()
    not_enrolled = serializers.IntegerField()
    answered_30d = serializers.IntegerField()
    rows = CoveredBrandOut(many=True)


class CoverageQuery(serializers.Serializer[Any]):
    q = serializers.CharField(max_length=40, required=False, default="", help_text="barcode, name, pinyin or initials")
    category = serializers.CharField(max_length=40, required=False, default="", help_text="code of a category")


class CoverageView(ApiView):
    """What can be appraised now, those on duty first."""

    @extend_schema(operation_id="coverage", parameters=[CoverageQuery], responses=CoverageOut)
    def get(self, request: Request) -> Response:
        asked = read_query(CoverageQuery, request)
        return Response(CoverageOut(selectors.coverage(asked["q"], category=asked["category"])).data)


class CategoryOut(ModelFields[Category]):
    class Meta:
        model = Category
        fields = ["id", "code", "name", "parent_id", "pilot"]


class Categories(ApiView):
    @extend_schema(operation_id="categories", responses=CategoryOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(CategoryOut(selectors.categories(), many=True).data)


# The brands host ------------------------------------------------------------------------------------------------------


class ShotIn(Fields):
    """拍照项. overlay: name of an outline. The sample picture of a shot that keeps its code stays."""

    code = serializers.RegexField(r"^[a-z0-9_]{1,40}$")
    name = serializers.CharField(max_length=40)
    hint = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    required = serializers.BooleanField(required=False, default=True)
    in_quick_set = serializers.BooleanField(required=False, default=False)
    overlay = serializers.ChoiceField(sorted(overlays.NAMES), required=False, default="", allow_blank=True)


class ShotOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    hint = serializers.CharField(allow_blank=True)
    required = serializers.BooleanField()
    in_quick_set = serializers.BooleanField()
    overlay = serializers.CharField(allow_blank=True)
    sample = serializers.CharField(allow_blank=True)


class BarcodeOut(ModelFields[Barcode]):
    class Meta:
        model = Barcode
        fields = ["gtin", "kind"]


class OwnProductRow(ModelFields[Product]):
    brand = serializers.CharField(source="brand.name")
    category = serializers.CharField(source="category.code")
    barcodes = BarcodeOut(many=True)

    class Meta:
        model = Product
        fields = [
            "id", "brand", "name", "spec", "category", "nice_class", "guide_price_yuan", "state", "shot_list_version",
            "barcodes",
        ]  # fmt: skip


class OwnProductOut(OwnProductRow):
    shots = serializers.SerializerMethodField()

    class Meta(OwnProductRow.Meta):
        fields = [*OwnProductRow.Meta.fields, "shots"]

    @extend_schema_field(ShotOut(many=True))
    def get_shots(self, product: Product) -> Any:
        return ShotOut(selectors.published_shots(product), many=True).data


class DraftOut(ModelFields[ProductDraft]):
    """What is being written; officers see nothing of it before it is published."""

    category = serializers.CharField(source="category.code")
    barcodes = serializers.SerializerMethodField()
    shots = ShotOut(many=True)

    class Meta:
        model = ProductDraft
        fields = [
            "id", "brand_name", "name", "spec", "category", "nice_class", "guide_price_yuan", "barcodes", "shots",
            "updated_at",
        ]  # fmt: skip

    def get_barcodes(self, draft: ProductDraft) -> list[str]:
        return [row["gtin"] for row in draft.barcodes]


class ProductFields(Fields):
    spec = serializers.CharField(max_length=40, required=False, allow_blank=True)
    guide_price_yuan = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True
    )


class ProductIn(ProductFields):
    brand_name = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=80)
    category = serializers.CharField(max_length=40, help_text="code of a category")
    nice_class = serializers.IntegerField(min_value=1, max_value=45)
    template = serializers.CharField(
        max_length=40, required=False, default="", allow_blank=True, help_text="usual shots of a trade to start from"
    )


class DraftIn(ProductFields):
    name = serializers.CharField(max_length=80, required=False)
    category = serializers.CharField(max_length=40, required=False, help_text="code of a category")
    nice_class = serializers.IntegerField(min_value=1, max_value=45, required=False)
    barcodes = serializers.ListField(child=serializers.CharField(max_length=20), max_length=20, required=False)
    shots = ShotIn(many=True, required=False, min_length=1, max_length=services.MAX_SHOTS)


def _category(code: str) -> Category:
    found = selectors.categories().filter(code=code).first()
    if found is None:
        raise NotFound404()
    return found


class OwnProducts(MemberView):
    """The shelves."""

    pagination_class = ByNewest

    @extend_schema(operation_id="own_products", responses=OwnProductRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.products_of(self.acting(request).organisation), OwnProductRow)

    @extend_schema(operation_id="product_begin", request=ProductIn, responses={201: DraftOut})
    def post(self, request: Request) -> Response:
        acting = self.acting(request)
        data = read(ProductIn, request)
        data["category"] = _category(data["category"])
        draft = services.start_draft(acting=acting, **{"spec": "", **data})
        return Response(DraftOut(draft).data, status=status.HTTP_201_CREATED)


class OwnProduct(MemberView):
    @extend_schema(operation_id="own_product", responses=OwnProductOut)
    def get(self, request: Request, product_id: UUID) -> Response:
        return Response(OwnProductOut(selectors.own_product(self.acting(request).organisation, product_id)).data)


class Drafts(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="drafts", responses=DraftOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.drafts_of(self.acting(request).organisation), DraftOut)


class Draft(MemberView):
    """What is being written of one product; writing begins a draft from what is published."""

    @extend_schema(operation_id="draft", responses=DraftOut)
    def get(self, request: Request, product_id: UUID) -> Response:
        return Response(DraftOut(selectors.access_draft(self.acting(request).organisation, product_id)).data)

    @extend_schema(operation_id="draft_write", request=DraftIn, responses=DraftOut)
    def patch(self, request: Request, product_id: UUID) -> Response:
        acting = self.acting(request)
        data = read(DraftIn, request)
        if "category" in data:
            data["category"] = _category(data["category"])
        if "shots" in data:
            samples = {shot.code: shot.sample for shot in selectors.shots_as_written(acting.organisation, product_id)}
            data["shots"] = [ShotSpec(**shot, sample=samples.get(shot["code"], "")) for shot in data["shots"]]
        return Response(DraftOut(services.write_draft(acting=acting, product_id=product_id, **data)).data)

    @extend_schema(operation_id="draft_drop", responses={204: None})
    def delete(self, request: Request, product_id: UUID) -> Response:
        services.drop_draft(acting=self.acting(request), product_id=product_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Publish(MemberView):
    """Bring the draft before all provinces. Requests already sent keep their version of the shot list."""

    @extend_schema(operation_id="product_publish", request=None, responses=OwnProductOut)
    def post(self, request: Request, product_id: UUID) -> Response:
        acting = self.acting(request)
        services.publish(acting=acting, product_id=product_id)
        return Response(OwnProductOut(selectors.own_product(acting.organisation, product_id)).data)


class Retire(MemberView):
    """Out of the catalogue; requests already sent still name it."""

    live = False

    @extend_schema(operation_id="product_retire", request=None, responses=OwnProductRow)
    def post(self, request: Request, product_id: UUID) -> Response:
        acting = self.acting(request)
        services.set_live(acting=acting, product_id=product_id, live=self.live)
        return Response(OwnProductRow(selectors.own_product(acting.organisation, product_id)).data)


class BringBack(Retire):
    """Back into the catalogue."""

    live = True

    @extend_schema(operation_id="product_bring_back", request=None, responses=OwnProductRow)
    def post(self, request: Request, product_id: UUID) -> Response:
        return super().post(request, product_id)


province_urlpatterns = [path("coverage/", CoverageView.as_view()), path("categories/", Categories.as_view())]
brands_urlpatterns = [
    path("categories/", Categories.as_view()),
    path("products/", OwnProducts.as_view()),
    path("products/<uuid:product_id>/", OwnProduct.as_view()),
    path("products/<uuid:product_id>/publish/", Publish.as_view()),
    path("products/<uuid:product_id>/retire/", Retire.as_view()),
    path("products/<uuid:product_id>/bring-back/", BringBack.as_view()),
    path("drafts/", Drafts.as_view()),
    path("drafts/<uuid:product_id>/", Draft.as_view()),
]
