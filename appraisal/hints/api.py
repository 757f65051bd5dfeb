"""API of what recognition said, on a province's host: hints, codes, alerts, look backs, offers to a library."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import OfficerView, View
from appraisal.hints import selectors, services
from appraisal.hints.models import SHARES, CodeAlert, Hint, LookBack, Looked, Offer, ReadCode
from appraisal.hints.services.answering import ANSWERS
from appraisal.recognised import words
from appraisal.requests import selectors as requests
from evidence.store import photo_url
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from kernel.errors import BadInput

SHARE_CODES = [code for code, _words in SHARES]


class _Pictured(ModelFields[Any]):
    """seen: what may be seen of the earlier matter. geometry: in parts of the pictures."""

    seen = serializers.JSONField()
    geometry = serializers.JSONField()
    reasons = serializers.JSONField()
    picture_url = serializers.SerializerMethodField()

    def get_picture_url(self, row: Any) -> str:
        return photo_url(row.picture_id) if row.picture_id else ""


class ShownHintOut(_Pictured):
    """This photo looks like a known fake. A hint is no verdict.

    elsewhere: of another right holder than the one who was asked; owner_name: where it lets itself be known.
    """

    codes = serializers.JSONField()

    class Meta:
        model = Hint
        fields = [
            "id", "request_id", "item_id", "photo_id", "state", "band", "score", "inliers", "typology", "reasons",
            "codes", "seen", "geometry", "picture_url", "at", "decided_at", "note", "flagged", "elsewhere",
            "owner_name",
        ]  # fmt: skip


class LookedOut(ModelFields[Looked]):
    """Where recognition stands with one item. no_comparison never means that nothing was found."""

    poor = serializers.JSONField()
    barcodes = serializers.JSONField()
    price = serializers.JSONField(allow_null=True)

    class Meta:
        model = Looked
        fields = ["item_id", "outcome", "photos", "poor", "barcodes", "price", "at"]


class ReadCodeOut(ModelFields[ReadCode]):
    """raw: as it was read. value: as the officer says it is."""

    class Meta:
        model = ReadCode
        fields = ["id", "item_id", "photo_id", "field", "raw", "value", "confidence", "state", "said_at"]


class ShownAlertOut(ModelFields[CodeAlert]):
    others = serializers.JSONField()

    class Meta:
        model = CodeAlert
        fields = [
            "id", "alert_id", "item_id", "kind", "state", "code", "other_code", "times", "others", "at", "reason",
        ]  # fmt: skip


class RecognitionOut(serializers.Serializer[Any]):
    """All that recognition says of one request."""

    hints = ShownHintOut(many=True)
    items = LookedOut(many=True)
    codes = ReadCodeOut(many=True)
    alerts = ShownAlertOut(many=True)


class ShownLookBackOut(_Pictured):
    request_id = serializers.UUIDField(source="item.request_id")

    class Meta:
        model = LookBack
        fields = [
            "id", "request_id", "item_id", "photo_id", "state", "band", "typology", "was", "reasons", "seen",
            "geometry", "picture_url", "at", "flagged",
        ]  # fmt: skip


class OfferOut(ModelFields[Offer]):
    photos = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = [
            "id", "organisation_name", "product_id", "product_name", "item_id", "matter_id", "typology", "share",
            "batch_no", "barcode", "note", "state", "offered_at", "answered_at", "reason", "photos",
        ]  # fmt: skip

    def get_photos(self, offer: Offer) -> list[str]:
        return [photo_url(photo.exhibit_id, "view") for photo in offer.photos.all()]


class HintDecideIn(Fields):
    answer = serializers.ChoiceField(list(ANSWERS))
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class SayCodeIn(Fields):
    """value: needed to correct."""

    step = serializers.ChoiceField(["confirm", "correct", "refuse"])
    value = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class TypeCodeIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one code")
    field = serializers.ChoiceField(["unique", "batch", "mould", "logistics", "date"])
    value = serializers.CharField(max_length=120)
    photo_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class ShareIn(Fields):
    share = serializers.ChoiceField(SHARE_CODES)


class OfferIn(Fields):
    """exhibits: photos this person may see. item_id: where the goods were asked about."""

    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one offer")
    item_id = serializers.UUIDField()
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=60)
    typology = serializers.ChoiceField(list(words("typology")))
    found_on = serializers.DateField()
    share = serializers.ChoiceField(SHARE_CODES, required=False, default="broker")
    batch_no = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    barcode = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class RequestRecognition(View):
    @extend_schema(operation_id="request_recognition", responses=RecognitionOut)
    def get(self, request: Request, request_id: UUID) -> Response:
        found = requests.access_request(request.user, request_id)
        whole = {
            "hints": selectors.hints_of(found),
            "items": list(selectors.looked(found).values()),
            "codes": selectors.read_codes(found),
            "alerts": selectors.alerts_of(found),
        }
        return Response(RecognitionOut(whole).data)


class HintDecide(View):
    """Taken, refused, left aside, or taken back. The brand is told; it becomes calibration, never evidence."""

    @extend_schema(operation_id="hint_decide", request=HintDecideIn, responses=ShownHintOut)
    def post(self, request: Request, hint_id: UUID) -> Response:
        selectors.access_hint(request.user, hint_id)
        services.decide(by=request.user, hint_id=hint_id, **read(HintDecideIn, request))
        return Response(ShownHintOut(selectors.access_hint(request.user, hint_id)).data)


class SayCode(View):
    """What was read from a photo counts only when an officer stands for it."""

    @extend_schema(operation_id="code_say", request=SayCodeIn, responses=ReadCodeOut)
    def post(self, request: Request, code_id: UUID) -> Response:
        selectors.access_read_code(request.user, code_id)
        row = services.say_code(by=request.user, code_id=code_id, **read(SayCodeIn, request))
        return Response(ReadCodeOut(row).data)


class TypeCode(View):
    @extend_schema(operation_id="code_type", request=TypeCodeIn, responses={201: ReadCodeOut})
    def post(self, request: Request, item_id: UUID) -> Response:
        requests.access_item(request.user, item_id)
        body = read(TypeCodeIn, request)
        row = services.type_code(by=request.user, item_id=item_id, code_id=body.pop("id", None), **body)
        return Response(ReadCodeOut(row).data, status=status.HTTP_201_CREATED)


class Share(View):
    """What other provinces may be shown of what was found under an item; nothing until this is said."""

    @extend_schema(operation_id="item_share", request=ShareIn, responses=ShareIn)
    def put(self, request: Request, item_id: UUID) -> Response:
        requests.access_item(request.user, item_id)
        row = services.share_find(by=request.user, item_id=item_id, **read(ShareIn, request))
        return Response({"share": row.share})


class LookBacksQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(LookBack.State.values, required=False)


class ShownLookBacks(View):
    pagination_class = ByNewest

    @extend_schema(
        operation_id="request_look_backs", parameters=[LookBacksQuery], responses=ShownLookBackOut(many=True)
    )
    def get(self, request: Request) -> Response:
        return self.paged(
            selectors.look_backs_of(request.user, **read_query(LookBacksQuery, request)), ShownLookBackOut
        )


class ReadLookBack(View):
    @extend_schema(operation_id="look_back_read", request=None, responses=ShownLookBackOut)
    def post(self, request: Request, look_back_id: UUID) -> Response:
        services.read_look_back(by=request.user, look_back_id=look_back_id)
        return Response(ShownLookBackOut(selectors.access_look_back(request.user, look_back_id)).data)


class OffersQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(Offer.State.values, required=False)


class Offers(OfficerView):
    """Seized goods offered to the owner of the brand for its library of known fakes."""

    pagination_class = ByNewest

    @extend_schema(operation_id="library_offers", parameters=[OffersQuery], responses=OfferOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.offers_of(request.user, **read_query(OffersQuery, request)), OfferOut)

    @extend_schema(operation_id="library_offer_make", request=OfferIn, responses={201: OfferOut})
    def post(self, request: Request) -> Response:
        body = read(OfferIn, request)
        item = requests.access_item(request.user, body.pop("item_id"), lock=False)
        if item.product_id is None:
            raise BadInput(_("这件商品没有选定产品，不能推荐入库。"), code="product_missing")
        offer = services.offer_goods(
            by=request.user,
            unit=item.request.unit,
            product_id=item.product_id,
            division_code=item.request.site.county_code,
            exhibits=body.pop("exhibit_ids"),
            offer_id=body.pop("id", None),
            item=item,
            **body,
        )
        return Response(OfferOut(offer).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("requests/<uuid:request_id>/recognition/", RequestRecognition.as_view()),
    path("hints/<uuid:hint_id>/decide/", HintDecide.as_view()),
    path("read-codes/<uuid:code_id>/say/", SayCode.as_view()),
    path("items/<uuid:item_id>/codes/", TypeCode.as_view()),
    path("items/<uuid:item_id>/share/", Share.as_view()),
    path("look-backs/", ShownLookBacks.as_view()),
    path("look-backs/<uuid:look_back_id>/read/", ReadLookBack.as_view()),
    path("library-offers/", Offers.as_view()),
]
