"""A joint case from its opening to a member's leaving: two bureaux, each at its own host, and how the pages look."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from harness import people, site
from harness.jointcase_world import Parties
from playwright.sync_api import Page, expect

from appraisal.requests import services as requests
from provinces import context

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def parties(border: Any) -> Parties:
    """陈队长 of 贵州 has a photo of her own."""
    made = Parties()
    with context.province("gz"):
        chen = made.of["gz"].chen
        visit = requests.open_site(by=chen, place=requests.Place(county_code="520382", place="样酒坊"))
        item = requests.add_product(by=chen, site=visit, product_id=made.house.product.pk)
        photo = people.sealed_photo(chen, "front")
        requests.add_photo(by=chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
    return made


@pytest.fixture
def visit(parties: Parties, client_for: Any) -> Iterator[Callable[..., Page]]:
    """`visit("gz", person, "/joint-cases/", width=360)`: a page of a bureau in Chromium."""
    with site.served() as port, site.chromium() as browser:

        def open_page(host: str, who: Any, path: str, *, width: int = 1440, theme: str = "light") -> Page:
            address = f"http://{host}.testhost:{port}"
            key = client_for(host, user=who).cookies[settings.SESSION_COOKIE_NAME].value
            seen = browser.new_context(
                viewport={"width": width, "height": 780}, color_scheme=theme, locale="zh-CN", service_workers="block",
                bypass_csp=True,
            )  # fmt: skip
            seen.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page


def looked_at(page: Page, name: str) -> None:
    """No scroll sideways, no violation of axe; a picture of it where one is wanted."""
    page.wait_for_load_state()
    assert site.overflow(page) <= 0, f"{name} sticks out"
    assert not site.violations(page), f"{name}: {site.violations(page)}"
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


@pytest.mark.slow
def test_one_bureau_opens_a_joint_case_another_accepts_fills_its_row_shows_evidence_and_leaves(
    parties: Parties, visit: Callable[..., Page], run_letters: Callable[[], int]
) -> None:
    lead = visit("gx", parties.of["gx"].desk, "/joint-cases/")
    looked_at(lead, "rooms-empty-1440")
    lead.get_by_role("link", name="开设联合办案").click()
    lead.get_by_label("名称").fill("三省系列假酒案")
    lead.get_by_label("代号").fill("春江")
    lead.get_by_label("牵头单位").select_option(label="青秀区局")
    lead.get_by_role("button", name="开设").click()
    lead.get_by_text("更多").first.click()
    lead.get_by_role("link", name="邀请外省单位").click()
    lead.get_by_label("省份").select_option("gz")
    lead.get_by_label("单位").fill("青秀区局")
    lead.get_by_role("button", name="邀请外省单位").click()
    expect(lead.get_by_text("待答复")).to_be_visible()
    run_letters()

    member = visit("gz", parties.of["gz"].desk, "/joint-cases/", width=360)
    member.get_by_role("link", name="三省系列假酒案").click()
    looked_at(member, "room-invited-360")
    member.get_by_role("link", name="答复邀请").click()
    member.get_by_label("参加", exact=True).check()
    member.get_by_role("button", name="答复邀请").click()
    run_letters()
    room = member.url

    officer = visit("gz", parties.of["gz"].chen, "/joint-cases/", width=360, theme="dark")
    officer.get_by_role("link", name="春江").click()
    officer.get_by_role("link", name="登记进展").click()
    officer.get_by_label("地方").fill("仁怀市")
    officer.get_by_label("数量").fill("2300")
    officer.get_by_label("计量单位").fill("瓶")
    officer.get_by_role("button", name="登记进展").click()
    looked_at(officer, "room-360-dark")
    officer.get_by_role("link", name="证据墙").click()
    officer.get_by_role("link", name="证据上墙").click()
    officer.get_by_role("radio").first.check()
    officer.get_by_label("名称").fill("灌装点门头")
    officer.get_by_role("button", name="证据上墙").click()
    looked_at(officer, "wall-360-dark")
    run_letters()

    expect(lead.get_by_role("row").filter(has_text="仁怀市")).to_be_visible()  # by itself
    looked_at(lead, "room-1440")
    lead.get_by_role("link", name="证据墙").click()
    expect(lead.get_by_role("img", name="灌装点门头")).to_be_visible()

    member.goto(room)
    member.get_by_text("更多").first.click()
    member.get_by_role("link", name="退出").click()
    member.get_by_label("说明").fill("已另案办理")
    member.get_by_role("button", name="退出").last.click()
    run_letters()
    expect(lead.get_by_text("已撤下")).to_be_visible()
    expect(lead.get_by_role("img", name="灌装点门头")).to_have_count(0)
