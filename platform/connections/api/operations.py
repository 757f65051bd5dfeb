"""What programs of administrators may ask and do about connections: the same as on the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as people
from accounts import sudo
from accounts.models import User
from connections import figures, rules, selectors, services, traffic
from connections.models import Call, Client, Connection, Secret
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, NothingIn, YesNo, read
from gateway.views import ApiView
from kernel.errors import NotFound404


class ConnectionOut(ModelFields[Connection]):
    """asked: changes that wait for the second person. limit_per_minute: what counts now."""

    limit_per_minute = serializers.SerializerMethodField()
    seen = serializers.CharField(read_only=True, help_text="marks what a second person agrees to")

    class Meta:
        model = Connection
        fields = [
            "id", "kind", "name", "state", "organisation_id", "allowed_origins", "clock_window_s", "per_minute",
            "limit_per_minute", "contact", "asked", "seen", "created_at", "last_ok_at", "last_failed_at",
        ]  # fmt: skip

    def get_limit_per_minute(self, row: Connection) -> int:
        return services.limit_of(row)


class SeenIn(Fields):
    """seen: of the connection that was looked at; where it says something else by now, nothing comes true (409)."""

    seen = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)


class ConnectionIn(Fields):
    name = serializers.CharField(max_length=60)
    kind = serializers.ChoiceField(Connection.Kind.choices)
    contact = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    allowed_origins = serializers.ListField(child=serializers.CharField(max_length=200), max_length=20, required=False)
    clock_window_s = serializers.IntegerField(min_value=0, max_value=3600, required=False, default=300)
    per_minute = serializers.IntegerField(
        min_value=0, max_value=services.MOST_PER_MINUTE, required=False, default=0, help_text="0: the usual limit"
    )
    organisation_id = serializers.UUIDField(required=False, allow_null=True, help_text="at the brands host: whose")


class ConnectionChangeIn(Fields):
    name = serializers.CharField(max_length=60)
    contact = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    allowed_origins = serializers.ListField(child=serializers.CharField(max_length=200), max_length=20, required=False)
    clock_window_s = serializers.IntegerField(min_value=0, max_value=3600, required=False, default=300)
    per_minute = serializers.IntegerField(min_value=0, max_value=services.MOST_PER_MINUTE, required=False, default=0)


class WhyIn(Fields):
    why = serializers.CharField(max_length=200)

    class Meta:
        ref_name = "ConnectionWhyIn"


class SecretOut(ModelFields[Secret]):
    class Meta:
        model = Secret
        ref_name = "ClientSecret"
        fields = ["id", "fingerprint", "created_at", "last_used_at", "ended_at"]


class ClientOut(ModelFields[Client]):
    """client_id: what the program calls itself. account: the name its work bears."""

    client_id = serializers.CharField(source="oidc_id")
    account = serializers.CharField(source="user.display_name")
    unit_code = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()
    scopes = serializers.ListField(child=serializers.CharField())
    secrets = SecretOut(many=True)

    class Meta:
        model = Client
        ref_name = "ConnectionClient"
        fields = [
            "id", "client_id", "name", "state", "account", "unit_code", "roles", "scopes", "secrets", "created_at",
            "revoked_at", "last_used_at",
        ]  # fmt: skip

    def get_unit_code(self, row: Client) -> str:
        return row.user.unit.code if row.user.unit else ""

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_roles(self, row: Client) -> list[str]:
        return sorted(post.role for post in row.user.posts.all())


class ClientIn(Fields):
    name = serializers.CharField(max_length=60)
    scopes = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=200)
    unit_code = serializers.CharField(max_length=40, required=False, help_text="in a province: on whose behalf it acts")
    roles = serializers.ListField(
        child=serializers.ChoiceField([str(role) for role in rules.SERVICE_ROLES]), max_length=2, required=False
    )

    class Meta:
        ref_name = "ConnectionClientIn"


class ScopesIn(Fields):
    scopes = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=200)


class NewClientOut(serializers.Serializer[Any]):
    """client_secret is shown this once."""

    client = ClientOut()
    client_secret = serializers.CharField()

    class Meta:
        ref_name = "NewConnectionClient"


class CallOut(ModelFields[Call]):
    """payload: of failures, with personal data taken out."""

    class Meta:
        model = Call
        ref_name = "ConnectionCall"
        fields = ["id", "at", "direction", "what", "ok", "status", "ms", "code", "reference", "payload"]


class CallsIn(serializers.Serializer[Any]):
    failed = YesNo(required=False, allow_null=True, default=None)
    direction = serializers.ChoiceField(Call.Direction.choices, required=False)
    code = serializers.CharField(max_length=60, required=False)


class SpanOut(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    calls = serializers.IntegerField()
    failures = serializers.IntegerField()

    class Meta:
        ref_name = "TrafficSpan"


class WaitingOut(serializers.Serializer[Any]):
    what = serializers.CharField()
    count = serializers.IntegerField()

    class Meta:
        ref_name = "TrafficWaiting"


class TrafficOut(serializers.Serializer[Any]):
    last_ok_at = serializers.DateTimeField(allow_null=True)
    last_failed_at = serializers.DateTimeField(allow_null=True)
    hours = SpanOut(many=True)
    days = SpanOut(many=True)
    waiting = WaitingOut(many=True)


class KeeperView(ApiView):
    """Of whoever keeps or switches connections; for anybody else there are none."""

    def person(self) -> User:
        user = self.request.user
        if not isinstance(user, User) or not rules.may_see(user):
            raise NotFound404()
        return user


class Connections(KeeperView):
    pagination_class = ByNewest

    @extend_schema(operation_id="connections", responses=ConnectionOut(many=True))
    def get(self, request: Request) -> Response:
        return self.paged(selectors.connections_of(self.person()), ConnectionOut)

    @extend_schema(operation_id="connection_make", request=ConnectionIn, responses={201: ConnectionOut})
    def post(self, request: Request) -> Response:
        said = read(ConnectionIn, request)
        row = services.create(by=self.person(), **{"organisation_id": None, **said})
        return Response(ConnectionOut(row).data, status=status.HTTP_201_CREATED)


class OneConnection(KeeperView):
    @extend_schema(operation_id="connection", responses=ConnectionOut)
    def get(self, request: Request, connection_id: UUID) -> Response:
        return Response(ConnectionOut(selectors.connection_for(self.person(), connection_id)).data)

    @extend_schema(operation_id="connection_change", request=ConnectionChangeIn, responses=ConnectionOut)
    def put(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        return Response(ConnectionOut(services.edit(row, by=self.person(), **read(ConnectionChangeIn, request))).data)


class SwitchOn(KeeperView):
    permission_classes = [*KeeperView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="connection_switch_on", request=SeenIn, responses=ConnectionOut)
    def post(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        return Response(ConnectionOut(services.switch_on(row, by=self.person(), **read(SeenIn, request))).data)


class SwitchOff(KeeperView):
    @extend_schema(operation_id="connection_switch_off", request=WhyIn, responses=ConnectionOut)
    def post(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        return Response(ConnectionOut(services.switch_off(row, by=self.person(), **read(WhyIn, request))).data)


class Agree(KeeperView):
    permission_classes = [*KeeperView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="connection_agree", request=SeenIn, responses=ConnectionOut)
    def post(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        return Response(ConnectionOut(services.agree(row, by=self.person(), **read(SeenIn, request))).data)


class Clients(KeeperView):
    permission_classes = [*KeeperView.permission_classes, sudo.ProvedToWrite]
    tells_a_secret = True

    @extend_schema(operation_id="connection_clients", responses=ClientOut(many=True))
    def get(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        return Response(ClientOut(selectors.clients_of(row), many=True).data)

    @extend_schema(operation_id="connection_client_make", request=ClientIn, responses={201: NewClientOut})
    def post(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        said = read(ClientIn, request)
        client, secret = services.make_client(
            row,
            by=self.person(),
            name=said["name"],
            wanted=said["scopes"],
            unit=people.unit_by_code(said["unit_code"]) if said.get("unit_code") else None,
            roles=said.get("roles", ()),
        )
        return Response({"client": ClientOut(client).data, "client_secret": secret}, status=status.HTTP_201_CREATED)


class ClientView(KeeperView):
    def client(self, connection_id: UUID, client_id: UUID) -> Client:
        return selectors.client_for(self.person(), connection_id, client_id)


class ClientScopes(ClientView):
    @extend_schema(operation_id="connection_client_narrow", request=ScopesIn, responses=ClientOut)
    def put(self, request: Request, connection_id: UUID, client_id: UUID) -> Response:
        client = self.client(connection_id, client_id)
        services.narrow(client, by=self.person(), wanted=read(ScopesIn, request)["scopes"])
        return Response(ClientOut(self.client(connection_id, client_id)).data)


class ClientSwitchOn(ClientView):
    permission_classes = [*ClientView.permission_classes, sudo.ProvedToWrite]

    @extend_schema(operation_id="connection_client_switch_on", request=NothingIn, responses=ClientOut)
    def post(self, request: Request, connection_id: UUID, client_id: UUID) -> Response:
        services.switch_client_on(self.client(connection_id, client_id), by=self.person())
        return Response(ClientOut(self.client(connection_id, client_id)).data)


class ClientRevoke(ClientView):
    @extend_schema(operation_id="connection_client_revoke", request=WhyIn, responses=ClientOut)
    def post(self, request: Request, connection_id: UUID, client_id: UUID) -> Response:
        services.revoke(self.client(connection_id, client_id), by=self.person(), **read(WhyIn, request))
        return Response(ClientOut(self.client(connection_id, client_id)).data)


class ClientSecrets(ClientView):
    permission_classes = [*ClientView.permission_classes, sudo.ProvedToWrite]
    tells_a_secret = True

    @extend_schema(operation_id="connection_secret_add", request=NothingIn, responses={201: NewClientOut})
    def post(self, request: Request, connection_id: UUID, client_id: UUID) -> Response:
        secret = services.add_secret(self.client(connection_id, client_id), by=self.person())
        shown = ClientOut(self.client(connection_id, client_id)).data
        return Response({"client": shown, "client_secret": secret}, status=status.HTTP_201_CREATED)


class ClientSecret(ClientView):
    @extend_schema(operation_id="connection_secret_end", responses={204: None})
    def delete(self, request: Request, connection_id: UUID, client_id: UUID, secret_id: UUID) -> Response:
        services.end_secret(self.client(connection_id, client_id), secret_id, by=self.person())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Traffic(KeeperView):
    @extend_schema(operation_id="connection_traffic", responses=TrafficOut)
    def get(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        traffic.write()
        row.refresh_from_db()
        shown = {
            "last_ok_at": row.last_ok_at,
            "last_failed_at": row.last_failed_at,
            "hours": figures.by_hour(row),
            "days": figures.by_day(row),
            "waiting": [{"what": what, "count": count} for what, count in traffic.waiting(row.pk)],
        }
        return Response(TrafficOut(shown).data)


class Calls(KeeperView):
    pagination_class = ByNewest

    @extend_schema(operation_id="connection_calls", parameters=[CallsIn], responses=CallOut(many=True))
    def get(self, request: Request, connection_id: UUID) -> Response:
        row = selectors.connection_for(self.person(), connection_id)
        asked = {name: request.query_params[name] for name in CallsIn().fields if name in request.query_params}
        filled = CallsIn(data=asked)
        filled.is_valid(raise_exception=True)
        traffic.write()
        return self.paged(figures.calls_of(row, **filled.validated_data), CallOut)


ONE = "connections/<uuid:connection_id>/"
CLIENT = f"{ONE}clients/<uuid:client_id>/"
urlpatterns: list[Any] = [
    path("connections/", Connections.as_view()),
    path(ONE, OneConnection.as_view()),
    path(f"{ONE}switch-on/", SwitchOn.as_view()),
    path(f"{ONE}switch-off/", SwitchOff.as_view()),
    path(f"{ONE}agree/", Agree.as_view()),
    path(f"{ONE}clients/", Clients.as_view()),
    path(f"{CLIENT}scopes/", ClientScopes.as_view()),
    path(f"{CLIENT}switch-on/", ClientSwitchOn.as_view()),
    path(f"{CLIENT}revoke/", ClientRevoke.as_view()),
    path(f"{CLIENT}secrets/", ClientSecrets.as_view()),
    path(f"{CLIENT}secrets/<uuid:secret_id>/", ClientSecret.as_view()),
    path(f"{ONE}traffic/", Traffic.as_view()),
    path(f"{ONE}calls/", Calls.as_view()),
]
