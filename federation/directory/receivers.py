"""What arriving letters do at the office."""

from federation.contracts.broker import UnitsV1
from federation.directory import services
from federation.letters.post import Envelope, receives


@receives(UnitsV1, at="office")
def units_came(message: UnitsV1, envelope: Envelope) -> None:
    """A province's list of its own units."""
    services.take_units(envelope.sender.name, message.units, at=message.at)
