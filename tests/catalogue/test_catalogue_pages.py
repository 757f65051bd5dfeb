"""The shelves of a brand and the coverage list of the officers, as pages."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from harness import people

from appraisal.catalogue import search, selectors, services
from appraisal.catalogue.models import Product, ProductDraft, ReferenceImage, ReferenceView
from federation.parties.models import Membership
from federation.parties.services import reckon_coverage
from provinces import context
from provinces.seats import BRANDS, OFFICE


def url(name, **kwargs):
    return reverse(f"catalogue:{name}", urlconf="config.urls.brands", kwargs=kwargs)


@pytest.fixture
def house(border):
    found = people.brand_house()
    with context.owner():
        Membership.objects.create(user=found.lin, organisation=found.organisation, role="brand_admin")
        search.fill_keys(found.product, found.product.brand).save()
    return found


@pytest.fixture
def lin(house, client_for):
    return client_for("brands", user=house.lin)


def shots(*names, **extra):
    rows = {f"shots-{i}-name": name for i, name in enumerate(names)}
    rows |= {f"shots-{i}-code": f"code_{i}" for i in range(len(names))}
    rows |= {f"shots-{i}-ORDER": str(i + 1) for i in range(len(names))}
    rows |= {"shots-TOTAL_FORMS": str(len(names)), "shots-INITIAL_FORMS": str(len(names)), "shots-0-in_quick_set": "on"}
    return {"what": "shots", **rows, **extra}


def picture():
    return SimpleUploadedFile("a.jpg", people.jpeg("genuine", (800, 600)))


def test_a_product_is_written_ordered_and_published_by_pages_alone(house, lin, client_for):
    form = {
        "brand_name": "岚壑春", "name": "珍藏", "spec": "1L", "category": str(house.product.category_id),
        "template": "baijiu", "nice_class": 33, "barcodes": "2900010000015",
    }  # fmt: skip
    page = lin.post(url("new_product"), form).headers["Location"]
    assert "还没发布" in lin.get(page).content.decode()
    order = shots(
        "正标", "瓶底", "瓶盖", **{"shots-2-ORDER": "0", "shots-1-DELETE": "on", "shots-0-picture": picture()}
    )
    assert lin.post(page, order).status_code == 302
    assert "珍藏" in lin.get(url("products")).content.decode()
    lin.post(f"{page}publish/")
    bureau = people.bureau()
    chen = client_for("gx", user=bureau.chen)
    with context.province("gx"):
        hit = selectors.search("2900010000015")[0]
        taken = selectors.shot_list(hit.product.pk).shots
    assert [shot.name for shot in taken] == ["瓶盖", "正标"]
    sample = chen.get(taken[1].sample_url)
    assert (sample.status_code, sample.headers["Content-Type"]) == (200, "image/jpeg")
    assert client_for("gx").get(taken[1].sample_url).status_code == 302


def test_a_shot_list_without_a_quick_set_is_sent_back_with_the_reason(house, lin):
    answer = lin.post(url("product", product_id=house.product.pk), shots("正标", **{"shots-0-in_quick_set": ""}))
    assert answer.status_code == 400
    assert "快拍" in answer.content.decode()


def test_changes_wait_in_the_draft_until_published_or_dropped(house, lin):
    page = url("product", product_id=house.product.pk)
    assert lin.post(page, shots("只拍一张")).status_code == 302
    with context.province("gx"):
        assert len(selectors.shot_list(house.product.pk).shots) == 3
    lin.post(f"{page}drop/")
    with context.seat(BRANDS):
        assert not ProductDraft.objects.exists()
    lin.post(f"{page}retire/")
    with context.seat(BRANDS):
        assert Product.objects.get(pk=house.product.pk).state == "retired"


def test_anothers_product_is_404_on_every_page_and_step(house, client_for):
    other = people.brand_house("泽云", suffix="2")
    stranger = client_for("brands", user=other.lin)
    pk = house.product.pk
    for name in ("product", "checkpoints", "references"):
        assert stranger.get(url(name, product_id=pk)).status_code == 404
        assert stranger.post(url(name, product_id=pk), {"name": "x", **shots("x")}).status_code == 404
    assert stranger.post(
        url("end_checkpoint", product_id=pk), {"checkpoint": str(house.checkpoint.pk)}
    ).status_code in (
        302,
        403,
        404,
    )
    with context.seat(BRANDS):
        assert len(selectors.checkpoints(pk)) == 2


def test_checkpoints_are_added_by_the_administrator_and_secrets_marked(house, lin, client_for):
    page = url("checkpoints", product_id=house.product.pk)
    lin.post(page, {"name": "激光码第三位", "is_secret": "on"})
    shown = lin.get(page).content.decode()
    assert "激光码第三位" in shown and shown.count("不外传") >= 2
    wang = client_for("brands", user=house.wang)
    assert wang.get(page).status_code == 200
    assert wang.post(page, {"name": "x"}).status_code == 400


def test_a_reference_is_uploaded_seen_with_a_name_and_logged(house, lin, client_for):
    page = url("references", product_id=house.product.pk)
    answer = lin.post(page, {"shot_code": "front_label", "title": "正标", "picture": picture()})
    assert answer.status_code == 302
    with context.seat(BRANDS):
        address = selectors.reference_urls(house.organisation, house.product.pk)["front_label"]
    wang = client_for("brands", user=house.wang)
    shown = wang.get(address)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    with context.seat(BRANDS):
        assert ReferenceView.objects.get().user == house.wang
    assert house.wang.name in lin.get(page).content.decode()
    other = people.brand_house("泽云", suffix="2")
    assert client_for("brands", user=other.lin).get(address).status_code == 404


def test_a_reference_holds_for_the_days_of_production_that_the_brand_says(house, lin, client_for):
    """Recognition, edge 5: packs change, old references stay for old goods."""
    page = url("references", product_id=house.product.pk)
    said = {"shot_code": "front_label", "made_from": "2024-01-01", "made_until": "2023-01-01"}
    assert "不能早于" in lin.post(page, {**said, "picture": picture()}).content.decode()
    assert lin.post(page, {**said, "made_until": "2025-12-31", "picture": picture()}).status_code == 302
    with context.seat(BRANDS):
        row = ReferenceImage.objects.get()
    assert "2024-01-01" in lin.get(page).content.decode()
    period = url("date_reference", reference_id=row.pk)
    lin.post(period, {"made_from": "", "made_until": "2025-06-30"})
    assert lin.post(period, {"made_from": "someday"}).status_code == 302
    assert client_for("brands", user=house.wang).post(period, {"made_from": "", "made_until": ""}).status_code in (
        302,
        403,
    )
    with context.seat(BRANDS):
        row.refresh_from_db()
        assert (row.made_from, row.made_until.isoformat()) == (None, "2025-06-30")


def test_what_is_no_picture_is_refused_with_a_sentence(house, lin):
    page = url("references", product_id=house.product.pk)
    fake = SimpleUploadedFile("a.jpg", b"GIF89a not a photo")
    assert lin.post(page, {"shot_code": "front_label", "picture": fake}).status_code == 400


def test_every_officer_sees_what_can_be_appraised_now(house, client_for):
    with context.seat(OFFICE):
        services.load_search_catalogue()
    with context.seat(BRANDS):
        reckon_coverage()
    bureau = people.bureau()
    chen = client_for("gx", user=bureau.chen)
    shown = chen.get("/coverage/").content.decode()
    assert "岚壑春" in shown and "值班中" in shown and "茅台" not in shown
    asked = chen.get("/coverage/", {"q": "mt"}).content.decode()
    assert "未入驻" in asked and "飞天茅台53度" in asked
    assert client_for("gx").get("/coverage/").status_code == 302
