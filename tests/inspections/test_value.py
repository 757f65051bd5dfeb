"""货值 and the line where referral becomes a duty, to the cent and below it."""

from datetime import date
from decimal import Decimal

import pytest

from kernel.ids import uuid7
from tenants.inspections import selectors, services
from tenants.inspections.thresholds import Amounts, check, national_rules, read_rules
from tenants.inspections.value import shown, valuation, value_of

DAY = date(2026, 11, 22)


def selling(repeat: bool = False, on: date = DAY, **amounts: str):
    return check(
        Amounts(**{name: Decimal(value) for name, value in amounts.items()}), conduct="selling", repeat=repeat, on=on
    )


def test_the_line_is_met_at_the_figure_and_not_a_cent_below():
    assert not selling(unsold="149999.99").duty
    assert selling(unsold="150000.00").duty
    assert selling(unsold="149999.99").nearest.missing == Decimal("0.01")
    assert not selling(unsold="149999.996").duty  # nothing is rounded up to a crime
    assert selling(sales="50000").duty
    assert not selling(sales="49999.99").duty
    assert selling(gains="30000").duty


def test_value_149_999_99_plus_a_later_find_is_recomputed_over_sold_and_unsold():
    before = selling(unsold="149999.99")
    after = selling(unsold="149999.99", sales="0.01")
    assert (before.duty, after.duty) == (False, True)
    assert [each.rule.rule_id for each in after.met] == ["fs2025-5-selling-sum"]


def test_repeat_offenders_have_lower_lines_and_others_do_not():
    assert not selling(sales="30000").duty
    assert selling(repeat=True, sales="30000").duty
    assert not selling(repeat=True, sales="29999.99").duty


def test_unknown_is_not_zero_and_meets_no_line():
    found = selling()
    assert found.held
    assert {each.amount for each in found.held} == {None}
    assert (found.duty, found.nearest) == (False, None)


def test_rules_hold_on_their_days_alone():
    assert not selling(on=date(2025, 4, 25), sales="999999").held
    assert selling(on=date(2025, 4, 26), sales="999999").duty
    rows = [
        {"rule_id": name, "conduct": "selling", "measure": "sales", "repeat": "no", "yuan": yuan, "valid_from": begin,
         "valid_to": end, "standing": "verified", "source": "某解释"}
        for name, yuan, begin, end in (
            ("old", "10.00", "2026-01-01", "2026-06-30"), ("new", "20.00", "2026-07-01", ""),
        )
    ]  # fmt: skip
    rules = read_rules(rows)
    for day, wanted in ((date(2026, 6, 30), "old"), (date(2026, 7, 1), "new")):
        (held,) = check(Amounts(sales=Decimal(15)), conduct="selling", repeat=False, on=day, rules=rules).held
        assert held.rule.rule_id == wanted
    with pytest.raises(ValueError, match="one name"):
        read_rules([*rows, rows[0]])


def test_every_rule_says_where_it_comes_from_and_how_sure_that_is():
    for rule in national_rules():
        assert "法释" in rule.source
        assert rule.standing in {"verified", "secondary", "unverified"}


def test_without_a_price_tag_a_basis_must_be_chosen_and_unknown_has_no_value(at_gx, opened, lot):
    inspection = opened()
    lot(inspection, "10")
    made = lot(inspection, "10", price_basis="unknown", price_labelled_yuan="5")
    assert value_of(made).low is None
    labelled = lot(inspection, "2.5", unit="公斤", price_basis="labelled", price_labelled_yuan="33.33")
    assert value_of(labelled).low == Decimal("83.325")
    assert shown(value_of(labelled).low) == "83.33"
    nothing = lot(inspection, "0", price_basis="genuine", price_genuine_yuan="1499")
    assert value_of(nothing).low == 0  # counted, and none there: that is known
    found = valuation(inspection, selectors.lots_of(inspection))
    assert (found.unanswered.known, found.unanswered.unknown) == (2, 2)
    codes = [each.code for each in services.missing(inspection) if each.lot_id]
    assert codes.count("price_basis") == 1


def test_while_two_counts_differ_the_value_lies_between_them(at_gx, opened, lot):
    inspection = opened()
    made = lot(inspection, "100", price_basis="labelled", price_labelled_yuan="1500")
    services.count(by=at_gx.li, lot_id=made.pk, device_id=uuid7(), quantity="99")
    found = valuation(inspection, selectors.lots_of(inspection))
    assert (found.unanswered.low, found.unanswered.high) == (Decimal(148500), Decimal(150000))
    assert (found.differing, found.possible.duty, found.confirmed.duty) == (1, True, False)


def test_sold_and_unsold_stand_apart(at_gx, opened, lot):
    inspection = opened()
    lot(
        inspection, "10", price_basis="sold", price_sold_yuan="100", sold_quantity="400", sold_amount_yuan="40000.00",
        gains_yuan="9000",
    )  # fmt: skip
    found = valuation(inspection, selectors.lots_of(inspection))
    assert (found.unanswered.sales, found.unanswered.gains, found.unanswered.low) == (40000, 9000, 1000)
    assert not found.possible.duty
