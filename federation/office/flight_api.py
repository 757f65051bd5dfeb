"""API of official letters, 催办, flows and figures; of the day's list at the office; of ratings at a province."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.contracts.addresses import Address
from federation.letters.models import Delivery
from federation.office import flight_rows as pages
from federation.office import services, today
from federation.office.letter_views import own_parties
from federation.office.mending import MenderView
from federation.office.selectors import flight, flows, pace, ratings, reminders
from gateway.paging import ByNewest
from gateway.serializers import Fields, read, read_query
from kernel import clock
from provinces.context import required


class ChasedOut(serializers.Serializer[Any]):
    times = serializers.IntegerField()
    last_at = serializers.DateTimeField()
    again_on = serializers.DateField()


class OfficialLetterOut(serializers.Serializer[Any]):
    """One official letter on its way to one addressee: the envelope, its term, who has to act, how often chased."""

    id = serializers.UUIDField()
    letter_id = serializers.UUIDField()
    kind = serializers.CharField()
    document_no = serializers.CharField(allow_blank=True)
    sender = serializers.CharField()
    addressee = serializers.CharField()
    state = serializers.ChoiceField(Delivery.State.choices)
    written_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.BooleanField()
    to_act = serializers.CharField(allow_blank=True)
    chased = ChasedOut(allow_null=True)


class OfficialQuery(serializers.Serializer[Any]):
    party = serializers.CharField(max_length=60, required=False, help_text="sender or addressee, as letters write it")
    sender = serializers.CharField(max_length=60, required=False)
    addressee = serializers.CharField(max_length=60, required=False)
    kind = serializers.CharField(max_length=60, required=False)
    state = serializers.ChoiceField([*Delivery.State.values, "all"], required=False, help_text="default: open ones")
    age = serializers.ChoiceField(["overdue", "soon"], required=False)
    number = serializers.CharField(max_length=80, required=False, help_text="part of the document number")


class FlowQuery(serializers.Serializer[Any]):
    days = serializers.IntegerField(min_value=1, max_value=731, required=False, default=90)
    kind = serializers.CharField(max_length=60, required=False, default="")


class FlowOut(serializers.Serializer[Any]):
    """Official letters from one province to another; codes of provinces."""

    sender = serializers.CharField()
    addressee = serializers.CharField()
    letters = serializers.IntegerField()
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()


class PaceQuery(serializers.Serializer[Any]):
    first = serializers.RegexField(r"^\d{4}-\d{2}$", required=False, default="", help_text="month, 2026-09")
    last = serializers.RegexField(r"^\d{4}-\d{2}$", required=False, default="")
    by = serializers.ChoiceField(["pair", "addressee", "sender", "kind", "month"], required=False, default="pair")
    kind = serializers.CharField(max_length=60, required=False, default="")


class FigureOut(serializers.Serializer[Any]):
    """`one`, `other`: sender and addressee, or one of them, a kind or a month. Shares are null without a divisor."""

    one = serializers.CharField(allow_blank=True)
    other = serializers.CharField(allow_blank=True)
    letters = serializers.IntegerField()
    on_time = serializers.IntegerField()
    on_time_of = serializers.IntegerField()
    on_time_share = serializers.FloatField(allow_null=True)
    answered = serializers.IntegerField()
    in_term = serializers.IntegerField()
    in_term_of = serializers.IntegerField()
    in_term_share = serializers.FloatField(allow_null=True)
    returned = serializers.IntegerField()
    median_s = serializers.FloatField(allow_null=True)
    p90_s = serializers.FloatField(allow_null=True)
    rated = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)
    is_ranked = serializers.BooleanField()


class WaitingOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()
    url = serializers.CharField()
    count = serializers.IntegerField()
    oldest_at = serializers.DateTimeField(allow_null=True)


class RateIn(Fields):
    score = serializers.IntegerField(min_value=1, max_value=3, help_text="3 of use, 2 in part, 1 of none")
    remark = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class Official(MenderView):
    """函件进度: numbered letters and those with a term, everybody's. Envelopes only."""

    pagination_class = ByNewest

    @extend_schema(operation_id="letters_official", parameters=[OfficialQuery], responses=OfficialLetterOut(many=True))
    def get(self, request: Request) -> Response:
        found = flight.found(flight.Filter(**read_query(OfficialQuery, request)))
        page = self.paginate_queryset(found)
        return self.get_paginated_response(OfficialLetterOut(pages.rows(page), many=True).data)


class Remind(MenderView):
    """催办: at most one reminder a working day for each letter."""

    @extend_schema(operation_id="letter_remind", request=None, responses={201: OfficialLetterOut})
    def post(self, request: Request, delivery_id: UUID) -> Response:
        services.remind(delivery_id=delivery_id, by=request.user)
        (row,) = pages.rows([flight.access(delivery_id)])
        return Response(OfficialLetterOut(row).data, status=status.HTTP_201_CREATED)


class Flows(MenderView):
    """Who writes to whom."""

    @extend_schema(operation_id="letters_flows", parameters=[FlowQuery], responses=FlowOut(many=True))
    def get(self, request: Request) -> Response:
        asked = read_query(FlowQuery, request)
        since = clock.now() - timedelta(days=asked["days"])
        return Response(FlowOut(flows.between_provinces(since, kind=asked["kind"]), many=True).data)


class Pace(MenderView):
    """办理时效: at the office of every pair of provinces, at a province of the pairs that it is one side of."""

    @extend_schema(operation_id="letters_pace", parameters=[PaceQuery], responses=FigureOut(many=True))
    def get(self, request: Request) -> Response:
        asked, seat = read_query(PaceQuery, request), required()
        period = pace.Period.parse(asked["first"], asked["last"])
        own = str(Address.province(seat.name)) if seat.kind == "province" else ""
        found = pace.figures(period, by=asked["by"], kind=asked["kind"], party=own)
        return Response(FigureOut(found, many=True).data)


class Today(MenderView):
    """What waits at the office, with its age."""

    @extend_schema(operation_id="today", responses=WaitingOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(WaitingOut(today.of(request._request), many=True).data)


class Reminders(MenderView):
    """催办: letters to this party that the office reminds it of, those still open first."""

    @extend_schema(operation_id="letters_reminders", responses=OfficialLetterOut(many=True))
    def get(self, request: Request) -> Response:
        found = reminders.received(own_parties(request._request))[:200]
        return Response(OfficialLetterOut(pages.rows(each.delivery for each in found), many=True).data)


class ToRate(MenderView):
    """Answers of other provinces that nobody has rated yet."""

    pagination_class = ByNewest

    @extend_schema(operation_id="answers_to_rate", responses=OfficialLetterOut(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(ratings.to_rate())
        return self.get_paginated_response(OfficialLetterOut(pages.rows(page), many=True).data)


class Rate(MenderView):
    """Say how useful an answer was, once."""

    @extend_schema(operation_id="answer_rate", request=RateIn, responses={204: None})
    def post(self, request: Request, delivery_id: UUID) -> Response:
        found = ratings.access_answered(delivery_id)
        services.rate(delivery_id=found.pk, by=request.user, **read(RateIn, request))
        return Response(status=status.HTTP_204_NO_CONTENT)
