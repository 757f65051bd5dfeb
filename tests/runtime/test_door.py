"""The front door of a demonstration: one-tap passes, what the door shows, and the captions."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.core.cache import cache
from harness import people
from harness.forgery import forged

from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.requests import services
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from kernel.errors import NotFound404, Problem
from notify import live
from provinces import context
from provinces.seats import BRANDS, province_seat
from runtime.door import passes, showcase
from runtime.door.personas import PERSONAS


@pytest.fixture
def story_people(border):
    """陈队长 and 韦处 under the names the personas look for, in 广西; 林工 at the brands host."""
    people.divisions()
    return people.bureau("gx"), people.brand_house()


def token_for(client_for, code):
    answer = client_for("").get(f"/demo/as/{code}/")
    assert answer.status_code == 302 and answer["Cache-Control"] == "no-store"
    target = urlsplit(answer["Location"])
    return target.netloc, parse_qs(target.query)["token"][0]


def session_of(browser, seat):
    """What the browser's session holds, read in the seat of its host."""
    with context.seat(seat):
        return dict(browser.session.items()) if browser.cookies.get("session") else {}


def test_one_tap_signs_the_persona_in_on_their_own_host(story_people, client_for):
    bureau, _house = story_people
    host, token = token_for(client_for, "officer")
    assert host.startswith("gx.")
    browser = client_for("gx")
    answer = browser.get("/demo/enter/", {"token": token})
    assert answer.status_code == 302 and answer["Location"] == "/"
    held = session_of(browser, province_seat("gx"))
    assert held["_auth_user_id"] == str(bureau.chen.pk)
    assert (held["guide"]["persona"], held["guide"]["step"]) == ("officer", 1)


def test_a_pass_is_refused_the_second_time(story_people, client_for):
    _host, token = token_for(client_for, "officer")
    assert client_for("gx").get("/demo/enter/", {"token": token}).status_code == 302
    again = client_for("gx")
    assert again.get("/demo/enter/", {"token": token}).status_code == 403
    assert again.get("/").status_code == 302, "nobody is signed in"


@pytest.mark.parametrize("elsewhere", ["gz", "brands", "federation"])
def test_a_pass_is_refused_on_another_host(story_people, client_for, elsewhere):
    _host, token = token_for(client_for, "officer")
    browser = client_for(elsewhere)
    assert browser.get("/demo/enter/", {"token": token}).status_code == 403
    assert browser.get("/accounts/login/").status_code == 200, "nobody is signed in"


def test_a_pass_is_refused_after_a_minute(story_people, client_for, monkeypatch):
    _host, token = token_for(client_for, "officer")
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + passes.GOOD_FOR_S + 1)
    assert client_for("gx").get("/demo/enter/", {"token": token}).status_code == 403


def test_a_forged_pass_is_refused(story_people, client_for):
    _host, token = token_for(client_for, "officer")
    assert client_for("gx").get("/demo/enter/", {"token": forged(token)}).status_code == 403
    assert client_for("gx").get("/demo/enter/").status_code == 403


def test_outside_a_demonstration_there_is_no_pass_and_none_is_taken(story_people, client_for, settings):
    _host, token = token_for(client_for, "officer")
    settings.DEMO = False
    assert client_for("").get("/demo/as/officer/").status_code == 404
    assert client_for("gx").get("/demo/enter/", {"token": token}).status_code == 404
    assert client_for("gx").get("/demo/photo/").status_code == 404
    with pytest.raises(NotFound404):
        passes.issue(PERSONAS["officer"])


def test_of_two_browsers_with_one_pass_only_the_first_gets_in(gx):
    token = passes.issue(PERSONAS["officer"])
    assert passes.redeem(token, host_name="gx.testhost").persona.code == "officer"
    with pytest.raises(Problem) as refused:
        passes.redeem(token, host_name="gx.testhost")
    assert refused.value.code == "demo_pass_refused"
    cache.clear()


def test_outside_a_demonstration_the_door_lists_where_to_sign_in_and_no_persona(border, client_for, settings):
    settings.DEMO = False
    page = client_for("").get("/").content.decode()
    assert "广西壮族自治区市场监督管理局" in page and "gx.testhost" in page
    assert "陈队长" not in page and "/demo/" not in page


def test_the_door_adds_up_what_provinces_published_today(border, client_for):
    day = clock.local_date(clock.now()).isoformat()
    for code, asked, minutes in (("gx", 5, {"3": 2, "4": 1}), ("gd", 4, {"10": 2}), ("gz", 9, {})):
        said = {"province": code, "day": day if code != "gz" else "2020-01-01", "asked": asked, "minutes": minutes}
        with context.province(code):
            live.publish(["door"], "figures", said, party=live.DOOR)
    today, _verdicts = showcase.today()
    assert (today.asked, today.answered, today.median_minutes) == (9, 5, 4)
    tomorrow, _verdicts = showcase.today(clock.now() + timedelta(days=1))
    assert tomorrow.asked == 0 and tomorrow.median_minutes is None
    page = client_for("").get("/").content.decode()
    assert "陈队长" in page and "四省今日 <b>9</b> 次，中位 <b>4</b> 分钟" in page


def test_captions_go_with_the_pages_and_can_be_closed(story_people, client_for):
    _host, token = token_for(client_for, "officer")
    browser = client_for("gx")
    browser.get("/demo/enter/", {"token": token})
    assert "点“查真假”" in browser.get("/").content.decode()
    assert "选“青坛 53度”" in browser.get("/check/").content.decode()
    assert session_of(browser, province_seat("gx"))["guide"]["step"] == 2
    answer = browser.post("/demo/guide/close/", {"back": "//evil.example/"})
    assert answer["Location"] == "/"
    assert "演示引导" not in browser.get("/").content.decode()


def test_nobody_sees_captions_who_did_not_come_through_the_door(story_people, client_for):
    bureau, _house = story_people
    assert "演示引导" not in client_for("gx", user=bureau.chen).get("/").content.decode()


def test_a_sample_photo_is_a_jpeg_of_this_moment(story_people, client_for):
    bureau, _house = story_people
    answer = client_for("gx", user=bureau.chen).get(
        "/demo/photo/", {"name": "岚壑春 青坛 53度 500ml", "shot": "front_label"}
    )
    assert answer["Content-Type"] == "image/jpeg" and answer.content[:3] == b"\xff\xd8\xff"
    assert clock.now().astimezone(clock.SHANGHAI).strftime("%Y:%m:%d").encode() in answer.content
    assert client_for("gx").get("/demo/photo/").status_code == 302


def test_the_caption_follows_the_request_from_waiting_to_its_verdict(story_people, client_for):
    bureau, house = story_people
    with context.province("gx"):
        site = services.open_site(by=bureau.chen, place=services.Place(county_code=people.NANNING))
        item = services.add_product(by=bureau.chen, site=site, product_id=house.product.pk)
        services.mark_absent(by=bureau.chen, item_id=item.pk, shot_code="front_label", reason="已封存")
        request = services.send(by=bureau.chen, request_id=item.request_id)
    deliver_everywhere()
    _host, token = token_for(client_for, "officer")
    officer = client_for("gx")
    officer.get("/demo/enter/", {"token": token})
    waiting = officer.get(f"/requests/{request.pk}/").content.decode()
    assert "打开另一个窗口作为鉴定人员" in waiting and "/demo/as/appraiser/" in waiting
    _host, token = token_for(client_for, "appraiser")
    appraiser = client_for("brands")
    appraiser.get("/demo/enter/", {"token": token})
    assert "接单，和真品样张比对" in appraiser.get("/desk/").content.decode()
    desk = people.desk(house, house.lin)
    with context.seat(BRANDS):
        task = DeskTask.objects.get(request_id=request.pk)
        desk_services.claim(desk=desk, task_id=task.pk)
        given = ItemAnswer(item_id=task.items.get().pk, value=VerdictValue.COUNTERFEIT, reasons="不符")
        desk_services.answer(desk=desk, task_id=task.pk, answers=[given])
    deliver_everywhere()
    assert "回到执法人员的窗口" in appraiser.get("/desk/").content.decode()
    answered = officer.get(f"/requests/{request.pk}/").content.decode()
    assert "回到执法人员的窗口" in answered and "换成局领导" in answered
