"""`GET status/`: the same as the status page, for a bureau's own monitoring."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.views import ApiView
from watching import health, pages, services


class Administrator(BasePermission):
    """Whose business the status is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return pages.may_see(request.user)


class HealthCheckOut(serializers.Serializer[Any]):
    """One check. figures: by the names that Prometheus knows them by."""

    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField([str(each) for each in health.State])
    said = serializers.CharField(allow_blank=True, help_text="what it means and what to do")
    figures = serializers.DictField(child=serializers.FloatField())


class StatusOut(serializers.Serializer[Any]):
    """How this host stands."""

    state = serializers.ChoiceField([str(each) for each in health.State])
    version = serializers.CharField()
    checks = HealthCheckOut(many=True)


class StandOut(serializers.Serializer[Any]):
    """One seat, as it last found itself. silent: it has not looked for five minutes."""

    seat = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField([str(each) for each in health.State])
    silent = serializers.BooleanField()
    since = serializers.DateTimeField()
    taken_at = serializers.DateTimeField()
    version = serializers.CharField(allow_blank=True)
    figures = serializers.DictField(child=serializers.FloatField())


class StatusEverywhereOut(StatusOut):
    """How the platform and all seats stand, in figures."""

    seats = StandOut(many=True)


def _own() -> dict[str, Any]:
    found = health.look(services.kind_of_host())
    return {"state": str(health.worst(found)), "version": settings.VERSION, "checks": services.shown(found)}


class StatusView(ApiView):
    permission_classes = [*ApiView.permission_classes, Administrator]

    @extend_schema(responses=StatusOut, summary="运行状况")
    def get(self, request: Request) -> Response:
        """Looked at now. Figures only; for administrators."""
        return Response(StatusOut(_own()).data)


class StatusEverywhere(ApiView):
    permission_classes = [*ApiView.permission_classes, Administrator]

    @extend_schema(responses=StatusEverywhereOut, summary="各方运行状况")
    def get(self, request: Request) -> Response:
        """Looked at now for the platform; of each seat what it last wrote of itself."""
        return Response(StatusEverywhereOut({**_own(), "seats": pages.all_rows()}).data)


own_urlpatterns = [path("status/", StatusView.as_view())]
office_urlpatterns = [path("status/", StatusEverywhere.as_view())]
