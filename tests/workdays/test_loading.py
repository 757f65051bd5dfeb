"""A year is loaded by the office and reckoned with by everybody (X-11, X-12; 11-operations edge cases 10 and 11)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from harness import people
from harness.holidays import WHOLE

from audit.models import Trail
from kernel import clock
from kernel.errors import Conflict, NotAllowed
from provinces import context
from provinces.seats import OFFICE, PUBLIC
from workdays import reading, services
from workdays.models import Arrangement

IN_DECEMBER = datetime(2026, 12, 21, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def december():
    with clock.frozen(IN_DECEMBER):
        yield


def days(text: str = WHOLE) -> list[reading.Day]:
    return reading.read_lines(text.strip())


def test_a_loaded_year_is_the_one_that_every_seat_reckons_with(border, zhao):
    with context.province("gx"):
        before = clock.add_working_days(date(2026, 12, 30), 2)
        assert (before.date, before.provisional) == (date(2027, 1, 1), True)
    with context.seat(OFFICE):
        services.load(by=zhao, year=2027, days=days(), basis="国办发明电〔2026〕7号")
    for seat in ("gx", "gd"):
        with context.province(seat):
            assert clock.add_working_days(date(2026, 12, 30), 2) == clock.Due(date(2027, 1, 4), provisional=False)
    with context.seat(PUBLIC):
        assert clock.national_calendar().is_working_day(date(2027, 2, 14))


def test_a_corrected_year_takes_the_place_of_the_one_before_whole(border, zhao):
    with context.seat(OFFICE):
        services.load(by=zhao, year=2027, days=days(), basis="一")
        with pytest.raises(Conflict, match="workdays_same"):
            services.load(by=zhao, year=2027, days=days(), basis="一")
        other = WHOLE.replace("2027-04-05\t休\t清明", "2027-04-06 休 清明")
        seen = services.preview(2027, days(other))
        assert [(each.day, each.before, each.after) for each in seen] == [
            (date(2027, 4, 5), "holiday", None),
            (date(2027, 4, 6), None, "holiday"),
        ]
        services.load(by=zhao, year=2027, days=days(other), basis="二")
        assert Arrangement.objects.count() == 2 and Trail.objects.filter(verb="load", by_name="赵处").count() == 2
    with context.province("gx"):
        calendar = clock.national_calendar()
        assert calendar.is_working_day(date(2027, 4, 5)) and not calendar.is_working_day(date(2027, 4, 6))
        assert calendar.is_working_day(date(2026, 2, 28)), "other years stay as they come with the system"


def test_a_year_that_comes_with_the_system_can_be_corrected(border, zhao):
    packaged = [
        reading.Day(day, kind) for day, kind in clock.packaged_calendar().exceptions.items() if day.year == 2026
    ]
    more = [*packaged, reading.Day(date(2026, 12, 25), clock.DayKind.HOLIDAY, "临时放假")]
    with context.seat(OFFICE):
        assert [each.day for each in services.preview(2026, more)] == [date(2026, 12, 25)]
        services.load(by=zhao, year=2026, days=more, basis="临时通知")
        assert not clock.national_calendar().is_working_day(date(2026, 12, 25))


def test_nobody_but_the_office_writes_the_table_and_nobody_writes_over_it(border, zhao):
    with context.province("gx"):
        huang = people.bureau("gx").huang
        with pytest.raises(NotAllowed):
            services.load(by=huang, year=2027, days=days(), basis="一")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Arrangement.objects.create(year=2027, days=[], basis="一")
    with context.seat(OFFICE):
        row = services.load(by=zhao, year=2027, days=days(), basis="一")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Arrangement.objects.filter(pk=row.pk).update(days=[])


def test_the_page_shows_what_would_change_before_the_year_is_loaded_and_everybody_reads_it(border, zhao, client_for):
    office = client_for("federation", user=zhao)
    officer = client_for("gx", user=people.bureau("gx").chen)
    form = {"year": 2027, "lines": WHOLE.strip(), "basis": "国办发明电〔2026〕7号"}
    looked = office.post("/workdays/", form | {"step": "look"}).content.decode()
    assert "会改 " in looked and "2027-02-14" in looked and 'value="load"' in looked
    assert "国办发明电" not in officer.get("/workdays/").content.decode(), "a look writes nothing"
    assert officer.post("/workdays/", form | {"step": "load"}).status_code == 403
    wrong = office.post("/workdays/", form | {"step": "load", "lines": "2027-01-01 放假 元旦"})
    assert wrong.status_code == 400 and "没有录全" in wrong.content.decode()
    assert office.post("/workdays/", form | {"step": "load"}).status_code == 302
    to_correct = office.get("/workdays/?year=2027").context["form"].initial
    assert reading.read_lines(to_correct["lines"]) == sorted(days(), key=lambda each: each.day), (
        "as it would be entered"
    )
    assert (to_correct["year"], to_correct["basis"]) == (2027, "国办发明电〔2026〕7号")
    page = officer.get("/workdays/?year=2027").content.decode()
    assert "国办发明电〔2026〕7号" in page and "2027-02-05 – 02-11" in page and "<textarea" not in page


def test_programs_read_the_table_and_the_offices_load_it(border, zhao, client_for):
    office = client_for("federation", user=zhao)
    said = {
        "year": 2027,
        "days": [{"day": each.day.isoformat(), "kind": each.kind, "name": each.name} for each in days()],
    }
    changes = office.post("/api/v1/workdays/preview/", said, content_type="application/json").json()
    assert {"day": "2027-02-14", "before": None, "after": "makeup_workday"} in changes
    made = office.post("/api/v1/workdays/", said | {"basis": "七号"}, content_type="application/json")
    assert made.status_code == 201 and made.json()["basis"] == "七号"
    again = office.post("/api/v1/workdays/", said | {"basis": "七号"}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "workdays_same")
    leader = client_for("gx", user=people.bureau("gx").wei)
    newest, *others = leader.get("/api/v1/workdays/").json()
    assert (newest["year"], newest["basis"]) == (2027, "七号") and {
        "day": "2027-02-14",
        "kind": "makeup_workday",
        "name": "春节",
    } in newest["days"]
    assert [(each["year"], each["basis"]) for each in others] == [(2026, None), (2025, None), (2024, None)]
    assert (
        leader.post("/api/v1/workdays/", said | {"basis": "七号"}, content_type="application/json").status_code == 405
    )


def test_the_console_loads_a_file_and_says_first_what_it_changes(border, zhao, tmp_path, capsys):
    file = tmp_path / "2027.txt"
    file.write_text(WHOLE.strip(), encoding="utf-8-sig")
    call_command("workdays", "load", "2027", file, "--basis", "七号", "--dry-run")
    assert "2027-02-14 - → makeup_workday" in capsys.readouterr().out
    call_command("workdays", "show")
    assert "2027" not in capsys.readouterr().out
    call_command("workdays", "load", "2027", file, "--basis", "七号")
    call_command("workdays", "show")
    assert capsys.readouterr().out.count("2027") > 1
    file.write_bytes(WHOLE.encode("gb18030"))
    with pytest.raises(CommandError, match="UTF-8"):
        call_command("workdays", "load", "2027", file, "--basis", "七号")
