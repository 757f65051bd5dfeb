"""A bureau that asks for opinion letters, a brand whose letters are written by hand, and the post between them."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from harness import people

from accounts.models import Post, Unit, User
from appraisal.opinions.models import HeldLetter, Notice
from appraisal.opinions.services import notices, objections, reviews
from appraisal.requests import services as requests
from appraisal.requests.models import AppraisalRequest
from audit.trail import Actor
from evidence.store import make_key, store
from federation.contracts.addresses import Address
from federation.contracts.appraisal import AuthorityV1
from federation.contracts.messages import Attachment
from federation.contracts.opinions import (
    CertificateV1,
    ConclusionV1,
    PaperV1,
    RightHolderV1,
    SignerV1,
    TrademarkV1,
)
from federation.letters.delivery import deliver_everywhere
from federation.letters.post import post
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS

LIN = Actor(None, "林工")


@dataclass
class World:
    """广西 with 陈队长, 李队 and 韦处; the house of 林工, and what its letters say."""

    bureau: people.Bureau
    house: people.House
    li: User
    mo: User
    code: str = "gx"
    files: dict[str, Attachment] = field(default_factory=dict)

    @property
    def chen(self) -> User:
        return self.bureau.chen

    @property
    def wei(self) -> User:
        return self.bureau.wei

    def ask(
        self, *, count: int = 1, beside: Any = None, house: people.House | None = None, quantity: str = "12"
    ) -> Any:
        """陈队长 sends a request of `count` items with a photo each; it has arrived. beside: of the same visit."""
        product = (house or self.house).product
        with context.province(self.code):
            site = (
                beside.site
                if beside is not None
                else requests.open_site(
                    by=self.chen, place=requests.Place(county_code=people.NANNING, place="某路 1 号")
                )
            )
            for number in range(count):
                item = requests.add_product(by=self.chen, site=site, product_id=product.pk)
                exhibit = people.sealed_photo(self.chen, f"{site.pk} {product.pk} {number}")
                requests.add_photo(
                    by=self.chen, item_id=item.pk, exhibit=exhibit, shot_code="front_label", source="camera"
                )
                item.quantity, item.quantity_unit = quantity, "瓶"
                item.save(update_fields=["quantity", "quantity_unit"])
            request = requests.send(by=self.chen, request_id=item.request_id)
        deliver_everywhere()
        return request

    def draft(self, request: AppraisalRequest, **said: Any) -> Notice:
        with context.province(self.code):
            fields = {"officer_ids": [self.li.pk], "phone": "0771-1234567"} | said
            return notices.draft(by=self.chen, request_id=request.pk, **fields)

    def issue(self, notice: Notice) -> Notice:
        """拟稿 陈队长, 审核 李队, 签发 韦处."""
        with context.province(self.code):
            notices.submit(by=self.chen, notice_id=notice.pk)
            notices.check(by=self.li, notice_id=notice.pk)
            made = notices.issue(by=self.wei, notice_id=notice.pk)
        deliver_everywhere()
        return made

    def notice(self, request: AppraisalRequest, **said: Any) -> Notice:
        return self.issue(self.draft(request, **said))

    # What the brand writes -------------------------------------------------------------------------------------------

    def file(self, data: bytes, media_type: str = "application/pdf", house: people.House | None = None) -> Attachment:
        """A file in the brand's store, as an attachment of its letters."""
        owner = f"org-{(house or self.house).organisation.pk}"
        with context.seat(BRANDS):
            key = make_key(owner, "view", uuid7())
            kept = store().put(key, io.BytesIO(data), media_type)
        return Attachment(
            object_key=key,
            media_type=media_type,
            size_bytes=kept.size_bytes,
            sha256=kept.sha256,
            sm3=kept.sm3,
            what="x",
        )

    def says(
        self, message: Any, thread: UUID, *files: Attachment, house: people.House | None = None, deliver: bool = True
    ) -> None:
        """The brand writes to the bureau, and it arrives."""
        with context.seat(BRANDS):
            from django.db import transaction

            with transaction.atomic():
                post(
                    message,
                    to=Address.province(self.code),
                    sender=Address.organisation((house or self.house).organisation.pk),
                    thread=thread,
                    by=LIN,
                    attachments=files,
                )
        if deliver:
            deliver_everywhere()

    def paper(self, request: AppraisalRequest, value: str = "counterfeit", **more: Any) -> PaperV1:
        """What a letter on all items of a request says. quantities: by position, instead of the request's."""
        house = more.pop("house", self.house)
        quantities = more.pop("quantities", {})
        today = clock.today()
        with context.province(self.code):
            rows = [
                ConclusionV1(
                    item_id=item.pk,
                    position=number,
                    product_name=item.product_name,
                    quantity=quantities.get(number, item.quantity),
                    quantity_unit=item.quantity_unit,
                    value=value,
                    verdict_id=uuid7(),
                    photo_sha256s=tuple(item.photos.values_list("exhibit__sha256", flat=True)),
                )
                for number, item in enumerate(request.items.all(), start=1)
            ]
        facts = f'{{"letter":"{uuid7()}"}}'
        fields = {
            "letter_id": uuid7(),
            "opinion_no": f"岚辨〔{today.year}〕{uuid7().int % 100000}号",
            "version_no": 1,
            "state": "formal",
            "issued_on": today,
            "exam_mode": "photo",
            "right_holder": RightHolderV1(
                organisation_id=house.organisation.pk, name=house.organisation.name, uscc=house.organisation.uscc
            ),
            "signers": (SignerV1(name="林某", employee_no="L-01"),),
            "authority": AuthorityV1(
                authorisation_id=uuid7(), number="授 lin", principal=house.organisation.name,
                appraiser_employer=house.organisation.name, trademarks=("岚壑春",), nice_classes=(33,),
                valid_from=clock.at_start(today - timedelta(days=30)),
                valid_until=clock.at_end(today + timedelta(days=300)),
            ),
            "trademarks": (
                TrademarkV1(name="岚壑春", reg_no="12345678", nice_classes=(33,), standing="in_force"),
            ),
            "items": tuple(rows),
            "check_code": "ABCD-EFGH-JKLM",
            "facts": facts,
            "facts_sha256": hashlib.sha256(facts.encode()).hexdigest(),
        } | more  # fmt: skip
        return PaperV1(**fields)

    def certificate(self, request: AppraisalRequest, value: str = "counterfeit", **more: Any) -> HeldLetter:
        """A letter of the brand arrives; returns it as held."""
        house = more.get("house", self.house)
        files = []
        if more.get("state", "formal") == "formal" and "pdf_sha256" not in more:
            pdf = self.file(b"%PDF-1.7 letter " + uuid7().bytes, house=house)
            files.append(pdf)
            more["pdf_sha256"] = pdf.sha256
        paper = self.paper(request, value, **more)
        self.says(
            CertificateV1(request_id=request.pk, paper=paper, who="林工", at=clock.now()),
            request.pk,
            *files,
            house=house,
        )
        with context.province(self.code):
            return HeldLetter.objects.get(letter_id=paper.letter_id, request_id=request.pk)

    def told(self, held: HeldLetter) -> Any:
        with context.province(self.code):
            return objections.tell_party(
                by=self.chen, held_id=held.pk, way="in_person", told_at=clock.now(), party_name="张某某"
            )

    def reviewed(self, held: HeldLetter, **said: Any) -> Any:
        """李队 answers every open check with yes and accepts."""
        with context.province(self.code):
            review = reviews.open_review(by=self.li, held_id=held.pk)
            answers = {code: "yes" for code in review.checks}
            notes = {code: "已核对" for code in review.checks}
            reviews.answer(by=self.li, review_id=review.pk, answers=answers, notes=notes)
            return reviews.accept(by=self.li, review_id=review.pk, **said)


@pytest.fixture
def world(border: Any) -> World:
    """Everybody, committed."""
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    until = clock.today() + timedelta(days=300)
    with context.province("gx"):
        li = User.objects.create_user("li", name="李某", title="李队", unit=bureau.unit)
        Post.objects.create(user=li, unit=bureau.unit, role=Post.Role.OFFICER)
        for person, number in ((bureau.chen, "桂A-1001"), (li, "桂A-1002")):
            person.officer_cert_no, person.officer_cert_until = number, until
            person.save()
        Unit.objects.filter(pk=bureau.unit.pk).update(agency_word="桂南青市监")
        elsewhere = Unit.objects.create(
            code="gx-9", name="兴宁区局", kind="county_bureau", parent=bureau.unit.parent, division_code=people.NANNING
        )
        mo = User.objects.create_user("mo", name="莫某", title="莫队长", unit=elsewhere)
        Post.objects.create(user=mo, unit=elsewhere, role=Post.Role.OFFICER)
    return World(bureau, house, li, mo)
