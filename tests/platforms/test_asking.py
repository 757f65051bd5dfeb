"""B-09: a platform asks for a fast appraisal and hears the answer; officers always go first."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta

import pytest
from harness import people

from appraisal.desk.models import DeskTask
from appraisal.platforms import selectors, services, telling
from appraisal.platforms.models import FastAsk, FastTask
from appraisal.platforms.quotas import Room
from appraisal.requests import services as requests
from appraisal.reverse_clues.models import ReverseClue
from audit.models import Trail
from evidence.models import Exhibit
from evidence.services import make_views
from federation.letters import delivery
from federation.letters.addressees import forget
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Delivery, LetterBody
from federation.parties.models import Organisation
from kernel import clock
from kernel.errors import Conflict, MoveRefused, NotAllowed, NotFound404, Problem
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS


def test_b_09_a_platform_asks_and_hears_the_answer_its_change_and_its_withdrawal(world):
    ask = world.ask(question="请看包装，买家电话 13800138000", reference="M-1")
    assert ask.state == "waiting" and ask.masked == ["question"]
    task = world.task(ask)
    assert task.question == "请看包装，买家电话 （已隐去）" and task.due_at == ask.due_at
    with context.seat(BRANDS):
        body = json.loads(LetterBody.objects.get(letter__kind="appraisal.fast_ask").body)
        assert "13800138000" not in json.dumps(body)
        assert not Notice.objects.exists(), "an ask of a platform rings and tells nobody"
        picture = task.pictures.get().exhibit
        assert picture.view_only and picture.owner == f"org-{world.house.organisation.pk}"

    first = world.answer(ask)
    there = world.again(ask)
    assert there.state == "answered" and telling.standing(there).value == "counterfeit"
    assert world.again(ask).answered_at == first.given_at
    with context.seat(BRANDS):
        assert Delivery.objects.get(letter__kind="appraisal.fast_ask").state == "answered"

    second = world.answer(ask, "genuine", "看错批次")
    assert second.supersedes_id == first.pk and telling.standing(world.again(ask)).value == "genuine"
    with context.seat(BRANDS):
        with pytest.raises(Conflict) as refused:
            services.withdraw_answer(acting=world.seat(world.house.lin), opinion_id=first.pk, reason="晚了")
        assert refused.value.code == "verdict_superseded"
        services.withdraw_answer(acting=world.seat(world.house.lin), opinion_id=second.pk, reason="再看")
    deliver_everywhere()
    there = world.again(ask)
    assert there.state == "recalled" and telling.standing(there) is None
    world.answer(ask, "suspected_counterfeit", "要看实物")
    assert world.again(ask).state == "answered"
    with context.seat(BRANDS):
        steps = Trail.objects.filter(record_id=ask.pk).order_by("pk").values_list("verb", flat=True)
        assert list(steps) == ["ask", "send", "answer", "change", "recall", "answer"]


def test_edge_11_letters_of_platforms_let_all_others_go_first_and_ring_nobody(world):
    people.divisions()
    bureau = people.bureau("gx")
    for number in range(7):
        world.ask(deliver=False, listing_id=f"{number}")
    with context.province("gx"):
        site = requests.open_site(by=bureau.chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号"))
        item = requests.add_product(by=bureau.chen, site=site, product_id=world.house.product.pk)
        photo = people.sealed_photo(bureau.chen, "photo")
        requests.add_photo(by=bureau.chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
        requests.send(by=bureau.chen, request_id=item.request_id)
    with context.seat(BRANDS):
        for last_first in (False, True):
            assert [each.kind for each in delivery.due_now(50, last_first=last_first)] == ["appraisal.commission"]
        delivery.deliver_waiting(1)
        assert DeskTask.objects.count() == 1 and not FastTask.objects.exists()
        rung = Notice.objects.count()
        assert rung, "the officer's request rang somebody"
        assert len(delivery.due_now(50)) == delivery.YIELDING_AT_ONCE, "then a few at a time"
        delivery.deliver_waiting()
        assert FastTask.objects.count() == 7 and Notice.objects.count() == rung


@pytest.mark.usefixtures("within_an_hour")
def test_edge_11_of_5000_asked_at_once_those_over_the_quota_are_refused_row_by_row_with_when_to_come(world):
    world.limit(per_hour=20, per_day=30, open_at_once=15)
    with context.seat(BRANDS):
        acting, picture = world.seat(world.tang), world.picture()
        rows = [world.listing(picture, listing_id=str(number)) for number in range(5000)]
        found = services.ask_many(acting=acting, listings=rows)
        taken = [each for each in found if isinstance(each, FastAsk)]
        assert [each.listing_id for each in taken] == [str(number) for number in range(15)]
        assert {each.code for each in found[15:]} == {"quota_open"}
        with pytest.raises(Problem) as too_many:
            services.ask_many(acting=acting, listings=[*rows, rows[0]])
        assert too_many.value.code == "too_many_rows"
    deliver_everywhere()
    world.answer(taken[0])
    world.limit(per_hour=16, per_day=30, open_at_once=99)
    with context.seat(BRANDS):
        more = services.ask_many(acting=acting, listings=rows[20:23])
        codes = [each.code if isinstance(each, Problem) else "" for each in more]
        assert codes == ["", "quota_hour", "quota_hour"]
        retry_at = datetime.fromisoformat(more[1].data["retry_at"])
        assert clock.now() < retry_at <= clock.now() + timedelta(hours=1) and str(retry_at.year) in more[1].detail
        with clock.frozen(retry_at + timedelta(seconds=1)):
            assert Room(world.mall).left_in_hour == 16, "the hour began anew"
    world.terms(per_day=16)
    world.limit(per_hour=99, per_day=99, open_at_once=99)
    with context.seat(BRANDS):
        (full,) = services.ask_many(acting=acting, listings=rows[30:31])
        assert full.code == "quota_holder" and "岚壑春" in full.detail
        other = services.ask(
            acting=world.seat(world.song), listing=world.listing(world.picture(by=world.song), listing_id="9")
        )
        assert other.state == "waiting", "one platform's quota is not another's"
    world.limit(is_open=False)
    with context.seat(BRANDS):
        (shut,) = services.ask_many(acting=acting, listings=rows[31:32])
        assert shut.code == "platform_closed"


def test_what_nobody_can_answer_is_refused_at_once_and_says_why(world):
    def refused(**said) -> str:
        with context.seat(BRANDS):
            picture = said.pop("picture", None) or world.picture()
            (found,) = services.ask_many(acting=world.seat(world.tang), listings=[world.listing(picture, **said)])
            return found.code if isinstance(found, Problem) else ""

    assert refused(brand_name="没有的牌子") == "brand_not_enrolled"
    assert refused(brand_name="") == "brand_missing"
    assert refused(product_id=world.mall.pk) == "product_unknown"
    assert refused(listing_id="有 空格") == "listing_id_wrong"
    assert refused(listing_url="javascript:alert(1)") == "listing_url_wrong"
    assert refused(wanted_minutes=10) == "promise_longer"
    with context.seat(BRANDS):
        foreign = world.picture("theirs", by=world.song)
    assert refused(picture=foreign) == "picture_unknown", "a picture of another platform is as none"
    assert refused(reference="R") == "" and refused(reference="R") == "", "the same reference again is the same ask"
    assert refused(reference="R", listing_id="other") == "reference_reused"
    with context.seat(BRANDS):
        assert FastAsk.objects.count() == 1
    world.terms(accepts=False)
    assert refused() == "fast_appraisal_off"
    world.terms()
    with context.seat(BRANDS):
        services.set_platform_terms(acting=world.seat(world.admin), platform_id=world.mall.pk, accepts=False)
    assert refused() == "fast_appraisal_off"
    with context.owner():
        Organisation.objects.filter(pk=world.house.organisation.pk).update(state="suspended")
    assert refused() == "holder_suspended"
    twin = people.brand_house("岚壑春二", suffix="2")
    with context.owner():
        Organisation.objects.filter(pk=world.house.organisation.pk).update(state="active")
        twin.product.brand.name = "岚壑春"
        twin.product.brand.save()
    assert refused() == "brand_unclear"
    assert refused(product_id=world.house.product.pk) == "fast_appraisal_off"
    with context.seat(BRANDS), pytest.raises(NotAllowed):
        services.ask_many(acting=world.seat(world.house.lin), listings=[])


def test_an_ask_waits_for_its_pictures_and_goes_out_when_the_last_can_be_shown(world, monkeypatch):
    monkeypatch.setattr("evidence.services.enqueue_intake", lambda exhibit_id: None)
    with context.seat(BRANDS):
        acting = world.seat(world.tang)
        good = services.hand_in(acting=acting, file=_file(people.jpeg("good")))
        broken = services.hand_in(acting=acting, file=_file(people.jpeg("broken")[:200]))
        ask = services.ask(acting=acting, listing=world.listing(good))
        spoilt = services.ask(acting=acting, listing=world.listing(broken, listing_id="2"))
        assert ask.state == spoilt.state == "preparing"
        make_views(good.pk)
        make_views(broken.pk)
    assert world.again(ask).state == "waiting" and world.again(spoilt).state == "spoiled"
    assert "打不开" in world.again(spoilt).ended_why
    deliver_everywhere()
    with context.seat(BRANDS):
        assert FastTask.objects.count() == 1
        with pytest.raises(Problem) as refused:
            services.ask(acting=acting, listing=world.listing(broken, listing_id="3"))
        assert refused.value.code == "picture_unreadable"
        assert Exhibit.objects.filter(owner=f"org-{world.mall.pk}", view_only=False).count() == 2


def _file(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def test_only_an_authorised_appraiser_answers_and_of_two_one_has_it(world):
    ask = world.ask()
    task = world.task(ask)
    with context.seat(BRANDS):
        lin, wang = world.seat(world.house.lin), world.seat(world.house.wang)
        with pytest.raises(NotAllowed) as refused:
            services.claim(acting=world.seat(world.rights), task_id=task.pk)
        assert refused.value.code == "not_an_appraiser"
        with pytest.raises(Conflict) as refused:
            services.answer(acting=lin, task_id=task.pk, value="genuine", reasons="真")
        assert refused.value.code == "not_claimed_by_you"
        services.claim(acting=lin, task_id=task.pk)
        with pytest.raises(Conflict) as refused:
            services.claim(acting=wang, task_id=task.pk)
        assert refused.value.code == "already_claimed"
        with pytest.raises(NotFound404):
            services.claim(acting=world.seat(world.tang), task_id=task.pk)
    with context.owner():
        paper = world.house.authorisations["lin"]
        paper.territory = ["gx"]
        paper.save()
    with context.seat(BRANDS):
        with pytest.raises(NotAllowed) as refused:
            services.answer(acting=lin, task_id=task.pk, value="genuine", reasons="真")
        assert refused.value.code == "listing_needs_whole_country"
        services.release(acting=lin, task_id=task.pk)
        services.claim(acting=wang, task_id=task.pk)
        services.answer(acting=wang, task_id=task.pk, value="genuine", reasons="真")
        assert selectors.standing(task).given_by_id == world.house.wang.pk


def test_a_platform_takes_its_ask_back_and_a_late_answer_is_kept(world):
    ask, late = world.ask(), world.ask(listing_id="2")
    world.answer(late)
    with context.seat(BRANDS):
        acting = world.seat(world.tang)
        services.withdraw_ask(acting=acting, ask_id=ask.pk, reason="已下架")
        with pytest.raises(MoveRefused):
            services.withdraw_ask(acting=acting, ask_id=late.pk)
        with pytest.raises(NotFound404):
            services.withdraw_ask(acting=world.seat(world.song), ask_id=ask.pk)
        task = FastTask.objects.get(ask_id=ask.pk)
        lin = world.seat(world.house.lin)
        services.claim(acting=lin, task_id=task.pk)
        services.answer(acting=lin, task_id=task.pk, value="genuine", reasons="真")
    deliver_everywhere()
    there = world.again(ask)
    assert there.state == "withdrawn" and telling.standing(there).value == "genuine"
    gone = world.ask(listing_id="3")
    with context.seat(BRANDS):
        services.withdraw_ask(acting=acting, ask_id=gone.pk)
    deliver_everywhere()
    assert world.task(gone).state == "cancelled"


def test_rights_staff_begin_a_report_to_a_bureau_with_what_the_listing_says(world):
    ask = world.ask(listing_url="https://mall.test/item?id=612345678901&buyer_id=7")
    task = world.task(ask)
    with context.seat(BRANDS):
        with pytest.raises(Conflict) as refused:
            services.report(acting=world.seat(world.rights), task_id=task.pk)
        assert refused.value.code == "answer_first"
    world.answer(ask, reasons="封口与真品不同")
    with context.seat(BRANDS):
        with pytest.raises(NotAllowed):
            services.report(acting=world.seat(world.house.lin), task_id=task.pk)
        made = services.report(acting=world.seat(world.rights), task_id=task.pk)
        assert services.report(acting=world.seat(world.rights), task_id=task.pk) == made
        clue = ReverseClue.objects.get()
        assert clue.pk == made and clue.state == "draft" and clue.channel == "online"
        assert clue.subject_name == "某某酒水店" and "封口与真品不同" in clue.content and "buyer" not in clue.content
        assert clue.files.get().link == "https://mall.test/item?id=612345678901"
        assert clue.files.get().exhibit_id == task.pictures.get().exhibit_id


def test_figures_say_how_many_were_asked_answered_and_in_time(world):
    with clock.frozen(clock.now()) as tick:
        asks = [world.ask(listing_id=str(number)) for number in range(3)]
        tick(timedelta(minutes=30))
        world.answer(asks[0])
        tick(timedelta(minutes=90))
        world.answer(asks[1])
        with context.seat(BRANDS):
            (mine,) = selectors.figures_of_platform(world.mall)
            (theirs,) = selectors.figures_of_holder(world.house.organisation)
            assert (mine.asked, mine.answered, mine.in_time, mine.late) == (3, 2, 1, 2)
            assert (mine.in_time_per_cent, mine.median_minutes) == (33, 75)
            assert (theirs.asked, theirs.in_time, theirs.late, theirs.name) == (3, 1, 2, "示例商城")
            assert selectors.verdict_counts(world.house.organisation) == {"counterfeit": 2}


def test_a_suspended_platform_and_a_suspended_right_holder_get_no_letters(world):
    ask = world.ask()
    with context.owner():
        Organisation.objects.filter(pk=world.mall.pk).update(state="suspended")
    forget()
    with context.seat(BRANDS):
        lin = world.seat(world.house.lin)
        task = FastTask.objects.get(ask_id=ask.pk)
        services.claim(acting=lin, task_id=task.pk)
        with pytest.raises(Problem) as refused:
            services.answer(acting=lin, task_id=task.pk, value="genuine", reasons="真")
        assert refused.value.code == "addressee_suspended"
        assert not selectors.acting_organisations(world.tang)
    forget()
