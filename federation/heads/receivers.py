"""What arriving heads and countersignatures do, at a province and at the office alike."""

from __future__ import annotations

from federation.contracts.heads import CountersignatureV1, LogHeadV1, LogHeadV2, LogReturnV1, LogReturnV2
from federation.heads import returning, services
from federation.letters.post import Envelope, receives


@receives(LogHeadV1, at="province")
@receives(LogHeadV1, at="office")
@receives(LogHeadV2, at="province")
@receives(LogHeadV2, at="office")
def head_came(message: LogHeadV1, envelope: Envelope) -> None:
    """Compare, keep and answer."""
    services.witness(message, envelope)


@receives(LogReturnV1, at="province")
@receives(LogReturnV1, at="office")
@receives(LogReturnV2, at="province")
@receives(LogReturnV2, at="office")
def log_came_back(message: LogReturnV1, envelope: Envelope) -> None:
    """Note how much was lost there, tell people, and go on from the head that came with it."""
    returning.witness(message, envelope)


@receives(CountersignatureV1, at="province")
@receives(CountersignatureV1, at="office")
def answer_came(message: CountersignatureV1, envelope: Envelope) -> None:
    """Keep the countersignature, or the reason why there is none."""
    services.take_answer(message, envelope)
