"""The trail for programs of whoever reads it by office (scope `audit:read`)."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from accounts.models import User
from gateway.serializers import Fields, read, read_query
from gateway.views import AnswersFile, ApiView
from oversight import asking, rules, selectors, services


class AuditQuery(serializers.Serializer[Any]):
    """All optional. since, until: days in China. record_kind: as lines name it. term: a word that was searched for."""

    what = serializers.ChoiceField(["steps", "reads"], required=False)
    person = serializers.CharField(max_length=80, required=False)
    kind = serializers.CharField(max_length=80, required=False)
    record = serializers.UUIDField(required=False)
    number = serializers.CharField(max_length=80, required=False)
    verb = serializers.CharField(max_length=40, required=False)
    unit = serializers.UUIDField(required=False)
    through = serializers.CharField(max_length=80, required=False)
    term = serializers.CharField(max_length=80, required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class AuditLinesQuery(AuditQuery):
    cursor = serializers.CharField(max_length=40, required=False, allow_blank=True)
    limit = serializers.IntegerField(min_value=1, max_value=200, required=False, default=selectors.PAGE)


class AuditLineOut(serializers.Serializer[Any]):
    """One step (what: step) or one look (what: read). number: by which people know the record, where it has one."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    what = serializers.ChoiceField(["step", "read"])
    record_kind = serializers.CharField()
    record_id = serializers.UUIDField(allow_null=True)
    number = serializers.CharField(allow_blank=True)
    verb = serializers.CharField(allow_blank=True)
    from_state = serializers.CharField(allow_blank=True)
    to_state = serializers.CharField(allow_blank=True)
    by_id = serializers.UUIDField(allow_null=True)
    by_name = serializers.CharField()
    through = serializers.CharField(allow_blank=True)
    way = serializers.CharField(allow_blank=True)
    route = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class AuditLinesOut(serializers.Serializer[Any]):
    results = AuditLineOut(many=True)
    next_cursor = serializers.CharField(allow_blank=True, help_text="for the next page; empty on the last")


class AuditExportIn(AuditQuery, Fields):
    format = serializers.ChoiceField(list(services.MEDIA), required=False, default="jsonl")


class AuditView(ApiView):
    """Of whoever reads the trail by office."""

    permission_classes = [*ApiView.permission_classes, rules.Auditor]


class AuditLines(AuditView):
    """Steps and looks, newest first. The search is itself written down."""

    @extend_schema(operation_id="audit_lines", parameters=[AuditLinesQuery], responses=AuditLinesOut)
    def get(self, request: Request) -> Response:
        said = read_query(AuditLinesQuery, request)
        limit, before = said.pop("limit"), asking.read_cursor(said.pop("cursor", ""))
        asked = asking.read(said)
        by = cast("User", request.user)
        found = selectors.find(by, asked, before=before, limit=limit)
        services.ask(asked, by=by)
        more = asking.cursor_of(found[limit - 1].id) if len(found) > limit else ""
        return Response({"results": [services.as_json(line) for line in found[:limit]], "next_cursor": more})


class AuditExport(AnswersFile, AuditView):
    """The same as a file, at most 20,000 lines."""

    permission_classes = [*AuditView.permission_classes, sudo.Proved]

    @extend_schema(
        operation_id="audit_export",
        request=AuditExportIn,
        responses={(200, media.partition(";")[0]): OpenApiTypes.BINARY for media in services.MEDIA.values()},
    )
    def post(self, request: Request) -> HttpResponse:
        said = read(AuditExportIn, request)
        form = said.pop("format")
        content = services.export(asking.read(said), form, by=cast("User", request.user))
        return HttpResponse(
            content,
            content_type=services.MEDIA[form],
            headers={"Content-Disposition": f'attachment; filename="audit.{form}"'},
        )


urlpatterns = [
    path("audit/lines/", AuditLines.as_view()),
    path("audit/exports/", AuditExport.as_view()),
]
