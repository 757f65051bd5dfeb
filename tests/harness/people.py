"""The people of the tests, the same everywhere: 陈队长 of 南宁, 林工 and 王工 of the brand, 赵处 of the office."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from PIL import Image, ImageDraw

from accounts.models import Post, Unit, User
from appraisal.catalogue.models import Brand, Category, Checkpoint, Product, SecretCheckpoint, Shot, ShotList
from divisions.models import Division
from evidence import services as evidence
from evidence.models import Exhibit
from federation.parties.models import Authorisation, DutySlot, Membership, Organisation, Trademark
from kernel import clock
from provinces import context
from provinces.seats import BRANDS

NANNING = "450103"


@dataclass
class Bureau:
    """People of one province."""

    code: str
    unit: Unit
    chen: User
    huang: User
    wei: User


@dataclass
class House:
    """A brand enterprise with two appraisers and one product."""

    organisation: Organisation
    lin: User
    wang: User
    product: Product
    shot_list: ShotList
    checkpoint: Checkpoint
    secret: SecretCheckpoint
    authorisations: dict[str, Authorisation]


def divisions() -> None:
    """The few divisions the tests stand in."""
    rows = [
        ("450000", "广西壮族自治区", "province", ""),
        ("450100", "南宁市", "prefecture", "450000"),
        (NANNING, "青秀区", "county", "450100"),
        ("520000", "贵州省", "province", ""),
        ("520300", "遵义市", "prefecture", "520000"),
        ("520382", "仁怀市", "county", "520300"),
    ]
    with context.owner():
        for code, name, level, parent in rows:
            Division.objects.get_or_create(
                code=code, defaults={"name": name, "short_name": name[:-1], "level": level, "parent_code": parent}
            )


def bureau(code: str = "gx", division_code: str = NANNING) -> Bureau:
    """Make 陈队长 (officer), 黄管理员 (administrator) and 韦处 (leader) of one province. Enters its seat."""
    with context.province(code):
        top = Unit.objects.create(
            code=f"{code}-0",
            name=f"{code} 局",
            kind=Unit.Kind.PROVINCIAL_BUREAU,
            division_code=division_code[:2] + "0000",
        )
        unit = Unit.objects.create(
            code=f"{code}-1", name="青秀区局", kind=Unit.Kind.COUNTY_BUREAU, parent=top, division_code=division_code
        )
        people = {}
        for name, title, home, role in (
            ("chen", "陈队长", unit, Post.Role.OFFICER),
            ("huang", "黄管理员", top, Post.Role.BUREAU_ADMIN),
            ("wei", "韦处", top, Post.Role.LEADER),
        ):
            person = User.objects.create_user(name, name=title[:1] + "某", title=title, unit=home)
            Post.objects.create(user=person, unit=home, role=role)
            people[name] = person
        return Bureau(code, unit, **people)


def brand_house(name: str = "岚壑春", *, nice_class: int = 33, suffix: str = "") -> House:
    """Make a brand with 林工 and 王工, both authorised and on duty day and night. Enters the owner's seat."""
    day = clock.today()
    with context.owner():
        category, _made = Category.objects.get_or_create(code="baijiu", defaults={"name": "白酒"})
        organisation = Organisation.objects.create(
            name=f"{name}酒业", short_name=name, uscc=hashlib.sha256(name.encode()).hexdigest()[:18].upper()
        )
        mark = Trademark.objects.create(
            organisation=organisation,
            reg_no="12345678",
            name=name,
            nice_classes=[nice_class],
            valid_until=day + timedelta(days=900),
        )
        brand = Brand.objects.create(
            name=name, owner_company=organisation.name, organisation=organisation, is_enrolled=True
        )
        product = Product.objects.create(
            brand=brand,
            name="陈酿",
            spec="500ml",
            category=category,
            nice_class=nice_class,
            organisation=organisation,
            shot_list_version=1,
        )
        shot_list = ShotList.objects.create(product=product, version=1, published_at=clock.now())
        for position, (code, words, quick) in enumerate(
            (("front_label", "瓶身正标", True), ("batch_code", "批号喷码", True), ("bottle_base", "瓶底", False)),
            start=1,
        ):
            Shot.objects.create(
                shot_list=shot_list, position=position, code=code, name=words, required=True, in_quick_set=quick
            )
        checkpoint = Checkpoint.objects.create(product=product, position=1, name="正标烫金边缘")
        secret = SecretCheckpoint.objects.create(product=product, position=2, name="暗记位置")
        people, papers = {}, {}
        for rank, (key, title) in enumerate((("lin", "林工"), ("wang", "王工"))):
            person = User.objects.create_user(f"{key}{suffix}", name=title[:1] + "某", title=title)
            membership = Membership.objects.create(
                user=person, organisation=organisation, role=Membership.Role.APPRAISER
            )
            paper = Authorisation.objects.create(
                number=f"授 {key}{suffix}",
                organisation=organisation,
                membership=membership,
                nice_classes=[nice_class],
                territory=["*"],
                valid_from=day - timedelta(days=30),
                valid_until=day + timedelta(days=300),
            )
            paper.trademarks.add(mark)
            for weekday in range(7):
                DutySlot.objects.create(
                    organisation=organisation,
                    membership=membership,
                    weekday=weekday,
                    starts=time(0),
                    ends=time(0),
                    rank=rank,
                )
            people[key], papers[key] = person, paper
        return House(organisation, people["lin"], people["wang"], product, shot_list, checkpoint, secret, papers)


def jpeg(words: str = "photo", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small real photo file; other words make other bytes."""
    picture = Image.new("RGB", size, "#8a6f4d")
    ImageDraw.Draw(picture).text((20, 20), words, fill="white")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def sealed_photo(by: User, words: str = "photo", **fields: Any) -> Exhibit:
    """Receive a photo in the current seat and make its view at once, in the way the intake worker does."""
    data = jpeg(words)
    exhibit = evidence.receive(
        io.BytesIO(data),
        declared_sha256=hashlib.sha256(data).hexdigest(),
        captured_at=clock.now(),
        source=fields.pop("source", "camera"),
        by=by,
        **fields,
    )
    return evidence.make_views(exhibit.pk)


def desk(house: House, person: User) -> Any:
    """The desk at which one of the house's appraisers sits. Reads in the brands seat."""
    from appraisal.desk.selectors import Desk

    with context.seat(BRANDS):
        return Desk(User.objects.get(pk=person.pk), Organisation.objects.get(pk=house.organisation.pk))


def tomorrow() -> date:
    """The day after today, in China."""
    return clock.today() + timedelta(days=1)
