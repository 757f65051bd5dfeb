"""陈队长 asks and 林工 answers: the main job by clicking, two browsers at once, on the product as it is started."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from harness import site
from harness.clicks import (
    PRODUCT,
    SEALED,
    choose_product,
    claim,
    draw_box,
    live,
    number_of,
    pick,
    send,
    wait_sent,
)
from harness.house import House
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


def test_a_photo_goes_out_and_a_verdict_comes_back_live(as_persona, sample_photo):
    desk = as_persona("appraiser", width=1440, fresh=True)
    live(desk)
    phone = as_persona("officer", width=360, fresh=True)
    choose_product(phone)

    # The camera first, then from the album.
    phone.wait_for_selector('[data-capture][data-camera="on"]')
    phone.locator('[data-role="shutter"]').click()
    expect(phone.locator('[data-role="says"]')).to_have_text(SEALED)
    pick(phone, sample_photo("back_label"), sample_photo("cap_top"))
    wait_sent(phone, 3)
    address = send(phone)
    live(phone)
    number = number_of(phone)

    claim(desk, number)
    site.awake(desk)
    expect(phone.locator("#now header")).to_contain_text("林工")

    # The picture is really there, also enlarged.
    desk.wait_for_selector(".viewer canvas")
    desk.locator('[data-act="zoom-in"]').click()

    # One more picture is asked for in two clicks, and taken.
    desk.locator(".slot", has_text="批号").locator("summary").click()
    desk.locator("details.retake[open] button[name=reason]").first.click()
    phone.locator(".supplement").get_by_role("link", name="现在补拍").click()
    phone.wait_for_selector("[data-capture]:not([hidden])")
    pick(phone, sample_photo("batch_code"))
    phone.locator('[data-role="done"]').click()
    phone.wait_for_url(address + "**")
    live(phone)
    expect(desk.locator(".slot", has_text="批号").locator("img")).to_have_count(1)

    # They talk, with a photograph.
    phone.locator("[data-chat-pick] input").set_input_files(sample_photo("bottle_base"))
    expect(phone.locator("[data-chat-says]")).to_have_text(SEALED)
    phone.locator("#chat-text").fill("瓶底也拍了一张，请看")
    phone.locator(".talk-form .compose button").click()
    said = desk.locator("#talk li", has_text="瓶底也拍了一张")
    said.locator("img").wait_for()
    desk.locator("#talk-text").fill("看到了，凸字是后刻的")
    desk.locator("#talk .compose button").click()
    expect(phone.locator("#talk-lines")).to_contain_text("凸字是后刻的")

    # Ticks write the reasons, a box is drawn, the verdict is a key.
    check = desk.locator("[data-check]").first
    check.get_by_role("radio", name="不同").check()
    assert check.get_attribute("data-check") in desk.locator("[data-reasons]").input_value()
    desk.locator("[data-open-photo]").nth(1).click()
    draw_box(desk, "边缘发毛")
    desk.locator("h1").click()
    here = desk.url
    desk.keyboard.press("2")
    desk.keyboard.press("s")
    desk.wait_for_url(lambda url: url != here)

    verdict = phone.locator("article.verdict").first
    expect(verdict).to_contain_text("假冒")
    expect(verdict).to_contain_text("边缘发毛")
    expect(verdict).to_contain_text("林")
    assert phone.locator("article.verdict figure.marked rect").count() >= 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360

    # A mistake is withdrawn with its reason, never edited away.
    desk.goto(desk.url.partition("/desk/")[0] + "/desk/?state=answered")
    desk.locator("[data-key-row]", has_text=number).get_by_role("link").first.click()
    desk.locator("details[id^=withdraw-] summary").click()
    desk.locator("details[id^=withdraw-] textarea").fill("看错了产品线，重新看过再答")
    desk.locator("details[id^=withdraw-] button").click()
    expect(phone.locator("#now")).to_contain_text("已撤回这份结论：看错了产品线")


@pytest.mark.slow
@pytest.mark.parametrize(("asking", "answering"), [(360, 360), (1440, 1440)])
def test_it_goes_as_well_at_other_sizes(as_persona, sample_photo, asking, answering):
    desk = as_persona("appraiser", width=answering)
    live(desk)
    page = as_persona("officer", width=asking)
    choose_product(page, "岚壑春")
    pick(page, sample_photo("front_label"))
    wait_sent(page, 1)
    send(page)
    live(page)
    claim(desk, number_of(page))
    desk.wait_for_selector(".viewer canvas")
    desk.locator(".verdict-grid label").nth(0).click()
    desk.locator("[data-reasons]").fill("各处与真品一致")
    desk.locator("#answer-form .send button").click()
    expect(page.locator("article.verdict").first).to_contain_text("各处与真品一致")
    for each, width in ((page, asking), (desk, answering)):
        assert each.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_a_request_is_made_and_read_by_reload(house: House, as_persona: Callable, sample_photo):
    page = as_persona("officer", java_script_enabled=False, fresh=True)
    page.locator("main").get_by_role("link", name="查真假").click()
    page.locator("#product-q").fill("lhc")
    page.locator(".search-line button").first.click()
    page.get_by_role("button", name=re.compile(PRODUCT)).first.click()
    page.locator("#shot-file").set_input_files(sample_photo("front_label"))
    page.locator("noscript form button, form:has(#shot-file) button").click()
    page.get_by_role("link", name="完成").click()
    page.get_by_role("button", name=re.compile("^发给")).click()
    page.wait_for_url("**/requests/*/")
    number = number_of(page)

    desk = as_persona("appraiser", width=1440)
    claim(desk, number)
    desk.locator(".verdict-grid label").nth(1).click()
    desk.locator("[data-reasons]").fill("喷码位置不对")
    desk.locator("#answer-form .send button").click()
    desk.wait_for_url(re.compile(r"/desk/"))
    site.reload_until(page.locator("article.verdict"))
    expect(page.locator("article.verdict").first).to_contain_text("喷码位置不对")
