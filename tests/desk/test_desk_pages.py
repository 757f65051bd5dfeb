"""The appraiser's pages, as a browser without scripts uses them."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from harness import people

from appraisal.desk import presence, selectors, services
from appraisal.desk.models import DeskTask, ReplyTemplate
from appraisal.requests import services as requests
from federation.letters.models import LetterBody
from federation.parties.models import Membership
from federation.parties.selectors import acting_organisations
from kernel import clock
from provinces import context
from provinces.seats import BRANDS

State = DeskTask.State
CONF = "config.urls.brands"


def url(name, *args):
    return reverse(f"desk:{name}", urlconf=CONF, args=args)


@pytest.fixture
def lin(world, client_for):
    return client_for("brands", user=world.house.lin)


@pytest.fixture
def wang(world, client_for):
    return client_for("brands", user=world.house.wang)


def text_of(response):
    return response.content.decode()


def letters(kind):
    with context.seat(BRANDS):
        return [json.loads(row.body) for row in LetterBody.objects.filter(letter__kind=kind).order_by("letter_id")]


def answer_data(world, task, value="counterfeit", **more):
    """What the answer form sends for each item."""
    with context.seat(BRANDS):
        count = task.items.count()
    data = {"idempotency_key": str(uuid4())}
    for number in range(1, count + 1):
        data |= {f"i{number}-value": value, f"i{number}-reasons": "烫金边缘毛糙"}
    return data | more


def test_nobody_sees_the_desk_without_signing_in(world, client_for):
    response = client_for("brands").get(url("queue"))
    assert response.status_code == 302 and "/accounts/login/" in response["Location"]


def test_all_provinces_stand_in_one_list_with_county_unit_product_and_state(world, lin):
    world.ask()
    world.ask(world.gz, urgent=True)
    page = text_of(lin.get(url("queue")))
    assert "广西" in page and "贵州" in page and "南宁市青秀区" in page and "青秀区局" in page
    rows = page[page.index("<main") :]
    assert rows.index("加急") < rows.index("GX")
    assert page.count("待接单") >= 2 and "1 张" in page
    assert "某路" not in page


def test_an_empty_queue_says_what_will_appear(world, lin):
    assert "各省执法人员发来的鉴定申请会出现在这里" in text_of(lin.get(url("queue")))


def test_filters_stand_in_the_address_and_a_view_can_be_kept(world, lin, wang):
    world.ask()
    world.ask(world.gz)
    page = text_of(lin.get(url("queue"), {"province": "gx"}))
    assert "GX26" in page and "GZ26" not in page
    kept = lin.post(url("keep_filter"), {"name": "广西的", "query": "province=gx"})
    assert kept.status_code == 302 and kept["Location"].endswith("?province=gx")
    assert "广西的" in text_of(lin.get(url("queue")))
    assert "广西的" not in text_of(wang.get(url("queue")))


def test_a_filter_that_means_nothing_is_passed_over(world, lin):
    world.ask()
    assert "GX" in text_of(lin.get(url("queue"), {"product": "x' OR 1=1", "state": "??", "page": "nine"}))


def test_colleagues_see_who_is_looking(world, lin, wang):
    task = world.task(world.ask())
    assert lin.post(url("here", task.pk)).status_code == 204
    assert "林工 正在看" in text_of(wang.get(url("queue")))
    assert "林工 正在看" not in text_of(lin.get(url("queue")))
    lin.post(url("gone", task.pk))
    assert "正在看" not in text_of(wang.get(url("queue")))


def test_presence_ends_by_itself(world, monkeypatch):
    task = world.task(world.ask())
    with context.seat(BRANDS):
        presence.here(world.lin, task.pk)
        assert presence.watching(world.wang) == {task.pk: ["林工"]}
        monkeypatch.setattr(presence, "FRESH_S", 0)
        assert presence.watching(world.wang) == {}


def test_looking_at_a_waiting_task_tells_the_officer_once(world, lin):
    task = world.task(world.ask())
    lin.get(url("task", task.pk))
    lin.get(url("task", task.pk))
    assert [body["step"] for body in letters("appraisal.progress")].count("opened") == 1


def test_the_workbench_names_what_is_missing_and_what_cannot_be(world, lin):
    request = world.ask(deliver=False)
    with context.province("gx"):
        requests.mark_absent(
            by=world.gx.chen, item_id=request.items.get().pk, shot_code="bottle_base", reason="没有瓶底"
        )
    from federation.letters.delivery import deliver_everywhere

    deliver_everywhere()
    page = text_of(lin.get(url("task", world.task(request).pk)))
    assert "必拍但还没有" in page and "批号喷码" in page
    assert "没有这个部位：没有瓶底" in page


def test_who_may_not_answer_reads_why_before_typing(world, lin):
    task = world.task(world.ask())
    with context.owner():
        paper = world.house.authorisations["lin"]
        paper.valid_until = clock.today() - timedelta(days=1)
        paper.save()
    page = text_of(lin.get(url("task", task.pk)))
    assert "这件您不能出具结论" in page and "已于" in page


def test_the_second_who_claims_reads_who_has_it_and_may_only_look(world, lin, wang):
    task = world.task(world.ask())
    lin.post(url("claim", task.pk))
    page = text_of(wang.post(url("claim", task.pk), follow=True))
    assert "林工 已先接单" in page and "林工 已接单" in page
    assert 'id="answer-form"' not in page


def test_an_answer_goes_out_and_the_next_task_opens(world, lin):
    first, second = world.ask(), world.ask(world.gz)
    task, after = world.claimed(first), world.task(second)
    response = lin.post(url("answer", task.pk), answer_data(world, task))
    assert response.status_code == 302 and response["Location"] == url("task", after.pk)
    assert "结论已发出" in text_of(lin.get(response["Location"]))
    (body,) = letters("appraisal.opinion")
    assert body["verdicts"][0]["value"] == "counterfeit"


def test_with_nothing_left_the_queue_opens(world, lin):
    task = world.claimed(world.ask())
    assert lin.post(url("answer", task.pk), answer_data(world, task))["Location"] == url("queue")


def test_the_same_form_sent_twice_is_one_opinion(world, lin):
    task = world.claimed(world.ask())
    data = answer_data(world, task)
    lin.post(url("answer", task.pk), data)
    lin.post(url("answer", task.pk), data)
    assert len(letters("appraisal.opinion")) == 1


def test_one_item_of_two_can_go_alone(world, lin):
    request = world.ask(count=2)
    task = world.claimed(request)
    with context.seat(BRANDS):
        item = task.items.first()
    data = answer_data(world, task) | {"only": str(item.pk), "i2-value": "", "i2-reasons": ""}
    assert lin.post(url("answer", task.pk), data)["Location"] == url("task", task.pk)
    assert world.task(request).state == State.PARTLY_ANSWERED
    assert len(letters("appraisal.opinion")[0]["verdicts"]) == 1


def test_without_a_verdict_the_page_comes_back_with_what_was_typed(world, lin):
    task = world.claimed(world.ask())
    response = lin.post(url("answer", task.pk), answer_data(world, task, value="") | {"i1-reasons": "写了很久的理由"})
    assert response.status_code == 400
    assert "请先选结论" in text_of(response) and "写了很久的理由" in text_of(response)
    assert not letters("appraisal.opinion")


def test_ticked_checkpoints_write_the_reasons_but_secret_ones_never(world, lin):
    task = world.claimed(world.ask())
    house = world.house
    ticks = {
        f"i1-cp-{house.checkpoint.pk}": "different",
        f"i1-note-{house.checkpoint.pk}": "毛糙",
        f"i1-cp-{house.secret.pk}": "different",
        f"i1-note-{house.secret.pk}": "缺",
        "i1-reasons": "",
    }
    page = text_of(lin.get(url("task", task.pk)))
    assert "不外传" in page and 'data-check="暗记位置"' not in page and 'data-check="正标烫金边缘"' in page
    lin.post(url("answer", task.pk), answer_data(world, task) | ticks)
    (body,) = letters("appraisal.opinion")
    assert body["verdicts"][0]["reasons"] == "正标烫金边缘：与真品不同（毛糙）"
    assert "暗记" not in json.dumps(body, ensure_ascii=False)


def test_a_drawn_box_goes_along_and_a_broken_one_is_refused(world, lin):
    task = world.claimed(world.ask())
    with context.seat(BRANDS):
        photo = task.items.get().photos.get()
    box = {"photo": str(photo.photo_id), "x": 0.1, "y": 0.2, "w": 0.3, "h": 0.1, "words": "接缝歪"}
    for bad in ("[{}]", "nonsense", json.dumps([box | {"w": 0}]), json.dumps([box | {"photo": str(uuid4())}])):
        refused = lin.post(url("answer", task.pk), answer_data(world, task) | {"i1-marks": bad})
        assert refused.status_code == 400 and "标注没有读懂" in text_of(refused)
    lin.post(url("answer", task.pk), answer_data(world, task) | {"i1-marks": json.dumps([box])})
    (mark,) = letters("appraisal.opinion")[0]["verdicts"][0]["marks"]
    assert mark["words"] == "接缝歪" and float(mark["w"]) == 0.3


def test_who_lost_the_authorisation_keeps_the_words_and_loses_the_task(world, lin):
    request = world.ask()
    task = world.claimed(request)
    with context.owner():
        paper = world.house.authorisations["lin"]
        paper.valid_until = clock.today() - timedelta(days=1)
        paper.save()
    response = lin.post(url("answer", task.pk), answer_data(world, task))
    assert response.status_code == 403
    assert "已于" in text_of(response) and "烫金边缘毛糙" in text_of(response)
    assert world.task(request).state == State.WAITING


def test_a_retake_is_two_clicks_and_the_shot_shows_that_it_was_asked(world, lin):
    task = world.claimed(world.ask())
    with context.seat(BRANDS):
        item = task.items.get()
    data = {"item": item.pk, "shot_code": "batch_code", "reason": "太暗，请补光后再拍"}
    page = text_of(lin.post(url("ask_again", task.pk), data, follow=True))
    assert "已请补拍" in page and "太暗，请补光后再拍" in page and "等补拍" in page
    assert letters("appraisal.supplement")[0]["shot_code"] == "batch_code"


def test_an_answered_task_is_corrected_and_withdrawn_from_its_page(world, lin):
    request = world.ask()
    task = world.claimed(request)
    lin.post(url("answer", task.pk), answer_data(world, task))
    page = text_of(lin.get(url("task", task.pk), {"correct": "1"}))
    assert "更正结论" in page and "烫金边缘毛糙" in page
    lin.post(url("answer", task.pk), answer_data(world, task, value="genuine"))
    page = text_of(lin.get(url("task", task.pk)))
    assert "已由新的结论代替" in page
    with context.seat(BRANDS):
        standing = selectors.standing_verdict(task.items.get())
    assert standing.value == "genuine"
    lin.post(url("withdraw", task.pk, standing.pk), {"reason": "标样拿错了"})
    page = text_of(lin.get(url("task", task.pk)))
    assert "已撤回" in page and "标样拿错了" in page
    assert world.task(request).state == State.CLAIMED


def test_talk_with_a_photo_needs_no_scripts(world, lin):
    task = world.claimed(world.ask())
    picture = io.BytesIO(people.jpeg("desk"))
    picture.name = "a.jpg"
    response = lin.post(url("say", task.pk), {"text": "请对照这张", "file": picture, "idempotency_key": str(uuid4())})
    assert response["Location"].endswith("#talk")
    page = text_of(lin.get(url("task", task.pk)))
    assert "请对照这张" in page and "照片处理中" in page
    with context.seat(BRANDS):
        exhibit = task.lines.get(kind="chat").photos.get().exhibit
    assert exhibit.owner == f"org-{world.house.organisation.pk}"


def test_what_is_no_photo_is_refused_in_plain_words(world, lin):
    task = world.claimed(world.ask())
    file = io.BytesIO(b"MZ not a picture")
    file.name = "a.exe"
    page = text_of(lin.post(url("say", task.pk), {"text": "", "file": file}, follow=True))
    assert 'role="alert"' in page
    assert not letters("appraisal.chat")


def test_on_site_help_is_offered_once_with_a_time(world, lin):
    task = world.claimed(world.ask())
    day = people.tomorrow().isoformat()
    data = {"meet_at": f"{day}T09:30", "contact": "林某 19900000001", "idempotency_key": str(uuid4())}
    lin.post(url("offer_onsite", task.pk), data)
    lin.post(url("offer_onsite", task.pk), data)
    (body,) = letters("appraisal.onsite")
    assert body["step"] == "offered" and body["meet_at"].startswith(f"{day}T09:30:00+08:00")


def test_a_consultation_is_answered_and_assistance_is_taken_on(world, lin, post_goes):
    with context.province("gx"):
        requests.consult(
            by=world.gx.chen,
            organisation_id=world.house.organisation.pk,
            subject="新旧包装怎么分",
            text="今年换包装了吗？",
        )
        requests.ask_assistance(
            by=world.gx.chen,
            organisation_id=world.house.organisation.pk,
            subject="核对进货单",
            text="请核对三张进货单",
            county_code=people.NANNING,
            reply_by=clock.now() + timedelta(days=5),
        )
    post_goes()
    assert "新旧包装怎么分" in text_of(lin.get(url("consultations")))
    with context.seat(BRANDS):
        asked = selectors.consultations_of(world.lin).get()
        wanted = selectors.assistance_of(world.lin).get()
    lin.post(url("consultation", asked.pk), {"text": "三月换的", "idempotency_key": str(uuid4())})
    assert "三月换的" in text_of(lin.get(url("consultation", asked.pk)))
    assert "核对进货单" in text_of(lin.get(url("assistance")))
    refused = lin.post(url("assistance_task", wanted.pk), {"verb": "decline", "text": ""})
    assert refused.status_code == 400 and "请写明不能协助的原因" in text_of(refused)
    lin.post(url("assistance_task", wanted.pk), {"verb": "accept", "text": "今天办"})
    assert [body["step"] for body in letters("assistance.reply")] == ["accepted"]


def test_figures_and_canned_words_have_their_pages(world, lin):
    assert "这段时间还没有答复" in text_of(lin.get(url("figures")))
    task = world.claimed(world.ask())
    lin.post(url("answer", task.pk), answer_data(world, task))
    page = text_of(lin.get(url("figures"), {"days": "7"}))
    assert "广西" in page and "假冒" in page and "100%" in page
    lin.post(url("templates"), {"use": "retake", "text": "请拍瓶盖内侧"})
    assert "请拍瓶盖内侧" in text_of(lin.get(url("templates")))
    with context.seat(BRANDS):
        row = ReplyTemplate.objects.get()
    lin.post(url("drop_template", row.pk))
    assert "请拍瓶盖内侧" not in text_of(lin.get(url("templates")))


def test_another_house_gets_the_same_404_at_every_address(world, client_for):
    task = world.claimed(world.ask())
    other = people.brand_house("青檀", suffix="2")
    stranger = client_for("brands", user=other.lin)
    with context.seat(BRANDS):
        opinion = services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task))
        verdict = opinion.verdicts.get()
        photo = task.items.get().photos.get().exhibit_id
    steps = ["claim", "release", "ask_again", "enough", "say", "answer", "offer_onsite", "here", "gone"]
    forms = {"ask_again": {"item": uuid4(), "shot_code": "x", "reason": "x"}, "say": {"text": "x"}}
    for task_id in (task.pk, uuid4()):
        assert stranger.get(url("task", task_id)).status_code == 404
        assert stranger.get(url("task_part", task_id, "head")).status_code == 404
        for step in steps:
            assert stranger.post(url(step, task_id), forms.get(step, {})).status_code == 404, step
        assert stranger.post(url("withdraw", task_id, verdict.pk), {"reason": "x"}).status_code == 404
    assert stranger.get(f"/photo/{photo}/view").status_code == 404
    assert client_for("brands", user=world.house.wang).get(f"/photo/{photo}/view").status_code == 200
    assert task.request_no not in text_of(stranger.get(url("queue"), {"state": "all"}))


def test_steps_are_taken_by_post_only(world, lin):
    task = world.task(world.ask())
    for step in ("claim", "release", "enough", "say", "answer", "here"):
        assert lin.get(url(step, task.pk)).status_code == 405


def test_who_works_for_two_brands_sees_one_queue_at_a_time(world, lin):
    other = people.brand_house("青檀", suffix="2")
    with context.owner():
        Membership.objects.create(user=world.house.lin, organisation=other.organisation, role="appraiser")
    mine, theirs = world.task(world.ask()), world.task(world.ask(world.gz, product_id=other.product.pk))
    seats = {str(each.organisation.pk): each.key for each in _seats(world.house.lin)}
    for organisation, own, foreign in (
        (world.house.organisation, mine, theirs),
        (other.organisation, theirs, mine),
    ):
        lin.post(reverse("parties:seats", urlconf=CONF), {"seat": seats[str(organisation.pk)]})
        page = text_of(lin.get(url("queue")))
        assert own.request_no in page and foreign.request_no not in page
        assert lin.get(url("task", own.pk)).status_code == 200
        assert lin.get(url("task", foreign.pk)).status_code == 404


def _seats(person):
    with context.seat(BRANDS):
        return acting_organisations(person)


def test_a_longer_queue_asks_the_database_no_more_often(world, lin):
    def asked():
        seen = []

        def count(execute, sql, *rest):
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            lin.get(url("queue"))
        return len(seen)

    world.ask()
    asked()
    short = asked()
    world.ask(world.gz, count=2)
    assert asked() <= short <= 43
