"""Operations on fair use, the same on every kind of host: what is left; the office writes limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from billing_free.quotas import selectors, services
from billing_free.quotas.kinds import KINDS
from billing_free.quotas.models import Limit
from billing_free.usage.views import party_of
from gateway.serializers import Fields, ModelFields, read
from gateway.views import ApiView

if TYPE_CHECKING:
    from accounts.models import User


class FairUseOut(serializers.Serializer[Any]):
    """window_s: what the limit is for, 0 where it is only told. used, left: null while nobody counts. wait_s: for one
    more. source: `own`, `all` of the kind, or `built_in`."""

    what = serializers.CharField()
    limit = serializers.IntegerField()
    window_s = serializers.IntegerField()
    source = serializers.ChoiceField(["own", "all", "built_in"])  # type: ignore[assignment] # a field of the answer
    used = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)
    wait_s = serializers.IntegerField()


class FairUseLimitIn(Fields):
    """tenant: "province:gx", "organisation:<id>"; "province:*" and "organisation:*" for all. amount: null goes back."""

    tenant = serializers.CharField(max_length=60)
    what = serializers.ChoiceField(sorted(KINDS))
    amount = serializers.IntegerField(min_value=1, max_value=services.HIGHEST, allow_null=True)
    why = serializers.CharField(max_length=200, default="", allow_blank=True)


class FairUseLimitOut(ModelFields[Limit]):
    class Meta:
        model = Limit
        fields = ["id", "tenant", "what", "amount", "why", "set_at"]


class FairUse(ApiView):
    """What you have and what is left of it. At the office: nothing, nobody is limited there."""

    permission_classes = [*ApiView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="fair_use", responses=FairUseOut(many=True))
    def get(self, request: Request) -> Response:
        party = party_of(request._request)
        rows = [] if party is None else selectors.standing_of(cast("User", request.user), party)
        said = [
            {
                "what": each.kind.code,
                "limit": each.most,
                "window_s": each.kind.window_s,
                "source": each.source,
                "used": each.used,
                "left": each.left,
                "wait_s": each.wait_s,
            }
            for each in rows
        ]
        return Response(FairUseOut(said, many=True).data)

    @extend_schema(operation_id="fair_use_set", request=FairUseLimitIn, responses={201: FairUseLimitOut})
    def post(self, request: Request) -> Response:
        row = services.set_limit(by=cast("User", request.user), **read(FairUseLimitIn, request))
        return Response(FairUseLimitOut(row).data, status=status.HTTP_201_CREATED)


urlpatterns = [path("usage/limits/", FairUse.as_view(), name="api_fair_use")]
