"""What arriving letters do at the office."""

from __future__ import annotations

from federation.contracts.appraisal import EnrolmentWantedV1
from federation.letters.post import Envelope, receives
from federation.parties import services


@receives(EnrolmentWantedV1, at="office")
def brand_wanted(message: EnrolmentWantedV1, envelope: Envelope) -> None:
    """An officer asked for a brand that nobody answers for: one more on the invitation list."""
    services.count_wanted(brand_name=message.brand_name, province_code=envelope.sender.name, at=message.at)
