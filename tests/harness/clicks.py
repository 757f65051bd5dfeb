"""What a person clicks in the main job, in the order of the job."""

from __future__ import annotations

import os
import re
from pathlib import Path

from harness import site
from playwright.sync_api import Page, expect

PRODUCT = "岚壑春 青坛"
SEALED = re.compile(r"已封存 [0-9a-f]{8}")


def live(page: Page) -> None:
    """Wait until the page hears events."""
    page.wait_for_selector('[data-live-state][data-state="open"]', state="attached")


def choose_product(page: Page, typed: str = "lhc") -> None:
    """Tap 查真假, at a place of its own; type, choose the first hit; the camera opens."""
    page.locator("main").get_by_role("link", name="查真假").click()
    page.wait_for_url("**/check/**")
    if (elsewhere := page.get_by_role("link", name="换一个地点")).count():
        elsewhere.click()  # whoever came before has left a visit open
        page.wait_for_url("**/check/?new=1")
    page.locator("#product-q").press_sequentially(typed, delay=40)
    page.get_by_role("option", name=re.compile(PRODUCT)).first.click()
    page.wait_for_selector("[data-capture]:not([hidden])")


def pick(page: Page, *photos: Path) -> None:
    """Photos from the album, each shown with the digest made here before it is sent; taken this moment, as it seems."""
    for photo in photos:
        os.utime(photo)
    page.locator('[data-role="album"] input').set_input_files(list(photos))
    expect(page.locator('[data-role="says"]')).to_have_text(SEALED)


def wait_sent(page: Page, count: int) -> None:
    """Every photo has left the phone."""
    expect(page.locator(".thumbs [data-state=sent]")).to_have_count(count)


def send(page: Page) -> str:
    """完成, then the button that sends. The address of the request."""
    page.locator('[data-role="done"]').click()
    page.get_by_role("button", name=re.compile("^发给")).click()
    page.wait_for_url("**/requests/*/")
    return page.url.partition("?")[0]


def number_of(page: Page) -> str:
    found = re.search(r"\S+ · ", page.locator("#now header p.small.muted").inner_text())
    assert found
    return found.group().removesuffix(" · ")


def claim(desk: Page, number: str) -> None:
    """The request appears on the desk by itself, and is taken."""
    row = desk.locator("[data-key-row]", has_text=number)
    row.wait_for()
    row.locator("[data-claim]").click()
    desk.wait_for_url(re.compile(r"/desk/[0-9a-f-]{36}/"))
    desk.wait_for_selector("#answer-form")


def draw_box(desk: Page, words: str) -> None:
    """Around the middle of the photo shown."""
    desk.locator('[data-act="draw"]').click()
    site.drag(desk.locator('[data-pane="photo"]'), (-40, -30), (40, 30))
    desk.locator("#box-words").fill(words)
    desk.locator("[data-box-form] button").click()
    expect(desk.locator("[data-marks-list]")).to_contain_text(words)


FACTS_KEPT = """(await new Promise((tell) => {
  const ask = indexedDB.open("outbox", 2);
  ask.onsuccess = () => {
    const all = ask.result.transaction("facts").objectStore("facts").getAllKeys();
    all.onsuccess = () => { ask.result.close(); tell(all.result); };
  };
})).filter((name) => /^(catalogue$|tickets:)/.test(name)).length === 2"""
"""The catalogue and the tickets lie in the phone."""


def until(page: Page, script: str) -> None:
    """Wait for an expression with `await` in it; the page's policy refuses Playwright's own wait."""
    for _try in range(400):
        if page.evaluate(f"(async () => Boolean({script}))()"):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not within 40 s: {script}")
