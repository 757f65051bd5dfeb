"""The browser for tests: it opens a province's host without DNS, and Chinese text has glyphs."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image, ImageDraw, ImageFont

from runtime.browser import browser_env, chromium_path, font_file, launch_args

PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>查真假</title>
<body style="font: 32px system-ui; margin: 24px; background: #fff; color: #000">
<p id="a">查真假：广西壮族自治区市场监督管理局</p>
<p id="b" style="font-family: serif">辨认意见书 演示样张 无法律效力</p>
<p style="font-weight: 700">贵州 · 广东 · 福建 1234567890</p></body></html>""".encode()


class Pages(BaseHTTPRequestHandler):
    hosts: list[str] = []

    def do_GET(self):
        self.hosts.append(self.headers["Host"])
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


@pytest.fixture
def port():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.browser
def test_a_province_host_opens_without_dns_is_secure_and_shows_chinese(port, tmp_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=launch_args(), env=dict(browser_env()), timeout=30_000
        )
        try:
            page = browser.new_page(viewport={"width": 800, "height": 360})
            page.goto(f"http://gx.localhost:{port}/")
            assert page.evaluate("window.isSecureContext") is True
            assert page.evaluate("typeof crypto.subtle.digest") == "function"
            assert f"gx.localhost:{port}" in Pages.hosts
            # Missing glyphs are all the same box: two different characters would look alike.
            pictures = []
            for character in "真假":
                page.evaluate("c => document.body.innerHTML = `<p id=c style='width:40px'>${c}</p>`", character)
                pictures.append(page.locator("#c").screenshot())
            assert pictures[0] != pictures[1]
        finally:
            browser.close()


@pytest.mark.parametrize("weight", [400, 700])
@pytest.mark.parametrize("serif", [False, True])
def test_each_font_file_draws_two_characters_differently(weight, serif):
    font = ImageFont.truetype(font_file(weight, serif=serif), 40)

    def drawn(character):
        picture = Image.new("L", (60, 60))
        ImageDraw.Draw(picture).text((5, 5), character, font=font, fill=255)
        return picture.tobytes()

    assert drawn("真") != drawn("假")
    assert any(drawn("囍"))
