"""Rooms of brands, associations and the office lie in `public`: each sees the copies it holds, no province sees any."""

from provinces.declarations import BRANDS, OFFICE, Grant, InsertOnly, Policy

_KEPT = "SELECT, INSERT, UPDATE"
_BOTH = (BRANDS, OFFICE)
_ITS_ROOM = "EXISTS (SELECT 1 FROM {table[jointcases.Room]} r WHERE r.id = room_id)"

RIGHTS = [
    Grant("jointcases.Room", to=_BOTH, rights=_KEPT),
    Grant("jointcases.Entry", to=_BOTH, rights="SELECT, INSERT"),
    Grant("jointcases.RoomFile", to=_BOTH, rights=_KEPT),
    Grant("jointcases.RoomGrant", to=_BOTH, rights="SELECT"),
    Grant("jointcases.OwnMatter", to=_BOTH, rights="SELECT"),
    Grant("jointcases.SeatUnit", to=_BOTH, rights="SELECT"),
    Grant("jointcases.GuestPass", to=_BOTH, rights="SELECT"),
]

POLICIES = [
    Policy("jointcases.Room", "room_of_an_organisation", "ALL", to=BRANDS,
           using="starts_with(holder, 'organisation:')", check="starts_with(holder, 'organisation:')"),
    Policy("jointcases.Room", "room_of_the_office", "ALL", to=OFFICE, using="holder = 'office'",
           check="holder = 'office'"),
    # Through the room's own policy: whoever sees the copy sees what was said in it.
    Policy("jointcases.Entry", "entry_of_a_room", "ALL", to=_BOTH, using=_ITS_ROOM, check=_ITS_ROOM),
]  # fmt: skip

INSERT_ONLY = [InsertOnly("jointcases.Entry")]
