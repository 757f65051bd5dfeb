"""陈队长 keeps evidence on her phone: a video in parts, a waybill, a covered copy; and how the pages look."""

from __future__ import annotations

import hashlib
import io
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from harness import people, site
from playwright.sync_api import Page

from appraisal.requests import services
from evidence import packages, redactions, withdrawals
from evidence.models import Exhibit, Redaction
from evidence.services import make_views
from provinces import context

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def world(border: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        chen = bureau.chen
        visit = services.open_site(by=chen, place=services.Place(county_code=people.NANNING, place="南湖市场"))
        item = services.add_product(by=chen, site=visit, product_id=house.product.pk)
        photo = people.sealed_photo(chen, "front")
        services.add_photo(by=chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
        services.send(by=chen, request_id=item.request_id)
    return SimpleNamespace(bureau=bureau, chen=chen, photo=photo, request_id=item.request_id)


@pytest.fixture
def visit(world: SimpleNamespace, client_for: Any) -> Iterator[Callable[..., Page]]:
    """`visit("/", who=…, width=360)`: a page in Chromium."""
    with site.served() as port, site.chromium() as browser:
        address = f"http://gx.testhost:{port}"

        def open_page(path: str, *, who: Any = None, width: int = 360, theme: str = "light") -> Page:
            key = client_for("gx", user=who or world.chen).cookies[settings.SESSION_COOKIE_NAME].value
            seen = browser.new_context(
                viewport={"width": width, "height": 780}, color_scheme=theme, locale="zh-CN", service_workers="block",
                bypass_csp=True,
            )  # fmt: skip
            seen.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page


def test_a_video_a_waybill_and_a_covered_copy_are_made_on_the_phone(world, visit, tmp_path: Path):
    matter = f"/exhibits/in/request/{world.request_id}/"
    # A video: sealed piece by piece on the phone, sent in chunks.
    video = tmp_path / "part.mp4"
    video.write_bytes(b"\x00\x00\x00\x18ftypmp42" + random.Random(1).randbytes(9_000_001))
    page = visit(matter)
    page.get_by_role("button", name="录像").click()
    page.locator("input[type=file]").set_input_files(str(video))
    page.locator("[data-files] li").first.wait_for()
    page.get_by_label("名称").fill("开箱经过")
    page.get_by_role("button", name="封存", exact=True).click()
    page.get_by_role("heading", name="开箱经过").wait_for()
    with context.province("gx"):
        clip = Exhibit.objects.get(kind="clip")
        assert clip.sha256 == hashlib.sha256(video.read_bytes()).hexdigest() and clip.file_name == "part.mp4"
    # A waybill: what cannot be read stays empty with its reason.
    paper = tmp_path / "paper.jpg"
    paper.write_bytes(people.jpeg("waybill"))
    page.goto(page.url.partition("/exhibits/")[0] + matter)
    page.get_by_role("button", name="快递单").click()
    page.get_by_label("快递公司").fill("样张快递")
    page.locator("input[type=file]").set_input_files(str(paper))
    page.locator("[data-files] li").first.wait_for()
    assert page.get_by_label("快递公司").input_value() == "样张快递", "what was typed outlives the upload"
    page.get_by_role("button", name="封存", exact=True).click()
    page.get_by_text("没有填，请填写").first.wait_for()
    page.get_by_label("运单号").fill("DEMO 1")
    for name in ("sender", "sender_phone", "receiver", "receiver_phone", "sent_on"):
        page.locator(f"#r_{name}").select_option("masked")
    page.get_by_role("button", name="封存", exact=True).click()
    page.get_by_text("隐私面单，已隐去").first.wait_for()
    # A covered copy: a box drawn with a finger's drag.
    page.goto(page.url.partition("/exhibits/")[0] + f"/exhibits/{world.photo.pk}/redact/")
    page.get_by_role("button", name="画框").click()
    site.drag(page.locator("[data-pane]"), (-60, -40), (60, 40))
    page.get_by_text("第 1 处").wait_for()
    page.get_by_label("用途").fill("向外单位通报")
    page.get_by_role("button", name="制作遮盖副本").click()
    page.get_by_text("遮盖副本正在制作").wait_for()
    with context.province("gx"):
        row = redactions.make(Redaction.objects.get().pk)
        assert row.state == "done" and make_views(row.copy.pk).state == "ready"


@pytest.mark.slow
def test_the_pages_of_evidence_fit_and_are_accessible(world, visit):
    from evidence import matters, sheets

    with context.province("gx"):
        chen = world.chen
        matter = matters.access(chen, "request", world.request_id)
        package = packages.seal(matter=matter, exhibit_ids=[world.photo.pk], title="移送材料", by=chen)
        sheet = sheets.open_sheet(kind="waybill", matter=matter, by=chen, fields={"number": "SF123"})
        empty = {name: {"value": "", "reason": "torn"} for name in sheets.WAYBILL_FIELDS} | {"number": "DEMO 1"}
        done = sheets.open_sheet(kind="waybill", matter=matter, by=chen, fields=empty)
        data = people.jpeg("paper")
        said = {"sha256": hashlib.sha256(data).hexdigest(), "filename": "paper.jpg", "source": "camera"}
        sheets.add_file(done, io.BytesIO(data), by=chen, fields=said)
        paper = sheets.seal(done, by=chen, matter=matter)
        sheets.mark_cartons(paper, ["1", "2"], matter=matter, by=chen)
        withdrawals.ask(world.photo, by=chen, reason="误传")
    base = f"/exhibits/in/request/{world.request_id}/"
    pages = {
        "paper": f"/exhibits/{paper.pk}/",
        "exhibit": f"/exhibits/{world.photo.pk}/",
        "package": f"/packages/{package.pk}/",
        "matter": base,
        "sheet": f"/sheets/{sheet.pk}/",
        "redact": f"/exhibits/{world.photo.pk}/redact/",
        "new-package": f"{base}package/",
        "list": "/exhibits/",
        "documents": f"{base}documents/",
        "transfer": f"/packages/{package.pk}/transfer/",
    }
    wide = {"paper", "exhibit", "package", "matter"}
    for width, theme in ((360, "light"), (1440, "dark")):
        for name, path in pages.items():
            if width > 600 and name not in wide:
                continue
            page = visit(path, width=width, theme=theme)
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}-{width}.png", full_page=True)
            assert site.overflow(page) == 0, f"{path} is {site.overflow(page)} px too wide at {width}"
            assert not site.violations(page), f"{path} at {width}: {site.violations(page)}"
            page.context.close()
    page = visit("/exhibits/withdrawals/", who=world.bureau.huang, width=1440)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/withdrawals-1440.png", full_page=True)
    assert page.get_by_text("误传").count() and not site.violations(page)
