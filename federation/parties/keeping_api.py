"""API of what an administrator keeps of an organisation: people, marks, authorisations, mandates, the roster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.parties import api, rights, selectors, services
from federation.parties.api import AbsenceOut, AuthorisationOut, MemberOut, MemberView, SlotOut, TrademarkOut
from federation.parties.models import Mandate, Membership
from gateway.serializers import Fields, ModelFields, read

MOST_ROLES = len(Membership.Role)


class InviteIn(Fields):
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=20)
    email = serializers.EmailField(required=False, default="", allow_blank=True)
    roles = serializers.ListField(
        child=serializers.ChoiceField(Membership.Role.choices), min_length=1, max_length=MOST_ROLES
    )


class RolesIn(Fields):
    """Exactly these; none takes the person out."""

    roles = serializers.ListField(child=serializers.ChoiceField(Membership.Role.choices), max_length=MOST_ROLES)


class TrademarkIn(Fields):
    reg_no = serializers.CharField(max_length=12)
    name = serializers.CharField(max_length=60)
    nice_classes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=45), min_length=1, max_length=45
    )
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class AuthorisationIn(Fields):
    """membership_id: one of `authorisations/people/`. territory: codes of provinces, or "*" alone."""

    number = serializers.CharField(max_length=60)
    membership_id = serializers.UUIDField()
    trademark_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    nice_classes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=45), min_length=1, max_length=45
    )
    territory = serializers.ListField(child=serializers.CharField(max_length=31), min_length=1, max_length=40)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()


class MandateIn(Fields):
    agent_id = serializers.UUIDField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    scope = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class MandateOut(ModelFields[Mandate]):
    """Why one organisation acts for another."""

    agent = serializers.CharField(source="agent.name")
    principal = serializers.CharField(source="principal.name")

    class Meta:
        model = Mandate
        fields = [
            "id", "kind", "state", "agent_id", "agent", "principal_id", "principal", "valid_from", "valid_until",
            "scope",
        ]  # fmt: skip


class PersonOut(ModelFields[Membership]):
    """Somebody who can be put on duty or authorised. id: what `membership_id` takes."""

    person_id = serializers.UUIDField(source="user_id")
    person = serializers.CharField(source="user.display_name")
    organisation = serializers.CharField(source="organisation.name")

    class Meta:
        model = Membership
        fields = ["id", "role", "person_id", "person", "organisation"]


class SlotIn(Fields):
    """weekdays: 0 is Monday. Beijing time; ends at or before starts: it runs past midnight."""

    membership_id = serializers.UUIDField()
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7
    )
    starts = serializers.TimeField()
    ends = serializers.TimeField()
    rank = serializers.IntegerField(min_value=0, max_value=2, required=False, default=0)


class AbsenceIn(Fields):
    membership_id = serializers.UUIDField()
    from_at = serializers.DateTimeField()
    until_at = serializers.DateTimeField()
    substitute_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class Team(api.Team):
    @extend_schema(operation_id="team_invite", request=InviteIn, responses={201: MemberOut})
    def post(self, request: Request) -> Response:
        """Add a person by phone; the first sign-in is by a code to it."""
        acting = self.acting(request)
        person = services.invite(acting=acting, **read(InviteIn, request))
        found = selectors.access_member(acting.organisation, person.pk)
        return Response(MemberOut(found).data, status=status.HTTP_201_CREATED)


class TeamMember(MemberView):
    @extend_schema(operation_id="team_roles", request=RolesIn, responses=MemberOut)
    def put(self, request: Request, user_id: UUID) -> Response:
        """Works from the next call on."""
        acting = self.acting(request)
        selectors.access_member(acting.organisation, user_id)
        services.set_roles(acting=acting, user_id=user_id, **read(RolesIn, request))
        return Response(MemberOut(selectors.access_member(acting.organisation, user_id)).data)


class Trademarks(api.Trademarks):
    @extend_schema(operation_id="trademark_register", request=TrademarkIn, responses={201: TrademarkOut})
    def post(self, request: Request) -> Response:
        """A mark, or its renewal."""
        made = services.register_trademark(acting=self.acting(request), **read(TrademarkIn, request))
        return Response(TrademarkOut(made).data, status=status.HTTP_201_CREATED)


class Authorisations(api.Authorisations):
    @extend_schema(operation_id="authorise", request=AuthorisationIn, responses={201: AuthorisationOut})
    def post(self, request: Request) -> Response:
        """Register a 授权委托书. The paper itself is put in on the page."""
        acting = self.acting(request)
        made = services.authorise(acting=acting, **read(AuthorisationIn, request))
        found = selectors.access_authorisation(acting.organisation, made.pk)
        return Response(AuthorisationOut(found).data, status=status.HTTP_201_CREATED)


class AuthorisationPeople(MemberView):
    @extend_schema(operation_id="authorisation_people", responses=PersonOut(many=True))
    def get(self, request: Request) -> Response:
        """Who may be authorised: appraisers, one's own and one's agents', and one's rights staff."""
        return Response(PersonOut(rights.may_be_authorised(self.acting(request).organisation), many=True).data)


class Mandates(MemberView):
    @extend_schema(operation_id="mandates", responses=MandateOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(MandateOut(selectors.mandates_of(self.acting(request).organisation), many=True).data)

    @extend_schema(operation_id="mandate_give", request=MandateIn, responses={201: MandateOut})
    def post(self, request: Request) -> Response:
        """Let an association or agency act, once it has accepted."""
        made = services.give_mandate(acting=self.acting(request), **read(MandateIn, request))
        return Response(MandateOut(made).data, status=status.HTTP_201_CREATED)


class MandateAccept(MemberView):
    @extend_schema(operation_id="mandate_accept", request=None, responses=MandateOut)
    def post(self, request: Request, mandate_id: UUID) -> Response:
        acting = self.acting(request)
        selectors.access_mandate(acting.organisation, mandate_id)
        return Response(MandateOut(services.accept_mandate(acting=acting, mandate_id=mandate_id)).data)


class MandateEnd(MemberView):
    @extend_schema(operation_id="mandate_end", request=None, responses=MandateOut)
    def post(self, request: Request, mandate_id: UUID) -> Response:
        """Either side may."""
        acting = self.acting(request)
        selectors.access_mandate(acting.organisation, mandate_id)
        return Response(MandateOut(services.end_mandate(acting=acting, mandate_id=mandate_id)).data)


class RosterPeople(MemberView):
    @extend_schema(operation_id="roster_people", responses=PersonOut(many=True))
    def get(self, request: Request) -> Response:
        """Who can be on duty."""
        return Response(PersonOut(selectors.appraisers_for(self.acting(request).organisation), many=True).data)


class Slots(MemberView):
    @extend_schema(operation_id="roster_slots_add", request=SlotIn, responses={201: SlotOut(many=True)})
    def post(self, request: Request) -> Response:
        made = services.add_slot(acting=self.acting(request), **read(SlotIn, request))
        return Response(SlotOut(made, many=True).data, status=status.HTTP_201_CREATED)


class Slot(MemberView):
    @extend_schema(operation_id="roster_slot_remove", responses={204: None})
    def delete(self, request: Request, row_id: UUID) -> Response:
        services.remove_slot(acting=self.acting(request), slot_id=row_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Absences(MemberView):
    @extend_schema(operation_id="roster_absence_add", request=AbsenceIn, responses={201: AbsenceOut})
    def post(self, request: Request) -> Response:
        made = services.add_absence(acting=self.acting(request), **read(AbsenceIn, request))
        return Response(AbsenceOut(made).data, status=status.HTTP_201_CREATED)


class Absence(MemberView):
    @extend_schema(operation_id="roster_absence_remove", responses={204: None})
    def delete(self, request: Request, row_id: UUID) -> Response:
        services.remove_absence(acting=self.acting(request), absence_id=row_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


_OWN = {"team/", "authorisations/", "trademarks/"}
urlpatterns: list[Any] = [
    path("team/", Team.as_view()),
    path("team/<uuid:user_id>/", TeamMember.as_view()),
    path("trademarks/", Trademarks.as_view()),
    path("authorisations/", Authorisations.as_view()),
    path("authorisations/people/", AuthorisationPeople.as_view()),
    path("mandates/", Mandates.as_view()),
    path("mandates/<uuid:mandate_id>/accept/", MandateAccept.as_view()),
    path("mandates/<uuid:mandate_id>/end/", MandateEnd.as_view()),
    path("roster/people/", RosterPeople.as_view()),
    path("roster/slots/", Slots.as_view()),
    path("roster/slots/<uuid:row_id>/", Slot.as_view()),
    path("roster/absences/", Absences.as_view()),
    path("roster/absences/<uuid:row_id>/", Absence.as_view()),
    *[each for each in api.urlpatterns if str(each.pattern) not in _OWN],
]
