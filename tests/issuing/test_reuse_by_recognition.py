"""Equal codes carry a formal letter to another province: from the code an officer typed to the paper in his file.

Nothing is put in by hand: the sightings and runs are those of the known-fake library.
"""

import pytest

from appraisal.hints import services as officer
from appraisal.issuing import services
from appraisal.issuing.models import LetterHolder, ReuseOffer
from appraisal.opinions.models import ReuseOffer as OfferedReuse
from appraisal.opinions.services import reuse
from appraisal.recognition import services as library
from appraisal.recognition.models import CodeAlert, Find, RunLink
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from kernel.errors import Conflict
from provinces import context
from provinces.seats import BRANDS


@pytest.fixture
def write_down(world):
    """`write_down(task, code, field)`: 陈队长 of its province copies a code from the goods; the brand learns of it."""

    def write(task, code, field="unique"):
        bureau = {"gx": world.gx, "gz": world.gz}[task.province_code]
        with context.seat(BRANDS):
            item = task.items.get()
        with context.province(task.province_code):
            officer.type_code(by=bureau.chen, item_id=item.item_id, field=field, value=code)
        deliver_everywhere()
        return item

    return write


def test_goods_with_the_same_unique_code_get_the_formal_letter_of_the_first(world, write_down):
    """O-10 with the library's own tables: misread letters are one code; only formal letters, once, for that product."""
    letter = world.formal()
    with context.seat(BRANDS):
        before = letter.items.select_related("item__task").get().item
    write_down(before.task, "LH-0815-4711-A0")
    task, alike = world.ask(world.gz), world.ask(world.gz)
    write_down(task, "lh 0815 471I AO")
    write_down(alike, "LH-0815-9900-B7")
    with context.seat(BRANDS):
        assert services.look_for_reuse() == 1 and services.look_for_reuse() == 0
        offer = ReuseOffer.objects.get()
        row = offer.items.get()
        assert (offer.task_id, row.letter_item.item_id, row.basis) == (task.pk, before.pk, "same_code")
        assert "尾号" in row.basis_text and "0815" not in row.basis_text, "the code itself is not repeated"
        assert CodeAlert.objects.get().kind == "two_places", "and the brand is alerted that one code is in two places"
        services.confirm(acting=world.acting(), offer_id=offer.pk)
    deliver_everywhere()
    with context.province("gz"):
        shown = OfferedReuse.objects.select_related("held").get()
        assert (shown.request_id, shown.state) == (task.request_id, OfferedReuse.State.CONFIRMED)
        assert (shown.held.came, shown.held.state) == ("reuse", "formal"), "the paper is in the other bureau's file"
        with pytest.raises(Conflict) as waits:
            reuse.accept(by=world.gz.chen, offer_id=shown.pk)
        assert waits.value.code == "reuse_needs_review", "what is left is that bureau's own review"
    with context.seat(BRANDS):
        assert LetterHolder.objects.get(because="reuse").province_code == "gz"


def test_a_code_printed_on_all_goods_and_a_run_that_nobody_confirmed_carry_nothing_over(world, write_down):
    letter = world.formal()
    with context.seat(BRANDS):
        before = letter.items.select_related("item__task").get().item
    write_down(before.task, "LHCFW2026000001")
    write_down(before.task, "M07-3", field="mould")
    task = world.ask(world.gz)
    write_down(task, "LHCFW2026000001")
    with context.seat(BRANDS):
        library.settle_alert(
            desk=world.desk,
            alert_id=CodeAlert.objects.get().pk,
            step="dismiss",
            reason="每盒都一样",
            printed_on_all=True,
        )
        assert services.look_for_reuse() == 0
        mine, theirs = Find.objects.get(desk_item=task.items.get()), Find.objects.get(desk_item=before)
        first, second = sorted((mine, theirs), key=lambda find: find.pk)
        link = RunLink.objects.create(
            organisation=world.house.organisation, first=first, second=second, strength="medium",
            proposed_at=clock.now(),
        )  # fmt: skip
        assert services.look_for_reuse() == 0, "a proposal is no ground"
        library.decide_run(desk=world.desk, run_id=link.pk, step="accept")
        RunLink.objects.update(flagged="verdict_withdrawn")
        assert services.look_for_reuse() == 0, "nor is a run whose ground fell"
        RunLink.objects.update(flagged="")
        assert services.look_for_reuse() == 1
        assert ReuseOffer.objects.get().items.get().basis == "same_run"
