"""API of the main job on a province's host: ask, photograph, talk, read the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Post
from appraisal.catalogue import selectors as catalogue
from appraisal.requests import selectors, services
from appraisal.requests.models import (
    AbsentShot,
    Appointment,
    AppraisalRequest,
    AssistanceTask,
    Consultation,
    ConsultationLine,
    ItemPhoto,
    Line,
    Opinion,
    RequestItem,
    Site,
    Supplement,
    Verdict,
)
from evidence import uploads
from evidence.api import ChatPhotoIn, HandedInOut, SealedIn
from evidence.models import Exhibit
from evidence.store import photo_url
from gateway.paging import ByNewest
from gateway.serializers import Fields, YesNo, read, read_query
from gateway.views import ApiView
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


class Reader(BasePermission):
    """Officers, dispatchers and leaders."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.has_role(Post.Role.OFFICER, Post.Role.DISPATCHER, Post.Role.LEADER)


class View(ApiView):
    """Of people who ask or read; what they may see is decided by the doors."""

    permission_classes = [*ApiView.permission_classes, Reader]


class OfficerView(View):
    """Where something is asked for the first time: officers only."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and not request.user.has_role(Post.Role.OFFICER):
            raise NotAllowed()


# What is written out --------------------------------------------------------------------------------------------------


class ExhibitOut(serializers.ModelSerializer[Exhibit]):
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


class PhotoOut(serializers.ModelSerializer[ItemPhoto]):
    exhibit = ExhibitOut()

    class Meta:
        model = ItemPhoto
        fields = ["id", "shot_code", "source", "kept_reason", "supplement_id", "added_at", "posted_at", "exhibit"]


class AbsentOut(serializers.ModelSerializer[AbsentShot]):
    class Meta:
        model = AbsentShot
        fields = ["shot_code", "absent_reason"]


class SupplementOut(serializers.ModelSerializer[Supplement]):
    class Meta:
        model = Supplement
        fields = ["id", "shot_code", "reason", "asked_by_name", "asked_at", "answered_at"]


class OpinionOut(serializers.ModelSerializer[Opinion]):
    authority = serializers.JSONField(help_text="authorisation number, principal, trademarks, classes, validity")

    class Meta:
        model = Opinion
        fields = ["id", "given_at", "received_at", "appraiser_name", "authority", "on_site", "late"]


class VerdictOut(serializers.ModelSerializer[Verdict]):
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


class ItemOut(serializers.ModelSerializer[RequestItem]):
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


class RequestRow(serializers.ModelSerializer[AppraisalRequest]):
    officer = serializers.CharField(source="officer.display_name")
    unit = serializers.CharField(source="unit.name")

    class Meta:
        model = AppraisalRequest
        fields = [
            "id", "number", "state", "brand_name", "organisation_id", "organisation_name", "officer", "unit", "site_id",
            "urgent", "created_at", "sent_at", "claimed_at", "answered_at", "due_at", "claimed_by_name", "rung_at",
            "read_at", "enough_at", "phase", "phase_since", "waiting_s", "brand_s", "officer_s", "wall_minutes",
            "office_minutes",
        ]  # fmt: skip


class AppointmentOut(serializers.ModelSerializer[Appointment]):
    class Meta:
        model = Appointment
        fields = ["id", "state", "meet_at", "who", "contact", "note"]


class RequestOut(RequestRow):
    items = ItemOut(many=True)
    appointments = AppointmentOut(many=True)

    class Meta(RequestRow.Meta):
        fields = [*RequestRow.Meta.fields, "question", "items", "appointments"]


class LineOut(serializers.ModelSerializer[Line]):
    data = serializers.JSONField()
    photos = serializers.SerializerMethodField()

    class Meta:
        model = Line
        fields = ["id", "kind", "side", "who", "text", "data", "at", "photos"]

    def get_photos(self, line: Line) -> list[str]:
        return [photo_url(photo.exhibit_id, "view") for photo in line.photos.all()]


class SiteOut(serializers.ModelSerializer[Site]):
    requests = RequestRow(many=True)

    class Meta:
        model = Site
        fields = ["id", "opened_at", "place", "county_code", "latitude", "longitude", "accuracy_m", "requests"]


class ConsultationOut(serializers.ModelSerializer[Consultation]):
    class Meta:
        model = Consultation
        fields = ["id", "organisation_id", "organisation_name", "subject", "created_at", "last_at"]


class ConsultationLineOut(serializers.ModelSerializer[ConsultationLine]):
    class Meta:
        model = ConsultationLine
        fields = ["id", "side", "who", "text", "at"]


class AssistanceOut(serializers.ModelSerializer[AssistanceTask]):
    class Meta:
        model = AssistanceTask
        fields = [
            "id", "organisation_id", "organisation_name", "subject", "text", "state", "reply_by", "reply",
            "replied_by_name", "created_at",
        ]  # fmt: skip


# What is read in ------------------------------------------------------------------------------------------------------


class SiteIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one")
    county_code = serializers.RegexField(r"^\d{6}$", help_text="GB/T 2260")
    place = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    latitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-90, max_value=90, required=False)
    longitude = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False)
    accuracy_m = serializers.IntegerField(min_value=0, max_value=100_000, required=False)


class DetailsIn(Fields):
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, required=False, allow_null=True)
    quantity_unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    claimed_price_yuan = serializers.DecimalField(max_digits=14, decimal_places=2, required=False, allow_null=True)
    package_state = serializers.CharField(max_length=40, required=False, allow_blank=True)
    waybill_no = serializers.CharField(max_length=60, required=False, allow_blank=True)
    batch_no = serializers.CharField(max_length=60, required=False, allow_blank=True)
    stood_where = serializers.CharField(max_length=120, required=False, allow_blank=True)
    claimed_brand = serializers.CharField(max_length=80, required=False)


class ItemIn(DetailsIn):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one")
    product_id = serializers.UUIDField()


class UnlistedIn(Fields):
    id = serializers.UUIDField(required=False)
    brand_name = serializers.CharField(max_length=80)
    product_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class QuestionIn(Fields):
    question = serializers.CharField(max_length=2000, allow_blank=True)
    urgent = serializers.BooleanField(required=False, default=False)


class ViolationIn(Fields):
    violation = serializers.ChoiceField(AppraisalRequest.Violation.choices, allow_blank=True)
    infringed_right = serializers.CharField(max_length=200, allow_blank=True)


class AbsentIn(Fields):
    shot_code = serializers.CharField(max_length=40)
    reason = serializers.CharField(max_length=200)


class ReasonIn(Fields):
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class NeededReasonIn(Fields):
    reason = serializers.CharField(max_length=200)


class SayIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one line")
    text = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), max_length=6, required=False, default=list)


class OfficerIn(Fields):
    officer_id = serializers.UUIDField()


class OnsiteIn(Fields):
    meet_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    contact = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class VerbIn(Fields):
    verb = serializers.ChoiceField(["agree", "decline", "finish"])
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ConsultIn(Fields):
    id = serializers.UUIDField(required=False)
    organisation_id = serializers.UUIDField()
    subject = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=2000)


class ConsultLineIn(Fields):
    id = serializers.UUIDField(required=False)
    text = serializers.CharField(max_length=2000)


class AssistanceIn(Fields):
    organisation_id = serializers.UUIDField()
    subject = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=4000)
    county_code = serializers.RegexField(r"^\d{6}$")
    reply_by = serializers.DateTimeField()


class PhotoIn(SealedIn):
    shot_code = serializers.CharField(max_length=40)
    source = serializers.ChoiceField(uploads.UPLOAD_SOURCES)
    supplement_id = serializers.UUIDField(required=False)


def _whole(request: Request, request_id: UUID) -> Response:
    return Response(RequestOut(selectors.whole_request(request.user, request_id)).data)


# Catalogue ------------------------------------------------------------------------------------------------------------


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


class Products(View):
    """Search by barcode, name, pinyin or initials."""

    @extend_schema(
        operation_id="products_search",
        parameters=[ProductQuery],
        responses=inline_serializer("ProductHits", {"results": ProductHit(many=True)}),
    )
    def get(self, request: Request) -> Response:
        asked = read_query(ProductQuery, request)
        hits = catalogue.search(asked["q"], asked["limit"])
        rows = [
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
        return Response({"results": rows})


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


# Sites and requests ---------------------------------------------------------------------------------------------------


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
        return Response(SiteOut(site).data, status=status.HTTP_201_CREATED)


class SiteDetail(View):
    @extend_schema(operation_id="site", responses=SiteOut)
    def get(self, request: Request, site_id: UUID) -> Response:
        return Response(SiteOut(selectors.access_site(request.user, site_id)).data)


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
        return Response(ItemOut(item).data, status=status.HTTP_201_CREATED)


class SiteUnlisted(View):
    """Goods of a brand that nobody here knows."""

    @extend_schema(operation_id="item_add_unlisted", request=UnlistedIn, responses={201: ItemOut})
    def post(self, request: Request, site_id: UUID) -> Response:
        site = selectors.access_site(request.user, site_id)
        data = read(UnlistedIn, request)
        item = services.add_unlisted(by=request.user, site=site, item_id=data.pop("id", None), **data)
        return Response(ItemOut(item).data, status=status.HTTP_201_CREATED)


class SiteSend(View):
    """Send every draft of a visit: all or none."""

    @extend_schema(operation_id="site_send", request=None, responses=RequestRow(many=True))
    def post(self, request: Request, site_id: UUID) -> Response:
        sent = services.send_site(by=request.user, site_id=site_id)
        return Response(RequestRow(sent, many=True).data)


class RequestQuery(serializers.Serializer[Any]):
    state = serializers.ListField(child=serializers.ChoiceField(AppraisalRequest.State.choices), required=False)
    brand = serializers.CharField(max_length=80, required=False, help_text="part of the brand's name")
    number = serializers.CharField(max_length=40, required=False, help_text="part of the number")
    urgent = YesNo(required=False)
    sent_after = serializers.DateTimeField(required=False, help_text="RFC 3339")
    sent_before = serializers.DateTimeField(required=False, help_text="RFC 3339")


class Requests(View):
    """Requests of the units one may see, newest first."""

    pagination_class = ByNewest

    @extend_schema(operation_id="requests", parameters=[RequestQuery], responses=RequestRow(many=True))
    def get(self, request: Request) -> Response:
        lookups = {
            "state": "state__in",
            "brand": "brand_name__icontains",
            "number": "number__icontains",
            "urgent": "urgent",
            "sent_after": "sent_at__gte",
            "sent_before": "sent_at__lt",
        }
        asked = {lookups[name]: value for name, value in read_query(RequestQuery, request).items()}
        return self.paged(selectors.requests_of(request.user).filter(**asked), RequestRow)


class RequestDetail(View):
    @extend_schema(operation_id="request", responses=RequestOut)
    def get(self, request: Request, request_id: UUID) -> Response:
        return _whole(request, request_id)

    @extend_schema(operation_id="request_question", request=QuestionIn, responses=RequestOut)
    def patch(self, request: Request, request_id: UUID) -> Response:
        services.write_question(by=request.user, request_id=request_id, **read(QuestionIn, request))
        return _whole(request, request_id)


class RequestSend(View):
    """Sending twice sends once."""

    @extend_schema(operation_id="request_send", request=None, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        services.send(by=request.user, request_id=request_id)
        return _whole(request, request_id)


class RequestCancel(View):
    @extend_schema(operation_id="request_cancel", request=ReasonIn, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        services.cancel(by=request.user, request_id=request_id, **read(ReasonIn, request))
        return _whole(request, request_id)


class RequestHand(View):
    """Give it to a colleague of the same unit."""

    @extend_schema(operation_id="request_hand_over", request=OfficerIn, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        officer_id = read(OfficerIn, request)["officer_id"]
        colleague = selectors.colleague(selectors.access_request(request.user, request_id), officer_id)
        services.hand_to(by=request.user, request_id=request_id, officer=colleague)
        return _whole(request, request_id)


class RequestLines(View):
    """The timeline, oldest first, with what was said."""

    @extend_schema(operation_id="request_lines", responses=LineOut(many=True))
    def get(self, request: Request, request_id: UUID) -> Response:
        found = selectors.whole_request(request.user, request_id)
        return Response(LineOut(found.lines.all(), many=True).data)

    @extend_schema(operation_id="request_say", request=SayIn, responses={201: LineOut})
    def post(self, request: Request, request_id: UUID) -> Response:
        data = read(SayIn, request)
        exhibits = [selectors.own_exhibit(request.user, each) for each in data["exhibit_ids"]]
        line = services.say(
            by=request.user, request_id=request_id, text=data["text"], exhibits=exhibits, line_id=data.get("id")
        )
        return Response(LineOut(line).data, status=status.HTTP_201_CREATED)


class RequestPhotos(View):
    """Hand in a photo for the talk; a line names it by its id afterwards."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="request_photo", request={"multipart/form-data": ChatPhotoIn}, responses={201: HandedInOut}
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        found = selectors.access_request(request.user, request_id)
        if not selectors.may_write(request.user, found.unit_id):
            raise NotAllowed()
        read(ChatPhotoIn, request)
        received = uploads.handle_upload(request._request)
        return Response(HandedInOut(received).data, status=status.HTTP_201_CREATED)


class RequestOnsite(View):
    """Ask the brand to come."""

    @extend_schema(operation_id="onsite_ask", request=OnsiteIn, responses={201: AppointmentOut})
    def post(self, request: Request, request_id: UUID) -> Response:
        made = services.ask_onsite(by=request.user, request_id=request_id, **read(OnsiteIn, request))
        return Response(AppointmentOut(made).data, status=status.HTTP_201_CREATED)


class Onsite(View):
    @extend_schema(operation_id="onsite_answer", request=VerbIn, responses=AppointmentOut)
    def post(self, request: Request, appointment_id: UUID) -> Response:
        found = services.answer_onsite(by=request.user, appointment_id=appointment_id, **read(VerbIn, request))
        return Response(AppointmentOut(found).data)


# Items and photos -----------------------------------------------------------------------------------------------------


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


# Outside a request ----------------------------------------------------------------------------------------------------


class Consultations(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="consultations", responses=ConsultationOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.consultations_of(request.user), ConsultationOut)

    @extend_schema(operation_id="consult", request=ConsultIn, responses={201: ConsultationOut})
    def post(self, request: Request) -> Response:
        data = read(ConsultIn, request)
        made = services.consult(by=request.user, consultation_id=data.pop("id", None), **data)
        return Response(ConsultationOut(made).data, status=status.HTTP_201_CREATED)


class ConsultationLines(View):
    @extend_schema(operation_id="consultation_lines", responses=ConsultationLineOut(many=True))
    def get(self, request: Request, consultation_id: UUID) -> Response:
        found = selectors.access_consultation(request.user, consultation_id)
        return Response(ConsultationLineOut(found.lines.all(), many=True).data)

    @extend_schema(operation_id="consultation_say", request=ConsultLineIn, responses={201: ConsultationLineOut})
    def post(self, request: Request, consultation_id: UUID) -> Response:
        data = read(ConsultLineIn, request)
        line = services.say_in_consultation(
            by=request.user, consultation_id=consultation_id, text=data["text"], line_id=data.get("id")
        )
        return Response(ConsultationLineOut(line).data, status=status.HTTP_201_CREATED)


class Assistance(OfficerView):
    pagination_class = ByNewest

    @extend_schema(operation_id="assistance_tasks", responses=AssistanceOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.assistance_of(request.user), AssistanceOut)

    @extend_schema(operation_id="assistance_ask", request=AssistanceIn, responses={201: AssistanceOut})
    def post(self, request: Request) -> Response:
        made = services.ask_assistance(by=request.user, **read(AssistanceIn, request))
        return Response(AssistanceOut(made).data, status=status.HTTP_201_CREATED)


class AssistanceDetail(View):
    @extend_schema(operation_id="assistance_task", responses=AssistanceOut)
    def get(self, request: Request, task_id: UUID) -> Response:
        return Response(AssistanceOut(selectors.access_assistance(request.user, task_id)).data)


class FiguresOut(serializers.Serializer[Any]):
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    counterfeit = serializers.IntegerField()
    overdue = serializers.IntegerField()
    open = serializers.IntegerField()
    median_minutes = serializers.FloatField(allow_null=True)
    median_office_minutes = serializers.FloatField(allow_null=True)


class Figures(View):
    """Today's figures of the units one may see, computed from rows."""

    @extend_schema(operation_id="figures", responses=FiguresOut)
    def get(self, request: Request) -> Response:
        return Response(FiguresOut(selectors.day_figures(request.user)).data)


urlpatterns = [
    path("products/", Products.as_view()),
    path("products/<uuid:product_id>/shot-list/", ShotListView.as_view()),
    path("sites/", Sites.as_view()),
    path("sites/<uuid:site_id>/", SiteDetail.as_view()),
    path("sites/<uuid:site_id>/items/", SiteItems.as_view()),
    path("sites/<uuid:site_id>/unlisted/", SiteUnlisted.as_view()),
    path("sites/<uuid:site_id>/send/", SiteSend.as_view()),
    path("requests/", Requests.as_view()),
    path("requests/<uuid:request_id>/", RequestDetail.as_view()),
    path("requests/<uuid:request_id>/send/", RequestSend.as_view()),
    path("requests/<uuid:request_id>/cancel/", RequestCancel.as_view()),
    path("requests/<uuid:request_id>/hand-over/", RequestHand.as_view()),
    path("requests/<uuid:request_id>/lines/", RequestLines.as_view()),
    path("requests/<uuid:request_id>/photos/", RequestPhotos.as_view()),
    path("requests/<uuid:request_id>/onsite/", RequestOnsite.as_view()),
    path("onsite/<uuid:appointment_id>/", Onsite.as_view()),
    path("items/<uuid:item_id>/", ItemDetail.as_view()),
    path("items/<uuid:item_id>/violation/", ItemViolation.as_view()),
    path("items/<uuid:item_id>/photos/", ItemPhotos.as_view()),
    path("items/<uuid:item_id>/absent/", ItemAbsent.as_view()),
    path("photos/<uuid:photo_id>/", Photo.as_view()),
    path("supplements/<uuid:supplement_id>/decline/", SupplementDecline.as_view()),
    path("consultations/", Consultations.as_view()),
    path("consultations/<uuid:consultation_id>/lines/", ConsultationLines.as_view()),
    path("assistance/", Assistance.as_view()),
    path("assistance/<uuid:task_id>/", AssistanceDetail.as_view()),
    path("figures/", Figures.as_view()),
]
