"""What an appraiser does, with letters that really travel and rows that are really committed."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest
from django.db import connection
from harness import people

from accounts.models import User
from appraisal.catalogue.models import Product
from appraisal.desk import selectors, services
from appraisal.desk.models import DeskLine, DeskSupplement, DeskTask
from appraisal.desk.services import AlreadyClaimed, ItemAnswer
from appraisal.requests import services as requests
from evidence import services as evidence
from evidence.models import Exhibit
from federation.contracts.appraisal import VerdictValue
from federation.letters.models import LetterBody
from federation.parties.models import Membership
from kernel import clock
from kernel.canonical import sha256_hex
from kernel.errors import BadInput, Conflict, MoveRefused, NotAllowed, NotFound404
from kernel.ids import uuid7
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS, province_seat

State = DeskTask.State


def bodies(seat, kind):
    """Bodies of all letters of a kind that this seat may read."""
    with context.seat(seat):
        return [json.loads(row.body) for row in LetterBody.objects.filter(letter__kind=kind).order_by("letter_id")]


def test_of_two_in_the_same_second_one_has_it_and_the_other_is_told_who(world, monkeypatch):
    task = world.task(world.ask())
    desks, gate = {"林工": world.lin, "王工": world.wang}, Barrier(2)
    locked = selectors.access_task
    monkeypatch.setattr(selectors, "access_task", lambda *args, **more: (locked(*args, **more), sleep(0.2))[0])

    def reach(desk):
        gate.wait()
        try:
            with context.seat(BRANDS):
                return services.claim(desk=desk, task_id=task.pk).claimed_by.display_name
        except AlreadyClaimed as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = dict(zip(desks, pool.map(reach, desks.values()), strict=True))
    winner = next(name for name, outcome in outcomes.items() if outcome == name)
    loser = next(outcome for name, outcome in outcomes.items() if name != winner)
    assert isinstance(loser, AlreadyClaimed) and winner in loser.detail
    with context.seat(BRANDS):
        assert DeskLine.objects.filter(task=task, kind="claimed").count() == 1


def test_whose_authorisation_ended_meanwhile_cannot_answer_and_a_colleague_can(world, post_goes):
    request = world.ask()
    task = world.claimed(request)
    with context.owner():
        paper = world.house.authorisations["lin"]
        paper.valid_until = clock.today() - timedelta(days=1)
        paper.save()
    with pytest.raises(Exception) as refused, context.seat(BRANDS):
        services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task))
    assert refused.value.code == "authorisation_ended"
    back = world.task(request)
    assert back.state == State.WAITING and back.claimed_by is None
    assert back.rung_user_id == world.house.wang.pk
    with context.seat(BRANDS):
        assert not back.opinions.exists()
        services.claim(desk=world.wang, task_id=task.pk)
        assert services.answer(desk=world.wang, task_id=task.pk, answers=world.answers(task)).given_by.title == "王工"
    assert world.task(request).state == State.ANSWERED


def test_a_class_not_covered_is_named_and_the_task_stays_where_it_is(world):
    request = world.ask()
    task = world.claimed(request)
    with context.owner():
        Product.objects.filter(pk=world.house.product.pk).update(nice_class=32)
    with pytest.raises(Exception) as refused, context.seat(BRANDS):
        services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task))
    assert refused.value.code == "class_not_covered"
    assert "第 32 类" in refused.value.detail and "33" in refused.value.detail
    assert world.task(request).state == State.CLAIMED


def test_asking_for_the_same_retake_twice_asks_once(world):
    task = world.claimed(world.ask())
    with context.seat(BRANDS):
        item = task.items.get()
        for _ in range(2):
            services.ask_again(
                desk=world.lin, task_id=task.pk, item_id=item.pk, shot_code="batch_code", reason="批号模糊"
            )
        assert DeskSupplement.objects.filter(item=item).count() == 1
    assert len(bodies(BRANDS, "appraisal.supplement")) == 1


def test_a_retake_without_a_reason_is_refused(world):
    task = world.claimed(world.ask())
    with context.seat(BRANDS), pytest.raises(BadInput) as refused:
        services.ask_again(desk=world.lin, task_id=task.pk, item_id=task.items.get().pk, shot_code="x", reason="  ")
    assert refused.value.code == "reason_missing"


def test_one_answer_that_arrives_twice_is_one_opinion(world):
    task = world.claimed(world.ask())
    opinion_id = uuid7()
    with context.seat(BRANDS):
        for _ in range(2):
            services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task), opinion_id=opinion_id)
        assert task.opinions.count() == 1
    assert len(bodies(BRANDS, "appraisal.opinion")) == 1


def test_corrections_form_a_chain_of_which_the_last_stands(world):
    request = world.ask()
    task = world.claimed(request)
    with context.seat(BRANDS):
        item = task.items.get()
        for value in (VerdictValue.COUNTERFEIT, VerdictValue.GREY_MARKET, VerdictValue.GENUINE):
            services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task, value))
        values = list(item.verdicts.values_list("value", "supersedes__value"))
        assert values == [("counterfeit", None), ("grey_market", "counterfeit"), ("genuine", "grey_market")]
        assert selectors.standing_verdict(item).value == "genuine"
        first = item.verdicts.get(value="counterfeit")
        with pytest.raises(Conflict) as refused:
            services.withdraw(desk=world.lin, verdict_id=first.pk, reason="看错了")
    assert refused.value.code == "verdict_superseded"
    assert world.task(request).state == State.ANSWERED


def test_a_withdrawal_needs_its_reason_and_opens_the_task_again(world):
    request = world.ask()
    task = world.claimed(request)
    with context.seat(BRANDS):
        opinion = services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task))
        verdict = opinion.verdicts.get()
        with pytest.raises(BadInput):
            services.withdraw(desk=world.lin, verdict_id=verdict.pk, reason=" ")
        for _ in range(2):
            services.withdraw(desk=world.lin, verdict_id=verdict.pk, reason="标样拿错了")
        assert selectors.standing_verdict(task.items.get()) is None
    assert world.task(request).state == State.CLAIMED
    assert [body["reason"] for body in bodies(BRANDS, "appraisal.verdict_withdrawn")] == ["标样拿错了"]


def test_secret_checkpoints_are_in_no_letter_of_any_kind(world, post_goes):
    task = world.claimed(world.ask())
    ticks = {world.house.checkpoint.pk: ("different", "毛糙"), world.house.secret.pk: ("different", "左下缺一角")}
    with context.seat(BRANDS):
        item = task.items.get()
        services.answer(
            desk=world.lin,
            task_id=task.pk,
            answers=[ItemAnswer(item_id=item.pk, value=VerdictValue.COUNTERFEIT, reasons="不符", checkpoints=ticks)],
        )
        kept = item.verdicts.get()
        assert kept.secret_checkpoints == [{"checkpoint": "暗记位置", "result": "different", "note": "左下缺一角"}]
    post_goes()
    for seat in (BRANDS, province_seat("gx")):
        with context.seat(seat):
            text = json.dumps(list(LetterBody.objects.values_list("body", flat=True)), ensure_ascii=False)
            assert "正标烫金边缘" in text
            assert "暗记" not in text and "左下缺一角" not in text


def test_a_request_cancelled_meanwhile_needs_no_answer(world, post_goes):
    request = world.ask()
    task = world.claimed(request)
    with context.province("gx"):
        requests.cancel(by=world.gx.chen, request_id=request.pk, reason="货主自行下架")
    post_goes()
    with context.seat(BRANDS), pytest.raises(Conflict) as refused:
        services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task))
    assert refused.value.code == "request_cancelled"
    assert not bodies(BRANDS, "appraisal.opinion")


def test_nobody_claims_what_was_cancelled_and_the_refusal_names_the_state(world, post_goes):
    request = world.ask()
    with context.province("gx"):
        requests.cancel(by=world.gx.chen, request_id=request.pk)
    post_goes()
    with context.seat(BRANDS), pytest.raises(MoveRefused) as refused:
        services.claim(desk=world.lin, task_id=world.task(request).pk)
    assert "申请方已取消" in refused.value.detail and "接单" in refused.value.detail


def test_the_duty_appraiser_is_rung_reminded_and_then_the_next_one(world):
    begin = clock.now()
    with clock.frozen(begin) as tick:
        request = world.ask()
        tick(timedelta(minutes=9))
        with context.seat(BRANDS):
            assert services.mind_the_clock() == 0
            tick(timedelta(minutes=2))
            assert services.mind_the_clock() == 1 and services.mind_the_clock() == 0
            tick(timedelta(minutes=20))
            assert services.mind_the_clock() == 1
            tick(timedelta(minutes=60))
            services.mind_the_clock()
            steps = list(world.task(request).lines.values_list("kind", "who"))
    assert sorted(steps[:2]) == [("arrived", ""), ("rung", "林工")]
    assert steps[2:] == [("reminded", ""), ("handed_over", "王工"), ("reminded", "")]
    assert world.task(request).rung_user_id == world.house.wang.pk


def test_the_officer_hears_of_each_ring(world):
    with clock.frozen(clock.now()) as tick:
        world.ask()
        with context.seat(BRANDS):
            tick(timedelta(minutes=11))
            services.mind_the_clock()
            tick(timedelta(minutes=20))
            services.mind_the_clock()
    steps = [body["step"] for body in bodies(BRANDS, "appraisal.progress")]
    assert steps == ["arrived", "rung", "reminded", "handed_over", "rung"]


def chat_photo(world, words="chat"):
    data = people.jpeg(words)
    return evidence.receive(
        io.BytesIO(data),
        declared_sha256=sha256_hex(data),
        captured_at=None,
        source="chat",
        by=world.lin.person,
        owner_prefix=evidence.own_prefix(world.house.organisation.pk),
    )


def test_a_photo_in_the_chat_leaves_when_it_is_ready_and_once(world):
    task = world.claimed(world.ask())
    with context.seat(BRANDS):
        exhibit = chat_photo(world)
        line_id = uuid7()
        for _ in range(2):
            services.say(desk=world.lin, task_id=task.pk, text="对照这张", exhibits=[exhibit], line_id=line_id)
    assert not bodies(BRANDS, "appraisal.chat")
    with context.seat(BRANDS):
        evidence.make_views(exhibit.pk)
        evidence.make_views(exhibit.pk)
        assert task.lines.get(pk=line_id).data == {}
    (body,) = bodies(BRANDS, "appraisal.chat")
    assert body["text"] == "对照这张" and len(body["photos"]) == 1


def test_a_chat_photo_that_is_none_is_not_sent_and_the_line_says_so(world):
    task = world.claimed(world.ask())
    broken = people.jpeg()[:400]
    with context.seat(BRANDS):
        exhibit = evidence.receive(
            io.BytesIO(broken),
            declared_sha256=sha256_hex(broken),
            captured_at=None,
            source="chat",
            by=world.lin.person,
            owner_prefix=evidence.own_prefix(world.house.organisation.pk),
        )
        line = services.say(desk=world.lin, task_id=task.pk, text="看这张", exhibits=[exhibit])
        assert evidence.make_views(exhibit.pk).state == Exhibit.State.REFUSED
        line.refresh_from_db()
        assert line.data == {"held": "refused"}
    assert not bodies(BRANDS, "appraisal.chat")


def test_another_organisation_gets_the_same_404_as_for_nothing(world):
    task = world.task(world.ask())
    other = people.brand_house("青檀", suffix="2")
    stranger = people.desk(other, other.lin)
    with context.seat(BRANDS):
        for task_id in (task.pk, uuid7()):
            with pytest.raises(NotFound404):
                services.claim(desk=stranger, task_id=task_id)
        assert not selectors.queue(stranger, state="all").exists()


def test_urgent_comes_first_and_the_filters_hold(world):
    plain, urgent = world.ask(), world.ask(world.gz, urgent=True)
    with context.seat(BRANDS):
        order = list(selectors.queue(world.lin).values_list("request_id", flat=True))
        assert order == [urgent.pk, plain.pk]
        assert [row.request_id for row in selectors.queue(world.lin, province="gx")] == [plain.pk]
        assert not selectors.queue(world.lin, mine=True).exists()
        assert not selectors.queue(world.lin, text="没有这种产品").exists()
        assert selectors.counts(world.lin)["waiting"] == 2


def test_figures_come_from_the_tasks(world):
    with clock.frozen(clock.now()) as tick:
        task = world.claimed(world.ask())
        tick(timedelta(minutes=6))
        with context.seat(BRANDS):
            services.answer(desk=world.lin, task_id=task.pk, answers=world.answers(task))
            found = selectors.figures(world.lin)
    assert found.answered == 1 and found.median_minutes == pytest.approx(6, abs=0.1)
    assert found.verdicts == {"counterfeit": 1} and found.retake_rate == 0
    assert found.by_province[0].name == "gx" and found.by_province[0].share == 100


def test_an_administrator_may_look_but_not_claim(world):
    task = world.task(world.ask())
    with context.owner():
        admin = User.objects.create_user("xu", name="许某", title="许经理")
        Membership.objects.create(user=admin, organisation=world.house.organisation, role="brand_admin")
    desk = people.desk(world.house, admin)
    with context.seat(BRANDS):
        services.open_task(desk=desk, task_id=task.pk)
        with pytest.raises(NotAllowed) as refused:
            services.claim(desk=desk, task_id=task.pk)
    assert refused.value.code == "not_an_appraiser"


def test_who_was_rung_is_called_no_more_once_a_colleague_has_the_task(world):
    request = world.ask()
    with context.seat(BRANDS):
        rung = Notice.objects.filter(user_id=world.house.lin.pk, code="task_waiting")
        assert rung.get().repeat_at is not None
        services.claim(desk=world.wang, task_id=world.task(request).pk)
        assert rung.get().read_at is not None and rung.get().repeat_at is None
