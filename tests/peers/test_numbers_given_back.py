"""What another installation says of our numbers after a restoration is believed within reason."""

from __future__ import annotations

import re

import pytest
from harness.vault import number

from audit.models import IssuedNumber, NumberSeries
from federation.contracts.addresses import Address
from federation.peers import returning
from provinces import context

GX = Address.province("gx")


@pytest.fixture
def given(border):
    """The first number of this year, and the words before its serial."""
    first = number("gx", "函")
    return first, re.sub(r"\d+号$", "", first)


def last() -> int:
    with context.province("gx"):
        return NumberSeries.objects.get().last


def test_a_number_that_the_others_hold_was_given_and_none_up_to_it_is_given_again(given):
    first, words = given
    assert returning._number_is_given(GX, f"{words}{last() + 3}号")
    assert last() == 4
    with context.province("gx"):
        states = dict(IssuedNumber.objects.values_list("serial", "state"))
        assert states == {1: states[1], 2: "void", 3: "void", 4: "issued"}
    assert number("gx", "函") == f"{words}5号" != first


@pytest.mark.parametrize("ahead", [1, 90_000_000])
def test_a_number_far_ahead_is_left_to_a_person(given, ahead):
    _first, words = given
    assert not returning._number_is_given(GX, f"{words}{last() + returning.FARTHEST + ahead}号")
    assert last() == 1
    with context.province("gx"):
        assert IssuedNumber.objects.count() == 1


def test_of_two_years_the_one_of_the_number_counts(given):
    """In January the series of last year stands beside that of this one."""
    _first, words = given
    with context.province("gx"):
        series = NumberSeries.objects.get()
        NumberSeries.objects.create(
            agency_word=series.agency_word, kind_word=series.kind_word, year=series.year - 1, last=3
        )
        NumberSeries.objects.filter(pk=series.pk).update(last=50_000)
    assert returning._number_is_given(GX, f"{words}50001号")
    with context.province("gx"):
        assert NumberSeries.objects.get(pk=series.pk).last == 50_001
