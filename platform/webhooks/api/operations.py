"""Operations on the feed of events and on endpoints, the same on every kind of host."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, NothingIn, read, read_query
from gateway.views import ApiView
from kernel.errors import BadInput
from webhooks import events, selectors, services
from webhooks.models import Delivery, Endpoint, EndpointKey, Event, as_said

# Feed -----------------------------------------------------------------------------------------------------------------


class EventsQuery(serializers.Serializer[Any]):
    after = serializers.CharField(
        max_length=200,
        default="",
        allow_blank=True,
        help_text='the last cursor; nothing for all that is kept, "latest" for nothing but a cursor',
    )
    kinds = serializers.CharField(
        max_length=2000, default="", allow_blank=True, help_text='names, or groups as "clue.*", with commas between'
    )
    about = serializers.UUIDField(default=None, allow_null=True, help_text="of this object alone")
    limit = serializers.IntegerField(default=selectors.USUAL, min_value=1, max_value=selectors.MOST)


class EventOut(serializers.Serializer[Any]):
    """data: id of the object, its state, the step, its number, links, position, and your case numbers of it."""

    id = serializers.UUIDField()
    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    about = serializers.UUIDField()
    data = serializers.DictField()


class EventsOut(serializers.Serializer[Any]):
    """cursor: where to go on, the next time too. more: there is more already."""

    events = EventOut(many=True)
    cursor = serializers.CharField()
    more = serializers.BooleanField()


class EventKindOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    group = serializers.CharField()
    words = serializers.CharField()


class Events(ApiView):
    """What happened, in order, kept for 30 days. An expired cursor is a 410 `cursor_expired`."""

    @extend_schema(
        operation_id="events",
        parameters=[EventsQuery],
        responses={200: EventsOut},
    )
    def get(self, request: Request) -> Response:
        asked = read_query(EventsQuery, request)
        kinds = [each for each in asked["kinds"].split(",") if each]
        page = selectors.feed(
            request.user, after=asked["after"], kinds=kinds, about=asked["about"], limit=asked["limit"]
        )
        connection = getattr(request, "connection", None)
        told = [_said(event, connection.pk if connection else None) for event in page.events]
        return Response({"events": told, "cursor": page.cursor, "more": page.more})


class EventKinds(ApiView):
    """All that may happen here: the names that a feed or an endpoint can be narrowed to."""

    @extend_schema(operation_id="event_kinds", responses=EventKindOut(many=True))
    def get(self, request: Request) -> Response:
        rows = [{"name": kind.name, "group": kind.group, "words": str(kind.words)} for kind in events.kinds_here()]
        return Response(rows)


def _said(event: Event, connection_id: UUID | None) -> dict[str, Any]:
    return {
        "id": event.pk,
        "type": event.kind,
        "timestamp": event.at,
        "about": event.about,
        "data": as_said(event, connection_id),
    }


# Endpoints ------------------------------------------------------------------------------------------------------------


class EndpointKeyOut(ModelFields[EndpointKey]):
    class Meta:
        model = EndpointKey
        fields = ["id", "fingerprint", "created_at", "ends_at"]


class EndpointOut(ModelFields[Endpoint]):
    """waiting, dead: how many events. odd: how many were taken with a page instead of a plain answer."""

    keys = EndpointKeyOut(many=True)
    waiting = serializers.IntegerField()
    dead = serializers.IntegerField()
    odd = serializers.IntegerField()
    seen = serializers.CharField(read_only=True, help_text="marks url and kinds")

    class Meta:
        model = Endpoint
        fields = [
            "id", "connection_id", "url", "kinds", "state", "created_at", "failures", "failing_since", "quiet_until",
            "last_ok_at", "waiting", "dead", "odd", "keys", "seen",
        ]  # fmt: skip


class NewEndpointOut(serializers.Serializer[Any]):
    """secret: what posts are signed with; it is told this once."""

    endpoint = EndpointOut()
    secret = serializers.CharField()


class EndpointsQuery(Fields):
    connection_id = serializers.UUIDField(default=None, allow_null=True)


class DeliveriesQuery(Fields):
    show = serializers.ChoiceField(["waiting", "failing", "dead", "done", "odd"], required=False)


class EndpointIn(Fields):
    connection_id = serializers.UUIDField()
    url = serializers.CharField(max_length=500)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), default=list, max_length=200)


class EndpointChangeIn(Fields):
    url = serializers.CharField(max_length=500, required=False)
    kinds = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=200)


class SwitchIn(Fields):
    """seen: of the address that was looked at; another one since then is not switched on (409)."""

    on = serializers.BooleanField()
    why = serializers.CharField(max_length=200, default="", allow_blank=True)
    seen = serializers.CharField(max_length=40, default="", allow_blank=True)


class ReplayIn(Fields):
    """Either a time, or one event."""

    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)
    event_id = serializers.UUIDField(required=False)
    undelivered_only = serializers.BooleanField(default=False)


class ReplayOut(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class TriedOut(serializers.Serializer[Any]):
    """status: null when there was no answer; code then says why. odd: taken, but with a page."""

    ok = serializers.BooleanField()
    status = serializers.IntegerField(allow_null=True)
    ms = serializers.IntegerField()
    code = serializers.CharField(allow_blank=True)
    odd = serializers.BooleanField()
    answer = serializers.CharField(allow_blank=True)


class WebhookDeliveryOut(ModelFields[Delivery]):
    """event_id is the `webhook-id` of every try."""

    type = serializers.CharField(source="event.kind")

    class Meta:
        model = Delivery
        fields = [
            "event_id", "type", "about", "position", "state", "tries", "replays", "next_try_at", "tried_at", "done_at",
            "status", "ms", "code", "odd", "answer",
        ]  # fmt: skip


class DeliveriesByPlace(ByNewest):
    """By the order of events, newest first."""

    ordering = "-position"


class Endpoints(ApiView):
    """Addresses that events are posted to. A client sees those of its own connection."""

    permission_classes = [*ApiView.permission_classes, sudo.ProvedToWrite]
    tells_a_secret = True

    @extend_schema(
        operation_id="webhooks",
        parameters=[EndpointsQuery],
        responses=EndpointOut(many=True),
    )
    def get(self, request: Request) -> Response:
        wanted = read_query(EndpointsQuery, request)["connection_id"]
        found = selectors.connection_for(request.user, wanted).pk if wanted else None
        rows = selectors.endpoints_of(request.user, found).prefetch_related("keys")
        return Response(EndpointOut(rows, many=True).data)

    @extend_schema(operation_id="webhook_make", request=EndpointIn, responses={201: NewEndpointOut})
    def post(self, request: Request) -> Response:
        said = read(EndpointIn, request)
        connection = selectors.connection_for(request.user, said["connection_id"])
        made, secret = services.make(connection, by=request.user, url=said["url"], kinds=said["kinds"])
        return Response(_new(request, made.pk, secret), status=status.HTTP_201_CREATED)


def _new(request: Request, endpoint_id: UUID, secret: str) -> dict[str, Any]:
    return {"endpoint": EndpointOut(selectors.endpoint_for(request.user, endpoint_id)).data, "secret": secret}


class EndpointOne(ApiView):
    @extend_schema(operation_id="webhook", responses=EndpointOut)
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        return Response(EndpointOut(selectors.endpoint_for(request.user, endpoint_id)).data)

    @extend_schema(operation_id="webhook_change", request=EndpointChangeIn, responses=EndpointOut)
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        found = selectors.endpoint_for(request.user, endpoint_id)
        services.change(found, by=request.user, **read(EndpointChangeIn, request))
        return Response(EndpointOut(selectors.endpoint_for(request.user, endpoint_id)).data)


class EndpointSwitch(ApiView):
    """On, by whoever switches connections on; off, by whoever keeps it too."""

    @extend_schema(operation_id="webhook_switch", request=SwitchIn, responses=EndpointOut)
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        found = selectors.endpoint_for(request.user, endpoint_id)
        said = read(SwitchIn, request)
        if said["on"]:
            services.switch_on(found, by=request.user, seen=said["seen"])
        else:
            services.switch_off(found, by=request.user, why=said["why"])
        return Response(EndpointOut(selectors.endpoint_for(request.user, endpoint_id)).data)


class EndpointRotate(ApiView):
    """A new key; the old one signs beside it for 24 hours."""

    permission_classes = [*ApiView.permission_classes, sudo.Proved]
    tells_a_secret = True

    @extend_schema(operation_id="webhook_rotate", request=NothingIn, responses=NewEndpointOut)
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        found = selectors.endpoint_for(request.user, endpoint_id)
        read(NothingIn, request)
        return Response(_new(request, found.pk, services.rotate(found, by=request.user)))


class EndpointTest(ApiView):
    """Post a `webhook.test` now and say what came back."""

    @extend_schema(operation_id="webhook_test", request=NothingIn, responses=TriedOut)
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        found = selectors.endpoint_for(request.user, endpoint_id)
        read(NothingIn, request)
        tried = services.test(found, by=request.user)
        return Response(TriedOut(tried).data)


class EndpointReplay(ApiView):
    """Send again, with the same ids, what happened in a time, or one event."""

    @extend_schema(operation_id="webhook_replay", request=ReplayIn, responses=ReplayOut)
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        found = selectors.endpoint_for(request.user, endpoint_id)
        said = read(ReplayIn, request)
        if "event_id" in said:
            services.replay_one(found, said["event_id"], by=request.user)
            return Response({"count": 1})
        if "since" not in said or "until" not in said:
            raise BadInput(code="period_missing", fields={"since": [], "until": []})
        count = services.replay(
            found,
            by=request.user,
            since=said["since"],
            until=said["until"],
            undelivered_only=said["undelivered_only"],
        )
        return Response({"count": count})


class EndpointDeliveries(ApiView):
    """What became of each event."""

    pagination_class = DeliveriesByPlace

    @extend_schema(
        operation_id="webhook_deliveries", parameters=[DeliveriesQuery], responses=WebhookDeliveryOut(many=True)
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        found = selectors.endpoint_for(request.user, endpoint_id)
        show = read_query(DeliveriesQuery, request).get("show", "")
        return self.paged(selectors.deliveries_of(found, show), WebhookDeliveryOut)


urlpatterns = [
    path("events/", Events.as_view()),
    path("events/kinds/", EventKinds.as_view()),
    path("webhooks/", Endpoints.as_view()),
    path("webhooks/<uuid:endpoint_id>/", EndpointOne.as_view()),
    path("webhooks/<uuid:endpoint_id>/switch/", EndpointSwitch.as_view()),
    path("webhooks/<uuid:endpoint_id>/rotate/", EndpointRotate.as_view()),
    path("webhooks/<uuid:endpoint_id>/test/", EndpointTest.as_view()),
    path("webhooks/<uuid:endpoint_id>/replay/", EndpointReplay.as_view()),
    path("webhooks/<uuid:endpoint_id>/deliveries/", EndpointDeliveries.as_view()),
]
