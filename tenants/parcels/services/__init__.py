"""What is done with files of connections: made and fetched, brought, checked, taken in, and how it is set."""

from tenants.parcels.services.checking import check
from tenants.parcels.services.incoming import bring, drop
from tenants.parcels.services.outgoing import ask, hand_out, write
from tenants.parcels.services.receipts import acknowledge
from tenants.parcels.services.settings import add_key, configure, end_key
from tenants.parcels.services.taking import take

__all__ = [
    "acknowledge",
    "add_key",
    "ask",
    "bring",
    "check",
    "configure",
    "drop",
    "end_key",
    "hand_out",
    "take",
    "write",
]
