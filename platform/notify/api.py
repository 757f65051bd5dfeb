"""API of a person's own notices, on every host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.paging import ByNewest
from gateway.serializers import ModelFields, YesNo, read_query
from gateway.views import ApiView
from notify import selectors, services
from notify.models import Notice


class NoticeOut(ModelFields[Notice]):
    """url: the path of a page on the same host."""

    class Meta:
        model = Notice
        fields = ["id", "code", "title", "body", "url", "urgent", "created_at", "read_at"]


class NoticeQuery(serializers.Serializer[Any]):
    unread = YesNo(required=False)


class Notices(ApiView):
    pagination_class = ByNewest

    @extend_schema(operation_id="notices", parameters=[NoticeQuery], responses=NoticeOut(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.notices_of(request.user)
        wanted = read_query(NoticeQuery, request)
        if "unread" in wanted:
            rows = rows.filter(read_at__isnull=wanted["unread"])
        return self.paged(rows, NoticeOut)


class NoticeRead(ApiView):
    """Mark one as read."""

    @extend_schema(operation_id="notice_read", request=None, responses=NoticeOut)
    def post(self, request: Request, notice_id: UUID) -> Response:
        notice = selectors.access_notice(request.user, notice_id)
        services.mark_read(user_id=request.user.pk, notice_ids=[notice.pk])
        return Response(NoticeOut(selectors.access_notice(request.user, notice_id)).data)


class NoticesRead(ApiView):
    """Mark everything as read. `marked`: how many were not before."""

    @extend_schema(
        operation_id="notices_read",
        request=None,
        responses=inline_serializer("NoticesRead", {"marked": serializers.IntegerField()}),
    )
    def post(self, request: Request) -> Response:
        return Response({"marked": services.mark_read(user_id=request.user.pk)})


urlpatterns = [
    path("notices/", Notices.as_view()),
    path("notices/read/", NoticesRead.as_view()),
    path("notices/<uuid:notice_id>/read/", NoticeRead.as_view()),
]
