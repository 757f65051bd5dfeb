"""G7: the main job's letters shuffled, doubled, delayed and failing half-way: the same final state as on a calm day."""

from collections import Counter
from random import Random

import pytest
from harness import guards, people
from harness.storm import storm

from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.requests import selectors, services
from appraisal.requests.models import AppraisalRequest, Line
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Delivery
from provinces import context
from provinces.seats import BRANDS, OFFICE, province_seat

GX = province_seat("gx")


def a_day(bureau, house, carry):
    """Three requests; one is answered, corrected and talked about, one is cancelled, one only claimed. Their ids.

    carry: brings the letters, each time somebody waits for them.
    """
    with context.seat(GX):
        site = services.open_site(by=bureau.chen, place=services.Place(county_code=people.NANNING))
        requests = []
        for number in range(3):
            item = services.add_product(by=bureau.chen, site=site, product_id=house.product.pk)
            photo = people.sealed_photo(bureau.chen, f"{number}")
            services.add_photo(by=bureau.chen, item_id=item.pk, exhibit=photo, shot_code="front_label", source="camera")
            sent = services.send(by=bureau.chen, request_id=item.request_id)
            requests.append(sent.pk)
            for word in ("一", "二", "三"):
                services.say(by=bureau.chen, request_id=sent.pk, text=word)
        services.cancel(by=bureau.chen, request_id=requests[1], reason="不需要了")
    carry()
    desk = people.desk(house, house.lin)
    with context.seat(BRANDS):
        tasks = [DeskTask.objects.get(request_id=pk) for pk in requests]
        for task in (tasks[0], tasks[2]):
            desk_services.claim(desk=desk, task_id=task.pk)
            desk_services.say(desk=desk, task_id=task.pk, text="请稍等")
        for value in (VerdictValue.GENUINE, VerdictValue.COUNTERFEIT):
            answer = ItemAnswer(item_id=tasks[0].items.get().pk, value=value, reasons="烫金边缘毛糙")
            desk_services.answer(desk=desk, task_id=tasks[0].pk, answers=[answer])
        desk_services.say(desk=desk, task_id=tasks[0].pk, text="以后一次为准")
    carry()
    return requests


def picture(bureau, requests):
    """What both sides show of the requests, apart from ids and times."""
    seen = []
    with context.seat(GX):
        for pk in requests:
            request = AppraisalRequest.objects.get(pk=pk)
            verdict = selectors.standing_verdict(request.items.get())
            said = request.lines.filter(kind=Line.Kind.CHAT, side=Line.Side.BRAND).order_by("at", "pk")
            kinds = Counter(request.lines.values_list("kind", flat=True))
            seen.append((request.state, verdict and verdict.value, [line.text for line in said], kinds))
    with context.seat(BRANDS):
        for pk in requests:
            task = DeskTask.objects.get(request_id=pk)
            said = task.lines.filter(kind="chat", side="bureau").order_by("at", "pk")
            photos = sum(item.photos.count() for item in task.items.all())
            seen.append((task.state, photos, [line.text for line in said], Counter(task.lines.values_list("kind"))))
    return seen


@pytest.mark.guard("G7")
def test_on_a_bad_day_the_main_job_ends_as_on_a_calm_one(world, trials):
    bureau, house = world
    calm = picture(bureau, a_day(bureau, house, deliver_everywhere))
    days = guards.size(2, 60)
    for seed in range(days):
        requests = a_day(bureau, house, lambda seed=seed: storm(Random(seed), [GX, BRANDS], failing=0.4))
        assert picture(bureau, requests) == calm, f"day {seed}"
    trials(days)
    with context.seat(OFFICE):
        assert not Delivery.objects.filter(state__in=Delivery.UNSETTLED).exists()
