"""The main job's edge cases that lie on the officer's side."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import set_urlconf
from harness import people

from accounts.models import User
from appraisal.catalogue.models import Product, Shot, ShotList
from appraisal.desk import services as desk_services
from appraisal.desk.services import ItemAnswer
from appraisal.requests import presenters, selectors, services
from appraisal.requests.models import AppraisalRequest, ItemPhoto, Line
from evidence.models import Exhibit
from federation.contracts.appraisal import VerdictValue
from federation.letters.models import LetterBody
from federation.parties.models import Organisation
from kernel import clock
from kernel.errors import BadInput, Conflict, NotAllowed, NotFound404
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS, OFFICE

State = AppraisalRequest.State


@pytest.fixture(autouse=True)
def at_a_province_host():
    """Addresses are made as on a province's host."""
    set_urlconf("config.urls.province")
    yield
    set_urlconf(None)


def fresh(request):
    with context.province("gx"):
        return AppraisalRequest.objects.get(pk=request.pk)


def test_an_impossible_shot_is_marked_absent_with_a_reason_and_the_request_leaves(world, visit, lin):
    made = visit(send=False, shots=())
    with context.province("gx"):
        with pytest.raises(BadInput) as refused:
            services.mark_absent(by=world.chen, item_id=made.item.pk, shot_code="bottle_base", reason="  ")
        assert refused.value.code == "reason_missing"
        services.mark_absent(by=world.chen, item_id=made.item.pk, shot_code="bottle_base", reason="没有外盒")
        item = selectors.access_item(world.chen, made.item.pk)
        assert "bottle_base" not in [shot.code for shot in selectors.missing_shots(item)]
        services.send(by=world.chen, request_id=made.request.pk)
    task = lin.task(made.request)
    with context.seat(BRANDS):
        assert [row["absent_reason"] for row in task.items.get().absent] == ["没有外盒"]


def test_when_the_brand_gives_a_request_back_the_officer_waits_again_and_sees_it(world, visit, lin):
    made = visit()
    lin.claims(made.request)
    assert fresh(made.request).state == State.WORKING
    lin.does(made.request, lambda task: desk_services.release(desk=lin.desk, task_id=task.pk, reason="授权已到期"))
    request = fresh(made.request)
    assert request.state == State.SENT and request.phase == "waiting" and request.claimed_by_name == ""
    with context.province("gx"):
        assert request.lines.filter(kind=Line.Kind.RELEASED).count() == 1


def test_three_of_five_answered_is_partly_answered_in_words(world, visit, lin):
    made = visit(*[world.product] * 5)

    def three(task):
        desk_services.claim(desk=lin.desk, task_id=task.pk)
        rows = list(task.items.all())[:3]
        given = [ItemAnswer(item_id=row.pk, value=VerdictValue.GENUINE, reasons="一致") for row in rows]
        desk_services.answer(desk=lin.desk, task_id=task.pk, answers=given)

    lin.does(made.request, three)
    with context.province("gx"):
        request = selectors.whole_request(world.chen, made.request.pk)
        assert request.state == State.PARTLY_ANSWERED
        assert presenters.now_words(request) == "已答 3 项，还有 2 项。"


def test_a_brand_not_enrolled_is_kept_counted_and_never_silent(world, visit, post_goes):
    made = visit(world.unserved)
    post_goes()
    assert fresh(made.request).state == State.UNSERVED
    with context.province("gx"):
        assert selectors.unserved_brands(world.chen) == [{"brand_name": "云上坡", "times": 1}]
        request = selectors.whole_request(world.chen, made.request.pk)
        assert "还没有入驻" in presenters.now_words(request)
        assert not Line.objects.filter(request=request, kind=Line.Kind.SENT).exists()
    with context.seat(OFFICE):
        from federation.parties.selectors import wanted_brands

        assert [wanted.brand_name for wanted in wanted_brands()] == ["云上坡"]


def test_of_owner_and_licensee_the_responsible_one_is_asked_and_the_other_can_be_consulted(world, visit):
    with context.owner():
        licensee = Organisation.objects.create(name="岚壑春（广西）酒业", short_name="岚壑春广西", uscc="9" * 18)
        Product.objects.filter(pk=world.product.pk).update(organisation=licensee)
    made = visit()
    assert made.request.organisation_id == licensee.pk
    with context.province("gx"):
        talk = services.consult(
            by=world.chen, organisation_id=world.house.organisation.pk, subject="请教", text="这是你们的标吗？"
        )
    assert talk.organisation_id == world.house.organisation.pk


def test_the_unit_keeps_a_request_when_its_officer_is_moved_and_the_new_handler_sees_the_talk(world, visit):
    made = visit()
    with context.province("gx"):
        services.say(by=world.chen, request_id=made.request.pk, text="当事人说是自饮")
        User.objects.filter(pk=world.chen.pk).update(unit=world.elsewhere)
        moved, li = User.objects.get(pk=world.chen.pk), User.objects.get(pk=world.li.pk)
        with pytest.raises(NotFound404):
            selectors.access_request(moved, made.request.pk)
        services.hand_to(by=li, request_id=made.request.pk, officer=li)
        request = selectors.whole_request(li, made.request.pk)
        assert request.officer == li
        assert [line["text"] for line in presenters.talk(request, li)] == ["当事人说是自饮"]


def test_a_verdict_after_cancelling_is_late_and_is_no_result(world, visit, lin, post_goes):
    made = visit()
    lin.claims(made.request)
    task = lin.task(made.request)
    with context.province("gx"):
        services.cancel(by=world.chen, request_id=made.request.pk, reason="当事人已承认")
    with context.seat(BRANDS):
        given = [ItemAnswer(item_id=task.items.get().pk, value=VerdictValue.COUNTERFEIT, reasons="批号不存在")]
        desk_services.answer(desk=lin.desk, task_id=task.pk, answers=given)
    post_goes()
    with context.province("gx"):
        request = selectors.whole_request(world.chen, made.request.pk)
        assert request.state == State.CANCELLED and request.answered_at is None
        item = presenters.item(request.items.get(), request)
        assert item.verdicts == [] and item.late[0]["late"] and not item.late[0]["stands"]
        assert selectors.day_figures(world.chen).counterfeit == 0


def test_a_photo_said_in_chat_is_sealed_like_a_shot(world, visit, lin):
    made = visit()
    with context.province("gx"):
        exhibit = people.sealed_photo(world.chen, "counter", source="chat")
        services.say(by=world.chen, request_id=made.request.pk, text="", exhibits=[exhibit])
        assert exhibit.sha256 and exhibit.sm3 and exhibit.original_key
        assert selectors.may_see_exhibit(world.chen, exhibit.pk)
        assert not selectors.may_see_exhibit(world.stranger, exhibit.pk)
    task = lin.task(made.request)
    with context.seat(BRANDS):
        seen = task.lines.get(kind="chat").photos.get().exhibit
        assert seen.view_only and seen.sha256 == exhibit.sha256, "the digest of the sealed original travels along"


def test_asked_at_ten_to_midnight_both_clocks_are_kept(world, visit, lin):
    night = datetime(2026, 11, 19, 23, 50, tzinfo=clock.SHANGHAI)  # a Thursday
    with clock.frozen(night) as tick:
        made = visit()
        lin.claims(made.request)
        tick(timedelta(hours=9))
        lin.answers(made.request)
    request = fresh(made.request)
    assert request.wall_minutes == 540
    assert 0 < request.office_minutes < 60


def test_a_draft_keeps_the_shot_list_it_began_with(world, visit):
    made = visit(send=False)
    with context.owner():
        later = ShotList.objects.create(product=world.product, version=2, published_at=clock.now())
        Shot.objects.create(shot_list=later, position=1, code="hologram", name="全息标", in_quick_set=True)
        Product.objects.filter(pk=world.product.pk).update(shot_list_version=2)
    with context.province("gx"):
        item = selectors.item_with_photos(world.chen, made.item.pk)
        assert item.shot_list_version == 1
        assert "hologram" not in [shot["code"] for shot in presenters.shots_to_take(item, which="full")]
    newer = visit(send=False, shots=())
    assert newer.item.shot_list_version == 2


def test_no_letter_carries_the_place_or_a_name_from_it(world, visit, lin, post_goes):
    made = visit(place="某某便利店 老王")
    with context.province("gx"):
        services.say(by=world.chen, request_id=made.request.pk, text="请快些")
    lin.answers(made.request)
    with context.owner():
        bodies = str(list(LetterBody.objects.values_list("body", flat=True)))
    assert "便利店" not in bodies and "老王" not in bodies
    assert people.NANNING in bodies


def test_what_nobody_takes_in_time_is_told_once(world, visit):
    made = visit()
    with context.province("gx"):
        late = clock.now() + services.PROMISE + timedelta(seconds=1)
        assert [services.give_up_overdue(now=late), services.give_up_overdue(now=late)] == [1, 0]
        assert Notice.objects.filter(user_id=world.chen.pk, code="request_no_answer").count() == 1
    assert fresh(made.request).state == State.NO_ANSWER


def test_a_request_given_up_is_still_taken_when_somebody_comes(world, visit, lin):
    made = visit()
    with context.province("gx"):
        services.give_up_overdue(now=clock.now() + services.PROMISE + timedelta(seconds=1))
    lin.answers(made.request)
    assert fresh(made.request).state == State.ANSWERED


def test_photos_that_get_ready_after_sending_leave_by_themselves(world, visit, lin):
    made = visit(send=False, shots=())
    with context.province("gx"):
        exhibit = people.sealed_photo(world.chen, "slow")
        Exhibit.objects.filter(pk=exhibit.pk).update(state=Exhibit.State.RECEIVED)
        services.add_photo(
            by=world.chen, item_id=made.item.pk, exhibit=exhibit, shot_code="front_label", source="camera"
        )
        services.send(by=world.chen, request_id=made.request.pk)
        assert ItemPhoto.objects.get().posted_at is None
        Exhibit.objects.filter(pk=exhibit.pk).update(state=Exhibit.State.READY)
        with transaction.atomic():
            services.photo_ready(Exhibit.objects.get(pk=exhibit.pk))
        assert ItemPhoto.objects.get().posted_at
    task = lin.task(made.request)
    with context.seat(BRANDS):
        assert task.items.get().photos.count() == 1


def test_a_file_that_is_no_photo_is_told_and_missing_again(world, visit):
    made = visit(send=False)
    with context.province("gx"):
        photo = made.item.photos.select_related("exhibit").get()
        Exhibit.objects.filter(pk=photo.exhibit_id).update(state=Exhibit.State.REFUSED, refusal="unreadable")
        with transaction.atomic():
            services.photo_refused(Exhibit.objects.get(pk=photo.exhibit_id))
        item = selectors.item_with_photos(world.chen, made.item.pk)
        assert "front_label" in [shot.code for shot in selectors.missing_shots(item)]
        assert Notice.objects.filter(user_id=world.chen.pk, code="photo_refused").count() == 1


def test_a_leader_and_a_dispatcher_may_read_and_not_write(world, visit):
    made = visit()
    with context.province("gx"):
        wei = User.objects.get(pk=world.bureau.wei.pk)
        assert selectors.access_request(wei, made.request.pk).pk == made.request.pk
        with pytest.raises(NotAllowed):
            services.say(by=wei, request_id=made.request.pk, text="快")
        with pytest.raises(NotAllowed):
            services.cancel(by=wei, request_id=made.request.pk, reason="x")


def test_nothing_is_added_to_what_was_cancelled(world, visit):
    made = visit()
    with context.province("gx"):
        services.cancel(by=world.chen, request_id=made.request.pk, reason="x")
        with pytest.raises(Conflict) as refused:
            services.add_photo(
                by=world.chen,
                item_id=made.item.pk,
                exhibit=people.sealed_photo(world.chen, "late"),
                shot_code="bottle_base",
                source="camera",
            )
        assert refused.value.code == "request_closed"


def test_an_id_the_phone_chose_leads_to_nothing_of_another_unit(world, visit):
    made = visit(send=False)
    with context.province("gx"):
        talk = services.consult(
            by=world.chen, organisation_id=world.house.organisation.pk, subject="请教", text="这是你们的标吗？"
        )
        place = services.Place(county_code=people.NANNING)
        for work in (
            lambda: services.open_site(by=world.stranger, place=place, site_id=made.site.pk),
            lambda: services.add_unlisted(
                by=world.stranger,
                site=services.open_site(by=world.stranger, place=place, site_id=uuid4()),
                brand_name="云",
                item_id=made.item.pk,
            ),
            lambda: services.consult(
                by=world.stranger,
                organisation_id=world.house.organisation.pk,
                subject="请教",
                text="x",
                consultation_id=talk.pk,
            ),
        ):
            with pytest.raises(NotFound404):
                work()
