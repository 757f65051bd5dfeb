"""Where is it? Texts as people write them lead to a division, or to the candidates between which a person chooses."""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation
from harness import people

from divisions.models import Division
from divisions.resolving import Hints, Nearness, compare, current, place_of_dispatch, resolve, resolve_in
from divisions.resolving.current import build
from divisions.resolving.gazetteer import Tables, tables_of_files

TEXTS = Path(__file__).with_name("addresses.csv")


@pytest.fixture
def where(gazetteer):
    return lambda text, **hints: resolve_in(gazetteer, text, Hints(**hints) if hints else Hints())


def test_of_texts_from_all_over_the_country_the_share_right_stays_above_the_bound(where):
    with TEXTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    one = [row for row in rows if row["expected_level"] not in ("ambiguous", "none") and row["category"] != "landmark"]
    wrong = [row["text"] for row in one if where(row["text"]).code != row["expected_code"]]
    guessed = [
        row["text"] for row in rows if row["expected_level"] in ("ambiguous", "none") and where(row["text"]).code
    ]
    assert len(one) > 600 and len(wrong) <= 0.02 * len(one), wrong
    assert len(guessed) <= 1, guessed


def test_c18_1_a_county_of_that_name_in_four_cities_is_asked_for_and_never_picked(where):
    answer = where("鼓楼区中山路12号")
    assert (answer.code, answer.level, answer.method) == ("", "ambiguous", "same_name")
    assert set(answer.candidates) == {"320106", "320302", "350102", "410204"}
    assert where("南京 鼓楼区中山路12号").code == "320106"


def test_c18_2_old_names_lead_to_what_took_their_place_and_a_split_county_to_candidates(where):
    answer = where("荔浦县修仁镇")
    assert (answer.code, answer.former.name, answer.former.last_seen_year) == ("450381", "荔浦县", 2018)
    assert where("崇文区 幸福大街").code == "110101"
    split = where("邯郸县 某超市")
    assert (split.level, split.method, set(split.candidates)) == ("ambiguous", "split", {"130402", "130403"})
    assert where("邢台县皇寺镇").code == "130503", "the township says which part"
    assert where("余杭区临平街道").code == "330113", "the township went to a new county"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("东莞虎门镇 服装厂", "441900"),
        ("中山小榄 锁厂", "442000"),
        ("儋州那大镇", "460400"),
        ("嘉峪关市 酒行", "620200"),
    ],
)
def test_c18_3_a_city_without_counties_is_itself_where_a_matter_goes(where, text, code):
    answer = where(text)
    assert (answer.code, answer.level, answer.final) == (code, "prefecture", True)


def test_c18_4_a_development_zone_is_told_beside_the_legal_division(where):
    answer = where("柳东新区雒容镇 汽配园")
    assert (answer.code, answer.zone) == ("450203", "柳州市柳东新区")
    open_ = where("前海 跨境电商仓")
    assert (open_.level, set(open_.candidates)) == ("ambiguous", {"440305", "440306"})
    beside = where("郑州市中牟县 郑东新区")
    assert (beside.code, beside.zone) == ("410122", "郑东新区")


@pytest.mark.parametrize(
    "text",
    [
        "泸州老窖特曲 疑似假酒",
        "青岛啤酒 瓶盖不对",
        "北京路 步行街",
        "南京东路100号",
        "西湖龙井茶叶疑似假冒",
        "店主王海南 电话138****1234",
        "茅台镇来的酒，网上买的",
        "上海家化 仿冒",
    ],
)
def test_c18_5_a_brand_road_product_or_person_with_a_place_in_its_name_is_no_place(where, text):
    assert where(text).code == ""


def test_c18_6_of_several_addresses_each_has_its_role_and_the_rule_is_told(where):
    answer = where("营业执照住所 浙江省杭州市余杭区，发货地：广东省汕头市潮南区，门店地址：南宁市青秀区民族大道")
    assert [(place.role, place.code) for place in answer.places] == [
        ("licence", "330110"),
        ("sender", "440514"),
        ("shop", "450103"),
    ]
    assert (answer.code, answer.role) == ("450103", "shop")
    two = where("南宁市青秀区，柳州市鱼峰区")
    assert (two.method, set(two.candidates)) == ("several_addresses", {"450103", "450203"})


def test_c18_7_a_text_without_a_place_gives_none(where):
    answer = where("拼多多某旗舰店买到假货，客服不回")
    assert (answer.level, answer.confidence, answer.candidates) == ("none", 0.0, ())
    for nothing in ("", " ", "\u200b", "。。。", "12345"):
        assert where(nothing).level == "none"


def test_c18_15_a_township_of_a_common_name_is_never_resolved_alone(where):
    answer = where("城关镇供销社")
    assert (answer.code, answer.level) == ("", "ambiguous")
    assert where("开封县城关镇").code == "410212"


def test_hints_order_candidates_and_overrule_nothing(where):
    text = "鼓楼区中山路12号"
    assert where(text, province="350000").candidates[0] == "350102"
    hinted = where(text, sender_division="410200", province="410000")
    assert (hinted.code, hinted.candidates[0]) == ("", "410204")
    assert where(text, gps=(32.0, 118.8)).candidates[0] in ("320106", "320302")
    assert where("广州市白云区", province="450000", sender_division="450103").code == "440111"
    with translation.override("zh-hans"):
        assert "本省" in hinted.sentence and "仅供参考" in hinted.sentence


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("廣東省廣州市番禺區大石街道", "440113"),
        ("陝西乾縣 蘋果", "610424"),
        ("Guangxi Nanning Qingxiu Qu", "450103"),
        ("广 东 省 佛 山 市 南 海 区", "440605"),
        ("桂·桂林·荔浦", "450381"),
        ("沪宝山区大场镇", "310113"),
        ("地址：湖北省/襄阳市/樊城区/汉江路１２８号", "420606"),
        ("浙江省\u200b义乌市", "330782"),
        ("吉林吉林", "220200"),
        ("济南市中区经七路", "370103"),
        ("吕梁市中阳县", "141129"),
        ("阳泉市 矿区", "140303"),
        ("快递从江西省南昌市西湖区发出", "360103"),
    ],
)
def test_writing_does_not_hide_a_place(where, text, code):
    assert where(text).code == code


def test_a_text_is_kept_as_it_was_and_its_pieces_are_pieces_of_it(where):
    text = "廣西　柳　州　市 魚峰區（泸州老窖）"
    answer = where(text)
    assert answer.text == text and answer.code == "450203"
    assert all(text[span.start : span.end] == span.text for span in answer.spans)
    assert {span.read_as for span in answer.spans} >= {"names", "brand"}


def test_every_answer_has_a_sentence_in_both_languages(where):
    found = [
        "荔浦县",
        "乔贤镇",
        "余杭区临平街道",
        "广西",
        "Zhejiang Yiwu",
        "深圳华强北",
        "柳东新区",
        "郑州市中牟县 郑东新区",
    ]
    left_open = ["鼓楼区", "前海", "西湖", "茅台镇来的酒", "邯郸县", "南宁市青秀区，柳州市鱼峰区", "泸州老窖", ""]
    texts = [*found, *left_open]
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told = [where(text).sentence for text in texts]
        assert all(told) and not any("{" in each for each in told)
    assert told[-1].isascii()


def test_a_township_of_one_county_only_is_resolved_with_less_confidence(where):
    alone, beside = where("乔贤镇圩上"), where("南宁市上林县乔贤镇")
    assert (
        alone.code == beside.code == "450125" and alone.township == beside.township and alone.township[:6] == "450125"
    )
    assert alone.confidence < beside.confidence


def test_e11_the_waybill_is_compared_with_the_licence(where):
    waybill = where("广东省汕头市潮南区峡山街道")
    for licence, nearness in {
        "汕头市潮南区陈店镇": Nearness.SAME_COUNTY,
        "汕头市潮阳区": Nearness.SAME_PREFECTURE,
        "广州市白云区": Nearness.SAME_PROVINCE,
        "浙江义乌": Nearness.OTHER_PROVINCE,
        "网店": Nearness.UNKNOWN,
    }.items():
        assert compare(waybill, where(licence)).nearness == nearness, licence
    coarse = compare(waybill, where("广东"))
    assert (coarse.nearness, coarse.certain, coarse.common) == (Nearness.SAME_PROVINCE, False, "440000")


def test_c21_goods_sent_from_another_province_propose_a_clue_there(where):
    answer = where("发货地：浙江义乌；店铺：南宁市兴宁区")
    told = place_of_dispatch(answer, own_province="450000")
    assert (told.code, told.outside) == ("330782", True)
    assert place_of_dispatch(answer, own_province="330000").outside is False
    assert place_of_dispatch(where("南宁市兴宁区某店"), own_province="450000") is None
    assert place_of_dispatch(where("浙江义乌北苑街道"), own_province="450000", marked=True).outside


@pytest.fixture(scope="module")
def guangxi():
    """The tables of 广西 after 荔浦市 was merged and 青秀区 closed, one with a successor and one without."""
    tables = tables_of_files()
    day = date(2026, 10, 20)
    rows = [row for row in tables.divisions if row.code.startswith("45")]
    for row in rows:
        row.valid_to = day if row.code in ("450381", "450103") else None
    history = [
        *(row for row in tables.history if row[0].startswith("45")),
        ("450381", "荔浦市", 2026, ("450312",), "merged"),
    ]
    return Tables(rows, [row for row in tables.townships if row.code.startswith("45")], history, [])


def test_a_county_abolished_last_month_leads_from_that_day_on_to_what_took_its_place(guangxi):
    now = build(guangxi)
    answer = resolve_in(now, "荔浦市 农资店")
    assert (answer.code, answer.former.code, answer.former.closed_on) == ("450312", "450381", date(2026, 10, 20))
    assert "2026-10-20" in answer.sentence
    unknown = resolve_in(now, "南宁市青秀区民族大道")
    assert (unknown.code, unknown.final) == ("450100", False), "nobody said what became of it: no county is guessed"
    assert resolve_in(now, "荔浦县").code == "450312", "a chain of changes is followed to its end"


def test_the_tables_of_a_day_before_a_change_still_hold_what_was(guangxi):
    before = build(guangxi, date(2026, 10, 19))
    assert resolve_in(before, "荔浦市 农资店").code == "450381"
    assert resolve_in(before, "南宁市青秀区民族大道").code == "450103"


def test_the_tables_that_were_loaded_count_and_are_looked_at_again(owner_seat, monkeypatch):
    monkeypatch.setattr(current, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(current, "_held", current.Held())
    people.divisions()
    assert resolve("南宁市青秀区").code == "450103"
    Division.objects.filter(code="450103").update(valid_to=date(2026, 10, 20))
    assert resolve("南宁市青秀区").code == "450100"
    assert resolve("南宁市青秀区", on=date(2026, 10, 1)).code == "450103"


def test_the_sentence_names_only_what_the_answer_was_read_from(where):
    with translation.override("zh-hans"):
        told = where("发货地：浙江义乌；店铺：南宁市兴宁区").sentence
    assert "南宁市、兴宁区" in told and "义乌" not in told and "经营地" in told
