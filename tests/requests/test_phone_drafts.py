"""What a phone made without a signal is taken in once, and kept as it was made."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from harness import people

from accounts.tickets import make_upload_ticket, read_upload_ticket
from appraisal.catalogue.models import Product, Shot, ShotList
from appraisal.requests import services
from appraisal.requests.models import AppraisalRequest, RequestItem, Site
from kernel import clock
from provinces import context

State = AppraisalRequest.State
SHOTS = [{"code": "front_label", "name": "瓶身正标", "required": True, "in_quick_set": True}]


@pytest.fixture
def said(world):
    """A draft as the phone tells it."""
    return {
        "site": {"id": str(uuid4()), "county_code": people.NANNING, "place": "地下仓库", "lat": 22.81, "lon": 108.37},
        "item": {
            "id": str(uuid4()),
            "product_id": str(world.product.pk),
            "product_name": "岚壑春 陈酿",
            "brand_name": "岚壑春",
            "shot_list_version": 1,
            "shots": SHOTS,
            "details": {"quantity": "12", "quantity_unit": "瓶", "batch_no": "A1", "claimed_price_yuan": "abc"},
        },
        "question": "喷码是不是后打的？",
        "send": False,
        "device_now": "1970-01-01T00:10:00Z",
    }


def hand_in(client, said):
    headers = {"Accept": "application/json"}
    return client.post("/phone/drafts/", json.dumps(said), content_type="application/json", headers=headers)


def test_a_draft_is_opened_once_under_the_phones_own_ids_and_sent_once(world, chen, said):
    for _again in range(2):
        answer = hand_in(chen, said)
        assert (answer.status_code, answer.json()["sent"]) == (201, False)
    with context.province("gx"):
        item, site = RequestItem.objects.select_related("request").get(), Site.objects.get()
        assert (str(item.pk), str(site.pk)) == (said["item"]["id"], said["site"]["id"])
        assert (item.quantity, item.batch_no, item.request.question) == (12, "A1", "喷码是不是后打的？")
        assert item.claimed_price_yuan is None, "what cannot be read is left out"
        assert (site.place, float(site.latitude)) == ("地下仓库", 22.81)
        exhibit = people.sealed_photo(world.chen, "cellar")
        services.add_photo(by=world.chen, item_id=item.pk, exhibit=exhibit, shot_code="front_label", source="camera")
    for _again in range(2):
        assert hand_in(chen, {**said, "send": True}).json()["url"] == f"/requests/{item.request_id}/"
    with context.province("gx"):
        assert AppraisalRequest.objects.get().state == State.SENT


def test_without_a_photo_the_refusal_says_what_is_missing(chen, said):
    answer = hand_in(chen, {**said, "send": True})
    assert (answer.status_code, answer.json()["code"]) == (400, "photos_missing")


def test_the_draft_keeps_the_shot_list_that_the_phone_had(world, chen, said):
    """Edge case 13 of the main job."""
    with context.owner():
        newer = ShotList.objects.create(product=world.product, version=2, published_at=clock.now())
        Shot.objects.create(shot_list=newer, position=1, code="cap", name="瓶盖", in_quick_set=True)
        Product.objects.filter(pk=world.product.pk).update(shot_list_version=2)
    assert hand_in(chen, said).status_code == 201
    with context.province("gx"):
        item = RequestItem.objects.get()
        assert item.shot_list_version == 1 and [shot["code"] for shot in item.shot_list] == ["front_label"]


@pytest.mark.parametrize("product_id", [str(uuid4()), "", "no id"])
def test_goods_that_the_catalogue_does_not_have_are_kept_with_what_the_phone_called_them(chen, said, product_id):
    said["item"]["product_id"] = product_id
    said["item"]["shots"] = [*SHOTS, {"code": "x", "name": "", "overlay_url": "https://elsewhere.test/x.svg"}]
    said["site"]["county_code"] = "999999"
    assert hand_in(chen, said).status_code == 201
    with context.province("gx"):
        item = RequestItem.objects.select_related("request__site").get()
        assert (item.product_id, item.product_name, item.claimed_brand) == (None, "岚壑春 陈酿", "岚壑春")
        assert item.request.organisation_id is None
        assert [shot["code"] for shot in item.shot_list] == ["front_label", "x"]
        assert item.shot_list[1]["overlay_url"] == ""
        assert item.request.site.place == "地下仓库"


def test_ids_of_another_unit_are_nobodys(world, visit, client_for, said):
    mine = visit(send=False)
    stranger = client_for("gx", user=world.stranger)
    for part, pk in (("item", mine.item.pk), ("site", mine.site.pk)):
        wrong = {**said, part: {**said[part], "id": str(pk)}}
        assert hand_in(stranger, wrong).status_code == 404
    with context.province("gx"):
        assert RequestItem.objects.count() == 1


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"site": 1, "item": []}', '{"site": {"id": 1}, "item": {"id": null}}']
)
def test_what_cannot_be_read_is_refused_plainly(chen, body):
    headers = {"Accept": "application/json"}
    answer = chen.post("/phone/drafts/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"][:5]) == (400, "draft")


def test_the_phone_keeps_products_barcodes_shots_and_counties_and_fetches_them_once(world, chen):
    answer = chen.get("/phone/catalogue/", headers={"Accept": "application/json"})
    kept = answer.json()
    (product,) = [each for each in kept["products"] if each["id"] == str(world.product.pk)]
    assert product["shots"] and product["organisation"] and product["version"] == 1
    assert kept["home_county"] and kept["counties"] and kept["at"]
    again = chen.get("/phone/catalogue/", headers={"Accept": "application/json", "If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_tickets_are_for_the_phones_new_ids_and_for_nothing_that_is_there(world, chen, visit):
    fresh, there = uuid4(), visit(send=False).item.pk
    body = json.dumps({"ids": [str(fresh), str(there), "x"]})
    headers = {"Accept": "application/json"}
    answer = chen.post("/phone/tickets/", body, content_type="application/json", headers=headers)
    first, second, third = answer.json()["tickets"]
    with context.province("gx"):
        assert read_upload_ticket(first).draft_id == fresh
    assert (second, third) == ("", "")


def test_the_phone_learns_whether_it_must_sign_in_or_its_person_is_suspended(world, chen, client_for):
    assert chen.get("/standing/").json()["person"] == str(world.chen.pk)
    nobody = Client(headers={"host": "gx.testhost"})
    with context.province("gx"):
        ticket = make_upload_ticket(draft_id=uuid4(), user_id=world.chen.pk)
    assert nobody.get("/standing/").json() == {"person": "", "csrf": "", "suspended": False}
    with_ticket = {"Upload-Ticket": ticket}
    assert nobody.get("/standing/", headers=with_ticket).json()["suspended"] is False
    with context.province("gx"):
        world.chen.is_active = False
        world.chen.save(update_fields=["is_active"])
    assert nobody.get("/standing/", headers=with_ticket).json()["suspended"] is True
