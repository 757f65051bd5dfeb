"""API of the roster and of urgent calls."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, NothingIn, read, read_query
from kernel import clock
from tenants.campaigns import presenters, selectors
from tenants.campaigns.models import DutyTurn, UrgentCall, UrgentLine
from tenants.campaigns.services import roster, urgent


class DutyTurnOut(ModelFields[DutyTurn]):
    person_name = serializers.CharField(source="person.display_name")

    class Meta:
        model = DutyTurn
        fields = [
            "id", "unit_id", "person_id", "person_name", "starts_at", "ends_at", "rank", "by_phone", "substitute_id",
            "substitute_why",
        ]  # fmt: skip


class DutyGapOut(serializers.Serializer[Any]):
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()


class DutyNowOut(serializers.Serializer[Any]):
    person_id = serializers.UUIDField()
    name = serializers.CharField()
    rank = serializers.IntegerField()
    instead = serializers.BooleanField()


class DutyWeekOut(serializers.Serializer[Any]):
    unit_id = serializers.UUIDField()
    monday = serializers.DateField()
    answer_minutes = serializers.IntegerField()
    now = DutyNowOut(many=True)
    turns = DutyTurnOut(many=True)
    gaps = DutyGapOut(many=True)


class DutyWeekIn(Fields):
    week = serializers.DateField(required=False, help_text="any day of the week; this week by default")


class DutyTurnIn(Fields):
    person_id = serializers.UUIDField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    rank = serializers.ChoiceField(DutyTurn.Rank.choices, required=False, default=DutyTurn.Rank.FIRST)
    by_phone = serializers.BooleanField(required=False, default=True)


class DutyPasteIn(Fields):
    """text: lines of day, hours, name or account, class; tabs or commas between."""

    text = serializers.CharField(max_length=40_000)


class DutyRefusedOut(serializers.Serializer[Any]):
    line = serializers.IntegerField()
    text = serializers.CharField()
    why = serializers.CharField()


class DutyPastedOut(serializers.Serializer[Any]):
    made = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = DutyRefusedOut(many=True)


class DutyMinutesIn(Fields):
    minutes = serializers.IntegerField(min_value=1, max_value=60)


class DutySubstituteIn(Fields):
    person_id = serializers.UUIDField(allow_null=True)
    why = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class UrgentLineOut(ModelFields[UrgentLine]):
    class Meta:
        model = UrgentLine
        fields = ["id", "kind", "step", "person_id", "person_name", "role", "instead_of", "words", "at"]


class UrgentCallRow(ModelFields[UrgentCall]):
    clue_number = serializers.CharField(source="clue.number")

    class Meta:
        model = UrgentCall
        fields = [
            "id", "state", "clue_id", "clue_number", "unit_id", "reason", "begun_at", "minutes", "next_at",
            "exhausted_at", "answered_by_id", "answered_at", "withdrawn_why",
        ]  # fmt: skip


class UrgentCallOut(UrgentCallRow):
    lines = UrgentLineOut(many=True)

    class Meta(UrgentCallRow.Meta):
        fields = [*UrgentCallRow.Meta.fields, "lines"]


class UrgentReasonIn(Fields):
    reason = serializers.CharField(max_length=200)


class UrgentWhyIn(Fields):
    why = serializers.CharField(max_length=200)


class DutyUnit(View):
    @extend_schema(operation_id="duty_week", parameters=[DutyWeekIn], responses=DutyWeekOut)
    def get(self, request: Request, unit_id: UUID) -> Response:
        """A week of one unit: turns, who is on now, and spans from now on in which nobody is."""
        unit = selectors.roster_unit(request.user, unit_id)
        day = read_query(DutyWeekIn, request).get("week") or clock.today()
        week = presenters.week(unit, presenters.monday_of(day.isoformat()))
        turns = {turn.pk: turn for each in week["days"] for turn in each["turns"]}
        return Response(
            DutyWeekOut(
                {
                    "unit_id": unit.pk,
                    "monday": week["monday"],
                    "answer_minutes": selectors.answer_minutes(unit),
                    "now": [
                        {
                            "person_id": each.person.pk,
                            "name": each.person.display_name,
                            "rank": each.turn.rank,
                            "instead": each.instead,
                        }
                        for each in week["now"]
                    ],
                    "turns": list(turns.values()),
                    "gaps": [{"begins": gap[0], "ends": gap[1]} for gap in week["gaps"]],
                }
            ).data
        )

    @extend_schema(operation_id="duty_add", request=DutyTurnIn, responses={201: DutyTurnOut})
    def post(self, request: Request, unit_id: UUID) -> Response:
        selectors.roster_unit(request.user, unit_id)
        turn = roster.add_turn(by=request.user, unit_id=unit_id, **read(DutyTurnIn, request))
        return Response(DutyTurnOut(turn).data, status=status.HTTP_201_CREATED)


class DutyPaste(View):
    @extend_schema(operation_id="duty_paste", request=DutyPasteIn, responses=DutyPastedOut)
    def post(self, request: Request, unit_id: UUID) -> Response:
        """Lines out of a sheet, each by itself; those that were not taken are told with the reason."""
        selectors.roster_unit(request.user, unit_id)
        got = roster.paste(by=request.user, unit_id=unit_id, **read(DutyPasteIn, request))
        refused = [{"line": number, "text": line, "why": why} for number, line, why in got.refused]
        return Response(DutyPastedOut({"made": got.made, "known": got.known, "refused": refused}).data)


class DutyCopyIn(Fields):
    monday = serializers.DateField(help_text="of the week that is copied into")


class DutyCopy(View):
    @extend_schema(
        operation_id="duty_copy",
        request=DutyCopyIn,
        responses=inline_serializer(
            "DutyCopied", {"made": serializers.IntegerField(), "left": serializers.IntegerField()}
        ),
    )
    def post(self, request: Request, unit_id: UUID) -> Response:
        """The week before once more. left: turns that did not fit."""
        selectors.roster_unit(request.user, unit_id)
        monday = presenters.monday_of(read(DutyCopyIn, request)["monday"].isoformat())
        made, left = roster.copy_week(by=request.user, unit_id=unit_id, monday=monday)
        return Response({"made": made, "left": left})


class DutyMinutes(View):
    @extend_schema(
        operation_id="duty_minutes",
        request=DutyMinutesIn,
        responses=inline_serializer("DutyMinutesOut", {"minutes": serializers.IntegerField()}),
    )
    def post(self, request: Request, unit_id: UUID) -> Response:
        """How long one person has before the next is rung."""
        selectors.roster_unit(request.user, unit_id)
        rule = roster.set_minutes(by=request.user, unit_id=unit_id, **read(DutyMinutesIn, request))
        return Response({"minutes": rule.answer_minutes})


class DutyTurnDetail(View):
    @extend_schema(operation_id="duty_turn", responses=DutyTurnOut)
    def get(self, request: Request, turn_id: UUID) -> Response:
        return Response(DutyTurnOut(selectors.access_turn(request.user, turn_id)).data)

    @extend_schema(operation_id="duty_remove", responses={204: None})
    def delete(self, request: Request, turn_id: UUID) -> Response:
        roster.remove_turn(by=request.user, turn_id=turn_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DutySubstitute(View):
    @extend_schema(operation_id="duty_substitute", request=DutySubstituteIn, responses=DutyTurnOut)
    def post(self, request: Request, turn_id: UUID) -> Response:
        """Somebody stands in; null: nobody any more."""
        selectors.access_turn(request.user, turn_id)
        turn = roster.substitute(by=request.user, turn_id=turn_id, **read(DutySubstituteIn, request))
        return Response(DutyTurnOut(turn).data)


class UrgentCalls(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="urgent_calls", responses=UrgentCallRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.calls_of(request.user), UrgentCallRow)


class UrgentCallDetail(View):
    @extend_schema(operation_id="urgent_call", responses=UrgentCallOut)
    def get(self, request: Request, call_id: UUID) -> Response:
        """A call with every ring and answer."""
        return Response(UrgentCallOut(selectors.access_call(request.user, call_id)).data)


class UrgentAnswer(View):
    @extend_schema(operation_id="urgent_answer", request=NothingIn, responses=UrgentCallOut)
    def post(self, request: Request, call_id: UUID) -> Response:
        """I have it. The first wins."""
        return Response(UrgentCallOut(urgent.acknowledge(by=request.user, call_id=call_id)).data)


class UrgentWithdraw(View):
    @extend_schema(operation_id="urgent_withdraw", request=UrgentWhyIn, responses=UrgentCallOut)
    def post(self, request: Request, call_id: UUID) -> Response:
        """It was not urgent."""
        selectors.access_call(request.user, call_id)
        row = urgent.withdraw(by=request.user, call_id=call_id, **read(UrgentWhyIn, request))
        return Response(UrgentCallOut(row).data)


class ClueUrgent(View):
    @extend_schema(operation_id="clue_make_urgent", request=UrgentReasonIn, responses={201: UrgentCallOut})
    def post(self, request: Request, clue_id: UUID) -> Response:
        """An open clue becomes urgent: somebody is rung now."""
        urgent.clue_doors.clue(request.user, clue_id)
        call = urgent.make_urgent(by=request.user, clue_id=clue_id, **read(UrgentReasonIn, request))
        return Response(UrgentCallOut(call).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("duty/units/<uuid:unit_id>/", DutyUnit.as_view()),
    path("duty/units/<uuid:unit_id>/paste/", DutyPaste.as_view()),
    path("duty/units/<uuid:unit_id>/copy/", DutyCopy.as_view()),
    path("duty/units/<uuid:unit_id>/minutes/", DutyMinutes.as_view()),
    path("duty/turns/<uuid:turn_id>/", DutyTurnDetail.as_view()),
    path("duty/turns/<uuid:turn_id>/substitute/", DutySubstitute.as_view()),
    path("urgent/", UrgentCalls.as_view()),
    path("urgent/<uuid:call_id>/", UrgentCallDetail.as_view()),
    path("urgent/<uuid:call_id>/answer/", UrgentAnswer.as_view()),
    path("urgent/<uuid:call_id>/withdraw/", UrgentWithdraw.as_view()),
    path("clues/<uuid:clue_id>/urgent/", ClueUrgent.as_view()),
]
