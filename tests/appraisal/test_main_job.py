"""The main job across the border: asked in a province, answered at a brand, back on the officer's page."""

import pytest
from harness import people

from appraisal.desk import selectors as desk_selectors
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.requests import selectors, services
from appraisal.requests.models import AppraisalRequest, Line
from federation.contracts.appraisal import VerdictValue
from kernel.errors import BadInput, Conflict, NotFound404
from provinces import context
from provinces.seats import BRANDS

State = AppraisalRequest.State


def ask(bureau, house, *, shots=("front_label",), count=1):
    """陈队长 opens a visit, photographs the shots of each item and sends. Returns the request."""
    with context.province(bureau.code):
        site = services.open_site(by=bureau.chen, place=services.Place(county_code=people.NANNING, place="某路 1 号"))
        for number in range(count):
            item = services.add_product(by=bureau.chen, site=site, product_id=house.product.pk)
            for shot in shots:
                exhibit = people.sealed_photo(bureau.chen, f"{number} {shot}")
                services.add_photo(by=bureau.chen, item_id=item.pk, exhibit=exhibit, shot_code=shot, source="camera")
        return services.send(by=bureau.chen, request_id=item.request_id)


def task_of(request):
    with context.seat(BRANDS):
        return DeskTask.objects.get(request_id=request.pk)


def fresh(bureau, request):
    with context.province(bureau.code):
        return AppraisalRequest.objects.get(pk=request.pk)


def answer_all(house, task, value=VerdictValue.COUNTERFEIT, *, who=None, items=None):
    desk = people.desk(house, who or house.lin)
    with context.seat(BRANDS):
        desk_services.claim(desk=desk, task_id=task.pk)
        rows = list(task.items.all())[:items]
        return desk_services.answer(
            desk=desk,
            task_id=task.pk,
            answers=[ItemAnswer(item_id=item.pk, value=value, reasons="烫金边缘毛糙") for item in rows],
        )


def test_a_photo_goes_out_and_a_verdict_comes_back(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    task = task_of(request)
    with context.seat(BRANDS):
        photo = task.items.get().photos.select_related("exhibit").get()
        assert photo.exhibit.view_only and photo.exhibit.owner == f"org-{house.organisation.pk}"
    answer_all(house, task)
    post_goes()
    with context.province("gx"):
        request = selectors.access_request(bureau.chen, request.pk)
        assert request.state == State.ANSWERED and request.claimed_by_name == "林工"
        verdict = selectors.standing_verdict(request.items.get())
        assert verdict.value == "counterfeit" and verdict.opinion.appraiser_name == "林某"
        assert verdict.opinion.authority["number"] == "授 lin"
        kinds = list(request.lines.values_list("kind", flat=True))
    assert {Line.Kind.SENT, Line.Kind.ARRIVED, Line.Kind.RUNG, Line.Kind.CLAIMED, Line.Kind.VERDICT} <= set(kinds)


def test_what_a_brand_learns_of_the_place_is_the_county(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    task = task_of(request)
    assert task.county_code == people.NANNING
    with context.seat(BRANDS):
        from federation.letters.models import LetterBody

        assert not any("某路" in str(body) for body in LetterBody.objects.values_list("body", flat=True))


def test_five_items_three_clear_and_two_not_are_partly_answered(world, post_goes):
    bureau, house = world
    request = ask(bureau, house, count=5)
    post_goes()
    answer_all(house, task_of(request), items=3)
    post_goes()
    assert fresh(bureau, request).state == State.PARTLY_ANSWERED


def test_cannot_tell_leaves_the_item_open(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    answer_all(house, task_of(request), VerdictValue.CANNOT_TELL_NEED_SAMPLE)
    post_goes()
    request = fresh(bureau, request)
    assert request.state == State.WORKING
    with context.province("gx"):
        assert selectors.standing_verdict(request.items.get()).value == "cannot_tell_need_sample"


def test_of_two_who_claim_the_second_is_told_who_has_it(world, post_goes):
    bureau, house = world
    task_request = ask(bureau, house)
    post_goes()
    task = task_of(task_request)
    lin, wang = people.desk(house, house.lin), people.desk(house, house.wang)
    with context.seat(BRANDS):
        desk_services.claim(desk=lin, task_id=task.pk)
        with pytest.raises(desk_services.AlreadyClaimed) as refused:
            desk_services.claim(desk=wang, task_id=task.pk)
    assert "林工" in refused.value.detail


def test_a_retake_is_asked_for_taken_and_seen(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    task, desk = task_of(request), people.desk(house, house.lin)
    with context.seat(BRANDS):
        desk_services.claim(desk=desk, task_id=task.pk)
        item = task.items.get()
        supplement = desk_services.ask_again(
            desk=desk, task_id=task.pk, item_id=item.pk, shot_code="batch_code", reason="批号模糊"
        )
    post_goes()
    assert fresh(bureau, request).state == State.SUPPLEMENT
    with context.province("gx"):
        exhibit = people.sealed_photo(bureau.chen, "retake")
        services.add_photo(
            by=bureau.chen,
            item_id=request.items.get().pk,
            exhibit=exhibit,
            shot_code="batch_code",
            source="camera",
            supplement_id=supplement.pk,
        )
    assert fresh(bureau, request).state == State.WORKING
    post_goes()
    with context.seat(BRANDS):
        task.refresh_from_db()
        supplement.refresh_from_db()
        assert task.state == DeskTask.State.CLAIMED and supplement.answered_at
        assert item.photos.filter(shot_code="batch_code", supplement_id=supplement.pk).count() == 1


def test_a_verdict_after_cancelling_is_kept_late_and_is_not_the_result(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    task = task_of(request)
    answer_all(house, task)
    with context.province("gx"):
        services.cancel(by=bureau.chen, request_id=request.pk, reason="货主自行下架")
    post_goes()
    request = fresh(bureau, request)
    assert request.state == State.CANCELLED
    with context.province("gx"):
        assert request.opinions.get().late
        assert selectors.standing_verdict(request.items.get()) is None


def test_a_correction_supersedes_and_a_withdrawal_opens_again(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    task = task_of(request)
    first = answer_all(house, task)
    desk = people.desk(house, house.lin)
    with context.seat(BRANDS):
        second = desk_services.answer(
            desk=desk,
            task_id=task.pk,
            answers=[ItemAnswer(item_id=task.items.get().pk, value=VerdictValue.GENUINE, reasons="复核为真品")],
        )
        assert second.verdicts.get().supersedes_id == first.verdicts.get().pk
    post_goes()
    with context.province("gx"):
        item = fresh(bureau, request).items.get()
        assert selectors.standing_verdict(item).value == "genuine" and item.verdicts.count() == 2
    with context.seat(BRANDS):
        desk_services.withdraw(desk=desk, verdict_id=second.verdicts.get().pk, reason="误判")
    post_goes()
    request = fresh(bureau, request)
    assert request.state == State.WORKING
    with context.province("gx"):
        assert selectors.standing_verdict(request.items.get()) is None


def test_secret_checkpoints_stay_at_the_brand(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    task, desk = task_of(request), people.desk(house, house.lin)
    with context.seat(BRANDS):
        desk_services.claim(desk=desk, task_id=task.pk)
        desk_services.answer(
            desk=desk,
            task_id=task.pk,
            answers=[
                ItemAnswer(
                    item_id=task.items.get().pk,
                    value=VerdictValue.COUNTERFEIT,
                    reasons="不符",
                    checkpoints={house.checkpoint.pk: ("different", ""), house.secret.pk: ("different", "左下")},
                )
            ],
        )
    post_goes()
    with context.province("gx"):
        verdict = selectors.standing_verdict(fresh(bureau, request).items.get())
        assert [row["checkpoint"] for row in verdict.checkpoints] == ["正标烫金边缘"]


def test_authorisation_that_ended_blocks_the_verdict_with_its_reason(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    with context.owner():
        paper = house.authorisations["lin"]
        paper.valid_until = people.clock.today() - people.timedelta(days=1)
        paper.save()
    with pytest.raises(Exception) as refused:
        answer_all(house, task_of(request))
    assert refused.value.code == "authorisation_ended"


def test_without_any_photo_nothing_is_sent_and_the_error_says_what_to_do(world):
    bureau, house = world
    with context.province("gx"):
        site = services.open_site(by=bureau.chen, place=services.Place(county_code=people.NANNING))
        item = services.add_product(by=bureau.chen, site=site, product_id=house.product.pk)
        with pytest.raises(BadInput) as refused:
            services.send(by=bureau.chen, request_id=item.request_id)
        assert refused.value.code == "photos_missing" and "至少拍 1 张" in refused.value.detail
        item.request.refresh_from_db()
        assert item.request.state == State.DRAFT


def test_sending_twice_sends_once(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    with context.province("gx"):
        services.send(by=bureau.chen, request_id=request.pk)
    post_goes()
    with context.seat(BRANDS):
        assert DeskTask.objects.filter(request_id=request.pk).count() == 1


def test_another_province_gets_the_same_404_as_for_nothing(world):
    bureau, house = world
    request = ask(bureau, house)
    other = people.bureau("gz", "520382")
    with context.province("gz"), pytest.raises(NotFound404):
        selectors.access_request(other.chen, request.pk)


def test_another_organisation_cannot_open_the_task(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    other = people.brand_house("谷满汀", suffix="2")
    with context.seat(BRANDS), pytest.raises(NotFound404):
        desk_selectors.access_task(people.desk(other, other.lin), task_of(request).pk)


def test_chat_goes_both_ways_with_a_photo(world, post_goes):
    bureau, house = world
    request = ask(bureau, house)
    post_goes()
    task, desk = task_of(request), people.desk(house, house.lin)
    with context.province("gx"):
        exhibit = people.sealed_photo(bureau.chen, "chat", source="chat")
        services.say(by=bureau.chen, request_id=request.pk, text="瓶口有划痕", exhibits=[exhibit])
    with context.seat(BRANDS):
        desk_services.say(desk=desk, task_id=task.pk, text="请再拍瓶底")
    post_goes()
    with context.seat(BRANDS):
        line = task.lines.get(kind="chat", side="bureau")
        assert line.text == "瓶口有划痕" and line.photos.count() == 1
    with context.province("gx"):
        assert fresh(bureau, request).lines.get(kind=Line.Kind.CHAT, side="brand").text == "请再拍瓶底"


def test_a_draft_cannot_be_talked_about(world):
    bureau, house = world
    with context.province("gx"):
        site = services.open_site(by=bureau.chen, place=services.Place(county_code=people.NANNING))
        item = services.add_product(by=bureau.chen, site=site, product_id=house.product.pk)
        with pytest.raises(Conflict):
            services.say(by=bureau.chen, request_id=item.request_id, text="在吗")
