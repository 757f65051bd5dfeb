"""Keys of logs change: those by which a province signs its parcels follow likewise. See `operations.parts`."""

from __future__ import annotations

from provinces.context import required
from tenants.parcels import packing


def signs() -> str:
    """The name of this province's keys for parcels; "" at the brands' and the office's seat, which make none."""
    seat = required()
    return packing.signer_name(seat.name) if seat.kind == "province" else ""
