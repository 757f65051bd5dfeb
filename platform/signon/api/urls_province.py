"""Operations at the province's host: how signing in stands. No secret is ever among it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as people
from accounts import sudo
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, NothingIn, read
from gateway.views import ApiView
from signon import refusals, rules, selectors
from signon.models import IdentityProvider, OwnClient, RefusedSignIn


class Administrator(BasePermission):
    """System and security administrators; the services say which of the two a step needs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return rules.may_see(request.user)


class View(ApiView):
    permission_classes = [*ApiView.permission_classes, Administrator]


class SignOnProviderOut(ModelFields[IdentityProvider]):
    """signed_in: sessions that rest on it now. silent_since: it has not answered since then."""

    signed_in = serializers.SerializerMethodField()

    class Meta:
        model = IdentityProvider
        fields = [
            "id", "kind", "slug", "name", "state", "order", "issuer", "client_id", "claim", "match", "only",
            "check_minutes", "grace_minutes", "has_secret", "silent_since", "last_ok_at", "signed_in",
        ]  # fmt: skip

    def get_signed_in(self, row: IdentityProvider) -> int:
        return row.sessions.count()


class SignOnRefusalOut(ModelFields[RefusedSignIn]):
    """code: why somebody was not let in. value: of the claim that names them there. user_id: to whom it was linked."""

    provider = serializers.CharField(source="provider.slug")

    class Meta:
        model = RefusedSignIn
        fields = [
            "id", "provider", "state", "code", "uid", "value", "shown_name", "tries", "first_at", "last_at", "user_id",
        ]  # fmt: skip


class SignOnLinkIn(Fields):
    """user_id: the officer to whom this identity belongs."""

    user_id = serializers.UUIDField()


class SignOnClientOut(ModelFields[OwnClient]):
    """A system that signs in with us. client_id: what it calls itself."""

    client_id = serializers.CharField(source="oidc_id")
    scopes = serializers.SerializerMethodField()
    redirect_uris = serializers.SerializerMethodField()

    class Meta:
        model = OwnClient
        fields = ["id", "client_id", "name", "state", "scopes", "redirect_uris", "logout_url", "last_used_at"]

    def get_scopes(self, row: OwnClient) -> list[str]:
        return list(row.oidc.get_scopes())

    def get_redirect_uris(self, row: OwnClient) -> list[str]:
        return list(row.oidc.get_redirect_uris())


class SignOnProviders(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="sign_on_providers", responses=SignOnProviderOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.providers(request.user), SignOnProviderOut)


class SignOnProvider(View):
    @extend_schema(operation_id="sign_on_provider", responses=SignOnProviderOut)
    def get(self, request: Request, sign_on_id: UUID) -> Response:
        return Response(SignOnProviderOut(selectors.provider(request.user, sign_on_id)).data)


class SignOnRefusals(View):
    """Those that wait for an administrator."""

    pagination_class = ByNewest

    @extend_schema(operation_id="sign_on_refusals", responses=SignOnRefusalOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.refusals(request.user), SignOnRefusalOut)


class SignOnRefusalLink(View):
    """From now on this identity is that officer."""

    permission_classes = [*View.permission_classes, sudo.Proved]

    @extend_schema(operation_id="sign_on_refusal_link", request=SignOnLinkIn, responses=SignOnRefusalOut)
    def post(self, request: Request, refusal_id: UUID) -> Response:
        row = selectors.refusal(request.user, refusal_id)
        user = people.person(read(SignOnLinkIn, request)["user_id"])
        return Response(SignOnRefusalOut(refusals.link(row, user=user, by=request.user)).data)


class SignOnRefusalDismiss(View):
    """Leave it; it comes up again when they try again."""

    @extend_schema(operation_id="sign_on_refusal_dismiss", request=NothingIn, responses=SignOnRefusalOut)
    def post(self, request: Request, refusal_id: UUID) -> Response:
        row = selectors.refusal(request.user, refusal_id)
        return Response(SignOnRefusalOut(refusals.dismiss(row, by=request.user)).data)


class SignOnClients(View):
    pagination_class = ByNewest

    @extend_schema(operation_id="sign_on_clients", responses=SignOnClientOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.clients(request.user), SignOnClientOut)


urlpatterns: list[Any] = [
    path("sign-on/providers/", SignOnProviders.as_view()),
    path("sign-on/providers/<uuid:sign_on_id>/", SignOnProvider.as_view()),
    path("sign-on/refusals/", SignOnRefusals.as_view()),
    path("sign-on/refusals/<uuid:refusal_id>/link/", SignOnRefusalLink.as_view()),
    path("sign-on/refusals/<uuid:refusal_id>/dismiss/", SignOnRefusalDismiss.as_view()),
    path("sign-on/clients/", SignOnClients.as_view()),
]
