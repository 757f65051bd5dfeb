"""What arriving letters do. Each runs in the province's seat, in the delivery's transaction."""

from federation.contracts.evidence import EvidenceTransferCheckedV1, EvidenceTransferV1
from federation.letters.post import Envelope, receives
from federation.transfers import services


@receives(EvidenceTransferV1, at="province")
def on_transfer(message: EvidenceTransferV1, envelope: Envelope) -> None:
    """Originals from another province: kept, compared, reported."""
    services.take_in(message, envelope)


@receives(EvidenceTransferCheckedV1, at="province")
def on_checked(message: EvidenceTransferCheckedV1, envelope: Envelope) -> None:
    """What the other province found."""
    services.checked(message, envelope)
