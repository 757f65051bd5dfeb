"""Rules of competence under `/api/v1/`: who answers for which place and matter; the bureau's terms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Post
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from gateway.views import ApiView
from tenants.clues import selectors
from tenants.clues.models import ClueTerms, Competence, CompetenceSuggestion, TermCorrection
from tenants.clues.routing import coverage, learning
from tenants.clues.services import competence
from tenants.clues.services.steps import terms


class CompetenceOut(ModelFields[Competence]):
    class Meta:
        model = Competence
        fields = ["id", "division_code", "zone", "under_id", "matter", "unit_id", "officer_id", "basis", "note",
                  "valid_from", "valid_until", "made_at"]  # fmt: skip


class CompetenceSuggestionOut(ModelFields[CompetenceSuggestion]):
    times = serializers.SerializerMethodField()

    class Meta:
        model = CompetenceSuggestion
        fields = ["id", "state", "division_code", "matter", "unit_id", "times", "at", "decided_at", "reason", "rule_id"]

    def get_times(self, row: CompetenceSuggestion) -> int:
        return len(row.dispatches)


class CoverageUnitOut(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class CoverageFindingOut(serializers.Serializer[Any]):
    fault = serializers.CharField()
    division_code = serializers.CharField()
    division_name = serializers.CharField()
    matters = serializers.ListField(child=serializers.CharField())
    units = CoverageUnitOut(many=True)
    successors = serializers.ListField(child=serializers.CharField())


class CompetenceCoverageOut(serializers.Serializer[Any]):
    divisions = serializers.IntegerField()
    matters = serializers.IntegerField()
    sound = serializers.IntegerField()
    findings = CoverageFindingOut(many=True)


class ClueTermsOut(ModelFields[ClueTerms]):
    class Meta:
        model = ClueTerms
        fields = ["sign_days", "assess_days", "dispute_days", "learn_after"]


class CompetenceIn(Fields):
    unit_id = serializers.UUIDField()
    matter = serializers.ChoiceField(Competence.Matter.choices, required=False, default="all")
    division_code = serializers.CharField(max_length=9, required=False, default="", allow_blank=True)
    zone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    under_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    officer_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    valid_from = serializers.DateField(required=False, allow_null=True, default=None)
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class CompetenceMendIn(Fields):
    division_code = serializers.CharField(max_length=6)
    matters = serializers.ListField(child=serializers.CharField(max_length=24), max_length=20)
    unit_id = serializers.UUIDField()


class CompetenceRenewIn(Fields):
    division_code = serializers.CharField(max_length=9)


class SuggestionDecideIn(Fields):
    accept = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class ClueTermsIn(Fields):
    sign_days = serializers.IntegerField(required=False, min_value=1, max_value=30)
    assess_days = serializers.IntegerField(required=False, min_value=1, max_value=30)
    dispute_days = serializers.IntegerField(required=False, min_value=1, max_value=30)
    learn_after = serializers.IntegerField(required=False, min_value=1, max_value=50)


class Keeper(BasePermission):
    """Dispatchers, leaders and the bureau's administrators."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.has_role(Post.Role.BUREAU_ADMIN, Post.Role.DISPATCHER, Post.Role.LEADER)


class KeeperView(ApiView):
    permission_classes = [*ApiView.permission_classes, Keeper]


class Competences(KeeperView):
    pagination_class = ByNewest

    @extend_schema(operation_id="competences", responses=CompetenceOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.competences(request.user).order_by("-pk"), CompetenceOut)

    @extend_schema(operation_id="competence_lay_down", request=CompetenceIn, responses={201: CompetenceOut})
    def post(self, request: Request) -> Response:
        """A rule; an older one for the same place and matter ends the day before."""
        rule = competence.lay_down(by=request.user, **read(CompetenceIn, request))
        return Response(CompetenceOut(rule).data, status=status.HTTP_201_CREATED)


class CompetenceCoverage(KeeperView):
    @extend_schema(operation_id="competence_coverage", responses=CompetenceCoverageOut)
    def get(self, request: Request) -> Response:
        """Divisions without or with two responsible units per matter, and rules on divisions of the past."""
        return Response(CompetenceCoverageOut(coverage.check(request.host.division_code)).data)  # type: ignore[attr-defined]


class CompetenceMend(KeeperView):
    @extend_schema(operation_id="competence_mend", request=CompetenceMendIn, responses={201: CompetenceOut(many=True)})
    def post(self, request: Request) -> Response:
        """One step: this unit answers for these matters of this division."""
        made = competence.mend(by=request.user, **read(CompetenceMendIn, request))
        return Response(CompetenceOut(made, many=True).data, status=status.HTTP_201_CREATED)


class CompetenceEnd(KeeperView):
    @extend_schema(operation_id="competence_end", request=None, responses=CompetenceOut)
    def post(self, request: Request, competence_id: UUID) -> Response:
        return Response(CompetenceOut(competence.end_rule(by=request.user, rule_id=competence_id)).data)


class CompetenceRenew(KeeperView):
    @extend_schema(operation_id="competence_renew", request=CompetenceRenewIn, responses=CompetenceOut)
    def post(self, request: Request, competence_id: UUID) -> Response:
        """Move a rule to the division that took the place of its own."""
        rule = competence.renew(by=request.user, rule_id=competence_id, **read(CompetenceRenewIn, request))
        return Response(CompetenceOut(rule).data)


class Suggestions(KeeperView):
    pagination_class = ByNewest

    @extend_schema(operation_id="competence_suggestions", responses=CompetenceSuggestionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.suggestions(request.user), CompetenceSuggestionOut)


class SuggestionDecide(KeeperView):
    @extend_schema(
        operation_id="competence_suggestion_decide", request=SuggestionDecideIn, responses=CompetenceSuggestionOut
    )
    def post(self, request: Request, suggestion_id: UUID) -> Response:
        row = learning.decide_suggestion(
            by=request.user, suggestion_id=suggestion_id, **read(SuggestionDecideIn, request)
        )
        return Response(CompetenceSuggestionOut(row).data)


class OwnTerms(KeeperView):
    @extend_schema(operation_id="clue_terms", responses=ClueTermsOut)
    def get(self, request: Request) -> Response:
        return Response(ClueTermsOut(terms()).data)

    @extend_schema(operation_id="clue_terms_set", request=ClueTermsIn, responses=ClueTermsOut)
    def put(self, request: Request) -> Response:
        """The bureau's own terms, in working days. Those of the law are not among them."""
        return Response(ClueTermsOut(competence.set_terms(by=request.user, **read(ClueTermsIn, request))).data)


class TermCorrectionOut(ModelFields[TermCorrection]):
    """arrangement_id: the last of the loaded years that were gone through."""

    class Meta:
        model = TermCorrection
        fields = ["id", "clue_id", "arrangement_id", "what", "before", "after", "at"]


class TermCorrections(ApiView):
    """Terms reckoned anew because the table of holidays was added to or corrected, of clues you may see."""

    pagination_class = ByNewest

    @extend_schema(operation_id="clue_term_corrections", responses=TermCorrectionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.corrections_seen_by(request.user), TermCorrectionOut)


urlpatterns = [
    path("competences/", Competences.as_view()),
    path("competences/coverage/", CompetenceCoverage.as_view()),
    path("competences/mend/", CompetenceMend.as_view()),
    path("competences/<uuid:competence_id>/end/", CompetenceEnd.as_view()),
    path("competences/<uuid:competence_id>/renew/", CompetenceRenew.as_view()),
    path("competences/suggestions/", Suggestions.as_view()),
    path("competences/suggestions/<uuid:suggestion_id>/decide/", SuggestionDecide.as_view()),
    path("clue-terms/", OwnTerms.as_view()),
    path("clue-terms/corrections/", TermCorrections.as_view()),
]
