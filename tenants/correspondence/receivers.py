"""What arriving letters do. Each runs in the province's seat, in the delivery's transaction."""

from __future__ import annotations

from federation.contracts.messages import Message
from federation.contracts.official import (
    OfficialRecallAnsweredV1,
    OfficialRecallV1,
    OfficialReceiptV1,
    OfficialResultV1,
)
from federation.letters.post import Envelope, receives
from tenants.correspondence.services import recalling, receiving, results


def take_letters(message: type[Message], code: str) -> None:
    """Take in what arrives of a kind: a letter on the desk of the unit it names. Once for each contract."""

    def arrived(said: Message, envelope: Envelope) -> None:
        receiving.arrive(said, envelope, code)

    arrived.__module__ = __name__
    receives(message, at="province")(arrived)


@receives(OfficialReceiptV1, at="province")
def on_receipt(message: OfficialReceiptV1, envelope: Envelope) -> None:
    """The addressee of one of our letters signed for it, took it on or returned it."""
    receiving.receipt_came(message, envelope)


@receives(OfficialResultV1, at="province")
def on_result(message: OfficialResultV1, envelope: Envelope) -> None:
    """The addressee of one of our letters tells what came of it."""
    results.came(message, envelope)


@receives(OfficialRecallV1, at="province")
def on_recall(message: OfficialRecallV1, envelope: Envelope) -> None:
    """A sender wants its letter back."""
    recalling.recall_came(message, envelope)


@receives(OfficialRecallAnsweredV1, at="province")
def on_recall_answered(message: OfficialRecallAnsweredV1, envelope: Envelope) -> None:
    """The addressee answers our recall."""
    recalling.answer_came(message, envelope)
