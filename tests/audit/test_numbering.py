"""Document numbers: no gap, no double, the year of China, void ones in sight."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from audit import trail
from audit.models import IssuedNumber
from audit.numbering import in_series, issue, issue_many, void
from audit.trail import Actor
from kernel import clock
from kernel.errors import BadInput, MoveRefused, NotFound404

pytestmark = pytest.mark.usefixtures("gx")

CHEN = Actor(uuid4(), "陈队长")


def test_numbers_count_from_one_in_each_unit_kind_and_year():
    with transaction.atomic():
        assert issue("桂市监", "协查", year=2026) == "桂市监协查〔2026〕1号"
        assert issue("桂市监", "协查", year=2026) == "桂市监协查〔2026〕2号"
        assert issue("桂市监", "移送", year=2026) == "桂市监移送〔2026〕1号"
        assert issue("南市监", "协查", year=2026) == "南市监协查〔2026〕1号"
        assert issue("桂市监", "协查", year=2027) == "桂市监协查〔2027〕1号"
        assert issue("桂市监", "协查", year=2026) == "桂市监协查〔2026〕3号"


def test_a_rolled_back_document_gives_its_number_back():
    given = []
    for turn in range(20):
        try:
            with transaction.atomic():
                number = issue("桂市监", "协查", year=2026)
                if turn % 5 == 2:
                    raise ZeroDivisionError
                given.append(number)
        except ZeroDivisionError:
            continue
    assert [int(re.search(r"〕(\d+)号", number)[1]) for number in given] == list(range(1, 17))
    assert [row.serial for row in in_series("桂市监", "协查", 2026)] == list(range(1, 17))


def test_the_year_turns_at_midnight_in_china():
    with clock.frozen(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)), transaction.atomic():
        assert issue("桂市监", "协查") == "桂市监协查〔2026〕1号"
    with clock.frozen(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)), transaction.atomic():
        assert issue("桂市监", "协查") == "桂市监协查〔2027〕1号"


def test_several_at_once_come_in_the_order_asked():
    with transaction.atomic():
        issue("桂市监", "协查", year=2026)
        got = issue_many([("桂市监", "移送"), ("桂市监", "协查"), ("桂市监", "协查")], year=2026)
    assert got == ["桂市监移送〔2026〕1号", "桂市监协查〔2026〕2号", "桂市监协查〔2026〕3号"]


def test_a_void_number_stays_with_its_reason_and_is_not_given_again():
    with transaction.atomic():
        number = issue("桂市监", "协查", year=2026)
    row = void(number, "对方单位写错", CHEN)
    assert (row.state, row.void_reason) == ("void", "对方单位写错")
    assert trail.of(row).get().why == "对方单位写错"
    with transaction.atomic():
        assert issue("桂市监", "协查", year=2026) == "桂市监协查〔2026〕2号"
    assert [row.state for row in in_series("桂市监", "协查", 2026)] == ["void", "issued"]
    with pytest.raises(MoveRefused):
        void(number, "again", CHEN)


def test_a_number_is_not_made_void_without_reason_or_without_being_there():
    with transaction.atomic():
        number = issue("桂市监", "协查", year=2026)
    with pytest.raises(BadInput) as refused:
        void(number, "  ", CHEN)
    assert refused.value.code == "void_reason_missing"
    with pytest.raises(NotFound404):
        void("桂市监协查〔2026〕99号", "x", CHEN)


def test_a_unit_without_an_agency_word_gets_no_number():
    with transaction.atomic(), pytest.raises(BadInput) as refused:
        issue(" ", "协查")
    assert refused.value.code == "number_words_missing"


def test_words_that_would_spell_the_same_number_cannot_both_have_it():
    with transaction.atomic():
        issue("桂市监", "协查", year=2026)
    with pytest.raises(IntegrityError), transaction.atomic():
        issue("桂市监协", "查", year=2026)
    assert IssuedNumber.objects.count() == 1
