"""What the brand's people see: the library, the workbench's panel, alerts, same runs, look backs, figures."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from harness import people

from appraisal.desk import services as desk
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.recognition import selectors
from appraisal.recognition.models import (
    BandLimits,
    CodeAlert,
    CodeSighting,
    EntryPhoto,
    Find,
    GuidePrice,
    Hint,
    LibraryChoice,
    LibraryEntry,
    LookBack,
    RunLink,
)
from appraisal.recognition.services import limits, make_from_verdict
from appraisal.requests import services as requests
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from federation.parties.models import Membership
from kernel import clock, searching
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS

GEOMETRY = {
    "homography": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "hull_query": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
    "hull_library": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
    "tiles": [[0.7, 0.1, 0.1, 0.1, 0.05]],
}


class World:
    """陈队长 of 广西 asks twice; 林工 finds the first lot counterfeit and puts it into the library."""

    def __init__(self) -> None:
        people.divisions()
        self.bureau, self.house = people.bureau("gx"), people.brand_house()
        self.lin = people.desk(self.house, self.house.lin)
        self.first, self.second = self.ask("one"), self.ask("two")
        with context.seat(BRANDS):
            desk.claim(desk=self.lin, task_id=self.first.pk)
            item = self.first.items.get()
            answers = [ItemAnswer(item_id=item.pk, value=VerdictValue.COUNTERFEIT, reasons="烫金边缘毛糙")]
            opinion = desk.answer(desk=self.lin, task_id=self.first.pk, answers=answers)
            self.verdict = opinion.verdicts.get()

    def ask(self, words: str) -> DeskTask:
        chen = self.bureau.chen
        with context.province("gx"):
            site = requests.open_site(by=chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号"))
            item = requests.add_product(by=chen, site=site, product_id=self.house.product.pk)
            exhibit = people.sealed_photo(chen, words)
            requests.add_photo(by=chen, item_id=item.pk, exhibit=exhibit, shot_code="front_label", source="camera")
            request = requests.send(by=chen, request_id=item.request_id)
        deliver_everywhere()
        with context.seat(BRANDS):
            return DeskTask.objects.get(request_id=request.pk)

    def entry(self, state: str = "confirmed") -> LibraryEntry:
        with context.seat(BRANDS):
            made = make_from_verdict(desk=self.lin, verdict_id=self.verdict.pk, typology="counterfeit_mark")
            LibraryEntry.objects.filter(pk=made.pk).update(state=state)
            return LibraryEntry.objects.get(pk=made.pk)

    def hint(self, entry: LibraryEntry, **more: Any) -> Hint:
        with context.seat(BRANDS):
            return Hint.objects.create(
                organisation=self.lin.organisation, photo=self.second.items.get().photos.get(), entry=entry,
                entry_photo=entry.photos.first(), category=entry.category, at=clock.now(), geometry=GEOMETRY,
                inliers=131,
                **{"band": "strong", "score": 61.0, "reasons": [{"code": "print", "count": 131}], **more},
            )  # fmt: skip


@pytest.fixture
def world(border: Any) -> World:
    return World()


@pytest.fixture
def lin(world: World, client_for: Any) -> Any:
    return client_for("brands", user=world.house.lin)


def page(client: Any, path: str, status: int = 200, **more: Any) -> str:
    answer = client.get(path, **more)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.content.decode()


def test_r01_an_entry_is_made_from_a_verdict_in_two_clicks_drawn_on_confirmed_and_switched_off(world, lin):
    path = f"/desk/{world.first.pk}/"
    assert "入假货库" in page(lin, path) and "假冒注册商标" in page(lin, path)
    answer = lin.post(
        f"/library/verdicts/{world.verdict.pk}/", {"typology": "counterfeit_mark", "new_id": str(uuid7())}
    )
    assert "/library/photos/" in answer["Location"]
    assert "假货库 F00001" in page(lin, path)
    board = page(lin, answer["Location"])
    assert "data-board" in board and "标轮廓" in board
    box = {"x": 0.2, "y": 0.2, "w": 0.1, "h": 0.1, "words": "金边断开"}
    drawn = json.dumps({"outline": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]], "defects": [box]})
    entry_path = lin.post(answer["Location"], {"drawing": drawn})["Location"]
    html = page(lin, entry_path)
    assert "已标轮廓" in html and "缺陷 1 处" in html and "候选还不参与比对" in html
    assert lin.post(answer["Location"], {"drawing": "nonsense"}).status_code == 200
    lin.post(f"{entry_path}step/", {"verb": "confirm"})
    assert "已确认" in page(lin, entry_path)
    lin.post(f"{entry_path}step/", {"verb": "switch_off", "reason": "误报太多"})
    html = page(lin, entry_path)
    assert "品牌已停用该条目" in html and "误报太多" in html
    lin.post(f"{entry_path}step/", {"verb": "resume"})
    lin.post(f"{entry_path}step/", {"verb": "withdraw", "reason": "不再需要"})
    with context.seat(BRANDS):
        assert LibraryEntry.objects.get().state == "withdrawn"


def test_r02_rights_staff_hand_in_candidates_and_cannot_confirm_them(world, lin, client_for):
    with context.owner():
        Membership.objects.filter(user=world.house.wang).update(role=Membership.Role.RIGHTS_STAFF)
    wang = client_for("brands", user=world.house.wang)
    assert "只收标着本企业商标的商品" in page(wang, "/library/new/")
    assert "青秀区" in page(wang, "/library/new/?province=gx")
    said = {
        "product": str(world.house.product.pk), "typology": "look_alike", "found_on": "2026-01-05",
        "visibility": "place_only", "province": "gx", "county_code": people.NANNING, "new_id": str(uuid7()),
    }  # fmt: skip
    assert "请至少选一张照片" in wang.post("/library/new/?province=gx", said).content.decode()
    photos = [SimpleUploadedFile(f"{n}.jpg", people.jpeg(f"staff {n}"), "image/jpeg") for n in range(3)]
    made = wang.post("/library/new/?province=gx", {**said, "photos": photos})
    html = page(wang, made["Location"])
    assert "由鉴定人员确认后参与比对" in html and html.count('class="sketch"') == 3 and "维权人员" in html
    wang.post(f"{made['Location']}step/", {"verb": "confirm"})
    with context.seat(BRANDS):
        assert LibraryEntry.objects.get().state == "candidate"
    assert lin.post(f"{made['Location']}step/", {"verb": "confirm"}).status_code == 302
    with context.seat(BRANDS):
        assert LibraryEntry.objects.get().state == "confirmed"


def test_edge_10_goods_of_another_brand_are_refused(world, lin):
    other = people.brand_house("云上坡", suffix="2")
    photo = SimpleUploadedFile("1.jpg", people.jpeg("x"), "image/jpeg")
    said = {
        "product": str(other.product.pk),
        "typology": "look_alike",
        "found_on": "2026-01-05",
        "visibility": "broker",
    }
    assert lin.post("/library/new/", {**said, "photos": [photo]}).status_code == 400
    with context.seat(BRANDS):
        assert not LibraryEntry.objects.exists()


def test_the_list_is_filtered_by_its_address_and_an_empty_library_says_how_to_begin(world, lin):
    assert "假货库还是空的" in page(lin, "/library/")
    world.entry()
    assert "F00001" in page(lin, "/library/?state=confirmed&typology=counterfeit_mark&province=gx&q=F1")
    assert "没有符合条件的条目" in page(lin, "/library/?typology=refilled")
    assert "<html" not in page(lin, "/library/", headers={"X-Live": "1"})


def test_a_hit_stands_in_the_queue_and_on_the_workbench_and_is_answered(world, lin):
    hint = world.hint(world.entry())
    assert "很可能是同一印刷品" in page(lin, "/desk/")
    bench = page(lin, f"/desk/{world.second.pk}/")
    assert 'id="hits"' in bench and "印刷图案吻合（131 处）" in bench and "结论由您给出" in bench and "F00001" in bench
    lin.post(f"/library/hints/{hint.pk}/answer/", {"answer": "accepted"})
    part = page(lin, f"/library/tasks/{world.second.pk}/")
    assert "采纳" in part and "撤销" in part and "<html" not in part
    html = page(lin, f"/library/hints/{hint.pk}/")
    assert "data-compare" in html and "有 1 处不一致：右上" in html
    answer = lin.post(f"/library/hints/{hint.pk}/answer/", {"answer": "shown", "back": "hint"})
    assert answer["Location"] == f"/library/hints/{hint.pk}/"
    with context.seat(BRANDS):
        Hint.objects.update(flagged="switched_off")
    assert "不再作数：品牌已停用该条目" in page(lin, f"/desk/{world.second.pk}/")
    assert "很可能是同一印刷品" not in page(lin, "/desk/")


def test_a_defect_that_has_a_name_is_said_by_it_alone(world, lin):
    agrees = [{"code": "print", "count": 131}, {"code": "defect", "count": 90}]
    world.hint(world.entry(), reasons=agrees, defects=[90])
    assert page(lin, f"/desk/{world.second.pk}/").count("90%") == 1, "an unnamed defect of the entry"
    with context.seat(BRANDS):
        EntryPhoto.objects.update(defects=[{"x": 0.2, "y": 0.2, "w": 0.1, "h": 0.1, "words": "金边断开"}])
    bench = page(lin, f"/desk/{world.second.pk}/")
    assert "缺陷“金边断开”：吻合 90%" in bench and bench.count("90%") == 1 and "印刷图案吻合（131 处）" in bench
    agrees += [{"code": "defect", "count": 80}, {"code": "defect", "count": 70}]
    box = {"x": 0.2, "y": 0.2, "w": 0.1, "h": 0.1}
    with context.seat(BRANDS):
        Hint.objects.update(reasons=agrees, defects=[90, None, 80, 70])
        EntryPhoto.objects.update(defects=[box | {"words": words} for words in ("金边断开", "缺角", "")])
    bench = page(lin, f"/desk/{world.second.pk}/")
    assert "缺陷“金边断开”：吻合 90%" in bench and bench.count("90%") == 1 and "“”" not in bench
    assert "印刷缺陷处吻合（80%）" in bench, "a box without words"
    assert "印刷缺陷处吻合（70%）" in bench, "its box is gone"


def test_what_the_library_found_by_itself_waits_for_a_person(world, lin, monkeypatch):
    entry = world.entry()
    with context.seat(BRANDS):
        own, product = world.lin.organisation, world.house.product
        other = Find.objects.create(
            organisation=own, origin="staff", product=product, product_name="陈酿", county_code="520382",
            found_on=clock.today(),
        )  # fmt: skip
        alert = CodeAlert.objects.create(
            organisation=own, product=product, key="LHC1", kind="two_places", first_at=clock.now(), last_at=clock.now()
        )
        for find in (entry.find, other):
            alert.sightings.add(
                CodeSighting.objects.create(
                    organisation=own, find=find, field="unique", key="1HC1", raw="LHC1", how="decoded", at=clock.now()
                )
            )
        for looked_at in (searching.LOOKED_AT, 0):
            monkeypatch.setattr(searching, "LOOKED_AT", looked_at)
            for text, count in (("lhc-i", 2), ("HC", 2), ("C", 2), ("1HC", 2), ("LHC2", 0), ("号", 0)):
                assert selectors.sightings(world.lin, text=text).count() == count, (text, looked_at)
        first, second = sorted((entry.find, other), key=lambda find: find.pk)
        reasons = [{"code": "mould", "first": "M7", "second": "M7"}, {"code": "batch", "first": "A", "second": "A"}]
        run = RunLink.objects.create(
            organisation=own, first=first, second=second, reasons=reasons, strength="strong", proposed_at=clock.now()
        )
        photo = world.second.items.get().photos.get()
        back = LookBack.objects.create(
            organisation=own, entry=entry, entry_photo=entry.photos.first(), item=photo.item, photo=photo, was="open",
            band="strong", score=70, geometry=GEOMETRY, reasons=[{"code": "print"}], at=clock.now(),
        )  # fmt: skip
    html = page(lin, "/library/alerts/")
    assert "一个唯一码出现在两地" in html and "贵州省遵义市仁怀市" in html and html.count("扫码") == 2
    lin.post(f"/library/alerts/{alert.pk}/", {"step": "dismiss", "reason": "每箱一码", "printed_on_all": "1"})
    assert "每箱一码" in page(lin, "/library/alerts/?state=dismissed")
    html = page(lin, "/library/runs/")
    assert "模具号相同" in html and "M7" in html and "认定同批" in html and "弱" in html
    lin.post(f"/library/runs/{run.pk}/", {"step": "accept"})
    assert "重新判断" in page(lin, "/library/runs/?state=accepted")
    assert f"/library/look-backs/{back.pk}/" in page(lin, "/library/look-backs/")
    assert "更正结论" in page(lin, f"/library/look-backs/{back.pk}/")
    lin.post(f"/library/look-backs/{back.pk}/keep/", {"why": "照片不同"})
    with context.seat(BRANDS):
        back.refresh_from_db()
    assert back.state == "kept"


def test_r13_figures_stand_with_the_counts_behind_them(world, lin):
    assert "还没有数字" in page(lin, "/library/figures/")
    hint = world.hint(world.entry())
    lin.post(f"/library/hints/{hint.pk}/answer/", {"answer": "rejected"})
    html = page(lin, "/library/figures/?days=30")
    assert "白酒" in html and '100% <small class="muted">(1/1)</small>' in html and "(0/1)" in html
    assert "识别引擎" in html


def test_the_owner_sees_what_was_braked_takes_limits_and_says_what_others_get_on_the_figures_page(
    world, lin, client_for
):
    """Brakes are shown; limits by product group wait for a person; a library may stand aside for other brands."""
    entry = world.entry()
    strong, likely = limits.floors("baijiu")
    with context.seat(BRANDS):
        LibraryEntry.objects.filter(pk=entry.pk).update(
            state="suspended", stopped_because="brake", stopped_note="9/14", stopped_at=clock.now()
        )
        row = BandLimits.objects.create(
            organisation=world.lin.organisation, category=entry.category, strong=strong + 9, likely=likely + 9,
            floor_strong=strong, floor_likely=likely, scale=limits.scale("baijiu"), decided=41, refused=8, spared=4,
            lost=2, proposed_at=clock.now(),
        )  # fmt: skip
    html = page(lin, "/library/figures/")
    assert "自动停用的条目" in html and "该条目匹配过多，已自动停用" in html
    assert "待确认" in html and "少报 4 条误报，也会少报 2 条命中" in html and "41 条判断，其中 8 条不像" in html
    assert lin.post(f"/library/limits/{row.pk}/", {"step": "accept"})["Location"] == "/library/figures/#limits"
    html = page(lin, "/library/figures/")
    assert "生效中" in html and "恢复通用门槛" in html and clock.today().isoformat() in html
    listed = {
        state: lin.get(f"/api/v1/library/limits/?state={state}").json()["results"] for state in ("in_force", "ended")
    }
    assert [each["id"] for each in listed["in_force"]] == [str(row.pk)] and not listed["ended"]
    lin.post("/library/limits/")
    assert "现有判断不足以提出新的门槛" in page(lin, "/library/figures/")
    lin.post("/library/choice/", {"others": "none"})
    html = page(lin, "/library/figures/")
    assert re.search(r'value="none" checked', html) and "已保存，对今后的比对生效" in html
    with context.owner():
        Membership.objects.filter(user=world.house.wang).update(role=Membership.Role.RIGHTS_STAFF)
    wang = client_for("brands", user=world.house.wang)
    wang.post("/library/choice/", {"others": "entry"})
    wang.post(f"/library/limits/{row.pk}/", {"step": "end"})
    with context.seat(BRANDS):
        assert LibraryChoice.objects.get().others == "none" and BandLimits.objects.get().state == "in_force"


def test_r15_guide_prices_are_kept_by_period_and_region(world, lin):
    said = {
        "product": str(world.house.product.pk), "price_yuan": "680", "unit": "瓶", "pieces": "1",
        "valid_from": "2026-01-01", "occasion": "usual", "region_codes": ["gx"],
    }  # fmt: skip
    assert lin.post("/library/prices/", said).status_code == 302
    assert "680.00 元/瓶" in page(lin, "/library/prices/")
    with context.seat(BRANDS):
        row = GuidePrice.objects.get()
    lin.post(f"/library/prices/{row.pk}/end/")
    assert "还没有指导价" in page(lin, "/library/prices/")


def test_on_the_premises_a_lot_is_photographed_in_bulk(world, lin):
    from appraisal.desk import scene

    with context.seat(BRANDS):
        address = scene.scene_path("gx", [world.second.request_id])
        item = world.second.items.get()
    assert "为假货库拍照" not in page(lin, address)
    query = dict(part.split("=") for part in address.partition("?")[2].split("&"))
    lin.post("/scene/arrive/", query)
    assert "为假货库拍照" in page(lin, address)
    path = f"/library/premises/{item.pk}/?p={query['p']}&r={query['r']}"
    assert "连拍或选多张" in page(lin, path)
    photos = [SimpleUploadedFile(f"{n}.jpg", people.jpeg(f"scene {n}"), "image/jpeg") for n in range(4)]
    answer = lin.post(path, {"typology": "counterfeit_mark", "photos": photos, "new_id": str(uuid7())})
    assert answer.status_code == 302 and answer["Location"].startswith("/scene/?")
    with context.seat(BRANDS):
        entry = LibraryEntry.objects.get()
        assert (entry.state, entry.photos.count(), entry.find.county_code) == ("candidate", 4, people.NANNING)
