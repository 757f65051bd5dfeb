"""Two or three provinces whose records are a dictionary, the office, and the owner of a brand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from harness import people

from accounts.models import Post, User
from federation.matching import sources
from federation.matching.models import Match, Value
from federation.matching.services import finding, values
from kernel.ids import uuid7
from provinces import context
from provinces.context import province_code
from provinces.seats import OFFICE

PHONE = "13977100001"
SOURCE = "trial"


@dataclass
class World:
    """rows: (province, record id) to what it holds. people: 韦处 of each province, 赵处 of the office."""

    bureaux: dict[str, people.Bureau] = field(default_factory=dict)
    house: people.House | None = None
    zhao: User | None = None
    rows: dict[tuple[str, UUID], list[tuple[str, str]]] = field(default_factory=dict)
    run_letters: Callable[[], int] = int
    shared: UUID | None = None

    def wei(self, code: str) -> User:
        return self.bureaux[code].wei

    def record(self, code: str, *held: tuple[str, str]) -> UUID:
        """A new record of a province that holds these, looked at."""
        pk = uuid7()
        self.rows[code, pk] = list(held)
        self.look(code, pk)
        return pk

    def look(self, code: str, pk: UUID) -> None:
        with context.province(code):
            values.look([pk], source=SOURCE)

    def compare(self) -> int:
        """The office compares; all letters arrive."""
        with context.seat(OFFICE):
            found = finding.find_all()
        self.run_letters()
        return found

    def match(self, code: str) -> Match:
        """The one match of a province."""
        with context.province(code):
            return Match.objects.get()

    def handles(self, code: str) -> list[UUID]:
        with context.province(code):
            return list(Value.objects.values_list("pk", flat=True))


@pytest.fixture
def world(border: Any, run_letters: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """广西, 广东 and the owner of a brand. Records of one province are all seen by whoever receives for it."""
    made = World(run_letters=run_letters)

    def rows(ids: Collection[UUID] | None) -> Iterator[sources.Held]:
        for (code, pk), held in made.rows.items():
            if code == province_code() and (ids is None or pk in ids):
                yield from (sources.Held(pk, kind, text, scope="b") for kind, text in held)

    def describe(ids: Collection[UUID]) -> dict[UUID, sources.Described]:
        house = made.house
        owner = (house.organisation.pk,) if house else ()
        return {
            pk: sources.Described(
                number=f"记录{str(pk)[-4:]}", url="/", found_on=date(2026, 10, 1), organisation_ids=owner,
                brand_names=("岚壑春",) * bool(house), product_names=("陈酿",), facts="某店 48 瓶",
            )
            for pk in ids
            if (province_code(), pk) in made.rows
        }  # fmt: skip

    monkeypatch.setattr(sources, "_registry", sources._Registry())
    sources.register(
        sources.Source(SOURCE, "记录", rows=rows, describe=describe, open_to=lambda person: Value.objects.none())
    )
    people.divisions()
    for code, county in (("gx", people.NANNING), ("gd", "440103")):
        made.bureaux[code] = people.bureau(code, county)
    with context.owner():
        made.zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=made.zhao, role=Post.Role.OFFICE_ADMIN)
    yield made
