"""API of 派员 on the brands host: where bureaux ask for people, and whom we send."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.desk import selectors, services
from appraisal.desk.api import View
from appraisal.desk.models import DeskPosting
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read


class SentOut(serializers.Serializer[Any]):
    """Somebody who will come."""

    name = serializers.CharField()
    title = serializers.CharField()
    phone = serializers.CharField()
    authority_no = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()


class DeskPostingOut(ModelFields[DeskPosting]):
    people = SentOut(many=True)

    class Meta:
        model = DeskPosting
        fields = [
            "id", "state", "province_code", "code_name", "county_code", "meet_at", "unit_name", "contact_name",
            "contact_phone", "goods", "needed", "people", "answer_words", "asked_at",
        ]  # fmt: skip


class PostingIn(Fields):
    """user_ids: who comes; none: nobody does, and text says why."""

    user_ids = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=20)
    text = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class DeskPostings(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="desk_postings", responses=DeskPostingOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.postings_of(self.desk(request)), DeskPostingOut)


class DeskPostingDetail(View):
    @extend_schema(operation_id="desk_posting", responses=DeskPostingOut)
    def get(self, request: Request, posting_id: UUID) -> Response:
        return Response(DeskPostingOut(selectors.access_posting(self.desk(request), posting_id)).data)

    @extend_schema(operation_id="desk_posting_answer", request=PostingIn, responses=DeskPostingOut)
    def post(self, request: Request, posting_id: UUID) -> Response:
        """Say who comes, each with an authority that holds on that day; or that nobody does."""
        desk, data = self.desk(request), read(PostingIn, request)
        selectors.access_posting(desk, posting_id)
        if data["user_ids"]:
            row = services.send_people(desk=desk, posting_id=posting_id, **data)
        else:
            row = services.send_nobody(desk=desk, posting_id=posting_id, text=data["text"])
        return Response(DeskPostingOut(row).data)


urlpatterns = [
    path("postings/", DeskPostings.as_view()),
    path("postings/<uuid:posting_id>/", DeskPostingDetail.as_view()),
]
