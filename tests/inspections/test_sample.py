"""The inspection of the sample story: eleven brands, 423 pieces, some answered, told once."""

from types import SimpleNamespace

from harness import people

from accounts.models import User
from kernel import clock
from provinces import context, seats
from runtime.sample import story
from tenants.inspections import sample, selectors
from tenants.inspections.models import Inspection, Lot
from tenants.inspections.value import valuation


def test_the_inspection_of_the_story_is_told_once(world):
    houses = {"lanhe": world.house} | {
        name: people.brand_house(name, suffix=f"-{name}") for name in ("guman", "zhiyuan", "torvane", "tasuro", "solvo")
    }
    with context.province("gx"):
        User.objects.filter(pk=world.li.pk).update(username="ning")
    stage = SimpleNamespace(
        now=clock.now(),
        story=SimpleNamespace(SHOPS=story.SHOPS, INSPECTED_SHOP=story.INSPECTED_SHOP),
        enter=lambda name: context.seat(seats.named_seat(name)),
        made={
            "organisations": {name: house.organisation.pk for name, house in houses.items()},
            "products": {row[0]: houses[row[0].partition("-")[0]].product.pk for row in sample.LOTS if row[0]},
        },
    )
    for _twice in range(2):
        sample.fill(stage)
        with context.province("gx"):
            inspection = Inspection.objects.get()
            lots = selectors.lots_of(inspection)
            assert inspection.site.requests.count() == 11
            assert sum(int(row[2]) for row in sample.LOTS) == 423
            assert Lot.objects.count() == len(sample.LOTS)
            found = valuation(inspection, lots)
            assert found.differing == 1
            assert found.infringing.known == 3
            assert found.confirmed.duty
