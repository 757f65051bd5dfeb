"""The inspection of the sample story: eleven brands, 60 lots, 423 pieces, some answered, told once."""

from types import SimpleNamespace

from harness import people

from accounts.models import Unit, User
from appraisal.requests.models import SceneSignature
from kernel import clock
from provinces import context, seats
from runtime.sample import cast, catalogue, story
from tenants.inspections import report, sample, selectors
from tenants.inspections.models import Inspection, Lot, Seizure
from tenants.inspections.value import valuation


def test_who_answers_in_the_story_has_an_appraiser_of_their_own():
    appraisers = {row.party for row in cast.STAFF.values() if "appraiser" in row.roles}
    assert {*sample.ANSWERS, *sample.WORKING, sample.ON_THE_PREMISES} <= appraisers


OTHERS = (*catalogue.NEWCOMERS, "guman", "zhiyuan", "torvane", "tasuro", "solvo")


def test_the_inspection_of_the_story_is_told_once(world, monkeypatch):
    monkeypatch.setattr(sample.evidence, "make_views", lambda exhibit_id: None)  # a process for each of 17 photos
    houses = {"lanhe": world.house} | {name: people.brand_house(name, suffix=f"-{name}") for name in OTHERS}
    with context.province("gx"):
        User.objects.filter(pk=world.li.pk).update(username="ning")
        Unit.objects.filter(pk=world.bureau.unit.pk).update(agency_word="南青市监")
    stage = SimpleNamespace(
        now=clock.now(),
        story=SimpleNamespace(
            SHOPS=story.SHOPS, INSPECTED_SHOP=story.INSPECTED_SHOP, shot_seed=lambda product, shot: 1
        ),
        catalogue=catalogue,
        pictures=SimpleNamespace(photo=lambda drawing, at: people.jpeg(drawing[0])),
        enter=lambda name: context.seat(seats.named_seat(name)),
        made={
            "organisations": {name: house.organisation.pk for name, house in houses.items()},
            "products": {kind: houses[kind.partition("-")[0]].product.pk for kind in catalogue.PRODUCTS},
        },
    )
    for _twice in range(2):
        sample.fill(stage)
        with context.province("gx"):
            inspection = Inspection.objects.get()
            lots = selectors.lots_of(inspection)
            states = [each.state for each in inspection.site.requests.all()]
            assert (len(states), states.count("unserved")) == (11, 3)
            told = sample.rows(stage)
            assert (len(told), sum(int(row.quantity) for row in told)) == (60, 423)
            assert Lot.objects.count() == 61  # of one lot two differ
            assert [(lot.quantity, lot.batch_no) for lot in lots if not lot.photos.all()] == [(2, "无批号")]
            found = valuation(inspection, lots)
            assert found.differing == 1
            assert found.infringing.known == 21
            assert found.confirmed.duty
            assert SceneSignature.objects.get().verdict_ids
            assert Seizure.objects.get().state == Seizure.State.IN_FORCE
    with context.province("gx"):
        page = report.of([inspection])
        assert (page.parts[0].unserved, page.asked, len(page.parts[0].seized)) == (["杏沐", "清溪", "远山"], 61, 1)
