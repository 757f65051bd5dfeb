"""A right holder that takes asks, two platforms, and what tests do with them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness import people

from accounts.models import User
from appraisal.platforms import services
from appraisal.platforms.models import FastAsk, FastTask, HolderTerms, PlatformLimit
from appraisal.platforms.services import Listing
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Membership, Organisation
from federation.parties.selectors import ActingFor, acting_organisations
from kernel import clock
from provinces import context
from provinces.seats import BRANDS


def platform(name: str, person: str) -> tuple[Organisation, User]:
    """An e-commerce platform with one person who asks."""
    with context.owner():
        row = Organisation.objects.create(
            kind="platform", name=name, uscc=hashlib.sha256(name.encode()).hexdigest()[:18].upper()
        )
        who = User.objects.create_user(person, name=f"{name}小唐")
        Membership.objects.create(user=who, organisation=row, role="platform_staff")
    return row, who


@pytest.fixture
def within_an_hour() -> Iterator[None]:
    """No new hour, for which quotas begin anew, comes during the test."""
    with clock.frozen(clock.now().replace(minute=10)):
        yield


@dataclass
class World:
    """岚壑春 with 林工, 沈专员 (rights staff) and 何主任; 示例商城 with 小唐; another platform."""

    house: people.House = field(default_factory=people.brand_house)

    def __post_init__(self) -> None:
        self.mall, self.tang = platform("示例商城", "tang")
        self.bazaar, self.song = platform("示例集市", "song")
        with context.owner():
            self.rights = User.objects.create_user("shen", name="沈某", title="沈专员")
            self.admin = User.objects.create_user("he", name="何某", title="何主任")
            Membership.objects.create(user=self.rights, organisation=self.house.organisation, role="rights_staff")
            Membership.objects.create(user=self.admin, organisation=self.house.organisation, role="brand_admin")
        self.terms()

    def terms(self, **said: Any) -> None:
        """The right holder's terms: on, day and night, unless told otherwise."""
        usual = {"accepts": True, "hours": "00:00-23:59", "every_day": True, "promise_minutes": 60, "per_day": 9000}
        with context.owner():
            HolderTerms.objects.update_or_create(organisation=self.house.organisation, defaults=usual | said)

    def limit(self, **numbers: Any) -> None:
        """The office's numbers for 示例商城."""
        with context.owner():
            PlatformLimit.objects.update_or_create(platform=self.mall, defaults=numbers)

    def seat(self, person: User) -> ActingFor:
        """The seat of a person. In the brands seat."""
        (found,) = acting_organisations(person)
        return found

    def picture(self, words: str = "listing", *, by: User | None = None) -> Any:
        """A picture that 示例商城 handed in, ready to be shown."""
        owner = self.mall if by in (None, self.tang) else self.bazaar
        return people.sealed_photo(by or self.tang, words, source="album", owner_prefix=f"org-{owner.pk}")

    def listing(self, picture: Any, **said: Any) -> Listing:
        """What the platform says of a listing."""
        usual = {"listing_id": "612345678901", "shop_name": "某某酒水店", "brand_name": "岚壑春", "price_yuan": 88}
        return Listing(pictures=(picture.pk,), **(usual | said))

    def ask(self, *, deliver: bool = True, **said: Any) -> FastAsk:
        """小唐 asks about one listing."""
        with context.seat(BRANDS):
            made = services.ask(acting=self.seat(self.tang), listing=self.listing(self.picture(), **said))
        if deliver:
            deliver_everywhere()
        return made

    def task(self, ask: FastAsk) -> FastTask:
        """Its task at the right holder, read anew."""
        with context.seat(BRANDS):
            return FastTask.objects.select_related("claimed_by").get(ask_id=ask.pk)

    def answer(self, ask: FastAsk, value: str = "counterfeit", reasons: str = "标识不同", **more: Any) -> Any:
        """林工 takes it if need be and answers; the platform hears it."""
        with context.seat(BRANDS):
            lin = self.seat(self.house.lin)
            task = FastTask.objects.get(ask_id=ask.pk)
            if task.state == "waiting":
                services.claim(acting=lin, task_id=task.pk)
            made = services.answer(acting=lin, task_id=task.pk, value=value, reasons=reasons, **more)
        deliver_everywhere()
        return made

    def again(self, ask: FastAsk) -> FastAsk:
        """The ask, read anew."""
        with context.seat(BRANDS):
            return FastAsk.objects.prefetch_related("answers", "recalls").get(pk=ask.pk)


@pytest.fixture
def world(border: Any) -> World:
    """Everybody, committed."""
    return World()


@pytest.fixture
def now() -> Any:
    """The present."""
    return clock.now()
