"""A bureau that asked, a house that answered, and the letter that follows: for tests of opinion letters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from harness import people

from accounts.models import User
from appraisal.catalogue.models import Product
from appraisal.desk import services as desks
from appraisal.desk.models import DeskTask
from appraisal.desk.selectors import Desk
from appraisal.desk.services import ItemAnswer
from appraisal.issuing import selectors, services
from appraisal.issuing.models import OpinionLetter, SigningCertificate
from appraisal.requests import services as requests
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from federation.letters.models import Letter, LetterBody
from federation.parties.models import Membership
from federation.parties.selectors import ActingFor, acting_organisations
from kernel.ids import uuid7
from notify.models import Notice
from provinces import context
from provinces.seats import BRANDS

COUNTERFEIT = VerdictValue.COUNTERFEIT


@dataclass
class World:
    """广西 and 贵州, the house with 林工, 王工, 何主任 (administrator) and 沈专员 (rights staff)."""

    gx: people.Bureau
    gz: people.Bureau
    house: people.House
    admin: User
    rights: User

    def acting(self, person: User | None = None) -> ActingFor:
        """Where a person sits; 林工 unless another is named. In the brands seat."""
        return acting_organisations(User.objects.get(pk=(person or self.house.lin).pk))[0]

    @property
    def desk(self) -> Desk:
        return people.desk(self.house, self.house.lin)

    def ask(self, bureau: people.Bureau | None = None, count: int = 1, product_id: Any = None) -> DeskTask:
        """陈队长 sends a request of `count` items, which is on the desk then."""
        bureau = bureau or self.gx
        with context.province(bureau.code):
            place = requests.Place(county_code=bureau.unit.division_code, place="某路 1 号")
            site = requests.open_site(by=bureau.chen, place=place)
            for number in range(count):
                item = requests.add_product(by=bureau.chen, site=site, product_id=product_id or self.house.product.pk)
                exhibit = people.sealed_photo(bureau.chen, f"{bureau.code} {uuid7()} {number}")
                requests.add_photo(
                    by=bureau.chen, item_id=item.pk, exhibit=exhibit, shot_code="front_label", source="camera"
                )
            request = requests.send(by=bureau.chen, request_id=item.request_id)
        deliver_everywhere()
        with context.seat(BRANDS):
            return DeskTask.objects.get(request_id=request.pk)

    def answered(
        self, task: DeskTask, value: VerdictValue = COUNTERFEIT, *, only: int | None = None, secret: bool = False
    ) -> DeskTask:
        """林工 answers every item, or the first `only`, with a checkpoint that leaves the house."""
        house = self.house
        checkpoints = {house.checkpoint.pk: ("different", "毛糙")}
        if secret:
            checkpoints[house.secret.pk] = ("different", "暗记缺失")
        with context.seat(BRANDS):
            if task.state == DeskTask.State.WAITING:
                desks.claim(desk=self.desk, task_id=task.pk)
            desks.answer(
                desk=self.desk,
                task_id=task.pk,
                answers=[
                    ItemAnswer(item_id=item.pk, value=value, reasons="烫金边缘毛糙", checkpoints=checkpoints)
                    for item in list(task.items.all())[:only]
                ],
            )
            return DeskTask.objects.get(pk=task.pk)

    def drafted(self, count: int = 1, **how: Any) -> OpinionLetter:
        """A draft from verdicts on a new request."""
        task = self.answered(self.ask(count=count), **how)
        with context.seat(BRANDS):
            return services.make(acting=self.acting(), task_id=task.pk)

    def preliminary(self, count: int = 1, **how: Any) -> OpinionLetter:
        """The same, approved."""
        letter = self.drafted(count, **how)
        with context.seat(BRANDS):
            return services.submit(acting=self.acting(), letter_id=letter.pk)

    def formal(self, count: int = 1, **how: Any) -> OpinionLetter:
        """The same, signed with a certificate of the development authority."""
        letter = self.preliminary(count, **how)
        self.certificate()
        with context.seat(BRANDS):
            return services.issue(acting=self.acting(), letter_id=letter.pk)

    def certificate(self, person: User | None = None) -> SigningCertificate:
        """With what somebody signs; 林工 unless another is named."""
        with context.seat(BRANDS):
            acting = self.acting(person)
            held = selectors.certificate_in_use(acting.person, acting.employer)
            return held or services.issue_demonstration(acting=acting)

    def read(self, letter: OpinionLetter) -> OpinionLetter:
        """The letter as it is now."""
        with context.seat(BRANDS):
            return selectors.any_letter(letter.pk)

    def sent(self, kind: str, seat: Any = BRANDS) -> list[dict[str, Any]]:
        """Bodies of all letters of a kind that the house wrote, in order."""
        import json

        with context.seat(seat):
            ids = Letter.objects.filter(kind=kind).order_by("written_at", "id").values_list("pk", flat=True)
            bodies = {row.letter_id: json.loads(row.body) for row in LetterBody.objects.filter(letter__in=list(ids))}
            return [bodies[pk] for pk in ids]

    def other_product(self, nice_class: int) -> Product:
        """Goods of the house in a class that no mark of it covers."""
        with context.owner():
            there = self.house.product
            return Product.objects.create(
                brand=there.brand,
                name="帆布袋",
                category=there.category,
                nice_class=nice_class,
                organisation=self.house.organisation,
                shot_list_version=1,
            )


def build() -> World:
    """Everybody, committed. Take it with `border`."""
    people.divisions()
    house = people.brand_house()
    with context.owner():
        admin = User.objects.create_user("he", name="何某", title="何主任")
        rights = User.objects.create_user("shen", name="沈某", title="沈专员")
        Membership.objects.create(user=admin, organisation=house.organisation, role="brand_admin")
        Membership.objects.create(user=rights, organisation=house.organisation, role="rights_staff")
    return World(people.bureau("gx"), people.bureau("gz", "520382"), house, admin, rights)


def bodies(kind: str) -> list[Any]:
    """Bodies of all letters of a kind, oldest first."""
    return [json.loads(each.body) for each in LetterBody.objects.filter(letter__kind=kind).order_by("letter_id")]


def told_title(user: User, code: str) -> list[str]:
    """Titles of what a person was told under a code."""
    return list(Notice.objects.filter(user_id=user.pk, code=code).values_list("title", flat=True))
