"""Two provinces do not agree: the walk from the dispute to the superior's decision, which both see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness import site
from harness.house import House
from playwright.sync_api import BrowserContext, Page, expect

from runtime.sample import cast

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_a_dispute_goes_up_and_both_sides_see_the_decision(
    house: House, as_persona: Callable[..., Page], someone: Callable[..., BrowserContext]
) -> None:
    """韦处 of 广西 opens it, nobody agrees, 郭司长 of 总局 designates 福建; both provinces read it."""
    leader = as_persona("leader", width=1440)
    leader.goto(house.url("gx", "/disputes/open/"))
    leader.locator("select[name=other]").select_option("fj")
    leader.locator("input[name=title]").fill("真假难分的鞋案")
    leader.locator("input[name=claim][value=not_mine]").check()
    leader.locator("textarea[name=reason]").fill("鞋由晋江发出，请福建查处。")
    leader.locator("main form button.primary").click()
    expect(leader.locator("h1")).to_have_text("真假难分的鞋案")
    dispute = leader.url.partition(house.url("gx", ""))[2] or leader.url[leader.url.index("/disputes/") :]
    leader.get_by_role("link", name="报请指定管辖").click()
    leader.locator("main form button.seal").click()
    expect(leader.locator("main")).to_contain_text("等待决定")

    superior = as_persona("superior")
    line = superior.get_by_role("link", name="真假难分的鞋案")
    site.reload_until(line)  # the letter is on its way
    line.click()
    superior.get_by_role("link", name="指定管辖", exact=True).click()
    superior.locator("input[name=names][value=fj]").check()
    superior.locator("textarea[name=reason]").fill("违法行为地在福建。")
    superior.locator("main form button.seal").click()
    expect(superior.locator("main")).to_contain_text("国市监指定〔")

    other = someone(width=1440)
    site.sign_in_by_code(other, house, "fj", cast.OFFICERS["zheng"].phone)
    there = other.new_page()
    there.goto(house.url("fj", dispute))
    for page in (leader, there):
        site.reload_until(page.get_by_text("指定由福建省市场监督管理局管辖"))
        expect(page.locator("main")).to_contain_text("违法行为地在福建。")
