"""What is taken out of text, and how a promise is counted. No database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from appraisal.platforms.cleaning import GONE, clean, clean_url, listing_number
from appraisal.platforms.models import HolderTerms, PlatformTerms
from appraisal.platforms.promises import due_at, service_hours
from appraisal.platforms.quotas import offer
from kernel.errors import BadInput


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138-0013-8000",
        "１３８００１３８０００",
        "0771-1234567",
        "11010519491231002X",
        "a.b@c.example",
    ],
)
def test_numbers_of_telephones_and_identity_cards_and_mail_are_taken_out(text):
    assert clean(f"买家{text}说不对") == (f"买家{GONE}说不对", True)


@pytest.mark.parametrize("text", ["批号 20260301", "商品 612345678901", "价格 138001380001", "88 元", ""])
def test_other_numbers_stay(text):
    assert clean(text) == (text, False)


def test_an_address_loses_what_names_a_buyer_and_keeps_the_listing():
    assert clean_url("https://m.test/i?id=13800138000#x") == ("https://m.test/i?id=13800138000", False)
    assert clean_url("https://m.test/i?id=1&buyer_id=9&phone=1") == ("https://m.test/i?id=1", True)
    for wrong in ("ftp://m.test/", "https://u:p@m.test/", "m.test", "https://", "https://m.test/" + "a" * 500):
        with pytest.raises(BadInput):
            clean_url(wrong)
    with pytest.raises(BadInput):
        listing_number("a b")


def test_a_promise_counts_inside_service_hours_alone():
    hours = service_hours("09:00-12:00，14：00-18:00")
    friday = datetime(2026, 3, 6, 3, 30, tzinfo=UTC)  # 11:30 in China
    assert due_at(friday, 20, hours=hours, every_day=False) == datetime(2026, 3, 6, 3, 50, tzinfo=UTC)
    assert due_at(friday, 60, hours=hours, every_day=False) == datetime(2026, 3, 6, 6, 30, tzinfo=UTC)
    assert due_at(friday, 300, hours=hours, every_day=False) == datetime(2026, 3, 9, 1, 30, tzinfo=UTC)
    assert due_at(friday, 300, hours=hours, every_day=True) == datetime(2026, 3, 7, 1, 30, tzinfo=UTC)
    for wrong in ("", "9-12", "12:00-09:00"):
        with pytest.raises(BadInput):
            service_hours(wrong)


def test_what_is_said_of_one_platform_goes_before_what_is_said_of_all():
    terms = HolderTerms(accepts=True, promise_minutes=60, per_day=50)
    assert offer(None, None).accepts is False, "nobody works for platforms unasked"
    assert offer(terms, PlatformTerms(promise_minutes=15)).promise_minutes == 15
    assert offer(terms, PlatformTerms(per_day=0)).per_day == 0
    assert offer(terms, PlatformTerms(accepts=False)).accepts is False
    assert offer(HolderTerms(accepts=False), PlatformTerms(accepts=True)).accepts is False
