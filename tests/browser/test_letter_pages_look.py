"""The pages of stuck letters, letters in flight and ledgers fit their width and are accessible, in light and dark."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from harness import people
from harness import site as harness
from harness.looks import look_at_the_desk

from accounts.models import Post, User
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.appraisal import ProgressV1
from federation.letters import delivery, ledger
from federation.letters.post import post
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE, province_seat

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")
GX = province_seat("gx")


@pytest.fixture
def site(border) -> Iterator[int]:
    """The port on which all hosts are served."""
    with harness.web() as port:
        yield port


@pytest.fixture
def stuck(border) -> dict[str, User]:
    """Progress of requests that nobody in 广西 knows: three letters stuck, two on their way."""
    house = people.brand_house()
    organisation = Address.organisation(house.organisation.pk)
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵处", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
    with context.seat(GX):
        huang = User.objects.create_user("huang", name="黄", title="黄管理员")
        Post.objects.create(user=huang, role=Post.Role.BUREAU_ADMIN)

    def send(count: int) -> None:
        with context.seat(BRANDS), transaction.atomic():
            for _ in range(count):
                message = ProgressV1(request_id=uuid7(), step="opened", at=clock.now(), who="林工")
                post(message, to=Address.province("gx"), thread=uuid7(), by=Actor(None, "林工"), sender=organisation)

    with clock.frozen(clock.now() - timedelta(hours=2)) as tick, context.seat(GX):
        tick(timedelta(minutes=1))
        with context.seat(None):
            send(3)
        for wait in (*delivery.BACK_OFF, timedelta()):
            delivery.deliver_waiting()
            tick(wait)
    send(2)
    with context.seat(BRANDS):
        ledger.append(organisation)
    return {"gx": huang, "federation": zhao}


@pytest.mark.slow
@look_at_the_desk
def test_letter_pages_are_accessible_and_fit_their_width(site, stuck, client_for, monkeypatch, width, theme):
    cookie = django_settings.SESSION_COOKIE_NAME
    keys = {host: client_for(host, user=user).cookies[cookie].value for host, user in stuck.items()}
    with harness.chromium() as browser:
        for host, path in (
            ("gx", "/letters/stuck/"),
            ("federation", "/letters/"),
            ("federation", "/letters/stuck/"),
            ("federation", "/letters/ledgers/"),
        ):
            seen = browser.new_context(
                bypass_csp=True,
                viewport={"width": width, "height": 780},
                color_scheme=theme,
                locale="zh-CN",
                service_workers="block",
            )
            address = f"http://{host}.testhost:{site}"
            seen.add_cookies([{"name": cookie, "value": keys[host], "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            look(page, f"{host}{path}", width, theme)
            if path == "/letters/stuck/":
                page.click("main table a")
                page.wait_for_selector("textarea")
                look(page, f"{host}{path}one", width, theme)
                page.click("text=退回发件方 >> nth=-1")
            if path == "/letters/ledgers/":
                page.click("text=立即校验")
                page.wait_for_selector("text=校验结果")
                look(page, f"{host}{path}verified", width, theme)


def look(page, name: str, width: int, theme: str) -> None:
    """Axe finds nothing, and nothing sticks out to the right."""
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name.strip('/').replace('/', '-')}-{width}-{theme}.png", full_page=True)
    assert harness.overflow(page) <= 0, name
    assert harness.violations(page) == [], name
