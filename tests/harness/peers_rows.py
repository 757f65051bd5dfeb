"""A peer that waits for its digits to be compared, for whoever tries the office's addresses."""

from typing import Any

from accounts.models import User
from federation.peers import keys, services
from provinces import context
from provinces.seats import OFFICE


def of_the_office(by: User) -> dict[str, Any]:
    """What addresses are filled with: peer_id."""
    with context.seat(OFFICE):
        card = services.Card("hn.example.test", "https://courier.hn.example.test", keys.encode(bytes(range(32))))
        return {"peer_id": services.add(card=str(card), title="海南自建平台", by=by).pk}
