"""The `https` transport: what the post office asks of it, and what peers ask of each other beside letters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from federation.contracts.addresses import Address
from federation.contracts.messages import KINDS
from federation.letters import statements
from federation.letters.errors import AddresseeUnknown
from federation.letters.statements import Statement
from federation.peers import carrying, courses, envelopes, keys, outbound, services
from federation.peers.errors import EnvelopeWrong, PeerAnswerWrong, SenderElsewhere
from federation.peers.models import Peer
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import COURIER

RELEASE = "1"
"""Counted up when what is said over the wire changes; shown on the office's page."""


class Https:
    """Parties of other installations. Works in the courier's seat."""

    name = "https"

    def deliver_waiting(self, limit: int, *, last_first: bool = False) -> int:
        services.introduce_keys()
        courses.report()
        return carrying.deliver_waiting(limit, last_first=last_first)

    def said_sent(self, sender: Address, addressee: Address) -> Statement:
        return self._ask(sender, sender, addressee, "sent")

    def said_received(self, sender: Address, addressee: Address) -> Statement:
        return self._ask(addressee, sender, addressee, "received")

    def _ask(self, whom: Address, sender: Address, addressee: Address, side: str) -> Statement:
        said = {"sender": str(sender), "addressee": str(addressee), "side": side}
        with context.seat(COURIER):
            peer = carrying.peer_of(str(whom))
            answer = outbound.ask(peer, "POST", "statement/", said).data
        try:
            found = Statement(
                {UUID(letter): str(digest) for letter, digest in answer["letters"].items()},
                frozenset(UUID(each) for each in answer["waiting"]),
                frozenset(UUID(each) for each in answer["sent_back"]),
            )
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            raise PeerAnswerWrong() from error
        if found.root != answer.get("root"):
            raise PeerAnswerWrong()
        return found


# Asked by peers -------------------------------------------------------------------------------------------------------

_SIDES: dict[str, Callable[[Address, Address], Statement]] = {
    "sent": statements.said_sent,
    "received": statements.said_received,
}


def statement(peer: Peer, said: Any) -> dict[str, Any]:
    """What a party of ours says of its letters with a party of theirs. Raises EnvelopeWrong, SenderElsewhere."""
    try:
        sender, addressee = Address.parse(said["sender"]), Address.parse(said["addressee"])
        ask = _SIDES[said["side"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EnvelopeWrong(what="statement") from error
    ours, theirs = (sender, addressee) if said["side"] == "sent" else (addressee, sender)
    elsewhere = DIRECTORY.remote(str(theirs))
    if elsewhere is None or elsewhere.installation != peer.installation:
        raise SenderElsewhere(sender=str(theirs))
    if DIRECTORY.remote(str(ours)) is not None:
        raise AddresseeUnknown(addressee=str(ours))
    found = ask(sender, addressee)
    return {
        "letters": {str(letter): digest for letter, digest in found.letters.items()},
        "waiting": sorted(map(str, found.waiting)),
        "sent_back": sorted(map(str, found.sent_back)),
        "root": found.root,
    }


def about() -> dict[str, Any]:
    """Who we are, which parties live here, which kinds of letters we take."""
    kinds: dict[str, list[int]] = {}
    for kind, version in sorted(KINDS):
        kinds.setdefault(kind, []).append(version)
    return {
        "installation": keys.installation(),
        "release": RELEASE,
        "protocol": envelopes.PROTOCOL,
        "parties": services.own_parties(),
        "kinds": kinds,
    }
