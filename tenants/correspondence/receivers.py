"""What arriving letters do. Each runs in the province's seat, in the delivery's transaction."""

from __future__ import annotations

from federation.contracts.messages import Message
from federation.letters.post import Envelope, receives


def take_letters(message: type[Message], code: str) -> None:
    """Take in what arrives of a kind: a letter on the desk of the unit it names."""

    def arrived(said: Message, envelope: Envelope) -> None:
        from tenants.correspondence.services import receiving

        receiving.arrive(said, envelope, code)

    receives(message, at="province")(arrived)
