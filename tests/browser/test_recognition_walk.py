"""A fake seen once is recognised: 林工 puts it into the library, 陈队长 photographs another, and it is pointed out."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from harness import site
from harness.clicks import choose_product, claim, live, number_of, pick, send, wait_sent
from playwright.sync_api import Page, expect

from runtime.sample import pictures

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420), pytest.mark.usefixtures("recognising")]
HIT = re.compile("可能是同一印刷品")


def ask(phone: Page, *photos: Path) -> str:
    """陈队长 asks with these photos. The number of the request."""
    phone.goto(re.sub(r"(://[^/]+).*", r"\1/", phone.url))
    choose_product(phone)
    pick(phone, *photos)
    wait_sent(phone, len(photos))
    send(phone)
    live(phone)
    return number_of(phone)


def into_the_library(desk: Page) -> None:
    """From the verdict on the page in two clicks; then the outline by taps, a defect by a box, and the confirmation."""
    desk.locator(".into summary").click()
    desk.locator(".into button[name=typology]").first.click()
    desk.wait_for_selector("[data-drawing][data-ready]")
    board = desk.locator(".board-in")
    frame = board.bounding_box()
    assert frame
    for number, (x, y) in enumerate(((0.25, 0.15), (0.75, 0.15), (0.75, 0.9), (0.25, 0.9)), start=1):
        board.click(position={"x": x * frame["width"], "y": y * frame["height"]})
        expect(desk.locator(".handle")).to_have_count(number)
    desk.locator("[data-act=defect]").click()
    site.drag(board, (-30, -40), (30, 0))
    desk.locator("#defect-0").fill("金边断开")
    desk.locator("[data-drawing] button.primary").click()
    desk.wait_for_url(re.compile(r"/library/[0-9a-f-]{36}/$"))
    desk.get_by_role("button", name=re.compile("^确认入库")).click()
    site.reload_until(desk.locator("[data-compared]"))


def test_the_second_find_is_pointed_out_within_seconds(as_persona, sample_photo, tmp_path):
    desk, phone = as_persona("appraiser", width=1440, fresh=True), as_persona("officer", width=360, fresh=True)
    first = ask(phone, sample_photo("front_label"))
    found_in = f'a[href="{urlsplit(phone.url).path}"]'
    claim(desk, first)
    address = desk.url
    desk.locator(".verdict-grid label").nth(1).click()
    desk.locator("[data-reasons]").fill("金边断开，字体偏粗")
    desk.locator("#answer-form .send button").click()
    desk.wait_for_url(lambda url: url != address)
    desk.goto(address)
    into_the_library(desk)

    another = tmp_path / "another.jpg"
    another.write_bytes(pictures.photo("lanhe-53", "front_label", False, 90_210))
    second = ask(phone, another)
    # The sample's own entry may be pointed out too, and falls once most requests of a day match it.
    hint = phone.locator("#hints article.hint", has=phone.locator(found_in))
    expect(hint).to_contain_text(HIT)
    expect(phone.locator("#hints")).to_contain_text("不是结论")

    hint.get_by_role("link", name="对比", exact=True).press("Enter")  # a live page may move what is aimed at
    phone.wait_for_selector("[data-compare][data-ready]")
    phone.locator('[name="compare-mode"][value="slide"]').check(force=True)
    phone.locator("[data-slide]").fill("30")
    expect(phone.locator(".compare .over")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("button", name="采纳").click()
    expect(phone.get_by_role("button", name="撤销")).to_be_visible()

    desk.goto(re.sub(r"(://[^/]+).*", r"\1/desk/", desk.url))
    row = desk.locator("[data-key-row]", has_text=second)
    expect(row).to_contain_text(HIT)
    row.get_by_role("link").first.click()
    expect(desk.locator("#hits article.hint", has_text="执法人员")).to_have_count(1)
