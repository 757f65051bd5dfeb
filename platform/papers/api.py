"""API of papers on a province's host: make, read, download, sign, scan back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from gateway.views import AnswersFile
from papers import selectors, services
from papers.models import Paper, PaperAbsence, PaperDelivery, PaperFile, PaperScan, PaperSignature, PaperSigner
from papers.views import file_response
from webui import signatures


class PaperRow(ModelFields[Paper]):
    class Meta:
        model = Paper
        fields = [
            "id", "kind", "matter_kind", "matter_id", "unit_id", "title", "document_no", "version", "state",
            "check_code", "content_sha256", "pages", "on_paper", "void_reason", "made_at",
        ]  # fmt: skip


class SignatureOut(ModelFields[PaperSignature]):
    class Meta:
        model = PaperSignature
        fields = ["id", "page", "png_sha256", "record_sha256", "at"]


class PaperAbsenceOut(ModelFields[PaperAbsence]):
    class Meta:
        model = PaperAbsence
        fields = ["kind", "reason", "witness_name", "witness_what", "at"]


class SignerOut(ModelFields[PaperSigner]):
    signatures = SignatureOut(many=True)
    absence = serializers.SerializerMethodField()

    class Meta:
        model = PaperSigner
        fields = ["place", "role", "name", "certificate_no", "each_page", "required", "signatures", "absence"]

    @extend_schema_field(PaperAbsenceOut(allow_null=True))
    def get_absence(self, row: PaperSigner) -> dict[str, Any] | None:
        absence = getattr(row, "absence", None)
        return dict(PaperAbsenceOut(absence).data) if absence is not None else None


class ScanOut(ModelFields[PaperScan]):
    class Meta:
        model = PaperScan
        fields = ["id", "page", "exhibit_id", "at"]


class DeliveryOut(ModelFields[PaperDelivery]):
    class Meta:
        model = PaperDelivery
        fields = ["id", "way", "to_name", "note", "at"]


class PaperOut(PaperRow):
    content = serializers.DictField()
    signers = SignerOut(many=True)
    scans = ScanOut(many=True)
    deliveries = DeliveryOut(many=True)

    class Meta(PaperRow.Meta):
        fields = [*PaperRow.Meta.fields, "content", "signers", "scans", "deliveries"]


class MakeIn(Fields):
    kind = serializers.CharField(max_length=40)
    matter_id = serializers.UUIDField()


class SignIn(Fields):
    place = serializers.IntegerField(min_value=0, max_value=99)
    page = serializers.IntegerField(min_value=1, max_value=9999)
    signature_png = serializers.CharField(max_length=600_000)
    signature_strokes = serializers.CharField(max_length=400_000)
    signature_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)


class AbsenceIn(Fields):
    place = serializers.IntegerField(min_value=0, max_value=99)
    kind = serializers.ChoiceField(PaperAbsence.Kind.choices)
    reason = serializers.CharField(max_length=300)
    witness_name = serializers.CharField(max_length=60)
    witness_what = serializers.CharField(max_length=120)


class ScanIn(Fields):
    check_code = serializers.CharField(max_length=20)
    page = serializers.IntegerField(min_value=1, max_value=9999)
    exhibit_id = serializers.UUIDField()


class DeliveryIn(Fields):
    way = serializers.ChoiceField(PaperDelivery.Way.choices)
    to_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class VoidIn(Fields):
    reason = serializers.CharField(max_length=200)


class Papers(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="papers", responses=PaperRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.papers_of(request.user), PaperRow)

    @extend_schema(operation_id="paper_make", request=MakeIn, responses={201: PaperOut})
    def post(self, request: Request) -> Response:
        """A paper of what the records say now; the same records give the same paper."""
        made = services.make(by=request.user, **read(MakeIn, request))
        return Response(_whole(request, made.pk), status=status.HTTP_201_CREATED)


def _whole(request: Request, paper_id: UUID) -> Any:
    return PaperOut(selectors.whole_paper(request.user, paper_id)).data


class PaperDetail(View):
    @extend_schema(operation_id="paper", responses=PaperOut)
    def get(self, request: Request, paper_id: UUID) -> Response:
        return Response(_whole(request, paper_id))


_WAITING = OpenApiResponse(description="a worker makes it: ask again in some seconds")


class PaperPdf(AnswersFile, View):
    @extend_schema(operation_id="paper_pdf", responses={(200, "application/pdf"): OpenApiTypes.BINARY, 202: _WAITING})
    def get(self, request: Request, paper_id: UUID) -> HttpResponse:
        return _file(request, paper_id, PaperFile.Format.PDF)


class PaperWord(AnswersFile, View):
    @extend_schema(
        operation_id="paper_word",
        responses={
            (200, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"): OpenApiTypes.BINARY,
            202: _WAITING,
        },
    )
    def get(self, request: Request, paper_id: UUID) -> HttpResponse:
        return _file(request, paper_id, PaperFile.Format.WORD)


def _file(request: Request, paper_id: UUID, file_format: str) -> HttpResponse:
    found = selectors.access_paper(request.user, paper_id)
    kept = services.file_of(found, file_format)
    if kept is None:
        return Response(status=status.HTTP_202_ACCEPTED)
    return file_response(found.title, found.check_code, kept)


class PaperSign(View):
    @extend_schema(operation_id="paper_sign", request=SignIn, responses={201: PaperOut})
    def post(self, request: Request, paper_id: UUID) -> Response:
        """A name written on glass, as `webui/js/signature.js` records it, over the paper's `content_sha256`."""
        data = read(SignIn, request)
        paper = selectors.access_paper(request.user, paper_id)
        signed = signatures.read(data, "signature", signs=paper.content_sha256)
        assert signed is not None
        services.sign(by=request.user, paper_id=paper_id, place=data["place"], page=data["page"], signed=signed)
        return Response(_whole(request, paper_id), status=status.HTTP_201_CREATED)


class PaperAbsences(View):
    @extend_schema(operation_id="paper_absence", request=AbsenceIn, responses={201: PaperOut})
    def post(self, request: Request, paper_id: UUID) -> Response:
        """Somebody refused to sign or was not there; a witness stands instead."""
        services.note_absence(by=request.user, paper_id=paper_id, **read(AbsenceIn, request))
        return Response(_whole(request, paper_id), status=status.HTTP_201_CREATED)


class PaperScans(View):
    @extend_schema(operation_id="paper_scan", request=ScanIn, responses={201: ScanOut})
    def post(self, request: Request) -> Response:
        """A photo that this person handed in is one page of the paper with this code."""
        scan = services.bind_scan(by=request.user, **read(ScanIn, request))
        return Response(ScanOut(scan).data, status=status.HTTP_201_CREATED)


class PaperDeliveries(View):
    @extend_schema(operation_id="paper_deliver", request=DeliveryIn, responses={201: DeliveryOut})
    def post(self, request: Request, paper_id: UUID) -> Response:
        row = services.deliver(by=request.user, paper_id=paper_id, **read(DeliveryIn, request))
        return Response(DeliveryOut(row).data, status=status.HTTP_201_CREATED)


class PaperVoid(View):
    @extend_schema(operation_id="paper_void", request=VoidIn, responses=PaperRow)
    def post(self, request: Request, paper_id: UUID) -> Response:
        return Response(PaperRow(services.void(by=request.user, paper_id=paper_id, **read(VoidIn, request))).data)


urlpatterns = [
    path("papers/", Papers.as_view()),
    path("papers/scans/", PaperScans.as_view()),
    path("papers/<uuid:paper_id>/", PaperDetail.as_view()),
    path("papers/<uuid:paper_id>/pdf/", PaperPdf.as_view()),
    path("papers/<uuid:paper_id>/word/", PaperWord.as_view()),
    path("papers/<uuid:paper_id>/sign/", PaperSign.as_view()),
    path("papers/<uuid:paper_id>/absences/", PaperAbsences.as_view()),
    path("papers/<uuid:paper_id>/deliveries/", PaperDeliveries.as_view()),
    path("papers/<uuid:paper_id>/void/", PaperVoid.as_view()),
]
