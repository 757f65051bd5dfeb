"""Pages of the parties, the shelves, the office and the coverage list in a real browser."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from harness import people
from harness import site as harness
from harness.looks import look_on_the_phone
from playwright.sync_api import Page, expect

from accounts.models import Post, User
from appraisal.catalogue import search, services
from federation.parties import services as parties
from federation.parties.models import DutyAbsence, Membership, Organisation
from federation.parties.selectors import acting_organisations
from kernel import clock
from provinces import context
from provinces.seats import BRANDS, OFFICE

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def site(border) -> Iterator[int]:
    """The port on which all hosts are served."""
    with harness.web() as port:
        yield port


@pytest.fixture
def visit(site, client_for, monkeypatch) -> Iterator[Callable[..., Page]]:
    """`visit("brands", "/team/", lin)`: the page in Chromium, signed in where a person is given."""
    with harness.chromium() as browser:

        def open_page(host: str, path: str, user: User | None = None, *, width: int = 360, theme="light") -> Page:
            seen = browser.new_context(
                bypass_csp=True,
                viewport={"width": width, "height": 780},
                color_scheme=theme,
                locale="zh-CN",
                service_workers="block",
            )
            address = f"http://{host}.testhost:{site}"
            if user is not None:
                key = client_for(host, user=user).cookies[django_settings.SESSION_COOKIE_NAME].value
                seen.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page


@pytest.fixture
def house(border):
    """岚壑春 with papers, references, a draft and an agency; the search catalogue; an application that waits."""
    found = people.brand_house()
    with context.owner():
        Membership.objects.create(user=found.lin, organisation=found.organisation, role="brand_admin")
        search.fill_keys(found.product, found.product.brand).save()
        Organisation.objects.create(name="正信代理", uscc="9" * 18, kind="agency")
        DutyAbsence.objects.create(
            membership=Membership.objects.get(user=found.wang),
            from_at=clock.now(),
            until_at=clock.now() + timedelta(days=1),
        )
    with context.seat(OFFICE):
        services.load_search_catalogue()
        found.zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=found.zhao, role=Post.Role.OFFICE_ADMIN)
        for province in ("gx", "gx", "gz"):
            parties.count_wanted(brand_name="远山", province_code=province, at=clock.now())
    with context.seat(BRANDS):
        lin = acting_organisations(found.lin)[0]
        photo = io.BytesIO(people.jpeg("genuine", (900, 1200)))
        services.add_reference(acting=lin, product_id=found.product.pk, shot_code="front_label", file=photo)
        found.draft = services.start_draft(
            acting=lin, brand_name="岚壑春", name="珍藏", spec="1L", category=found.product.category, nice_class=33,
            template="baijiu",
        )  # fmt: skip
        parties.reckon_coverage()
        found.enrolment = parties.write_enrolment(
            kind="brand_enterprise", name="云岫酒业有限公司", uscc="91350100M000100Y43", contact_name="林某",
            contact_phone="19900000001", brands="云岫\n云岫坊",
            trademarks=[{"reg_no": "1234567", "name": "云岫", "nice_classes": [33]}],
        )  # fmt: skip
        parties.add_enrolment_document(enrolment=found.enrolment, file=io.BytesIO(b"%PDF-1.7 x"), title="营业执照")
        found.enrolment = parties.submit_enrolment(enrolment=found.enrolment)
    return found


def pages(house, chen) -> list[tuple[str, str, User | None]]:
    lin, zhao, product = house.lin, house.zhao, house.product.pk
    return [
        ("brands", "/enrol/", None),
        ("brands", f"/enrol/{house.enrolment.code}/", None),
        ("brands", "/acting/", lin),
        ("brands", "/team/", lin),
        ("brands", f"/team/{house.wang.pk}/", lin),
        ("brands", "/authorisations/", lin),
        ("brands", "/authorisations/new/", lin),
        ("brands", "/trademarks/new/", lin),
        ("brands", "/mandates/", lin),
        ("brands", "/roster/", lin),
        ("brands", "/products/", lin),
        ("brands", "/products/new/", lin),
        ("brands", f"/products/{product}/", lin),
        ("brands", f"/products/{house.draft.pk}/", lin),
        ("brands", f"/products/{product}/checkpoints/", lin),
        ("brands", f"/products/{product}/references/", lin),
        ("federation", "/", zhao),
        ("federation", "/enrolments/", zhao),
        ("federation", f"/enrolments/{house.enrolment.pk}/", zhao),
        ("federation", "/organisations/", zhao),
        ("federation", f"/organisations/{house.organisation.pk}/", zhao),
        ("federation", "/wanted/", zhao),
        ("gx", "/coverage/", chen),
        ("gx", "/coverage/?q=mt", chen),
    ]


def picture_name(host: str, path: str) -> str:
    words = [word if len(word) < 30 else "x" for word in path.replace("?", "/").strip("/").split("/")]
    return "-".join([host, *words])


@pytest.mark.slow
@look_on_the_phone
def test_pages_of_parties_and_shelves_are_accessible_and_fit_their_width(house, visit, width, theme):
    chen = people.bureau().chen
    wrong = {}
    for host, path, user in pages(house, chen):
        page = visit(host, path, user, width=width, theme=theme)
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/{picture_name(host, path)}-{width}-{theme}.png", full_page=True)
        found = harness.violations(page)
        if (wide := harness.overflow(page)) > 0:
            found.append(("too wide", wide, ""))
        if found:
            wrong[f"{host}{path}"] = found
        page.context.close()
    assert wrong == {}


def names(page: Page) -> list[str]:
    return page.eval_on_selector_all("[data-shot] input[name$='-name']", "all => all.map(one => one.value)")


def test_shots_are_put_in_order_by_dragging_and_by_keyboard(house, visit):
    page = visit("brands", f"/products/{house.product.pk}/", house.lin, width=1440)
    assert names(page)[:3] == ["瓶身正标", "批号喷码", "瓶底"]
    page.locator("[data-shot]").nth(2).locator("[data-move='-1']").focus()
    page.keyboard.press("Enter")
    assert names(page)[:3] == ["瓶身正标", "瓶底", "批号喷码"]
    page.locator("[data-shot]").nth(0).locator(".shot-number label").drag_to(
        page.locator("[data-shot]").nth(2), target_position={"x": 300, "y": 5}
    )
    expect(page.locator("[data-shot] input[name$='-name']").first).to_have_value("瓶底")
    assert names(page)[:3] == ["瓶底", "瓶身正标", "批号喷码"]
    page.locator("form:has([data-shots]) button.primary").click()
    page.wait_for_selector("text=已存入草稿")
    assert names(page)[:3] == ["瓶底", "瓶身正标", "批号喷码"]
