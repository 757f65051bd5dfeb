"""Pages, files and operations of usage: each party reads its own, the office all, and nothing is owed."""

from __future__ import annotations

import io
from datetime import date

from harness import people
from harness.proofs import asks, grown_old
from openpyxl import load_workbook

from accounts.models import Post, User
from billing_free.prices.models import Price
from billing_free.prices.services import next_month
from billing_free.quotas.models import Limit
from billing_free.usage.models import Statement
from federation.parties.models import Membership
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE, Seat, province_seat

LINES = [
    {"meter": "appraisal_requests", "amount": 1234, "fen": 30, "per": 1, "home_fen": 37020},
    {"meter": "storage_bytes", "amount": 12_300_000_000, "fen": 18, "per": 1_000_000_000, "home_fen": 221},
    {"meter": "gone_meter", "amount": 5, "fen": None, "per": 1, "home_fen": 0},
]


def stated(seat: Seat, party: str, **fields: object) -> Statement:
    with context.seat(seat):
        made = uuid7()
        return Statement.objects.create(
            id=made, seat=seat.name, party=party, month=date(2026, 9, 1), thread=made, lines=LINES, home_fen=37241,
            **fields,
        )  # fmt: skip


def test_each_party_reads_its_own_statements_the_office_all_and_others_none(border, client_for):
    bureau, house = people.bureau("gx"), people.brand_house()
    mine = f"organisation:{house.organisation.pk}"
    own, hers = stated(province_seat("gx"), "province:gx"), stated(BRANDS, mine)
    sent = stated(OFFICE, "province:gx", letter_id=uuid7())
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
    with context.seat(BRANDS):
        Membership.objects.filter(user=house.lin).update(role=Membership.Role.BRAND_ADMIN)
    leader, officer = client_for("gx", user=bureau.wei), client_for("gx", user=bureau.chen)
    brand, office = client_for("brands", user=house.lin), client_for("federation", user=zhao)
    appraiser = client_for("brands", user=house.wang)

    said = leader.get(f"/usage/statements/{own.pk}/").content.decode()
    assert "1,234" in said and "¥372.41" in said and "12.3 GB" in said and "gone_meter" in said and "¥0.00" in said
    assert "2026 年 9 月" in leader.get("/usage/").content.decode()
    assert brand.get(f"/usage/statements/{hers.pk}/").status_code == 200
    assert {brand.get(f"/usage/statements/{each.pk}/").status_code for each in (own, sent)} == {404}
    for who in (officer, appraiser):
        for address in ("/usage/", "/usage/prices/", "/usage/limits/", f"/usage/statements/{own.pk}/"):
            assert who.get(address).status_code == 403, address
    assert "/usage/" not in officer.get("/").content.decode()

    page = office.get("/usage/?month=2026-09").content.decode()
    assert "广西" in page and "岚壑春" in page and "¥744.82" in page
    assert office.get("/usage/?month=x").status_code == 404
    rows = office.get("/api/v1/usage/statements/").json()["results"]
    assert {each["party"] for each in rows} == {"province:gx", mine} and {each["owed_fen"] for each in rows} == {0}
    csv = office.get("/usage/sheet/?month=2026-09&form=csv").content.decode("utf-8-sig")
    assert "鉴定申请,1234,件,每件,0.30,370.20,0.00" in csv and csv.count("合计") == 2
    book = load_workbook(io.BytesIO(leader.get(f"/usage/statements/{own.pk}/sheet/?form=xlsx").content))
    assert [cell.value for cell in list(book.active.rows)[-1]][-2:] == ["372.41", "0.00"]

    now = leader.get("/api/v1/usage/").json()
    assert (now["party"], now["owed_fen"]) == ("province:gx", 0) and office.get("/api/v1/usage/").status_code == 404
    assert leader.post("/usage/count/").status_code == 302 and leader.post("/usage/count/").status_code == 429
    amended = leader.post(f"/usage/statements/{own.pk}/", {"why": "不对"})
    assert amended.status_code == 400, "a leader reads; the system administrator amends"
    keeper = client_for("gx", user=bureau.huang)
    made = keeper.post(f"/usage/statements/{own.pk}/", {"why": "重新统计"})
    assert made.status_code == 302, made.content.decode()
    old = keeper.get(f"/usage/statements/{own.pk}/").content.decode()
    assert "这是旧的一版" in old and "第 2 版" in old


def test_the_office_writes_the_price_table_and_all_read_it(border, client_for):
    bureau = people.bureau("gx")
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
    office, leader = client_for("federation", user=zhao), client_for("gx", user=bureau.wei)
    later = next_month(clock.today())
    late = office.post("/usage/prices/", {"meter": "letters", "yuan": "0.75", "month": f"{clock.today():%Y-%m}"})
    assert late.status_code == 400 and "最早" in late.content.decode()
    made = office.post(
        "/usage/prices/", {"meter": "letters", "yuan": "0.75", "month": f"{later:%Y-%m}", "note": "询价"}
    )
    assert made.status_code == 302, made.content.decode()
    with context.seat(OFFICE):
        assert Price.objects.get().fen == 75
    assert (
        "¥0.75" in leader.get("/usage/prices/").content.decode()
        and "询价" in leader.get("/usage/prices/").content.decode()
    )
    assert (
        leader.post("/usage/prices/", {"meter": "letters", "yuan": "1", "month": f"{later:%Y-%m}"}).status_code == 404
    )
    (row,) = leader.get("/api/v1/usage/prices/").json()["results"]
    assert (row["fen"], row["per"]) == (75, 100)
    body = {"meter": "letters", "fen": 1, "valid_from": later.isoformat()}
    assert leader.post("/api/v1/usage/prices/", body, content_type="application/json").status_code == 403
    assert office.post("/api/v1/usage/prices/", body, content_type="application/json").status_code == 201


def test_prices_limits_and_amended_statements_ask_for_a_proof_and_reading_does_not(border, client_for):
    bureau = people.bureau("gx")
    own = stated(province_seat("gx"), "province:gx")
    with context.seat(OFFICE):
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
    office, keeper = client_for("federation", user=zhao), client_for("gx", user=bureau.huang)
    with context.seat(OFFICE):
        grown_old(office)
    with context.province("gx"):
        grown_old(keeper)
    later = next_month(clock.today())
    limit = {"tenant": "province:gd", "what": "exports", "amount": 10, "why": "试"}
    price = {"meter": "letters", "fen": 1, "valid_from": later.isoformat()}
    program = {"content_type": "application/json"}
    assert asks(office, "/usage/prices/", {"meter": "letters", "yuan": "0.75", "month": f"{later:%Y-%m}"})
    assert asks(office, "/api/v1/usage/prices/", price, **program)
    assert asks(office, "/usage/limits/", limit)
    assert asks(office, "/api/v1/usage/limits/", limit, **program)
    assert asks(keeper, f"/usage/statements/{own.pk}/", {"why": "重新统计"})
    assert asks(keeper, f"/api/v1/usage/statements/{own.pk}/amend/", {"why": "重新统计"}, **program)
    with context.seat(OFFICE):
        assert (Price.objects.count(), Limit.objects.count()) == (0, 0), "nothing was done yet"
    with context.province("gx"):
        assert Statement.objects.get().version == 1
    for path in ("/usage/prices/", "/usage/limits/", "/api/v1/usage/prices/", "/api/v1/usage/limits/"):
        assert office.get(path).status_code == 200, path
