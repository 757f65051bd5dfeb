"""A bad day: a wrong address, a dead connection, an ended session, events gone, an impatient finger."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable

import pytest
from harness import site
from harness.clicks import choose_product, claim, live, number_of, pick, send, wait_sent
from harness.house import House
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


@pytest.fixture
def asked(as_persona: Callable[..., Page], sample_photo) -> Callable[[], Page]:
    """`asked()`: 陈队长's page of a request that has just gone out."""

    def ask() -> Page:
        page = as_persona("officer")
        choose_product(page)
        pick(page, sample_photo("front_label"))
        wait_sent(page, 1)
        send(page)
        live(page)
        return page

    return ask


def test_an_unknown_host_gets_a_plain_page_without_data(house: House, someone):
    page = someone().new_page()
    answer = page.goto(house.url("nowhere"))
    assert answer and answer.status == 404
    expect(page.locator("h1")).to_have_text("这里没有开通的单位")
    assert not page.context.cookies()


def test_a_double_click_on_send_sends_once(as_persona, sample_photo):
    page = as_persona("officer")
    choose_product(page)
    pick(page, sample_photo("front_label"))
    wait_sent(page, 1)
    page.locator('[data-role="done"]').click()
    page.wait_for_url("**/items/*/")
    site.awake(page)
    posts: list[str] = []
    page.on(
        "request", lambda request: request.method == "POST" and "/items/" in request.url and posts.append(request.url)
    )
    page.get_by_role("button", name=re.compile("^发给")).dblclick()
    page.wait_for_url("**/requests/*/")
    assert len(posts) == 1
    desk = as_persona("appraiser", width=1440)
    live(desk)
    row = desk.locator("[data-key-row]", has_text=number_of(page))
    expect(row).to_have_count(1)


def test_a_photo_caught_by_a_dead_connection_goes_out_later_and_once(as_persona, sample_photo):
    page = as_persona("officer")
    choose_product(page)
    page.route("**/uploads/**", lambda route: route.abort("connectionreset"))
    with page.expect_event("requestfailed", lambda request: "/uploads/" in request.url):
        pick(page, sample_photo("front_label"))
    expect(page.locator("[data-queue]").first).to_contain_text("1 张待发送")
    page.context.set_offline(True)
    page.unroute("**/uploads/**")
    expect(page.locator(".thumbs [data-state=sealed]")).to_have_count(1)
    page.context.set_offline(False)
    wait_sent(page, 1)
    page.locator('[data-role="done"]').click()
    expect(page.locator("#photos")).to_have_text("照片 1 张")


def test_a_photo_waits_for_the_next_visit_when_the_page_was_closed_without_a_signal(as_persona, sample_photo):
    page = as_persona("officer")
    choose_product(page)
    camera = page.url
    page.route("**/uploads/**", lambda route: route.abort("connectionreset"))
    pick(page, sample_photo("front_label"))
    expect(page.locator("[data-queue]").first).to_contain_text("1 张待发送")
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(camera)
    wait_sent(again, 1)


def test_text_written_into_an_ended_session_is_there_again_after_signing_in(house, asked):
    page = asked()
    address = page.url
    page.locator("#chat-text").fill("外箱编号在侧面，请核对")
    for cookie in page.context.cookies():
        if "csrf" not in cookie["name"] and "gx." in cookie["domain"]:
            page.context.clear_cookies(name=cookie["name"], domain=cookie["domain"])
    page.locator(".talk-form .compose button").click()
    page.wait_for_url("**/accounts/login/**")
    page.goto(house.url("", "/demo/as/officer/"))
    page.goto(address)
    expect(page.locator("#chat-text")).to_have_value("外箱编号在侧面，请核对")
    page.locator(".talk-form .compose button").click()
    expect(page.locator("#talk-lines")).to_contain_text("外箱编号在侧面")
    assert page.locator("#talk-lines .said", has_text="外箱编号在侧面").count() == 1


def test_no_event_is_lost_or_doubled_when_the_events_server_dies(house, asked, as_persona):
    page = asked()
    desk = as_persona("appraiser", width=1440)
    claim(desk, number_of(page))
    expect(page.locator("#now header")).to_contain_text("林工")
    house.part("events").send_signal(signal.SIGKILL)
    page.wait_for_selector('[data-live-state][data-state="waiting"]', state="attached")
    desk.locator("#talk-text").fill("断线时说的一句")
    desk.locator("#talk .compose button").click()
    expect(page.locator("#talk-lines")).to_contain_text("断线时说的一句")
    expect(desk.locator("#talk-text")).to_have_value("")
    desk.locator("#talk-text").fill("接上以后又说一句")
    desk.locator("#talk .compose button").click()
    expect(page.locator("#talk-lines")).to_contain_text("接上以后又说一句")
    for words in ("断线时说的一句", "接上以后又说一句"):
        assert page.locator("#talk-lines .said", has_text=words).count() == 1
