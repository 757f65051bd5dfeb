"""What the searches of requests and tasks find, and how long lists are counted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Case, When

from accounts.models import Post, Unit, User
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskItem, DeskTask
from appraisal.desk.selectors import Desk, queue
from appraisal.requests import selectors, services
from appraisal.requests.models import AppraisalRequest, RequestItem, Site
from appraisal.requests.services.drafting import write_search_text
from federation.parties.models import Organisation
from kernel import clock, searching
from kernel.ids import uuid7
from tenants.bureau import selectors as bureau
from webui.pages import Bounded

GOODS = "岚壑春 53 度 XO-12"


@pytest.fixture
def chen(gx):
    unit = Unit.objects.create(code="gx-1", name="青秀区局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450103")
    chen = User.objects.create_user("chen", name="陈队长", unit=unit)
    Post.objects.create(user=chen, unit=unit, role=Post.Role.OFFICER)
    return chen


@pytest.fixture(params=["by walking", "by the index"])
def way(request, monkeypatch):
    """Words are looked for in two ways, which find the same."""
    if request.param == "by the index":
        monkeypatch.setattr(searching, "LOOKED_AT", 0)


def asked(chen, number="GX260301-ABCDE", *, place="星湖路２６号（南门）", goods=(GOODS,), **more):
    site = Site.objects.create(unit=chen.unit, opened_by=chen, place=place, county_code="450103")
    request = AppraisalRequest.objects.create(
        number=number, site=site, unit=chen.unit, officer=chen, brand_name="岚壑春", state="answered", **more
    )
    RequestItem.objects.bulk_create(
        RequestItem(request=request, position=at, product_name=name, claimed_brand="岚壑春")
        for at, name in enumerate(goods, 1)
    )
    write_search_text(AppraisalRequest.objects.filter(pk=request.pk))
    return request


def found(chen, text):
    return set(selectors.search_requests(chen, text=text).values_list("number", flat=True))


@pytest.mark.parametrize(
    "text",
    ["星湖", "壑", "号", "26", "２６", "GX260301", "gx260301-abcde", "ＸＯ－１２", "xo-12", "53度", "53 度", "(南门)",
     "（南门", "南门 岚壑", "湖路　XO", "0", "）"],
)  # fmt: skip
def test_a_search_finds_two_characters_one_numbers_mixed_and_full_width(chen, text, way):
    wanted = asked(chen)
    asked(chen, "GX-OTHER", place="民族大道", goods=("别的",))
    AppraisalRequest.objects.filter(number="GX-OTHER").update(search_text="q")
    assert found(chen, text) == {wanted.number}


@pytest.mark.parametrize("text", ["湖星", "丙", "星路", "%", "_", "\\", "2\n6岚", "岚壑春 丙", "xo12"])
def test_a_search_finds_nothing_that_is_not_written_so(chen, text, way):
    asked(chen)
    assert found(chen, text) == set()


def test_a_search_of_nothing_but_spaces_narrows_nothing_and_others_units_stay_unseen(chen):
    request = asked(chen)
    assert found(chen, "　") == {request.number}
    other = Unit.objects.create(code="gx-2", name="兴宁区局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450102")
    stranger = User.objects.create_user("mo", name="莫队", unit=other)
    assert found(stranger, "星湖") == set()


def test_a_program_asks_for_parts_of_brand_and_number(chen, way):
    asked(chen)
    rows = selectors.requests_of(chen)
    for parts, there in (
        ({"brand": "壑春"}, True), ({"number": "-abc"}, True), ({"brand": "岚壑春", "number": "GX26"}, True),
        ({"brand": "星湖"}, False), ({"number": "岚"}, False), ({"brand": "%"}, False), ({}, True),
    ):  # fmt: skip
        assert selectors.holding_parts(chen, rows, **parts).exists() is there, parts


def test_what_is_corrected_is_found_as_it_is_now(chen, monkeypatch):
    monkeypatch.setattr("divisions.selectors.division", lambda code: None)
    request = asked(chen)
    services.correct_site(by=chen, site=request.site, place=services.Place(county_code="450103", place="朝阳花园"))
    assert found(chen, "星湖") == set() and found(chen, "朝阳") == {request.number}


def test_what_older_code_stored_is_made_findable_and_as_new_code_writes_it(chen):
    request = asked(chen, goods=(GOODS, "陈酿 Ａ"))
    AppraisalRequest.objects.update(search_text="")
    assert services.fill_search_text() == 1 and services.fill_search_text() == 0
    request.refresh_from_db()
    told = (request.number, request.brand_name, request.site.place, GOODS, "陈酿 Ａ")
    assert request.search_text == searching.written(*told)


def found_at(desk, text):
    return queue(desk, state="all", text=text).select_related(None).prefetch_related(None)


def test_the_desk_finds_number_unit_and_goods_of_its_own_organisation(brands_seat):
    house, rival = Organisation(pk=uuid7(), name="岚壑春"), Organisation(pk=uuid7(), name="云上坡")
    now = clock.now()
    for owner in (house.pk, rival.pk):
        task = DeskTask.objects.create(
            organisation_id=owner, province_code="gx", request_id=uuid7(), request_no="GX260301-ABCDE", thread=uuid7(),
            letter_id=uuid7(), county_code="450103", unit_name="青秀区局", officer_name="陈", state="answered",
            sent_at=now, arrived_at=now, due_at=now + timedelta(minutes=30),
        )  # fmt: skip
        DeskItem.objects.create(
            task=task, item_id=uuid7(), product_id=uuid7(), product_name=GOODS, claimed_brand="岚壑春"
        )
    assert desk_services.fill_search_text() == 2
    desk = Desk(User(), house)
    for text in ("岚壑", "春", "青秀", "abcde", "ＸＯ"):
        assert [row.organisation_id for row in found_at(desk, text)] == [house.pk], text
    assert not found_at(desk, "丙丁")


def test_a_long_list_is_counted_and_turned_only_so_far(chen, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(Bounded, "MOST", 4)
    for number in range(6):
        asked(chen, f"GX-{number}", goods=())
    rows = selectors.search_requests(chen)
    long, short = Bounded(rows, 2), Bounded(rows.filter(number="GX-1"), 2)
    assert (long.count, long.more, long.said, long.num_pages) == (4, 4, "4+", 2)
    assert [row.number for row in long.get_page("9")] == ["GX-3", "GX-2"]
    with django_assert_num_queries(1):
        words = Bounded(rows, 2, found=True)
        assert [row.number for row in words.get_page("1")] == ["GX-5", "GX-4"] and words.said == "2+"
        assert words.page(1).has_next()
    three = rows.filter(number__in=["GX-1", "GX-2", "GX-3"])
    for asked_for in ("2", "3", "99"):
        words = Bounded(three, 2, found=True)
        assert [row.number for row in words.get_page(asked_for)] == ["GX-1"] and words.said == "3"
    with django_assert_num_queries(1):
        page = short.get_page(None)
        assert (len(page), page.has_next(), short.said) == (1, False, "1")


def test_weeks_with_much_to_count_are_counted_once_in_a_while_for_the_same_units(chen, monkeypatch):
    now = clock.now()
    for number, answered in enumerate((True, True, False)):
        at = {"answered_at": now, "wall_minutes": 10 * (number + 1)} if answered else {}
        asked(chen, f"GX-{number}", goods=(), sent_at=now, **at)
    monkeypatch.setattr(bureau, "MUCH", 4)
    weeks = bureau.four_weeks(chen, now=now)
    assert weeks.counted_at is None
    assert [(day.asked, day.answered, day.median_minutes) for day in weeks.days[-2:]] == [(0, 0, None), (3, 2, 15.0)]
    assert weeks.by_brand == [bureau.Share("岚壑春", 3, 2, 0, 15.0)] and weeks.by_unit[0].name == "青秀区局"
    asked(chen, "GX-4", goods=(), sent_at=now)
    monkeypatch.setattr(bureau, "MUCH", 3)
    bureau.four_weeks(chen, now=now)
    asked(chen, "GX-5", goods=(), sent_at=now)
    kept = bureau.four_weeks(chen, now=now)
    assert kept.counted_at == now and kept.by_brand[0].asked == 4


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def plan_of(rows, *, without=()):
    """The steps that PostgreSQL takes for a query, with what each read. without: ways that it may not go."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_appraisalrequest")
        for way in without:
            cursor.execute(f"SET LOCAL enable_{way} = off")
        sql, values = rows.query.sql_with_params()
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        plan = cursor.fetchone()[0][0]["Plan"]
        for way in without:
            cursor.execute(f"RESET enable_{way}")
    return list(nodes(plan))


def many(officer, count, said):
    """Requests in bulk, in the officer's unit. said: of the place in the row, what each is found by."""
    site = Site.objects.create(unit=officer.unit, opened_by=officer, county_code="450103")
    AppraisalRequest.objects.bulk_create(
        AppraisalRequest(
            number=f"{officer.username}-{at}", site=site, unit=officer.unit, officer=officer, brand_name="岚壑春",
            state="answered", search_text=said(at),
        )
        for at in range(count)
    )  # fmt: skip


def test_what_is_common_elsewhere_and_rare_in_ones_unit_is_not_fetched_from_elsewhere(chen, monkeypatch):
    other = Unit.objects.create(code="gx-2", name="兴宁区局", kind=Unit.Kind.COUNTY_BUREAU, division_code="450102")
    many(User.objects.create_user("mo", name="莫队", unit=other), 400, lambda at: "陈酿7")
    many(chen, 60, lambda at: "陈酿7" if at == 0 else "陈酿8")
    monkeypatch.setattr(searching, "LOOKED_AT", 50)
    assert [row.number for row in selectors.search_requests(chen, text="陈酿7")] == ["chen-0"]
    assert searching._telling(["陈酿7"], ["陈酿8"] * 50) == ["酿7"], "what nearly all hold is not asked for"
    # Of everybody's rows the unit's come first, hardly one holds it: the index is asked, and alone keeps to the unit.
    everybodys = AppraisalRequest.objects.alias(own=Case(When(unit=chen.unit, then=0), default=1)).order_by("own", "pk")
    found = searching.matching(everybodys, "陈酿7", within=("unit_id", [chen.unit_id]))
    (scan,) = [step for step in plan_of(found, without=("seqscan", "indexscan")) if "Index Cond" in step]
    assert (scan["Index Name"], scan["Actual Rows"]) == ("request_search_scoped", 1)


def test_ones_own_list_is_counted_from_its_index_alone(chen):
    many(chen, 100, lambda at: "q")
    many(User.objects.create_user("mo", name="莫队", unit=chen.unit), 2000, lambda at: "q")
    told = AppraisalRequest.objects.filter(officer=chen).values_list("pk", "unit_id", "state")
    # Every other way is dear, whatever the planner believes to know of the rows.
    steps = plan_of(told[:21], without=("seqscan", "bitmapscan", "indexscan", "sort"))
    assert [(step["Node Type"], step.get("Index Name")) for step in steps] == [
        ("Limit", None), ("Index Only Scan", "request_own"),
    ]  # fmt: skip
