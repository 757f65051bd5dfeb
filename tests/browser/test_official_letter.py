"""公函 in a real browser: from the clue through three hands to another province, a clue there, the result back."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from harness import people
from harness import site as harness
from harness.correspondence_world import RENHUAI, two_provinces

from federation.letters.delivery import deliver_everywhere
from provinces import context
from tenants.clues.models import Clue
from tenants.correspondence.models import OfficialLetter
from tenants.correspondence.services import partners

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def two(border) -> SimpleNamespace:
    """广西 with a clue that points to 仁怀 and has a photo; 贵州 with its people there."""
    made = two_provinces()
    with context.province("gx"):
        made.clue.files.create(exhibit=people.sealed_photo(made.ours.chen, "bottle"), what="瓶身正标")
        Clue.objects.filter(pk=made.clue.pk).update(out_of_province={"division_code": RENHUAI, "name": "仁怀市"})
        partners.keep(by=made.ours.desk, kind="police", name="南宁市公安局样本分局", address="样警路 1 号")
    return made


@pytest.mark.slow
def test_from_the_clue_through_three_hands_to_another_province_and_the_result_back(two, client_for):
    """Nothing is typed twice; pages fit at 360 and 1440, in light and dark, and pass axe."""
    hosts = {"chen": "gx", "desk": "gx", "nong": "gx", "theirs": "gz"}
    persons = {"chen": two.ours.chen, "desk": two.ours.desk, "nong": two.ours.nong, "theirs": two.theirs.nong}
    keys = {
        name: client_for(hosts[name], user=person).cookies[settings.SESSION_COOKIE_NAME].value
        for name, person in persons.items()
    }
    with harness.web() as port, harness.chromium() as browser:

        def page_of(who: str, width: int = 1440, theme: str = "light") -> tuple[Any, str]:
            made = browser.new_context(
                bypass_csp=True, viewport={"width": width, "height": 900}, color_scheme=theme, locale="zh-CN",
                service_workers="block",
            )  # fmt: skip
            made.set_default_timeout(20_000)
            address = f"http://{hosts[who]}.testhost:{port}"
            made.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": keys[who], "url": address}])
            return made.new_page(), address

        page, address = page_of("chen", 360)
        page.goto(f"{address}/clues/{two.clue.pk}/")
        page.get_by_role("button", name="移送外省").click()
        page.get_by_role("button", name="仁怀市市场监督管理局").first.click()
        assert page.locator('[name="title"]').input_value().startswith("移送红棚酒坊")
        assert page.locator('[name="exhibit"]').is_checked()
        page.get_by_role("button", name="保存函稿").click()
        for who, button, typed in (("chen", "送审", ""), ("desk", "审核通过", "事实清楚"), ("nong", "签发", "同意")):
            if who != "chen":
                page, address = page_of(who)
                page.goto(f"{address}/official/?box={'to_check' if who == 'desk' else 'to_issue'}")
                page.locator("main a.line").first.click()
            page.get_by_role("link", name=button, exact=True).click()
            if typed:
                page.locator('[name="words"]').fill(typed)
            page.get_by_role("button", name=button, exact=True).click()
            page.locator("#letter").wait_for()
        assert "已发出" in page.locator(".clue-head").inner_text()
        deliver_everywhere()
        page, address = page_of("theirs", 360)
        page.goto(f"{address}/official/")
        page.locator("main a.line").first.click()
        page.get_by_role("link", name="接收", exact=True).click()
        page.get_by_role("button", name="接收", exact=True).click()
        page.locator("main a[href^='/clues/']").first.wait_for()
        page.get_by_role("link", name="反馈情况").click()
        page.locator('[name="words"]').fill("属实，已立案。")
        page.locator('[name="final"]').check()
        page.get_by_role("button", name="反馈情况").click()
        page.get_by_text("已反馈。").wait_for()
        deliver_everywhere()
        page, address = page_of("chen")
        page.goto(f"{address}/clues/{two.clue.pk}/")
        page.locator("a.line[href^='/official/']").click()
        assert page.get_by_text("属实，已立案。").first.is_visible() and page.get_by_text("已办结").first.is_visible()
        letter = page.url.split("/official/")[1].strip("/")
        with context.province("gz"):
            came = OfficialLetter.objects.get()
        _look(page_of, letter, str(came.pk), str(two.clue.pk))


def _look(page_of: Any, letter: str, came: str, clue: str) -> None:
    """The pages of the walk, in turn narrow and light, wide and dark; further ones, and all looks, for pictures."""
    pages = [("chen", f"/official/{letter}/"), ("theirs", f"/official/{came}/"), ("desk", "/official/")]
    more = [("chen", f"/clues/{clue}/"), ("chen", "/official/new/"), ("desk", "/official/partners/"),
            ("theirs", "/official/?box=received")]  # fmt: skip
    looks = [(360, "light"), (1440, "dark"), (360, "dark"), (1440, "light")]
    for place, (who, path) in enumerate(pages + (more if PICTURES else [])):
        for width, theme in looks if PICTURES else [looks[place % 2]]:
            page, address = page_of(who, width, theme)
            page.goto(f"{address}{path}")
            if PICTURES:
                name = path.replace(letter, "sent").replace(came, "came").replace(clue, "clue").strip("/")
                name = name.replace("/", "-").replace("?", "-")
                page.screenshot(path=f"{PICTURES}/{name}-{width}-{theme}.png", full_page=True)
            assert harness.overflow(page) <= 0, f"{path} at {width}"
            if width == 1440 or not PICTURES:
                assert harness.violations(page) == [], f"{path} at {width}"
            page.context.close()
