"""API of what an organisation keeps of itself, on the brands host: people, authorisations, roster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.parties import selectors, services
from federation.parties.acting import acting_for, admitted, choices
from federation.parties.models import Authorisation, DutyAbsence, DutySlot, Membership, Organisation, Trademark
from federation.parties.selectors import ActingFor, Member
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from gateway.views import ApiView
from kernel import clock
from kernel.errors import NotFound404

ORGANISATION = "X-Organisation"


class MemberView(ApiView):
    """Of people who act for an organisation.

    Who acts for several names one with `X-Organisation: <uuid>`; without it the one chosen in the session, or the
    first, counts.
    """

    platforms = False
    """Whether people and clients of e-commerce platforms are admitted."""
    extra_parameters = (OpenApiParameter(ORGANISATION, {"type": "string", "format": "uuid"}, OpenApiParameter.HEADER),)

    def acting(self, request: Request) -> ActingFor:
        """The seat of the person for the organisation named. Raises NotFound404, NotAllowed."""
        wanted = request.headers.get(ORGANISATION)
        if wanted is None:
            return acting_for(request._request, platforms=self.platforms)
        found = next((each for each in choices(request._request) if str(each.organisation.pk) == wanted), None)
        if found is None:
            raise NotFound404()
        return admitted(found, platforms=self.platforms, request=request._request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # The token's person is known to REST framework only; the doors of the host ask the plain request.
        request._request.user = request.user
        super().initial(request, *args, **kwargs)


class OrganisationOut(ModelFields[Organisation]):
    class Meta:
        model = Organisation
        fields = ["id", "kind", "name", "short_name", "uscc", "state", "joined_at"]


class SeatOut(serializers.Serializer[Any]):
    """One organisation a person may act for. via: the association or agency in whose service."""

    organisation = OrganisationOut()
    via = OrganisationOut(allow_null=True)
    roles = serializers.ListField(child=serializers.ChoiceField(Membership.Role.choices))


class MemberOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="user.pk")
    name = serializers.CharField(source="user.name")
    title = serializers.CharField(source="user.title", allow_blank=True)
    is_active = serializers.BooleanField(source="user.is_active")
    roles = serializers.SerializerMethodField()

    def get_roles(self, member: Member) -> list[str]:
        return [each.role for each in member.active_roles]


class TrademarkOut(ModelFields[Trademark]):
    class Meta:
        model = Trademark
        fields = ["id", "reg_no", "name", "nice_classes", "valid_until"]


class AuthorisationOut(ModelFields[Authorisation]):
    """授权委托书. Both days count."""

    appraiser_id = serializers.UUIDField(source="membership.user_id")
    appraiser = serializers.CharField(source="membership.user.display_name")
    trademarks = TrademarkOut(many=True)

    class Meta:
        model = Authorisation
        fields = [
            "id", "number", "state", "appraiser_id", "appraiser", "trademarks", "nice_classes", "territory",
            "valid_from", "valid_until",
        ]  # fmt: skip


class SlotOut(ModelFields[DutySlot]):
    """weekday: 0 is Monday; Beijing time; ends at or before starts: it runs past midnight."""

    person = serializers.CharField(source="membership.user.display_name")
    person_id = serializers.UUIDField(source="membership.user_id")
    starts = serializers.CharField(help_text="HH:MM:SS")
    ends = serializers.CharField(help_text="HH:MM:SS")

    class Meta:
        model = DutySlot
        fields = ["id", "person_id", "person", "weekday", "starts", "ends", "rank"]


class AbsenceOut(ModelFields[DutyAbsence]):
    person = serializers.CharField(source="membership.user.display_name")
    substitute = serializers.SerializerMethodField()

    class Meta:
        model = DutyAbsence
        fields = ["id", "person", "from_at", "until_at", "substitute"]

    def get_substitute(self, absence: DutyAbsence) -> str:
        return absence.substitute.user.display_name if absence.substitute else ""


class OnDutyOut(serializers.Serializer[Any]):
    person_id = serializers.UUIDField(source="user.pk")
    person = serializers.CharField(source="user.display_name")
    rank = serializers.IntegerField()


class RosterOut(serializers.Serializer[Any]):
    """The week, who is away, and who would be rung now."""

    slots = SlotOut(many=True)
    absences = AbsenceOut(many=True)
    on_duty = OnDutyOut(many=True)


class RevokeIn(Fields):
    reason = serializers.CharField(max_length=500)


class Seats(MemberView):
    """For whom one may act; the ids are what `X-Organisation` takes."""

    extra_parameters = ()

    @extend_schema(operation_id="seats", responses=SeatOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(SeatOut(choices(request._request), many=True).data)


class Team(MemberView):
    platforms = True

    @extend_schema(operation_id="team", responses=MemberOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(MemberOut(selectors.members(self.acting(request).organisation), many=True).data)


class Authorisations(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="authorisations", responses=AuthorisationOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.authorisations_of(self.acting(request).organisation), AuthorisationOut)


class AuthorisationDetail(MemberView):
    @extend_schema(operation_id="authorisation", responses=AuthorisationOut)
    def get(self, request: Request, authorisation_id: UUID) -> Response:
        found = selectors.access_authorisation(self.acting(request).organisation, authorisation_id)
        return Response(AuthorisationOut(found).data)


class AuthorisationWithdraw(MemberView):
    """End an authorisation at once; opinions already given stay."""

    @extend_schema(operation_id="authorisation_withdraw", request=RevokeIn, responses=AuthorisationOut)
    def post(self, request: Request, authorisation_id: UUID) -> Response:
        acting = self.acting(request)
        why = read(RevokeIn, request)["reason"]
        services.withdraw_authorisation(acting=acting, authorisation_id=authorisation_id, why=why)
        found = selectors.access_authorisation(acting.organisation, authorisation_id)
        return Response(AuthorisationOut(found).data, status=status.HTTP_200_OK)


class Trademarks(MemberView):
    pagination_class = ByNewest

    @extend_schema(operation_id="trademarks", responses=TrademarkOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.trademarks_of(self.acting(request).organisation), TrademarkOut)


class Roster(MemberView):
    @extend_schema(operation_id="roster", responses=RosterOut)
    def get(self, request: Request) -> Response:
        organisation = self.acting(request).organisation
        found = {
            "slots": selectors.slots_of(organisation),
            "absences": selectors.absences_of(organisation),
            "on_duty": selectors.on_duty(organisation, clock.now()),
        }
        return Response(RosterOut(found).data)


urlpatterns = [
    path("seats/", Seats.as_view()),
    path("team/", Team.as_view()),
    path("authorisations/", Authorisations.as_view()),
    path("authorisations/<uuid:authorisation_id>/", AuthorisationDetail.as_view()),
    path("authorisations/<uuid:authorisation_id>/withdraw/", AuthorisationWithdraw.as_view()),
    path("trademarks/", Trademarks.as_view()),
    path("roster/", Roster.as_view()),
]
