"""API of joint actions. A target is written out as `veil.Seen` says this person sees it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View, step
from gateway import pacing
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from gateway.views import AnswersFile
from tenants.campaigns import presenters, selectors, sheet, veil
from tenants.campaigns.models import JointAction, JointProvince, JointSeat, JointTarget, PeopleAsked, TargetMark
from tenants.campaigns.services import escorting, going, planning, reporting


class JointFiguresOut(serializers.Serializer[Any]):
    lots = serializers.IntegerField()
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    counterfeit = serializers.IntegerField()
    seized = serializers.IntegerField()
    value_yuan = serializers.DecimalField(max_digits=16, decimal_places=2)
    quantities = serializers.DictField(child=serializers.DecimalField(max_digits=18, decimal_places=3))


class JointEscortOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    phone = serializers.CharField()
    organisation = serializers.CharField()
    authority_no = serializers.CharField()
    valid_until = serializers.CharField()
    valid = serializers.BooleanField()
    why = serializers.CharField()


class JointTargetOut(serializers.Serializer[Any]):
    """hidden: name, address and whatever tells of them are left empty until the hour."""

    id = serializers.UUIDField()
    action_id = serializers.UUIDField()
    number = serializers.IntegerField()
    hidden = serializers.BooleanField()
    title = serializers.CharField()
    unit_name = serializers.CharField()
    state = serializers.CharField()
    party_name = serializers.CharField()
    address = serializers.CharField()
    division_code = serializers.CharField()
    what = serializers.CharField()
    assembly = serializers.CharField()
    supervised = serializers.BooleanField()
    outside = serializers.BooleanField()
    officers = serializers.ListField(child=serializers.CharField())
    received = serializers.CharField()
    received_at = serializers.DateTimeField(allow_null=True)
    in_place = serializers.CharField()
    in_place_at = serializers.DateTimeField(allow_null=True)
    unable = serializers.CharField()
    mark_again = serializers.BooleanField()
    escorts = JointEscortOut(many=True)
    inspection_id = serializers.UUIDField(allow_null=True)
    began_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField()
    words = serializers.CharField()
    figures = JointFiguresOut()


class JointActionRow(ModelFields[JointAction]):
    lead_unit_name = serializers.CharField(source="lead_unit.name")
    has_come = serializers.SerializerMethodField()

    class Meta:
        model = JointAction
        fields = [
            "id", "state", "name", "code_name", "lead_unit_id", "lead_unit_name", "zero_hour", "hour", "opens_to",
            "origin_name", "document_no", "answer", "campaign_id", "closing_words", "has_come",
        ]  # fmt: skip

    def get_has_come(self, row: JointAction) -> bool:
        return veil.has_come(row)


class JointProvinceOut(ModelFields[JointProvince]):
    class Meta:
        model = JointProvince
        fields = [
            "id", "party", "name", "state", "document_no", "due_at", "answered_at", "contact_name", "contact_phone",
            "words",
        ]  # fmt: skip


class JointSeatOut(ModelFields[JointSeat]):
    class Meta:
        model = JointSeat
        fields = ["id", "department", "name", "phone", "duty"]


class JointActionOut(JointActionRow):
    targets = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()
    provinces = JointProvinceOut(many=True)
    seats = JointSeatOut(many=True)

    class Meta(JointActionRow.Meta):
        fields = [*JointActionRow.Meta.fields, "targets", "total", "provinces", "seats"]

    @property
    def _board(self) -> presenters.Board:
        board: presenters.Board = self.context["board"]
        return board

    @extend_schema_field(JointTargetOut(many=True))
    def get_targets(self, row: JointAction) -> Any:
        return JointTargetOut([each.seen for each in self._board.rows], many=True).data

    @extend_schema_field(JointFiguresOut)
    def get_total(self, row: JointAction) -> Any:
        return JointFiguresOut(self._board.total).data


class JointPlanIn(Fields):
    id = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=120)
    code_name = serializers.CharField(max_length=40)
    zero_hour = serializers.DateTimeField()
    opens_to = serializers.ChoiceField(JointAction.OpensTo.choices, required=False, default="officers")
    plan_words = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    lead_unit_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class JointTargetIn(Fields):
    """unit_id or province (a code): who holds it. clue_ids: clues of one party that it is made of."""

    id = serializers.UUIDField(required=False)
    unit_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    province = serializers.CharField(max_length=31, required=False, default="", allow_blank=True)
    clue_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=100)
    officer_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=50)
    party_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    address = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    division_code = serializers.RegexField(r"^(\d{6})?$", required=False, default="", allow_blank=True)
    what = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    assembly = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    supervised = serializers.BooleanField(required=False, default=False)


class JointTargetChangeIn(Fields):
    """Only what is sent changes."""

    unit_id = serializers.UUIDField(required=False)
    province = serializers.CharField(max_length=31, required=False, allow_blank=True)
    officer_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)
    party_name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    division_code = serializers.RegexField(r"^(\d{6})?$", required=False, allow_blank=True)
    what = serializers.CharField(max_length=500, required=False, allow_blank=True)
    assembly = serializers.CharField(max_length=200, required=False, allow_blank=True)
    supervised = serializers.BooleanField(required=False)


class JointDescribeIn(Fields):
    """Only what is sent changes. opens_to: who sees the plan before the hour."""

    name = serializers.CharField(max_length=120, required=False)
    code_name = serializers.CharField(max_length=40, required=False)
    opens_to = serializers.ChoiceField(JointAction.OpensTo.choices, required=False)
    plan_words = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class JointPlannerIn(Fields):
    person_id = serializers.UUIDField()


class JointHourIn(Fields):
    zero_hour = serializers.DateTimeField()
    why = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class JointWhyIn(Fields):
    why = serializers.CharField(max_length=500)


class JointClosingIn(Fields):
    words = serializers.CharField(max_length=2000)


class JointAnswerIn(Fields):
    accept = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class JointProvinceIn(Fields):
    province = serializers.CharField(max_length=31)


class JointSeatIn(Fields):
    department = serializers.CharField(max_length=80)
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=30, required=False, default="", allow_blank=True)
    duty = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class JointMarkIn(Fields):
    """id, at: of the phone, which may send it late. hour: of the plan that was on its screen."""

    id = serializers.UUIDField(required=False)
    mark = serializers.ChoiceField(TargetMark.Kind.choices)
    hour = serializers.IntegerField(required=False, min_value=1, max_value=9999, allow_null=True, default=None)
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class JointMarkOut(ModelFields[TargetMark]):
    class Meta:
        model = TargetMark
        fields = ["id", "kind", "hour", "who", "unit_name", "note", "at", "received_at"]


class JointStartIn(Fields):
    inspection_id = serializers.UUIDField(required=False)


class JointStartOut(serializers.Serializer[Any]):
    inspection_id = serializers.UUIDField()
    number = serializers.CharField()


class JointOutcomeIn(Fields):
    outcome = serializers.ChoiceField(JointTarget.Outcome.choices)
    words = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class JointPeopleIn(Fields):
    organisation_id = serializers.UUIDField()
    needed = serializers.IntegerField(required=False, min_value=1, max_value=20, default=1)
    goods = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    meet_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class JointPeopleOut(ModelFields[PeopleAsked]):
    class Meta:
        model = PeopleAsked
        fields = ["id", "organisation_id", "organisation_name", "state", "needed", "goods", "meet_at", "answer_words"]


def _whole(request: Request, action_id: UUID) -> Any:
    found = selectors.access_action(request.user, action_id)
    return JointActionOut(found, context={"board": presenters.board(request.user, found)}).data


def _seen(request: Request, target_id: UUID) -> Any:
    return JointTargetOut(veil.see_one(request.user, selectors.access_target(request.user, target_id))).data


class JointActions(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="joint_actions", responses=JointActionRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.actions_of(request.user), JointActionRow)

    @extend_schema(operation_id="joint_plan", request=JointPlanIn, responses={201: JointActionRow})
    def post(self, request: Request) -> Response:
        """Begin a plan; nobody but planners and the heads of the leading unit know of it."""
        data = read(JointPlanIn, request)
        made = planning.plan(by=request.user, action_id=data.pop("id", None), **data)
        return Response(JointActionRow(made).data, status=status.HTTP_201_CREATED)


class JointActionDetail(View):
    @extend_schema(operation_id="joint_action", responses=JointActionOut)
    def get(self, request: Request, action_id: UUID) -> Response:
        """The live board: targets as this person sees them, and their sum."""
        return Response(_whole(request, action_id))

    @extend_schema(operation_id="joint_describe", request=JointDescribeIn, responses=JointActionOut)
    def patch(self, request: Request, action_id: UUID) -> Response:
        """Name, code name, level, words of the plan."""
        selectors.access_action(request.user, action_id)
        planning.describe(by=request.user, action_id=action_id, **read(JointDescribeIn, request))
        return Response(_whole(request, action_id))


class JointPlanners(View):
    @extend_schema(operation_id="joint_planner_add", request=JointPlannerIn, responses=JointActionOut)
    def post(self, request: Request, action_id: UUID) -> Response:
        """Somebody of this bureau plans too, and sees all targets before the hour."""
        selectors.access_action(request.user, action_id)
        planning.add_planner(by=request.user, action_id=action_id, **read(JointPlannerIn, request))
        return Response(_whole(request, action_id))


class JointSeatDetail(View):
    @extend_schema(operation_id="joint_seat_remove", responses={204: None})
    def delete(self, request: Request, seat_id: UUID) -> Response:
        planning.remove_seat(by=request.user, seat_id=seat_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class JointEscortCallOff(View):
    @extend_schema(operation_id="joint_people_call_off", request=None, responses=JointPeopleOut)
    def post(self, request: Request, escort_id: UUID) -> Response:
        """Nobody of this right holder is needed."""
        return Response(JointPeopleOut(escorting.call_off(by=request.user, ask_id=escort_id)).data)


class JointSheet(AnswersFile, View):
    @extend_schema(operation_id="joint_sheet", responses={(200, sheet.XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, action_id: UUID) -> FileResponse:
        """The closing sheet (xlsx)."""
        found = selectors.access_action(request.user, action_id)
        pacing.require("exports", user=request.user)
        return FileResponse(sheet.workbook(request.user, found), as_attachment=True, filename="joint.xlsx")  # type: ignore[arg-type]


class JointTargets(View):
    @extend_schema(operation_id="joint_target_add", request=JointTargetIn, responses={201: JointTargetOut})
    def post(self, request: Request, action_id: UUID) -> Response:
        selectors.access_action(request.user, action_id)
        data = read(JointTargetIn, request)
        made = planning.add_target(by=request.user, action_id=action_id, target_id=data.pop("id", None), **data)
        return Response(_seen(request, made.pk), status=status.HTTP_201_CREATED)


class JointProvinces(View):
    @extend_schema(operation_id="joint_province_add", request=JointProvinceIn, responses={201: JointProvinceOut})
    def post(self, request: Request, action_id: UUID) -> Response:
        selectors.access_action(request.user, action_id)
        row = planning.add_province(by=request.user, action_id=action_id, **read(JointProvinceIn, request))
        return Response(JointProvinceOut(row).data, status=status.HTTP_201_CREATED)


class JointSeats(View):
    @extend_schema(operation_id="joint_seat_add", request=JointSeatIn, responses={201: JointSeatOut})
    def post(self, request: Request, action_id: UUID) -> Response:
        """A person of another department, without an account."""
        selectors.access_action(request.user, action_id)
        row = planning.add_seat(by=request.user, action_id=action_id, **read(JointSeatIn, request))
        return Response(JointSeatOut(row).data, status=status.HTTP_201_CREATED)


class JointTargetDetail(View):
    @extend_schema(operation_id="joint_target", responses=JointTargetOut)
    def get(self, request: Request, target_id: UUID) -> Response:
        return Response(_seen(request, target_id))

    @extend_schema(operation_id="joint_target_change", request=JointTargetChangeIn, responses=JointTargetOut)
    def patch(self, request: Request, target_id: UUID) -> Response:
        """Correct it, give it to another, name who goes."""
        selectors.access_target(request.user, target_id)
        planning.change_target(by=request.user, target_id=target_id, **read(JointTargetChangeIn, request))
        return Response(_seen(request, target_id))


class JointMarks(View):
    @extend_schema(operation_id="joint_mark", request=JointMarkIn, responses={201: JointMarkOut})
    def post(self, request: Request, target_id: UUID) -> Response:
        """Received, in place, or cannot come. Twice with the same id is once."""
        selectors.access_target(request.user, target_id)
        data = read(JointMarkIn, request)
        row = going.mark(
            by=request.user, target_id=target_id, kind=data.pop("mark"), mark_id=data.pop("id", None), **data
        )
        return Response(JointMarkOut(row).data, status=status.HTTP_201_CREATED)


class JointStart(View):
    @extend_schema(operation_id="joint_start", request=JointStartIn, responses={201: JointStartOut})
    def post(self, request: Request, target_id: UUID) -> Response:
        """Open the inspection, with the place filled in; not before the hour."""
        selectors.access_target(request.user, target_id)
        data = read(JointStartIn, request)
        opened = going.start(by=request.user, target_id=target_id, inspection_id=data.get("inspection_id"))
        return Response(
            JointStartOut({"inspection_id": opened.pk, "number": opened.number}).data, status=status.HTTP_201_CREATED
        )


class JointPeople(View):
    @extend_schema(operation_id="joint_people_ask", request=JointPeopleIn, responses={201: JointPeopleOut})
    def post(self, request: Request, target_id: UUID) -> Response:
        """Ask a right holder for people; they learn county, hour and goods."""
        selectors.access_target(request.user, target_id)
        row = escorting.ask(by=request.user, target_id=target_id, **read(JointPeopleIn, request))
        return Response(JointPeopleOut(row).data, status=status.HTTP_201_CREATED)


_step = partial(step, row="action_id", answers=JointActionOut, whole=_whole)
_target_step = partial(step, row="target_id", answers=JointTargetOut, whole=_seen)

JointAnnounce = _step("joint_announce", going.announce)
JointHour = _step(
    "joint_move_hour", going.move_hour, reads=JointHourIn, says="Another hour: who said received must say it again."
)
JointCallOff = _step("joint_call_off", going.call_off, reads=JointWhyIn)
JointClose = _step("joint_close", going.close, reads=JointClosingIn, says="Every target has an end first.")
JointAnswer = _step(
    "joint_answer", reporting.answer, reads=JointAnswerIn, says="An invited province takes part or not."
)
JointEnd = _target_step("joint_target_end", going.end_target, reads=JointOutcomeIn)
JointLate = _target_step(
    "joint_target_late", going.report_late, reads=JointOutcomeIn, says="A result that came or changed after the end."
)
JointDrop = _target_step("joint_target_drop", going.drop_target, reads=JointWhyIn)


urlpatterns = [
    path("joint-actions/", JointActions.as_view()),
    path("joint-actions/<uuid:action_id>/", JointActionDetail.as_view()),
    path("joint-actions/<uuid:action_id>/sheet/", JointSheet.as_view()),
    path("joint-actions/<uuid:action_id>/targets/", JointTargets.as_view()),
    path("joint-actions/<uuid:action_id>/announce/", JointAnnounce.as_view()),
    path("joint-actions/<uuid:action_id>/hour/", JointHour.as_view()),
    path("joint-actions/<uuid:action_id>/call-off/", JointCallOff.as_view()),
    path("joint-actions/<uuid:action_id>/close/", JointClose.as_view()),
    path("joint-actions/<uuid:action_id>/answer/", JointAnswer.as_view()),
    path("joint-actions/<uuid:action_id>/provinces/", JointProvinces.as_view()),
    path("joint-actions/<uuid:action_id>/seats/", JointSeats.as_view()),
    path("joint-actions/<uuid:action_id>/planners/", JointPlanners.as_view()),
    path("joint-seats/<uuid:seat_id>/", JointSeatDetail.as_view()),
    path("joint-escorts/<uuid:escort_id>/call-off/", JointEscortCallOff.as_view()),
    path("joint-targets/<uuid:target_id>/", JointTargetDetail.as_view()),
    path("joint-targets/<uuid:target_id>/marks/", JointMarks.as_view()),
    path("joint-targets/<uuid:target_id>/start/", JointStart.as_view()),
    path("joint-targets/<uuid:target_id>/end/", JointEnd.as_view()),
    path("joint-targets/<uuid:target_id>/late/", JointLate.as_view()),
    path("joint-targets/<uuid:target_id>/drop/", JointDrop.as_view()),
    path("joint-targets/<uuid:target_id>/people/", JointPeople.as_view()),
]
