"""A bureau that asks, a house that answers, and the tasks on its desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from harness import people

from appraisal.desk import services
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services import ItemAnswer
from appraisal.requests import services as requests
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from provinces import context
from provinces.seats import BRANDS


@dataclass
class World:
    """广西 and 贵州, the house of 林工 and 王工, and what tests do with them."""

    gx: people.Bureau
    gz: people.Bureau
    house: people.House

    @property
    def lin(self) -> Desk:
        return people.desk(self.house, self.house.lin)

    @property
    def wang(self) -> Desk:
        return people.desk(self.house, self.house.wang)

    def ask(
        self,
        bureau: people.Bureau | None = None,
        *,
        shots: tuple[str, ...] = ("front_label",),
        count: int = 1,
        urgent: bool = False,
        product_id: Any = None,
        deliver: bool = True,
    ) -> Any:
        """陈队长 sends a request of `count` items. Returns it; its task is on the desk unless told otherwise."""
        bureau = bureau or self.gx
        with context.province(bureau.code):
            site = requests.open_site(
                by=bureau.chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号")
            )
            for number in range(count):
                item = requests.add_product(by=bureau.chen, site=site, product_id=product_id or self.house.product.pk)
                for shot in shots:
                    exhibit = people.sealed_photo(bureau.chen, f"{number} {shot}")
                    requests.add_photo(
                        by=bureau.chen, item_id=item.pk, exhibit=exhibit, shot_code=shot, source="camera"
                    )
            if urgent:
                requests.write_question(by=bureau.chen, request_id=item.request_id, question="请看真假", urgent=True)
            request = requests.send(by=bureau.chen, request_id=item.request_id)
        if deliver:
            deliver_everywhere()
        return request

    def task(self, request: Any) -> DeskTask:
        """The task of a request, read anew."""
        with context.seat(BRANDS):
            return DeskTask.objects.select_related("claimed_by").get(request_id=request.pk)

    def answers(self, task: DeskTask, value: VerdictValue = VerdictValue.COUNTERFEIT, **more: Any) -> list[ItemAnswer]:
        """One answer for each item. In the brands seat."""
        return [ItemAnswer(item_id=item.pk, value=value, reasons="烫金边缘毛糙", **more) for item in task.items.all()]

    def claimed(self, request: Any, desk: Desk | None = None) -> DeskTask:
        """The task, claimed by 林工 unless another desk is given."""
        with context.seat(BRANDS):
            return services.claim(desk=desk or self.lin, task_id=self.task(request).pk)

    def at(self, desk: Desk, function: Callable[..., Any], **arguments: Any) -> Any:
        """Call one of the desk's services in the brands seat."""
        with context.seat(BRANDS):
            return function(desk=desk, **arguments)


@pytest.fixture
def world(border: Any) -> World:
    """Everybody, committed."""
    people.divisions()
    return World(people.bureau("gx"), people.bureau("gz", "520382"), people.brand_house())


@pytest.fixture
def post_goes() -> Callable[[], int]:
    """Deliver every letter that waits, everywhere."""
    return deliver_everywhere
