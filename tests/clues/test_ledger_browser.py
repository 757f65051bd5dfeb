"""The ledger by keyboard, in a real browser: choose, tick, dispatch, undo.

The pages are the product's own; the test's client answers for them, so no server is started for one walk.
"""

from __future__ import annotations

import mimetypes
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import Route, sync_playwright

from runtime.browser import browser_env, chromium_path, launch_args
from tenants.clues.models import Clue

HOST = "gx.localhost"


@pytest.mark.browser
def test_a_dispatcher_chooses_ticks_dispatches_and_takes_it_back_by_keyboard_alone(
    bureau: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    first, second = bureau.clue("南宁市青秀区民族大道 1 号"), bureau.clue("南宁市青秀区民族大道 2 号")
    client = client_for("gx", user=bureau.meng)

    def serve(route: Route) -> None:
        asked = route.request
        path = re.sub(r"^https?://[^/]+", "", asked.url)
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/").partition("?")[0])
            return route.fulfill(path=found, content_type=mimetypes.guess_type(found)[0]) if found else route.abort()
        if not path.startswith("/clues/"):
            return route.abort()
        body = {"data": asked.post_data or "", "content_type": asked.headers.get("content-type", "text/plain")}
        answer = client.generic(asked.method, path, **(body if asked.method == "POST" else {}))
        while answer.status_code in (301, 302):
            answer = client.get(answer["Location"])
        return route.fulfill(status=answer.status_code, body=answer.content, content_type=answer["Content-Type"])

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=launch_args(), env=browser_env())
        page = browser.new_page(service_workers="block", locale="zh-CN")
        page.route("**/*", serve)
        page.goto(f"http://{HOST}/clues/?state=open")
        page.wait_for_selector("[data-count=open]:has-text('2')")
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("x")
        assert page.inner_text("[data-picked]") == "2"
        page.keyboard.press("y")
        page.wait_for_selector("text=办好 2 条")
        assert set(Clue.objects.values_list("state", flat=True)) == {"dispatched"}
        page.keyboard.press("u")
        page.wait_for_selector("text=已撤销 2 条")
        browser.close()
    assert set(Clue.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True)) == {"screened"}
