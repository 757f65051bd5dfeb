"""A joint action before and after its hour: the officer's phone, the head's board, the roster, in four looks."""

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


def test_an_officer_sees_when_and_where_to_gather_and_not_where_to_and_marks_with_one_tap(
    house: House, as_persona: Callable[..., Page]
) -> None:
    page = as_persona("officer", width=360)
    page.goto(house.url("gx", "/joint/"))
    looked_at(page, "joint-list-360")
    page.get_by_role("link", name="春雷二号").click()
    expect(page.get_by_text("地址零时公开")).to_be_visible()
    assert "样夜烧烤城" not in page.content() and "样江路" not in page.content()
    looked_at(page, "joint-before-360")
    page.get_by_role("link", name="您去：目标 1").click()
    expect(page.get_by_text("大队会议室，五点半")).to_be_visible()
    assert "样江路" not in page.content()
    looked_at(page, "target-before-360")
    page.get_by_role("button", name="确认收到").click()
    expect(page.get_by_role("button", name="已收到")).to_be_visible()
    page.goto(house.url("gx", "/urgent/"))
    page.get_by_role("link", name="样桥仓库").click()
    looked_at(page, "urgent-360")
    page.goto(house.url("gx", "/duty/"))
    looked_at(page, "duty-360")


def test_the_head_sees_the_finished_action_on_the_board_and_takes_the_sheet(
    house: House, as_persona: Callable[..., Page]
) -> None:
    page = as_persona("leader", width=1440, theme="dark")
    page.goto(house.url("gx", "/joint/"))
    page.get_by_role("link", name="春雷一号").click()
    expect(page.get_by_text("样来食杂店").or_(page.get_by_text("样记烟酒行")).first).to_be_visible()
    looked_at(page, "joint-after-1440-dark")
    with page.expect_download() as got:
        page.get_by_role("link", name="结果表（Excel）").click()
    assert Path(got.value.path()).read_bytes().startswith(b"PK")
    page.get_by_role("link", name="大屏").click()
    looked_at(page, "board-1440-dark")
    page.goto(house.url("gx", "/duty/"))
    looked_at(page, "duty-1440-dark")
