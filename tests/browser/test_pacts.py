"""Leaders of two provinces agree, and the terms of letters change; a share ends while its holder looks at it.

The rows are those of the sample story, told without its photographs.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from harness import people
from harness import site as harness
from playwright.sync_api import Page

from accounts import sample as accounts_sample
from accounts.models import User
from federation.agreements import sample as agreements_sample
from federation.agreements import selectors
from federation.agreements.models import Agreement, Meeting
from federation.grants import sample as grants_sample
from federation.grants.models import Grant, Item
from kernel import clock
from provinces import context
from provinces.seats import named_seat
from runtime.sample import cast

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def story(border) -> dict[str, dict[str, User]]:
    """The sample's people by province, with agreements, a meeting and grants; told twice, as at a second start."""
    people.divisions()
    people.brand_house()
    stage = SimpleNamespace(
        now=clock.now(), cast=cast, made={}, enter=lambda name: context.seat(named_seat(name)), owner=context.owner,
        paper=lambda title, lines: people.jpeg(title),
    )  # fmt: skip
    for fill in (accounts_sample.fill, *(agreements_sample.fill, grants_sample.fill) * 2):
        fill(stage)
    found = {}
    for code in ("gx", "gd", "fj"):
        with context.province(code):
            found[code] = {user.username: user for user in User.objects.all()}
    return found


@pytest.fixture
def visit(border, client_for) -> Iterator[Callable[..., Page]]:
    """`visit("gx", wei, "/agreements/", width=360)`: the page in Chromium, signed in."""
    with harness.served() as port, harness.chromium() as browser:

        def open_page(host: str, user: User, path: str, *, width: int = 1440, theme: str = "light") -> Page:
            seen = browser.new_context(
                bypass_csp=True, viewport={"width": width, "height": 900}, color_scheme=theme, locale="zh-CN",
                service_workers="block",
            )  # fmt: skip
            key = client_for(host, user=user).cookies[django_settings.SESSION_COOKIE_NAME].value
            address = f"http://{host}.testhost:{port}"
            seen.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page


def look(page: Page, name: str) -> None:
    assert harness.violations(page) == [] and harness.overflow(page) <= 0, name
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def terms(code: str, other: str) -> str:
    with context.province(code):
        return selectors.terms_between(code, other, "support").source


@pytest.mark.slow
def test_two_leaders_agree_and_a_share_ends_under_the_eyes_of_its_holder(story, visit, run_letters):
    """F-07, F-02: propose, consent, other terms; one tap ends a share, and the holder's open page says so by itself."""
    wei, feng, zheng = story["gx"]["wei"], story["gd"]["feng"], story["fj"]["zheng"]
    page = visit("gx", wei, "/agreements/", width=360)
    look(page, "agreements-360")
    assert terms("gx", "fj") == "national"
    page.goto(page.url + "new/")
    page.fill("[name=title]", "桂闽协作协议")
    page.select_option("[name=form]", "pair")
    page.check("[name=parties][value=fj]")
    page.check("[name=scope][value=support]")
    look(page, "propose-360")
    page.click("main form button.primary")
    page.wait_for_selector("h1:has-text('桂闽协作协议')")
    run_letters()
    assert (terms("gx", "fj"), terms("fj", "gx")) == ("national", "national")
    with context.province("gx"):
        made = Agreement.objects.get(title="桂闽协作协议").pk
    other = visit("fj", zheng, f"/agreements/{made}/", theme="dark")
    look(other, "asked-1440-dark")
    other.click("button[value=consent]")
    other.wait_for_selector(".note.tone-good")
    run_letters()
    page.reload()
    page.wait_for_selector(".chip:has-text('生效')")
    look(page, "in-force-360")
    assert (terms("gx", "fj"), terms("fj", "gx")) == ("agreement", "agreement")

    with context.province("gx"):
        item = Item.objects.get(title="流向摘要")
        grant = Grant.objects.get(pk=item.grant_id)
    held = visit("gx", wei, f"/grants/{grant.grant_id}/items/{item.item_id}/")
    held.wait_for_selector("text=样发仓库三月至今")
    held.wait_for_selector('[data-live-state][data-state="open"]')
    look(held, "held-1440")
    giver = visit("gd", feng, f"/grants/{grant.grant_id}/", width=360)
    look(giver, "given-360")
    giver.fill("[name=why]", "另案处理")
    giver.click("button:has-text('立即终止')")
    held.wait_for_selector("text=共享已终止")
    assert "样发仓库三月至今" not in held.content()
    look(held, "over-1440")
    giver.wait_for_selector("text=收不回来的内容")
    look(giver, "ended-360")


@pytest.mark.slow
def test_pages_of_agreements_and_grants_look_right_in_every_size(story, visit):
    """Every page of both apps at 360 and 1440, light and dark: no violation, no sideways scroll."""
    wei = story["gx"]["wei"]
    with context.province("gx"):
        group = Agreement.objects.get(title=agreements_sample.GROUP).pk
        meeting = Meeting.objects.get().pk
        ended = Grant.objects.get(subject_id=grants_sample.ENDED).grant_id
    paths = {
        "list": "/agreements/", "group": f"/agreements/{group}/", "amend": f"/agreements/{group}/amend/",
        "call": f"/agreements/{group}/meetings/new/", "meeting": f"/agreements/{group}/meetings/{meeting}/",
        "minutes": f"/agreements/{group}/meetings/{meeting}/minutes/", "grants": "/grants/",
        "grants-given": "/grants/?side=given", "grant-ended": f"/grants/{ended}/", "give": "/grants/new/",
    }  # fmt: skip
    for (name, path), width, theme in itertools.product(paths.items(), (360, 1440), ("light", "dark")):
        page = visit("gx", wei, path, width=width, theme=theme)
        look(page, f"{name}-{width}-{theme}")
        page.context.close()
