"""Matters and their results under `/api/v1/`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from gateway.views import ApiView
from tenants.embedding import results, selectors
from tenants.embedding.models import LONGEST_NUMBER, Matter
from tenants.embedding.services import matters


class MatterPartyOut(serializers.Serializer[Any]):
    name = serializers.CharField(required=False)
    uscc = serializers.CharField(required=False)
    address = serializers.CharField(required=False)


class MatterOut(ModelFields[Matter]):
    previous_numbers = serializers.SerializerMethodField()
    party = MatterPartyOut()
    conflict = serializers.BooleanField()

    class Meta:
        model = Matter
        fields = ["id", "connection_id", "kind", "case_number", "previous_numbers", "external_id", "title", "state",
                  "conflict", "party", "place", "county_code", "unit_id", "officer_id", "return_mode", "created_at",
                  "opened_at", "changed_at"]  # fmt: skip

    def get_previous_numbers(self, row: Matter) -> list[str]:
        return [each.number for each in row.aliases.all()]


class ResultVerdictOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    value = serializers.CharField()
    label = serializers.CharField()
    reasons = serializers.CharField()
    appraiser = serializers.CharField()
    given_at = serializers.DateTimeField()


class ResultExhibitOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    shot = serializers.CharField()
    sha256 = serializers.CharField()
    sm3 = serializers.CharField()
    captured_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField()


class ResultItemOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    product = serializers.CharField()
    brand = serializers.CharField()
    quantity = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    batch_no = serializers.CharField(allow_blank=True)
    verdict = ResultVerdictOut(allow_null=True)
    exhibits = ResultExhibitOut(many=True)


class ResultRequestOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()
    asked_of = serializers.CharField()
    sent_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    items = ResultItemOut(many=True)


class ResultOpinionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    opinion_no = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    state = serializers.CharField()
    issued_by = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    request = serializers.UUIDField()
    facts_sha256 = serializers.CharField(allow_blank=True)
    pdf_sha256 = serializers.CharField(allow_blank=True)


class ResultPhotoOut(serializers.Serializer[Any]):
    sha256 = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)


class ResultClueOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()


class ResultLetterOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    document_no = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    state = serializers.CharField()


class MatterResultOut(serializers.Serializer[Any]):
    format = serializers.CharField()
    matter = serializers.UUIDField()
    kind = serializers.CharField()
    case_number = serializers.CharField()
    previous_numbers = serializers.ListField(child=serializers.CharField())
    case_id = serializers.CharField(allow_blank=True)
    province = serializers.CharField()
    conflict = serializers.BooleanField()
    answered = serializers.BooleanField()
    changed_at = serializers.DateTimeField()
    requests = ResultRequestOut(many=True)
    opinions = ResultOpinionOut(many=True)
    photos = ResultPhotoOut(many=True)
    clues = ResultClueOut(many=True)
    letters = ResultLetterOut(many=True)


class MatterRenumberIn(Fields):
    case_number = serializers.CharField(max_length=LONGEST_NUMBER)


class MatterList(ApiView):
    """Cases and clues of case systems."""

    pagination_class = ByNewest

    @extend_schema(
        operation_id="matters_list",
        parameters=[
            OpenApiParameter("case_number", str, description="exactly this number, now or before"),
            OpenApiParameter("q", str, description="number, earlier number, title or party holds this"),
        ],
        responses=MatterOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Matters that the caller may see, newest first. A program sees those of its own connection."""
        rows = selectors.matters_of(request.user).prefetch_related("aliases")
        asked = {name: request.query_params.get(name, "").replace("\0", "")[:80] for name in ("case_number", "q")}
        if asked["case_number"]:
            rows = selectors.numbered(rows, asked["case_number"])
        return self.paged(selectors.search(rows, asked["q"]).order_by("-pk"), MatterOut)


class MatterDetail(ApiView):
    """One case or clue of a case system."""

    @extend_schema(operation_id="matters_get", responses=MatterOut)
    def get(self, request: Request, embedded_matter_id: UUID) -> Response:
        """One matter."""
        return Response(MatterOut(selectors.matter_for(request.user, embedded_matter_id)).data)

    @extend_schema(operation_id="matters_renumber", request=MatterRenumberIn, responses=MatterOut)
    def patch(self, request: Request, embedded_matter_id: UUID) -> Response:
        """The case has another number now. The old one goes on finding it."""
        found = selectors.matter_for(request.user, embedded_matter_id)
        said = read(MatterRenumberIn, request)
        return Response(MatterOut(matters.rename(matter=found, number=said["case_number"], by=request.user)).data)


class MatterResult(ApiView):
    """What became of one."""

    @extend_schema(operation_id="matters_result", responses=MatterResultOut)
    def get(self, request: Request, embedded_matter_id: UUID) -> Response:
        """The result as it stands: verdicts, opinion letters and digests, in the format `chazhenjia.result/1`."""
        return Response(results.result_of(selectors.matter_for(request.user, embedded_matter_id)))
