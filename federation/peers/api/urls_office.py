"""Operations at the office's host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from federation.peers import selectors, services
from federation.peers.models import Peer
from gateway.serializers import Fields, ModelFields, NothingIn, read
from gateway.views import ApiView


class Keeper(BasePermission):
    """Whose business other installations are."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return selectors.may_keep(request._request)


class KeeperView(ApiView):
    """Of administrators of the office."""

    permission_classes = [*ApiView.permission_classes, Keeper]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # The token's person is known to REST framework only; the doors ask the plain request.
        request._request.user = request.user
        super().initial(request, *args, **kwargs)


class RemotePartyOut(serializers.Serializer[Any]):
    party = serializers.CharField()
    title = serializers.CharField()
    division_code = serializers.CharField(allow_blank=True)
    state = serializers.CharField()


class PeerOut(ModelFields[Peer]):
    """spoken: thirty digits that both sides read to each other before `confirm`."""

    spoken = serializers.SerializerMethodField()
    parties = serializers.SerializerMethodField()

    class Meta:
        model = Peer
        fields = [
            "id", "installation", "title", "courier_url", "state", "heard_at", "failed_at", "failure_code",
            "compared_by", "compared_at", "created_at", "spoken", "parties",
        ]  # fmt: skip

    def get_spoken(self, peer: Peer) -> str:
        return services.spoken(peer)

    @extend_schema(responses=RemotePartyOut(many=True))
    def get_parties(self, peer: Peer) -> list[dict[str, Any]]:
        return list(RemotePartyOut(selectors.parties(peer), many=True).data)


class PeerIn(Fields):
    title = serializers.CharField(max_length=120)
    card = serializers.CharField(max_length=500, help_text="one line, as the other side's page shows it")


class TurnIn(Fields):
    verb = serializers.ChoiceField(["suspend", "resume", "end"])
    why = serializers.CharField(max_length=500)


class Peers(KeeperView):
    """Other installations that letters are exchanged with."""

    permission_classes = [*KeeperView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="peers", responses=PeerOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(PeerOut(selectors.peers(), many=True).data)

    @extend_schema(operation_id="peer_add", request=PeerIn, responses={201: PeerOut})
    def post(self, request: Request) -> Response:
        peer = services.add(**read(PeerIn, request), by=request.user)
        return Response(PeerOut(peer).data, status=status.HTTP_201_CREATED)


class PeerOne(KeeperView):
    @extend_schema(operation_id="peer", responses=PeerOut)
    def get(self, request: Request, peer_id: UUID) -> Response:
        return Response(PeerOut(selectors.access_peer(peer_id)).data)


class PeerConfirm(KeeperView):
    """The digits were compared by voice and are the same at both ends."""

    permission_classes = [*KeeperView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="peer_confirm", request=NothingIn, responses=PeerOut)
    def post(self, request: Request, peer_id: UUID) -> Response:
        read(NothingIn, request)
        return Response(PeerOut(services.confirm(selectors.access_peer(peer_id), by=request.user)).data)


class PeerTurn(KeeperView):
    """Suspend it, go on, or end it for good."""

    permission_classes = [*KeeperView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="peer_turn", request=TurnIn, responses=PeerOut)
    def post(self, request: Request, peer_id: UUID) -> Response:
        said = read(TurnIn, request)
        peer = services.turn(selectors.access_peer(peer_id), said["verb"], by=request.user, why=said["why"])
        return Response(PeerOut(peer).data)


urlpatterns = [
    path("peers/", Peers.as_view()),
    path("peers/<uuid:peer_id>/", PeerOne.as_view()),
    path("peers/<uuid:peer_id>/confirm/", PeerConfirm.as_view()),
    path("peers/<uuid:peer_id>/turn/", PeerTurn.as_view()),
]
