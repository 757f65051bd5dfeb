"""陈队长 in a cellar: she begins an inspection, counts and asks without a signal; all of it arrives by itself, once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from harness.clicks import FACTS_KEPT, until
from harness.house import House
from harness.site import violations
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_an_inspection_begun_and_counted_wholly_without_a_signal_arrives_by_itself(
    house: House, as_persona: Callable[..., Page]
):
    page = as_persona("officer", width=360, fresh=True, service_workers="allow")
    page.goto(house.url("gx", "/check/?new=1"))  # the catalogue comes, and the worker keeps its pages
    until(page, "navigator.serviceWorker.controller && await caches.match('/inspections/phone/')")
    until(page, FACTS_KEPT)
    page.context.set_offline(True)
    page.goto(house.url("gx", "/inspections/new/"))
    expect(page.locator("[data-view=new]")).to_contain_text("没有信号也能开始检查")
    page.locator("#begin-place").fill("地下停车场 B2")
    page.get_by_role("button", name="开始", exact=True).click()
    page.wait_for_selector("[data-count][data-ready=yes]")
    expect(page.locator("[data-role=line]")).to_contain_text("还在手机里")
    page.get_by_role("button", name="加一批").click()
    page.locator("#add-q").press_sequentially("lhc", delay=30)
    page.get_by_role("button", name=re.compile("岚壑春 青坛")).click()
    for each in ("12", "1"):
        page.locator(f'.dock [data-add="{each}"]').click()
    page.get_by_role("link", name="问全部权利人").click()
    expect(page.locator("[data-role=asking]")).to_contain_text("已排队")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.reload()
    expect(page.locator(".lot .lot-number strong")).to_have_text("13")

    page.context.set_offline(False)
    page.get_by_role("link", name="打开这次检查").click()
    page.wait_for_url(re.compile(r"/inspections/[0-9a-f-]{36}/$"))
    expect(page.locator("#inspection")).to_contain_text("地下停车场 B2")
    expect(page.locator("#inspection")).to_contain_text("已问 1 批")
    expect(page.locator("#inspection .totals")).to_contain_text("13")
