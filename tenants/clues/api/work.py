"""The work on a clue under `/api/v1/`: whose it is, dispatch, the unit's check, orders, study."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.officer_api import View, step
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields
from tenants.clues import presenters, routing, selectors
from tenants.clues.models import (
    Assessment,
    Clue,
    ClueAsk,
    CluePause,
    Dispatch,
    Dispute,
    PanelMember,
    Supervision,
    Verifier,
)
from tenants.clues.services import (
    asking,
    assessing,
    clocks,
    dispatching,
    disputes,
    placing,
    supervising,
    working,
)

# What is told ---------------------------------------------------------------------------------------------------------


class DispatchOut(ModelFields[Dispatch]):
    unit_name = serializers.CharField(source="unit.name")
    proposal = serializers.DictField()

    class Meta:
        model = Dispatch
        fields = [
            "id", "clue_id", "unit_id", "unit_name", "officer_id", "at", "words", "sign_by", "proposal", "followed",
            "ending", "ended_at", "return_reason", "return_words", "right_unit_name",
        ]  # fmt: skip


class DisputeOut(ModelFields[Dispute]):
    class Meta:
        model = Dispute
        fields = ["id", "first_unit_id", "second_unit_id", "superior_id", "opened_at", "due_on", "due_provisional",
                  "settled_at"]  # fmt: skip


class PanelMemberOut(ModelFields[PanelMember]):
    class Meta:
        model = PanelMember
        fields = ["id", "user_id", "name", "unit_name", "opinion", "said_at"]


class AssessmentOut(ModelFields[Assessment]):
    members = PanelMemberOut(many=True)

    class Meta:
        model = Assessment
        fields = [
            "id",
            "clue_id",
            "opened_by_id",
            "opened_at",
            "due_on",
            "concluded_at",
            "opinion",
            "advice",
            "members",
        ]


class ClueVerifierOut(ModelFields[Verifier]):
    class Meta:
        model = Verifier
        fields = ["officer_id", "name", "certificate_no", "since", "until"]


class CluePauseOut(ModelFields[CluePause]):
    class Meta:
        model = CluePause
        fields = ["id", "kind", "reason", "begin", "end"]


class ClueAskOut(ModelFields[ClueAsk]):
    class Meta:
        model = ClueAsk
        fields = ["id", "clue_id", "kind", "state", "reason", "asked_by_id", "asked_at", "decided_at", "answer"]


class SupervisionOut(ModelFields[Supervision]):
    """On one of a clue, a case and a letter: the others are empty. from_above: who ordered it, if nobody here did."""

    overdue = serializers.SerializerMethodField()
    clue_id = serializers.UUIDField(allow_null=True)
    case_id = serializers.UUIDField(allow_null=True)
    ordered_by_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = Supervision
        fields = ["id", "clue_id", "case_id", "letter_kind", "letter_id", "letter_number", "letter_subject", "state",
                  "number", "demand", "ordered_by_id", "from_above", "ordered_at", "due_on", "answer", "answered_at",
                  "overdue"]  # fmt: skip

    def get_overdue(self, row: Supervision) -> bool:
        return supervising.is_overdue(row)


class ClueCandidateOut(serializers.Serializer[Any]):
    unit_id = serializers.UUIDField()
    unit_name = serializers.CharField()
    rule = serializers.CharField()
    matter = serializers.CharField()
    tied = serializers.BooleanField()
    confidence = serializers.FloatField()
    zh = serializers.CharField()
    en = serializers.CharField()


class ClueRoutingOut(serializers.Serializer[Any]):
    """Where it is, whose it is, and why, with every candidate."""

    address_raw = serializers.CharField()
    division_code = serializers.CharField()
    division_level = serializers.CharField()
    division_confidence = serializers.FloatField(allow_null=True)
    division_method = serializers.CharField()
    division_why = serializers.DictField()
    proposal = serializers.DictField()
    candidates = ClueCandidateOut(many=True)


class ClueDossierOut(ModelFields[Clue]):
    division_why = serializers.DictField()
    proposal = serializers.DictField()
    out_of_province = serializers.DictField()
    dispatches = DispatchOut(many=True)
    disputes = DisputeOut(many=True)
    assessments = AssessmentOut(many=True)
    verifiers = ClueVerifierOut(many=True)
    pauses = CluePauseOut(many=True)
    asks = ClueAskOut(many=True)
    supervisions = SupervisionOut(many=True)
    possible = serializers.SerializerMethodField()

    class Meta:
        model = Clue
        fields = [
            "id", "number", "state", "registered_at", "registered_name", "desk_unit_id", "competent_unit_id",
            "holder_unit_id", "holder_id", "source_kind", "title", "content", "channel", "chain_stage", "area_tags",
            "violations", "estimated_value", "priority", "priority_why", "subject_kind", "subject_name",
            "subject_code", "address_raw", "place_role", "division_code", "division_level", "division_confidence",
            "division_method", "division_why", "proposed_unit_id", "proposed_officer_id", "proposal",
            "out_of_province", "verify_by", "verify_by_provisional", "due_at", "result", "outcome", "ended_at",
            "ending_words", "outside_number", "lead_id", "dispatches", "disputes", "assessments", "verifiers", "pauses",
            "asks", "supervisions", "possible",
        ]  # fmt: skip

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_possible(self, row: Clue) -> list[str]:
        from tenants.clues.views.work import STEPS

        request: Any = self.context.get("request")
        return [code for code, each in STEPS.items() if request is not None and each.open_to(row, request.user)]


class ClueEventOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    title = serializers.CharField()
    detail = serializers.CharField()
    by = serializers.CharField()


# What is asked --------------------------------------------------------------------------------------------------------


class CluePlaceIn(Fields):
    code = serializers.CharField(max_length=6)


class ClueDispatchIn(Fields):
    unit_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    officer_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ClueReasonIn(Fields):
    reason = serializers.CharField(max_length=500)


class ClueWordsIn(Fields):
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class ClueReturnIn(Fields):
    reason = serializers.ChoiceField(Dispatch.ReturnReason.choices)
    words = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    right_unit_name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)


class ClueHandDownIn(Fields):
    unit_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    officer_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class ClueDesignateIn(Fields):
    unit_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=500)


class ClueVerifiersIn(Fields):
    officer_ids = serializers.ListField(child=serializers.UUIDField(), max_length=20)


class CluePanelIn(Fields):
    member_ids = serializers.ListField(child=serializers.UUIDField(), max_length=40)


class CluePauseIn(Fields):
    kind = serializers.ChoiceField(CluePause.Kind.choices)
    reason = serializers.CharField(max_length=500)


class ClueEndIn(Fields):
    result = serializers.ChoiceField(Clue.Result.choices)
    outcome = serializers.ChoiceField(Clue.Outcome.choices)
    words = serializers.CharField(max_length=1000)
    case_ids = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=20, help_text="filed: of cases here"
    )
    outside_number = serializers.CharField(
        max_length=80, required=False, default="", allow_blank=True, help_text="filed: of a case kept elsewhere"
    )


class ClueSuperviseIn(Fields):
    demand = serializers.CharField(max_length=1000)
    due_on = serializers.DateField()
    number = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)


class OpineIn(Fields):
    opinion = serializers.CharField(max_length=500)


class ConcludeIn(Fields):
    advice = serializers.ChoiceField(Assessment.Advice.choices)
    opinion = serializers.CharField(max_length=2000)


class SupervisionAnswerIn(Fields):
    words = serializers.CharField(max_length=1000)


class SupervisionRefuseIn(Fields):
    reason = serializers.CharField(max_length=500)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class ClueAskDecideIn(Fields):
    approve = serializers.BooleanField()
    answer = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


# The clue -------------------------------------------------------------------------------------------------------------


def _whole(request: Request, clue_id: UUID) -> Any:
    return ClueDossierOut(selectors.whole_clue(request.user, clue_id), context={"request": request}).data


_step = partial(step, row="clue_id", answers=ClueDossierOut, whole=_whole)


class ClueDetail(View):
    @extend_schema(operation_id="clue", responses=ClueDossierOut)
    def get(self, request: Request, clue_id: UUID) -> Response:
        return Response(_whole(request, clue_id))


class ClueRouting(View):
    @extend_schema(operation_id="clue_routing", responses=ClueRoutingOut)
    def get(self, request: Request, clue_id: UUID) -> Response:
        """How the place was read and whose it is, with every candidate and its reason."""
        clue = selectors.clue(request.user, clue_id)
        names = [str(name) for name in ClueRoutingOut().fields if str(name) != "candidates"]
        facts = {name: getattr(clue, name) for name in names}
        return Response(ClueRoutingOut({**facts, "candidates": routing.explain(clue)}).data)


class ClueTrail(View):
    @extend_schema(operation_id="clue_trail", responses=ClueEventOut(many=True))
    def get(self, request: Request, clue_id: UUID) -> Response:
        """What was done, by whom and when, oldest first."""
        clue = selectors.clue(request.user, clue_id)
        return Response(ClueEventOut(presenters.timeline(clue), many=True).data)


class BegunInspectionOut(serializers.Serializer[Any]):
    inspection_id = serializers.UUIDField(source="pk")
    number = serializers.CharField()


class ClueInspect(View):
    @extend_schema(operation_id="clue_inspect", request=None, responses={201: BegunInspectionOut})
    def post(self, request: Request, clue_id: UUID) -> Response:
        """An inspection from the clue, with what is known filled in. While one is open, that one."""
        begun = working.begin_inspection(by=request.user, clue_id=clue_id)
        return Response(BegunInspectionOut(begun).data, status=status.HTTP_201_CREATED)


CluePlace = _step("clue_place", placing.choose_division, reads=CluePlaceIn, says="The address itself is not changed.")
ClueDispatch = _step(
    "clue_dispatch",
    dispatching.dispatch,
    reads=ClueDispatchIn,
    says="Without unit_id: as proposed. 409 `dispatched_already` names who was first.",
)
ClueScreen = _step("clue_screen", dispatching.screen, reads=ClueWordsIn)
ClueRecall = _step("clue_recall", dispatching.recall, reads=ClueReasonIn)
ClueAssess = _step("clue_assess", assessing.open_assessment, reads=CluePanelIn)
ClueSignFor = _step("clue_sign_for", working.sign_for)
ClueReturn = _step("clue_return", working.send_back, reads=ClueReturnIn, says="To the desk; there is no other way.")
ClueHandDown = _step("clue_hand_down", working.hand_down, reads=ClueHandDownIn, says="Inside the unit's own house.")
ClueVerifiers = _step("clue_verifiers", working.set_verifiers, reads=ClueVerifiersIn)
CluePauses = _step("clue_pause", clocks.pause, reads=CluePauseIn)
ClueResume = _step("clue_resume", clocks.resume)
ClueExtension = _step("clue_extension_ask", asking.ask_extension, reads=ClueReasonIn)
ClueEnd = _step(
    "clue_end",
    working.end,
    reads=ClueEndIn,
    says="Not to file is laid before the head: see `asks`. Filed names its case.",
)
ClueReopen = _step("clue_reopen", working.reopen, reads=ClueReasonIn)
ClueDesignate = _step("clue_designate", disputes.designate, reads=ClueDesignateIn)
ClueSettle = _step("clue_settle", disputes.settle)
ClueSupervise = _step("clue_supervise", supervising.order, reads=ClueSuperviseIn)

AssessmentOpine = step("assessment_opine", assessing.say, row="assessment_id", answers=PanelMemberOut, reads=OpineIn)
AssessmentConclude = step(
    "assessment_conclude", assessing.conclude, row="assessment_id", answers=AssessmentOut, reads=ConcludeIn
)
CaseSupervise = step(
    "case_supervise", supervising.order_case, row="case_id", answers=SupervisionOut, reads=ClueSuperviseIn
)
NoticeSupervise = step(
    "assist_notice_supervise", supervising.order_notice, row="assist_id", argument="letter_id",
    answers=SupervisionOut, reads=ClueSuperviseIn,
)  # fmt: skip
SupervisionAnswer = step(
    "supervision_answer", supervising.answer, row="supervision_id", answers=SupervisionOut, reads=SupervisionAnswerIn
)
SupervisionRefuse = step(
    "supervision_refuse", supervising.refuse, row="supervision_id", answers=SupervisionOut, reads=SupervisionRefuseIn
)
SupervisionLift = step(
    "supervision_lift", supervising.lift, row="supervision_id", answers=SupervisionOut, reads=ClueWordsIn
)
AskDecide = step("clue_ask_decide", asking.decide, row="ask_id", answers=ClueAskOut, reads=ClueAskDecideIn)
AskWithdraw = step("clue_ask_withdraw", asking.withdraw, row="ask_id", answers=ClueAskOut)


class Assessments(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="assessments", responses=AssessmentOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.assessments_seen_by(request.user), AssessmentOut)


class Supervisions(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="supervisions", responses=SupervisionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.supervisions_seen_by(request.user).order_by("-pk"), SupervisionOut)


urlpatterns = [
    path("clues/<uuid:clue_id>/", ClueDetail.as_view()),
    path("clues/<uuid:clue_id>/routing/", ClueRouting.as_view()),
    path("clues/<uuid:clue_id>/trail/", ClueTrail.as_view()),
    path("clues/<uuid:clue_id>/place/", CluePlace.as_view()),
    path("clues/<uuid:clue_id>/dispatch/", ClueDispatch.as_view()),
    path("clues/<uuid:clue_id>/screen/", ClueScreen.as_view()),
    path("clues/<uuid:clue_id>/recall/", ClueRecall.as_view()),
    path("clues/<uuid:clue_id>/assess/", ClueAssess.as_view()),
    path("clues/<uuid:clue_id>/sign-for/", ClueSignFor.as_view()),
    path("clues/<uuid:clue_id>/return/", ClueReturn.as_view()),
    path("clues/<uuid:clue_id>/hand-down/", ClueHandDown.as_view()),
    path("clues/<uuid:clue_id>/verifiers/", ClueVerifiers.as_view()),
    path("clues/<uuid:clue_id>/inspect/", ClueInspect.as_view()),
    path("clues/<uuid:clue_id>/pauses/", CluePauses.as_view()),
    path("clues/<uuid:clue_id>/resume/", ClueResume.as_view()),
    path("clues/<uuid:clue_id>/extension/", ClueExtension.as_view()),
    path("clues/<uuid:clue_id>/end/", ClueEnd.as_view()),
    path("clues/<uuid:clue_id>/reopen/", ClueReopen.as_view()),
    path("clues/<uuid:clue_id>/designate/", ClueDesignate.as_view()),
    path("clues/<uuid:clue_id>/settle/", ClueSettle.as_view()),
    path("clues/<uuid:clue_id>/supervise/", ClueSupervise.as_view()),
    path("assessments/", Assessments.as_view()),
    path("assessments/<uuid:assessment_id>/opine/", AssessmentOpine.as_view()),
    path("assessments/<uuid:assessment_id>/conclude/", AssessmentConclude.as_view()),
    path("cases/<uuid:case_id>/supervise/", CaseSupervise.as_view()),
    path("opinions/notices/<uuid:assist_id>/supervise/", NoticeSupervise.as_view()),
    path("supervisions/", Supervisions.as_view()),
    path("supervisions/<uuid:supervision_id>/answer/", SupervisionAnswer.as_view()),
    path("supervisions/<uuid:supervision_id>/refuse/", SupervisionRefuse.as_view()),
    path("supervisions/<uuid:supervision_id>/lift/", SupervisionLift.as_view()),
    path("clue-asks/<uuid:ask_id>/decide/", AskDecide.as_view()),
    path("clue-asks/<uuid:ask_id>/withdraw/", AskWithdraw.as_view()),
]
