"""A reverse clue in a real browser: written at the brand, seen at the desk, its state back; pages fit and pass axe."""

from __future__ import annotations

import os

import pytest
from django.conf import settings
from django.db import transaction
from harness import reverse_world
from harness import site as harness

from appraisal.reverse_clues.models import ReverseClue
from audit.move import move
from audit.trail import Actor
from evidence.services import make_views
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from provinces import context
from provinces.seats import BRANDS
from tenants.clues import hooks
from tenants.clues.models import BrandReport, Clue
from tenants.clues.services import questioning

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


@pytest.mark.slow
def test_from_the_brands_page_to_the_desk_and_the_end_back(border, client_for, tmp_path):
    world = reverse_world.build()
    other = world.sent("gx", title="秀峰路一档口批发假酒")
    with context.province("gx"):
        report = BrandReport.objects.get()
        questioning.ask_source(by=world.meng, report_id=report.pk, text="到货的车牌是否知道？")
        from accounts.models import Unit
        from tenants.clues.services.arriving import arrived
        from tenants.clues.services.registering import NewClue, Source

        said = NewClue(
            source=Source(kind="hotline_12315", name="12315", ref="HL-2026-7"), desk=Unit.objects.get(parent=None),
            content="来电反映同一档口售假",
        )  # fmt: skip
        hotline = arrived(said, by=world.meng)
        with transaction.atomic():
            move(hotline, "end", by=Actor(None, "陈队长"), result="partly", outcome="filed", ended_at=clock.now())
            hooks.changed(hotline, "end")
    deliver_everywhere()
    keys = {
        host: client_for(host, user=person).cookies[settings.SESSION_COOKIE_NAME].value
        for host, person in (("brands", world.shen), ("gx", world.meng))
    }
    looks = [(360, "light"), (1440, "dark")] + ([(360, "dark"), (1440, "light")] if PICTURES else [])
    with harness.web() as port, harness.chromium() as browser:

        def seen(host, width, theme):
            made = browser.new_context(
                bypass_csp=True, viewport={"width": width, "height": 800}, color_scheme=theme, locale="zh-CN",
                service_workers="block",
            )  # fmt: skip
            address = f"http://{host}.testhost:{port}"
            made.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": keys[host], "url": address}])
            return made.new_page(), address

        page, address = seen("brands", 360, "light")
        page.goto(f"{address}/reverse-clues/new/")
        page.locator('[name="title"]').fill("民族大道烟酒店售假")
        page.locator('[name="content"]').fill("走访购得假酒，店内约二十箱")
        page.locator('[name="address_raw"]').fill("南宁市青秀区民族大道 1 号")
        page.locator('[name="products"]').check()
        picture = tmp_path / "front.jpg"
        picture.write_bytes(reverse_world.people.jpeg("门头"))
        page.locator('[name="photos"]').set_input_files(str(picture))
        page.locator('[name="to-province_code"]').select_option("gx")
        page.locator('[name="to-place"]').fill("南宁市青秀区")
        page.locator('button[value="save"].wide').click()
        page.get_by_text("草稿已保存").wait_for()
        with context.seat(BRANDS):
            clue = ReverseClue.objects.get(state="draft")
            make_views(clue.files.get().exhibit_id)
        draft_path = f"/reverse-clues/{clue.pk}/"
        pages = [("brands", "draft", draft_path)]
        _look(seen, looks, pages)
        page.reload()
        page.locator('button[value="send"]').click()
        page.get_by_text("已提交。机关登记后").wait_for()
        deliver_everywhere()
        with context.province("gx"):
            got = Clue.objects.get(title="民族大道烟酒店售假")
            with transaction.atomic():
                move(got, "end", by=Actor(None, "陈队长"), result="true", outcome="filed", ended_at=clock.now())
                hooks.changed(got, "end")
        deliver_everywhere()
        page.reload()
        page.get_by_text("已立案").first.wait_for()
        pages = [
            ("brands", "list", "/reverse-clues/?state=all"),
            ("brands", "asked", f"/reverse-clues/{other.pk}/"),
            ("gx", "desk-clue", f"/clues/{report.clue_id}/"),
            ("gx", "tellings", "/clues/feedback/"),
            ("gx", "quality", "/clues/brands/"),
        ]
        if PICTURES:
            pages.append(("brands", "ended", draft_path))
        _look(seen, looks, pages)


def _look(seen, looks, pages):
    for width, theme in looks:
        for host, name, path in pages:
            page, address = seen(host, width, theme)
            page.goto(address + path)
            assert harness.overflow(page) <= 0, f"{name} is wider than {width}"
            if PICTURES:
                page.screenshot(path=f"{PICTURES}/{name}-{width}-{theme}.png", full_page=True)
            else:
                assert harness.violations(page) == [], f"{name} at {width}"
            page.context.close()
