"""Operations on periods, holds and proofs, at a province's host."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from accounts.models import User
from gateway.paging import ByNewest
from gateway.serializers import Fields, NothingIn, read, read_query
from gateway.views import ApiView
from retention import proofs, rules, selectors, services
from retention.models import Hold, Portion, Rule


class RetentionKindOut(serializers.Serializer[Any]):
    """days: null keeps it for ever. fixed: by a period of the system's own. due, soon: now and within 90 days."""

    kind = serializers.CharField()
    title = serializers.CharField()
    days = serializers.IntegerField(allow_null=True)
    least_days = serializers.IntegerField()
    fixed = serializers.BooleanField()
    due = serializers.IntegerField(allow_null=True)
    soon = serializers.IntegerField(allow_null=True)
    held = serializers.IntegerField(allow_null=True)


class RetentionRuleOut(serializers.ModelSerializer[Rule]):
    class Meta:
        model = Rule
        fields = [
            "id", "kind", "days", "basis", "valid_from", "state", "asked_by_name", "asked_at", "decided_by_name",
            "decided_at", "answer",
        ]  # fmt: skip


class RetentionRuleIn(Fields):
    kind = serializers.CharField(max_length=60)
    days = serializers.IntegerField(allow_null=True, min_value=1, max_value=36_500)
    basis = serializers.CharField(max_length=400)
    valid_from = serializers.DateField()


class RetentionAnswerIn(Fields):
    agree = serializers.BooleanField()
    answer = serializers.CharField(max_length=400, default="", allow_blank=True)


class RetentionHoldOut(serializers.ModelSerializer[Hold]):
    """reached: how many records it keeps."""

    reached = serializers.IntegerField()

    class Meta:
        model = Hold
        fields = [
            "id", "state", "subject_kind", "subject_id", "subject_title", "reason", "ordered_by", "review_months",
            "review_on", "placed_by_name", "placed_at", "lift_reason", "lift_asked_by_name", "lifted_by_name",
            "lifted_at", "reached",
        ]  # fmt: skip


class RetentionHoldIn(Fields):
    """subject_kind: request, clue, inspection, case, exhibit or person."""

    subject_kind = serializers.CharField(max_length=30)
    subject_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=400)
    ordered_by = serializers.CharField(max_length=200)
    review_months = serializers.IntegerField(default=6, min_value=1, max_value=services.LONGEST_REVIEW_MONTHS)


class RetentionHoldsQuery(Fields):
    ended = serializers.BooleanField(default=False)


class RetentionLiftIn(Fields):
    reason = serializers.CharField(max_length=400)


class RetentionLiftedIn(Fields):
    agree = serializers.BooleanField()
    reason = serializers.CharField(max_length=400, default="", allow_blank=True)


class RetentionProofOut(serializers.ModelSerializer[Portion]):
    """document: the canonical JSON that was signed (Ed25519); empty while files are still going.

    Its `files` counts those that are gone, locked in the store, and kept because another record uses them (from
    version 2 on; in version 1 they are among those gone).
    """

    class Meta:
        model = Portion
        fields = ["id", "kind", "state", "counts", "rows_gone_at", "done_at", "document", "sha256", "signature",
                  "public_key"]  # fmt: skip


class RetentionGoneQuery(Fields):
    id = serializers.UUIDField()


class RetentionGoneOut(serializers.Serializer[Any]):
    """gone: whether the clock took it. model, at, proof: what, when, by which proof."""

    gone = serializers.BooleanField()
    model = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    proof = serializers.UUIDField(allow_null=True)


def _person(request: Request) -> User:
    return cast("User", request.user)


class RetentionKinds(ApiView):
    """Every kind of record, how long it stays, and what goes next."""

    @extend_schema(operation_id="retention_kinds", responses=RetentionKindOut(many=True))
    def get(self, request: Request) -> Response:
        rows = [
            {
                "kind": line.kind.code, "title": str(line.kind.title), "days": line.period.days,
                "least_days": line.kind.least_days, "fixed": bool(line.kind.own_task), "due": line.due,
                "soon": line.soon, "held": line.held,
            }
            for line in selectors.periods(request.user)
        ]  # fmt: skip
        return Response(rows)


class RetentionRules(ApiView):
    """Periods as they were proposed and decided. A new one waits for the security administrator."""

    @extend_schema(operation_id="retention_rules", responses=RetentionRuleOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(RetentionRuleOut(selectors.rules_of(request.user)[:200], many=True).data)

    @extend_schema(operation_id="retention_rule_ask", request=RetentionRuleIn, responses={201: RetentionRuleOut})
    def post(self, request: Request) -> Response:
        said = read(RetentionRuleIn, request)
        rule = rules.ask(said.pop("kind"), by=_person(request), **said)
        return Response(RetentionRuleOut(rule).data, status=status.HTTP_201_CREATED)


class RetentionRuleAnswer(ApiView):
    """The second person agrees or not."""

    @extend_schema(operation_id="retention_rule_answer", request=RetentionAnswerIn, responses=RetentionRuleOut)
    def post(self, request: Request, period_id: UUID) -> Response:
        rule, said = selectors.rule_for(request.user, period_id), read(RetentionAnswerIn, request)
        if said["agree"]:
            sudo.require_in_api(request)
        decide = rules.agree if said["agree"] else rules.refuse
        return Response(RetentionRuleOut(decide(rule, by=_person(request), answer=said["answer"])).data)


class RetentionRuleWithdraw(ApiView):
    """Whoever keeps the periods takes a proposal back."""

    @extend_schema(operation_id="retention_rule_withdraw", request=NothingIn, responses=RetentionRuleOut)
    def post(self, request: Request, period_id: UUID) -> Response:
        rule = selectors.rule_for(request.user, period_id)
        read(NothingIn, request)
        return Response(RetentionRuleOut(rules.withdraw(rule, by=_person(request))).data)


class RetentionHolds(ApiView):
    """Legal holds on what this person may see."""

    @extend_schema(
        operation_id="retention_holds", parameters=[RetentionHoldsQuery], responses=RetentionHoldOut(many=True)
    )
    def get(self, request: Request) -> Response:
        ended = read_query(RetentionHoldsQuery, request)["ended"]
        return Response(RetentionHoldOut(selectors.holds_of(request.user, ended=ended), many=True).data)

    @extend_schema(operation_id="retention_hold_place", request=RetentionHoldIn, responses={201: RetentionHoldOut})
    def post(self, request: Request) -> Response:
        said = read(RetentionHoldIn, request)
        made = services.place(said.pop("subject_kind"), said.pop("subject_id"), by=_person(request), **said)
        return Response(_hold(request, made.pk), status=status.HTTP_201_CREATED)


def _hold(request: Request, hold_id: UUID) -> Any:
    return RetentionHoldOut(selectors.hold_for(request.user, hold_id)).data


class RetentionHoldOne(ApiView):
    @extend_schema(operation_id="retention_hold", responses=RetentionHoldOut)
    def get(self, request: Request, hold_id: UUID) -> Response:
        return Response(_hold(request, hold_id))


class RetentionHoldReview(ApiView):
    """It is still needed."""

    @extend_schema(operation_id="retention_hold_review", request=NothingIn, responses=RetentionHoldOut)
    def post(self, request: Request, hold_id: UUID) -> Response:
        hold = selectors.hold_for(request.user, hold_id)
        read(NothingIn, request)
        services.review(hold, by=_person(request))
        return Response(_hold(request, hold_id))


class RetentionHoldAskLift(ApiView):
    """Propose to lift it."""

    @extend_schema(operation_id="retention_hold_ask_lift", request=RetentionLiftIn, responses=RetentionHoldOut)
    def post(self, request: Request, hold_id: UUID) -> Response:
        hold = selectors.hold_for(request.user, hold_id)
        services.ask_lift(hold, by=_person(request), reason=read(RetentionLiftIn, request)["reason"])
        return Response(_hold(request, hold_id))


class RetentionHoldLift(ApiView):
    """The second person agrees that it ends, or not."""

    @extend_schema(operation_id="retention_hold_lift", request=RetentionLiftedIn, responses=RetentionHoldOut)
    def post(self, request: Request, hold_id: UUID) -> Response:
        hold, said = selectors.hold_for(request.user, hold_id), read(RetentionLiftedIn, request)
        if said["agree"]:
            sudo.require_in_api(request)
            services.lift(hold, by=_person(request))
        else:
            services.keep_on(hold, by=_person(request), reason=said["reason"])
        return Response(_hold(request, hold_id))


class RetentionProofs(ApiView):
    """What went, newest first."""

    pagination_class = ByNewest

    @extend_schema(operation_id="retention_proofs", responses=RetentionProofOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.proofs(request.user), RetentionProofOut)


class RetentionProofOne(ApiView):
    @extend_schema(operation_id="retention_proof", responses=RetentionProofOut)
    def get(self, request: Request, portion_id: UUID) -> Response:
        return Response(RetentionProofOut(selectors.proof_for(request.user, portion_id)).data)


class RetentionGone(ApiView):
    """Was the record of this id deleted because its period was over?"""

    @extend_schema(operation_id="retention_gone", parameters=[RetentionGoneQuery], responses=RetentionGoneOut)
    def get(self, request: Request) -> Response:
        selectors.proofs(request.user)
        answer = proofs.asked(read_query(RetentionGoneQuery, request)["id"])
        return Response(
            {
                "gone": answer is not None,
                "model": answer.label if answer else None,
                "at": answer.portion.rows_gone_at if answer else None,
                "proof": answer.portion.pk if answer else None,
            }
        )


urlpatterns = [
    path("retention/kinds/", RetentionKinds.as_view()),
    path("retention/rules/", RetentionRules.as_view()),
    path("retention/rules/<uuid:period_id>/answer/", RetentionRuleAnswer.as_view()),
    path("retention/rules/<uuid:period_id>/withdraw/", RetentionRuleWithdraw.as_view()),
    path("retention/holds/", RetentionHolds.as_view()),
    path("retention/holds/<uuid:hold_id>/", RetentionHoldOne.as_view()),
    path("retention/holds/<uuid:hold_id>/review/", RetentionHoldReview.as_view()),
    path("retention/holds/<uuid:hold_id>/ask-lift/", RetentionHoldAskLift.as_view()),
    path("retention/holds/<uuid:hold_id>/lift/", RetentionHoldLift.as_view()),
    path("retention/proofs/", RetentionProofs.as_view()),
    path("retention/proofs/<uuid:portion_id>/", RetentionProofOne.as_view()),
    path("retention/gone/", RetentionGone.as_view()),
]
