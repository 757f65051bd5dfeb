"""The pages and the API as people of a platform, of a right holder and of the office use them."""

from __future__ import annotations

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from harness import people
from harness.routes import routes

from accounts.models import Post, User
from appraisal.platforms import selectors, services
from appraisal.platforms.models import SEARCHED, FastAsk, HolderTerms, PlatformLimit
from connections import services as connections
from evidence.services import make_views
from federation.letters.delivery import deliver_everywhere
from federation.parties import services as parties
from federation.parties.models import Membership, Organisation
from gateway.tokens import make_token
from kernel import searching
from provinces import context
from provinces.seats import BRANDS, OFFICE
from webhooks.models import Event

SHUT = ("desk", "library", "products", "opinions", "reverse-clues", "authorisations", "roster", "mandates", "grants",
        "queue", "references", "figures", "fast-t")  # fmt: skip


def test_a_platform_sees_its_own_asks_and_no_page_of_a_right_holder(world, client_for):
    ask = world.ask()
    task = world.task(ask)
    tang = client_for("brands", user=world.tang, raise_request_exception=False)
    assert tang.get("/").headers["Location"] == "/platform/asks/"
    assert tang.get("/platform/").headers["Location"] == "/platform/asks/"
    page = tang.get("/platform/asks/").content.decode()
    assert "某某酒水店" in page and "岚壑春" in page and 'href="/desk/' not in page and "/platform/terms/" not in page
    shown, shut = [], 0
    for route in routes("brands"):
        text = route.text.removeprefix("api/v1/")
        if route.arguments or route.text == "queue/" or not text.startswith(SHUT):
            continue
        if route.api and ("GET" not in route.methods or not text.startswith("fast-t")):
            continue  # operations stand on `MemberView.acting`, which all of them share
        answer = tang.get(route.path({}))
        shut += answer.status_code == 403
        if answer.status_code not in (403, 404, 405):
            shown.append(f"{route.text}: {answer.status_code}")
    assert not shown and shut > 8
    for path in (f"/platform/desk/{task.pk}/", f"/desk/{task.pk}/", f"/api/v1/fast-tasks/{task.pk}/"):
        assert tang.get(path).status_code == 403
    song = client_for("brands", user=world.song)
    assert song.get(f"/platform/asks/{ask.pk}/").status_code == 404, "another platform's ask is as none"
    lin = client_for("brands", user=world.house.lin)
    assert lin.get(f"/platform/asks/{ask.pk}/").status_code == 403
    assert lin.get("/platform/").headers["Location"] == "/platform/desk/"


def test_a_platform_asks_on_its_page_an_appraiser_answers_on_theirs_and_the_table_says_so(world, client_for):
    tang, lin = client_for("brands", user=world.tang), client_for("brands", user=world.house.lin)
    form = {
        "brand_name": "岚壑春", "listing_id": "700", "shop_name": "某店",
        "question": "电话 13800138000", "price_yuan": "9",
        "pictures": [SimpleUploadedFile("a.jpg", people.jpeg("a"), "image/jpeg")],
    }  # fmt: skip
    assert "请写店铺" not in tang.get("/platform/asks/new/").content.decode()
    answer = tang.post("/platform/asks/new/", form)
    assert answer.status_code == 302
    with context.seat(BRANDS):
        ask = FastAsk.objects.get()
        make_views(ask.pictures.get().exhibit_id)
    deliver_everywhere()
    assert "已隐去" in tang.get(f"/platform/asks/{ask.pk}/").content.decode()
    task = world.task(ask)
    assert "某店" in lin.get("/platform/desk/").content.decode()
    assert lin.get("/platform/desk/next/").headers["Location"] == f"/platform/desk/{task.pk}/"
    assert lin.post(f"/platform/desk/{task.pk}/claim/").status_code == 302
    bench = lin.get(f"/platform/desk/{task.pk}/").content.decode()
    assert "凭商品图片无法判断" in bench and "不是辨认意见书" in bench and "报告市场监管部门" not in bench
    assert lin.post(f"/platform/desk/{task.pk}/answer/", {"value": "counterfeit"}).status_code == 400
    said = {"value": "counterfeit", "reasons": "标识不同"}
    assert lin.post(f"/platform/desk/{task.pk}/answer/", said).status_code == 302
    deliver_everywhere()
    page = tang.get(f"/platform/asks/{ask.pk}/").content.decode()
    assert "标识不同" in page and "不是辨认意见书" in page
    table = tang.get("/platform/asks/table/").content.decode()
    assert "标识不同" in table and "不作为证据" in table
    for path in ("/platform/brands/", "/platform/figures/", "/platform/asks/?state=answered&q=700"):
        assert tang.get(path).status_code == 200
    shen = client_for("brands", user=world.rights)
    assert "报告市场监管部门" in shen.get(f"/platform/desk/{task.pk}/").content.decode()
    assert shen.post(f"/platform/desk/{task.pk}/report/").headers["Location"].startswith("/reverse-clues/")
    with context.seat(BRANDS):
        opinion = task.opinions.get()
    assert lin.post(f"/platform/desk/{task.pk}/answers/{opinion.pk}/withdraw/", {"reason": "再看"}).status_code == 302
    assert "再看" in lin.get(f"/platform/desk/{task.pk}/").content.decode()


def test_terms_are_set_by_the_right_holders_administrator_and_quotas_by_the_office(world, client_for):
    he, lin = client_for("brands", user=world.admin), client_for("brands", user=world.house.lin)
    said = {"accepts": "on", "promise_minutes": "30", "hours": "09:00-12:00", "per_day": "7"}
    assert he.post("/platform/terms/", said).status_code == 302
    assert he.post("/platform/terms/", said | {"hours": "9"}).status_code == 400
    assert (
        he.post("/platform/terms/", {"platform": str(world.mall.pk), "accepts": "on", "per_day": "9"}).status_code
        == 302
    )
    assert lin.post("/platform/terms/", said).status_code == 400, "told on the page that the administrator does it"
    assert "示例商城" in lin.get("/platform/terms/").content.decode()
    with context.seat(BRANDS):
        terms = HolderTerms.objects.get(pk=world.house.organisation.pk)
        assert (terms.promise_minutes, terms.hours, terms.per_day) == (30, "09:00-12:00", 7)
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
        with pytest.raises(ProgrammingError):
            list(FastAsk.objects.values_list("shop_name"))
    world.terms()
    world.ask()
    office = client_for("federation", user=zhao)
    page = office.get("/platforms/").content.decode()
    assert "示例商城" in page and "某某酒水店" not in page
    limit = {"platform": str(world.mall.pk), "is_open": "on", "per_hour": "5", "per_day": "6", "open_at_once": "7"}
    assert office.post("/platforms/", limit).status_code == 302
    with context.seat(OFFICE):
        assert PlatformLimit.objects.get(pk=world.mall.pk).per_hour == 5


@pytest.mark.usefixtures("within_an_hour")
def test_by_program_rows_are_answered_one_by_one_and_a_spent_quota_says_when(world, client_for):
    world.limit(per_hour=2, per_day=9, open_at_once=9)
    with context.seat(BRANDS):
        picture = world.picture()
        _row, key = make_token(user=world.tang, seat="brands", name="平台")
        _row, lins = make_token(user=world.house.lin, seat="brands", name="林")
    client = client_for("brands")

    def call(method, path, body=None, token=key, **more):
        return client.generic(
            method, f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {token}", **more,
        )  # fmt: skip

    row = {
        "listing_id": "1",
        "shop_name": "某店",
        "brand_name": "岚壑春",
        "pictures": [str(picture.pk)],
        "reference": "A",
    }
    once = call("POST", "fast-appraisals/", row, HTTP_IDEMPOTENCY_KEY="k")
    assert (
        once.status_code == 201
        and call("POST", "fast-appraisals/", row, HTTP_IDEMPOTENCY_KEY="k").json() == once.json()
    )
    rows = [
        row,
        row | {"listing_id": "2", "reference": "B"},
        {"listing_id": 3},
        row | {"listing_id": "4", "reference": ""},
    ]
    answer = call("POST", "fast-appraisals/bulk/", {"rows": rows}).json()
    assert (answer["done"], answer["refused"]) == (2, 2)
    assert [each["status"] for each in answer["results"]] == [201, 201, 400, 429]
    assert answer["results"][0]["id"] == once.json()["id"]
    assert answer["results"][2]["problem"]["field"] and answer["results"][3]["problem"]["data"]["retry_at"]
    late = call("POST", "fast-appraisals/", row | {"listing_id": "5", "reference": "C"})
    assert late.status_code == 429 and 0 < int(late.headers["Retry-After"]) <= 3600
    quota = call("GET", "fast-appraisals/quota/").json()
    assert quota["hour"]["left"] == 0 and quota["day"]["left"] == 7
    (brand,) = call("GET", "fast-appraisals/brands/").json()
    assert brand["products"][0]["id"] == str(world.house.product.pk)
    assert call("GET", "fast-appraisals/", token=lins).status_code == 403
    assert call("GET", "fast-tasks/").status_code == 403
    deliver_everywhere()
    task = call("GET", "fast-tasks/", token=lins).json()["results"][-1]["id"]
    assert call("POST", f"fast-tasks/{task}/claim/", token=lins).status_code == 200
    said = call("POST", f"fast-tasks/{task}/answer/", {"value": "genuine", "reasons": "真"}, token=lins)
    assert said.status_code == 201
    deliver_everywhere()
    found = call("GET", f"fast-appraisals/{once.json()['id']}/").json()
    assert found["answers"][0]["standing"] and "不作为证据" in found["note"]
    assert call("GET", "fast-appraisals/figures/").json()[0]["answered"] == 1
    opinion = said.json()["opinions"][0]["id"]
    assert call("POST", f"fast-answers/{opinion}/withdraw/", {"reason": "误"}, token=lins).status_code == 200
    assert call("PATCH", "fast-terms/", {"per_day": 3}, token=lins).status_code == 403


def test_a_program_of_a_platforms_connection_asks_by_its_scope_and_hears_of_the_answer(world, client_for):
    with context.owner():
        boss = User.objects.create_user("boss", name="罗某")
        Membership.objects.create(user=boss, organisation=world.mall, role="platform_admin")
    tokens = {}
    with context.seat(BRANDS):
        row = connections.create(by=boss, kind="platform", name="商城系统", organisation_id=world.mall.pk)
        secrets = {
            scope: connections.make_client(row, by=boss, name=scope, wanted=[f"fast-appraisals:{scope}"])
            for scope in ("read", "write")
        }
        connections.switch_on(row, by=boss)
        picture = world.picture()
    browser = client_for("brands")
    for scope, (client, secret) in secrets.items():
        said = {"grant_type": "client_credentials", "client_id": client.oidc_id, "client_secret": secret}
        tokens[scope] = browser.post("/identity/o/api/token", said).json()["access_token"]
    listing = {"listing_id": "1", "shop_name": "某店", "brand_name": "岚壑春", "pictures": [str(picture.pk)]}

    def call(scope, method="POST"):
        return browser.generic(
            method, "/api/v1/fast-appraisals/", json.dumps(listing) if method == "POST" else "",
            content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {tokens[scope]}",
        )  # fmt: skip

    assert call("read").status_code == 403 and call("read", "GET").status_code == 200
    made = call("write")
    assert made.status_code == 201
    deliver_everywhere()
    ask = world.again(FastAsk(pk=made.json()["id"]))
    world.answer(ask)
    with context.seat(BRANDS):
        found = Event.objects.filter(about=ask.pk).order_by("pk")
        assert [each.kind for each in found] == ["fast_appraisal.sent", "fast_appraisal.answered"]
        said = found.last()
        assert said.organisation_id == world.mall.pk and said.payload["value"] == "counterfeit"
        assert "标识不同" not in json.dumps(said.payload, ensure_ascii=False) and not said.payload["is_opinion_letter"]


def test_a_platform_enrols_like_a_brand_and_gets_roles_of_its_own(world):
    with context.seat(BRANDS):
        made = parties.write_enrolment(
            kind="platform", name="新商城", uscc="91350100M000100Y43", contact_name="周某", contact_phone="19900000001",
            brands="", trademarks=[],
        )  # fmt: skip
        parties.add_enrolment_document(enrolment=made, file=io.BytesIO(b"%PDF-1.7 x"), title="营业执照")
        parties.submit_enrolment(enrolment=made)
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某")
        parties.approve(by=zhao, enrolment_id=made.pk)
        organisation = Organisation.objects.get(name="新商城")
        admin = Membership.objects.get(organisation=organisation)
        assert admin.role == "platform_admin"
    with context.seat(BRANDS):
        acting = world.seat(admin.user)
        with pytest.raises(Exception) as refused:
            parties.invite(acting=acting, name="某", phone="19900000002", roles=["appraiser"])
        assert refused.value.code == "role_unknown"
        assert parties.invite(acting=acting, name="某", phone="19900000002", roles=["platform_staff"])
        with pytest.raises(Exception) as refused:
            parties.invite(acting=world.seat(world.admin), name="某", phone="19900000003", roles=["platform_admin"])
        assert refused.value.code == "role_unknown"
        assert services.hand_in(acting=acting, file=io.BytesIO(people.jpeg("x"))).owner == f"org-{organisation.pk}"


def test_asks_are_found_by_shop_number_and_goods_whatever_the_width_and_by_the_index_alike(world, monkeypatch):
    world.ask(listing_id="AB-7001", shop_name="ＡＢ某酒水店", product_name="岚壑春 53度")
    world.ask(listing_id="8002", shop_name="别家", reference="R-1")
    for looked_at in (searching.LOOKED_AT, 0):
        monkeypatch.setattr(searching, "LOOKED_AT", looked_at)
        with context.seat(BRANDS):
            for text, wanted in (
                ("酒水", ["AB-7001"]), ("ab-70", ["AB-7001"]), ("ab某", ["AB-7001"]), ("春53", ["AB-7001"]),
                ("r-1 别家", ["8002"]),
                ("岚壑", ["8002", "AB-7001"]), ("丙", []), ("%", []),
            ):  # fmt: skip
                rows = selectors.listed_asks(world.mall, text=text)
                assert [row.listing_id for row in rows] == wanted, (text, looked_at)
            rows = selectors.listed_asks(world.bazaar, text="酒水")
            assert not rows, "another platform's"


def test_a_search_of_asks_has_its_index(world):
    world.ask()
    with context.seat(BRANDS), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        grams = {"search_grams": searching.ScopedGrams(SEARCHED, "platform_id")}
        rows = FastAsk.objects.order_by().alias(**grams).filter(search_grams__contains=["酒水"])
        assert "fast_ask_search" in rows.explain()
