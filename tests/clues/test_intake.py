"""Clues that are written by hand: what is asked, what stays as it was said, what a desk may say (C-01, C-02, C-08)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Post
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from kernel.ids import uuid7
from tenants.clues.models import Clue, CluePlace
from tenants.clues.services import criteria, manual
from tenants.clues.services.addresses import Said, differences
from tenants.clues.services.manual import Written, register_written
from tenants.clues.services.registering import Product


def said(**more: Any) -> Written:
    return Written(**{"content": "市场里有摊位卖假白酒", **more})


def test_c02_a_stations_own_clue_comes_from_the_station_and_lies_at_the_desk_of_its_bureau(bureau: Any) -> None:
    clue = register_written(said(address_raw="南宁市青秀区新竹路 3 号"), by=bureau.tan)
    assert (clue.source_kind, clue.source_name) == ("station", "新竹市场监管所")
    assert clue.desk_unit == bureau.top and clue.holder_unit == bureau.top
    assert register_written(said(), by=bureau.su).source_kind == "section"
    assert register_written(said(source_kind="media", source_name="某报"), by=bureau.chen).source_kind == "officer"


def test_c08_a_media_report_needs_its_outlet_and_day_and_a_report_keeps_no_name(bureau: Any) -> None:
    day = clock.today() - timedelta(days=1)
    with pytest.raises(BadInput) as refused:
        register_written(said(source_kind="media", source_name="南国早报"), by=bureau.meng)
    assert refused.value.code == "clue_source_unnamed"
    made = register_written(said(source_kind="media", source_name="南国早报", outlet_day=day), by=bureau.meng)
    assert made.sources.get().outlet_day == day
    with pytest.raises(BadInput) as ahead:
        register_written(said(source_kind="media", source_name="南国早报", outlet_day=date(2030, 1, 1)), by=bureau.meng)
    assert ahead.value.code == "clue_day"
    report = register_written(said(source_kind="report", source_name="张三", source_ref="JB-1"), by=bureau.meng)
    assert report.secrecy == Clue.Secrecy.REPORTER_PROTECTED
    assert "张三" not in json.dumps([report.source_name, report.sources.get().name], ensure_ascii=False)


def test_edge_1_an_address_without_a_city_is_asked_about_and_never_chosen_by_the_machine(bureau: Any) -> None:
    clue = register_written(said(address_raw="鼓楼区中山路12号"), by=bureau.meng)
    assert clue.division_code == "" and len(clue.division_why["candidates"]) >= 4
    chosen = clue.division_why["candidates"][0]["code"]
    again = register_written(said(address_raw="鼓楼区中山路12号", chosen_division=chosen), by=bureau.meng)
    assert (again.division_code, again.division_method, again.division_level) == (chosen, "by_hand", "county")
    assert again.address_raw == "鼓楼区中山路12号"
    assert "选定" in again.division_why["zh"] and again.out_of_province["division_code"] == chosen
    nowhere = register_written(said(address_raw="鼓楼区中山路12号", chosen_division="999999"), by=bureau.meng)
    assert nowhere.division_code == "", "a code that is nowhere is no choice"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("荔浦县荔柳路 12 号", "450381"),
        ("廣西南寧市青秀區民族大道１號", "450103"),
        ("guangxi nanning qingxiu minzu dadao 1 hao", "450103"),
        ("南宁市泸州老窖专卖店，北京路", "450100"),
        ("城关镇人民路 8 号", ""),
    ],
    ids=[
        "edge_2_an_old_name",
        "traditional_and_full_width",
        "pinyin",
        "edge_5_brand_and_road",
        "edge_15_a_common_town",
    ],
)
def test_edges_2_5_15_and_other_writings_are_read_while_the_text_stays(bureau: Any, address: str, code: str) -> None:
    clue = register_written(said(address_raw=address), by=bureau.meng)
    assert clue.address_raw == address
    assert clue.division_code == code


def test_edge_6_several_addresses_keep_each_its_role_and_the_rule_is_told(bureau: Any) -> None:
    text = "发货地：浙江省义乌市稠江街道；店铺：南宁市兴宁区朝阳路 3 号"
    clue = register_written(said(address_raw=text), by=bureau.meng)
    assert clue.division_code == "450102" and clue.division_why["zh"]
    roles = {each.role: each for each in clue.places.all()}
    assert roles["shop"].is_main and not roles["sender"].is_main
    assert roles["sender"].division_code == "330782"
    assert clue.out_of_province["division_code"] == "330782", "C-21: sent from another province"


def test_e11_the_waybills_address_is_compared_with_the_licences_and_the_difference_is_told(bureau: Any) -> None:
    clue = register_written(
        said(
            address_raw="浙江省义乌市稠江街道 8 号",
            place_role="sender",
            places=[Said(role="licence", text="广西南宁市青秀区民族大道 1 号", record_kind="x", record_id="1")],
        ),
        by=bureau.meng,
    )
    (found,) = differences(clue.places.all(), manual.hints_for(clue.desk_unit))
    assert found.result.nearness == "other_province"
    assert "义乌" in found.result.sentence and "青秀" in found.result.sentence
    assert clue.out_of_province["division_code"] == "330782"


def test_edge_7_a_shop_on_a_platform_without_an_address_has_no_county_and_stays_online(bureau: Any) -> None:
    clue = register_written(
        said(content="某平台“好酒优选店”卖假茅台", subject_account="某平台 好酒优选店", channel="online"),
        by=bureau.meng,
    )
    assert (clue.division_code, clue.channel, clue.address_raw) == ("", "online", "")


def test_the_same_phone_draft_sent_twice_is_one_clue_and_somebody_elses_id_is_not_there(bureau: Any) -> None:
    mine = uuid7()
    first = register_written(said(clue_id=mine), by=bureau.chen)
    assert register_written(said(clue_id=mine), by=bureau.chen).pk == first.pk == mine
    with pytest.raises(NotFound404):
        register_written(said(clue_id=mine), by=bureau.tan)


def test_c13_reasons_raise_the_priority_and_a_bureau_keeps_its_own(bureau: Any) -> None:
    own = criteria.add(by=bureau.meng, name="涉及未成年人", priority="urgent")
    clue = register_written(said(criteria=["public_concern", str(own.pk)]), by=bureau.meng)
    assert (clue.priority, clue.priority_why) == ("urgent", "社会关注、涉及未成年人")
    with pytest.raises(Conflict):
        criteria.add(by=bureau.meng, name="社会关注", priority="raised")
    criteria.set_active(by=bureau.meng, code="public_concern", active=False)
    assert [each.code for each in criteria.criteria()] == ["media_attention", str(own.pk)]
    with pytest.raises(BadInput):
        register_written(said(criteria=["public_concern"]), by=bureau.meng)
    criteria.set_active(by=bureau.meng, code="public_concern", active=True)
    assert len(criteria.criteria()) == 3


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"content": "  "}, "clue_content_missing"),
        ({"content": "长" * 8001}, "clue_too_long"),
        ({"subject_code": "123"}, "uscc_length"),
        ({"estimated_value": Decimal(-1)}, "clue_value"),
        ({"violations": ["nonsense"]}, "clue_violations"),
        ({"source_kind": "whistleblower"}, "clue_source_kind"),
        ({"source_kind": "transfer_in"}, "clue_source_kind"),
        ({"source_kind": "association"}, "clue_source_unnamed"),
        ({"source_kind": "officer", "link": "javascript:alert(1)"}, "clue_link"),
        ({"products": [Product(brand_name=f"牌{n}") for n in range(21)]}, "too_many_products"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(bureau: Any, more: dict[str, Any], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        register_written(said(**more), by=bureau.meng)
    assert refused.value.code == code and refused.value.detail


def test_who_keeps_no_desk_and_is_no_officer_registers_nothing(bureau: Any) -> None:
    with pytest.raises(NotAllowed):
        register_written(said(), by=bureau.huang)


def test_c28_completing_adds_and_never_rewrites_what_was_said(bureau: Any) -> None:
    clue = register_written(said(), by=bureau.tan)
    done = manual.complete(
        by=bureau.tan,
        clue_id=clue.pk,
        more="又问到一家",
        fields={
            "address_raw": "南宁市青秀区新竹路 3 号",
            "subject_name": "红棚酒行",
            "violations": ["counterfeit_trademark"],
            "criteria": ["media_attention"],
            "products": [Product(brand_name="岚禾")],
        },
    )
    assert done.content.startswith("市场里有摊位卖假白酒\n\n覃某") and done.content.endswith("又问到一家")
    assert (done.division_code, done.subject_name, done.priority) == ("450103", "红棚酒行", "raised")
    assert CluePlace.objects.filter(clue=clue).count() == 1 and clue.products.count() == 1
    again = manual.complete(by=bureau.tan, clue_id=clue.pk, fields={"address_raw": "别处"})
    assert again.address_raw == "南宁市青秀区新竹路 3 号"
    with pytest.raises(NotFound404):
        manual.complete(by=bureau.lu, clue_id=clue.pk, more="x", fields={})
    Clue.objects.filter(pk=clue.pk).update(state="ended", outcome="closed")
    with pytest.raises(Conflict):
        manual.complete(by=bureau.tan, clue_id=clue.pk, more="x", fields={})


def test_pages_and_api_take_a_clue_and_answer_each_row_of_a_bulk(bureau: Any, client_for: Any) -> None:
    chen = client_for("gx", user=bureau.chen)
    page = chen.get("/clues/new/")
    assert page.status_code == 200 and "从哪里来" not in page.content.decode()
    posted = chen.post("/clues/new/", {"content": "有人卖假烟", "address_raw": "南宁市青秀区", "channel": "offline"})
    assert posted.status_code == 302, posted.content.decode()[:2000]
    sent_later = {"id": str(uuid4()), "fields": {"content": ["没有信号时写的"], "violations": ["fake_shoddy", "other"]}}
    for _twice in range(2):
        answer = chen.post("/clues/phone/register/", json.dumps(sent_later), content_type="application/json")
        assert answer.status_code == 201
    assert Clue.objects.get(pk=sent_later["id"]).violations == ["fake_shoddy", "other"]
    empty = chen.post(
        "/clues/phone/register/", json.dumps({"id": str(uuid4()), "fields": {}}), content_type="application/json",
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert empty.status_code == 400 and "请写明线索内容" in empty.json()["detail"]
    meng = client_for("gx", user=bureau.meng)
    assert "从哪里来" in meng.get("/clues/new/").content.decode()
    rows = {
        "rows": [
            {"content": "一", "source_kind": "hotline_12315", "source_ref": "A-9"},
            {"content": "二", "source_kind": "hotline_12315", "source_ref": "A-9"},
            {"content": "三", "address_raw": "南宁市青秀区", "urgent": True},
        ]
    }
    answer = meng.post("/api/v1/clues/register/bulk", json.dumps(rows), content_type="application/json")
    assert answer.status_code == 200, answer.content
    first, second, third = answer.json()["results"]
    assert first["result"]["number"] and third["result"]["priority"] == "urgent"
    assert second["problem"]["code"] == "clue_known" and first["result"]["number"] in second["problem"]["detail"]
    clue_id = third["result"]["id"]
    done = meng.post(
        f"/api/v1/clues/{clue_id}/complete", json.dumps({"more": "补一句", "estimated_value": "12.50"}),
        content_type="application/json",
    )  # fmt: skip
    assert done.status_code == 200, done.content
    assert Clue.objects.get(pk=clue_id).estimated_value == Decimal("12.50")
    assert meng.get(f"/clues/{clue_id}/complete/").status_code == 200
    assert meng.get(f"/clues/{clue_id}/").status_code == 200
    made = meng.post("/clues/criteria/", {"name": "涉老年人", "priority": "raised"})
    assert made.status_code == 302 and "涉老年人" in meng.get("/clues/criteria/").content.decode()
    assert not Post.objects.filter(user=bureau.chen, role=Post.Role.DISPATCHER).exists()
    assert chen.get("/clues/imports/").status_code == 403


def test_likely_duplicates_are_shown_before_saving_and_answered_by_program(bureau: Any, client_for: Any) -> None:
    there = bureau.clue("南宁市青秀区民族大道 12 号", subject_phone="0771-5551234")
    client = client_for("gx", user=bureau.meng)
    said = {"content": "又卖假酒", "address_raw": "青秀区民族大道12号", "channel": "offline", "subject_kind": "unknown"}
    page = client.post("/clues/new/", said).content.decode()
    assert there.number in page and "同一地址" in page and "仍然登记" in page
    asked = client.post("/clues/new/likely/", {"fields": said}, content_type="application/json").json()
    assert [each["number"] for each in asked["likely"]] == [there.number] and asked["likely"][0]["reasons"]
    officer = client_for("gx", user=bureau.lu)
    hidden = officer.post("/clues/new/likely/", {"fields": said}, content_type="application/json").json()
    assert hidden == {"likely": []}, "what one may not see is not hinted at"
    assert Clue.objects.count() == 1
    assert client.post("/clues/new/", said | {"anyway": "1"}).status_code == 302
    answer = client.post("/api/v1/clues/register", said, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    assert {each["number"] for each in answer.json()["likely"]} == set(
        Clue.objects.exclude(pk=answer.json()["id"]).values_list("number", flat=True)
    )
