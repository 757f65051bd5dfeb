"""What arriving letters do: in provinces, at the common superior, at the office. Who may not say a thing is refused."""

from __future__ import annotations

from uuid import UUID

from federation.broker.models import Dispute
from federation.broker.services import disputes, looks, routes, supervision
from federation.broker.services.common import is_superior, own
from federation.contracts.broker import (
    DisputeDecidedV1,
    DisputeNoticeV1,
    DisputeOpenedV1,
    DisputeRaisedV1,
    DisputeWentUpV1,
    DisputeWordV1,
    LookAskedV1,
    LookGrantedV1,
    LookRefusedV1,
    RouteAnsweredV1,
    RouteAskedV1,
    RouteWithdrawnV1,
    SupervisionReportV1,
    SupervisionTurnedV1,
    SupervisionV1,
)
from federation.letters.post import Envelope, receives
from kernel.errors import NotAllowed, NotFound404


def _only(condition: bool, what: str) -> None:
    if not condition:
        raise NotAllowed(code="not_theirs_to_say", what=what)


def _of_office(envelope: Envelope) -> None:
    _only(envelope.sender.kind == "office", envelope.kind)


def _of_superior(envelope: Envelope) -> None:
    _only(envelope.sender.kind == "province" and is_superior(envelope.sender.name), envelope.kind)


# Routes and looks -----------------------------------------------------------------------------------------------------


@receives(RouteAskedV1, at="office")
def route_asked(message: RouteAskedV1, envelope: Envelope) -> None:
    """A province asks who should get a letter."""
    routes.came(message, envelope)


@receives(RouteWithdrawnV1, at="office")
def route_withdrawn(message: RouteWithdrawnV1, envelope: Envelope) -> None:
    """It needs no answer any more."""
    routes.withdrawn(message, envelope.sender.name)


@receives(RouteAnsweredV1, at="province")
def route_answered(message: RouteAnsweredV1, envelope: Envelope) -> None:
    """The office names a unit."""
    _of_office(envelope)
    routes.answered(message)


@receives(LookAskedV1, at="province")
def look_asked(message: LookAskedV1, envelope: Envelope) -> None:
    """The office asks to read one of our letters."""
    _of_office(envelope)
    looks.came(message, envelope)


@receives(LookGrantedV1, at="office")
def look_granted(message: LookGrantedV1, envelope: Envelope) -> None:
    """A province lets the office read."""
    looks.granted(message, envelope.sender.name)


@receives(LookRefusedV1, at="office")
def look_refused(message: LookRefusedV1, envelope: Envelope) -> None:
    """A province does not."""
    looks.refused(message, envelope.sender.name)


# Disputes -------------------------------------------------------------------------------------------------------------


@receives(DisputeOpenedV1, at="province")
def dispute_opened(message: DisputeOpenedV1, envelope: Envelope) -> None:
    """Another province disputes a matter with us."""
    sender = envelope.sender.name
    fits = message.side.province == sender and message.dispute_id == disputes.id_of(message.matter_id, sender, own())
    _only(fits and not is_superior(own()), envelope.kind)
    disputes.opened(message, sender)


@receives(DisputeWordV1, at="province")
def dispute_word(message: DisputeWordV1, envelope: Envelope) -> None:
    """What the other side says; at the superior what either does."""
    _of_a_side(message.dispute_id, envelope)
    _only(message.side.province == envelope.sender.name, envelope.kind)
    disputes.word_came(message, envelope.sender.name)


@receives(DisputeWentUpV1, at="province")
def dispute_went_up(message: DisputeWentUpV1, envelope: Envelope) -> None:
    """The other side has brought it before the superior."""
    _of_a_side(message.dispute_id, envelope)
    disputes.went_up(message, envelope.sender.name)


@receives(DisputeRaisedV1, at="province")
def dispute_raised(message: DisputeRaisedV1, envelope: Envelope) -> None:
    """At the superior: a side's report."""
    sender = envelope.sender.name
    fits = message.dispute_id == disputes.id_of(message.matter_id, sender, message.other)
    _only(is_superior(own()) and fits and message.side.province == sender, envelope.kind)
    disputes.raised(message, sender)


@receives(DisputeDecidedV1, at="province")
def dispute_decided(message: DisputeDecidedV1, envelope: Envelope) -> None:
    """The superior's decision, and nobody else's."""
    _of_superior(envelope)
    disputes.decided(message, envelope.document_no, envelope.sender.name)


@receives(DisputeNoticeV1, at="office")
def dispute_notice(message: DisputeNoticeV1, envelope: Envelope) -> None:
    """How far a dispute is."""
    disputes.noticed(message, envelope.sender.name)


def _of_a_side(dispute_id: UUID, envelope: Envelope) -> None:
    row = Dispute.objects.filter(pk=dispute_id).first()
    if row is None:
        raise NotFound404(dispute_id=dispute_id)
    _only(bool(row.side_of(envelope.sender.name)), envelope.kind)


# Orders from above ----------------------------------------------------------------------------------------------------


@receives(SupervisionV1, at="province")
def supervision_came(message: SupervisionV1, envelope: Envelope) -> None:
    """The superior keeps a matter of ours on its list."""
    _of_superior(envelope)
    supervision.came(message, envelope.document_no)


@receives(SupervisionTurnedV1, at="province")
def supervision_turned(message: SupervisionTurnedV1, envelope: Envelope) -> None:
    """It has been taken off, or more is wanted."""
    _of_superior(envelope)
    supervision.turned(message)


@receives(SupervisionReportV1, at="province")
def supervision_report(message: SupervisionReportV1, envelope: Envelope) -> None:
    """At the superior: a province reports."""
    supervision.report_came(message, envelope.sender.name)
