"""The page of a letter in a real browser: the gate answers while one writes; pages fit a phone and pass axe."""

from __future__ import annotations

import os

import pytest
from django.conf import settings
from harness import opinion_world
from harness import site as harness
from playwright.sync_api import expect

from appraisal.issuing import services
from provinces import context
from provinces.seats import BRANDS

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


def test_the_gate_answers_while_one_writes_and_pages_fit(border, client_for):
    world = opinion_world.build()
    letter = world.preliminary(2, secret=True)
    draft = world.drafted(secret=True)
    key = client_for("brands", user=world.house.lin).cookies[settings.SESSION_COOKIE_NAME].value
    looks = [(360, "light"), (1440, "dark")] + ([(360, "dark"), (1440, "light")] if PICTURES else [])
    pages = {"draft": f"/opinions/{draft.pk}/", "approved": f"/opinions/{letter.pk}/", "list": "/opinions/?state=all"}
    pages |= {"signing": "/opinions/signing/", "task": f"/desk/{letter.task_id}/"} if PICTURES else {}
    with harness.web() as port, harness.chromium() as browser:
        address = f"http://brands.testhost:{port}"
        for width, theme in looks:
            seen = browser.new_context(
                bypass_csp=True, viewport={"width": width, "height": 800}, color_scheme=theme, locale="zh-CN",
                service_workers="block",
            )  # fmt: skip
            seen.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            for name, path in pages.items():
                page.goto(address + path)
                assert harness.overflow(page) <= 0, f"{name} is wider than {width}"
                if PICTURES:
                    page.screenshot(path=f"{PICTURES}/{name}-{width}-{theme}.png", full_page=True)
                    continue
                assert harness.violations(page) == [], f"{name} at {width}"
            if width == 1440:
                page.goto(address + pages["draft"])
                grade = page.locator('select[name="i1-f0-grade"]')
                grade.select_option("kept")
                expect(page.locator("#gate")).to_contain_text("还没有一条印出的理由")
                grade.select_option("printed")
                expect(page.locator("#gate")).to_contain_text("要件齐全")
            seen.close()
    with context.seat(BRANDS):
        assert services.make(acting=world.acting(), task_id=draft.task_id).pk == draft.pk
