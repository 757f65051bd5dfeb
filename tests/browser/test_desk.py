"""林工 and 王工 at their desks in a real Chromium: by keyboard, by telephone, and live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from harness import people, site
from harness.looks import look_at_the_desk
from playwright.sync_api import Page, expect

from appraisal.desk import selectors, services
from appraisal.desk.models import DeskTask
from appraisal.requests import services as requests
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from provinces import context
from provinces.seats import BRANDS

pytestmark = pytest.mark.browser
State = DeskTask.State


@pytest.fixture
def house(border: Any) -> people.House:
    people.divisions()
    return people.brand_house()


@pytest.fixture
def ask(border: Any, house: people.House) -> Callable[[], DeskTask]:
    """陈队长 sends a request; it lies on the desk."""
    bureau = people.bureau("gx")

    def send(count: int = 1) -> DeskTask:
        with context.province("gx"):
            visit = requests.open_site(by=bureau.chen, place=requests.Place(county_code=people.NANNING))
            for number in range(count):
                item = requests.add_product(by=bureau.chen, site=visit, product_id=house.product.pk)
                exhibit = people.sealed_photo(bureau.chen, f"desk {number}")
                requests.add_photo(
                    by=bureau.chen, item_id=item.pk, exhibit=exhibit, shot_code="front_label", source="camera"
                )
            request = requests.send(by=bureau.chen, request_id=item.request_id)
        deliver_everywhere()
        with context.seat(BRANDS):
            return DeskTask.objects.get(request_id=request.pk)

    return send


@pytest.fixture
def visit(border: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Page]]:
    """`visit(lin, "/desk/", width=360)`: the page in Chromium, signed in at the brands host."""
    with site.served() as port, site.chromium() as browser:
        address = f"http://brands.testhost:{port}"

        def open_page(user: Any, path: str, *, width: int = 1440, theme: str = "light") -> Page:
            key = client_for("brands", user=user).cookies[settings.SESSION_COOKIE_NAME].value
            seen = browser.new_context(
                viewport={"width": width, "height": 860}, color_scheme=theme, locale="zh-CN", service_workers="block",
                has_touch=width < 600, bypass_csp=True,
            )  # fmt: skip
            seen.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page


def state_of(task: DeskTask) -> str:
    with context.seat(BRANDS):
        return DeskTask.objects.get(pk=task.pk).state


def test_a_request_is_claimed_ticked_and_answered_without_the_mouse(ask, house, visit):
    task = ask()
    page = visit(house.lin, "/desk/")
    page.wait_for_selector("[data-claim]")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_url(f"**/desk/{task.pk}/")
    page.wait_for_selector("#answer-form")
    site.awake(page)
    page.keyboard.press("2")
    assert page.locator("[name=i1-value]:checked").input_value() == "counterfeit"
    check = page.locator("[data-check='正标烫金边缘']")
    check.get_by_role("radio", name="不同").check()
    check.locator("input[type=text]").fill("毛糙")
    assert page.locator("[data-reasons]").input_value() == "正标烫金边缘：与真品不同（毛糙）"
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_url("**/desk/")
    assert state_of(task) == State.ANSWERED


def test_words_and_ticks_survive_asking_for_a_retake(ask, house, visit):
    task = ask()
    with context.seat(BRANDS):
        services.claim(desk=people.desk(house, house.lin), task_id=task.pk)
    page = visit(house.lin, f"/desk/{task.pk}/")
    page.locator("[data-reasons]").fill("先写一半")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("5")
    page.locator("#retake-i1-batch_code summary").click()
    page.locator(".retake[open] button[name=reason]").nth(0).click()
    page.wait_for_selector(".slot .asked")
    assert state_of(task) == State.SUPPLEMENT
    page.reload()
    page.wait_for_function("document.querySelector('[data-reasons]').value === '先写一半'")
    page.wait_for_function("document.querySelector('[name=i1-value]:checked')?.value === 'grey_market'")


def test_a_box_drawn_on_the_photo_goes_out_with_its_words(ask, house, visit):
    task = ask()
    with context.seat(BRANDS):
        services.claim(desk=people.desk(house, house.lin), task_id=task.pk)
    page = visit(house.lin, f"/desk/{task.pk}/")
    page.locator("[data-act=draw]:enabled").wait_for()
    page.keyboard.press("b")
    site.drag(page.locator("[data-pane=photo]"), (-40, -30), (40, 30))
    page.locator("#box-words").fill("接缝歪")
    page.locator("[data-box-form] button").click()
    expect(page.locator("[data-marks-list]")).to_contain_text("接缝歪")
    page.locator("h1").click()
    page.keyboard.press("2")
    page.keyboard.press("s")
    page.wait_for_url("**/desk/")
    with context.seat(BRANDS):
        (mark,) = selectors.standing_verdict(task.items.get()).marks
    assert mark["words"] == "接缝歪" and 0.05 < float(mark["w"]) < 0.6


def test_both_desks_see_what_the_other_does_without_a_reload(ask, house, visit):
    lin, wang = visit(house.lin, "/desk/"), visit(house.wang, "/desk/")
    for page in (lin, wang):
        page.wait_for_selector('[data-live-state][data-state="open"]')
    task = ask()
    lin.wait_for_selector(f"#row-{task.pk}")
    lin.goto(lin.url + f"{task.pk}/")
    wang.wait_for_selector("text=林工 正在看")
    lin.wait_for_selector('[data-live-state][data-state="open"]')
    wang.locator(f"#row-{task.pk} [data-claim]").click()
    wang.wait_for_selector("#answer-form")
    lin.wait_for_selector("text=王工 已接单")
    expect(lin.locator("[data-key='c']")).to_have_count(0)


def test_on_a_telephone_claim_zoom_verdict_and_chat_work(ask, house, visit):
    task = ask()
    page = visit(house.lin, f"/desk/{task.pk}/", width=360)
    page.get_by_role("button", name="接单").click()
    page.wait_for_selector("#answer-form")
    page.wait_for_function("document.querySelector('.viewer canvas')")
    page.locator("[data-act=zoom-in]").click()
    page.locator("#talk-text").fill("稍等")
    page.locator("#talk .compose button").click()
    page.wait_for_selector("#talk .said:has-text('稍等')")
    expect(page.locator("#talk-text")).to_have_value("")
    page.locator(".jump a[href='#answer']").click()
    page.locator(".verdict-grid label", has_text="真品").first.click()
    page.locator("[data-reasons]").fill("与留样一致")
    assert site.overflow(page) <= 0
    page.locator(".send button").click()
    page.wait_for_url("**/desk/")
    assert state_of(task) == State.ANSWERED


@look_at_the_desk
def test_the_pages_are_accessible_and_fit(ask, house, visit, width, theme):
    mine, free, done = ask(2), ask(), ask()
    desk = people.desk(house, house.lin)
    with context.seat(BRANDS):
        services.claim(desk=desk, task_id=mine.pk)
        services.claim(desk=desk, task_id=done.pk)
        answer = services.ItemAnswer(item_id=done.items.get().pk, value=VerdictValue.COUNTERFEIT, reasons="不符")
        services.answer(desk=desk, task_id=done.pk, answers=[answer])
    tasks = [f"/desk/{task.pk}/" for task in (mine, free, done)]
    page, found = visit(house.lin, "/desk/", width=width, theme=theme), {}
    origin = page.url.removesuffix("/desk/")
    for path in ("/desk/", *tasks, "/consultations/", "/assistance/", "/figures/", "/templates/"):
        page.goto(origin + path)
        found[path] = (site.violations(page), site.overflow(page))
    assert all(outcome == ([], 0) for outcome in found.values()), found
