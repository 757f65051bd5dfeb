"""Least scores of a product group: reckoned from what people said, never under the engine's, in force by a person."""

import uuid

import pytest
from harness import people

from accounts.models import User
from appraisal.recognition import selectors, services
from appraisal.recognition.models import BandLimits, Hint
from appraisal.recognition.services import brakes, limits
from appraisal.recognition.vision import bands
from federation.parties.models import Membership
from kernel.errors import BadInput, NotAllowed
from provinces import context
from provinces.seats import BRANDS

FLOOR = limits.floors("baijiu")


def decided(library, entry, rows):
    """Hints of one request's photos with these scores, each taken or refused by 林工."""
    request = library.ask(library.gz, count=len(rows))
    for position, (score, taken) in enumerate(rows):
        photo = library.photo(request, position)
        band = bands.band(score).name
        library.look(photo, found=(library.found(entry, score=score, band=band),))
        hint = Hint.objects.get(photo=photo)
        services.answer_hint(desk=library.lin, hint_id=hint.pk, answer="accepted" if taken else "rejected")


def test_limits_are_the_lowest_over_which_few_enough_are_wrong_and_never_under_the_floor():
    strong, likely = FLOOR
    right = [(strong + 30 + number, True) for number in range(40)]
    wrong = [(likely + 5 + number, False) for number in range(6)]
    assert limits.reckon(right[:19], FLOOR) is None, "too few to say anything"
    clean = limits.reckon(right, FLOOR)
    assert (clean.strong, clean.likely, clean.spared, clean.lost) == (strong, likely, 0, 0)
    found = limits.reckon([*right, *wrong, (likely + 2, True)], FLOOR)
    assert found.likely > likely and found.strong >= found.likely and found.refused == 6
    kept = [taken for score, taken in [*right, *wrong, (likely + 2, True)] if score >= found.likely]
    assert 100 * kept.count(False) <= limits.table()["likely_wrong_per_cent"] * len(kept)
    assert found.spared == 6 - kept.count(False) and found.lost == 1
    hopeless = limits.reckon([(likely + number, False) for number in range(25)], FLOOR)
    assert hopeless.likely > likely + 24, "nothing that people refused would be shown"
    under = limits.reckon([(likely / 2, True) for _each in range(60)], FLOOR)
    assert (under.strong, under.likely) == FLOOR, "what was taken under the floor loosens nothing"


def test_a_proposal_holds_when_a_person_of_the_brand_accepts_it_and_ends_when_one_says_so(library, monkeypatch):
    strong, likely = FLOOR
    monkeypatch.setitem(limits.table(), "fewest_decided", 8)
    monkeypatch.setitem(limits.table(), "fewest_kept", 4)
    monkeypatch.setattr(brakes, "FEWEST_REQUESTS", 1000)
    entry = library.entry()
    right = [(likely + 20 + number, True) for number in range(6)]
    with context.seat(BRANDS):
        decided(library, entry, [(likely + 4, False), (likely + 8, False), *right])
        (row,) = services.reckon_limits(desk=library.lin)
        assert (row.state, row.decided, row.refused, row.spared) == ("proposed", 8, 2, 2)
        assert row.likely > likely + 8 and row.floor_likely == likely
        assert services.reckon_limits(desk=library.lin) == [row], "asked again it is the same proposal"
        photo = library.photo(library.ask(library.gz))
        library.look(photo, found=(library.found(entry, score=likely + 6, band="likely"),))
        assert Hint.objects.get(photo=photo).band == "likely", "a proposal changes nothing"
        staff = User.objects.create_user("wen", name="温某", title="温工")
        Membership.objects.create(user=staff, organisation=library.house.organisation, role="rights_staff")
        with pytest.raises(NotAllowed):
            services.decide_limits(desk=people.desk(library.house, staff), limits_id=row.pk, step="accept")
        with pytest.raises(BadInput):
            services.decide_limits(desk=library.lin, limits_id=row.pk, step="loosen")
        row = services.decide_limits(desk=library.lin, limits_id=row.pk, step="accept")
        assert (row.state, row.decided_by) == ("in_force", library.house.lin) and row.decided_at
        for score, band, stays in ((likely + 6, "likely", "possible"), (row.likely + 1, "likely", "likely")):
            photo = library.photo(library.ask(library.gz))
            library.look(photo, found=(library.found(entry, score=score, band=band),))
            hint = Hint.objects.get(photo=photo)
            assert (hint.band, hint.held_down) == (stays, "" if stays == band else "group_limits")
        assert limits.propose(library.house.organisation.pk) == [], "what is in force needs no proposal"
        with monkeypatch.context() as patch:
            patch.setattr(limits, "scale", lambda group: "other bands")
            assert limits.in_force(library.house.organisation.pk, row.category) is None, "the engine changed: void"
        services.decide_limits(desk=library.wang, limits_id=row.pk, step="end")
        assert limits.band_under(library.house.organisation.pk, row.category, "likely", likely) == "likely"
        (again,) = services.reckon_limits(desk=library.lin)
        services.decide_limits(desk=library.lin, limits_id=again.pk, step="refuse")
        assert services.reckon_limits(desk=library.lin) == [], "what was refused is not proposed again"
        other = people.brand_house("云上坡", suffix="2")
        assert not selectors.band_limits(people.desk(other, other.lin)).exists()
        assert set(BandLimits.objects.values_list("state", flat=True)) == {"ended", "refused"}


def test_the_database_itself_refuses_limits_under_the_floor(library):
    from django.db import IntegrityError, transaction

    with context.seat(BRANDS):
        facts = {
            "organisation": library.house.organisation,
            "category": library.house.product.category,
            "floor_strong": 100.0,
            "floor_likely": 60.0,
            "scale": "x",
            "decided": 20,
            "refused": 1,
            "spared": 1,
            "lost": 0,
            "proposed_at": "2026-01-01T00:00:00Z",
        }
        for strong, likely in ((99.0, 70.0), (100.0, 59.0), (100.0, 101.0)):
            with pytest.raises(IntegrityError), transaction.atomic():
                BandLimits.objects.create(id=uuid.uuid4(), strong=strong, likely=likely, **facts)
