"""All hosts of the installation over HTTP, with the events server, and a Chromium that finds them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect, sync_playwright

from runtime.browser import NODE_MODULES, browser_env, chromium_path, launch_args

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_MS = 60_000
"""How long a test waits for what will come by itself. Only a failure lasts so long."""
expect.set_options(timeout=PATIENCE_MS)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Keep the test's output clean."""


class Streams:
    """The events server. Killed, it starts again on the port it had."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start and wait until it listens."""
        command = [sys.executable, str(ROOT / "manage.py"), "events", "--port", str(self.port)]
        env = os.environ | {"CACHE_URL": settings.VALKEY_URL, "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().rsplit(":", 1)[1])

    def kill(self) -> None:
        """End it without a word to those who listen."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def events() -> Iterator[Streams]:
    """An events server of the test's own, which it may kill."""
    streams = Streams()
    try:
        streams.start()
        yield streams
    finally:
        streams.kill()


class _Kept:
    """What takes seconds to start and holds nothing of a test: one events server, one Playwright, a few Chromiums.

    Kept while tests of `tests/browser` follow one another, and let go before any other test: Playwright keeps an event
    loop in the thread, in which Django would refuse the database.
    """

    def __init__(self) -> None:
        self.streams: Streams | None = None
        self.playwright: Playwright | None = None
        self.browsers: dict[tuple[str, ...], Browser] = {}

    def events(self) -> Streams:
        if self.streams is None:
            self.streams = Streams()
            self.streams.start()
        return self.streams

    def browser(self, *args: str) -> Browser:
        if self.playwright is None:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
            self.playwright = sync_playwright().start()
        if args not in self.browsers or not self.browsers[args].is_connected():
            self.browsers[args] = self.playwright.chromium.launch(
                executable_path=chromium_path(), args=[*launch_args(), *args], env=browser_env()
            )
        return self.browsers[args]

    def let_go(self) -> None:
        for each in self.browsers.values():
            each.close()
        self.browsers.clear()
        if self.playwright is not None:
            self.playwright.stop()
            self.playwright = None
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        if self.streams is not None:
            self.streams.kill()
            self.streams = None


kept = _Kept()


@contextmanager
def served(streams: Streams | None = None) -> Iterator[int]:
    """The port on which every host is served, with live events. streams: those a test holds itself."""
    with web(EVENTS_URL=f"http://{{host}}:{(streams or kept.events()).port}") as port:
        yield port


@contextmanager
def web(**more: Any) -> Iterator[int]:
    """The port on which every host is served, without live events. more: settings."""
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=storages, DEBUG=True, **more):
        handler = StaticFilesHandler(WSGIHandler())  # static files straight from the apps
        server = make_server("127.0.0.1", 0, handler, server_class=_Server, handler_class=_Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()


@contextmanager
def chromium(*args: str) -> Iterator[Browser]:
    """A browser in which every `*.testhost` leads to this machine. Its windows are closed at the end."""
    browser = kept.browser("--host-resolver-rules=MAP *.testhost 127.0.0.1", *args)
    try:
        yield browser
    finally:
        for each in browser.contexts:
            each.close()


def awake(page: Page) -> None:
    """Wait until the scripts of the page run: its keys are heard, a second tap is known for one."""
    page.locator("html:not([data-waking])").wait_for(state="attached")


def reload_until(there: Locator) -> None:
    """Reload the page until it is there: what a worker does comes when it comes."""
    for _ in range(PATIENCE_MS // 500):
        if there.count():
            return
        there.page.wait_for_timeout(500)
        there.page.reload()
    raise AssertionError(f"not within {PATIENCE_MS} ms: {there}")


def drag(place: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """With the mouse, in pixels from the middle, once it stands still and nothing lies over it."""
    box = place.bounding_box()
    assert box
    x, y = box["width"] / 2, box["height"] / 2
    at = [{"x": x + dx, "y": y + dy} for dx, dy in (start, end)]
    place.drag_to(place, source_position=at[0], target_position=at[1], steps=12)


def violations(page: Page) -> list[Any]:
    """What axe finds on the page: rule, how often, first place."""
    awake(page)
    page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(rule["id"], len(rule["nodes"]), rule["nodes"][0]["html"][:200]) for rule in found["violations"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def sign_in_by_code(context: BrowserContext, house: Any, host: str, phone: str) -> None:
    """By telephone and the code that the demonstration shows, as somebody without a persona."""
    page = context.new_page()
    page.goto(house.url(host, "/"))
    page.locator("main a[href*=code]").first.click()
    page.locator("input[type=tel]").first.fill(phone)
    page.locator("main form button").first.click()
    page.locator("input[autocomplete=one-time-code]").wait_for()
    codes = context.new_page()
    codes.goto(house.url(host, "/dev/codes/"))
    code = re.search(r"\b\d{6}\b", codes.inner_text("main"))
    assert code, codes.inner_text("main")
    codes.close()
    page.locator("input[autocomplete=one-time-code]").fill(code.group())
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.close()
