"""Calls with personal keys, minutes of recognition of a province, sheets that wait their turn, prices from a file."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from harness import people

from appraisal.recognition.models import ProvinceDay
from billing_free.prices.models import Price
from billing_free.prices.services import next_month
from billing_free.quotas import services as quotas
from billing_free.usage import keys, services
from billing_free.usage.models import Day
from gateway.tokens import make_token
from kernel import clock
from provinces import context
from provinces.seats import BRANDS, OFFICE


def amount(meter: str, day: date) -> int:
    return sum(Day.objects.filter(meter=meter, day=day).values_list("amount", flat=True))


def test_calls_with_a_personal_key_are_counted_and_those_of_a_browser_are_not(gx, client_for):
    chen, today = people.bureau("gx").chen, clock.today()
    _row, token = make_token(user=chen, seat="gx", name="案件系统")
    keys.keep()
    program, browser = client_for("gx"), client_for("gx", user=chen)
    for _ in range(3):
        assert program.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200
    assert browser.get("/api/v1/me/").status_code == 200
    services.count(today, today)
    assert (amount("personal_calls", today), amount("api_calls", today)) == (3, 0)
    assert program.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200
    assert keys.keep() == 1 and keys.keep() == 0
    services.count(today, today)
    assert amount("personal_calls", today) == 4, "what was kept before stays, and nothing counts twice"


def test_a_province_counts_the_minutes_that_recognition_took_for_it_and_reads_no_others(border):
    today = clock.today()
    with context.seat(BRANDS):
        for code, took in (("gx", 90_000), ("gz", 500)):
            ProvinceDay.objects.create(province_code=code, day=today, took_ms=took)
    with context.province("gx"):
        assert list(ProvinceDay.objects.values_list("province_code", flat=True)) == ["gx"]
        services.count(today - timedelta(days=1), today)
        assert amount("recognition_own_ms", today) == 90_000
        Day.objects.all().delete()
    with context.seat(BRANDS):
        ProvinceDay.objects.all().delete()


def test_a_sheet_waits_its_turn_like_an_export(gx, client_for, monkeypatch):
    wei = client_for("gx", user=people.bureau("gx").wei)
    assert wei.get("/clues/assessments/export.xlsx").status_code == 200
    monkeypatch.setattr(quotas, "pace", lambda user, what, **more: 40 if what == "exports" else 0)
    refused = wei.get("/clues/assessments/export.xlsx")
    assert refused.status_code == 429 and refused["Retry-After"] == "40"
    assert wei.get("/clues/assessments/").status_code == 200


def test_prices_are_listed_checked_and_written_from_a_file(border, tmp_path: Path):
    """All rows or none; a trial writes nothing; the same file again adds nothing; what is listed can be brought."""
    file, first = tmp_path / "prices.csv", next_month(clock.today())

    def prices(*words: str) -> str:
        out = StringIO()
        call_command("prices", *words, stdout=out)
        return out.getvalue()

    month = f"{first:%Y-%m}"
    file.write_text("meter,yuan,note\nletters,0.75,询价\nteleport,1,\nletters,1,\nstorage_bytes,0.005,\n", "utf-8")
    with pytest.raises(CommandError) as wrong:
        prices("add", str(file), "--from", month)
    said = str(wrong.value).splitlines()
    assert len(said) == 4 and "teleport" in said[1] and "第 4 行" in said[2] and "0.005" in said[3]
    file.write_text("meter,yuan,note\n" + "letters,,\n" * 600 + "teleport,1,\n", "utf-8")
    with pytest.raises(CommandError, match="第 602 行"):
        prices("add", str(file), "--from", month)
    file.write_text("meter,yuan,note\nletters,0.75,询价\nstorage_bytes,,\napi_calls,12,\n", "utf-8")
    with pytest.raises(CommandError):
        prices("add", str(file), "--from", f"{clock.today():%Y-%m}")
    assert "nothing was written" in prices("add", str(file), "--from", month, "--dry-run")
    with context.seat(OFFICE):
        assert not Price.objects.exists()
    assert prices("add", str(file), "--from", month).endswith("0 stood already\n")
    assert "0 prices" in prices("add", str(file), "--from", month)
    with context.seat(OFFICE):
        assert sorted(Price.objects.values_list("meter", "fen", "set_by_name")) == [
            ("api_calls", 1200, "控制台"), ("letters", 75, "控制台"),
        ]  # fmt: skip
    assert "0.75" not in prices("list") and "letters,0.75,询价" in prices("list", "--on", month)
    file.write_text(prices("list", "--on", month), "utf-8")
    assert "rows are right" in prices("add", str(file), "--from", month, "--dry-run")
