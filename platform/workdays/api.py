"""API: the working days of the country. Read on every host; a year is loaded at the office's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from gateway.serializers import Fields, ModelFields, read
from gateway.views import ApiView
from kernel.clock import DayKind
from workdays import reading, rules, selectors, services
from workdays.models import Arrangement

if TYPE_CHECKING:
    from accounts.models import User

KINDS = [str(each) for each in DayKind]


class WorkdayOut(serializers.Serializer[Any]):
    """A day that is not what its weekday says."""

    day = serializers.DateField()
    kind = serializers.ChoiceField(KINDS)
    name = serializers.CharField()


class WorkdayYearOut(serializers.Serializer[Any]):
    """A year of the table. basis, loaded_at: null for what comes with the system."""

    year = serializers.IntegerField()
    days = WorkdayOut(many=True)
    basis = serializers.CharField(allow_null=True, source="row.basis", default=None)
    loaded_at = serializers.DateTimeField(allow_null=True, source="row.loaded_at", default=None)


class WorkdayChangeOut(serializers.Serializer[Any]):
    """before, after: null for what the weekday says."""

    day = serializers.DateField()
    before = serializers.ChoiceField(KINDS, allow_null=True)
    after = serializers.ChoiceField(KINDS, allow_null=True)


class WorkdayIn(Fields):
    day = serializers.DateField()
    kind = serializers.ChoiceField(KINDS)
    name = serializers.CharField(max_length=reading.LONGEST_NAME, default="", allow_blank=True)


class WorkdayDaysIn(Fields):
    year = serializers.IntegerField(min_value=2000, max_value=2200)
    days = WorkdayIn(many=True, allow_empty=False)


class WorkdayYearIn(WorkdayDaysIn):
    basis = serializers.CharField(max_length=services.LONGEST_BASIS)


class ArrangementOut(ModelFields[Arrangement]):
    class Meta:
        model = Arrangement
        fields = ["id", "year", "basis", "loaded_at"]


class Workdays(ApiView):
    """The table."""

    @extend_schema(operation_id="workdays", responses=WorkdayYearOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(WorkdayYearOut(selectors.years(), many=True).data)


class WorkdaysToLoad(Workdays):
    """The table. A year is loaded whole."""

    permission_classes = [*ApiView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="workdays_load", request=WorkdayYearIn, responses={201: ArrangementOut})
    def post(self, request: Request) -> Response:
        said = read(WorkdayYearIn, request)
        row = services.load(
            by=cast("User", request.user), year=said["year"], days=_days(said["days"]), basis=said["basis"]
        )
        return Response(ArrangementOut(row).data, status=status.HTTP_201_CREATED)


class WorkdaysPreview(ApiView):
    """What loading these days would change; nothing is written."""

    @extend_schema(operation_id="workdays_preview", request=WorkdayDaysIn, responses=WorkdayChangeOut(many=True))
    def post(self, request: Request) -> Response:
        rules.require_loader(request.user)
        said = read(WorkdayDaysIn, request)
        return Response(WorkdayChangeOut(services.preview(said["year"], _days(said["days"])), many=True).data)


def _days(said: list[dict[str, Any]]) -> list[reading.Day]:
    return [reading.Day(each["day"], DayKind(each["kind"]), each["name"]) for each in said]


urlpatterns = [path("workdays/", Workdays.as_view(), name="api_workdays")]
office_urlpatterns = [
    path("workdays/", WorkdaysToLoad.as_view(), name="api_workdays"),
    path("workdays/preview/", WorkdaysPreview.as_view(), name="api_workdays_preview"),
]
