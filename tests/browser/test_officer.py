"""陈队长 with her phone in a real Chromium: from a product to 发送, and a verdict that arrives by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from harness import people, site
from harness.looks import look_on_the_phone
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from accounts.models import User
from appraisal.catalogue.models import Product
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.requests import services
from appraisal.requests.models import AppraisalRequest, ItemPhoto, Line
from evidence.models import Exhibit, Quarantined
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from provinces import context
from provinces.seats import BRANDS

pytestmark = pytest.mark.browser
State = AppraisalRequest.State


@pytest.fixture
def world(border: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.owner():
        Product.objects.filter(pk=house.product.pk).update(search_text="岚壑春 陈酿", initials="lhccn")
    return SimpleNamespace(bureau=bureau, house=house, chen=bureau.chen)


@pytest.fixture
def asked(world: SimpleNamespace) -> SimpleNamespace:
    """One request sent, with a supplement asked for, one answered with marks, one draft, one consultation, one task."""
    lin = people.desk(world.house, world.house.lin)

    def ask(words: str, *, send: bool = True) -> Any:
        with context.province("gx"):
            visit = services.open_site(
                by=world.chen, place=services.Place(county_code=people.NANNING, place="南湖市场")
            )
            item = services.add_product(by=world.chen, site=visit, product_id=world.house.product.pk)
            exhibit = people.sealed_photo(world.chen, words)
            photo = services.add_photo(
                by=world.chen, item_id=item.pk, exhibit=exhibit, shot_code="front_label", source="camera"
            )
            if send:
                services.send(by=world.chen, request_id=item.request_id)
        deliver_everywhere()
        return SimpleNamespace(item=item, site=visit, request=item.request, photo=photo)

    def task(made: Any) -> DeskTask:
        return DeskTask.objects.get(request_id=made.request.pk)

    answered, open_one, draft = ask("one"), ask("two"), ask("three", send=False)
    with context.seat(BRANDS):
        found = task(answered)
        desk_services.claim(desk=lin, task_id=found.pk)
        mark = {"photo_id": answered.photo.pk, "x": "0.2", "y": "0.3", "w": "0.2", "h": "0.1", "words": "毛糙"}
        given = ItemAnswer(
            item_id=found.items.get().pk, value=VerdictValue.COUNTERFEIT, reasons="烫金毛糙", marks=[mark]
        )
        desk_services.answer(desk=lin, task_id=found.pk, answers=[given])
        found = task(open_one)
        desk_services.claim(desk=lin, task_id=found.pk)
        item_id = found.items.get().pk
        desk_services.ask_again(desk=lin, task_id=found.pk, item_id=item_id, shot_code="batch_code", reason="反光")
    deliver_everywhere()
    with context.province("gx"):
        talk = services.consult(
            by=world.chen, organisation_id=world.house.organisation.pk, subject="防伪标", text="从哪批开始？"
        )
    return SimpleNamespace(lin=lin, answered=answered, open=open_one, draft=draft, talk=talk, task=task)


@pytest.fixture
def visit(world: SimpleNamespace, client_for: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """`visit("/", width=360)`: 陈队长's page in Chromium."""
    host = getattr(request, "param", "gx.testhost")
    with site.served() as port, site.chromium() as browser:
        address = f"http://{host}:{port}"

        def open_page(path: str, *, width: int = 360, theme: str = "light", **more: Any) -> Page:
            key = client_for("gx", user=world.chen).cookies[settings.SESSION_COOKIE_NAME].value
            seen = browser.new_context(
                viewport={"width": width, "height": 780},
                color_scheme=theme,
                locale="zh-CN",
                service_workers="block",
                bypass_csp=True,
                **more,
            )
            seen.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            page = seen.new_page()
            page.goto(address + path)
            return page

        yield open_page


@look_on_the_phone
def test_every_page_fits_and_is_accessible(asked, visit, width, theme):
    page = visit("/", width=width, theme=theme)
    origin = page.url.rstrip("/")
    for path in (
        "/",
        "/check/?new=1&q=岚壑春",
        f"/items/{asked.draft.item.pk}/",
        f"/items/{asked.draft.item.pk}/capture/?set=full",
        f"/sites/{asked.draft.site.pk}/",
        f"/requests/{asked.answered.request.pk}/",
        f"/requests/{asked.open.request.pk}/",
        f"/requests/{asked.open.request.pk}/onsite/",
        f"/photos/{asked.answered.photo.pk}/",
        "/requests/",
        "/consultations/",
        f"/consultations/{asked.talk.pk}/",
        "/assistance/new/",
    ):
        page.goto(origin + path)
        page.wait_for_load_state("load")
        assert site.violations(page) == [], (path, width, theme)
        assert site.overflow(page) <= 0, (path, width)


def test_a_verdict_arrives_by_itself_and_what_is_being_typed_stays(asked, visit):
    page = visit(f"/requests/{asked.open.request.pk}/")
    page.wait_for_selector('[data-live-state][data-state="open"]')
    assert page.get_by_role("link", name="现在补拍").is_visible()
    page.locator("#chat-text").fill("当事人说是从省外")
    with context.seat(BRANDS):
        found = asked.task(asked.open)
        given = ItemAnswer(item_id=found.items.get().pk, value=VerdictValue.GREY_MARKET, reasons="批号属外省")
        desk_services.answer(desk=asked.lin, task_id=found.pk, answers=[given])
    deliver_everywhere()
    page.wait_for_selector(".verdict >> text=窜货")
    assert "不能按假货处理" in page.inner_text("#now")
    assert page.locator("#chat-text").input_value() == "当事人说是从省外"
    assert page.evaluate("document.activeElement.id") == "chat-text"


def test_the_home_page_shows_a_new_state_by_itself(asked, visit):
    page = visit("/")
    page.wait_for_selector('[data-live-state][data-state="open"]')
    with context.province("gx"):
        services.cancel(by=asked.open.request.officer, request_id=asked.open.request.pk, reason="不用了")
    page.wait_for_function(f"!document.body.innerText.includes('{asked.open.request.number}')")


@pytest.fixture
def _safe_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve `gx.testhost` as `gx.testhost.localhost` too: browsers seal and open cameras only where they feel safe."""
    real = site.StaticFilesHandler

    def handler(inner: Any) -> Any:
        serve = real(inner)

        def app(environ: dict[str, Any], start: Any) -> Any:
            for name in ("HTTP_HOST", "HTTP_ORIGIN", "HTTP_REFERER"):
                if name in environ:
                    environ[name] = environ[name].replace(".testhost.localhost", ".testhost")
            return serve(environ, start)

        return app

    monkeypatch.setattr(site, "StaticFilesHandler", handler)


@pytest.mark.usefixtures("_safe_host")
@pytest.mark.parametrize("visit", ["gx.testhost.localhost"], indirect=True)
def test_from_the_big_button_to_sent_with_two_photos_and_a_double_tap(world, visit, tmp_path):
    position = {"latitude": 22.81, "longitude": 108.37, "accuracy": 15}
    page = visit("/", permissions=["geolocation"], geolocation=position)
    page.get_by_role("link", name="查真假").click()
    page.fill("[name=place]", "南湖市场 3 号")
    page.wait_for_function("document.querySelector('[data-place-says]').textContent.includes('15')")
    # From here on her phone thinks it is 1970.
    page.add_init_script(
        "const Real = Date, now = () => Real.now() - 1.75e12;"
        "globalThis.Date = class extends Real { constructor(...said) { super(...(said.length ? said : [now()])); }"
        " static now() { return now(); } };"
    )
    page.locator("#product-q").press_sequentially("岚壑春", delay=20)
    page.locator(".combo [role=option]").first.click()
    page.wait_for_url("**/capture/")
    site.awake(page)
    # The phone knows where it is before the first photo; one taken earlier has no place.
    expect(page.locator("[data-role=place]")).to_contain_text("15")
    files = []
    for words in ("front", "batch"):
        file = tmp_path / f"{words}.jpg"
        file.write_bytes(people.jpeg(words, (1600, 1200)))
        files.append(file)
    page.set_input_files("[data-role=album] input", files)
    keep, sent = page.locator("[data-role=keep] button"), page.locator(".thumb[data-state=sent]")
    for _ in range(300):  # whether a photo is asked about is not this test's matter
        if sent.count() == 2:
            break
        if keep.is_visible():
            with suppress(PlaywrightTimeout):  # gone between the look and the tap
                keep.click(timeout=1000)
        page.wait_for_timeout(200)
    expect(sent).to_have_count(2)
    page.locator("[data-role=done]").click()
    page.wait_for_selector("#id_r-question")
    page.fill("#id_r-question", "喷码是不是后打的？")
    page.wait_for_function("document.querySelector('[data-autosave-says]').textContent === '已存'")
    page.locator("button[name=send]").dblclick()
    page.wait_for_url("**/requests/**")
    with context.province("gx"):
        request = AppraisalRequest.objects.select_related("site").get()
        assert request.state == State.SENT and request.question == "喷码是不是后打的？"
        assert request.site.place == "南湖市场 3 号" and float(request.site.latitude) == pytest.approx(22.81)
        assert Line.objects.filter(kind=Line.Kind.SENT).count() == 1
        assert sorted(ItemPhoto.objects.values_list("shot_code", "source")) == [
            ("batch_code", "album"),
            ("front_label", "album"),
        ]
        for exhibit in Exhibit.objects.all():
            assert "clock_wrong" in exhibit.flags and exhibit.device_clock_offset_s < -1e9
            assert "not_live" in exhibit.flags and not exhibit.live
            assert (exhibit.position_source, exhibit.accuracy_m) == ("gps", 15)
            assert exhibit.checks["width"] == 1600 and "light" in exhibit.checks
        assert Exhibit.objects.count() == 2


@pytest.mark.usefixtures("_safe_host")
@pytest.mark.parametrize("visit", ["gx.testhost.localhost"], indirect=True)
def test_what_is_unsent_lies_sealed_and_reaches_quarantine_when_the_account_was_suspended(asked, visit, tmp_path):
    page = visit(f"/items/{asked.draft.item.pk}/capture/?set=full")
    page.wait_for_selector("[data-capture]:not([hidden])")
    page.context.set_offline(True)
    photo = tmp_path / "cellar.jpg"
    photo.write_bytes(people.jpeg("cellar", (1600, 1200)))
    page.set_input_files("[data-role=album] input", photo)
    page.locator("[data-role=keep] button:visible, .thumb[data-state=sealed]").first.wait_for()
    if page.locator("[data-role=keep] button").is_visible():
        page.locator("[data-role=keep] button").click()
    page.locator(".thumb[data-state=sealed]").first.wait_for()
    kept = page.evaluate(
        """async () => {
          const ask = indexedDB.open("outbox", 2);
          const db = await new Promise((tell) => { ask.onsuccess = () => tell(ask.result); });
          const all = (name) => new Promise((tell) => {
            const rows = db.transaction(name).objectStore(name).getAll();
            rows.onsuccess = () => tell(rows.result);
          });
          const [bytes] = await all("bytes"), [job] = await all("jobs"), [key] = await all("keys");
          const start = [...new Uint8Array(bytes.data).slice(0, 3)];
          const taken = await crypto.subtle.exportKey("raw", key.key).catch(() => "refused");
          return { start, open: Object.keys(job).sort(), taken };
        }"""
    )
    assert kept["taken"] == "refused" and kept["start"] != [0xFF, 0xD8, 0xFF]
    assert kept["open"] == ["box", "created", "group", "key", "kind", "owner", "size"]
    with context.province("gx"):
        User.objects.filter(pk=asked.draft.request.officer_id).update(is_active=False)
    page.context.set_offline(False)
    page.wait_for_selector("[data-role=says] >> text=照片已收存，由管理员转交")
    with context.province("gx"):
        row = Quarantined.objects.get()
        assert (row.draft_id, row.sha256) == (asked.draft.item.pk, hashlib.sha256(photo.read_bytes()).hexdigest())
