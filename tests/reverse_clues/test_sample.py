"""The sample story's reverse clues: played through both sides, each bureau as far as the story says."""

from __future__ import annotations

from types import SimpleNamespace

from harness import people

from accounts.models import Post, User
from appraisal.reverse_clues.models import Addressee, ReverseClue
from divisions.models import Division
from kernel import clock
from provinces import context
from provinces.seats import BRANDS, named_seat
from tenants.clues import sample_reverse
from tenants.clues.models import Clue


def officer(code, name, unit, number):
    person, _made = User.objects.get_or_create(username=name, defaults={"name": name, "title": name, "unit": unit})
    person.officer_cert_no, person.officer_cert_until = f"{code}-{number}", people.tomorrow()
    person.save()
    Post.objects.get_or_create(user=person, unit=unit, role=Post.Role.OFFICER)


def test_the_story_tells_reverse_clues_in_every_state_and_once(world):
    with context.owner():
        for code, name, level, parent in (
            ("440000", "广东省", "province", ""), ("440100", "广州市", "prefecture", "440000"),
            ("440111", "白云区", "county", "440100"),
        ):  # fmt: skip
            made = {"name": name, "short_name": name[:-1], "level": level, "parent_code": parent}
            Division.objects.get_or_create(code=code, defaults=made)
        User.objects.filter(pk=world.shen.pk).update(username=sample_reverse.REPORTER)
    gd = people.bureau("gd", "440111")
    with context.province("gx"):
        for number, name in enumerate(("chen", "ning")):
            officer("gx", name, world.gx.unit, number)
    with context.province("gd"):
        officer("gd", "liang", gd.unit, 1)
        top = gd.wei.unit
        top.agency_word = "gd市监"
        top.save()
        feng = User.objects.create_user("feng", name="冯某", title="冯处", unit=top)
        Post.objects.create(user=feng, unit=top, role=Post.Role.LEADER)
    stage = SimpleNamespace(
        now=clock.now(),
        enter=lambda name: context.seat(named_seat(name)),
        paper=lambda title, _lines: people.jpeg(title),
    )
    sample_reverse.fill(stage)
    sample_reverse.fill(stage)
    with context.seat(BRANDS):
        shown = {(row.clue_id, row.province_code): (row.state, row.outcome) for row in Addressee.objects.all()}
        assert shown == {
            (sample_reverse.ENDED, "gx"): ("ended", "filed"),
            (sample_reverse.LIVE, "gd"): ("verifying", ""),
            (sample_reverse.LIVE, "gx"): ("registered", ""),
            (sample_reverse.MARKET, "gd"): ("registered", ""),
        }
        assert ReverseClue.objects.get(pk=sample_reverse.MARKET).addressees.get().questions.count() == 1
        assert ReverseClue.objects.filter(state="draft").count() == 1
    with context.province("gx"):
        assert Clue.objects.count() == 2
