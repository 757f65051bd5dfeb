"""Many rows in one call: what is wrong with one is said of that one, and the rest lands (B-05, edge 7)."""

import json

import pytest
from django.http import QueryDict
from harness import people

from appraisal.requests.models import RequestItem, Site
from gateway.parsers import CHARSETS
from kernel.ids import uuid7
from provinces import context


def raw(program, path, body, kind):
    return program.client.generic("POST", f"/api/v1/{path}", body, content_type=kind, headers=program.headers)


def rows_of(answer):
    assert answer.status_code == 200, answer.content
    return [(row["status"], (row["problem"] or {}).get("code")) for row in answer.json()["results"]]


def visit(house, **more):
    return {"county_code": people.NANNING, "items": [{"product_id": str(house.product.pk)}], **more}


def test_b05_edge_7_a_wrong_row_is_refused_by_itself_and_a_row_with_its_key_is_done_once(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    good, other = visit(house, key="AJ-1"), visit(house, key="AJ-2", items=[{"brand_name": "清溪", "quantity": "3"}])
    sent = {
        "rows": [
            good,
            visit(house, place="长" * 201),
            visit(house, county_code="南宁"),
            visit(house, items=[{"code": "0000000000000"}]),
            "no object",
            other,
        ]
    }
    first = chen.post("requests/bulk/", sent)
    assert rows_of(first) == [
        (201, None), (400, "bad_input"), (400, "bad_input"), (400, "goods_unknown"), (400, "row_unreadable"),
        (201, None),
    ]  # fmt: skip
    said = first.json()
    assert (said["done"], said["refused"]) == (2, 4)
    assert [row["problem"]["field"] for row in said["results"][1:3]] == ["place", "county_code"]
    with context.province("gx"):
        assert Site.objects.count() == 2, "a refused row leaves nothing, not even its visit"
        assert RequestItem.objects.get(claimed_brand="清溪").quantity == 3

    again = chen.post("requests/bulk/", {"rows": [other, good, visit(house, key="AJ-1", place="别处")]})
    assert rows_of(again) == [(201, None), (201, None), (422, "idempotency_key_reused")]
    assert again.json()["results"][1]["replayed"]
    assert again.json()["results"][1]["result"]["id"] == said["results"][0]["result"]["id"]
    chosen = visit(house, id=str(uuid7()))
    assert rows_of(chen.post("requests/bulk/", {"rows": [chosen, chosen]})) == [(201, None)] * 2
    with context.province("gx"):
        assert (Site.objects.count(), RequestItem.objects.count()) == (3, 3)

    for body, code in (({"rows": []}, "rows_empty"), ([], "rows_empty"), ({"rows": 1}, "rows_missing")):
        assert chen.post("requests/bulk/", body).json()["code"] == code
    many = chen.post("products/bulk/", {"rows": [{"q": "酒"}] * 201})
    assert (many.status_code, many.json()["code"]) == (413, "too_many_rows")


def test_edge_7_gbk_is_refused_with_its_line_and_the_lines_in_utf_8_land(world, program):
    bureau, house = world
    chen = program("gx", bureau.chen)
    body = "q\r\n岚壑春\r\n".encode() + "岚壑春\r\n".encode("gbk") + '"没有\n这种"\r\na,b\r\n'.encode()
    found = raw(chen, "products/bulk/", body, "text/csv")
    assert rows_of(found) == [(200, None), (400, "wrong_encoding"), (200, None), (400, "cells_differ")]
    assert [row["line"] for row in found.json()["results"]] == [2, 3, 4, 6]
    assert "第 3 行" in found.json()["results"][1]["problem"]["detail"]
    assert found.json()["results"][0]["result"]["hits"][0]["product_id"] == str(house.product.pk)
    named = raw(chen, "products/bulk/", "q\n岚壑春\n".encode("gbk"), "text/csv; charset=GBK")
    assert named.json()["results"][0]["result"]["hits"]

    line = json.dumps(visit(house), ensure_ascii=False).encode()
    lines = b"\n".join([line, json.dumps(visit(house, place="南宁"), ensure_ascii=False).encode("gbk"), b"{", line])
    answered = raw(chen, "requests/bulk/", lines, "application/x-ndjson")
    assert rows_of(answered) == [(201, None), (400, "wrong_encoding"), (400, "line_unreadable"), (201, None)]

    whole = raw(chen, "sites/", '{\n"county_code": "450103",\n"place": "南宁"}'.encode("gbk"), "application/json")
    assert (whole.status_code, whole.json()["code"], whole.json()["data"]["line"]) == (400, "wrong_encoding", 3)
    unknown = raw(chen, "products/bulk/", b"q\nx\n", "text/csv; charset=ebcdic")
    assert unknown.json()["code"] == "charset_unknown" and "ebcdic" not in CHARSETS
    assert raw(chen, "products/bulk/", b"\n", "text/csv").json()["code"] == "header_missing"


def test_letters_are_signed_for_by_the_morning_and_a_strangers_is_not_there(world, program):
    bureau, _house = world
    answer = program("gx", bureau.chen).post("official-letters/sign-for/bulk/", {"rows": [{"official_id": uuid7()}]})
    assert rows_of(answer) == [(404, "not_found")]


@pytest.mark.parametrize("kind", ["dict", "form"])
def test_a_number_in_a_form_needs_no_type_and_in_json_it_does(kind):
    from appraisal.requests.api.products import ProductQuery
    from gateway.serializers import Fields

    class Asked(Fields, ProductQuery):
        pass

    data = QueryDict("q=a&limit=3") if kind == "form" else {"q": "a", "limit": "3"}
    assert Asked(data=data).is_valid() is (kind == "form")
