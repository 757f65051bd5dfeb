"""A kept query finds what the query itself finds, for whoever asks, and asks nothing more."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from harness import people

from accounts.models import Unit, User
from provinces import context
from provinces.errors import BorderCrossing
from provinces.instances import home_of
from provinces.kept import Kept, Pages

PEOPLE = Kept(lambda units: User.objects.filter(unit_id__in=units).order_by("username"))
UNITS = Kept(
    lambda ids, begins: Unit.objects.filter(pk__in=ids, name__startswith=begins).select_related("parent"),
    along={"people": PEOPLE},
)
FIRST = Kept(lambda most, name: Unit.objects.filter(name=name).order_by("pk")[:most])


@pytest.fixture
def units(gx):
    top = Unit.objects.create(code="1", name="甲局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450100")
    below = [
        Unit.objects.create(
            code=f"1{at}", name=name, kind=Unit.Kind.SUPERVISION_STATION, division_code="450103", parent=top
        )
        for at, name in enumerate(("所%一", "所一一", "所_二"))
    ]
    for at in range(3):
        User.objects.create(username=f"chen{at}", name="陈", unit=below[0])
    return below


def test_it_finds_what_the_query_finds_with_its_relations_and_asks_no_more_for_them(units):
    ids = {each.pk for each in units}
    plain = Unit.objects.filter(pk__in=ids, name__startswith="所").select_related("parent").prefetch_related("people")
    expected = {each.pk: (each.name, each.parent.name, len(each.people.all())) for each in plain}
    with CaptureQueriesContext(connection) as asked:
        found = UNITS.rows(ids, "所")
        assert {each.pk: (each.name, each.parent.name, len(each.people.all())) for each in found} == expected
        assert all(person.unit is unit for unit in found for person in unit.people.all())
    assert len(asked) == 2
    assert found[0].people.filter(username="nobody").count() == 0, "a relation that came along can still be narrowed"
    assert {home_of(each) for each in found} == {"gx"}


def test_a_relation_that_nobody_has_costs_no_query(units):
    lonely, full = units[1].pk, units[0].pk
    for ids, queries, expected in (([lonely], 1, [0]), ([lonely, full], 2, [0, 3])):
        with CaptureQueriesContext(connection) as asked:
            assert sorted(len(each.people.all()) for each in UNITS.rows(ids, "所")) == expected
        assert len(asked) == queries


def test_pages_are_those_of_the_query_and_only_the_first_is_kept(units):
    def build(begins):
        return Unit.objects.filter(name__startswith=begins)

    ours, plain = Pages(build, order=["-code"]).of("所"), build("所")
    for order in ("-code", "code"):
        for cut in (slice(0, 2), slice(1, 3), slice(0, 9)):
            assert list(ours.order_by(order)[cut]) == list(plain.order_by(order)[cut])
        assert list(ours.order_by(order).filter(code__lt="12")) == list(plain.order_by(order).filter(code__lt="12"))
    assert ours.model is Unit
    again = ours.order_by("-code")
    assert [each.code for each in again[:2]] == ["12", "11"]
    Unit.objects.filter(code="12").delete()
    assert [each.code for each in again[:2]] == ["11", "10"], "what is kept is the question, not the answer"


def test_a_value_is_a_value_wherever_it_stands(units):
    ids = [each.pk for each in units]
    assert [each.name for each in UNITS.rows(ids, "所%")] == ["所%一"]
    assert [each.name for each in UNITS.rows(ids, "所_")] == ["所_二"]
    assert UNITS.rows(ids, "所' OR '1'='1") == []
    assert UNITS.rows(ids, "\\") == []


def test_nothing_is_asked_for_an_empty_collection_and_each_number_has_its_own_shape(units):
    with CaptureQueriesContext(connection) as asked:
        assert UNITS.rows(set(), "所") == [] and UNITS.first([], "所") is None
    assert len(asked) == 0
    Unit.objects.create(code="2", name="所一一", kind=Unit.Kind.SUPERVISION_STATION, division_code="450103")
    assert [len(FIRST.rows(most, "所一一")) for most in (1, 2, 1)] == [1, 2, 1]


def test_a_value_that_stands_nowhere_is_refused_and_so_are_rows_along_by_another_way(units):
    with pytest.raises(TypeError):
        Kept(lambda pk, forgotten: Unit.objects.filter(pk=pk)).first(units[0].pk, units[1].pk)
    with pytest.raises(TypeError):
        Kept(lambda pk: Unit.objects.filter(pk=pk).prefetch_related("people")).first(units[0].pk)


def test_what_was_worked_out_for_one_province_serves_the_next_with_its_own_rows(border):
    people.divisions()
    for code in ("gx", "gd"):
        with context.province(code):
            Unit.objects.create(code="1", name=code, kind=Unit.Kind.COUNTY_BUREAU, division_code="450100")
    everywhere = Kept(lambda code: Unit.objects.filter(code=code))
    found = {}
    for code in ("gx", "gd", "gx"):
        with context.province(code):
            found[code] = everywhere.first("1")
            assert (found[code].name, home_of(found[code])) == (code, code)
    with context.province("gd"), pytest.raises(BorderCrossing):
        found["gx"].save()
