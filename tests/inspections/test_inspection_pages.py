"""What officers, leaders and right holders' people see and do on the pages of an inspection."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from harness import people
from openpyxl import load_workbook

from appraisal.desk import scene
from appraisal.desk.models import DeskAppointment, DeskVerdict
from appraisal.requests.models import AppraisalRequest, Verdict
from federation.parties.models import Authorisation
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS
from tenants.inspections import services
from tenants.inspections.models import Inspection, Lot, MarketEntity, PresentPerson

PAGES = ("", "entity/", "persons/", "notices/", "scene/", "count/", "ask/", "scan/", "prices/", "close/", "report/")


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def inspection(at_gx, opened) -> Inspection:
    return opened()


@pytest.fixture
def page(inspection):
    """`page("count/")`: an address of this inspection."""
    return lambda name="": f"/inspections/{inspection.pk}/{name}"


@pytest.fixture
def chen(client_for, world, inspection):
    return client_for("gx", user=world.chen)


def test_its_officers_and_their_leader_read_every_page_and_a_stranger_none(
    client_for, world, page, chen, inspection, lot
):
    lot(inspection, "6", product_id=str(world.product.pk))
    li, wei, mo = (client_for("gx", user=person) for person in (world.li, world.wei, world.mo))
    for name in PAGES:
        for reader in (chen, li, wei):
            answer = reader.get(page(name))
            assert answer.status_code == 200, (name, answer.status_code)
        assert mo.get(page(name)).status_code == 404, name
    assert 'data-role="dock"' not in text(wei.get(page("count/")))
    assert 'method="post"' not in text(wei.get(page("persons/"))).partition("<main")[2]


def test_a_leader_who_reads_cannot_write(client_for, world, page):
    wei = client_for("gx", user=world.wei)
    assert wei.post(page("close/end/")).status_code == 403
    assert wei.post(page("log/"), {"device_id": str(uuid7()), "operations": []}, "application/json").status_code == 403


def test_an_inspection_is_opened_once_however_often_the_form_arrives(client_for, world):
    with context.province("gx"):
        chen, form = client_for("gx", user=world.chen), {"county_code": people.NANNING, "inspection_id": str(uuid7())}
        first, second = (chen.post("/inspections/new/", form) for _each in range(2))
        assert first.url == second.url
        assert Inspection.objects.filter(pk=form["inspection_id"]).count() == 1


def test_a_code_from_the_first_phone_brings_in_the_second_officer_once(client_for, world, opened):
    with context.province("gx"):
        inspection = opened(alone=True)
        shown = text(client_for("gx", user=world.chen).post(f"/inspections/{inspection.pk}/code/"))
        code = re.search(r'class="join-code"[^>]*>(\d{3} \d{3})<', shown)[1]
        assert "<svg" in shown
        li = client_for("gx", user=world.li)
        assert li.post("/inspections/join/", {"code": code}).url == f"/inspections/{inspection.pk}/"
        refused = client_for("gx", user=world.mo).post("/inspections/join/", {"code": code})
        assert (refused.status_code, "加入码不对" in text(refused)) == (400, True)


def test_a_certificate_that_lapsed_yesterday_is_told_on_the_page(client_for, world, opened):
    with context.province("gx"):
        inspection = opened(alone=True)
        code, _until = services.make_join_code(by=world.chen, inspection_id=inspection.pk)
        world.li.officer_cert_until = clock.today() - timedelta(days=1)
        world.li.save(update_fields=["officer_cert_until"])
        refused = client_for("gx", user=world.li).post("/inspections/join/", {"code": code})
        assert refused.status_code == 409
        assert "执法证" in text(refused)


def test_a_wrong_letter_in_the_code_is_named_beside_its_field_and_nothing_typed_is_lost(chen, page, inspection):
    form = {"kind": "licensed", "uscc": "9145O100MA5N000000", "name": "南湖酒行"}
    refused = chen.post(page("entity/"), form)
    assert refused.status_code == 400
    assert "第 5 位“O”" in text(refused)
    assert "南湖酒行" in text(refused)
    assert MarketEntity.objects.count() == 0


def test_a_shop_without_a_licence_is_written_down_as_it_is(chen, page, inspection):
    assert chen.post(page("entity/"), {"kind": "stall", "name": "红棚摊主"}).status_code == 302
    inspection.refresh_from_db()
    assert (inspection.entity.kind, inspection.entity.uscc) == ("stall", "")


def test_the_log_takes_each_operation_once_and_gives_what_came_since(chen, client_for, world, page):
    lot_id, device = str(uuid7()), str(uuid7())
    said = [
        {
            "id": str(uuid7()),
            "lot_id": lot_id,
            "kind": kind,
            "value": value,
            "turn": turn,
            "at": clock.now().isoformat(),
        }
        for turn, (kind, value) in enumerate(
            (("lot", {"fields": {"claimed_brand": "岚壑春", "unit": "瓶"}}), ("add", {"delta": "12"}), ("fly", {})),
            start=1,
        )
    ]
    for _each in range(2):
        answer = chen.post(page("log/"), {"device_id": device, "operations": said}, "application/json").json()
        assert [each["id"] for each in answer["refused"]] == [said[2]["id"]]
    li = client_for("gx", user=world.li)
    came = li.get(page("log/") + "?after=0").json()
    assert [each["kind"] for each in came["operations"]] == ["lot", "add"]
    assert [(each["id"], each["photos"]) for each in came["lots"]] == [(lot_id, 0)]
    assert li.get(page("log/") + f"?after={came['version']}").json()["operations"] == []
    assert Lot.objects.get(pk=lot_id).quantity == 12


def test_counts_that_cannot_be_read_are_refused_and_the_phone_is_told_to_keep_them(chen, page):
    no_operation = json.dumps({"device_id": str(uuid7()), "operations": [1]})
    for body in ("[]", "{", "{}", no_operation, "[" * 3000):
        answer = chen.post(page("log/"), body, "application/json", HTTP_ACCEPT="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "count_unreadable")
        assert "仍留在手机上" in answer.json()["detail"]


def test_quantities_as_they_come_are_counted_on_a_page_without_scripts(chen, page, inspection):
    for typed, kept in (("0", "0"), ("10000", "10000"), ("２.５", "2.5")):
        form = {"claimed_brand": "清溪", "unit": "公斤", "quantity": typed, "new_id": str(uuid7())}
        answer = chen.post(page("lots/new/"), form)
        assert answer.url == f"/lots/{form['new_id']}/"
        assert f">{kept} <span" in text(chen.get(answer.url))


def test_two_officers_who_counted_one_shelf_are_both_shown_and_a_person_decides(
    chen, client_for, world, inspection, lot
):
    made = lot(inspection, "26")
    li = client_for("gx", user=world.li)
    assert li.post(f"/lots/{made.pk}/count/", {"quantity": "25", "act": "set"}).status_code == 302
    shown = text(chen.get(f"/lots/{made.pk}/"))
    assert "采用 陈队长 数的 26" in shown and "采用 李队 数的 25" in shown
    assert chen.post(f"/lots/{made.pk}/count/", {"quantity": "25", "act": "resolve"}).status_code == 302
    made.refresh_from_db()
    assert (made.quantity, made.candidates) == (25, [])
    history = text(chen.get(f"/lots/{made.pk}/"))
    assert "整批清点：26" in history and "整批清点：25" in history and "核对后定为 25" in history


def test_one_answer_to_where_the_goods_are_from_fills_every_lot_that_has_none(chen, page, inspection, lot):
    named = lot(inspection, "6", supplier_answer="named", supplier_name="老张")
    others = [lot(inspection, "6") for _each in range(2)]
    refused = chen.post(page("prices/supplier/"), {"supplier_answer": "named"}, follow=True)
    assert "请填写供货方名称" in text(refused)
    chen.post(page("prices/supplier/"), {"supplier_answer": "refused"})
    assert {Lot.objects.get(pk=each.pk).supplier_answer for each in others} == {"refused"}
    assert Lot.objects.get(pk=named.pk).supplier_name == "老张"


def test_what_is_missing_at_the_end_is_named_with_the_way_to_it(chen, page, inspection, lot, complete):
    complete(inspection)
    made = lot(inspection, "6", price_basis="unknown")
    shown = text(chen.get(page("close/")))
    assert "供货方（拒绝说明也要记）" in shown and f"{page('prices/')}#lot-{made.pk}" in shown
    assert "还不能结束检查" in text(chen.post(page("close/end/"), follow=True))
    chen.post(page("prices/supplier/"), {"supplier_answer": "refused"})
    assert "检查已结束" in text(chen.post(page("close/end/"), follow=True))


def test_the_sheet_holds_numbers_as_numbers_and_no_formula_of_a_stranger(chen, page, inspection, lot):
    lot(inspection, "2.5", claimed_brand="=HYPERLINK(1)", price_basis="labelled", price_labelled_yuan="10")
    lot(inspection, "0")
    answer = chen.get(page("report/sheet/"))
    assert answer.streaming
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    _head, first, second = book.worksheets[0].iter_rows()
    assert (first[3].value, first[3].data_type) == ("=HYPERLINK(1)", "s")
    assert (first[8].value, first[13].value, second[8].value) == (2.5, 25, 0)


def test_a_day_is_one_page_for_the_leader_and_no_day_is_told_so(client_for, world, inspection, lot):
    lot(inspection, "423")
    wei = client_for("gx", user=world.wei)
    today = clock.today().isoformat()
    assert "423" in text(wei.get(f"/inspections/day/{today}/"))
    assert "这一天没有现场检查" in text(wei.get("/inspections/day/2020-02-29/"))
    for wrong in ("2026-02-30", "x", "2026-1"):
        assert wei.get(f"/inspections/day/{wrong}/").status_code == 404


# Begun without a signal ---------------------------------------------------------------------------------------------


def said(client, path: str, body: object):
    return client.post(path, json.dumps(body), content_type="application/json", HTTP_ACCEPT="application/json")


def test_an_inspection_begun_without_a_signal_is_opened_once_with_its_own_time_and_asked_about_later(
    client_for, world, at_gx
):
    chen, pk, lot_id = client_for("gx", user=world.chen), str(uuid7()), str(uuid7())
    began = clock.now() - timedelta(hours=3)
    place = {"county_code": "999999", "place": "地下停车场", "lat": 22.8, "lon": 108.3, "accuracy_m": 30}
    body = {"id": pk, "place": place, "started_at": began.isoformat()}
    for _each in range(2):
        opened = said(chen, "/inspections/phone/open/", body)
        assert (opened.status_code, opened.json()["url"]) == (201, f"/inspections/{pk}/")
    found = Inspection.objects.get(pk=pk)
    assert abs(found.started_at - began) < timedelta(seconds=1)
    assert (found.site.place, found.site.county_code) == ("地下停车场", world.bureau.unit.division_code)
    fields = {"product_id": str(world.product.pk), "unit": "瓶"}
    operations = [
        {"id": str(uuid7()), "lot_id": lot_id, "kind": kind, "value": value, "turn": turn, "at": began.isoformat()}
        for turn, (kind, value) in enumerate((("lot", {"fields": fields}), ("add", {"delta": "12"})), start=1)
    ]
    counted = said(chen, f"/inspections/{pk}/log/", {"device_id": str(uuid7()), "operations": operations})
    assert counted.json()["refused"] == []
    assert [said(chen, f"/inspections/{pk}/ask/later/", {}).json()["asked"] for _each in range(2)] == [1, 0]
    assert AppraisalRequest.objects.get(site=found.site).items.get().quantity == 12

    li = client_for("gx", user=world.li)
    refused = said(li, "/inspections/phone/open/", body | {"id": "x"})
    assert (refused.status_code, refused.json()["code"]) == (400, "opening_unreadable")
    world.li.officer_cert_until = clock.today() - timedelta(days=1)
    world.li.save()
    lapsed = said(li, "/inspections/phone/open/", body | {"id": str(uuid7())})
    assert lapsed.json()["code"] == "certificate_lapsed"
    assert said(li, f"/inspections/{pk}/ask/later/", {}).status_code == 404
    kept_page = text(client_for("gx").get("/inspections/phone/"))
    assert "data-begin" in kept_page and world.chen.name not in kept_page


# Right holders' people on the spot ------------------------------------------------------------------------------------


@pytest.fixture
def asked(world, opened, lot, post_goes) -> AppraisalRequest:
    """陈队长 asked 岚壑春 about two lots."""
    with context.province("gx"):
        inspection = opened()
        for quantity in ("6", "2"):
            lot(inspection, quantity, product_id=str(world.product.pk))
        (sent,) = services.ask_everyone(by=world.chen, inspection_id=inspection.pk)
    post_goes()
    return sent


@pytest.fixture
def lin(client_for, world):
    return client_for("brands", user=world.house.lin)


def scanned(*ids) -> dict[str, str]:
    path = scene.scene_path("gx", ids)
    return {"p": "gx", "r": path.partition("&r=")[2]}


def test_whoever_scans_sees_what_was_asked_of_their_own_house_and_no_word_of_another(client_for, world, asked, lin):
    other = people.brand_house("和砚斋", suffix="-he")
    assert asked.number in text(lin.get("/scene/", scanned(asked.pk, uuid7())))
    stranger = text(client_for("brands", user=other.lin).get("/scene/", scanned(asked.pk)))
    nobody = text(client_for("brands", user=other.lin).get("/scene/", scanned(uuid7())))
    assert asked.number not in stranger and "这次检查没有问到贵企业" in stranger
    strip = re.compile(
        r'name="csrf-token" content="\w+"|value="\w{64}"|"X-CSRFToken": "\w+"|data-cursor="[^"]*"|[?&]\S+'
    )
    assert strip.sub("", stranger) == strip.sub("", nobody)


def test_a_code_that_cannot_be_read_finds_nothing(lin, asked):
    for code in ("", "!!", "AAAA", "A" * 5000):
        assert "这次检查没有问到贵企业" in text(lin.get("/scene/", {"p": "gx", "r": code}))


def test_who_says_they_are_there_stands_among_those_present_and_their_fake_may_go_into_the_library(
    world, asked, lin, chen, post_goes
):
    for _each in range(2):
        assert lin.post("/scene/arrive/", scanned(asked.pk)).status_code == 302
    post_goes()
    with context.province("gx"):
        person = PresentPerson.objects.get(inspection__site=asked.site_id)
        assert (person.role, person.organisation_id) == ("right_holder", world.house.organisation.pk)
        assert "授权委托书" in person.note
    with context.seat(BRANDS):
        item = DeskAppointment.objects.get().task.items.first()
        task_id = item.task_id
    form = {
        **scanned(asked.pk), "only": str(item.pk), "prefix": "x-1", "x-1-value": "counterfeit",
        "x-1-reasons": "瓶盖不对", "x-1-marks": "", "idempotency_key": str(uuid7()),
    }  # fmt: skip
    for _each in range(2):
        assert lin.post(f"/scene/{task_id}/answer/", form).status_code == 302
    post_goes()
    with context.seat(BRANDS):
        assert DeskVerdict.objects.get().opinion.on_site
    with context.province("gx"):
        person.refresh_from_db()
        assert person.authority["number"]
        judged = Verdict.objects.get().item_id
        pages = [text(chen.get(f"/lots/{each.pk}/")) for each in Lot.objects.filter(inspection__site=asked.site_id)]
    assert [f"/hints/items/{judged}/offer/" in each for each in pages].count(True) == 1


def test_who_has_no_authority_is_told_why_and_nobody_is_told_of_them(world, asked, lin, post_goes):
    with context.owner():
        Authorisation.objects.update(state=Authorisation.State.WITHDRAWN)
    refused = lin.post("/scene/arrive/", scanned(asked.pk), follow=True)
    assert "授权" in text(refused).partition('id="messages"')[2][:400]
    post_goes()
    with context.seat(BRANDS):
        assert DeskAppointment.objects.count() == 0
    with context.province("gx"):
        assert PresentPerson.objects.count() == 0
