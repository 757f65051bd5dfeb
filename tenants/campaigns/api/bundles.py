"""API of campaigns: clues put in, targets made of them."""

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
from gateway.serializers import Fields, ModelFields, read
from tenants.campaigns import selectors, veil
from tenants.campaigns.api.actions import JointTargetOut
from tenants.campaigns.models import Campaign, CampaignClue
from tenants.campaigns.services import bundling


class CampaignOut(ModelFields[Campaign]):
    office_name = serializers.CharField(source="office.name")

    class Meta:
        model = Campaign
        fields = ["id", "state", "name", "office_id", "office_name", "starts_on", "ends_on", "words", "opened_at"]


class CampaignClueOut(ModelFields[CampaignClue]):
    number = serializers.CharField(source="clue.number")
    title = serializers.CharField(source="clue.title")
    party = serializers.CharField(source="clue.subject_name")
    state = serializers.CharField(source="clue.state")
    outcome = serializers.CharField(source="clue.outcome")

    class Meta:
        model = CampaignClue
        fields = ["clue_id", "number", "title", "party", "state", "outcome", "added_at", "told_at"]


class CampaignIn(Fields):
    name = serializers.CharField(max_length=120)
    office_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    words = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)


class CampaignCluesIn(Fields):
    clue_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=500)


class Campaigns(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="campaigns", responses=CampaignOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.campaigns_of(request.user), CampaignOut)

    @extend_schema(operation_id="campaign_open", request=CampaignIn, responses={201: CampaignOut})
    def post(self, request: Request) -> Response:
        made = bundling.open_campaign(by=request.user, **read(CampaignIn, request))
        return Response(CampaignOut(made).data, status=status.HTTP_201_CREATED)


class CampaignDetail(View):
    @extend_schema(operation_id="campaign", responses=CampaignOut)
    def get(self, request: Request, campaign_id: UUID) -> Response:
        return Response(CampaignOut(selectors.access_campaign(request.user, campaign_id)).data)


class CampaignClues(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="campaign_clues", responses=CampaignClueOut(many=True))
    def get(self, request: Request, campaign_id: UUID) -> Response:
        campaign = selectors.access_campaign(request.user, campaign_id)
        return self.paged(selectors.clues_of(request.user, campaign), CampaignClueOut)

    @extend_schema(
        operation_id="campaign_add_clues",
        request=CampaignCluesIn,
        responses=inline_serializer("CampaignAdded", {"added": serializers.IntegerField()}),
    )
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """Clues picked in the ledger; those that are in already stay."""
        selectors.access_campaign(request.user, campaign_id)
        added = bundling.add_clues(by=request.user, campaign_id=campaign_id, **read(CampaignCluesIn, request))
        return Response({"added": added})


class CampaignClueDetail(View):
    @extend_schema(operation_id="campaign_remove_clue", responses={204: None})
    def delete(self, request: Request, campaign_id: UUID, clue_id: UUID) -> Response:
        selectors.access_campaign(request.user, campaign_id)
        bundling.remove_clue(by=request.user, campaign_id=campaign_id, clue_id=clue_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CampaignClose(View):
    @extend_schema(operation_id="campaign_close", request=None, responses=CampaignOut)
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """It is over; clues that are open go on as they are."""
        selectors.access_campaign(request.user, campaign_id)
        return Response(CampaignOut(bundling.close_campaign(by=request.user, campaign_id=campaign_id)).data)


class JointBundle(View):
    @extend_schema(
        operation_id="joint_bundle",
        request=CampaignCluesIn,
        responses={201: inline_serializer("JointBundled", {"results": JointTargetOut(many=True)})},
    )
    def post(self, request: Request, action_id: UUID) -> Response:
        """Targets of an action from clues, one a party."""
        selectors.access_action(request.user, action_id)
        made = bundling.bundle(by=request.user, action_id=action_id, **read(CampaignCluesIn, request))
        seen: list[Any] = [
            veil.see_one(request.user, selectors.access_target(request.user, target.pk)) for target in made
        ]
        return Response({"results": JointTargetOut(seen, many=True).data}, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("campaigns/", Campaigns.as_view()),
    path("campaigns/<uuid:campaign_id>/", CampaignDetail.as_view()),
    path("campaigns/<uuid:campaign_id>/clues/", CampaignClues.as_view()),
    path("campaigns/<uuid:campaign_id>/clues/<uuid:clue_id>/", CampaignClueDetail.as_view()),
    path("campaigns/<uuid:campaign_id>/close/", CampaignClose.as_view()),
    path("joint-actions/<uuid:action_id>/bundle/", JointBundle.as_view()),
]
