"""Who calls: an officer, a dispatcher and a leader of each province, appraisers of three houses, all signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import Client

from accounts.models import Post, Unit, User
from appraisal.catalogue.models import Brand, Category, Product, Shot, ShotList
from divisions.services import load_divisions
from federation.parties.models import Authorisation, Membership, Organisation, Trademark
from gateway.tokens import make_token
from kernel import clock
from provinces import context
from provinces.seats import BRANDS
from tenants.bureau.benches.crowd.past import Cast

HOUSES, UNITS, OFFICERS = 3, 10, 20
USCC = ("91350100M000100Y43", "91350100M000200Y47", "91350100M000300Y4A")
Calls = list[dict[str, Any]]


@dataclass
class Houses:
    """The brands' side, the same for all provinces."""

    houses: list[UUID]
    products: list[UUID]
    people: list[User]


def make_houses() -> Houses:
    """Three houses with one appraiser and one product each, and the divisions of the country."""
    day = clock.today()
    made = Houses([], [], [])
    with context.owner():
        load_divisions()
        category = Category.objects.create(code="bench", name="白酒")
        for number in range(1, HOUSES + 1):
            house = Organisation.objects.create(
                name=f"测速{number}酒业", short_name=f"测速{number}", uscc=USCC[number - 1]
            )
            mark = Trademark.objects.create(
                organisation=house,
                reg_no=str(number),
                name="测速",
                nice_classes=[33],
                valid_until=day + timedelta(days=9),
            )
            brand = Brand.objects.create(name=f"测速{number}", organisation=house, is_enrolled=True)
            product = Product.objects.create(
                brand=brand, name="陈酿", category=category, nice_class=33, organisation=house, shot_list_version=1
            )
            shots = ShotList.objects.create(product=product, version=1, published_at=clock.now())
            Shot.objects.create(shot_list=shots, position=1, code="front_label", name="正标")
            person = User.objects.create_user(f"lin{number}", name="林")
            membership = Membership.objects.create(user=person, organisation=house, role="appraiser")
            paper = Authorisation.objects.create(
                number=str(number), organisation=house, membership=membership, nice_classes=[33], territory=["*"],
                valid_from=day, valid_until=day + timedelta(days=9),
            )  # fmt: skip
            paper.trademarks.add(mark)
            made.houses.append(house.pk)
            made.products.append(product.pk)
            made.people.append(person)
    return made


def make_bureau(code: str, number: int, houses: Houses) -> Cast:
    """Units and people of one province."""
    with context.province(code):
        top = Unit.objects.create(
            code=f"{code}-0", name="省局", kind=Unit.Kind.PROVINCIAL_BUREAU, division_code="450000", agency_word="测"
        )
        units = [
            Unit.objects.create(
                code=f"{code}-{n}", name=f"第{n}局", kind=Unit.Kind.COUNTY_BUREAU, parent=top, division_code="450103"
            )
            for n in range(1, UNITS + 1)
        ]
        officers = User.objects.bulk_create(
            User(username=f"officer{n}", name=f"陈{n}", unit=units[n % UNITS]) for n in range(OFFICERS)
        )
        heads = User.objects.bulk_create(User(username=name, name=name, unit=top) for name in ("dispatcher", "leader"))
        Post.objects.bulk_create(
            [Post(user=each, unit=each.unit, role=Post.Role.OFFICER) for each in officers]
            + [Post(user=each, unit=top, role=each.username) for each in heads]
        )
    # Officers and units so that one who is asked about sits in the unit that is: n and n modulo the units agree.
    return Cast(
        number, code, [each.pk for each in officers], [each.pk for each in units],
        houses.houses, houses.products, [each.pk for each in houses.people],
    )  # fmt: skip


def calls_of_bureau(cast: Cast, *, share: float) -> Calls:
    """What people of one province call for, of which `share` of all calls."""
    host = f"{cast.code}.{settings.DOMAIN_NAME}"
    with context.province(cast.code):
        people = {name: User.objects.get(username=name) for name in ("officer1", "dispatcher", "leader")}
        cookies = {name: _cookie(host, each) for name, each in people.items()}
        _row, token = make_token(user=people["officer1"], seat=cast.code, name="bench")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM requests_appraisalrequest WHERE state = 'answered' AND officer_id = %s"
                " ORDER BY id DESC LIMIT 5",
                [people["officer1"].pk],
            )
            requests = [str(pk) for (pk,) in cursor.fetchall()]
    plan = [
        ("officer_home", 15, "/", "officer1"),
        ("officer_list", 8, "/requests/", "officer1"),
        ("officer_search", 3, "/requests/?q=%E5%8C%97%E6%B9%96", "officer1"),
        *(("officer_request", 3, f"/requests/{pk}/", "officer1") for pk in requests),
        ("officer_check", 8, "/check/?new=1", "officer1"),
        ("notices", 4, "/notices/", "officer1"),
        ("dispatcher_requests", 4, "/requests/?state=answered", "dispatcher"),
        ("dispatcher_search", 2, "/requests/?q=%E5%8C%97%E6%B9%96", "dispatcher"),
        ("dispatcher_clues", 6, "/clues/", "dispatcher"),
        ("dispatcher_today", 4, "/clues/today/", "dispatcher"),
        ("leader", 2, "/leader/", "leader"),
    ]  # fmt: skip
    found: Calls = [
        {"name": name, "weight": weight * share, "host": host, "path": path, "cookie": cookies[who]}
        for name, weight, path, who in plan
    ]
    found.append(
        {"name": "officer_opens_site", "weight": 5 * share, "host": host, "path": "/api/v1/sites/", "token": token,
         "method": "POST", "body": {"county_code": "450103"}}
    )  # fmt: skip
    return found


def calls_of_desks(houses: Houses) -> Calls:
    """What appraisers call for: their queue, what was answered, one task."""
    host = f"brands.{settings.DOMAIN_NAME}"
    found: Calls = []
    share = 1 / len(houses.people)
    with context.seat(BRANDS):
        for house, person in zip(houses.houses, houses.people, strict=True):
            cookie = _cookie(host, person)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM desk_desktask WHERE organisation_id = %s AND state = 'waiting' ORDER BY id LIMIT 4",
                    [house],
                )
                tasks = [str(pk) for (pk,) in cursor.fetchall()]
            plan = [
                ("desk_queue", 12, "/desk/"),
                ("desk_answered", 2, "/desk/?state=answered"),
                ("desk_search", 2, "/desk/?state=all&q=8-77"),
                ("desk_figures", 1, "/figures/"),
                *(("desk_task", 3, f"/desk/{pk}/") for pk in tasks),
            ]
            found += [
                {"name": name, "weight": weight * share, "host": host, "path": path, "cookie": cookie}
                for name, weight, path in plan
            ]
    return found


def _cookie(host: str, person: User) -> str:
    client = Client(HTTP_HOST=host, SERVER_NAME=host)
    client.force_login(person)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
