"""A seizure and its papers as officer and head see them: fit for phone and desk, signed on glass."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import site
from harness.house import House
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


def looked_at(page: Page, name: str) -> None:
    """No scroll sideways, no violation of axe; a picture of it where one is wanted."""
    page.wait_for_load_state()
    assert site.overflow(page) <= 0, f"{name} sticks out"
    assert not site.violations(page), name
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_an_officer_sees_the_seizure_and_signs_its_paper_on_glass(
    house: House, as_persona: Callable[..., Page]
) -> None:
    page = as_persona("officer", width=360)
    page.goto(house.url("gx", "/seizures/"))
    looked_at(page, "seizures-360")
    page.get_by_role("link", name="样某某").first.click()
    expect(page.get_by_text("还剩 4 天")).to_be_visible()
    expect(page.get_by_text("48 瓶 · 12.5 千克").or_(page.get_by_text("12.5 千克 · 48 瓶"))).to_be_visible()
    looked_at(page, "seizure-360")
    page.get_by_role("link", name="登记封条").click()
    looked_at(page, "seizure-seal-360")
    page.go_back()
    page.locator("#papers").get_by_role("link", name="南青市监强清").click()
    looked_at(page, "paper-360")
    for row in (-30, 0):
        site.drag(page.locator('[data-role="glass"]'), (-90, row), (80, row + 30))
    looked_at(page, "paper-signing-360")
    page.get_by_role("button", name="签这一页").click()
    expect(page.get_by_text("已签名。")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="Word").click()
    assert Path(got.value.path()).read_bytes().startswith(b"PK")
    begins = page.evaluate(
        "async () => String.fromCharCode(...new Uint8Array("
        "await (await fetch(new URL('pdf/', location.href))).arrayBuffer()).slice(0, 5))"
    )
    assert begins == "%PDF-"


def test_the_head_reads_seizures_and_cases_at_the_desk(house: House, as_persona: Callable[..., Page]) -> None:
    page = as_persona("leader", width=1440, theme="dark")
    page.goto(house.url("gx", "/seizures/"))
    looked_at(page, "seizures-1440-dark")
    page.get_by_role("link", name="样某某").first.click()
    looked_at(page, "seizure-1440-dark")
    expect(page.get_by_role("link", name="解除")).to_be_visible()
    page.goto(house.url("gx", "/cases/"))
    looked_at(page, "cases-1440-dark")
    page.get_by_role("link", name="样某某涉嫌").first.click()
    expect(page.get_by_text("NN-QX-2026-0417")).to_be_visible()
    expect(page.get_by_text("公开时写作 样**")).to_be_visible()
    looked_at(page, "case-1440-dark")
    page.get_by_role("link", name="提请立案").click()
    looked_at(page, "proposal-1440-dark")
