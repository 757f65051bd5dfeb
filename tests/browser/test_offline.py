"""陈队长 in a cellar: what is done without a signal arrives later, byte for byte, and once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness import site
from harness.clicks import FACTS_KEPT, choose_product, claim, number_of, send, until, wait_sent
from PIL import Image
from playwright.sync_api import Page, Route, expect

from runtime.sample.art import Art

CHUNK = 512 * 1024
"""As in sending.js."""
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
KEPT = re.compile("已封存 [0-9a-f]{8}")


@pytest.fixture
def officer(as_persona: Callable[..., Page]) -> Page:
    """Her phone, with the worker running and the catalogue kept, as after a first visit."""
    page = as_persona("officer", service_workers="allow")
    page.goto(page.url.rstrip("/") + "/check/?new=1")
    until(page, "navigator.serviceWorker.controller && (await caches.keys()).includes('pictures')")
    until(page, FACTS_KEPT)
    until(page, "await caches.match(document.querySelector('meta[name=barcode-reader]').dataset.wasm)")
    page.goto(page.url.partition("/check/")[0] + "/")
    until(page, "(await (await caches.open('pages')).keys()).some((one) => new URL(one.url).pathname === '/')")
    return page


def _now(photo: Path) -> Path:
    """As if it had been taken this moment: photos from before the visit are asked about."""
    os.utime(photo)
    return photo


def _barcode(gtin: str, file: Path) -> Path:
    art = Art((1600, 1200), "#f4f1ea", frozenset())
    art.barcode((300, 300), gtin, 8, 420)
    art.image.save(file, "JPEG", quality=92)
    return file


def _read_code(page: Page, photo: Path) -> None:
    page.locator("[data-scan-open]").click()
    page.locator('[data-scan="file"]').set_input_files(_now(photo))


def test_a_request_made_wholly_without_a_signal_arrives_byte_for_byte(
    officer: Page, as_persona: Callable[..., Page], sample_photo: Callable[..., Path], tmp_path: Path
):
    context = officer.context
    origin = officer.url.rstrip("/")
    context.set_offline(True)
    officer.goto(origin + "/")  # a repeat visit
    officer.locator("main").get_by_role("link", name="查真假").click()
    officer.wait_for_url("**/phone/?at=*")
    expect(officer.locator("[data-role=dated]")).to_contain_text("目录更新于")
    _read_code(officer, sample_photo("barcode", product="guman-oil", genuine=True))
    officer.wait_for_url("**/phone/?item=*")
    photos = [sample_photo(code, product="guman-oil") for code in ("pack_front", "pack_back", "batch_code")]
    for photo in photos:
        officer.locator('.capture [data-role="album"] input').set_input_files(_now(photo))
        expect(officer.locator('[data-role="says"]').last).to_have_text(KEPT)
        sealed = hashlib.sha256(photo.read_bytes()).hexdigest()
        expect(officer.locator('.capture [data-role="says"]')).to_contain_text(sealed[:8])
    expect(officer.locator(".thumbs [data-state=sealed]")).to_have_count(3)
    officer.locator('.capture [data-role="done"]').click()
    officer.get_by_role("button", name=re.compile("^发给")).click()
    officer.wait_for_url("**/queue/")
    expect(officer.locator("[data-state=waiting]")).to_have_count(5)  # the draft, three photos, 发送
    officer.close()

    again = context.new_page()
    again.goto(origin + "/queue/")
    expect(again.locator("[data-state=waiting]")).to_have_count(5)
    context.set_offline(False)
    expect(again.locator('[data-role="none"]')).to_be_visible(timeout=60_000)
    again.goto(origin + "/requests/?mine=1")
    again.locator(".lines a").first.click()
    again.wait_for_url("**/requests/*/")
    digests = set()
    for address in again.locator("a[href^='/photos/']").evaluate_all("all => [...new Set(all.map((one) => one.href))]"):
        look = context.new_page()
        look.goto(address)
        digests.add(look.locator("code.digest").first.inner_text().split()[-1])
        look.close()
    assert digests == {hashlib.sha256(photo.read_bytes()).hexdigest() for photo in photos}


def test_a_poor_photo_is_kept_with_a_reason_that_the_appraiser_reads(
    as_persona: Callable[..., Page], sample_photo: Callable[..., Path], tmp_path: Path
):
    page = as_persona("officer")
    choose_product(page)
    dark = tmp_path / "dark.jpg"
    Image.new("RGB", (1600, 1200), "#101010").save(dark)
    page.locator('[data-role="album"] input').set_input_files(dark)
    expect(page.locator('[data-role="problem"]')).to_contain_text("太暗了")
    page.locator("#poor-reason").select_option("")
    page.locator("#other-reason").fill("地下室没有灯")
    page.get_by_role("button", name="写明原因并保留").click()
    # From before the visit: said plainly, and asked about.
    old = sample_photo("back_label")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    page.locator('[data-role="album"] input').set_input_files(old)
    expect(page.locator('[data-role="problem"]')).to_contain_text("非现场拍摄")
    page.locator("#poor-reason").select_option("举报人或当事人提供")
    page.get_by_role("button", name="写明原因并保留").click()
    wait_sent(page, 2)
    send(page)
    desk = as_persona("appraiser", width=1440)
    claim(desk, number_of(page))
    expect(desk.locator("main")).to_contain_text("太暗：地下室没有灯")
    expect(desk.locator("main")).to_contain_text("非现场拍摄：举报人或当事人提供")


def test_a_barcode_that_nobody_knows_is_said_and_one_read_wrongly_is_not_taken(
    as_persona: Callable[..., Page], tmp_path: Path
):
    page = as_persona("officer")
    page.goto(page.url.rstrip("/") + "/check/?new=1")
    _read_code(page, _barcode("6901234567899", tmp_path / "wrong.jpg"))  # no right check digit
    expect(page.locator('[data-scan="says"]')).to_contain_text("没有认出条码")
    page.locator('[data-scan="file"]').set_input_files(_barcode("6901234567892", tmp_path / "unknown.jpg"))
    expect(page.locator("#messages")).to_contain_text("没有这个条码：6901234567892")
    expect(page.locator("#product-q")).to_have_value("6901234567892")
    expect(page.locator("#unlisted-box")).to_have_attribute("open", "")


def test_an_upload_that_broke_off_goes_on_where_it_broke(as_persona: Callable[..., Page], tmp_path: Path):
    page = as_persona("officer")
    choose_product(page)
    large = tmp_path / "large.jpg"
    Image.effect_noise((2000, 1500), 60).convert("RGB").save(large, quality=95)
    size = large.stat().st_size
    assert size > 3 * CHUNK
    sent: list[tuple[str, int]] = []

    def count(route: Route) -> None:
        request = route.request
        offset = int(request.headers.get("upload-offset", 0))
        sent.append((request.method, 0 if request.method == "HEAD" else min(CHUNK, size - offset)))
        if len(sent) == 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/**", count)
    page.locator('[data-role="album"] input').set_input_files(large)
    wait_sent(page, 1)
    assert [method for method, _size in sent[:5]] == ["POST", "PATCH", "PATCH", "HEAD", "PATCH"]
    assert size <= sum(each for _method, each in sent) <= size + CHUNK


def test_the_queue_goes_out_without_a_page_when_the_browser_finds_a_signal(
    officer: Page, someone: Callable[..., Any], sample_photo: Callable[..., Path]
):
    context, origin = officer.context, officer.url.rstrip("/")
    choose_product(officer)
    item = officer.url.partition("/capture/")[0]
    context.set_offline(True)
    officer.locator('[data-role="album"] input').set_input_files(_now(sample_photo("front_label")))
    expect(officer.locator(".thumbs [data-state=sealed]")).to_have_count(1)
    wire = context.new_cdp_session(officer)
    known: list[str] = []
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: known.extend(
            one["registrationId"] for one in told["registrations"] if one["scopeURL"].startswith(origin)
        ),
    )
    wire.send("ServiceWorker.enable")
    officer.goto("about:blank")
    context.set_offline(False)
    for _try in range(600):
        if known:
            break
        officer.wait_for_timeout(100)
    event = {"origin": origin, "registrationId": known[-1], "tag": "outbox", "lastChance": False}
    wire.send("ServiceWorker.dispatchSyncEvent", event)
    # Somebody who runs no script of ours looks at what has arrived.
    look = someone(storage_state=context.storage_state(), java_script_enabled=False).new_page()
    look.goto(item + "/")
    site.reload_until(look.locator("#photos", has_text="照片 1 张"))
