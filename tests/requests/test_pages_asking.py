"""The officer's pages up to 发送: a product, a place, photos, details."""

import hashlib
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from harness import people

from accounts.tickets import make_upload_ticket
from appraisal.requests.models import AppraisalRequest, ItemPhoto, RequestItem, Site
from evidence.models import Quarantined
from provinces import context

State = AppraisalRequest.State


def form(world, **fields):
    return {
        "site_id": str(uuid4()),
        "item_id": str(uuid4()),
        "product": str(world.product.pk),
        "county_code": people.NANNING,
        "place": "南湖市场 3 号",
        "lat": "22.8171234",
        "lon": "108.366",
        "accuracy_m": "12.4",
        **fields,
    }


def upload(client, item_id, words="photo", *, digest="", key="", json=True, **fields):
    data = people.jpeg(words)
    headers = {"Accept": "application/json"} if json else {}
    if key:
        headers["Idempotency-Key"] = key
    body = {
        "file": SimpleUploadedFile("p.jpg", data, "image/jpeg"),
        "sha256": digest or hashlib.sha256(data).hexdigest(),
        "shot_code": "front_label",
        "source": "camera",
        "captured_at": "2026-11-20T10:00:00+08:00",
        **fields,
    }
    return client.post(f"/items/{item_id}/photos/", body, headers=headers)


def test_home_shows_my_open_requests_apart_from_those_of_colleagues(world, visit, chen):
    mine, theirs = visit(), visit(by=world.li)
    page = chen.get("/").content.decode()
    own, others = page.split("本单位其他人的申请")
    assert mine.request.number in own and theirs.request.number not in own
    assert theirs.request.number in others and "李队" in others
    assert "data-due=" in own, "a running clock"


def test_search_tells_coverage_in_words(world, chen):
    with context.owner():
        from appraisal.catalogue.models import Product

        Product.objects.filter(pk=world.product.pk).update(initials="lhccn", search_text="岚壑春 陈酿")
    found = chen.get("/check/products/", {"q": "岚壑春"}).json()["results"]
    assert [row["id"] for row in found] == [str(world.product.pk)] and found[0]["detail"]
    found = chen.get("/check/products/", {"q": "云上坡"}).json()["results"]
    assert found[0]["detail"] == "未入驻"
    assert chen.get("/check/products/", {"q": " "}).json() == {"results": []}


def test_choosing_a_product_opens_the_visit_and_leads_to_the_camera_once(world, chen):
    said = form(world)
    first, second = chen.post("/check/", said), chen.post("/check/", said)
    assert first.url == second.url == f"/items/{said['item_id']}/capture/"
    with context.province("gx"):
        site, item = Site.objects.get(), RequestItem.objects.get()
        assert str(site.pk) == said["site_id"] and str(item.pk) == said["item_id"]
        assert site.place == "南湖市场 3 号" and str(site.latitude) == "22.817123" and site.accuracy_m == 12
    assert chen.get(first.url).status_code == 200


def test_without_a_county_nothing_is_opened_and_the_place_is_kept(world, chen):
    answer = chen.post("/check/", form(world, county_code=""))
    page = answer.content.decode()
    assert "请选择所在的县（区）。" in page and "南湖市场 3 号" in page
    with context.province("gx"):
        assert not Site.objects.exists()


def test_a_county_of_another_province_cannot_be_chosen(world, chen):
    assert "请从列表中选择县（区）。" in chen.post("/check/", form(world, county_code="520382")).content.decode()


def test_the_place_is_remembered_for_the_visit_and_brands_fan_out(world, chen):
    said = form(world)
    chen.post("/check/", said)
    page = chen.get("/check/").content.decode()
    assert "南湖市场 3 号" in page and "在哪里" not in page
    chen.post("/check/", {"site_id": said["site_id"], "item_id": str(uuid4()), "product": str(world.unserved.pk)})
    with context.province("gx"):
        assert Site.objects.count() == 1
        assert set(AppraisalRequest.objects.values_list("brand_name", "organisation_name")) == {
            ("岚壑春", "岚壑春酒业"),
            ("云上坡", ""),
        }
    assert "在哪里" in chen.get("/check/?new=1").content.decode()


def test_a_brand_nobody_knows_is_kept_as_unserved_with_what_to_do(world, chen):
    said = form(world, product="", unlisted="1", brand_name="无名氏", product_name="高粱酒")
    item_url = chen.post("/check/", said).url
    assert upload(chen, said["item_id"]).status_code == 201
    assert "还没有入驻" in chen.get(f"/items/{said['item_id']}/").content.decode()
    answer = chen.post(f"/items/{said['item_id']}/", {"send": "1"}, follow=True)
    assert item_url.endswith("/capture/") and "品牌未入驻" in answer.content.decode()
    assert "抽样送检" in answer.content.decode()
    with context.province("gx"):
        assert AppraisalRequest.objects.get().state == State.UNSERVED


def test_a_photo_is_sealed_once_per_key_and_its_digest_compared(world, visit, chen):
    item = visit(send=False, shots=()).item
    first, again = upload(chen, item.pk, key="k1"), upload(chen, item.pk, key="k1")
    assert first.status_code == again.status_code == 201
    assert first.json()["photo_id"] == again.json()["photo_id"]
    with context.province("gx"):
        photo = ItemPhoto.objects.select_related("exhibit").get()
        assert str(photo.pk) == first.json()["photo_id"]
        assert photo.exhibit.sha256 == hashlib.sha256(people.jpeg("photo")).hexdigest()
    wrong = upload(chen, item.pk, "other", digest="0" * 64)
    assert wrong.status_code == 409 or wrong.status_code == 400 or wrong.status_code == 422
    assert wrong["Content-Type"] == "application/problem+json" and wrong.json()["code"] == "digest_differs"


def test_a_shot_that_is_not_on_the_list_is_refused_plainly(world, visit, chen):
    answer = upload(chen, visit(send=False, shots=()).item.pk, shot_code="selfie")
    assert answer.status_code == 400 and answer.json()["code"] == "shot_unknown"


def test_without_a_session_a_ticket_reaches_quarantine_and_nothing_else(world, visit, client_for):
    item = visit(send=False, shots=()).item
    nobody = client_for("gx")
    assert upload(nobody, item.pk).status_code == 401
    with context.province("gx"):
        ticket = make_upload_ticket(draft_id=item.pk, user_id=world.chen.pk)
    answer = upload(nobody, item.pk, ticket=ticket)
    assert answer.status_code == 202 and answer.json()["quarantined"]
    with context.province("gx"):
        assert Quarantined.objects.get().draft_id == item.pk and not ItemPhoto.objects.exists()


def test_without_scripts_a_photo_comes_by_form_and_its_digest_is_made_on_arrival(world, visit, chen):
    item = visit(send=False, shots=()).item
    file = SimpleUploadedFile("p.jpg", people.jpeg("plain"), "image/jpeg")
    answer = chen.post(f"/items/{item.pk}/photos/", {"file": file, "shot_code": "front_label", "source": "album"})
    assert answer.status_code == 302
    with context.province("gx"):
        photo = ItemPhoto.objects.select_related("exhibit").get()
        assert photo.source == "album" and photo.exhibit.device_note == "digest made on arrival"


def test_the_camera_shows_the_quick_set_first_and_all_on_request(world, visit, chen):
    item = visit(send=False).item
    quick = chen.get(f"/items/{item.pk}/capture/").content.decode()
    full = chen.get(f"/items/{item.pk}/capture/?set=full").content.decode()
    assert "批号喷码" in quick and "瓶底" not in quick and "瓶底" in full


def test_missing_shots_are_named_and_do_not_block(world, visit, chen):
    item = visit(send=False).item
    page = chen.get(f"/items/{item.pk}/").content.decode()
    assert "批号喷码" in page and "瓶底" in page and "不影响先发送" in page
    answer = chen.post(f"/items/{item.pk}/", {"send": "1"})
    assert answer.url == f"/requests/{item.request_id}/"


def test_details_are_kept_as_they_are_typed(world, visit, chen):
    item = visit(send=False).item
    said = {"i-quantity": "2.5", "i-quantity_unit": "千克", "i-claimed_price_yuan": "1299", "r-question": "喷码真吗"}
    assert chen.post(f"/items/{item.pk}/", said, headers={"X-Autosave": "1"}).status_code == 204
    with context.province("gx"):
        item.refresh_from_db()
        assert str(item.quantity) == "2.500" and item.quantity_unit == "千克"
        assert AppraisalRequest.objects.get().question == "喷码真吗"


def test_a_refused_sending_keeps_what_was_typed(world, visit, chen):
    item = visit(send=False, shots=()).item
    answer = chen.post(f"/items/{item.pk}/", {"send": "1", "r-question": "喷码真吗", "i-quantity": "3"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "至少拍 1 张" in page
    assert "喷码真吗" in page and 'data-page="error"' in page, "forms.js keeps the draft on such a page"
    wrong = chen.post(f"/items/{item.pk}/", {"i-quantity": "-1", "r-question": "喷码真吗"})
    assert "喷码真吗" in wrong.content.decode()


def test_a_double_click_on_send_sends_once(world, visit, chen):
    item = visit(send=False).item
    for _ in range(2):
        assert chen.post(f"/items/{item.pk}/", {"send": "1"}).url == f"/requests/{item.request_id}/"
    with context.province("gx"):
        request = AppraisalRequest.objects.get()
        assert request.state == State.SENT and request.lines.filter(kind="sent").count() == 1


def test_one_tap_sends_every_right_holder_of_the_visit(world, visit, chen):
    made = visit(world.product, world.unserved, send=False)
    page = chen.get(f"/sites/{made.site.pk}/").content.decode()
    assert "全部发送（2 份申请）" in page
    chen.post(f"/sites/{made.site.pk}/send/")
    chen.post(f"/sites/{made.site.pk}/send/")
    with context.province("gx"):
        assert sorted(AppraisalRequest.objects.values_list("state", flat=True)) == [State.SENT, State.UNSERVED]
    assert "全部发送" not in chen.get(f"/sites/{made.site.pk}/").content.decode()


def test_a_visit_with_an_item_without_photos_says_which(world, visit, chen):
    made = visit(send=False, shots=())
    assert "还没有照片" in chen.get(f"/sites/{made.site.pk}/").content.decode()
    answer = chen.post(f"/sites/{made.site.pk}/send/", follow=True)
    assert "还没有照片：请至少拍 1 张" in answer.content.decode()


def test_what_has_left_cannot_be_taken_off_and_a_draft_can(world, visit, chen):
    draft, sent = visit(send=False), visit()
    with context.province("gx"):
        kept, gone = sent.item.photos.get(), draft.item.photos.get()
    chen.post(f"/photos/{gone.pk}/remove/")
    assert "照片已经发给品牌" in chen.post(f"/photos/{kept.pk}/remove/", follow=True).content.decode()
    with context.province("gx"):
        assert list(ItemPhoto.objects.values_list("pk", flat=True)) == [kept.pk]
