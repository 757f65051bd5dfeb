"""Operations on what was used, the same on every kind of host. Nothing of it is ever to be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from billing_free.prices import selectors as price_doors
from billing_free.prices.models import Price
from billing_free.prices.services import set_price
from billing_free.usage import presenters, selectors, services
from billing_free.usage.meters import METERS
from billing_free.usage.models import Statement
from billing_free.usage.views import month_of, party_of
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, NothingIn, read, read_query
from gateway.views import ApiView
from kernel.errors import BadInput, NotFound404

if TYPE_CHECKING:
    from accounts.models import User


class UsageLineOut(serializers.Serializer[Any]):
    """fen: what `per` units would cost at home, null where unknown. home_fen: what the amount would."""

    meter = serializers.CharField()
    amount = serializers.IntegerField()
    fen = serializers.IntegerField(allow_null=True)
    per = serializers.IntegerField()
    home_fen = serializers.IntegerField()


class UsageOut(serializers.Serializer[Any]):
    """A month so far. owed_fen: always 0. until: the last day that was counted."""

    party = serializers.CharField()
    month = serializers.CharField()
    until = serializers.DateField(allow_null=True)
    owed_fen = serializers.IntegerField()
    home_fen = serializers.IntegerField()
    lines = UsageLineOut(many=True)


class UsageStatementOut(ModelFields[Statement]):
    """One version of a month. owed_fen: always 0."""

    month = serializers.SerializerMethodField()
    owed_fen = serializers.SerializerMethodField()
    lines = UsageLineOut(many=True)

    class Meta:
        model = Statement
        fields = ["id", "party", "month", "version", "owed_fen", "home_fen", "lines", "issued_at", "why"]

    def get_month(self, row: Statement) -> str:
        return f"{row.month:%Y-%m}"

    def get_owed_fen(self, row: Statement) -> int:
        return presenters.OWED_FEN


class UsageQuery(Fields):
    month = serializers.RegexField(r"^2[0-9]{3}-(0[1-9]|1[0-2])$", required=False)


class UsageCountedOut(serializers.Serializer[Any]):
    changed = serializers.IntegerField()


class UsageAmendIn(Fields):
    why = serializers.CharField(max_length=200)


class PriceOut(ModelFields[Price]):
    """fen: for `per` units of the meter, from the first of a month on."""

    per = serializers.SerializerMethodField()

    class Meta:
        model = Price
        fields = ["id", "meter", "fen", "per", "valid_from", "note", "set_at"]

    def get_per(self, row: Price) -> int:
        return METERS[row.meter].priced_per if row.meter in METERS else 1


class PriceIn(Fields):
    meter = serializers.CharField(max_length=40)
    fen = serializers.IntegerField(min_value=0, max_value=100_000_000)
    valid_from = serializers.DateField(help_text="the first of a month after this one")
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class Usage(ApiView):
    """What was used in a month so far. The office has no figures of its own: 404."""

    @extend_schema(operation_id="usage", parameters=[UsageQuery], responses=UsageOut)
    def get(self, request: Request) -> Response:
        party = party_of(request._request)
        month = month_of(read_query(UsageQuery, request).get("month", ""))
        if party is None:
            raise NotFound404()
        lines = services.lines_of(party, month)
        return Response(
            UsageOut(
                {
                    "party": str(party),
                    "month": f"{month:%Y-%m}",
                    "until": selectors.counted_until(party),
                    "owed_fen": presenters.OWED_FEN,
                    "home_fen": sum(line["home_fen"] for line in lines),
                    "lines": lines,
                }
            ).data
        )


def _person(request: Request) -> User:
    return cast("User", request.user)


class UsageCount(ApiView):
    """Count the last days now; otherwise it is done every night."""

    @extend_schema(operation_id="usage_count", request=NothingIn, responses=UsageCountedOut)
    def post(self, request: Request) -> Response:
        read(NothingIn, request)
        return Response({"changed": services.count_now(by=_person(request))})


class UsageStatements(ApiView):
    """The last version of each month that you may read."""

    pagination_class = ByNewest

    @extend_schema(operation_id="usage_statements", responses=UsageStatementOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.statements_for(_person(request)), UsageStatementOut)


class UsageStatementOne(ApiView):
    @extend_schema(operation_id="usage_statement", responses=UsageStatementOut)
    def get(self, request: Request, statement_id: UUID) -> Response:
        return Response(UsageStatementOut(selectors.statement_for(_person(request), statement_id)).data)


class UsageAmend(ApiView):
    """Count a month anew; what was issued stays, the next version is answered."""

    permission_classes = [*ApiView.permission_classes, sudo.Proved]

    @extend_schema(operation_id="usage_amend", request=UsageAmendIn, responses={201: UsageStatementOut})
    def post(self, request: Request, statement_id: UUID) -> Response:
        row = selectors.statement_for(_person(request), statement_id)
        made = services.amend(row, by=_person(request), **read(UsageAmendIn, request))
        return Response(UsageStatementOut(made).data, status=status.HTTP_201_CREATED)


class Prices(ApiView):
    """What running it at home would cost, newest first. A meter without a row has its built-in price."""

    permission_classes = [*ApiView.permission_classes, sudo.ProvedToWrite]

    pagination_class = ByNewest

    @extend_schema(operation_id="usage_prices", responses=PriceOut(many=True))
    def get(self, request: Request) -> Response:
        party_of(request._request)
        return self.paged(price_doors.history(), PriceOut)

    @extend_schema(operation_id="usage_price_set", request=PriceIn, responses={201: PriceOut})
    def post(self, request: Request) -> Response:
        party_of(request._request)
        said = read(PriceIn, request)
        if said["meter"] not in METERS:
            raise BadInput(code="meter_unknown", fields={"meter": sorted(METERS)})
        return Response(PriceOut(set_price(by=_person(request), **said)).data, status=status.HTTP_201_CREATED)


urlpatterns = [
    path("usage/", Usage.as_view(), name="api_usage"),
    path("usage/count/", UsageCount.as_view(), name="api_usage_count"),
    path("usage/statements/", UsageStatements.as_view(), name="api_usage_statements"),
    path("usage/statements/<uuid:statement_id>/", UsageStatementOne.as_view(), name="api_usage_statement"),
    path("usage/statements/<uuid:statement_id>/amend/", UsageAmend.as_view(), name="api_usage_amend"),
    path("usage/prices/", Prices.as_view(), name="api_usage_prices"),
]
