"""The sample story as rows: both sides and the letters between them agree, and telling it again moves nothing."""

from __future__ import annotations

import csv
from datetime import timedelta
from statistics import median
from types import SimpleNamespace

import pytest
from django.db import connection

from appraisal.desk.models import DeskTask, DeskVerdict
from appraisal.requests.models import AppraisalRequest, Line, Verdict
from divisions.models import Division
from divisions.services import DATA
from federation.contracts.addresses import Address
from federation.letters import ledger
from federation.letters.models import Delivery, Letter
from federation.letters.reconciliation import reconcile
from kernel import clock
from provinces import context
from provinces.seats import BRANDS, province_seat
from runtime.sample import catalogue, story
from runtime.sample.drawer import Pictures
from runtime.seed import Stage, tell
from tenants.bureau import showcase

pytestmark = pytest.mark.xdist_group("logins")  # its login belongs to the servers that all workers share

PROVINCES = ("gx", "gz", "gd", "fj")
PAST, SHOWN = 36, ("withdrawn", "claimed")
"""How many requests written as rows, and a step that each one played through the services has."""


def short(now):
    """The last requests of the story, and of those with photographs two."""
    rows = story.history(1, now)
    shown = [row for row in rows if row.shown]
    played = [next(row for row in shown if row.steps[-1].kind == "superseded")]
    played.append(next(row for row in shown if row.state == "claimed"))
    past = [row for row in rows if not row.shown][-PAST:]
    need = [row for row in rows if not row.shown and row.items[0].verdict == "cannot_tell_need_sample"][:2]
    again = [row for row in rows if not row.shown and row.first("supplement_asked")][-2:]
    handed = [row for row in rows if not row.shown and row.first("handed_over")][-2:]
    chosen = {row.code: row for row in (*past, *need, *again, *handed, *played)}
    return tuple(sorted(chosen.values(), key=lambda row: row.sent_at))


@pytest.fixture
def told(border):
    """A stage with a short story told on it, at noon so that "today" has something."""
    with context.owner(), (DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        Division.objects.bulk_create(
            Division(
                code=row["code"],
                name=row["name"],
                short_name=row["name"][:-1],
                level=row["level"],
                parent_code=row["parent"],
            )
            for row in csv.DictReader(file)
            if row["code"][:2] in {"45", "52", "44", "35", "33"}
        )
    now = clock.start_of_day(clock.now()) + timedelta(hours=12)
    held = SimpleNamespace(**{name: getattr(story, name) for name in dir(story) if not name.startswith("__")})
    rows = short(now)
    held.history = lambda seed, moment, days: rows
    held.INSPECTED_SHOP = ""  # its requests are of no row of the story; tests/inspections/test_sample.py tells it
    with Pictures() as drawn:
        stage = Stage(now=now, pictures=drawn, say=lambda line: None, story=held)
        stage.pictured_shots = lambda code: catalogue.quick_set(code)[:1]
        tell(stage)
        yield stage
    border.remove_province("samr")


def digests():
    """Number of rows and a digest of them, for every table of every schema."""
    found = {}
    with context.owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)", [["public", *PROVINCES]]
        )
        for schema, table in cursor.fetchall():
            name = f'"{schema}"."{table}"'
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {name} t")
            found[name] = cursor.fetchone()
    return found


def telling_it_again_changes_no_row(told):
    before = digests()
    assert before['"gx"."requests_appraisalrequest"'][0] > 5
    tell(told)
    assert digests() == before


def both_sides_and_their_letters_agree(told):
    parties = [Address.organisation(pk) for pk in told.made["organisations"].values()]
    for code in PROVINCES:
        mine = Address.province(code)
        with context.seat(mine.seat):
            while ledger.append(mine):  # as the workers do at once
                pass
            assert ledger.verify(mine).holds
            assert Letter.objects.filter(sender=str(mine), ledger_entry=None).count() == 0
            asked = {
                row.pk: (row.number, row.answered_at)
                for row in AppraisalRequest.objects.exclude(organisation_id=None).exclude(sent_at=None)
            }
            said = set(Verdict.objects.values_list("pk", "value"))
            sent_lines = set(Line.objects.filter(kind="sent").values_list("request_id", flat=True))
        with context.seat(BRANDS):
            tasks = DeskTask.objects.filter(province_code=code)
            assert {task.request_id: (task.request_no, task.answered_at) for task in tasks} == asked
            given = DeskVerdict.objects.filter(opinion__task__province_code=code)
            assert set(given.values_list("pk", "value")) == said
        assert sent_lines == asked.keys()
        for party in parties:
            for direction in reconcile(mine, party):
                assert direction.agrees, direction
    for party in parties:
        with context.seat(BRANDS):
            assert ledger.verify(party).holds
            mine = Delivery.objects.filter(addressee=str(party))
            assert not mine.exclude(state__in=("delivered", "answered")).exists()


def the_leaders_page_shows_what_the_rows_say(told, client_for):
    with context.seat(province_seat("gx")):
        from accounts.models import User

        wei = User.objects.get(username="wei")
    with clock.frozen(told.now):
        page = client_for("gx", user=wei).get("/leader/")
        assert page.status_code == 200
        words = page.content.decode()
    with context.owner("gx"), connection.cursor() as cursor:
        start = clock.start_of_day(told.now)
        cursor.execute(
            "SELECT count(*) FROM requests_appraisalrequest WHERE sent_at >= %s AND sent_at <= %s", [start, told.now]
        )
        (asked,) = cursor.fetchone()
        cursor.execute(
            "SELECT wall_minutes FROM requests_appraisalrequest WHERE answered_at >= %s AND answered_at <= %s",
            [start, told.now],
        )
        minutes = [spent for (spent,) in cursor.fetchall()]
        cursor.execute(
            "SELECT number FROM requests_appraisalrequest"
            " WHERE state IN ('sent', 'no_answer', 'working') AND due_at < %s",
            [told.now],
        )
        overdue = [number for (number,) in cursor.fetchall()]
        cursor.execute(
            "SELECT brand_name, count(*) FROM requests_appraisalrequest WHERE sent_at >= %s AND state <> 'unserved'"
            " GROUP BY brand_name",
            [start - timedelta(days=27)],
        )
        brands = dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM requests_appraisalrequest WHERE state = 'unserved'")
        (unserved,) = cursor.fetchone()
    assert asked and minutes, "the short story has something today"
    assert f"今日 <b>{asked}</b> 次" in words
    shown = page.context["figures"]
    assert (shown.asked, shown.answered, shown.median_minutes) == (asked, len(minutes), median(minutes))
    assert {row["number"] for row in page.context["overdue"]} == set(overdue)
    assert {share.name: share.asked for share in page.context["by_brand"]} == brands
    assert sum(row["times"] for row in page.context["unserved"]) == unserved == 2
    chart = page.context["chart"]
    assert chart["asked"] == sum(brands.values()) + unserved


def every_province_publishes_its_day_to_the_door(told):
    found, verdicts = showcase_today(told.now)
    with_rows = 0
    for code in PROVINCES:
        with context.owner(code):
            start = clock.start_of_day(told.now)
            with_rows += AppraisalRequest.objects.filter(sent_at__gte=start, sent_at__lte=told.now).count()
    assert found.asked == with_rows
    assert verdicts and all(shown.label for shown in verdicts)


def showcase_today(now):
    """What the door shows at that moment, after each province has published."""
    from runtime.door.showcase import today

    with clock.frozen(now):
        for code in PROVINCES:
            with context.province(code):
                showcase.publish_last()
    return today(now)


@pytest.mark.slow
def test_the_story_as_rows_is_of_one_piece_and_telling_it_again_changes_none(told, client_for, subtests):
    # Told once for all of these: it takes far longer than what is asked of it.
    with subtests.test("both sides and their letters agree"):
        both_sides_and_their_letters_agree(told)
    with subtests.test("the leader's page shows what the rows say"):
        the_leaders_page_shows_what_the_rows_say(told, client_for)
    with subtests.test("every province publishes its day to the door"):
        every_province_publishes_its_day_to_the_door(told)
    with subtests.test("telling it again changes no row"):
        telling_it_again_changes_no_row(told)
