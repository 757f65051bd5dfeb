"""Agreements and meetings in the API of provinces and the office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import person_of
from federation.agreements import selectors
from federation.agreements.models import Action, Agreement, Answer, Meeting, Minutes, Recognition, Revision, Seat
from federation.agreements.models.agreement import Form, RecognisedWord, ScopeWord, Topic, Visibility
from federation.agreements.services import agreeing, meeting
from federation.agreements.services.common import own
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read, read_query
from gateway.views import ApiView
from kernel.errors import NotFound404

# What is told ---------------------------------------------------------------------------------------------------------


class RecognitionOut(ModelFields[Recognition]):
    """互认. from_parties: whose; empty for every member's."""

    from_parties = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Recognition
        fields = ["what", "from_parties", "until", "conditions"]


class AnswerOut(ModelFields[Answer]):
    """A party's word on a revision."""

    class Meta:
        model = Answer
        fields = ["party", "word", "why", "who", "at"]


class RevisionOut(ModelFields[Revision]):
    """What was proposed. Days are working days."""

    parties = serializers.ListField(child=serializers.CharField())
    scope = serializers.ListField(child=serializers.ChoiceField(ScopeWord.choices))
    recognitions = RecognitionOut(many=True)
    answers = serializers.SerializerMethodField()

    class Meta:
        model = Revision
        fields = [
            "id", "number", "state", "proposer", "title", "parties", "quorum", "scope", "acceptance_days",
            "feedback_days", "assistance_days", "direct", "valid_from", "valid_until", "text", "reason", "proposed_by",
            "proposed_at", "entered_at", "recognitions", "answers",
        ]  # fmt: skip

    def get_answers(self, row: Revision) -> list[dict[str, Any]]:
        words = [answer for _code, _name, answer in getattr(row, "words", []) if answer]
        return [dict(each) for each in AnswerOut(words, many=True).data]


class AgreementOut(ModelFields[Agreement]):
    """One agreement. members: province codes; empty until it is in force."""

    members = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Agreement
        fields = [
            "id", "form", "topic", "title", "visibility", "state", "members", "current_id", "entered_at", "ended_why",
        ]  # fmt: skip


class AgreementWithRevisionsOut(AgreementOut):
    """One agreement with everything that was proposed, newest first."""

    revisions = serializers.SerializerMethodField()

    class Meta(AgreementOut.Meta):
        fields = [*AgreementOut.Meta.fields, "revisions"]

    def get_revisions(self, row: Agreement) -> list[dict[str, Any]]:
        return [dict(each) for each in RevisionOut(selectors.revisions_of(row), many=True).data]


class TermsOut(serializers.Serializer[Any]):
    """What holds for letters of a kind between this province and another. source: agreement or national."""

    acceptance_days = serializers.IntegerField()
    feedback_days = serializers.IntegerField()
    direct = serializers.BooleanField()
    agreement_id = serializers.UUIDField(allow_null=True)
    agreement_title = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(["agreement", "national"])


class SeatOut(ModelFields[Seat]):
    """A member of a meeting."""

    class Meta:
        model = Seat
        fields = ["party", "coming", "people", "confirmed_number", "objected_number", "objection"]


class ToDoOut(ModelFields[Action]):
    """What is to be done."""

    class Meta:
        model = Action
        fields = ["id", "state", "text", "owner", "unit", "due_on", "done_at", "done_words"]


class MinutesOut(ModelFields[Minutes]):
    """纪要 of one number."""

    decisions = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Minutes
        fields = ["number", "text", "decisions", "written_by", "at"]


class JointMeetingOut(ModelFields[Meeting]):
    """One joint meeting; minutes: the last number, null before."""

    agenda = serializers.ListField(child=serializers.CharField())
    seats = serializers.SerializerMethodField()
    minutes = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    class Meta:
        model = Meeting
        fields = [
            "id", "agreement_id", "host", "state", "number", "title", "place", "starts_at", "agenda", "seats",
            "minutes", "actions",
        ]  # fmt: skip

    def get_seats(self, row: Meeting) -> list[dict[str, Any]]:
        return [dict(SeatOut(seat).data) for _name, seat in selectors.seats_of(row)]

    def get_minutes(self, row: Meeting) -> dict[str, Any] | None:
        last = row.minutes.first()
        return dict(MinutesOut(last).data) if last else None

    def get_actions(self, row: Meeting) -> list[dict[str, Any]]:
        return [dict(ToDoOut(action).data) for _name, action in selectors.actions_of(row)]


# What is said ---------------------------------------------------------------------------------------------------------


class RecognitionIn(Fields):
    what = serializers.ChoiceField(RecognisedWord.choices)
    from_parties = serializers.ListField(child=serializers.CharField(max_length=31), required=False, default=list)
    until = serializers.DateField(required=False, allow_null=True, default=None)
    conditions = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class AgreementTermsIn(Fields):
    """parties: province codes; this province is always one of them."""

    title = serializers.CharField(max_length=120)
    parties = serializers.ListField(child=serializers.CharField(max_length=31), allow_empty=False, max_length=40)
    quorum = serializers.IntegerField(min_value=2, max_value=40, required=False, allow_null=True, default=None)
    scope = serializers.ListField(child=serializers.ChoiceField(ScopeWord.choices), allow_empty=False)
    acceptance_days = serializers.IntegerField(min_value=1, max_value=60, default=selectors.ACCEPTANCE_DAYS)
    feedback_days = serializers.IntegerField(min_value=1, max_value=180, default=selectors.FEEDBACK_DAYS)
    assistance_days = serializers.IntegerField(min_value=1, max_value=60, default=selectors.ASSISTANCE_DAYS)
    direct = serializers.BooleanField(default=True)
    recognitions = RecognitionIn(many=True, required=False, default=list)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    text = serializers.CharField(max_length=40_000, required=False, default="", allow_blank=True)
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class AgreementIn(AgreementTermsIn):
    form = serializers.ChoiceField(Form.choices)
    topic = serializers.ChoiceField(Topic.choices, required=False, default="", allow_blank=True)
    visibility = serializers.ChoiceField(Visibility.choices, default=Visibility.OFFICE)


class AgreementAnswerIn(Fields):
    """step: consent, refuse (why is needed), or withdraw what this province proposed."""

    step = serializers.ChoiceField(["consent", "refuse", "withdraw"])
    why = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class AgreementLeaveIn(Fields):
    why = serializers.CharField(max_length=500)


class AgreementQuery(serializers.Serializer[Any]):
    form = serializers.ChoiceField(Form.choices, required=False)
    state = serializers.ChoiceField(Agreement.State.choices, required=False)


class TermsQuery(serializers.Serializer[Any]):
    other = serializers.RegexField(r"^[a-z][a-z0-9]{1,30}$", help_text="code of the other province")
    kind = serializers.ChoiceField(ScopeWord.choices)


class JointMeetingIn(Fields):
    title = serializers.CharField(max_length=120)
    starts_at = serializers.DateTimeField()
    place = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    agenda = serializers.ListField(child=serializers.CharField(max_length=300), allow_empty=False, max_length=40)


class JointMeetingStepIn(Fields):
    """step: come, stay; confirm or object (objection is needed) to the last minutes; call-off, of the host."""

    step = serializers.ChoiceField(["come", "stay", "confirm", "object", "call-off"])
    people = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    objection = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)


class ToDoIn(Fields):
    text = serializers.CharField(max_length=500)
    owner = serializers.CharField(max_length=31)
    unit = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    due_on = serializers.DateField()
    action_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class JointMinutesIn(Fields):
    minutes = serializers.CharField(max_length=40_000)
    decisions = serializers.ListField(child=serializers.CharField(max_length=500), required=False, default=list)
    actions = ToDoIn(many=True, required=False, default=list)


class ToDoDoneIn(Fields):
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


def _wanted(data: dict[str, Any]) -> agreeing.Wanted:
    recognitions = [
        (each["what"], each["from_parties"], each["until"], each["conditions"]) for each in data.pop("recognitions")
    ]
    parties = list(dict.fromkeys([own(), *data.pop("parties")]))
    return agreeing.Wanted(parties=parties, recognitions=recognitions, **data)


# Operations -----------------------------------------------------------------------------------------------------------


class AgreementList(ApiView):
    """What this party knows of, newest first."""

    pagination_class = ByNewest

    @extend_schema(operation_id="agreements", parameters=[AgreementQuery], responses=AgreementOut(many=True))
    def get(self, request: Request) -> Response:
        asked = read_query(AgreementQuery, request)
        return self.paged(selectors.agreements(request.user, **asked), AgreementOut)


class Agreements(AgreementList):
    """What this province knows of; propose a new one."""

    @extend_schema(operation_id="agreement_propose", request=AgreementIn, responses={201: AgreementWithRevisionsOut})
    def post(self, request: Request) -> Response:
        selectors.agreements(request.user)
        data = read(AgreementIn, request)
        said = {name: data.pop(name) for name in ("form", "topic", "visibility")}
        made = agreeing.propose(by=person_of(request._request), wanted=_wanted(data), **said)
        return Response(AgreementWithRevisionsOut(made).data, status=status.HTTP_201_CREATED)


class AgreementDetail(ApiView):
    @extend_schema(operation_id="agreement", responses=AgreementWithRevisionsOut)
    def get(self, request: Request, agreement_id: UUID) -> Response:
        return Response(AgreementWithRevisionsOut(selectors.access_agreement(request.user, agreement_id)).data)


class AgreementAmend(ApiView):
    """New terms, or more parties; what holds goes on until all have consented."""

    @extend_schema(operation_id="agreement_amend", request=AgreementTermsIn, responses={201: AgreementWithRevisionsOut})
    def post(self, request: Request, agreement_id: UUID) -> Response:
        found = selectors.access_agreement(request.user, agreement_id)
        agreeing.amend(by=person_of(request._request), agreement=found, wanted=_wanted(read(AgreementTermsIn, request)))
        found.refresh_from_db()
        return Response(AgreementWithRevisionsOut(found).data, status=status.HTTP_201_CREATED)


class AgreementAnswer(ApiView):
    @extend_schema(operation_id="agreement_answer", request=AgreementAnswerIn, responses=AgreementWithRevisionsOut)
    def post(self, request: Request, agreement_id: UUID, revision_id: UUID) -> Response:
        revision = selectors.access_revision(request.user, agreement_id, revision_id)
        data, by = read(AgreementAnswerIn, request), person_of(request._request)
        if data["step"] == "withdraw":
            agreeing.withdraw(by=by, revision=revision, why=data["why"])
        else:
            agreeing.answer(by=by, revision=revision, consent=data["step"] == "consent", why=data["why"])
        return Response(AgreementWithRevisionsOut(selectors.access_agreement(request.user, agreement_id)).data)


class AgreementLeave(ApiView):
    @extend_schema(operation_id="agreement_leave", request=AgreementLeaveIn, responses=AgreementWithRevisionsOut)
    def post(self, request: Request, agreement_id: UUID) -> Response:
        found = selectors.access_agreement(request.user, agreement_id)
        left = agreeing.leave(
            by=person_of(request._request), agreement=found, why=read(AgreementLeaveIn, request)["why"]
        )
        return Response(AgreementWithRevisionsOut(left).data)


class AgreementTerms(ApiView):
    """What holds between this province and another today."""

    @extend_schema(operation_id="agreement_terms", parameters=[TermsQuery], responses=TermsOut)
    def get(self, request: Request) -> Response:
        selectors.agreements(request.user)
        asked = read_query(TermsQuery, request)
        return Response(TermsOut(selectors.terms_between(own(), asked["other"], asked["kind"])).data)


class JointMeetings(ApiView):
    """Meetings of an agreement; call one."""

    pagination_class = ByNewest

    @extend_schema(operation_id="agreement_meetings", responses=JointMeetingOut(many=True))
    def get(self, request: Request, agreement_id: UUID) -> Response:
        found = selectors.access_agreement(request.user, agreement_id)
        return self.paged(selectors.meetings_of(found), JointMeetingOut)

    @extend_schema(operation_id="agreement_meeting_call", request=JointMeetingIn, responses={201: JointMeetingOut})
    def post(self, request: Request, agreement_id: UUID) -> Response:
        found = selectors.access_agreement(request.user, agreement_id)
        made = meeting.call(by=person_of(request._request), agreement=found, **read(JointMeetingIn, request))
        return Response(JointMeetingOut(made).data, status=status.HTTP_201_CREATED)


class JointMeetingDetail(ApiView):
    """One meeting; a POST says whether this province comes, or what it says to the minutes."""

    @extend_schema(operation_id="agreement_meeting", responses=JointMeetingOut)
    def get(self, request: Request, agreement_id: UUID, conference_id: UUID) -> Response:
        return Response(JointMeetingOut(selectors.access_meeting(request.user, agreement_id, conference_id)).data)

    @extend_schema(operation_id="agreement_meeting_step", request=JointMeetingStepIn, responses=JointMeetingOut)
    def post(self, request: Request, agreement_id: UUID, conference_id: UUID) -> Response:
        found = selectors.access_meeting(request.user, agreement_id, conference_id)
        data, by = read(JointMeetingStepIn, request), person_of(request._request)
        if data["step"] in ("come", "stay"):
            meeting.answer_call(by=by, meeting=found, coming=data["step"] == "come", people=data["people"])
        elif data["step"] == "call-off":
            meeting.change(by=by, meeting=found, call_off=True)
        else:
            last = found.minutes.first()
            if last is None:
                raise NotFound404()
            meeting.confirm_minutes(
                by=by, meeting=found, number=last.number, confirmed=data["step"] == "confirm",
                objection=data["objection"],
            )  # fmt: skip
        found.refresh_from_db()
        return Response(JointMeetingOut(found).data)


class JointMinutes(ApiView):
    @extend_schema(operation_id="agreement_meeting_minutes", request=JointMinutesIn, responses={201: JointMeetingOut})
    def post(self, request: Request, agreement_id: UUID, conference_id: UUID) -> Response:
        found = selectors.access_meeting(request.user, agreement_id, conference_id)
        data = read(JointMinutesIn, request)
        actions = [meeting.ToDo(**each) for each in data.pop("actions")]
        meeting.write_minutes(by=person_of(request._request), meeting=found, actions=actions, **data)
        found.refresh_from_db()
        return Response(JointMeetingOut(found).data, status=status.HTTP_201_CREATED)


class ToDoDone(ApiView):
    @extend_schema(operation_id="agreement_meeting_action_done", request=ToDoDoneIn, responses=ToDoOut)
    def post(self, request: Request, agreement_id: UUID, conference_id: UUID, todo_id: UUID) -> Response:
        person = person_of(request._request)
        row = selectors.access_action(person, agreement_id, conference_id, todo_id)
        return Response(
            ToDoOut(meeting.finish_action(by=person, action=row, words=read(ToDoDoneIn, request)["words"])).data
        )


_ONE = "agreements/<uuid:agreement_id>/"
_MEETING = f"{_ONE}meetings/<uuid:conference_id>/"
office_urlpatterns = [
    path("agreements/", AgreementList.as_view()),
    path(_ONE, AgreementDetail.as_view()),
]
province_urlpatterns = [
    path("agreements/", Agreements.as_view()),
    path("agreements/terms/", AgreementTerms.as_view()),
    path(_ONE, AgreementDetail.as_view()),
    path(f"{_ONE}amend/", AgreementAmend.as_view()),
    path(f"{_ONE}leave/", AgreementLeave.as_view()),
    path(f"{_ONE}revisions/<uuid:revision_id>/", AgreementAnswer.as_view()),
    path(f"{_ONE}meetings/", JointMeetings.as_view()),
    path(_MEETING, JointMeetingDetail.as_view()),
    path(f"{_MEETING}minutes/", JointMinutes.as_view()),
    path(f"{_MEETING}actions/<uuid:todo_id>/", ToDoDone.as_view()),
]
