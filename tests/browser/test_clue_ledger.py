"""The ledger by keyboard in a browser: choose, tick, dispatch as proposed, undo; and a likely duplicate at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from harness import people
from harness import site as harness
from playwright.sync_api import expect

from accounts.models import Post, Unit, User
from divisions.resolving import Hints, current
from kernel import clock
from provinces import context
from provinces.hosts import DIRECTORY
from tenants.clues.models import Clue
from tenants.clues.services.arriving import arrived
from tenants.clues.services.registering import NewClue, Source

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(border: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """蒙 at the desk of the province, 陈队长 in a county, two clues of one street there; all hosts served."""
    monkeypatch.setattr(current, "_held", current.Held())  # every division, not those another test had loaded
    bureau = people.bureau("gx")
    with context.province("gx"):
        Unit.objects.update(agency_word="桂测")
        top = Unit.objects.get(parent=None)
        meng = User.objects.create_user("meng", name="蒙某", unit=top)
        Post.objects.create(user=meng, unit=top, role=Post.Role.DISPATCHER)
        for number in (1, 2):
            arrived(
                NewClue(
                    desk=top,
                    source=Source(kind="hotline_12315", name="12315", ref=f"H-{number}"),
                    content="有店卖假酒",
                    subject_name=f"第{number}烟酒店",
                    address_raw=f"南宁市青秀区民族大道 {number} 号",
                    hints=Hints(province="450000"),
                ),
                by=meng,
            )
    find = DIRECTORY.find
    # A browser seals and keeps only what it holds to be safe, and of plain HTTP that is localhost alone.
    monkeypatch.setattr(DIRECTORY, "find", lambda name: find(name.replace(".localhost", ".testhost")))
    with harness.web(ALLOWED_HOSTS=["*"]) as port:
        yield SimpleNamespace(meng=meng, county=bureau.unit, url=f"http://gx.localhost:{port}")


def states() -> list[tuple[str, str]]:
    with context.province("gx"):
        return list(Clue.objects.order_by("id").values_list("state", "holder_unit__name"))


def test_a_dispatcher_ticks_dispatches_and_takes_back_by_keyboard_and_sees_a_likely_duplicate(
    desk: Any, client_for: Any
) -> None:
    cookie = django_settings.SESSION_COOKIE_NAME
    key = client_for("gx", user=desk.meng).cookies[cookie].value
    before = states()
    with harness.chromium() as browser:
        seen = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", service_workers="block")
        seen.set_default_timeout(20_000)
        seen.add_cookies([{"name": cookie, "value": key, "url": desk.url}])
        page = seen.new_page()
        page.goto(f"{desk.url}/clues/?state=open")
        expect(page.locator('[data-count="open"]')).to_have_text("2")
        assert harness.overflow(page) <= 0
        for press in ("j", "x", "j", "x"):
            page.keyboard.press(press)
        expect(page.locator("[data-picked]")).to_have_text("2")
        page.keyboard.press("y")
        expect(page.get_by_text("办好 2 条")).to_be_visible()
        assert states() == [("dispatched", desk.county.name)] * 2
        page.keyboard.press("u")
        expect(page.get_by_text("已撤销 2 条")).to_be_visible()
        assert [state for state, _unit in states()] == ["screened"] * 2
        assert [unit for _state, unit in states()] == [unit for _state, unit in before]

        page.goto(f"{desk.url}/clues/new/")
        page.get_by_label("发生了什么").fill("同一家店又卖假酒")
        page.locator("[data-address]").fill("青秀区民族大道2号")
        page.get_by_role("button", name="登记", exact=True).click()
        expect(page.locator("[data-clue-says]")).to_contain_text("同一地址")
        assert len(states()) == 2, "nothing is saved before it was looked at"
        page.get_by_role("button", name="不是同一件，仍然登记").click()
        page.wait_for_url(lambda url: "/new/" not in url)
        assert len(states()) == 3


def test_on_a_phone_a_line_fits_however_long_its_term_is_told(desk: Any, client_for: Any) -> None:
    cookie = django_settings.SESSION_COOKIE_NAME
    key = client_for("gx", user=desk.meng).cookies[cookie].value
    with context.province("gx"):
        first, *_rest = Clue.objects.order_by("id")
        Clue.objects.filter(pk=first.pk).update(number="南青市监线索〔2026〕12号")
        Clue.objects.update(due_at=clock.now() - timedelta(minutes=21))
    with harness.chromium() as browser:
        seen = browser.new_context(viewport={"width": 360, "height": 780}, locale="en-GB", service_workers="block")
        seen.add_cookies([{"name": cookie, "value": key, "url": desk.url}])
        page = seen.new_page()
        page.goto(f"{desk.url}/clues/today/")
        expect(page.get_by_text("overdue by 21 minutes").first).to_be_visible()
        assert harness.overflow(page) <= 0
