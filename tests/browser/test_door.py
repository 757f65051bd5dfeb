"""The front door and the leader's page as people see them, and a newcomer without a camera."""

import pytest
from harness import site
from harness.looks import look_on_the_phone
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def check(page):
    """No axe violation, no horizontal scroll."""
    assert site.violations(page) == [], page.url
    assert site.overflow(page) <= 0, page.url


@look_on_the_phone
def test_door_and_leaders_page_are_accessible_and_fit(house, someone, as_persona, width, theme):
    door = someone(width=width, theme=theme).new_page()
    door.goto(house.url())
    assert door.locator("a.door").count() == 6 and door.locator(".pair svg rect").count() >= 2
    check(door)
    leader = as_persona("leader", width=width, theme=theme)
    assert leader.locator(".headline b").first.inner_text().isdigit()
    assert leader.locator(".chart rect").count() == 28
    leader.locator("#weeks-table summary").click()
    check(leader)


def test_sample_photos_stand_in_for_a_camera(as_persona):
    page = as_persona("officer", fresh=True)
    assert "点“查真假”" in page.locator("#guide").inner_text()
    page.locator("a.button.huge").click()
    page.locator("[role=combobox]").first.fill("青坛")
    page.locator("[role=option]").first.click()
    page.locator("[data-samples]").click()
    expect(page.locator(".thumb[data-state=sent]")).to_have_count(3)
    page.locator('[data-role="done"]').click()
    # A sample says that it was no camera's.
    expect(page.get_by_text("来自相册")).to_have_count(3)


def test_the_captions_go_away_when_closed(as_persona):
    page = as_persona("office", fresh=True, width=1440)
    page.locator("#guide form button").click()
    expect(page.locator("#guide")).to_have_count(0)


def test_whoever_works_at_a_desk_keeps_its_rail_on_wide_pages_made_for_the_phone(house, as_persona):
    leader = as_persona("leader", width=1440)
    leader.goto(house.url("gx", "/me/"))
    rail, bar = leader.locator("nav.rail"), leader.locator("nav.bottom")
    expect(rail).to_be_visible()
    expect(bar).to_be_hidden()
    assert leader.locator("main").bounding_box()["width"] == 44 * 16, "as wide as with little in it"
    rail.get_by_role("link", name="统一行动").click()
    expect(leader).to_have_url(house.url("gx", "/joint/"))
    leader.go_back()
    leader.set_viewport_size({"width": 360, "height": 780})
    expect(rail).to_be_hidden()
    expect(bar).to_be_visible()
    check(leader)
    officer = as_persona("officer", width=1440)
    officer.goto(house.url("gx", "/me/"))
    expect(officer.locator("nav.rail")).to_have_count(0)
    expect(officer.locator("nav.bottom")).to_be_visible()
