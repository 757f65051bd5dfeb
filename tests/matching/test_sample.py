"""What a newcomer sees of matching: the sample tells it once, through the services of all sides."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from harness import people
from harness.matching_world import World

from accounts.models import Post, Unit, User
from federation.matching import sample, sources
from federation.matching.models import Match, Series, SeriesAsk
from federation.parties.models import Membership
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import OFFICE, named_seat


def test_one_match_at_the_third_step_one_asked_about_and_one_series(world: World) -> None:
    (trial,) = sources.all_sources()
    sources.register(sources.Source("clue", "线索", trial.rows, trial.describe, trial.open_to))
    for code, name in (("gx", "meng"), ("gd", "yao")):
        with context.province(code):
            top = Unit.objects.get(parent=None)
            desk = User.objects.create_user(name, name="某", title="某科", unit=top)
            Post.objects.create(user=desk, unit=top, role=Post.Role.DISPATCHER)
        world.rows[code, uuid7()] = [("phone", "19900006111"), ("plate", "粤A7K2D8")]
    house = people.brand_house()
    with context.owner():
        User.objects.filter(pk=house.wang.pk).update(username=sample.RAISER)
        Membership.objects.create(user=house.wang, organisation=house.organisation, role=Membership.Role.RIGHTS_STAFF)
    finds = [
        sources.Raisable(
            request_id=uuid7(), province_code=code, request_no=f"{code}{n}", product_name="陈酿",
            found_on=date(2026, 10, 1),
        )
        for code in ("gx", "gd")
        for n in range(3)
    ]  # fmt: skip
    sources.register_finds(lambda organisation_id: finds)
    stage = SimpleNamespace(now=clock.now(), enter=lambda name: context.seat(named_seat(name)))
    for _each in range(2):
        sample.fill(stage)
    with context.province("gx"):
        phone, plate = (Match.objects.get(kind=kind) for kind in ("phone", "plate"))
        assert [step.state for step in phone.steps.all()] == ["told", "told", "told", "open"]
        assert [step.other for step in plate.steps.all()] == ["said", "", "", ""]
        assert SeriesAsk.objects.get().state == "asked"
    with context.province("gd"):
        assert SeriesAsk.objects.get().state == "agreed"
    with context.seat(OFFICE):
        assert Series.objects.get().requests.count() == 4
