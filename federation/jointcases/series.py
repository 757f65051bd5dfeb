"""A series that the office found over several provinces becomes a room (`federation.matching.rooms`)."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from federation.contracts.addresses import Address
from federation.jointcases.services.rooms import Wanted, propose
from federation.matching.rooms import RoomProposal


def open_room(proposal: RoomProposal, by: User) -> UUID:
    """Invite the provinces that agreed to be named, the first of them to lead, and the brand that raised it."""
    parties = [str(Address.province(each.province_code)) for each in proposal.members]
    units = {
        party: Wanted(party=party, name=each.unit_name or party)
        for party, each in zip(parties, proposal.members, strict=True)
        if each.unit_name
    }
    if proposal.organisation_id is not None:
        parties.append(str(Address.organisation(proposal.organisation_id)))
    room = propose(
        title=proposal.title,
        parties=parties,
        by=by,
        reason=proposal.why,
        goods="、".join(proposal.product_names),
        series_id=proposal.series_id,
        units=units,
    )
    return UUID(str(room.pk))
