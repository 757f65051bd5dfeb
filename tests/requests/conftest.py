"""A bureau and a brand house that committed, 陈队长's browser, and letters that travel when told to."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from harness import people

from accounts.models import Post, Unit, User
from appraisal.catalogue.models import Brand, Category, Product, Shot, ShotList
from appraisal.desk import services as desk_services
from appraisal.desk.models import DeskTask
from appraisal.desk.services import ItemAnswer
from appraisal.requests import services
from federation.contracts.appraisal import VerdictValue
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from provinces import context
from provinces.seats import BRANDS


@pytest.fixture
def world(border):
    """陈队长's bureau in 广西 with a colleague 李队, the house of 林工 and 王工, and a brand nobody answers for."""
    people.divisions()
    bureau, house = people.bureau("gx"), people.brand_house()
    with context.province("gx"):
        li = User.objects.create_user("li", name="李某", title="李队", unit=bureau.unit)
        Post.objects.create(user=li, unit=bureau.unit, role=Post.Role.OFFICER)
        elsewhere = Unit.objects.create(
            code="gx-2",
            name="兴宁区局",
            kind=Unit.Kind.COUNTY_BUREAU,
            parent=bureau.unit.parent,
            division_code=people.NANNING,
        )
        stranger = User.objects.create_user("mo", name="莫某", title="莫队", unit=elsewhere)
        Post.objects.create(user=stranger, unit=elsewhere, role=Post.Role.OFFICER)
    with context.owner():
        brand = Brand.objects.create(name="云上坡", owner_company="云上坡酒业")
        unserved = Product.objects.create(
            brand=brand,
            name="十年",
            spec="500ml",
            category=Category.objects.get(code="baijiu"),
            nice_class=33,
            shot_list_version=1,
        )
        shots = ShotList.objects.create(product=unserved, version=1, published_at=clock.now())
        Shot.objects.create(shot_list=shots, position=1, code="front_label", name="瓶身正标", in_quick_set=True)
    return SimpleNamespace(
        bureau=bureau,
        house=house,
        chen=bureau.chen,
        li=li,
        elsewhere=elsewhere,
        stranger=stranger,
        unserved=unserved,
        product=house.product,
    )


@pytest.fixture
def post_goes() -> Callable[[], int]:
    """Deliver every letter that waits, everywhere."""
    return deliver_everywhere


@pytest.fixture
def chen(world, client_for):
    """陈队长's browser."""
    return client_for("gx", user=world.chen)


@pytest.fixture
def visit(world):
    """`visit(product, …, send=True)`: 陈队长 opens a visit, photographs each product's quick shots and sends."""

    def make(*products, send=True, by=None, shots=("front_label",), place="某路 1 号"):
        by = by or world.chen
        with context.province("gx"):
            site = services.open_site(by=by, place=services.Place(county_code=people.NANNING, place=place))
            items = []
            for number, product in enumerate(products or (world.product,)):
                item = services.add_product(by=by, site=site, product_id=product.pk)
                for shot in shots:
                    exhibit = people.sealed_photo(by, f"{site.pk} {number} {shot}")
                    services.add_photo(by=by, item_id=item.pk, exhibit=exhibit, shot_code=shot, source="camera")
                items.append(item)
            sent = services.send_site(by=by, site_id=site.pk) if send else []
        return SimpleNamespace(site=site, items=items, item=items[0], request=(sent or [items[0].request])[0])

    return make


@pytest.fixture
def lin(world, post_goes):
    """林工 at the desk: `lin.task(request)`, `lin.answers(request, value)`; letters travel before and after."""
    desk = people.desk(world.house, world.house.lin)

    def task(request):
        post_goes()
        with context.seat(BRANDS):
            return DeskTask.objects.get(request_id=request.pk)

    def does(request, work):
        found = task(request)
        with context.seat(BRANDS):
            result = work(found)
        post_goes()
        return result

    def claims(request):
        return does(request, lambda found: desk_services.claim(desk=desk, task_id=found.pk))

    def answers(request, value=VerdictValue.COUNTERFEIT, **fields):
        def work(found):
            if found.claimed_by_id is None:
                desk_services.claim(desk=desk, task_id=found.pk)
            rows = list(found.items.all())
            given = {"reasons": "烫金边缘毛糙\n批号格式不存在", **fields}
            made = [ItemAnswer(item_id=row.pk, value=value, **given) for row in rows]
            return desk_services.answer(desk=desk, task_id=found.pk, answers=made)

        return does(request, work)

    return SimpleNamespace(desk=desk, task=task, does=does, claims=claims, answers=answers)
