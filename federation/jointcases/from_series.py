"""A series found over several provinces becomes a room: what `federation.matching` asks at the office."""

from __future__ import annotations

from accounts.models import User
from federation.jointcases.models import Room
from federation.jointcases.services import propose
from federation.jointcases.services.rooms import Wanted
from federation.matching import rooms
from federation.matching.rooms import RoomProposal


def open_for(proposal: RoomProposal, by: User) -> Room:
    """Each province that agreed is asked with the unit it named, the first to lead; a brand that raised it as well."""
    units = {
        f"province:{each.province_code}": Wanted(
            party=f"province:{each.province_code}",
            name=each.unit_name,
            contact_name=each.name,
            contact_phone=each.phone,
        )
        for each in proposal.members
    }
    parties = list(units)
    if proposal.organisation_id is not None:
        parties.append(f"organisation:{proposal.organisation_id}")
    return propose(
        title=proposal.title[:120],
        parties=parties,
        by=by,
        code_name=proposal.number[:40],
        reason=proposal.why[:2000],
        goods="、".join(proposal.product_names)[:200],
        series_id=proposal.series_id,
        units=units,
    )


def register() -> None:
    """Called when the app is ready."""
    rooms.register(open_for)
