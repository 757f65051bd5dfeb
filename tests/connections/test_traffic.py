"""The traffic log: what is kept, what is not, and what an administrator sees of it (B-08)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from connections import figures, traffic
from connections.masking import is_bank_card, is_identity_card, mask, mask_sentence, mask_text
from connections.models import Call, Connection, Hour
from kernel import clock

from .conftest import bearer

ID_CARD = "11010519491231002X"
CANARIES = {
    "phone": "13912345678",
    "written": "139 1234 5678",
    "abroad": "+86-139-1234-5678",
    "landline": "0771-5671234",
    "card": ID_CARD,
    "old_card": "110105491231002",
    "bank": "6222021234567890128",
    "mail": "someone@example.test",
    "party_name": "欧阳真实",
    "legal_person": "John Canary Smith",
    "address": "南宁市青秀区民族大道100号",
    "token": "czjc_gx_0123456789abcdefghij",
    "client_secret": "czjs_gx_abcdefghijklmnopqrst",
}


def test_no_personal_data_and_no_key_gets_into_the_log(joined):
    bank = CANARIES["bank"]
    CANARIES["bank"] = next(bank[:-1] + digit for digit in "0123456789" if is_bank_card(bank[:-1] + digit))
    nested = {
        "free": f"当事人{CANARIES['party_name']}，电话{CANARIES['phone']}",
        "note": " ".join(CANARIES.values()),
        "list": [{"value": value} for value in CANARIES.values() if value != CANARIES["legal_person"]],
        CANARIES["phone"]: "key",
        "number": int(CANARIES["phone"]),
        "case_number": f"桂市监案〔2026〕1号 {CANARIES['phone']}",
        "deep": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": CANARIES["party_name"]}}}}}}}},
    }
    traffic.note(
        joined.row.pk,
        direction="in",
        what=f"GET /x/?phone={CANARIES['phone']}",
        ok=False,
        status=400,
        code="bad_input",
        payload={**CANARIES, **nested},
        reference=CANARIES["mail"],
    )
    assert traffic.write() == 1
    kept = json.dumps(list(Call.objects.values("what", "reference", "payload", "code")), ensure_ascii=False)
    for name, value in CANARIES.items():
        assert value not in kept, name
    assert "欧阳" not in kept and "民族大道" not in kept and "桂市监案〔2026〕1号" in kept


def test_no_call_loses_the_lines_of_the_log_by_what_it_sends(joined, client_for):
    """What the database cannot hold: lines are written together, and would be lost together."""
    huang = client_for("gx", user=joined.huang)
    for body in ('{"name": "a\\u0000b"}', '{"name": "\\ud800"}', '{"x": 1e400}'):
        assert huang.post("/api/v1/connections/", body, content_type="application/json").status_code == 400
    for value in ("a\0b", "a\ud800b", float("inf")):
        payload = {"sent": {"code": value, "x\0": [value]}}
        traffic.note(
            joined.row.pk, direction="in", what="GET \0", ok=False, status=400, payload=payload, reference="a\0"
        )
    assert traffic.write() == 3
    assert Call.objects.filter(connection_id=joined.row.pk, status=400).count() == 3


def test_what_helps_to_mend_a_failure_stays():
    sent = {
        "case_number": "桂市监案〔2026〕12号",
        "quantity": 12,
        "urgent": False,
        "at": "2026-11-22T10:00:00+08:00",
        "id": "0199f6b2-7e3a-7c3e-8f3e-2b1f6a9e4c11",
        "kind": "case",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "items": [{"barcode": "6901028075831"}],
        "title": "销售假冒白酒案",
    }
    shown = mask(sent)
    assert {key: shown[key] for key in sent if key != "title"} == {key: sent[key] for key in sent if key != "title"}
    assert shown["title"] == "***(7)"
    assert mask_sentence("“张三丰”不是有效的选项。") == "“***”不是有效的选项。"
    assert mask({"rows": list(range(50))})["rows"][-1] == "… +30"


def test_cards_are_told_from_other_numbers_by_their_check_digit():
    assert is_identity_card(ID_CARD) and not is_identity_card("110105194912310021")
    assert mask_text("流水 110105194912310021") == "流水 110105194912310021"
    assert is_bank_card("6222021234567890128") is (mask_text("6222021234567890128") == "***")
    assert mask_text(f"证件{ID_CARD.lower()}号") == "证件***号"


def test_every_call_is_a_line_and_only_failures_keep_what_was_sent(joined, token_of, client_for):
    call, token = client_for("gx"), token_of(joined)
    call.get("/api/v1/me/", **bearer(token))
    call.get("/api/v1/clues/?phone=13912345678", **bearer(token))
    call.post(
        "/api/v1/requests/0199f6b2-7e3a-7c3e-8f3e-2b1f6a9e4c11/cancel/",
        {"reason": "电话13912345678"},
        content_type="application/json",
        **bearer(token),
    )
    call.get("/api/v1/me/")  # of nobody: no line
    call.get("/api/v1/mistyped/", **bearer(token))
    assert traffic.write() == 5
    lines = list(Call.objects.filter(connection_id=joined.row.pk).order_by("id"))
    assert [(line.what, line.ok, line.code) for line in lines[:3]] == [
        ("POST /identity/o/api/token", True, ""),
        ("GET /api/v1/me/", True, ""),
        ("GET /api/v1/clues/", False, "scope_missing"),
    ]
    assert (lines[3].code, lines[4].code, lines[4].what) == ("not_found", "not_found", "GET /?")
    assert lines[1].payload is None and lines[1].ms is not None and lines[1].status == 200
    assert lines[2].payload["sent"]["query"] == {"phone": "***"}
    assert "13912345678" not in json.dumps([line.payload for line in lines])
    joined.row.refresh_from_db()
    assert joined.row.last_ok_at and joined.row.last_failed_at
    assert (Hour.objects.get().calls, Hour.objects.get().failures) == (5, 3)


def test_a_line_costs_no_query_and_never_fails_its_caller(joined, monkeypatch):
    with CaptureQueriesContext(
        database,
    ) as queries:
        for _each in range(200):
            traffic.note(joined.row.pk, direction="out", what="webhook", ok=True, status=200)
    assert not queries
    with CaptureQueriesContext(database) as queries:
        assert traffic.write() == 200
    assert len(queries) < 12, "lines are written together"
    monkeypatch.setattr(traffic, "_push", lambda *said: 1 / 0)
    traffic.note(joined.row.pk, direction="out", what="x", ok=True)
    traffic.note("no id", direction="out", what="x", ok=True)  # type: ignore[arg-type]


def test_lines_of_no_connection_of_this_seat_are_dropped(joined):
    other = Connection.objects.create(seat="gd", kind="other", name="不是这里的")
    traffic.note(other.pk, direction="in", what="x", ok=True)
    traffic.note("0199f6b2-7e3a-7c3e-8f3e-2b1f6a9e4c11", direction="in", what="x", ok=True)
    assert traffic.write() == 0 and not Call.objects.exists()


def test_lines_go_after_thirty_days_and_hours_after_four_hundred(joined):
    now = clock.now()
    for days in (1, 31):
        Call.objects.create(
            connection_id=joined.row.pk, direction="in", what="x", ok=True, at=now - timedelta(days=days)
        )
    for days in (31, 401):
        Hour.objects.create(connection_id=joined.row.pk, direction="in", hour=now - timedelta(days=days), calls=1)
    assert traffic.sweep() == 1
    assert Call.objects.count() == 1 and Hour.objects.count() == 1


@pytest.fixture
def busy(joined) -> Connection:
    """A connection with a day behind it: ten good calls, two bad ones, and something that waits."""
    for number in range(12):
        bad = number in (3, 7)
        payload = {"phone": "13912345678", "case_number": "桂市监案〔2026〕9号"} if bad else None
        traffic.note(
            joined.row.pk,
            direction="in" if number % 2 else "out",
            what="GET /api/v1/requests/",
            ok=not bad,
            status=409 if bad else 200,
            ms=20,
            code="conflict" if bad else "",
            payload=payload,
        )
    traffic.write()
    return joined.row


def test_the_page_shows_calls_failures_last_success_what_waits_and_the_last_failures_masked(
    busy, joined, client_for, monkeypatch
):
    monkeypatch.setattr(traffic, "_waiting", {})
    traffic.register_waiting("推送", lambda _id: 7)
    traffic.register_waiting("企业的", lambda _id: 9, hosts=("brands",))
    day = figures.totals(figures.by_hour(busy))
    assert (day.calls, day.failures, day.share) == (12, 2, 16.7)
    assert figures.totals(figures.by_day(busy)).calls == 12
    browser = client_for("gx", user=joined.mo)
    page = browser.get(f"/connections/{busy.pk}/traffic/").content.decode()
    assert "桂市监案〔2026〕9号" in page and "13912345678" not in page and "推送" in page and ">7<" in page
    failed = browser.get(f"/connections/{busy.pk}/traffic/?only=failed&code=conflict").content.decode()
    assert failed.count('<th scope="row"') == 2
    told = browser.get(f"/api/v1/connections/{busy.pk}/traffic/").json()
    assert sum(each["failures"] for each in told["hours"]) == 2 and told["waiting"] == [{"what": "推送", "count": 7}]
    rows = browser.get(f"/api/v1/connections/{busy.pk}/calls/?failed=true&limit=1").json()
    assert len(rows["results"]) == 1 and rows["next"] and rows["results"][0]["payload"]["phone"] == "***"
    assert client_for("gx", user=joined.chen).get(f"/connections/{busy.pk}/traffic/").status_code == 403
    assert client_for("gx", user=joined.chen).get(f"/api/v1/connections/{busy.pk}/calls/").status_code == 404
