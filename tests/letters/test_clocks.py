"""Every letter that sets a clock has something that stops it; else the office's list of what is late says nothing."""

from __future__ import annotations

from federation.contracts.agreements import AgreementProposedV1
from federation.contracts.broker import DisputeOpenedV1
from federation.contracts.joint_case import JointCaseInvitationV1
from federation.contracts.messages import KINDS
from federation.letters.post import RECEIVERS, REGISTERS

ENDED_BY_A_SERVICE = {
    AgreementProposedV1: "several proposals lie in one matter: ends when none of them waits for this party's word",
    DisputeOpenedV1: "ends with the negotiation: agreed, withdrawn, gone up, decided",
    JointCaseInvitationV1: "answered by an entry of the room, a kind that says much else: ends when no seat waits",
}
"""Kinds that no single kind answers, and why."""


def test_every_kind_with_a_term_is_settled_by_another_or_says_what_ends_it():
    settled = {kind for message in KINDS.values() for kind in message.settles}
    timed = {message for message in KINDS.values() if message.due is not None and not message.kind.startswith("test.")}
    open_ended = {message for message in timed if message.kind not in settled}
    assert open_ended == set(ENDED_BY_A_SERVICE)
    assert settled <= {kind for kind, _version in KINDS} | {"test.note"}


def test_who_only_registers_takes_a_kind_that_others_answer():
    assert (AgreementProposedV1, "office") in REGISTERS
    for message, side in REGISTERS:
        assert message.due is not None and (message, side) in RECEIVERS
