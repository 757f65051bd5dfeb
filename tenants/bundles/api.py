"""Exports in the API: ask, see how far it is, fetch."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Post
from gateway.serializers import Fields, ModelFields, read
from gateway.views import AnswersFile, ApiView
from kernel.errors import BadInput
from tenants.bundles import selectors, services
from tenants.bundles.models import Bundle
from tenants.bundles.views import answer


class Exporter(BasePermission):
    """Officers and leaders; of which matters the doors say."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.user.has_role(Post.Role.OFFICER, Post.Role.LEADER)


class View(ApiView):
    """Of people who may export."""

    permission_classes = [*ApiView.permission_classes, Exporter]


class BundleIn(Fields):
    """Of a matter (`matter_kind`, `matter_id`) or of one package (`package_id`)."""

    matter_kind = serializers.SlugField(max_length=20, required=False)
    matter_id = serializers.UUIDField(required=False)
    package_id = serializers.UUIDField(required=False)
    variant = serializers.ChoiceField(choices=Bundle.Variant.choices, default=Bundle.Variant.FULL)
    purpose = serializers.CharField(max_length=500)


class BundleOut(ModelFields[Bundle]):
    """done, total: bytes. not_before: when its turn comes, over the fair share.

    problem: why there is none. sha256, sm3: of the file."""

    problem = serializers.CharField(source="problem_words")

    class Meta:
        model = Bundle
        fields = [
            "id", "state", "variant", "matter_kind", "matter_id", "matter_number", "package_id", "purpose", "by_name",
            "asked_at", "not_before", "ready_at", "expires_at", "done", "total", "exhibits", "problem", "sha256", "sm3",
            "size_bytes",
        ]  # fmt: skip


class Bundles(View):
    """Have a worker export a matter or a package."""

    @extend_schema(operation_id="export", request=BundleIn, responses={201: BundleOut})
    def post(self, request: Request) -> Response:
        said = read(BundleIn, request)
        package = None
        if "package_id" in said:
            package, matter = selectors.access_package(request.user, said["package_id"])
        elif "matter_kind" in said and "matter_id" in said:
            matter = selectors.access_matter(request.user, said["matter_kind"], said["matter_id"])
        else:
            raise BadInput(
                _("请写明导出哪个事项（matter_kind 和 matter_id），或哪个证据包（package_id）。"), code="matter_missing"
            )
        made = services.ask(
            matter=matter, variant=said["variant"], purpose=said["purpose"], by=request.user, package=package
        )
        return Response(BundleOut(made).data, status=status.HTTP_201_CREATED)


class BundleDetail(View):
    @extend_schema(operation_id="export_state", responses=BundleOut)
    def get(self, request: Request, bundle_id: UUID) -> Response:
        return Response(BundleOut(selectors.access_bundle(request.user, bundle_id)).data)


class BundleFile(AnswersFile, View):
    """The file, once its state is `ready`. Each time is written into the trail."""

    @extend_schema(
        operation_id="export_file",
        request=None,
        responses={(200, "application/zip"): OpenApiResponse(OpenApiTypes.BINARY)},
    )
    def post(self, request: Request, bundle_id: UUID) -> HttpResponseBase:
        return answer(selectors.access_bundle(request.user, bundle_id), request.user)


urlpatterns = [
    path("exports/", Bundles.as_view()),
    path("exports/<uuid:bundle_id>/", BundleDetail.as_view()),
    path("exports/<uuid:bundle_id>/file/", BundleFile.as_view()),
]
