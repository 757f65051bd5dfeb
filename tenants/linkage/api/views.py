"""Referrals in the API: drafted, sent and followed by their handlers, answered by the platform they go to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from connections.models import Connection
from gateway.paging import ByNewest
from gateway.serializers import Fields, NothingIn, read
from gateway.views import ApiView
from kernel.errors import NotAllowed, NotFound404
from tenants.linkage import selectors
from tenants.linkage.api import shapes
from tenants.linkage.models import LinkageSetting, Outgoing, Referral
from tenants.linkage.services import referring, sending


def connection_of(request: Request) -> Connection | None:
    """The linkage platform that calls; None for a person."""
    found = getattr(request, "connection", None)
    return found if isinstance(found, Connection) and found.kind == Connection.Kind.LINKAGE else None


class OfAPlatform(BasePermission):
    """A linkage platform's own program."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return connection_of(request) is not None


def _of_ours(request: Request) -> None:
    """For whoever works on the case: a platform answers referrals and writes none. Raises NotAllowed."""
    if connection_of(request) is not None:
        raise NotAllowed()


def _said(request: Request, referral_id: UUID) -> Any:
    return shapes.LinkageReferralOut(_referral(request, referral_id)).data


def _referral(request: Request, referral_id: UUID) -> Referral:
    found = selectors.asked(request.user, connection_of(request)).filter(pk=referral_id).first()
    if found is None:
        raise NotFound404()
    return found


class Referrals(ApiView):
    """Referrals: a platform's program reads those that go by its connection, a person those of their cases."""

    pagination_class = ByNewest

    @extend_schema(operation_id="referrals", responses=shapes.LinkageReferralOut(many=True))
    def get(self, request: Request) -> Response:
        rows = selectors.asked(request.user, connection_of(request)).prefetch_related("steps")
        return self.paged(rows, shapes.LinkageReferralOut)

    @extend_schema(
        operation_id="referral_prepare",
        request=shapes.ReferralPrepareIn,
        responses={201: shapes.LinkageReferralOut},
    )
    def post(self, request: Request) -> Response:
        """Draft the referral of a case whose head decided to refer it. One stands for a case."""
        _of_ours(request)
        made = referring.prepare(by=request.user, **read(shapes.ReferralPrepareIn, request))
        return Response(_said(request, made.pk), status=status.HTTP_201_CREATED)


class ReferralDetail(ApiView):
    @extend_schema(operation_id="referral", responses=shapes.LinkageReferralOut)
    def get(self, request: Request, referral_id: UUID) -> Response:
        return Response(_said(request, referral_id))

    @extend_schema(operation_id="referral_amend", request=shapes.ReferralAmendIn, responses=shapes.LinkageReferralOut)
    def patch(self, request: Request, referral_id: UUID) -> Response:
        """Change a draft, or what was sent back. What is left out stays."""
        _of_ours(request)
        found = _referral(request, referral_id)
        kept = {
            "police_org": found.police_org,
            "facts": found.facts,
            "annexes": [each["kind"] for each in found.annexes if each["kind"] != Referral.Annex.APPRAISAL],
        }
        referring.amend(by=request.user, referral_id=referral_id, **{**kept, **read(shapes.ReferralAmendIn, request)})
        return Response(_said(request, referral_id))


def _step(operation_id: str, do: Callable[..., Referral], reads: type[Fields], says: str) -> type[ApiView]:
    """One step of ours with a referral."""

    class ReferralStepOfOurs(ApiView):
        @extend_schema(operation_id=operation_id, request=reads, responses=shapes.LinkageReferralOut, description=says)
        def post(self, request: Request, referral_id: UUID) -> Response:
            _of_ours(request)
            _referral(request, referral_id)
            do(by=request.user, referral_id=referral_id, **read(reads, request))
            return Response(_said(request, referral_id))

    return ReferralStepOfOurs


ReferralSend = _step(
    "referral_send",
    referring.send,
    NothingIn,
    "It leaves: numbered, with its annexes, by the platform or on paper. Raises `annexes_missing` before that.",
)
ReferralReconsider = _step(
    "referral_reconsider",
    referring.reconsider,
    shapes.ReferralReasonIn,
    "Ask the police to reconsider that they do not file.",
)
ReferralSupervise = _step(
    "referral_supervise",
    referring.supervise,
    shapes.ReferralReasonIn,
    "Suggest to the prosecutor to supervise the filing.",
)
ReferralHandOver = _step(
    "referral_hand_over",
    referring.hand_over,
    shapes.ReferralWordsIn,
    "The goods went to the police, or stay in custody with their consent.",
)
ReferralEnd = _step("referral_end", referring.end, shapes.ReferralWordsIn, "Nothing more is expected.")
ReferralWithdraw = _step(
    "referral_withdraw",
    referring.withdraw,
    shapes.ReferralReasonIn,
    "Taken back by the head, at the platform too.",
)


class CasePenaltyTold(ApiView):
    """Tell a platform of the penalty that a case ended with, once."""

    @extend_schema(
        operation_id="case_tell_penalty",
        request=shapes.TellPenaltyIn,
        responses={201: shapes.LinkageStandingOut},
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        _of_ours(request)
        made = referring.report_penalty(by=request.user, case_id=case_id, **read(shapes.TellPenaltyIn, request))
        return Response(shapes.LinkageStandingOut(made).data, status=status.HTTP_201_CREATED)


class ReferralSteps(ApiView):
    """What the police or the prosecutor say: receipt, filing or refusal, reconsideration, opinion, outcome."""

    @extend_schema(
        operation_id="referral_step", request=shapes.ReferralStepIn, responses={200: shapes.LinkageReferralOut}
    )
    def post(self, request: Request, referral_id: UUID) -> Response:
        connection = connection_of(request)
        found = _referral(request, referral_id)
        if connection is None:
            found = _as_handler(request, referral_id)
        said = read(shapes.ReferralStepIn, request)
        referring.arrived(
            referral_id=found.pk, by=request.user, connection_id=connection.pk if connection else None, **said
        )
        return Response(shapes.LinkageReferralOut(_referral(request, referral_id)).data)


def _as_handler(request: Request, referral_id: UUID) -> Referral:
    with transaction.atomic():
        return selectors.access_referral(request.user, referral_id, lock="handler")


class ReferralMessages(ApiView):
    """What went to the platform about one referral, and what did not: why it is held or was not taken."""

    pagination_class = ByNewest

    @extend_schema(operation_id="referral_messages", responses=shapes.LinkageStandingOut(many=True))
    def get(self, request: Request, referral_id: UUID) -> Response:
        _of_ours(request)
        return self.paged(_referral(request, referral_id).messages.all(), shapes.LinkageStandingOut)


class LinkageMessageAgain(ApiView):
    """Have a message tried now, its contents read anew from the case as it was mended."""

    @extend_schema(operation_id="linkage_message_again", request=NothingIn, responses=shapes.LinkageStandingOut)
    def post(self, request: Request, linkage_message_id: UUID) -> Response:
        _of_ours(request)
        read(NothingIn, request)
        found = selectors.access_message(request.user, linkage_message_id)
        return Response(shapes.LinkageStandingOut(sending.try_again(by=request.user, message=found)).data)


class LinkageMessageSettled(ApiView):
    """Somebody brought it there by another way; words: when, to whom, against which receipt."""

    @extend_schema(
        operation_id="linkage_message_settle",
        request=shapes.ReferralWordsIn,
        responses=shapes.LinkageStandingOut,
    )
    def post(self, request: Request, linkage_message_id: UUID) -> Response:
        _of_ours(request)
        said = read(shapes.ReferralWordsIn, request)
        found = selectors.access_message(request.user, linkage_message_id)
        return Response(shapes.LinkageStandingOut(sending.settle(by=request.user, message=found, **said)).data)


class LinkageMessages(ApiView):
    """Messages that wait for this platform, in the order of their cases: the first of each. Take them one by one."""

    permission_classes = [*ApiView.permission_classes, OfAPlatform]

    @extend_schema(operation_id="linkage_messages", responses=shapes.LinkageMessageOut(many=True))
    def get(self, request: Request) -> Response:
        connection = connection_of(request)
        if connection is None:
            raise NotAllowed()
        waiting = sending.waiting_for(connection.pk)
        payloads = {message.pk: payload for message, payload in waiting}
        rows = [message for message, _payload in waiting]
        return Response(shapes.LinkageMessageOut(rows, many=True, context={"payloads": payloads}).data)


class LinkageMessageTaken(ApiView):
    """The platform has it. Saying so twice is saying so once."""

    permission_classes = [*ApiView.permission_classes, OfAPlatform]

    @extend_schema(
        operation_id="linkage_message_taken", request=shapes.LinkageTakenIn, responses=shapes.LinkageTakenOut
    )
    def post(self, request: Request, linkage_message_id: UUID) -> Response:
        connection = connection_of(request)
        if connection is None:
            raise NotAllowed()
        found = selectors.message_for(connection, linkage_message_id)
        said = read(shapes.LinkageTakenIn, request)
        if found.state != Outgoing.State.SENT:
            with transaction.atomic():
                found = sending.went(
                    found, by=request.user, channel=LinkageSetting.Channel.PULL, reference=said["reference"]
                )
        return Response(shapes.LinkageTakenOut(found).data)
