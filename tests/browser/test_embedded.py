"""A case system shows us in a frame, in a real browser (B-01, B-06; edge case 10)."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import cache
from harness import case_system, people, site

from provinces import context
from provinces.hosts import DIRECTORY
from provinces.models import Domain, Province
from tenants.embedding.models import Matter

PAGE = """<!doctype html><meta charset="utf-8"><title>办案系统</title><body><ul id="said"></ul>
<iframe id="frame" width="360" height="600" src="{src}"></iframe>
<script>addEventListener("message", (event) => {{ const line = document.createElement("li");
line.dataset.type = event.data.type; line.dataset.origin = event.origin; line.textContent = JSON.stringify(event.data);
document.querySelector("#said").append(line); }});</script>"""


class CasePages(ThreadingHTTPServer):
    """Pages of the case system: whatever host they are asked under."""

    src = ""


class Handler(BaseHTTPRequestHandler):
    server: CasePages

    def do_GET(self) -> None:
        body = PAGE.format(src=self.server.src).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def pages():
    with CasePages(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def at_localhost(border, settings):
    """广西 under a name that browsers hold to be safe without TLS: others keep no secure cookie."""
    settings.ALLOWED_HOSTS = [".localhost"]
    with context.owner():
        province = Province.objects.get(schema_name="gx")
        row = Domain.objects.create(domain="gx.localhost", tenant=province, is_primary=False)
    DIRECTORY.clear()
    yield
    with context.owner():
        row.delete()
    DIRECTORY.clear()


@pytest.mark.browser
def test_a_case_is_worked_on_in_the_frame_and_a_foreign_page_sees_nothing(at_localhost, pages, settings):
    """The frame keeps its session in a partitioned cookie, takes forms, tells its page; a foreign page sees nothing."""
    cache.clear()
    people.divisions()
    bureau = people.bureau("gx")
    with site.web() as port:
        settings.DOMAIN, here = f"localhost:{port}", f"http://gx.localhost:{port}"
        cases, foreign = (f"http://{name}.localhost:{pages.server_port}" for name in ("cases", "evil"))
        with context.province("gx"):
            system = case_system.join(by=bureau.chen, origins=(cases,))
        with site.chromium() as browser:
            page = browser.new_page()
            pages.src = f"{here}/launch/?token={system.token('框中案', aud=here, origin=cases, target='matter')}"
            page.goto(cases)
            frame = page.frame_locator("#frame")
            frame.locator("h1.number").wait_for()
            cookies = [each for each in page.context.cookies() if each["name"] == "embedded"]
            assert [(each["sameSite"], each["secure"], bool(each.get("partitionKey"))) for each in cookies] == [
                ("None", True, True)
            ]
            page.locator('#said li[data-type="chazhenjia.ready"]').wait_for(state="attached")
            page.locator('#said li[data-type="chazhenjia.height"]').first.wait_for(state="attached")
            assert page.locator("#said li").first.get_attribute("data-origin") == here
            assert "token=" not in page.locator("#said").inner_text()
            frame.locator("[data-embedded-send]").click()
            page.locator('#said li[data-type="chazhenjia.result"]').wait_for(state="attached")
            frame.locator("#renumber summary").click()
            frame.locator("#new-number").fill("框中案二")
            frame.locator("#renumber button").click()
            frame.get_by_text("案号已改").wait_for()
            # A page that nobody allowed shows an empty frame, though the officer's cookie is there.
            other = browser.new_page()
            pages.src = f"{here}/launch/?token={system.token('框外案', aud=here, origin=cases)}"
            with other.expect_console_message(lambda said: "frame-ancestors" in said.text):
                other.goto(foreign)
            assert not other.frame_locator("#frame").locator("h1").count()
            assert other.locator("#said li").count() == 0
    with context.province("gx"):
        assert Matter.objects.get(case_number="框中案二").aliases.get().number == "框中案"
