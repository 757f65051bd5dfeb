"""API of the sealed log, on the hosts of provinces and of the office."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from audit import verify
from audit.models import HeadStamp, HeadWitness, LogCheck, LogHead
from federation.heads import selectors
from gateway.serializers import ModelFields
from gateway.views import ApiView


class Reader(BasePermission):
    """Whose business the log is."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return selectors.may_read(request._request)


class ReaderView(ApiView):
    """Of people who look after the sealed log."""

    permission_classes = [*ApiView.permission_classes, Reader]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # The token's person is known to REST framework only; the doors ask the plain request.
        request._request.user = request.user
        super().initial(request, *args, **kwargs)


class WitnessOut(ModelFields[HeadWitness]):
    class Meta:
        model = HeadWitness
        fields = ["witness", "state", "reason", "asked_at", "answered_at"]


class StampOut(ModelFields[HeadStamp]):
    class Meta:
        model = HeadStamp
        fields = ["state", "authority", "is_demo", "stamped_at", "tries", "problem"]


class HeadOut(ModelFields[LogHead]):
    """A head: `body` is what `signature` (Ed25519, hex) is over."""

    root = serializers.CharField(source="root_hex")
    public_key = serializers.SerializerMethodField()
    signature = serializers.SerializerMethodField()
    witnesses = WitnessOut(many=True)
    stamp = StampOut()

    class Meta:
        model = LogHead
        fields = ["id", "log", "size", "root", "at", "body", "public_key", "signature", "witnesses", "stamp"]

    def get_public_key(self, head: LogHead) -> str:
        return bytes(head.public_key).hex()

    def get_signature(self, head: LogHead) -> str:
        return bytes(head.signature).hex()


class LogOut(serializers.Serializer[Any]):
    """placed: entries in the tree. covered: those under the last head. waiting: entries without a place."""

    log = serializers.CharField()
    placed = serializers.IntegerField()
    covered = serializers.IntegerField()
    waiting = serializers.IntegerField()
    head = HeadOut(allow_null=True, source="last")


class FaultOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    words = serializers.CharField()
    data = serializers.DictField()


class CheckOut(ModelFields[LogCheck]):
    """holds: null until it is done. faults: the first is the first bad link."""

    holds = serializers.SerializerMethodField()
    faults = serializers.SerializerMethodField()

    class Meta:
        model = LogCheck
        fields = ["id", "log", "state", "done", "total", "created_at", "finished_at", "by_name", "holds", "faults"]

    def get_holds(self, check: LogCheck) -> bool | None:
        return not check.report["faults"] if check.report else None

    @extend_schema(responses=FaultOut(many=True))
    def get_faults(self, check: LogCheck) -> list[dict[str, Any]]:
        if not check.report:
            return []
        return [
            {"code": fault.code, "words": fault.words, "data": dict(fault.data)}
            for fault in verify.Report.from_json(check.report).faults
        ]


class ProofOut(serializers.Serializer[Any]):
    """RFC 9162, 2.1.3: `path` leads from `leaf_hash` (SHA-256 of a zero byte and `entry`) at `index` to `root`."""

    log = serializers.CharField()
    index = serializers.IntegerField()
    size = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    path = serializers.ListField(child=serializers.CharField())
    root = serializers.CharField()
    entry = serializers.CharField()
    head = serializers.CharField(allow_blank=True)
    head_signature = serializers.CharField(allow_blank=True)
    head_public_key = serializers.CharField(allow_blank=True)


class Log(ReaderView):
    """How this seat's log stands, with its last head."""

    @extend_schema(operation_id="log", responses=LogOut)
    def get(self, request: Request) -> Response:
        return Response(LogOut(selectors.standing()).data)


class LogChecks(ReaderView):
    """Verify the log now; ask the check how far it has come."""

    @extend_schema(operation_id="log_verify", request=None, responses={201: CheckOut})
    def post(self, request: Request) -> Response:
        check = verify.ask(selectors.standing().log, by=request.user)
        return Response(CheckOut(check).data, status=status.HTTP_201_CREATED)


class LogCheckOne(ReaderView):
    @extend_schema(operation_id="log_check", responses=CheckOut)
    def get(self, request: Request, check_id: UUID) -> Response:
        return Response(CheckOut(selectors.access_check(check_id)).data)


class LogProof(ReaderView):
    """The proof that an entry is under a head."""

    @extend_schema(operation_id="log_proof", responses=ProofOut)
    def get(self, request: Request, entry_id: UUID) -> Response:
        return Response(ProofOut(selectors.proof_of(selectors.access_entry(entry_id))).data)


urlpatterns = [
    path("log/", Log.as_view()),
    path("log/checks/", LogChecks.as_view()),
    path("log/checks/<uuid:check_id>/", LogCheckOne.as_view()),
    path("log/entries/<uuid:entry_id>/proof/", LogProof.as_view()),
]
