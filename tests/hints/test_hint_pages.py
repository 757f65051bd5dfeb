"""What an officer sees of recognition: the section of the request page, the comparison, codes, offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import people

from appraisal.hints.models import CodeAlert, Hint, ItemShare, LookBack, Looked, Offer, ReadCode
from appraisal.recognised import word
from appraisal.requests import services as requests
from evidence.models import Exhibit
from kernel import clock
from kernel.ids import uuid7
from provinces import context

GEOMETRY = {
    "homography": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "hull_query": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
    "hull_library": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
    "tiles": [[0.7, 0.1, 0.1, 0.1, 0.05], [0.1, 0.1, 0.1, 0.1, 0.9]],
    "turned": 0,
}


class World:
    """陈队长's request of one item, sent, and what recognition says of it."""

    def __init__(self) -> None:
        people.divisions()
        self.bureau, self.house = people.bureau("gx"), people.brand_house()
        self.chen = self.bureau.chen
        with context.province("gx"):
            site = requests.open_site(by=self.chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号"))
            self.item = requests.add_product(by=self.chen, site=site, product_id=self.house.product.pk)
            exhibit = people.sealed_photo(self.chen, "front")
            self.photo = requests.add_photo(
                by=self.chen, item_id=self.item.pk, exhibit=exhibit, shot_code="front_label", source="camera"
            )
            self.request = requests.send(by=self.chen, request_id=self.item.request_id)

    def hint(self, **more: Any) -> Hint:
        fields: dict[str, Any] = {
            "band": "strong",
            "score": 61,
            "inliers": 131,
            "typology": "counterfeit_mark",
            "reasons": [{"code": "print", "count": 131}],
            "codes": [{"field": "unique", "here": "A0", "there": "AO", "result": "near"}],
            "seen": {"how": "shown", "county_code": "520382", "found_on": "2026-03-02", "unit_name": "仁怀市局"},
            "geometry": GEOMETRY,
        } | more
        with context.province("gx"):
            return Hint.objects.create(
                id=uuid7(), request=self.request, item=self.item, photo=self.photo, letter_id=uuid7(), at=clock.now(),
                organisation_id=self.house.organisation.pk, received_at=clock.now(), picture=self.picture(), **fields,
            )  # fmt: skip

    def picture(self) -> Exhibit:
        return people.sealed_photo(self.chen, f"known {uuid7()}")

    def looked(self, outcome: str, **more: Any) -> None:
        with context.province("gx"):
            Looked.objects.update_or_create(
                item=self.item, defaults={"outcome": outcome, "photos": 1, "at": clock.now(), **more}
            )


@pytest.fixture
def world(border: Any) -> World:
    return World()


@pytest.fixture
def chen(world: World, client_for: Any) -> Any:
    return client_for("gx", user=world.chen)


@pytest.fixture
def page(world: World, chen: Any) -> Callable[..., str]:
    def get(path: str = "", **more: Any) -> str:
        answer = chen.get(path or f"/requests/{world.request.pk}/", **more)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return get


def test_a_hint_stands_on_the_request_page_with_its_reasons_and_is_no_verdict(world, page):
    hint = world.hint()
    world.looked("hints")
    for html in (page(), page(headers={"X-Live": "1"})):
        assert "很可能是同一印刷品" in html and "印刷图案吻合（131 处）" in html and "假冒注册商标" in html
        assert "贵州省遵义市仁怀市 · 2026-03-02 · 仁怀市局" in html
        assert html.count("不是结论；真假以鉴定人员的辨认结论为准") == 1
        assert f"/hints/{hint.pk}/" in html and "<polygon" in html


def test_two_defects_that_agree_alike_are_one_reason(world, page):
    world.hint(
        reasons=[{"code": "defect", "count": 100}, {"code": "defect", "count": 100}, {"code": "defect", "count": 90}]
    )
    world.looked("hints")
    html = page()
    assert (html.count("（100%）"), html.count("（90%）")) == (1, 1)


def test_r11_what_the_owner_did_not_share_is_said_without_detail(world, page):
    with context.province("gx"):
        hint = world.hint(seen={"how": "broker"}, band="likely")
        Hint.objects.filter(pk=hint.pk).update(picture=None)
    html = page()
    assert "外地有同类线索，请经省际协作办公室联系" in html and "对方未公开照片" in html and "仁怀" not in html
    opened = page(f"/hints/{hint.pk}/")
    assert "这张图不能给您看" in opened and "对方没有公开详情" in opened


def test_edge_11_a_fake_of_another_right_holder_is_said_to_be_one_and_named_only_where_it_lets_itself_be(world, page):
    hint = world.hint(seen={"how": "broker"}, elsewhere=True, typology="", band="likely")
    with context.province("gx"):
        Hint.objects.filter(pk=hint.pk).update(picture=None)
    html = page()
    assert "与另一权利人的已知假货相像，请核对品牌是否选对" in html and "请经省际协作办公室联系" in html
    opened = page(f"/hints/{hint.pk}/")
    assert "选填，只留在本省" in opened and "与另一权利人的已知假货相像" in opened
    with context.province("gx"):
        Hint.objects.filter(pk=hint.pk).update(owner_name="云上坡酒业")
    assert "与“云上坡酒业”的已知假货相像" in page()


def test_edge_12_an_empty_library_is_never_said_to_mean_genuine(world, page):
    assert "正在与假货库比对" in page()
    world.looked("no_comparison")
    html = page()
    assert "无法比对" in html and "正在与假货库比对" not in html
    world.looked("nothing_similar")
    assert "这不说明是真品" in page()
    world.looked("pending")
    assert "比对库正在重建" in page()


def test_edge_7_a_poor_photo_is_said_with_what_to_do(world, page):
    world.looked("poor", poor=[{"photo_id": str(world.photo.pk), "reasons": ["glare", "blurred"]}])
    html = page()
    assert f"瓶身正标：{word('quality', 'glare')}；{word('quality', 'blurred')}" in html and "重拍一张" in html


def test_edges_2_and_3_a_barcode_that_does_not_fit_is_a_mismatch_and_no_fake(world, page):
    row = {
        "photo_id": str(world.photo.pk),
        "text": "6901234567892",
        "symbology": "EAN13",
        "gtin": "",
        "product_name": "",
    }
    world.looked("nothing_similar", barcodes=[{**row, "fits": "other_product", "product_name": "岚壑春 十年"}])
    assert "是该品牌另一产品的条码：不一致，不等于假货：岚壑春 十年" in page()
    world.looked("nothing_similar", barcodes=[{**row, "fits": "this_product"}])
    assert "不说明是真品" in page()


def test_a_hint_is_accepted_and_taken_back_from_either_page(world, chen, page):
    hint = world.hint()
    answer = chen.post(f"/hints/{hint.pk}/decide/", {"answer": "accept"})
    assert answer.status_code == 302 and answer["Location"].endswith(f"#hint-{hint.pk}")
    assert "撤销" in page() and "采纳" in page()
    answer = chen.post(f"/hints/{hint.pk}/decide/", {"answer": "undo", "back": "hint"})
    assert answer["Location"] == f"/hints/{hint.pk}/"
    chen.post(f"/hints/{hint.pk}/decide/", {"answer": "reject", "note": "标签不同"})
    with context.province("gx"):
        hint.refresh_from_db()
    assert (hint.state, hint.note) == ("rejected", "标签不同")
    chen.post(f"/hints/{hint.pk}/decide/", {"answer": "nonsense"})
    assert "请选择采纳" in page()


def test_r10_a_hint_that_fell_says_why_and_asks_for_nothing(world, page):
    hint = world.hint()
    with context.province("gx"):
        Hint.objects.filter(pk=hint.pk).update(flagged="verdict_withdrawn")
    html = page()
    assert "这条提示不再作数：所依据的辨认结论已撤回" in html and f"/hints/{hint.pk}/decide/" not in html
    assert "这条提示不再作数" in page(f"/hints/{hint.pk}/")


def test_the_comparison_shows_both_pictures_what_differs_and_codes_letter_by_letter(world, page):
    html = page(f"/hints/{world.hint().pk}/")
    assert "data-compare" in html and "有 1 处不一致：右上" in html
    assert "<mark>0</mark>" in html and "<mark>O</mark>" in html and "只差一个字" in html
    assert html.count("/photo/") >= 4


def test_uncertain_hints_are_folded_away(world, page):
    world.hint(band="possible", score=22)
    html = page()
    assert "还有 1 条不太确定的" in html and "<details" in html


def test_r06_a_code_is_confirmed_corrected_or_typed(world, chen, page):
    with context.province("gx"):
        code = ReadCode.objects.create(
            item=world.item, photo_id=world.photo.pk, field="batch", raw="2O24O131", value="20240131"
        )
    assert "识别原文：2O24O131" in page()
    chen.post(f"/hints/codes/{code.pk}/say/", {"step": "say", "value": "20240131"})
    with context.province("gx"):
        code.refresh_from_db()
        assert code.state == "confirmed"
    assert "更正批号" in page(f"/hints/codes/{code.pk}/")
    chen.post(f"/hints/codes/{code.pk}/say/", {"step": "correct", "value": "20240137"})
    with context.province("gx"):
        code.refresh_from_db()
    assert (code.state, code.value) == ("corrected", "20240137")
    chen.post(f"/hints/items/{world.item.pk}/codes/", {"field": "unique", "value": "LHC 001", "new_id": str(uuid7())})
    assert "LHC 001" in page()


def test_r07_an_alert_and_r14_a_price_stand_in_plain_words(world, page):
    price = {
        "result": "far_below", "asked_yuan": "99.00", "guide_yuan": "680.00", "unit": "瓶", "per_cent": 15,
        "valid_from": "2026-01-01", "valid_until": None,
    }  # fmt: skip
    world.looked("nothing_similar", price=price)
    with context.province("gx"):
        CodeAlert.objects.create(
            alert_id=uuid7(), item=world.item, kind="two_places", code="LHC001", times=3, at=clock.now(),
            others=[{"how": "place_only", "county_code": "520382", "found_on": "2026-03-01"}],
        )  # fmt: skip
    html = page()
    assert "一个唯一码出现在两地" in html and "共出现 3 次" in html and "2026 年 3 月" in html
    assert "明显低于指导价：标价 99.00 元/瓶，指导价 680.00 元（15%）" in html


def test_r11_what_other_provinces_may_see_is_the_officers_choice(world, chen, page):
    chen.post(f"/hints/items/{world.item.pk}/share/", {"share": "place_only"})
    with context.province("gx"):
        assert ItemShare.objects.get().share == "place_only"
    assert '<option value="place_only" selected>' in page()


def test_a_look_back_is_opened_and_read(world, chen, page):
    with context.province("gx"):
        found = LookBack.objects.create(
            id=uuid7(), item=world.item, photo=world.photo, letter_id=uuid7(), band="strong", was="cleared",
            typology="refilled", seen={"how": "own"}, geometry=GEOMETRY, picture=world.picture(), at=clock.now(),
        )  # fmt: skip
    assert "回查：后来确认的假货与这件商品相像" in page()
    assert "曾判为真品" in page("/hints/?tab=look_backs")
    assert "当时的辨认结论是真品" in page(f"/hints/look-backs/{found.pk}/")
    chen.post(f"/hints/look-backs/{found.pk}/read/")
    assert "知道了" not in page(f"/hints/look-backs/{found.pk}/")


def test_r01_goods_are_offered_to_the_library_of_the_brand(world, chen, page):
    path = f"/hints/items/{world.item.pk}/offer/"
    form = page(path)
    assert "推荐入假货库" in form and 'name="photos"' in form
    with context.province("gx"):
        photo = str(world.photo.exhibit_id)
    said = {"typology": "counterfeit_mark", "share": "place_only", "photos": [], "new_id": str(uuid7())}
    assert "请选 1 至" in chen.post(path, said).content.decode()
    assert chen.post(path, {**said, "photos": [photo]}).status_code == 302
    with context.province("gx"):
        assert Offer.objects.get().photos.count() == 1
    assert "待品牌确认" in page("/hints/?tab=offers")


def test_the_list_says_what_will_appear_and_then_shows_it(world, page):
    assert "还没有识假提示" in page("/hints/")
    world.hint()
    assert "很可能是同一印刷品" in page("/hints/")
