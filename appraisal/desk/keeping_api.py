"""API of what the desk works with: checkpoints, references, canned sentences."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path, reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from appraisal.catalogue import selectors as catalogue
from appraisal.catalogue import services as shelves
from appraisal.catalogue.models import ReferenceImage
from appraisal.desk import api, selectors, services
from appraisal.desk.api import CheckpointOut, View
from appraisal.desk.models import ReplyTemplate
from federation.parties.models import Membership
from gateway.parsers import Json
from gateway.serializers import Fields, ModelFields, read

Role = Membership.Role


class CheckpointNewIn(Fields):
    """is_secret is chosen once: a secret one never becomes public."""

    name = serializers.CharField(max_length=120)
    shot_code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    is_secret = serializers.BooleanField()


class PeriodIn(Fields):
    """For goods of which days of production it holds; null is open."""

    made_from = serializers.DateField(required=False, allow_null=True, default=None)
    made_until = serializers.DateField(required=False, allow_null=True, default=None)


class ReferenceIn(PeriodIn):
    shot_code = serializers.CharField(max_length=40)
    title = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    file = serializers.FileField()


class ReferenceOut(ModelFields[ReferenceImage]):
    """url: the picture with the viewer's name burnt in; every view is logged."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = ReferenceImage
        fields = ["id", "shot_code", "title", "made_from", "made_until", "created_at", "url"]

    def get_url(self, row: ReferenceImage) -> str:
        return reverse("catalogue:reference", args=[row.pk])


class ReplyTemplateIn(Fields):
    use = serializers.ChoiceField(ReplyTemplate.Use.choices)
    text = serializers.CharField(max_length=500)


class ReplyTemplateOut(ModelFields[ReplyTemplate]):
    class Meta:
        model = ReplyTemplate
        fields = ["id", "use", "text"]


class Checkpoints(api.Checkpoints):
    @extend_schema(operation_id="checkpoint_add", request=CheckpointNewIn, responses={201: CheckpointOut})
    def post(self, request: Request, product_id: UUID) -> Response:
        acting = self.acting(request)
        catalogue.own_product(acting.organisation, product_id)
        made = shelves.add_checkpoint(acting=acting, product_id=product_id, **read(CheckpointNewIn, request))
        return Response(CheckpointOut(made).data, status=status.HTTP_201_CREATED)


class Checkpoint(View):
    @extend_schema(operation_id="checkpoint_end", responses={204: None})
    def delete(self, request: Request, product_id: UUID, checkpoint_id: UUID) -> Response:
        """Out of use; opinions that name it stay."""
        shelves.end_checkpoint(acting=self.acting(request), product_id=product_id, checkpoint_id=checkpoint_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class References(View):
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="references", responses=ReferenceOut(many=True))
    def get(self, request: Request, product_id: UUID) -> Response:
        """Pictures of the genuine product in use."""
        acting = self.acting(request)
        product = catalogue.own_product(acting.organisation, product_id)
        acting.require(Role.APPRAISER, Role.BRAND_ADMIN, own=False)
        return Response(ReferenceOut(catalogue.references(acting.organisation, product.pk), many=True).data)

    @extend_schema(
        operation_id="reference_add", request={"multipart/form-data": ReferenceIn}, responses={201: ReferenceOut}
    )
    def post(self, request: Request, product_id: UUID) -> Response:
        acting = self.acting(request)
        catalogue.own_product(acting.organisation, product_id)
        made = shelves.add_reference(acting=acting, product_id=product_id, **read(ReferenceIn, request))
        return Response(ReferenceOut(made).data, status=status.HTTP_201_CREATED)


class Reference(View):
    parser_classes = [Json]

    @extend_schema(operation_id="reference_date", request=PeriodIn, responses=ReferenceOut)
    def patch(self, request: Request, reference_id: UUID) -> Response:
        acting = self.acting(request)
        catalogue.access_reference(acting.organisation, reference_id)
        made = shelves.date_reference(acting=acting, reference_id=reference_id, **read(PeriodIn, request))
        return Response(ReferenceOut(made).data)

    @extend_schema(operation_id="reference_end", responses={204: None})
    def delete(self, request: Request, reference_id: UUID) -> Response:
        acting = self.acting(request)
        catalogue.access_reference(acting.organisation, reference_id)
        shelves.end_reference(acting=acting, reference_id=reference_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReplyTemplates(View):
    @extend_schema(operation_id="reply_templates", responses=ReplyTemplateOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(ReplyTemplateOut(selectors.all_templates(self.desk(request)), many=True).data)

    @extend_schema(operation_id="reply_template_keep", request=ReplyTemplateIn, responses={201: ReplyTemplateOut})
    def post(self, request: Request) -> Response:
        """A canned sentence for everybody at the organisation. Twice is once."""
        made = services.keep_template(desk=self.desk(request), **read(ReplyTemplateIn, request))
        return Response(ReplyTemplateOut(made).data, status=status.HTTP_201_CREATED)


class ReplyTemplateDetail(View):
    @extend_schema(operation_id="reply_template_drop", responses={204: None})
    def delete(self, request: Request, template_id: UUID) -> Response:
        """One that is gone already is no error."""
        services.drop_template(desk=self.desk(request), template_id=template_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


_CHECKPOINTS = "products/<uuid:product_id>/checkpoints/"
urlpatterns: list[Any] = [
    path(_CHECKPOINTS, Checkpoints.as_view()),
    path(f"{_CHECKPOINTS}<uuid:checkpoint_id>/", Checkpoint.as_view()),
    path("products/<uuid:product_id>/references/", References.as_view()),
    path("references/<uuid:reference_id>/", Reference.as_view()),
    path("reply-templates/", ReplyTemplates.as_view()),
    path("reply-templates/<uuid:template_id>/", ReplyTemplateDetail.as_view()),
    *[each for each in api.urlpatterns if str(each.pattern) != _CHECKPOINTS],
]
