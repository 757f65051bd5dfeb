"""API of 滞留件 on every host, and for the office of what is on its way. Envelopes only, never a body."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.letters import selectors, services
from federation.letters.models import Delivery
from federation.office import letter_rows as pages
from federation.office.flight_api import Reminders
from federation.office.letter_views import own_parties
from federation.office.mending import MenderView
from gateway.paging import ByNewest
from gateway.serializers import Fields, read, read_query


class LettersView(MenderView):
    """Of deliveries, as envelopes."""

    def pages_of(self, rows: Any) -> Response:
        """One page of deliveries, in words."""
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(EnvelopeOut(pages.rows(page), many=True).data)


class EnvelopeOut(serializers.Serializer[Any]):
    """One delivery: who to whom, of what kind, how far. `why` and `failure_code` are empty until a try has failed."""

    id = serializers.UUIDField()
    letter_id = serializers.UUIDField()
    kind = serializers.CharField()
    document_no = serializers.CharField(allow_blank=True)
    sender = serializers.CharField()
    addressee = serializers.CharField()
    state = serializers.ChoiceField(Delivery.State.choices)
    sequence = serializers.IntegerField()
    written_at = serializers.DateTimeField()
    dead_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    tries = serializers.IntegerField()
    attachments = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    failure_code = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True)


class SendBackIn(Fields):
    reason = serializers.CharField(max_length=500)


class FlightQuery(serializers.Serializer[Any]):
    party = serializers.CharField(max_length=80, required=False, help_text="sender or addressee, as letters write it")
    kind = serializers.CharField(max_length=80, required=False, help_text="e.g. appraisal.commission")
    state = serializers.ChoiceField([str(state) for state in Delivery.UNSETTLED], required=False)


class Stuck(LettersView):
    """滞留件: what was tried in vain."""

    pagination_class = ByNewest

    @extend_schema(operation_id="letters_stuck", responses=EnvelopeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.pages_of(selectors.stuck(own_parties(request._request)))


class StuckLetter(MenderView):
    @extend_schema(operation_id="letter_stuck", responses=EnvelopeOut)
    def get(self, request: Request, delivery_id: UUID) -> Response:
        (row,) = pages.rows([selectors.access_stuck(delivery_id, own_parties(request._request))])
        return Response(EnvelopeOut(row).data)


class StuckRetry(MenderView):
    """Put it back on its way."""

    @extend_schema(operation_id="letter_retry", request=None, responses=EnvelopeOut)
    def post(self, request: Request, delivery_id: UUID) -> Response:
        found = selectors.access_stuck(delivery_id, own_parties(request._request))
        (row,) = pages.rows([services.retry(found, by=request.user)])
        return Response(EnvelopeOut(row).data)


class StuckSendBack(MenderView):
    """Return it to its sender with the reason; later letters of the matter go on."""

    @extend_schema(operation_id="letter_send_back", request=SendBackIn, responses=EnvelopeOut)
    def post(self, request: Request, delivery_id: UUID) -> Response:
        found = selectors.access_stuck(delivery_id, own_parties(request._request))
        reason = read(SendBackIn, request)["reason"]
        (row,) = pages.rows([services.send_back(found, by=request.user, reason=reason)])
        return Response(EnvelopeOut(row).data)


class InFlight(LettersView):
    """What is on its way, everybody's."""

    pagination_class = ByNewest

    @extend_schema(operation_id="letters_in_flight", parameters=[FlightQuery], responses=EnvelopeOut(many=True))
    def get(self, request: Request) -> Response:
        return self.pages_of(selectors.in_flight(**read_query(FlightQuery, request)))


urlpatterns = [
    path("letters/reminders/", Reminders.as_view()),
    path("letters/stuck/", Stuck.as_view()),
    path("letters/stuck/<uuid:delivery_id>/", StuckLetter.as_view()),
    path("letters/stuck/<uuid:delivery_id>/retry/", StuckRetry.as_view()),
    path("letters/stuck/<uuid:delivery_id>/send-back/", StuckSendBack.as_view()),
]
