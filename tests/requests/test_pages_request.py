"""The request page and what can be done from it."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from harness import people

from appraisal.desk import services as desk_services
from appraisal.desk.services import ItemAnswer
from appraisal.requests import services
from appraisal.requests.models import (
    Appointment,
    AppraisalRequest,
    AssistanceTask,
    Consultation,
    ConsultationLine,
    Line,
    RequestItem,
)
from evidence.models import Exhibit
from evidence.services import make_views
from federation.contracts.appraisal import VerdictValue
from federation.letters.models import Letter
from federation.parties.models import Coverage
from kernel import clock
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS

State = AppraisalRequest.State


def page(client, request, **more):
    answer = client.get(f"/requests/{request.pk}/", **more)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_verdict_is_shown_in_plain_words_with_marks_and_authority(world, visit, lin, chen):
    made = visit()
    with context.province("gx"):
        photo_id = made.item.photos.get().pk
    mark = {"photo_id": photo_id, "x": "0.25", "y": "0.5", "w": "0.1", "h": "0.2", "words": "烫金边缘毛糙"}
    lin.answers(
        made.request,
        checkpoints={world.house.checkpoint.pk: ("different", ""), world.house.secret.pk: ("different", "")},
        marks=[mark],
        infringed_right="第 12345678 号",
    )
    shown = page(chen, made.request)
    assert "假冒" in shown and "不是该企业生产" in shown
    assert "<li>烫金边缘毛糙</li>" in shown and "<li>批号格式不存在</li>" in shown
    assert '<rect x="25.0" y="50.0" width="10.0" height="20.0"/>' in shown
    assert "正标烫金边缘" in shown and "暗记位置" not in shown
    assert "授 lin" in shown and "林某" in shown and "第 33 类" in shown and "岚壑春 12345678" in shown
    assert "线上辨认结论为初步结论" in shown
    large = chen.get(f"/photos/{photo_id}/").content.decode()
    assert "烫金边缘毛糙" in large and "SHA-256" in large


def test_a_verdict_that_was_replaced_or_taken_back_is_shown_with_its_reason(world, visit, lin, chen):
    made = visit()
    lin.answers(made.request, VerdictValue.GENUINE)
    lin.answers(made.request, VerdictValue.COUNTERFEIT)
    shown = page(chen, made.request)
    assert shown.index("假冒") < shown.index("先前的结论 1 份") < shown.index("已由新的结论代替")
    with context.province("gx"):
        verdict_id = made.item.verdicts.get(value="counterfeit").pk
    lin.does(
        made.request,
        lambda task: desk_services.withdraw(desk=lin.desk, verdict_id=verdict_id, reason="批次资料有误"),
    )
    shown = page(chen, made.request)
    assert "批次资料有误" in shown and "已撤回这份结论" in shown and "鉴定中" in shown


def test_a_verdict_after_cancelling_stands_apart(world, visit, lin, chen, post_goes):
    made = visit()
    lin.claims(made.request)
    task = lin.task(made.request)
    with context.province("gx"):
        services.cancel(by=world.chen, request_id=made.request.pk, reason="当事人已承认")
    with context.seat(BRANDS):
        given = [ItemAnswer(item_id=task.items.get().pk, value=VerdictValue.COUNTERFEIT, reasons="批号不存在")]
        desk_services.answer(desk=lin.desk, task_id=task.pk, answers=given)
    post_goes()
    shown = page(chen, made.request)
    assert "取消后收到的结论" in shown and "不作为本次结果" in shown and "线上辨认结论为初步结论" not in shown


def test_the_page_says_how_long_the_duty_person_has_not_read(world, visit, post_goes, chen):
    made = visit()
    post_goes()
    with context.province("gx"):
        ago = clock.now() - timedelta(minutes=2, seconds=5)
        AppraisalRequest.objects.filter(pk=made.request.pk).update(rung_at=ago, read_at=None)
    assert "已通知，未读 2 分钟" in page(chen, made.request)


def test_the_part_that_updates_itself_comes_alone(world, visit, chen):
    made = visit()
    part = page(chen, made.request, headers={"X-Live": "1"})
    assert "<html" not in part and 'id="now"' in part and f"request:{made.request.pk}" in part
    talk = chen.get(f"/requests/{made.request.pk}/?part=talk", headers={"X-Live": "1"}).content.decode()
    assert 'id="talk-lines"' in talk and 'id="now"' not in talk


def test_a_supplement_leads_to_the_camera_for_that_shot_alone(world, visit, lin, chen):
    made = visit()
    lin.claims(made.request)

    def ask(task):
        return desk_services.ask_again(
            desk=lin.desk, task_id=task.pk, item_id=task.items.get().pk, shot_code="batch_code", reason="反光遮住了批号"
        )

    supplement = lin.does(made.request, ask)
    shown = page(chen, made.request)
    assert "请补拍：批号喷码" in shown and "反光遮住了批号" in shown
    link = f"/items/{made.item.pk}/capture/?supplement={supplement.pk}"
    assert link in shown
    shots = chen.get(link).context["shots"]
    assert [(shot["code"], shot["hint"], shot["done"]) for shot in shots] == [("batch_code", "反光遮住了批号", False)]
    answer = chen.post(f"/supplements/{supplement.pk}/decline/", {"absent_reason": "  "}, follow=True)
    assert "请写明为什么拍不了" in answer.content.decode()
    for _ in range(2):
        chen.post(f"/supplements/{supplement.pk}/decline/", {"absent_reason": "批号已被刮去"})
    with context.province("gx"):
        assert AppraisalRequest.objects.get().state == State.WORKING
        assert Line.objects.filter(kind=Line.Kind.PHOTOS, text="批号已被刮去").count() == 1
    task = lin.task(made.request)
    assert task.state == task.State.CLAIMED


def test_once_the_brand_has_enough_the_page_stops_asking(world, visit, lin, chen):
    made = visit()
    lin.claims(made.request)
    assert "还没拍：" in page(chen, made.request)
    lin.does(made.request, lambda task: desk_services.say_enough(desk=lin.desk, task_id=task.pk))
    shown = page(chen, made.request)
    assert "品牌方说照片够了" in shown and "还没拍：" not in shown
    shots = chen.get(f"/items/{made.item.pk}/capture/?set=full").context["shots"]
    assert shots and not any(shot["required"] for shot in shots)


def test_chat_is_said_once_and_waits_for_its_photo(world, visit, chen, lin):
    made = visit()
    url, line_id = f"/requests/{made.request.pk}/chat/", str(uuid4())
    for _ in range(2):
        assert chen.post(url, {"text": "当事人说是从省外进的货", "line_id": line_id}).status_code == 302
    photo = SimpleUploadedFile("p.jpg", people.jpeg("counter"), "image/jpeg")
    chen.post(url, {"text": "柜台照片", "file": photo})
    with context.province("gx"):
        lines = Line.objects.filter(kind=Line.Kind.CHAT)
        assert [line.posted_at is not None for line in lines] == [True, False]
        make_views(Exhibit.objects.get(state=Exhibit.State.RECEIVED).pk)
        assert all(line.posted_at for line in lines.all())
    task = lin.task(made.request)
    with context.seat(BRANDS):
        said = task.lines.filter(kind="chat").order_by("at")
        assert [line.text for line in said] == ["当事人说是从省外进的货", "柜台照片"]
        assert said.last().photos.get().exhibit.view_only


def test_a_chat_photo_can_be_used_by_who_sent_it_alone(world, visit, chen, client_for):
    made = visit()
    data = people.jpeg("counter")
    body = {
        "file": SimpleUploadedFile("p.jpg", data, "image/jpeg"),
        "sha256": hashlib.sha256(data).hexdigest(),
        "source": "chat",
    }
    answer = chen.post(f"/requests/{made.request.pk}/chat/photos/", body, headers={"Accept": "application/json"})
    token = answer.json()["token"]
    li = client_for("gx", user=world.li)
    refused = li.post(f"/requests/{made.request.pk}/chat/", {"text": "看这张", "photo": token})
    assert refused.status_code == 400 and "看这张" in refused.content.decode()
    assert chen.post(f"/requests/{made.request.pk}/chat/", {"photo": token}).status_code == 302


def test_an_empty_line_is_refused_with_a_sentence(world, visit, chen):
    answer = chen.post(f"/requests/{visit().request.pk}/chat/", {"text": "  "})
    assert answer.status_code == 400 and "请先写一句话或选一张照片" in answer.content.decode()


def test_cancelling_needs_a_reason_and_is_told(world, visit, chen):
    made = visit()
    url = f"/requests/{made.request.pk}/cancel/"
    assert "请写一句原因" in chen.post(url, {"reason": ""}).content.decode()
    assert "已取消" in chen.post(url, {"reason": "当事人已承认"}, follow=True).content.decode()
    again = chen.post(url, {"reason": "再取消一次"})
    assert again.status_code == 409 and "已取消" in again.content.decode() and "再取消一次" in again.content.decode()


def test_a_request_can_be_handed_to_a_colleague_of_the_unit_alone(world, visit, chen):
    made = visit()
    url = f"/requests/{made.request.pk}/hand/"
    offered = chen.get(url).content.decode()
    assert "李队" in offered and "莫队" not in offered and "陈队长</option>" not in offered
    assert "不在本单位" in chen.post(url, {"officer": str(world.stranger.pk)}).content.decode()
    chen.post(url, {"officer": str(world.li.pk)})
    with context.province("gx"):
        assert AppraisalRequest.objects.get().officer == world.li
        assert Notice.objects.filter(user_id=world.li.pk, code="request_handed").count() == 1


def test_onsite_help_is_asked_offered_and_agreed(world, visit, lin, chen, post_goes):
    made = visit()
    said = {"contact": "19900000001", "note": "货多", "new_id": str(uuid4())}
    for _ in range(2):
        chen.post(f"/requests/{made.request.pk}/onsite/", said)
    with context.province("gx"):
        assert str(Appointment.objects.get().pk) == said["new_id"]
    lin.does(
        made.request,
        lambda task: desk_services.offer_onsite(
            desk=lin.desk, task_id=task.pk, meet_at=clock.now() + timedelta(hours=2), contact="19900000002"
        ),
    )
    assert "品牌提出" in page(chen, made.request)
    with context.province("gx"):
        offer = Appointment.objects.get(state=Appointment.Step.OFFERED)
    chen.post(f"/onsite/{offer.pk}/", {"verb": "agree"})
    with context.province("gx"):
        offer.refresh_from_db()
        assert offer.state == Appointment.Step.AGREED
    refused = chen.post(f"/onsite/{offer.pk}/", {"verb": "agree"}, follow=True).content.decode()
    assert "现在的状态是“已约定”" in refused
    past = {"contact": "1", "meet_at": "2020-01-01T10:00"}
    assert "约定时间要晚于现在" in chen.post(f"/requests/{made.request.pk}/onsite/", past).content.decode()


def test_violation_and_right_are_kept_apart_from_the_verdict(world, visit, lin, chen):
    made = visit()
    lin.answers(made.request, VerdictValue.COUNTERFEIT, infringed_right="第 12345678 号")
    url = f"/items/{made.item.pk}/violation/"
    assert "第 12345678 号" in chen.get(url).content.decode(), "what the brand named is offered"
    chen.post(url, {"violation": "trademark_infringement", "infringed_right": "第 8 号"})
    with context.province("gx"):
        item = RequestItem.objects.get()
        assert (item.violation, item.infringed_right) == ("trademark_infringement", "第 8 号")
        assert item.verdicts.get().infringed_right == "第 12345678 号"


@pytest.mark.parametrize("what", ["unserved", "no_answer"])
def test_where_nobody_answers_the_page_says_what_to_do(world, visit, chen, what):
    made = visit(world.unserved if what == "unserved" else world.product)
    if what == "no_answer":
        with context.province("gx"):
            services.give_up_overdue(now=clock.now() + timedelta(minutes=31))
    shown = page(chen, made.request)
    assert "抽样送检" in shown and "先行登记保存" in shown


def test_another_unit_another_province_and_nothing_give_the_same_404(world, visit, client_for):
    made = visit()
    gz = people.bureau("gz", "520382")
    with context.province("gx"):
        photo_id = made.item.photos.get().pk
    for client in (client_for("gx", user=world.stranger), client_for("gz", user=gz.chen)):
        nothing = client.get(f"/requests/{uuid4()}/")
        assert nothing.status_code == 404
        for url in (
            f"/requests/{made.request.pk}/",
            f"/requests/{made.request.pk}/cancel/",
            f"/requests/{made.request.pk}/hand/",
            f"/sites/{made.site.pk}/",
            f"/items/{made.item.pk}/",
            f"/items/{made.item.pk}/capture/",
            f"/items/{made.item.pk}/violation/",
            f"/photos/{photo_id}/",
            f"/check/?site={made.site.pk}",
        ):
            answer = client.get(url)
            assert answer.status_code == 404, url
        for url in (
            f"/items/{made.item.pk}/photos/",
            f"/items/{made.item.pk}/absent/",
            f"/requests/{made.request.pk}/chat/",
            f"/requests/{made.request.pk}/chat/photos/",
            f"/sites/{made.site.pk}/send/",
            f"/photos/{photo_id}/remove/",
        ):
            absent = url.replace(str(made.item.pk), str(uuid4())).replace(str(made.request.pk), str(uuid4()))
            absent = absent.replace(str(made.site.pk), str(uuid4())).replace(str(photo_id), str(uuid4()))
            for address in (url, absent):
                answer = client.post(address, {"text": "x", "shot_code": "front_label", "absent_reason": "x"})
                assert answer.status_code == 404, address


def test_ids_of_another_unit_open_nothing(world, visit, client_for):
    """A site or item id that another unit uses is no way in, whoever names it."""
    made = visit(send=False)
    mo = client_for("gx", user=world.stranger)
    said = {"site_id": str(made.site.pk), "item_id": str(uuid4()), "county_code": people.NANNING}
    assert mo.post("/check/", {**said, "product": str(world.product.pk)}).status_code == 404
    said = {"site_id": str(uuid4()), "item_id": str(made.item.pk), "county_code": people.NANNING}
    assert mo.post("/check/", {**said, "product": str(world.product.pk)}).status_code == 404


def test_a_leader_reads_and_changes_nothing(world, visit, client_for):
    made = visit()
    wei = client_for("gx", user=world.bureau.wei)
    shown = page(wei, made.request)
    assert made.request.number in shown and "取消申请" not in shown and 'name="text"' not in shown
    assert wei.get(f"/requests/{made.request.pk}/cancel/").status_code == 403
    assert wei.post(f"/requests/{made.request.pk}/chat/", {"text": "x"}).status_code == 403
    assert wei.get("/check/").status_code == 403


def test_an_administrator_reads_no_case_by_office(world, visit, client_for):
    made = visit()
    huang = client_for("gx", user=world.bureau.huang)
    assert huang.get(f"/requests/{made.request.pk}/").status_code == 403
    assert huang.get("/").status_code == 302


def test_changes_are_made_by_post_alone(world, visit, chen):
    made = visit()
    for url in (f"/requests/{made.request.pk}/chat/", f"/sites/{made.site.pk}/send/", f"/items/{made.item.pk}/photos/"):
        assert chen.get(url).status_code == 405


def test_the_list_finds_by_number_brand_product_and_place(world, visit, chen):
    one, other = visit(place="南湖市场 3 号"), visit(world.unserved, place="星湖路")
    for words in (one.request.number, "岚壑春", "陈酿", "南湖"):
        shown = chen.get("/requests/", {"q": words}).content.decode()
        assert one.request.number in shown and other.request.number not in shown, words
    assert other.request.number in chen.get("/requests/", {"state": "unserved"}).content.decode()
    assert "没有符合的申请" in chen.get("/requests/", {"q": "没有这个"}).content.decode()


def test_a_consultation_goes_out_once_and_is_talked_on(world, chen, post_goes):
    said = {
        "organisation_id": str(world.house.organisation.pk),
        "subject": "防伪标",
        "text": "新标从哪批开始？",
        "new_id": str(uuid4()),
    }
    for _ in range(2):
        answer = chen.post("/consultations/new/", said)
    assert answer.url == f"/consultations/{said['new_id']}/"
    line = {"text": "急", "line_id": str(uuid4())}
    for _ in range(2):
        chen.post(answer.url, line)
    empty = chen.post(answer.url, {"text": " "})
    assert empty.status_code == 400 and "请先写一句话" in empty.content.decode()
    with context.province("gx"):
        assert Consultation.objects.count() == 1 and ConsultationLine.objects.count() == 2
        assert Letter.objects.filter(kind="consultation.line").count() == 2
    assert "防伪标" in chen.get("/consultations/").content.decode()


def test_assistance_is_asked_by_a_day_and_answered(world, chen, client_for):
    assert "请选择一家企业或协会" in chen.post("/assistance/new/", {}).content.decode()
    said = {
        "organisation_id": str(world.house.organisation.pk),
        "subject": "派员抽样",
        "text": "请派一人",
        "reply_by": clock.today().isoformat(),
        "new_id": str(uuid4()),
    }
    for _ in range(2):
        answer = chen.post("/assistance/new/", said)
    assert answer.url == f"/assistance/{said['new_id']}/"
    with context.province("gx"):
        assert AssistanceTask.objects.count() == 1
    assert "企业还没有答复" in chen.get(answer.url).content.decode()
    assert client_for("gx", user=world.stranger).get(answer.url).status_code == 404
    past = {**said, "new_id": str(uuid4()), "reply_by": "2020-01-01"}
    assert "答复期限要晚于现在" in chen.post("/assistance/new/", past).content.decode()


def test_the_page_tells_when_the_brand_is_on_duty_again(world, visit, chen):
    made = visit()
    with context.owner():
        later = clock.now() + timedelta(hours=20)
        Coverage.objects.create(
            organisation=world.house.organisation, on_duty=False, next_on_duty_at=later, updated_at=clock.now()
        )
    assert "对方值班外" in page(chen, made.request)


def test_a_retake_on_its_way_is_not_asked_for_again(world, visit, lin, chen):
    made = visit()
    lin.claims(made.request)
    supplement = lin.does(
        made.request,
        lambda task: desk_services.ask_again(
            desk=lin.desk, task_id=task.pk, item_id=task.items.get().pk, shot_code="batch_code", reason="反光"
        ),
    )
    data = people.jpeg("retake")
    body = {
        "file": SimpleUploadedFile("p.jpg", data, "image/jpeg"),
        "sha256": hashlib.sha256(data).hexdigest(),
        "shot_code": "batch_code",
        "source": "camera",
    }
    url = f"/items/{made.item.pk}/photos/?supplement={supplement.pk}"
    assert chen.post(url, body, headers={"Accept": "application/json"}).status_code == 201
    shown = page(chen, made.request)
    assert "正在送达" in shown and "现在补拍" not in shown
    with context.province("gx"):
        make_views(Exhibit.objects.get(state=Exhibit.State.RECEIVED).pk)
    assert 'class="supplement' not in page(chen, made.request)


def test_pages_ask_the_database_no_oftener_for_more_items(world, visit, lin, chen):
    small, large = visit(), visit(*[world.product] * 4)
    lin.answers(small.request)
    lin.answers(large.request)

    def queries(url):
        with context.province("gx"), CaptureQueriesContext(connection) as seen:
            assert chen.get(url).status_code == 200
        assert len(seen) > 5
        return len(seen)

    queries("/")
    assert queries(f"/requests/{large.request.pk}/") == queries(f"/requests/{small.request.pk}/")
    before = queries("/")
    visit()
    visit(*[world.product] * 3)
    assert queries("/") <= before + 2
