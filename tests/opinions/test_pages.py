"""Pages of notices and letters as people see them, and the party's page, which needs no account."""

import io
import re

import pytest
from django.core.cache import cache
from harness import people

from appraisal.opinions import selectors
from appraisal.opinions.models import HeldLetter, Notice, Objection, Review
from audit.models import ReadLine
from audit.reads import term_digest
from evidence.models import Exhibit
from kernel import clock
from provinces import context


def texts(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_from_the_request_page_to_an_issued_notice_by_three_people(world, client_for):
    """The whole walk without scripts: 拟稿, 审核, 签发, and what each page says."""
    request = world.ask()
    chen, li, wei = (client_for("gx", user=each) for each in (world.chen, world.li, world.wei))
    page = texts(chen.get(f"/requests/{request.pk}/"))
    assert "发协助辨认通知书" in page and "线上结论是初步的" in page
    form = chen.get(f"/requests/{request.pk}/notice/")
    assert "同时写给这次检查的所有权利人" not in texts(form), "there is only one"
    new_id = re.search(r'name="new_id" value="([^"]+)"', form.content.decode())[1]
    said = {"type": "identification", "officer_ids": [str(world.li.pk)], "phone": "0771-1",
            "questions": "真假？\n价格？",
            "reply_working_days": "10", "new_id": new_id}  # fmt: skip
    answer = chen.post(f"/requests/{request.pk}/notice/", said)
    again = chen.post(f"/requests/{request.pk}/notice/", said)
    assert answer.status_code == 302 and again["Location"] == answer["Location"], "twice is once"
    here = answer["Location"]
    assert chen.post(f"{here}do/submit/").status_code == 302
    assert "审核通过" not in texts(chen.get(here)), "a drafter is not offered to check"
    assert "审核通过" in texts(li.get(here))
    assert li.post(f"{here}do/check/").status_code == 302
    assert li.post(f"{here}do/issue/").status_code == 403
    assert "待您签发" in texts(wei.get("/opinions/"))
    assert wei.post(f"{here}do/issue/").status_code == 302
    page = texts(chen.get(here))
    assert "协辨" in page and "1号" in page and "暂停计算" in page and "查封扣押期限照常计算" in page
    assert "依据待核实" in page, "what was not verified says so"
    page = texts(chen.get(f"/requests/{request.pk}/"))
    assert "1号" in page and "核查期限暂停计算" in page
    with context.province("gx"):
        paper_id = Notice.objects.get().paper_id
    assert chen.get(f"/papers/{paper_id}/pdf/").content[:5] == b"%PDF-"


def test_a_letters_page_tells_its_state_its_review_and_the_way_to_the_party(world, client_for):
    held = world.certificate(world.ask())
    world.told(held)
    chen, li = client_for("gx", user=world.chen), client_for("gx", user=world.li)
    here = f"/opinions/letters/{held.pk}/"
    page = texts(chen.get(here))
    assert held.opinion_no in page and "假冒" in page and "正式" in page
    assert chen.get(f"{here}file/letter/")["Content-Type"] == "application/pdf"
    assert chen.get(f"{here}file/annex/").status_code == 404
    begun = li.post(f"{here}review/")
    review = begun["Location"]
    assert "以记录为准" in texts(li.get(review))
    said = {f"answer_{code}": "yes" for code in Review.Check.values} | {
        f"note_{code}": "已核对" for code in Review.Check.values
    }
    assert li.post(review, said | {"verb": "accept", "adopt": ["1"]}).status_code == 302
    with context.province("gx"):
        assert Review.objects.get().state == "accepted"
        telling = held.tellings.get()
    page = chen.get(f"/opinions/tellings/{telling.pk}/").content.decode()
    assert "data:image/svg+xml" in page and "/objection/" in page


def test_a_stranger_of_another_unit_meets_the_same_404(world, client_for):
    held = world.certificate(world.ask())
    mo = client_for("gx", user=world.mo)
    assert mo.get(f"/opinions/letters/{held.pk}/").status_code == 404
    assert mo.get(f"/opinions/letters/{held.pk}/file/letter/").status_code == 404


@pytest.fixture
def telling(world):
    cache.clear()
    held = world.certificate(world.ask())
    made = world.told(held)
    with context.province("gx"):
        made.code = selectors.objection_code(made.pk)
    return made


def test_the_party_sees_the_conclusion_and_no_name_and_lodges_an_objection_with_papers(world, client_for, telling):
    """O-08: a public page by code, no account; uploads go through the intake."""
    party = client_for("gx")
    here = f"/objection/{telling.code}/"
    page = party.get(here)
    assert page.status_code == 200 and "假冒" in texts(page) and "张某某" not in page.content.decode()
    assert world.chen.display_name not in page.content.decode() and "某路" not in page.content.decode()
    with context.province("gx"):
        look = ReadLine.objects.get(record_label="opinions.telling", record_id=telling.pk)
        assert (look.by_id, look.by_name, look.what) == (None, "凭链接（当事人）", "link 127.0.0.0/24")
        assert look.terms == [term_digest(telling.code)], "found by the code, and the code is not kept"
    photo = io.BytesIO(people.jpeg("发票"))
    photo.name = "invoice.jpg"
    said = {"text": "这是正规渠道买的", "grey_market": "on", "contact": "138", "photos": [photo]}
    assert party.post(here, said).status_code == 302
    with context.province("gx"):
        made = Objection.objects.get()
        assert made.grey_market and made.came == "page" and made.files.count() == 1
        exhibit = made.files.get().exhibit
        assert (exhibit.by_name, exhibit.owner, exhibit.state) == ("当事人", "gx", Exhibit.State.RECEIVED)
    assert "待处理" in texts(party.get(here))
    assert "异议" in texts(client_for("gx", user=world.chen).get("/opinions/"))


def test_what_is_no_photo_is_refused_with_a_sentence_and_keeps_nothing(world, client_for, telling):
    bad = io.BytesIO(b"MZ not a photo")
    bad.name = "x.jpg"
    answer = client_for("gx").post(f"/objection/{telling.code}/", {"text": "x", "photos": [bad]})
    assert answer.status_code in (400, 415) and "text" in answer.context["form"].fields
    with context.province("gx"):
        assert not Objection.objects.exists()


def test_codes_cannot_be_walked_and_the_party_cannot_flood(world, client_for, telling):
    """Throttled by address for wrong codes and by code for sending."""
    party = client_for("gx")
    for number in range(30):
        assert party.get(f"/objection/{'a' * 18}{number:02}/").status_code == 404
    assert party.get("/objection/aaaaaaaaaaaaaaaaaaaa/").status_code == 429
    cache.clear()
    for number in range(10):
        assert party.post(f"/objection/{telling.code}/", {"text": f"第 {number} 次"}).status_code == 302
    assert party.post(f"/objection/{telling.code}/", {"text": "又一次"}).status_code == 429


def test_a_code_of_one_province_opens_nothing_in_another(world, client_for, telling):
    with context.province("gz"):
        pass
    assert client_for("gz").get(f"/objection/{telling.code}/").status_code == 404


def test_a_leader_sets_what_holds_for_all_notices(world, client_for):
    wei = client_for("gx", user=world.wei)
    assert wei.post("/opinions/policy/", {"show_party": "on", "reply_working_days": "7"}).status_code == 302
    assert client_for("gx", user=world.chen).get("/opinions/policy/").status_code == 403
    with context.province("gx"):
        assert selectors.policy().reply_working_days == 7
        assert HeldLetter.objects.count() == 0 and clock.today()


def test_api_a_notice_is_drafted_listed_and_read(world, client_for):
    from gateway.tokens import make_token

    request = world.ask()
    with context.province("gx"):
        _row, token = make_token(user=world.chen, seat="gx", name="t")
    client, head = client_for("gx"), {"HTTP_AUTHORIZATION": f"Bearer {token}", "content_type": "application/json"}
    body = {"request_id": str(request.pk), "officer_ids": [str(world.li.pk)], "phone": "1"}
    made = client.post("/api/v1/opinions/notices/", body, **head)
    assert made.status_code == 201, made.content
    pk = made.json()[0]["id"]
    assert client.get("/api/v1/opinions/notices/", **head).json()["results"][0]["id"] == pk
    one = client.get(f"/api/v1/opinions/notices/{pk}/", **head).json()
    assert one["state"] == "draft" and one["items"][0]["photos"][0]["sha256"]
    refused = client.post(f"/api/v1/opinions/notices/{pk}/issue/", {}, **head)
    assert refused.status_code in (403, 409)
