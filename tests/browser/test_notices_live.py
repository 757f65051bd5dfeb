"""陈队长 looks at her messages: a new one appears by itself, without scripts by reload."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from harness import site as harness
from harness.looks import look_on_the_phone
from playwright.sync_api import Page, expect

from accounts.models import Post, Unit, User
from evidence.models import Quarantined
from kernel import clock
from kernel.ids import uuid7
from notify.services import tell
from provinces import context

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def streams(border) -> Iterator[harness.Streams]:
    """The events server, which a test may kill and start."""
    with harness.events() as started:
        yield started


@pytest.fixture
def site(streams) -> Iterator[int]:
    """The port on which all hosts are served."""
    with harness.served(streams) as port:
        yield port


@pytest.fixture
def people(border) -> dict[str, User]:
    with context.province("gx"):
        unit = Unit.objects.create(code="450100", name="南宁市局", kind="municipal_bureau", division_code="450100")
        found = {}
        for name, title, role in (("chen", "陈队长", "officer"), ("huang", "黄管理员", "bureau_admin")):
            found[name] = User.objects.create_user(name, name=title[0], title=title, unit=unit)
            Post.objects.create(user=found[name], unit=unit, role=role)
    return found


@pytest.fixture
def visit(site, client_for, monkeypatch) -> Iterator[Callable[..., Page]]:
    """`visit(chen, "/notices/", width=360)`: the page in Chromium, signed in."""
    with harness.chromium() as browser:

        def open_page(user: User, path: str, *, width: int = 360, theme: str = "light", scripts: bool = True) -> Page:
            key = client_for("gx", user=user).cookies[settings.SESSION_COOKIE_NAME].value
            seen = browser.new_context(
                bypass_csp=True,
                viewport={"width": width, "height": 780}, color_scheme=theme, locale="zh-CN",
                service_workers="block", java_script_enabled=scripts,
            )  # fmt: skip
            address = f"http://gx.testhost:{site}"
            seen.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page


def say(chen: User, title: str, **more: object) -> None:
    with context.province("gx"):
        tell(to=[chen.pk], code="chat_line", title=title, url="/notices/", **more)


@pytest.mark.slow
def test_a_message_appears_by_itself_and_again_after_the_stream_was_lost(people, visit, streams):
    chen = people["chen"]
    page = visit(chen, "/notices/")
    page.wait_for_selector('[data-live-state][data-state="open"]')
    assert "还没有消息" in page.inner_text("main")
    say(chen, "第一条")
    page.wait_for_selector("text=第一条")
    streams.kill()
    page.wait_for_selector('[data-live-state][data-state="waiting"]')
    say(chen, "第二条")
    streams.start()
    page.wait_for_selector("text=第二条")
    assert page.locator("#notices li").count() == 2


def test_without_scripts_a_message_appears_by_reload_and_is_read_by_opening(people, visit):
    chen = people["chen"]
    page = visit(chen, "/notices/", scripts=False)
    say(chen, "第一条")
    page.reload()
    page.click("text=第一条")
    expect(page.locator("#notices li")).to_contain_text("已读")


@look_on_the_phone
def test_pages_are_accessible_and_fit_their_width(people, visit, width, theme):
    chen, huang = people["chen"], people["huang"]
    say(chen, "桂A-2026-0012 已有辨认结论", urgent=True)
    say(chen, "桂A-2026-0012 有新对话")
    with context.province("gx"):
        Quarantined.objects.create(
            draft_id=uuid7(), by_id=chen.pk, by_name=chen.display_name, unit_id=chen.unit_id, unit_name="南宁市局",
            object_key="gx/original/00/x", sha256="0" * 64, size_bytes=3_400_000, source="camera",
            captured_at=clock.now() - timedelta(hours=3),
        )  # fmt: skip
    for user, path in ((chen, "/notices/"), (huang, "/admin/quarantine/"), (huang, "/admin/robots/")):
        page = visit(user, path, width=width, theme=theme)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{path.strip('/').replace('/', '-')}-{width}-{theme}.png", full_page=True)
        assert harness.overflow(page) <= 0, path
        assert harness.violations(page) == [], path
