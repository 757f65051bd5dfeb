"""Finding a product, and what is said of whoever answers for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from harness import people

from appraisal.catalogue import search, selectors, services
from appraisal.catalogue.models import Category, Product
from federation.parties.models import Coverage
from kernel import clock
from provinces import context
from provinces.seats import OFFICE


@pytest.fixture
def loaded(border):
    with context.seat(OFFICE):
        services.load_search_catalogue()
    return border


def found(text, **more):
    with context.province("gx"):
        return [hit.product.brand.name for hit in selectors.search(text, **more)]


def test_a_brand_is_found_by_name_pinyin_initials_and_inside_its_name_and_a_product_by_its_barcode(loaded):
    for text in ("mt", "MT", "maotai", "茅台", "mao", "ｍｔ"):
        assert found(text)[0] == "茅台", text
    for inside in ("迎宾", "yingbin", "迎宾酒"):
        assert "茅台" in found(inside), inside
    assert "茅台" in found("maotaii"), "a slip of the finger"
    with context.province("gx"):
        assert [hit.product.name for hit in selectors.search("2900010000015")] == ["飞天茅台53度"]
        assert selectors.search("2900010000016") == [], "a misread one"
        hit = selectors.search("mt")[0]
        assert (hit.enrolled, hit.readiness.words) == (False, "未入驻")
        assert selectors.shot_list(hit.product.pk).as_json()[0]["code"] == "outer_box_front"
    for text in ("%", "_", "'", "\\", "<%", "  ", "%%_%", "()", "a'b"):
        assert isinstance(found(text), list), "signs of a query language are letters like any other"


def test_a_retired_product_is_not_offered_but_still_known(loaded):
    with context.owner():
        product = Product.objects.get(name="飞天茅台53度")
        Product.objects.filter(pk=product.pk).update(state="retired")
    with context.province("gx"):
        assert "飞天茅台53度" not in [hit.product.name for hit in selectors.search("飞天")]
        assert selectors.product(product.pk).name == "飞天茅台53度"


def test_loading_twice_adds_nothing(loaded):
    with context.seat(OFFICE):
        assert services.load_search_catalogue() == 0
        assert Product.objects.count() == 94


SAID_OF_READINESS: list[tuple[dict[str, object], str]] = [
    ({"on_duty": True, "median_answer_s": 240}, "约 4 分钟答复"),
    ({"on_duty": True, "median_answer_s": 5}, "约 1 分钟答复"),
    ({"on_duty": True}, "值班中"),
    ({"next_on_duty_at": datetime(2026, 3, 3, 8, 30, tzinfo=clock.SHANGHAI)}, "值班外，明早 8:30 起"),
    ({"next_on_duty_at": datetime(2026, 3, 2, 14, 0, tzinfo=clock.SHANGHAI)}, "值班外，今天 14:00 起"),
    ({"next_on_duty_at": datetime(2026, 3, 6, 9, 0, tzinfo=clock.SHANGHAI)}, "值班外，周五 9:00 起"),
    ({}, "值班外，尚未排班"),
    ({"on_duty": True, "updated_at": datetime(2026, 3, 2, 11, 0, tzinfo=clock.SHANGHAI)}, "可申请，值班情况未知"),
]


def test_readiness_is_said_as_a_colleague_would(border):
    now = datetime(2026, 3, 2, 12, 0, tzinfo=clock.SHANGHAI)
    house = people.brand_house()
    with context.owner():
        search.fill_keys(house.product, house.product.brand).save()
    for fields, words in SAID_OF_READINESS:
        with context.owner():
            Coverage.objects.filter(organisation=house.organisation).delete()
            Coverage.objects.create(organisation=house.organisation, **{"updated_at": now, **fields})
        with context.province("gx"):
            assert selectors.search("岚壑", now=now)[0].readiness.words == words


def test_the_coverage_list_counts_brands_products_and_who_is_on_duty(loaded):
    now = clock.now()
    for name, on_duty in (("岚壑春", True), ("泽云", False)):
        house = people.brand_house(name, suffix=name)
        with context.owner():
            Coverage.objects.create(
                organisation=house.organisation, on_duty=on_duty, updated_at=now, answered_30d=3,
                next_on_duty_at=now + timedelta(hours=20),
            )  # fmt: skip
            search.fill_keys(house.product, house.product.brand).save()
    with context.province("gd"):
        listed = selectors.coverage()
        assert (listed.brands, listed.products, listed.on_duty, listed.answered_30d) == (2, 2, 1, 6)
        assert [row.brand.name for row in listed.rows] == ["岚壑春", "泽云"]
        assert [row.brand.name for row in selectors.coverage("泽云").rows] == ["泽云"]
        assert listed.not_enrolled == 76


def test_a_pilot_category_is_offered_only_where_it_is_switched_on(loaded, settings):
    with context.owner():
        Category.objects.filter(code="baijiu").update(pilot=True)
    settings.PILOT_CATEGORIES = {"gz": ["baijiu"]}
    assert "茅台" not in found("mt")
    with context.province("gz"):
        assert selectors.search("mt")[0].brand.name == "茅台"
