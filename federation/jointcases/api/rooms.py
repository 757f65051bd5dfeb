"""API of rooms: the same operations at a bureau, at the brands' host (`X-Organisation`) and at the office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.jointcases import presenters, selectors
from federation.jointcases.models import Room
from federation.jointcases.selectors import Inside, Viewer
from federation.jointcases.services import rooms, wall, work
from federation.jointcases.services.rooms import Wanted
from federation.jointcases.views.common import viewer_of
from federation.letters.words import party_names
from federation.parties.api import ORGANISATION, MemberView
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from kernel.errors import NotAllowed
from provinces.context import required


class JointCaseRow(ModelFields[Room]):
    """One room as lists show it. shared_id: the same for all members."""

    class Meta:
        model = Room
        fields = [
            "id", "shared_id", "title", "code_name", "lead_name", "standing", "document_no", "answer_by", "opened_at",
            "changed_at",
        ]  # fmt: skip


class JointCaseSeatOut(serializers.Serializer[Any]):
    """party: as letters write it. leads: it is the leading unit."""

    id = serializers.UUIDField(source="seat.id")
    party = serializers.CharField(source="seat.party")
    name = serializers.CharField(source="seat.is_.name")
    kind = serializers.CharField(source="seat.is_.kind")
    state = serializers.CharField(source="seat.state")
    leads = serializers.BooleanField()
    own = serializers.BooleanField()
    overdue = serializers.BooleanField()
    answer_by = serializers.DateTimeField(source="seat.answer_by", allow_null=True)
    reason = serializers.CharField(source="seat.reason")


class JointCaseTaskOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField(source="task.is_.title")
    words = serializers.CharField(source="task.is_.words")
    holder = serializers.UUIDField(source="task.holder")
    due_on = serializers.DateField(source="task.is_.due_on", allow_null=True)
    standing = serializers.CharField(source="task.standing")
    result = serializers.CharField(source="task.result")
    returned = serializers.BooleanField(source="task.returned")


class JointCaseProgressOut(serializers.Serializer[Any]):
    """veiled: the name is kept from this seat."""

    id = serializers.UUIDField()
    seat_id = serializers.UUIDField(source="row.seat_id")
    place = serializers.CharField(source="it.place")
    party_name = serializers.CharField(source="it.party_name")
    veiled = serializers.BooleanField(source="it.veiled")
    goods = serializers.CharField(source="it.goods")
    quantity = serializers.DecimalField(source="it.quantity", max_digits=14, decimal_places=3, allow_null=True)
    unit = serializers.CharField(source="it.unit")
    value_yuan = serializers.DecimalField(source="it.value_yuan", max_digits=16, decimal_places=2, allow_null=True)
    filed_on = serializers.DateField(source="it.filed_on", allow_null=True)
    referred_on = serializers.DateField(source="it.referred_on", allow_null=True)
    detained = serializers.IntegerField(source="it.detained")
    next_step = serializers.CharField(source="it.next_step")
    ended = serializers.BooleanField(source="it.ended")


class JointCaseTieOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    via = serializers.CharField(source="tie.via")
    value = serializers.CharField(source="tie.value")
    one = serializers.CharField(source="tie.one.label")
    other = serializers.CharField(source="tie.other.label")


class JointCaseItemOut(serializers.Serializer[Any]):
    """url: empty where the view is not for this seat, or is off the wall."""

    id = serializers.UUIDField()
    title = serializers.CharField(source="it.title")
    sha256 = serializers.CharField(source="it.sha256")
    sm3 = serializers.CharField(source="it.sm3")
    off = serializers.BooleanField(source="item.off")
    url = serializers.CharField()


class JointCaseActionOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="action.action_id")
    text = serializers.CharField(source="action.text")
    seat_id = serializers.UUIDField(source="action.seat_id")
    owner = serializers.CharField(source="action.owner")
    due_on = serializers.DateField(source="action.due_on", allow_null=True)
    done = serializers.SerializerMethodField()

    def get_done(self, row: Any) -> bool:
        return row["done"] is not None


class JointCaseMeetingOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField(source="meeting.is_.title")
    held_on = serializers.DateField(source="meeting.is_.held_on")
    words = serializers.CharField(source="meeting.is_.words")
    actions = JointCaseActionOut(many=True)


class JointCaseLineOut(serializers.Serializer[Any]):
    """One line of the timeline. counted: False where its author might not say it then."""

    id = serializers.UUIDField(source="line.entry.entry_id")
    at = serializers.DateTimeField()
    what = serializers.CharField(source="line.entry.said.what")
    words = serializers.CharField()
    seat_id = serializers.UUIDField(source="line.entry.seat_id")
    who = serializers.CharField()
    counted = serializers.BooleanField()


class JointCaseOut(JointCaseRow):
    """A room as the one who asks may see it."""

    seats = JointCaseSeatOut(many=True)
    tasks = JointCaseTaskOut(many=True)
    progress = JointCaseProgressOut(many=True)
    ties = JointCaseTieOut(many=True)
    wall = JointCaseItemOut(many=True)
    meetings = JointCaseMeetingOut(many=True)
    timeline = JointCaseLineOut(many=True)
    report = serializers.CharField()

    class Meta(JointCaseRow.Meta):
        fields = [
            *JointCaseRow.Meta.fields, "seats", "tasks", "progress", "ties", "wall", "meetings", "timeline", "report",
        ]  # fmt: skip


def written(inside: Inside) -> dict[str, Any]:
    """The whole room."""
    room: Any = inside.room
    room.seats = presenters.seats(inside)
    room.tasks = presenters.tasks(inside)
    room.progress = presenters.progress(inside)["rows"]
    room.ties = presenters.links(inside)["ties"]
    room.wall = presenters.wall(inside)
    room.meetings = presenters.meetings(inside)
    room.timeline = presenters.timeline(inside)
    room.report = inside.now.report
    return dict(JointCaseOut(room).data)


# What is sent in ------------------------------------------------------------------------------------------------------


class JointCaseIn(Fields):
    """lead_unit_id: of one's own bureau. lead_province: at the office, who should lead."""

    title = serializers.CharField(max_length=120)
    code_name = serializers.CharField(max_length=40)
    lead_unit_id = serializers.UUIDField(required=False)
    lead_province = serializers.CharField(max_length=31, required=False)
    purpose = serializers.CharField(max_length=2000, required=False, default="")
    goods = serializers.CharField(max_length=200, required=False, default="")
    secrecy = serializers.ChoiceField(["members", "leaders"], required=False, default="members")


class JointCaseSeatIn(Fields):
    """party: `province:gd`, `organisation:<uuid>`; empty with unit_id for one's own unit, or for police."""

    party = serializers.CharField(max_length=80, required=False, default="")
    kind = serializers.ChoiceField(
        ["bureau", "brand", "association", "police", "department"], required=False, default="bureau"
    )
    name = serializers.CharField(max_length=120, required=False, default="")
    unit_id = serializers.UUIDField(required=False, default=None)
    division_code = serializers.RegexField(r"^\d{6}$", required=False, default="")
    contact_name = serializers.CharField(max_length=40, required=False, default="")
    contact_phone = serializers.CharField(max_length=30, required=False, default="")
    persons = serializers.BooleanField(required=False, default=None, allow_null=True)


class JointCaseAnswerIn(Fields):
    accept = serializers.BooleanField()
    reason = serializers.CharField(max_length=500, required=False, default="")
    seat_id = serializers.UUIDField(required=False, default=None)


class JointCaseLeaveIn(Fields):
    reason = serializers.CharField(max_length=500)
    seat_id = serializers.UUIDField(required=False, default=None)


class JointCaseLeadIn(Fields):
    seat_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=500, required=False, default="")


class JointCaseTaskIn(Fields):
    task_id = serializers.UUIDField(required=False, default=None)
    title = serializers.CharField(max_length=120)
    words = serializers.CharField(max_length=1000, required=False, default="")
    holder = serializers.UUIDField()
    due_on = serializers.DateField(required=False, default=None)
    dropped = serializers.BooleanField(required=False, default=False)


class JointCaseReportIn(Fields):
    task_id = serializers.UUIDField()
    standing = serializers.ChoiceField(["underway", "done", "cannot", "handed"])
    result = serializers.CharField(max_length=1000, required=False, default="")
    handed_to = serializers.UUIDField(required=False, default=None)


class JointCaseProgressIn(Fields):
    row_id = serializers.UUIDField(required=False, default=None)
    seat_id = serializers.UUIDField(required=False, default=None)
    place = serializers.CharField(max_length=80)
    party_name = serializers.CharField(max_length=120, required=False, default="")
    goods = serializers.CharField(max_length=120, required=False, default="")
    quantity = serializers.DecimalField(14, 3, required=False, default=None, min_value=0)
    unit = serializers.CharField(max_length=20, required=False, default="")
    value_yuan = serializers.DecimalField(16, 2, required=False, default=None, min_value=0)
    filed_on = serializers.DateField(required=False, default=None)
    referred_on = serializers.DateField(required=False, default=None)
    detained = serializers.IntegerField(min_value=0, max_value=10_000, required=False, default=0)
    next_step = serializers.CharField(max_length=300, required=False, default="")
    words = serializers.CharField(max_length=500, required=False, default="")
    ended = serializers.BooleanField(required=False, default=False)


class JointCaseEndIn(Fields):
    """One end of a link: one that is known, or a new one."""

    node_id = serializers.UUIDField(required=False, default=None)
    name = serializers.CharField(max_length=80, required=False, default="", source="label")
    kind = serializers.ChoiceField(["shop", "store", "maker", "person", "account"], required=False, default="shop")
    place = serializers.CharField(max_length=80, required=False, default="")


class JointCaseTieIn(Fields):
    via = serializers.ChoiceField(list(presenters.VIAS))
    value = serializers.CharField(max_length=80, required=False, default="")
    words = serializers.CharField(max_length=300, required=False, default="")
    one = JointCaseEndIn()
    other = JointCaseEndIn()


class JointCaseShowIn(Fields):
    exhibit_id = serializers.UUIDField()
    title = serializers.CharField(max_length=120)
    words = serializers.CharField(max_length=500, required=False, default="")
    audience = serializers.ChoiceField(list(presenters.AUDIENCES), required=False, default="bureaux")
    named = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=60)
    until = serializers.DateField(required=False, default=None)


class JointCaseEndShowIn(Fields):
    item_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=500, required=False, default="")


class JointCaseActionIn(Fields):
    text = serializers.CharField(max_length=300)
    seat_id = serializers.UUIDField()
    owner = serializers.CharField(max_length=40, required=False, default="")
    due_on = serializers.DateField(required=False, default=None)


class JointCaseMinutesIn(Fields):
    meeting_id = serializers.UUIDField(required=False, default=None)
    title = serializers.CharField(max_length=120)
    held_on = serializers.DateField()
    present = serializers.CharField(max_length=500, required=False, default="")
    words = serializers.CharField(max_length=8000, required=False, default="")
    actions = JointCaseActionIn(many=True, required=False, default=list)


class JointCaseDoneIn(Fields):
    action_id = serializers.UUIDField()
    words = serializers.CharField(max_length=300, required=False, default="")


class JointCaseNoteIn(Fields):
    words = serializers.CharField(max_length=2000)


class JointCaseExplainedIn(Fields):
    row_id = serializers.UUIDField()
    words = serializers.CharField(max_length=300)


class JointCaseCloseIn(Fields):
    report = serializers.CharField(max_length=8000)
    explained = JointCaseExplainedIn(many=True, required=False, default=list)


class JointCaseReopenIn(Fields):
    reason = serializers.CharField(max_length=500)


# Views ----------------------------------------------------------------------------------------------------------------


class RoomView(MemberView):
    """Of people who may know of rooms. One view for three hosts: the header means something at the brands' alone."""

    extra_parameters = (OpenApiParameter(ORGANISATION, str, OpenApiParameter.HEADER),)

    def viewer(self, request: Request) -> Viewer:
        """Who asks, for which party."""
        if required().kind == "brands":
            return selectors.viewer_at_brands(self.acting(request))
        return viewer_of(request._request)

    def inside(self, request: Request, room_id: UUID) -> Inside:
        """The room as the one who asks may see it. Raises NotFound404."""
        viewer = self.viewer(request)
        return selectors.inside(viewer, selectors.access_room(viewer, room_id))


class JointCases(RoomView):
    """Rooms one may know of, and a new one."""

    pagination_class = ByNewest

    @extend_schema(operation_id="joint_cases", responses=JointCaseRow(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.rooms_of(self.viewer(request)), JointCaseRow)

    @extend_schema(operation_id="joint_case_open", request=JointCaseIn, responses={201: JointCaseRow})
    def post(self, request: Request) -> Response:
        viewer = self.viewer(request)
        if not selectors.may_open_room(viewer):
            raise NotAllowed()
        said = read(JointCaseIn, request)
        code = said.pop("lead_province", "")
        if viewer.kind == "office" and code:
            party = f"province:{code}"
            said["lead"] = Wanted(party=party, name=party_names([party])[party])
            said.pop("lead_unit_id", None)
        made = rooms.open_room(viewer=viewer, **said)
        return Response(JointCaseRow(made).data, status=status.HTTP_201_CREATED)


class JointCase(RoomView):
    @extend_schema(operation_id="joint_case", responses=JointCaseOut)
    def get(self, request: Request, room_id: UUID) -> Response:
        return Response(written(self.inside(request, room_id)))


class JointCaseTable(RoomView):
    """The progress table as an Excel file is at `/joint-cases/{room_id}/table/`; here as rows."""

    @extend_schema(operation_id="joint_case_table", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, room_id: UUID) -> Response:
        found = presenters.progress(self.inside(request, room_id))
        totals = found["totals"]
        return Response(
            {
                "rows": JointCaseProgressOut(found["rows"], many=True).data,
                "totals": {
                    "rows": totals.rows, "ended": totals.ended, "filed": totals.filed, "referred": totals.referred,
                    "detained": totals.detained, "value_yuan": str(totals.value_yuan),
                    "quantities": {unit: str(amount) for unit, amount in totals.quantities.items()},
                },
            }
        )  # fmt: skip


def _step(operation: str, reads: type[Fields], do: Any) -> type[RoomView]:
    """A view whose POST does one thing in a room and answers with the whole of it."""

    class Step(RoomView):
        @extend_schema(operation_id=operation, request=reads, responses=JointCaseOut)
        def post(self, request: Request, room_id: UUID) -> Response:
            inside = self.inside(request, room_id)
            do(inside, read(reads, request))
            return Response(written(self.inside(request, room_id)))

    return Step


def _close(inside: Inside, said: dict[str, Any]) -> Any:
    why = {each["row_id"]: each["words"] for each in said["explained"]}
    return rooms.close(room=inside, report=said["report"], explained=why)


STEPS: dict[str, tuple[type[Fields], Any]] = {
    "seats": (JointCaseSeatIn, lambda it, said: rooms.name_seats(room=it, wanted=[Wanted(**said)])),
    "answer": (JointCaseAnswerIn, lambda it, said: rooms.answer(room=it, **said)),
    "leave": (JointCaseLeaveIn, lambda it, said: rooms.leave(room=it, **said)),
    "lead": (JointCaseLeadIn, lambda it, said: rooms.hand_lead(room=it, **said)),
    "task": (JointCaseTaskIn, lambda it, said: work.set_task(room=it, **said)),
    "task_report": (JointCaseReportIn, lambda it, said: work.report_task(room=it, **said)),
    "progress": (JointCaseProgressIn, lambda it, said: work.set_progress(room=it, **said)),
    "tie": (JointCaseTieIn, lambda it, said: work.tie(room=it, **said)),
    "show": (JointCaseShowIn, lambda it, said: wall.show(room=it, **said)),
    "end_show": (JointCaseEndShowIn, lambda it, said: wall.end(room=it, **said)),
    "minutes": (JointCaseMinutesIn, lambda it, said: work.write_minutes(room=it, **said)),
    "action_done": (JointCaseDoneIn, lambda it, said: work.action_done(room=it, **said)),
    "note": (JointCaseNoteIn, lambda it, said: work.note(room=it, **said)),
    "close": (JointCaseCloseIn, _close),
    "reopen": (JointCaseReopenIn, lambda it, said: rooms.reopen(room=it, **said)),
}
patterns = [
    path("joint-cases/", JointCases.as_view()),
    path("joint-cases/<uuid:room_id>/", JointCase.as_view()),
    path("joint-cases/<uuid:room_id>/table/", JointCaseTable.as_view()),
    *(
        path(f"joint-cases/<uuid:room_id>/{name.replace('_', '-')}/", _step(f"joint_case_{name}", *each).as_view())
        for name, each in STEPS.items()
    ),
]
