"""What arriving letters about grants do, at provinces, the office and organisations alike."""

from __future__ import annotations

from federation.contracts.grants import GrantContentsV1, GrantEndedV1, GrantGivenV1, GrantUsedV1
from federation.grants import services
from federation.letters.post import Envelope, receives


@receives(GrantGivenV1, at="province")
@receives(GrantGivenV1, at="office")
@receives(GrantGivenV1, at="organisation")
def grant_given(message: GrantGivenV1, envelope: Envelope) -> None:
    """Keep our copy."""
    services.given(message, envelope)


@receives(GrantContentsV1, at="province")
@receives(GrantContentsV1, at="office")
@receives(GrantContentsV1, at="organisation")
def contents_came(message: GrantContentsV1, envelope: Envelope) -> None:
    """Keep what is shown."""
    services.contents_came(message, envelope)


@receives(GrantEndedV1, at="province")
@receives(GrantEndedV1, at="office")
@receives(GrantEndedV1, at="organisation")
def grant_ended(message: GrantEndedV1, envelope: Envelope) -> None:
    """Note it, take away what was only to be looked at."""
    services.ended(message, envelope)


@receives(GrantUsedV1, at="province")
@receives(GrantUsedV1, at="office")
@receives(GrantUsedV1, at="organisation")
def grant_used(message: GrantUsedV1, envelope: Envelope) -> None:
    """Keep who looked."""
    services.used(message, envelope)
