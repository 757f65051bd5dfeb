"""Items of a request: the goods, their photos, verdicts, what was asked for again."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from appraisal.requests import selectors, services
from appraisal.requests.models import AbsentShot, AppraisalRequest, ItemPhoto, Opinion, RequestItem, Supplement, Verdict
from evidence import uploads
from evidence.api import SealedIn
from evidence.models import Exhibit
from evidence.store import photo_url
from gateway.serializers import Fields, ModelFields, read
from kernel.errors import NotAllowed

NAMES = [
    "id",
    "position",
    "product_id",
    "product_name",
    "claimed_brand",
    "category",
    "shot_list_version",
    "quantity",
    "quantity_unit",
    "claimed_price_yuan",
    "package_state",
    "waybill_no",
    "batch_no",
    "stood_where",
    "violation",
    "infringed_right",
]


class ExhibitOut(ModelFields[Exhibit]):
    """The sealed photo: digests of the original and of the view others see."""

    view_url = serializers.SerializerMethodField()
    thumb_url = serializers.SerializerMethodField()

    class Meta:
        model = Exhibit
        fields = [
            "id", "state", "sha256", "sm3", "size_bytes", "view_sha256", "width", "height", "captured_at",
            "received_at", "view_url", "thumb_url",
        ]  # fmt: skip

    def get_view_url(self, exhibit: Exhibit) -> str:
        return photo_url(exhibit.pk, "view")

    def get_thumb_url(self, exhibit: Exhibit) -> str:
        return photo_url(exhibit.pk, "thumb")


class PhotoOut(ModelFields[ItemPhoto]):
    exhibit = ExhibitOut()

    class Meta:
        model = ItemPhoto
        fields = ["id", "shot_code", "source", "kept_reason", "supplement_id", "added_at", "posted_at", "exhibit"]


class AbsentOut(ModelFields[AbsentShot]):
    class Meta:
        model = AbsentShot
        fields = ["shot_code", "absent_reason"]


class SupplementOut(ModelFields[Supplement]):
    class Meta:
        model = Supplement
        fields = ["id", "shot_code", "reason", "asked_by_name", "asked_at", "answered_at"]


class OpinionOut(ModelFields[Opinion]):
    authority = serializers.JSONField(help_text="authorisation number, principal, trademarks, classes, validity")

    class Meta:
        model = Opinion
        fields = ["id", "given_at", "received_at", "appraiser_name", "authority", "on_site", "late"]


class VerdictOut(ModelFields[Verdict]):
    """辨认结论. standing: whether it is the one that counts now."""

    opinion = OpinionOut()
    withdrawn_reason = serializers.SerializerMethodField()
    standing = serializers.SerializerMethodField()
    checkpoints = serializers.JSONField()
    marks = serializers.JSONField()

    class Meta:
        model = Verdict
        fields = [
            "id", "value", "reasons", "checkpoints", "marks", "infringed_right", "supersedes", "withdrawn_reason",
            "standing", "opinion",
        ]  # fmt: skip

    def get_withdrawn_reason(self, verdict: Verdict) -> str:
        withdrawal = getattr(verdict, "withdrawal", None)
        return withdrawal.reason if withdrawal else ""

    def get_standing(self, verdict: Verdict) -> bool:
        found = selectors.standing(verdict.item.verdicts.all())
        return found is not None and found.pk == verdict.pk


class ItemOut(ModelFields[RequestItem]):
    photos = PhotoOut(many=True)
    absent_shots = AbsentOut(many=True)
    supplements = SupplementOut(many=True)
    verdicts = VerdictOut(many=True)
    shot_list = serializers.JSONField(help_text="the shots as they were when the draft began")
    missing_shots = serializers.SerializerMethodField()

    class Meta:
        model = RequestItem
        fields = [*NAMES, "shot_list", "photos", "absent_shots", "supplements", "verdicts", "missing_shots"]

    def get_missing_shots(self, item: RequestItem) -> list[str]:
        return [shot.code for shot in selectors.missing_shots(item)]


class DetailsIn(Fields):
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, required=False, allow_null=True)
    quantity_unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    claimed_price_yuan = serializers.DecimalField(max_digits=14, decimal_places=2, required=False, allow_null=True)
    package_state = serializers.CharField(max_length=40, required=False, allow_blank=True)
    waybill_no = serializers.CharField(max_length=60, required=False, allow_blank=True)
    batch_no = serializers.CharField(max_length=60, required=False, allow_blank=True)
    stood_where = serializers.CharField(max_length=120, required=False, allow_blank=True)
    claimed_brand = serializers.CharField(max_length=80, required=False)


class ViolationIn(Fields):
    violation = serializers.ChoiceField(AppraisalRequest.Violation.choices, allow_blank=True)
    infringed_right = serializers.CharField(max_length=200, allow_blank=True)


class AbsentIn(Fields):
    shot_code = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=200)


class NeededReasonIn(Fields):
    reason = serializers.CharField(max_length=200)


class PhotoIn(SealedIn):
    shot_code = serializers.CharField(max_length=40)
    source = serializers.ChoiceField(uploads.UPLOAD_SOURCES)
    supplement_id = serializers.UUIDField(required=False)


class ItemDetail(View):
    @extend_schema(operation_id="item", responses=ItemOut)
    def get(self, request: Request, item_id: UUID) -> Response:
        return Response(ItemOut(selectors.item_with_photos(request.user, item_id)).data)

    @extend_schema(operation_id="item_describe", request=DetailsIn, responses=ItemOut)
    def patch(self, request: Request, item_id: UUID) -> Response:
        services.describe_item(by=request.user, item_id=item_id, **read(DetailsIn, request))
        return Response(ItemOut(selectors.item_with_photos(request.user, item_id)).data)


class ItemViolation(View):
    @extend_schema(operation_id="item_violation", request=ViolationIn, responses=ItemOut)
    def put(self, request: Request, item_id: UUID) -> Response:
        services.set_violation(by=request.user, item_id=item_id, **read(ViolationIn, request))
        return Response(ItemOut(selectors.item_with_photos(request.user, item_id)).data)


class ItemPhotos(View):
    """Upload one sealed photo. The digest is compared on arrival; the original is kept as it came."""

    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="photo_upload", request={"multipart/form-data": PhotoIn}, responses={201: PhotoOut})
    def post(self, request: Request, item_id: UUID) -> Response:
        item = selectors.access_item(request.user, item_id)
        if not selectors.may_write(request.user, item.request.unit_id):
            raise NotAllowed()
        data = read(PhotoIn, request)
        exhibit = uploads.handle_upload(request._request)
        photo = services.add_photo(
            by=request.user,
            item_id=item.pk,
            exhibit=exhibit,
            shot_code=data["shot_code"],
            source=data["source"],
            kept_reason=data.get("kept_reason", ""),
            supplement_id=data.get("supplement_id"),
        )
        return Response(PhotoOut(photo).data, status=status.HTTP_201_CREATED)


class Photo(View):
    @extend_schema(operation_id="photo_remove", responses={204: None})
    def delete(self, request: Request, photo_id: UUID) -> Response:
        services.remove_photo(by=request.user, photo_id=photo_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ItemAbsent(View):
    @extend_schema(operation_id="shot_absent", request=AbsentIn, responses={201: AbsentOut})
    def post(self, request: Request, item_id: UUID) -> Response:
        made = services.mark_absent(by=request.user, item_id=item_id, **read(AbsentIn, request))
        return Response(AbsentOut(made).data, status=status.HTTP_201_CREATED)


class SupplementDecline(View):
    """Say why a shot that was asked for again cannot be taken."""

    @extend_schema(operation_id="supplement_decline", request=NeededReasonIn, responses=SupplementOut)
    def post(self, request: Request, supplement_id: UUID) -> Response:
        found = services.decline_supplement(
            by=request.user, supplement_id=supplement_id, **read(NeededReasonIn, request)
        )
        return Response(SupplementOut(found).data)
