"""People of two provinces, a brand and the office, and what they do in rooms of joint cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from harness import people
from harness.campaigns_world import people_of

from accounts.models import Post, User
from federation.jointcases import selectors
from federation.jointcases.models import Room
from federation.jointcases.selectors import Inside
from federation.jointcases.services import rooms
from federation.jointcases.services.rooms import Wanted
from federation.parties.models import Membership
from federation.parties.selectors import acting_organisations
from provinces import context
from provinces.seats import BRANDS, OFFICE


@contextmanager
def at(who: str) -> Iterator[None]:
    """The seat of gx, gz, gd, lan or the office."""
    seat = {"lan": BRANDS, "office": OFFICE}.get(who)
    with context.seat(seat) if seat else context.province(who):
        yield


class Parties:
    """The people of everybody, and one room between them by name of the party."""

    def __init__(self) -> None:
        people.divisions()
        self.house = people.brand_house()
        bureaux = {code: people.bureau(code, county) for code, county in (("gx", people.NANNING), ("gz", "520382"))}
        self.of: dict[str, SimpleNamespace] = {}
        for code, bureau in bureaux.items():
            with context.province(code):
                self.of[code] = people_of(bureau)
        with context.owner():
            self.rights = User.objects.create_user("rights", name="沈某", title="沈专员")
            Membership.objects.create(user=self.rights, organisation=self.house.organisation, role="rights_staff")
        with context.seat(OFFICE):
            self.zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
            Post.objects.create(user=self.zhao, role=Post.Role.OFFICE_ADMIN)
        self.lan = f"organisation:{self.house.organisation.pk}"

    def viewer(self, who: str, person: User | None = None) -> selectors.Viewer:
        """Called in the party's seat."""
        if who == "office":
            return selectors.viewer_at_office(self.zhao)
        if who == "lan":
            (acting,) = acting_organisations(person or self.rights)
            return selectors.viewer_at_brands(acting)
        return selectors.viewer_at_province(person or self.of[who].desk)

    def inside(self, who: str, person: User | None = None, room: Room | None = None) -> Inside:
        """The newest room of a party as a person sees it. Called in the party's seat."""
        viewer = self.viewer(who, person)
        found = room or selectors.rooms_of(viewer).order_by("-opened_at").first()
        assert found is not None, f"{who} knows of no room"
        return selectors.inside(viewer, found)

    def do(self, who: str, work: Callable[..., Any], person: User | None = None, **more: Any) -> Any:
        """One service call in the newest room of a party."""
        with at(who):
            return work(room=self.inside(who, person), **more)

    def open(self, *, wanted: tuple[Wanted, ...] | None = None, **more: Any) -> Room:
        """广西 leads; 贵州, the brand and the police are asked."""
        with at("gx"):
            mine = self.of["gx"]
            said = {"title": "岚壑春系列假酒案", "code_name": "春江", "lead_unit_id": mine.county.pk} | more
            room = rooms.open_room(viewer=self.viewer("gx"), **said)
            rooms.name_seats(
                room=self.inside("gx"),
                wanted=wanted
                or (
                    Wanted(unit_id=mine.other.pk),
                    Wanted(party="province:gz", name="青秀区局", division_code="520382"),
                    Wanted(party=self.lan, kind="brand"),
                    Wanted(kind="police", name="某市公安局", contact_name="某警官"),
                ),
            )
        return room

    def seat(self, who: str, name: str) -> Any:
        """Id of the seat of that name, in a party's copy."""
        with at(who):
            return next(pk for pk, seat in self.inside(who).now.seats.items() if seat.is_.name == name)
