"""协助调查 in a real browser: asked on a case's page, given to two officers, answered in part, seen and closed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from harness import assist_world
from harness import site as harness

from federation.letters.delivery import deliver_everywhere
from kernel import clock
from provinces import context
from tenants.correspondence.models import Assistance, OfficialLetter
from tenants.correspondence.services import days

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


def approved(code: str, home: Any, letter_id: Any) -> None:
    """Checked and issued in a thread of its own: the browser's loop runs in this one, and sealing needs one."""

    def work() -> None:
        with context.province(code):
            assist_world.approve(home, letter_id)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


@pytest.mark.slow
def test_a_request_is_asked_given_to_two_officers_answered_in_part_and_closed(border, client_for):
    """F-13 on the pages themselves; they fit at 360 and 1440, in light and dark, and pass axe."""
    world = assist_world.build()
    with context.province("gz"):
        days.put(by=world.gz.huang, day=clock.today() + timedelta(days=3), name="三月三")
    people = {"chen": world.gx.chen, "desk": world.gz.meng, "theirs": world.gz.chen, "huang": world.gz.huang}
    hosts = {"chen": "gx", "desk": "gz", "theirs": "gz", "huang": "gz"}
    keys = {
        name: client_for(hosts[name], user=person).cookies[settings.SESSION_COOKIE_NAME].value
        for name, person in people.items()
    }
    with harness.web() as port, harness.chromium() as browser:

        def page_of(who: str, width: int = 360, theme: str = "light") -> tuple[Any, str]:
            made = browser.new_context(
                bypass_csp=True, viewport={"width": width, "height": 900}, color_scheme=theme, locale="zh-CN",
                service_workers="block",
            )  # fmt: skip
            made.set_default_timeout(20_000)
            address = f"http://{hosts[who]}.testhost:{port}"
            made.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": keys[who], "url": address}])
            return made.new_page(), address

        page, address = page_of("chen")
        page.goto(f"{address}/cases/{world.case.pk}/")
        page.get_by_role("button", name="请外省协助调查").click()
        page.locator('[name="q"]').fill("仁怀")
        page.locator('[name="q"]').press("Enter")
        page.get_by_role("button", name="仁怀市市场监督管理局").first.click()
        page.locator('[name="targets"]').fill("某酒业有限公司 | | 仁怀市某镇")
        page.locator('[name="questions"]').fill("1. 是否由当事人生产\n2. 销往广西的数量\n3. 收款账户的开户人")
        page.get_by_role("button", name="保存函稿").click()
        page.locator("#letter").wait_for()
        pk = page.url.split("/official/")[1].strip("/")
        with context.province("gx"):
            assert OfficialLetter.objects.get(pk=pk).fields["questions"][0] == "是否由当事人生产"
        approved("gx", world.gx, pk)
        deliver_everywhere()

        page, address = page_of("desk", 1440)
        page.goto(f"{address}/official/")
        page.locator("main a.line").first.click()
        page.get_by_role("link", name="签收", exact=True).click()
        page.get_by_role("button", name="签收", exact=True).click()
        page.get_by_role("link", name="接收", exact=True).click()
        for name in ("陈某", "李某"):
            page.get_by_label(name).check()
        page.get_by_role("button", name="接收", exact=True).click()
        page.get_by_text("其地方假日不计入").first.wait_for()

        page, address = page_of("theirs")
        page.goto(f"{address}/official/assistance/")
        page.locator("main a.line").first.click()
        for number in (1, 3):
            page.locator(f"a[href$='/questions/{number}/']").click()
            page.locator('[name="text"]').fill(f"查明第 {number} 项。")
            page.get_by_role("button", name="保存答复").click()
        page.get_by_role("button", name="用写好的答复起草复函").click()
        page.locator("#letter").wait_for()
        with context.province("gz"):
            reply = OfficialLetter.objects.get(kind="assistance_reply")
        approved("gz", world.gz, reply.pk)
        deliver_everywhere()

        page, address = page_of("chen")
        page.goto(f"{address}/official/assistance/{pk}/")
        page.get_by_text("第 2 项还没有答复").first.wait_for()
        page.get_by_role("link", name="办结协查").click()
        page.locator('[name="words"]').fill("第 2 项不再需要。")
        page.get_by_role("button", name="办结协查").click()
        page.locator(".chip", has_text="已办结").first.wait_for()
        with context.province("gx"):
            assert Assistance.objects.get(pk=pk).state == "closed"
            came = OfficialLetter.objects.get(kind="assistance_reply").pk
        one = f"/official/assistance/{pk}/"
        pages = [("chen", one), ("theirs", one), ("chen", f"/cases/{world.case.pk}/"), ("huang", "/official/calendar/")]
        more = [("chen", f"/official/{pk}/"), ("chen", f"/official/{came}/"), ("desk", "/official/assistance/")]
        looks = [(360, "light"), (1440, "dark")] + ([(360, "dark"), (1440, "light")] if PICTURES else [])
        for place, (who, path) in enumerate(pages + (more if PICTURES else [])):
            for width, theme in looks:
                page, address = page_of(who, width, theme)
                page.goto(f"{address}{path}")
                if PICTURES:
                    page.screenshot(path=f"{PICTURES}/assist-{place}-{who}-{width}-{theme}.png", full_page=True)
                assert harness.overflow(page) <= 0, f"{path} at {width}"
                if width == 1440 or not PICTURES:
                    assert harness.violations(page) == [], f"{path} at {width}"
                page.context.close()
