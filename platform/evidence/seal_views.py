"""核对封存 of one exhibit: a page part, and the same over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from evidence import sealing, selectors
from gateway.views import ApiView


@never_cache
@require_http_methods(["GET", "POST"])
def seal(request: HttpRequest, exhibit_id: UUID) -> HttpResponse:
    """How the exhibit stands in the sealed log; a POST compares it now. Part of the exhibit's page."""
    exhibit = selectors.access_exhibit(request.user, exhibit_id)
    found = sealing.check(exhibit) if request.method == "POST" else sealing.seal_of(exhibit)
    return render(request, "audit/_seal.html#state", {"seal": found})


class SealFaultOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()


class SealOut(serializers.Serializer[Any]):
    """holds: yes or no. faults: the first is the first bad link. number: in the log, from 1; null while it waits."""

    holds = serializers.BooleanField()
    number = serializers.IntegerField(allow_null=True)
    entry_id = serializers.UUIDField(source="entry.pk", default=None, allow_null=True)
    sealed_at = serializers.DateTimeField(source="entry.at", default=None, allow_null=True)
    sha256 = serializers.CharField(source="digest")
    head_at = serializers.DateTimeField(source="head.at", default=None, allow_null=True)
    witnesses = serializers.IntegerField()
    faults = SealFaultOut(many=True)


class ExhibitSeal(ApiView):
    """Compare one exhibit with its seal now: stored bytes, facts, custody, the log."""

    @extend_schema(operation_id="exhibit_seal", responses=SealOut)
    def get(self, request: Request, exhibit_id: UUID) -> Response:
        return Response(SealOut(sealing.check(selectors.access_exhibit(request.user, exhibit_id))).data)


api_urlpatterns = [path("exhibits/<uuid:exhibit_id>/seal/", ExhibitSeal.as_view())]
