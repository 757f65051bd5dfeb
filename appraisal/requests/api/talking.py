"""The timeline of a request, what is said on it, and help on the spot."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from appraisal.requests import selectors, services
from appraisal.requests.api.request import AppointmentOut
from appraisal.requests.models import Line
from evidence import uploads
from evidence.api import ChatPhotoIn, HandedInOut
from evidence.selectors import own_exhibit
from evidence.store import photo_url
from gateway.serializers import Fields, ModelFields, read
from kernel.errors import NotAllowed


class LineOut(ModelFields[Line]):
    data = serializers.JSONField()
    photos = serializers.SerializerMethodField()

    class Meta:
        model = Line
        fields = ["id", "kind", "side", "who", "text", "data", "at", "photos"]

    def get_photos(self, line: Line) -> list[str]:
        return [photo_url(photo.exhibit_id, "view") for photo in line.photos.all()]


class SayIn(Fields):
    id = serializers.UUIDField(required=False, help_text="chosen by the caller; sent twice it is one line")
    text = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    exhibit_ids = serializers.ListField(child=serializers.UUIDField(), max_length=6, required=False, default=list)


class OnsiteIn(Fields):
    meet_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    contact = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class VerbIn(Fields):
    verb = serializers.ChoiceField(["agree", "decline", "finish"])
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class RequestLines(View):
    """The timeline, oldest first, with what was said."""

    @extend_schema(operation_id="request_lines", responses=LineOut(many=True))
    def get(self, request: Request, request_id: UUID) -> Response:
        found = selectors.access_request(request.user, request_id)
        return Response(LineOut(selectors.lines_of(found), many=True).data)

    @extend_schema(operation_id="request_say", request=SayIn, responses={201: LineOut})
    def post(self, request: Request, request_id: UUID) -> Response:
        data = read(SayIn, request)
        exhibits = [own_exhibit(request.user, each) for each in data["exhibit_ids"]]
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
