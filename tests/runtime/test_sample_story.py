"""The facts of the sample story: codes, names, people and the figures counted from its history."""

import csv
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from runtime.sample import cast, catalogue, codes, story

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=cast.BEIJING)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def told():
    return story.history(1, NOW)


def domain_rows(name):
    found = next((path for part in ("platform", "appraisal") for path in (ROOT / part).rglob(name)), None)
    if found is None:
        pytest.skip(f"{name} is not installed by any app")
    with found.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("digits", ["4006381333931", "2900010000015"])
def test_gtin_check_digit_of_known_codes(digits):
    assert codes.gtin13(digits[:12]) == digits


def test_credit_code_check_digit_of_the_known_example():
    assert codes.uscc("91350100M000100Y4") == "91350100M000100Y43"


def test_every_gtin_is_restricted_unique_and_valid():
    gtins = [product.gtin for product in catalogue.PRODUCTS.values()]
    assert len(set(gtins)) == len(gtins) == 14
    assert all(gtin.startswith("29") and gtin == codes.gtin13(gtin[:12]) for gtin in gtins)


def test_a_quick_set_of_three_or_four_lies_within_the_full_set():
    for code in catalogue.PRODUCTS:
        quick = catalogue.quick_set(code)
        assert 3 <= len(quick) <= 4
        assert set(quick) <= set(catalogue.full_set(code))


def test_every_product_has_five_to_eight_checkpoints_and_a_secret_one():
    for code in catalogue.PRODUCTS:
        points = catalogue.checkpoints(code)
        assert 5 <= len(points) <= 8
        assert 1 <= sum(point.secret for point in points) <= 2
        assert {point.shot_code for point in points} <= {shot.code for shot in catalogue.shots(code)}


def test_every_fault_belongs_to_a_shot_on_the_list():
    for template, shot_code in catalogue.FAULTS:
        assert shot_code in {shot.code for shot in catalogue.SHOTS[template]}


def test_no_invented_brand_bears_a_name_of_the_search_catalogue():
    real = {row["brand"] for row in domain_rows("brands.csv")}
    for brand in catalogue.BRANDS.values():
        assert not any(name in brand.name_zh or brand.name_zh in name for name in real)
        assert brand.latin.casefold() not in {name.casefold() for name in real}


def test_shot_codes_are_those_of_the_shot_vocabulary():
    known = {(row["template"], row["shot_code"]) for row in domain_rows("shot_templates.csv")}
    used = {(template, shot.code) for template, shots in catalogue.SHOTS.items() for shot in shots}
    assert used <= known | {("shoes", "logo_closeup")}


def test_every_division_code_exists():
    known = {row["code"] for row in domain_rows("divisions.csv")}
    used = {unit.division_code for unit in cast.UNITS.values()}
    used |= {party.division_code for party in cast.PARTIES.values()}
    used |= {shop.division_code for shop in cast.SHOPS.values()}
    assert used <= known


def test_units_form_one_tree_for_each_province():
    for unit in cast.UNITS.values():
        assert unit.code == unit.province if not unit.parent else cast.UNITS[unit.parent].province == unit.province
    assert Counter(unit.parent for unit in cast.UNITS.values())[""] == 4


def test_officers_phones_and_certificates_are_unreal_and_unique():
    people = [*cast.OFFICERS.values(), *cast.STAFF.values()]
    assert len({person.phone for person in people}) == len(people)
    assert all(person.phone.startswith("1990000") and len(person.phone) == 11 for person in people)
    numbers = [officer.officer_cert_no for officer in cast.OFFICERS.values()]
    assert len(set(numbers)) == len(numbers)
    assert all(officer.unit in cast.UNITS for officer in cast.OFFICERS.values())


def test_every_duty_and_authorisation_names_staff_who_may_act_for_the_brand():
    for duty in cast.ROSTER:
        for code in (duty.staff, duty.substitute):
            assert duty.brand in cast.PARTIES[cast.STAFF[code].party].acts_for
    for paper in cast.AUTHORISATIONS:
        assert paper.brand in cast.PARTIES[cast.STAFF[paper.staff].party].acts_for
    assert sum(paper.ends_in_days < 0 for paper in cast.AUTHORISATIONS) == 1
    assert sum(0 <= paper.ends_in_days <= 30 for paper in cast.AUTHORISATIONS) == 1


def test_history_is_the_same_for_the_same_moment(told):
    assert told == story.history(1, NOW)
    assert told != story.history(2, NOW)


@pytest.mark.parametrize("hour", [0, 3, 8, 12, 23])
def test_nothing_in_history_lies_ahead_and_answers_have_verdicts(hour):
    now = NOW.replace(hour=hour, minute=7)
    for request in story.history(1, now, days=3):
        moments = [step.at for step in request.steps]
        assert moments == sorted(moments)
        assert moments[-1] < now
        if request.state == "answered":
            assert request.first("answered")
            assert all(item.verdict for item in request.items)
        elif request.state not in ("cancelled", "partly_answered"):
            assert not any(item.verdict for item in request.items)


def test_weekdays_see_25_to_42_requests_and_the_median_is_minutes(told):
    today = NOW.date()
    per_day = Counter(request.sent_at.astimezone(cast.BEIJING).date() for request in told)
    assert len(per_day) == 28
    assert all(24 <= count <= 42 for day, count in per_day.items() if day != today)
    assert 25 <= per_day[today] <= 42
    minutes = [request.minutes_to_answer for request in told if request.minutes_to_answer is not None]
    assert 3.0 <= median(minutes) <= 5.0
    assert sorted(minutes)[int(len(minutes) * 0.9)] < 20


def test_today_holds_two_overdue_requests_and_one_of_each_open_kind(told):
    unanswered = [request for request in told if request.state in ("sent", "claimed", "waiting_supplement")]
    assert sum(request.due_at < NOW for request in unanswered) == 2
    states = Counter(request.state for request in told)
    assert states["waiting_supplement"] == states["partly_answered"] == states["no_answer"] == 1
    assert any(request.first("withdrawn") and request.first("superseded") for request in told)


def test_all_provinces_and_brands_take_part(told):
    assert {request.province for request in told} == set(cast.PROVINCES)
    assert {request.brand for request in told} == set(catalogue.BRANDS) - catalogue.NEWCOMERS
    assert all(cast.SHOPS[request.shop].province == request.province for request in told)
    assert all(len(set(request.officers)) == 2 for request in told)


def test_photographs_are_shared_and_few(told):
    used = {photo.drawing for request in told for item in request.items for photo in item.photos}
    assert len(used) <= 70
    assert 15 <= sum(request.shown for request in told) <= 26
    for request in told:
        for item in request.items:
            assert all(photo.captured_at <= request.sent_at for photo in item.photos)


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        story.history(1, datetime(2026, 11, 20) + timedelta(0))
