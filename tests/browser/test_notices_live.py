"""陈队长 looks at her messages: a new one appears by itself, without scripts by reload."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from harness.looks import look_at_each
from playwright.sync_api import Page, sync_playwright

from accounts.models import Post, Unit, User
from evidence.models import Quarantined
from kernel import clock
from kernel.ids import uuid7
from notify.services import tell
from provinces import context
from runtime.browser import NODE_MODULES, browser_env, chromium_path, launch_args

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
PICTURES = os.environ.get("PICTURES", "")


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


class Streams:
    """The events server, started and killed by the test."""

    def __init__(self) -> None:
        self.port, self.process = 0, None

    def start(self) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), "events", "--port", str(self.port)]
        env = os.environ | {"CACHE_URL": django_settings.VALKEY_URL, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def streams(border) -> Iterator[Streams]:
    made = Streams()
    made.start()
    yield made
    made.kill()


@pytest.fixture
def site(border, streams, settings) -> Iterator[int]:
    """The port on which all hosts are served."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.EVENTS_URL = f"http://{{host}}:{streams.port}"
    settings.DEBUG = True  # static files straight from the apps
    handler = StaticFilesHandler(WSGIHandler())
    settings.DEBUG = False
    server = make_server("127.0.0.1", 0, handler, server_class=Server, handler_class=Quiet)
    settings.DEBUG = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


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
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop in the test's thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=[*launch_args(), "--host-resolver-rules=MAP *.testhost 127.0.0.1"],
            env=browser_env(),
        )

        def open_page(user: User, path: str, *, width: int = 360, theme: str = "light", scripts: bool = True) -> Page:
            key = client_for("gx", user=user).cookies[django_settings.SESSION_COOKIE_NAME].value
            seen = browser.new_context(
                bypass_csp=True,
                viewport={"width": width, "height": 780}, color_scheme=theme, locale="zh-CN",
                service_workers="block", java_script_enabled=scripts,
            )  # fmt: skip
            address = f"http://gx.testhost:{site}"
            seen.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page
        browser.close()


def say(chen: User, title: str, **more: object) -> None:
    with context.province("gx"):
        tell(to=[chen.pk], code="chat_line", title=title, url="/notices/", **more)


def test_a_message_appears_by_itself_and_again_after_the_stream_was_lost(people, visit, streams):
    chen = people["chen"]
    page = visit(chen, "/notices/")
    page.wait_for_selector('[data-live-state][data-state="open"]')
    assert "还没有消息" in page.inner_text("main")
    say(chen, "第一条")
    page.wait_for_selector("text=第一条", timeout=5000)
    streams.kill()
    page.wait_for_selector('[data-live-state][data-state="waiting"]')
    say(chen, "第二条")
    streams.start()
    page.wait_for_selector("text=第二条", timeout=15_000)
    assert page.locator("#notices li").count() == 2


def test_without_scripts_a_message_appears_by_reload_and_is_read_by_opening(people, visit):
    chen = people["chen"]
    page = visit(chen, "/notices/", scripts=False)
    say(chen, "第一条")
    page.reload()
    page.click("text=第一条")
    assert "已读" in page.inner_text("#notices li")


@look_at_each
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
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text())
        found = page.evaluate("axe.run()")["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
