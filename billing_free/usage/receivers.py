"""What arriving statements do: the office keeps them."""

from __future__ import annotations

from billing_free.usage import services
from federation.contracts.usage import UsageStatementV1
from federation.letters.post import Envelope, receives


@receives(UsageStatementV1, at="office")
def statement_came(message: UsageStatementV1, envelope: Envelope) -> None:
    """Keep it."""
    services.arrived(message, envelope)
