"""The example case system: the case is opened there, photographed in its frame, and the verdict is in its own file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request

import pytest
from harness.clicks import SEALED, live
from harness.house import ROOT, free_ports
from playwright.sync_api import expect

from runtime.processes import spawn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
CASE = "青市监案〔2026〕118号"
TYPED = """window.typed = [];
addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches("textarea, input:not([type=file], [type=radio], [type=checkbox])")) window.typed.push(field.name);
}, true);"""


@pytest.fixture
def case_system(house, tmp_path):
    """The example, joined to 广西 of the running product. Yields its address."""
    [port] = free_ports(1)
    python, folder = sys.executable, str(tmp_path / "cases")
    joined = subprocess.run(
        [python, "manage.py", "join_example", "--folder", folder, "--port", str(port)],
        cwd=ROOT, env=house.part("web").environ(), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert joined.returncode == 0, joined.stderr
    app = spawn(
        [python, "docs/examples/case_system/app.py", "--folder", folder, "--port", str(port)], env=os.environ,
        stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert app.stdout is not None and b"cases.localhost" in app.stdout.readline()
    yield f"http://cases.localhost:{port}"
    app.terminate()
    app.wait(20)


@pytest.mark.slow
def test_b01_a_case_is_checked_in_its_own_system_and_nothing_is_typed_twice(case_system, someone, as_persona):
    desk = as_persona("appraiser", width=1440, fresh=True)
    live(desk)
    context = someone(width=1440)
    context.add_init_script(TYPED)
    page = context.new_page()
    page.goto(case_system)
    page.get_by_role("button", name="以陈队长登录").click()
    page.get_by_role("link", name=CASE).click()
    page.get_by_role("button", name="查真假").click()

    inside = page.frame_locator("#frame")
    inside.locator('[data-capture][data-camera="on"]').wait_for()
    expect(page.locator("#frame")).to_have_attribute("data-ready", "true")
    inside.locator('[data-role="shutter"]').click()
    expect(inside.locator('[data-role="says"]')).to_have_text(SEALED)
    expect(inside.locator(".thumbs [data-state=sent]")).to_have_count(1)
    inside.locator('[data-role="done"]').click()
    inside.locator("button", has_text="发给").click()
    inside.locator("#now header").wait_for()
    expect(page.locator("#file article")).to_contain_text("等待答复")
    number = page.locator("#file article p", has_text="申请").inner_text().partition(" ")[2]

    row = desk.locator("[data-key-row]", has_text=number)
    row.wait_for()
    row.locator("[data-claim]").click()
    desk.wait_for_selector("#answer-form")
    desk.locator(".verdict-grid label").nth(1).click()
    desk.locator("[data-reasons]").fill("烫金边缘毛糙")
    desk.locator("#answer-form .send button").click()

    verdict = page.locator("#file article[data-verdict=counterfeit]")
    expect(verdict).to_contain_text("烫金边缘毛糙")
    assert len(verdict.locator("li code").first.inner_text()) == 64
    cookie = "; ".join(f"{each['name']}={each['value']}" for each in context.cookies(case_system))
    address = page.url.replace("cases.localhost", "127.0.0.1") + "/file.json"
    kept = json.load(urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": cookie})))
    assert (kept["case_number"], kept["answered"]) == (CASE, True)
    assert [frame.evaluate("window.typed") for frame in page.frames] == [[]] * len(page.frames)
    expect(inside.locator("body")).to_contain_text(CASE)
