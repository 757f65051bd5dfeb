"""API of the office: who wants in, who is in, whom to invite."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.admission import holds_office_post
from federation.parties import selectors, services
from federation.parties.api import MemberOut, OrganisationOut, TrademarkOut
from federation.parties.models import Enrolment, EnrolmentDocument, Organisation
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from gateway.views import ApiView


class Official(BasePermission):
    """A post in the office."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return holds_office_post(request.user)


class OfficeView(ApiView):
    """Of people of the office."""

    permission_classes = [*ApiView.permission_classes, Official]


class EnrolmentRow(ModelFields[Enrolment]):
    class Meta:
        model = Enrolment
        fields = ["id", "kind", "name", "uscc", "state", "submitted_at", "decided_at", "organisation_id"]


class EnrolmentDocumentOut(ModelFields[EnrolmentDocument]):
    class Meta:
        model = EnrolmentDocument
        fields = ["id", "title", "sha256", "size_bytes", "media_type", "created_at"]


class ClaimedMarkOut(serializers.Serializer[Any]):
    reg_no = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    nice_classes = serializers.ListField(child=serializers.IntegerField())


class EnrolmentOut(EnrolmentRow):
    trademarks = ClaimedMarkOut(many=True)
    documents = EnrolmentDocumentOut(many=True)

    class Meta(EnrolmentRow.Meta):
        fields = [
            *EnrolmentRow.Meta.fields, "contact_name", "contact_phone", "contact_email", "brands", "trademarks",
            "reason", "documents",
        ]  # fmt: skip


class OrganisationDetailOut(OrganisationOut):
    trademarks = TrademarkOut(many=True)
    members = serializers.SerializerMethodField()

    class Meta(OrganisationOut.Meta):
        fields = [*OrganisationOut.Meta.fields, "trademarks", "members"]

    @extend_schema_field(MemberOut(many=True))
    def get_members(self, organisation: Organisation) -> Any:
        return MemberOut(selectors.members(organisation), many=True).data


class WantedOut(serializers.Serializer[Any]):
    brand_name = serializers.CharField()
    count = serializers.IntegerField()
    provinces = serializers.ListField(child=serializers.CharField())
    last_at = serializers.DateTimeField()


class EnrolmentQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        [state for state in Enrolment.State.values if state != Enrolment.State.DRAFT], required=False
    )


class OrganisationQuery(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=60, required=False, help_text="part of name or USCC")
    kind = serializers.ChoiceField(Organisation.Kind.choices, required=False)
    state = serializers.ChoiceField(Organisation.State.choices, required=False)


class WantedQuery(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=80, required=False)


class ApproveIn(Fields):
    short_name = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class RefuseIn(Fields):
    reason = serializers.CharField(max_length=500)


class StandingIn(Fields):
    verb = serializers.ChoiceField(sorted(Organisation.MOVES))
    reason = serializers.CharField(max_length=500)


class Enrolments(OfficeView):
    pagination_class = ByNewest

    @extend_schema(operation_id="enrolments", parameters=[EnrolmentQuery], responses=EnrolmentRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.enrolments(**read_query(EnrolmentQuery, request)), EnrolmentRow)


class EnrolmentDetail(OfficeView):
    @extend_schema(operation_id="enrolment", responses=EnrolmentOut)
    def get(self, request: Request, enrolment_id: UUID) -> Response:
        return Response(EnrolmentOut(selectors.access_enrolment(enrolment_id)).data)


class EnrolmentApprove(OfficeView):
    """Let the applicant in, once for all provinces."""

    @extend_schema(operation_id="enrolment_approve", request=ApproveIn, responses={201: OrganisationDetailOut})
    def post(self, request: Request, enrolment_id: UUID) -> Response:
        found = services.approve(by=request.user, enrolment_id=enrolment_id, **read(ApproveIn, request))
        return Response(OrganisationDetailOut(found).data, status=status.HTTP_201_CREATED)


class EnrolmentRefuse(OfficeView):
    """Send it back; the applicant reads the reason and may hand it in again."""

    @extend_schema(operation_id="enrolment_refuse", request=RefuseIn, responses=EnrolmentOut)
    def post(self, request: Request, enrolment_id: UUID) -> Response:
        services.refuse(by=request.user, enrolment_id=enrolment_id, **read(RefuseIn, request))
        return Response(EnrolmentOut(selectors.access_enrolment(enrolment_id)).data)


class Organisations(OfficeView):
    pagination_class = ByNewest

    @extend_schema(operation_id="organisations", parameters=[OrganisationQuery], responses=OrganisationOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.organisations(**read_query(OrganisationQuery, request)), OrganisationOut)


class OrganisationDetail(OfficeView):
    @extend_schema(operation_id="organisation", responses=OrganisationDetailOut)
    def get(self, request: Request, organisation_id: UUID) -> Response:
        return Response(OrganisationDetailOut(selectors.any_organisation(organisation_id)).data)


class OrganisationStanding(OfficeView):
    """Suspend, resume or let go; it works from the next request on."""

    @extend_schema(operation_id="organisation_standing", request=StandingIn, responses=OrganisationOut)
    def post(self, request: Request, organisation_id: UUID) -> Response:
        data = read(StandingIn, request)
        found = services.set_standing(
            by=request.user, organisation_id=organisation_id, verb=data["verb"], why=data["reason"]
        )
        return Response(OrganisationOut(found).data)


class Wanted(OfficeView):
    """Brands that officers asked for and nobody answers for, most asked for first."""

    @extend_schema(operation_id="wanted_brands", parameters=[WantedQuery], responses=WantedOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(WantedOut(selectors.wanted_brands(**read_query(WantedQuery, request)), many=True).data)


urlpatterns = [
    path("enrolments/", Enrolments.as_view()),
    path("enrolments/<uuid:enrolment_id>/", EnrolmentDetail.as_view()),
    path("enrolments/<uuid:enrolment_id>/approve/", EnrolmentApprove.as_view()),
    path("enrolments/<uuid:enrolment_id>/refuse/", EnrolmentRefuse.as_view()),
    path("organisations/", Organisations.as_view()),
    path("organisations/<uuid:organisation_id>/", OrganisationDetail.as_view()),
    path("organisations/<uuid:organisation_id>/standing/", OrganisationStanding.as_view()),
    path("wanted/", Wanted.as_view()),
]
