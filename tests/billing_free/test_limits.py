"""Fair use slows exports and bulk calls, limits slow who asks too much, and neither an appraisal on site."""

from __future__ import annotations

import hashlib
import io
import json
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from harness import people

from accounts.models import Post, User
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from billing_free.quotas import rate, selectors, services
from billing_free.quotas.kinds import KINDS
from billing_free.quotas.models import Limit
from evidence import services as evidence
from evidence.matters import Matter
from federation.contracts.addresses import Address
from federation.contracts.appraisal import VerdictValue
from gateway import limits, pacing, valkey
from gateway.tokens import make_token
from kernel import clock
from kernel.errors import BadInput, NotAllowed, NotFound404
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE
from tenants.bundles import services as bundles
from tenants.bundles.models import Bundle

GX = Address.province("gx")


@pytest.fixture(autouse=True)
def one_minute(monkeypatch) -> None:
    """All calls of a test fall into one window, however long it takes."""
    now = time.time()
    held = SimpleNamespace(time=lambda: now)
    monkeypatch.setattr(limits, "time", held)
    monkeypatch.setattr(rate, "time", held)


def allow(**amounts: int) -> None:
    """Narrow 广西's limits, as a process that looked them up just now holds them."""
    held = {code: amount for code, (amount, _source) in selectors.amounts(GX).items()}
    services._amounts[str(GX)] = (float("inf"), held | amounts)


def bearer(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def spend(call, browser, tokens, settings) -> None:
    """Use up every ordinary budget of the people and programs of 广西."""
    for _each in range(4):
        last = call.get("/api/v1/me/", **bearer(tokens))
        page = browser.get("/notices/")
    assert last.status_code == page.status_code == 429, "the ordinary budgets are used up"


def test_an_appraisal_on_site_goes_on_from_the_first_photo_to_the_verdict_when_every_limit_is_used_up(
    border, client_for, run_letters, settings
):
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    settings.API_CALLS_PER_MINUTE, settings.PERSON_CALLS_PER_MINUTE = 2, 2
    with context.province("gx"):
        allow(exports=1, bulk_rows=1, api_calls=2)
        _row, token = make_token(user=bureau.chen, seat="gx", name="x")
        assert pacing.wait_s("exports", user=bureau.chen) == 0 and pacing.wait_s("exports", user=bureau.chen) > 0
        assert services.pace(bureau.chen, "bulk_rows") == 0 and services.pace(bureau.chen, "bulk_rows") > 0
    call, browser, desk = client_for("gx"), client_for("gx", user=bureau.chen), client_for("brands", user=house.lin)
    spend(call, browser, token, settings)
    assert [desk.get("/figures/").status_code for _each in range(4)][-1] == 429

    def post(path, body, **more):
        data = {"data": body} if more else {"data": json.dumps(body), "content_type": "application/json"}
        answer = call.post(f"/api/v1/{path}", **data, **bearer(token))
        assert answer.status_code in (200, 201), (path, answer.content)
        return answer.json()

    def photo(item, words):
        data = people.jpeg(words)
        file = io.BytesIO(data)
        file.name = "photo.jpg"
        said = {"file": file, "sha256": hashlib.sha256(data).hexdigest(), "source": "camera"}
        made = post(f"items/{item['id']}/photos/", said | {"shot_code": "front_label"}, multipart=True)
        with context.province("gx"):
            evidence.make_views(made["exhibit"]["id"])

    site = post("sites/", {"county_code": people.NANNING})
    item = post(f"sites/{site['id']}/items/", {"product_id": str(house.product.pk)})
    photo(item, "one")
    (request,) = post(f"sites/{site['id']}/send/", {})
    run_letters()
    with context.seat(BRANDS):
        task = DeskTask.objects.get(request_id=request["id"])
        desk_item = task.items.get()
    claimed = desk.post(f"/desk/{task.pk}/claim/")
    assert claimed.status_code in (200, 302), claimed.content.decode()
    with context.seat(BRANDS):
        seat = people.desk(house, house.lin)
        desk_services.ask_again(desk=seat, task_id=task.pk, item_id=desk_item.pk, shot_code="batch_code", reason="模糊")
    run_letters()
    photo(item, "two")
    run_letters()
    with context.seat(BRANDS):
        task.refresh_from_db()
        answer = desk_services.ItemAnswer(item_id=desk_item.pk, value=VerdictValue.COUNTERFEIT, reasons="烫金边缘毛糙")
        desk_services.answer(desk=seat, task_id=task.pk, answers=[answer])
    run_letters()
    page = browser.get(f"/requests/{request['id']}/")
    assert page.status_code == 200 and "烫金边缘毛糙" in page.content.decode()
    for address in ("/check/", "/requests/", f"/items/{item['id']}/capture/", f"/sites/{site['id']}/", "/inspections/"):
        assert browser.get(address).status_code != 429, address
    assert browser.get("/notices/").status_code == 429, "and the other pages are slowed still"
    rows = {"rows": [{"county_code": people.NANNING}] * 3}
    assert (
        call.post(
            "/api/v1/requests/bulk/", json.dumps(rows), content_type="application/json", **bearer(token)
        ).status_code
        == 200
    )
    # What carries an appraisal further asks nobody: no receiver, no worker of the chain knows of pacing. Lists of
    # platforms and tables of joint cases that are fetched as sheets do.
    chain = ("appraisal.", "evidence.", "notify.", "federation.")
    sheets = {"appraisal.platforms.views.asking", "federation.jointcases.views.rooms"}
    assert {name for name in _imports_pacing() if name.startswith(chain)} == sheets


def _imports_pacing() -> set[str]:
    found = set()
    for top in ("appraisal", "federation", "tenants", "platform", "billing_free"):
        for file in (django_settings.BASE_DIR / top).rglob("*.py"):
            if "pacing" in file.read_text(encoding="utf-8"):
                found.add(
                    ".".join(file.relative_to(django_settings.BASE_DIR).with_suffix("").parts).removeprefix("platform.")
                )
    assert {"gateway.bulk", "tenants.bundles.services"} <= found
    return found


def test_a_person_who_asks_too_much_is_told_how_long_and_others_go_on(gx, client_for, settings):
    bureau = people.bureau("gx")
    settings.PERSON_CALLS_PER_MINUTE, settings.HOST_CALLS_PER_MINUTE = 3, 5
    browser, other = client_for("gx", user=bureau.huang), client_for("gx", user=bureau.wei)
    answers = [browser.get("/notices/") for _each in range(9)]
    last = answers[-1]
    assert last.status_code == 429 and 0 < int(last["Retry-After"]) <= 60
    said = last.content.decode()
    assert "请稍等一下" in said and "please wait" in said and f"{last['Retry-After']} 秒" in said
    assert other.get("/notices/").status_code == 200, "what was refused is taken from no sum"
    assert browser.get("/api/v1/me/").json()["code"] == "too_many_requests", "the API by a session counts alike"
    for address in ("/words.js", "/sw.js", "/manifest.webmanifest"):
        assert browser.get(address).status_code == 200, address
    other.get("/notices/")
    chen = client_for("gx", user=bureau.chen)
    assert b"tenant_busy" in chen.get("/notices/").content and chen.get("/requests/").status_code == 200
    assert client_for("gx").get("/accounts/login/").status_code == 200, "nobody has signed in: nobody is counted"


def test_without_valkey_people_programs_and_exports_are_let_through(gx, client_for, settings, monkeypatch):
    bureau = people.bureau("gx")
    settings.PERSON_CALLS_PER_MINUTE = 1
    allow(exports=1, bulk_rows=1, api_calls=1)
    browser = client_for("gx", user=bureau.huang)
    monkeypatch.setattr(settings, "VALKEY_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(valkey, "_silent_until", {})
    assert {browser.get("/notices/").status_code for _each in range(4)} == {200}
    assert [pacing.wait_s("exports", user=bureau.chen) for _each in range(3)] == [0, 0, 0]
    assert {each.used for each in selectors.standing_of(bureau.huang, GX)} == {None, 0}


def test_all_programs_of_a_tenant_share_one_sum_and_one_runaway_does_not_use_it_up(gx, client_for, settings):
    bureau = people.bureau("gx")
    settings.API_CALLS_PER_MINUTE = 4
    allow(api_calls=7)
    tokens = [make_token(user=bureau.huang, seat="gx", name=str(each))[1] for each in range(3)]
    call = client_for("gx")
    runaway = [call.get("/api/v1/me/", **bearer(tokens[0])).status_code for _each in range(20)]
    assert runaway[-1] == 429
    second = [call.get("/api/v1/me/", **bearer(tokens[1])) for _each in range(4)]
    assert [each.status_code for each in second][:3] == [200, 200, 200], "a refused call takes nothing from the sum"
    third = call.get("/api/v1/me/", **bearer(tokens[2]))
    assert third.status_code == 429 and third.json()["code"] == "tenant_busy" and int(third["Retry-After"]) > 0


def test_a_share_fills_again_evenly_and_a_queue_counts_on(gx):
    chen = people.bureau("gx").chen
    allow(exports=24)  # one an hour
    assert [pacing.wait_s("exports", user=chen) for _each in range(24)] == [0] * 24
    waits = [pacing.wait_s("exports", user=chen) for _each in range(3)]
    assert [round(each / 3600) for each in waits] == [1, 2, 3]
    with pytest.raises(pacing.FairUse) as refused:
        pacing.require("exports", user=chen)
    assert round(refused.value.data["wait_s"] / 3600) == 4
    assert round(services.pace(chen, "exports") / 3600) == 4, "what is refused takes nothing"


def test_one_row_of_a_very_generous_share_passes_and_silences_no_limit(gx):
    chen = people.bureau("gx").chen
    allow(bulk_rows=10**9, exports=1)
    assert pacing.wait_s("bulk_rows", user=chen) == 0
    assert valkey.client() is not None
    assert pacing.wait_s("exports", user=chen) == 0 and pacing.wait_s("exports", user=chen) > 0


def test_bulk_rows_over_the_share_are_429_with_a_time_and_below_it_pass(gx, client_for):
    bureau = people.bureau("gx")
    _row, token = make_token(user=bureau.chen, seat="gx", name="x")
    allow(bulk_rows=2)
    rows = {"rows": [{"text": f"x{each}"} for each in range(2)]}

    def send():
        return client_for("gx").post(
            "/api/v1/products/bulk/", json.dumps(rows), content_type="application/json", **bearer(token)
        )

    first, second = send(), send()
    assert first.status_code != 429 and second.status_code == 429, (first.content, second.content)
    assert second.json()["code"] == "fair_use" and 0 < int(second["Retry-After"]) <= 3600


def test_an_export_over_the_share_waits_its_turn_and_says_how_long(gx, client_for, monkeypatch):
    chen = people.bureau("gx").chen
    allow(exports=24)
    enqueued: list = []
    monkeypatch.setattr(bundles, "_enqueue", enqueued.append)

    def ask(words: str) -> Bundle:
        return bundles.ask(
            matter=Matter(kind="request", id=uuid7(), number="1", title="t", url="/", unit_id=None),
            variant="full",
            purpose=words,
            by=chen,
        )

    for each in range(24):
        assert ask(f"用途{each}").not_before is None
    late = ask("最后一个")
    assert 3000 < late.waits_s <= 3600 and bundles.run(late.pk).state == Bundle.State.QUEUED
    page = client_for("gx", user=chen).get(f"/exports/{late.pk}/")
    assert page.status_code in (200, 404)
    Bundle.objects.update(touched_at=clock.now() - timedelta(hours=2))
    bundles.sweep()
    assert late.pk not in enqueued
    with clock.frozen(late.not_before + timedelta(seconds=1)):
        bundles.sweep()
    assert late.pk in enqueued


def test_the_office_writes_limits_and_a_tenant_sees_its_own_and_what_is_left(border, client_for):
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
        for tenant, what, amount in (
            ("province:gx", "bulk_rows", 5),
            ("county:x", "exports", 5),
            ("province:gx", "x", 5),
        ):
            with pytest.raises(BadInput):
                services.set_limit(tenant=tenant, what=what, amount=amount, by=zhao)
        services.set_limit(tenant="province:*", what="exports", amount=50, by=zhao)
        services.set_limit(tenant="province:gx", what="exports", amount=9, by=zhao)
        services.set_limit(tenant="province:gz", what="exports", amount=7, by=zhao)
        services.set_limit(tenant="organisation:*", what="exports", amount=3, by=zhao)
        page = client_for("federation", user=zhao)
    made = page.post("/usage/limits/", {"tenant": "province:gd", "what": "storage_bytes", "amount": "10", "why": "试"})
    assert made.status_code == 302, made.content.decode()
    assert "10 GB" in page.get("/usage/limits/").content.decode()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        assert set(Limit.objects.values_list("tenant", flat=True)) == {"province:*", "province:gx"}, (
            "a neighbour's is its own"
        )
        with pytest.raises(NotAllowed):
            services.set_limit(tenant="province:gx", what="exports", amount=900, by=bureau.huang)
        pacing.wait_s("exports", user=bureau.chen)
        found = {each.kind.code: each for each in selectors.standing_of(bureau.wei, GX)}
        assert (found["exports"].most, found["exports"].left, found["exports"].source) == (9, 8, "own")
        assert (
            found["bulk_rows"].source == "built_in" and found["storage_bytes"].left == KINDS["storage_bytes"].province
        )
        with pytest.raises(NotFound404):
            selectors.standing_of(bureau.wei, Address.province("gz"))
        with pytest.raises(NotAllowed):
            selectors.standing_of(bureau.chen, GX)
        assert client_for("gx", user=bureau.wei).post("/usage/limits/", {}).status_code == 404
        said = client_for("gx", user=bureau.wei).get("/api/v1/usage/limits/").json()
        assert next(each for each in said if each["what"] == "exports")["left"] == 8
    with context.seat(BRANDS):
        assert services.most_of(Address.organisation(house.organisation.pk), "exports") == 3
        assert pacing.share("exports", user=house.lin).tenant == f"organisation:{house.organisation.pk}"
    with context.seat(OFFICE):
        services.set_limit(tenant="province:gx", what="exports", amount=None, by=zhao)
        assert pacing.wait_s("exports", user=zhao) == 0 and pacing.share("exports", user=zhao) is None
    with context.province("gx"):
        assert selectors.amounts(GX)["exports"] == (50, "all")
