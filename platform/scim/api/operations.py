"""API of the people sync: how it goes, what is held back, what could not be matched, and the decisions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import sudo
from accounts.api import AdminView
from audit.trail import Actor
from connections.models import Connection
from connections.selectors import connection_for, connections_of
from gateway.paging import ByNewest
from gateway.serializers import Fields, ModelFields, read
from kernel.errors import NotFound404
from scim import selectors
from scim.models import Mismatch, Removal
from scim.services import brake, deciding


class PeopleSyncOut(serializers.Serializer[Any]):
    """One directory. waiting: removals held back and people to be matched. allowed, done: of the brake's day."""

    connection_id = serializers.UUIDField()
    name = serializers.CharField()
    state = serializers.CharField()
    last_seen_at = serializers.DateTimeField(allow_null=True)
    last_change_at = serializers.DateTimeField(allow_null=True)
    last_failure_at = serializers.DateTimeField(allow_null=True)
    known = serializers.IntegerField()
    waiting = serializers.IntegerField()
    allowed = serializers.IntegerField()
    done = serializers.IntegerField()


class PeopleRemovalOut(ModelFields[Removal]):
    """A removal that waits for the security administrator."""

    class Meta:
        model = Removal
        fields = ["id", "user_id", "kind", "state", "to_unit_id", "roles", "asked_at", "asked_again_at", "times"]


class PeopleMismatchOut(ModelFields[Mismatch]):
    """A person of a directory who could not be told from others. reason: a sentence."""

    reason = serializers.CharField(read_only=True)

    class Meta:
        model = Mismatch
        fields = ["id", "code", "key", "name", "state", "times", "first_at", "last_at", "reason"]


class PeopleDecisionIn(Fields):
    """removals: ids; left out: all that wait."""

    decision = serializers.ChoiceField(choices=["release", "reject"])
    removals = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=1000)


class PeopleDecisionOut(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class PeopleSyncs(AdminView):
    @extend_schema(operation_id="people_syncs", responses=PeopleSyncOut(many=True))
    def get(self, request: Request) -> Response:
        rows = connections_of(request.user, Connection.Kind.DIRECTORY)
        return Response(PeopleSyncOut([_shown(row) for row in rows], many=True).data)


class PeopleSyncDetail(AdminView):
    @extend_schema(operation_id="people_sync", responses=PeopleSyncOut)
    def get(self, request: Request, directory_id: UUID) -> Response:
        return Response(PeopleSyncOut(_shown(_connection(request, directory_id))).data)


class PeopleRemovals(AdminView):
    permission_classes = [*AdminView.permission_classes, sudo.ProvedToWrite]
    pagination_class = ByNewest

    @extend_schema(operation_id="people_removals", responses=PeopleRemovalOut(many=True))
    def get(self, request: Request, directory_id: UUID) -> Response:
        return self.paged(brake.held(_connection(request, directory_id).pk), PeopleRemovalOut)

    @extend_schema(operation_id="people_decide", request=PeopleDecisionIn, responses=PeopleDecisionOut)
    def post(self, request: Request, directory_id: UUID) -> Response:
        connection = _connection(request, directory_id)
        data = read(PeopleDecisionIn, request)
        chosen = [str(each) for each in data["removals"]] if "removals" in data else None
        if data["decision"] == "release":
            actor = Actor(connection.pk, connection.name)
            count = deciding.release(connection.pk, chosen, by=request.user, actor=actor)
        else:
            count = deciding.reject(connection.pk, chosen, by=request.user)
        return Response(PeopleDecisionOut({"count": count}).data)


class PeopleMismatches(AdminView):
    pagination_class = ByNewest

    @extend_schema(operation_id="people_mismatches", responses=PeopleMismatchOut(many=True))
    def get(self, request: Request, directory_id: UUID) -> Response:
        rows = selectors.mismatches(_connection(request, directory_id).pk)
        return self.paged(rows.filter(state=Mismatch.State.OPEN), PeopleMismatchOut)


class PeopleMismatch(AdminView):
    @extend_schema(operation_id="people_mismatch_settle", request=None, responses=PeopleMismatchOut)
    def post(self, request: Request, directory_id: UUID, mismatch_id: UUID) -> Response:
        connection = _connection(request, directory_id)
        return Response(PeopleMismatchOut(deciding.settle(connection.pk, str(mismatch_id), by=request.user)).data)


def _connection(request: Request, connection_id: UUID) -> Connection:
    connection: Connection = connection_for(request.user, connection_id)
    if connection.kind != Connection.Kind.DIRECTORY:
        raise NotFound404()
    return connection


def _shown(connection: Connection) -> dict[str, Any]:
    directory = selectors.directory(connection.pk)
    allowed, done = brake.allowance(connection.pk)
    return {
        "connection_id": connection.pk,
        "name": connection.name,
        "state": connection.state,
        "last_seen_at": directory.last_seen_at if directory else None,
        "last_change_at": directory.last_change_at if directory else None,
        "last_failure_at": directory.last_failure_at if directory else None,
        "known": selectors.people_known(connection.pk),
        "waiting": selectors.waiting_of(connection.pk),
        "allowed": allowed,
        "done": done,
    }
