"""How a clue comes in: on a phone with and without a signal, in the street by a code, at the desk by a paste."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from harness import people
from harness import site as harness
from playwright.sync_api import Page, expect

from accounts.models import Post, Unit, User
from divisions.resolving import current
from kernel import clock
from provinces import context
from provinces.hosts import DIRECTORY
from tenants.clues.imports import jobs
from tenants.clues.models import Clue, ClueImport
from tenants.clues.services import fieldcodes

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")
LOOKS = (
    [(360, "light"), (1440, "dark")]
    if not PICTURES
    else [(360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")]
)
MERGED = """<table><tr><td>平台</td><td>店铺</td><td>线索内容</td><td>举报人姓名</td></tr>
<tr><td rowspan="2">淘某</td><td>甲店</td><td>卖假酒</td><td>某</td></tr>
<tr><td>乙店</td><td>卖假烟</td><td>某</td></tr></table>"""
PASTE = """html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "x");
  const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
  document.querySelector("[data-paste-table]").dispatchEvent(paste);
}"""


@pytest.fixture
def gx_world(border: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """陈队长, 蒙 at the desk, a code for the field; all hosts served."""
    monkeypatch.setattr(current, "_held", current.Held())  # every division, not those another test had loaded
    bureau = people.bureau("gx")
    with context.province("gx"):
        Unit.objects.update(agency_word="南青市监")
        meng = User.objects.create_user("meng", name="蒙某", title="蒙调度", unit=bureau.unit)
        Post.objects.create(user=meng, unit=bureau.unit, role=Post.Role.DISPATCHER)
        until = clock.today() + timedelta(days=60)
        code = fieldcodes.make_code(by=meng, team="城东社区网格员", area="津头街道", valid_until=until, per_day=20)
    find = DIRECTORY.find
    # A browser seals and keeps only what it holds to be safe, and of plain HTTP that is localhost alone.
    monkeypatch.setattr(DIRECTORY, "find", lambda name: find(name.replace(".localhost", ".testhost")))
    with harness.web(ALLOWED_HOSTS=["*"]) as port:
        yield SimpleNamespace(chen=bureau.chen, meng=meng, code=code, url=f"http://gx.localhost:{port}")


def look(page: Page, name: str) -> None:
    """Fits and accessible, in each look; pictures where they are wanted."""
    page.wait_for_load_state()
    before = page.viewport_size
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 780})
        page.emulate_media(color_scheme=theme)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{name}-{width}-{theme}.png", full_page=True)
        assert harness.overflow(page) <= 0, (name, width)
        assert harness.violations(page) == [], (name, width, theme)
    if before:
        page.set_viewport_size(before)
    page.emulate_media(color_scheme="light")


def window(browser: Any, world: Any, key: str = "", width: int = 360) -> Page:
    seen = browser.new_context(
        bypass_csp=True, viewport={"width": width, "height": 780}, locale="zh-CN", service_workers="block"
    )
    if key:
        seen.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": world.url}])
    return seen.new_page()


@pytest.mark.slow
def test_clues_come_in_from_a_phone_from_the_street_and_from_a_spreadsheet(gx_world: Any, client_for: Any) -> None:
    world, cookie = gx_world, django_settings.SESSION_COOKIE_NAME
    keys = {user.username: client_for("gx", user=user).cookies[cookie].value for user in (world.chen, world.meng)}
    with harness.chromium() as browser:
        page = window(browser, world, keys["chen"])
        page.goto(f"{world.url}/clues/new/")
        page.get_by_label("发生了什么").fill("摊位卖假白酒")
        page.locator("[data-address]").fill("鼓楼区中山路12号")
        page.locator(".candidates button").first.click()
        expect(page.locator("[data-resolve-says]")).to_contain_text("已选")
        page.locator('input[type="file"]').set_input_files(
            [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": people.jpeg("假酒")}]
        )
        look(page, "new")
        page.get_by_role("button", name="登记", exact=True).click()
        page.wait_for_url(re.compile(r"/clues/[0-9a-f-]{36}/$"))
        with context.province("gx"):
            first = Clue.objects.get()
        assert first.division_method == "by_hand" and first.division_code
        harness.reload_until(page.locator("#clue-files"))
        look(page, "clue")
        page.get_by_role("link", name="补充").click()
        look(page, "complete")

        page.goto(f"{world.url}/clues/new/")
        assert page.evaluate("isSecureContext")
        page.context.set_offline(True)
        page.get_by_label("发生了什么").fill("地下室里写的")
        page.get_by_role("button", name="登记", exact=True).click()
        expect(page.locator("[data-clue-says]")).to_contain_text("已存在手机里")
        page.context.set_offline(False)
        page.goto(f"{world.url}/queue/")
        expect(page.locator('[data-role="none"]')).to_be_visible()
        expect(page.locator('[data-role="who"]')).to_be_hidden()  # whose phone it is is known without a worker, too
        with context.province("gx"):
            assert Clue.objects.filter(content="地下室里写的").count() == 1

        street = window(browser, world)
        street.goto(f"{world.url}/r/{world.code.code}/")
        look(street, "field")
        street.get_by_label("看到了什么").fill("三轮车卖散装白酒")
        street.get_by_label("在哪里").fill("青秀区夜市口")
        street.get_by_role("button", name="报送").click()
        expect(street.locator(".receipt-no")).to_be_visible()
        look(street, "receipt")

        desk = window(browser, world, keys["meng"], width=1440)
        desk.goto(f"{world.url}/clues/codes/{world.code.pk}/")
        look(desk, "code")
        desk.goto(f"{world.url}/clues/codes/")
        look(desk, "codes")
        desk.goto(f"{world.url}/clues/criteria/")
        look(desk, "criteria")
        desk.goto(f"{world.url}/clues/imports/")
        desk.evaluate(PASTE, MERGED)
        expect(desk.locator("[data-paste-says]")).to_contain_text("拆开 1 处")
        look(desk, "imports")
        desk.get_by_role("button", name="上传并预览").click()
        expect(desk.locator("body")).to_contain_text("举报人信息，不导入")
        look(desk, "import-columns")
        desk.get_by_role("button", name="核对", exact=True).click()
        desk.get_by_role("button", name="导入 2 条").click()
        expect(desk.get_by_text("正在导入")).to_be_visible()
        with context.province("gx"):
            jobs.run(ClueImport.objects.get().pk)
            assert {each.said["platform"] for each in ClueImport.objects.get().lines.all()} == {"淘某"}
        expect(desk.get_by_text("去线索台账")).to_be_visible()
        look(desk, "import-done")
