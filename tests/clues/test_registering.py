"""A clue has a number, a holder, a place with its reason and a clock from its first moment (C-17, C-27, C-28)."""

import pytest

from accounts.models import Unit
from audit.trail import Actor
from divisions.resolving import Hints
from kernel.errors import BadInput
from tenants.clues.models import Clue
from tenants.clues.services.registering import NewClue, Source, register

MACHINE = Actor(None, "系统")


@pytest.fixture
def desk(gx: object) -> Unit:
    return Unit.objects.create(
        code="T-1", name="测试局", kind=Unit.Kind.PROVINCIAL_BUREAU, division_code="450000", agency_word="桂测"
    )


def new(desk: Unit, **more: object) -> NewClue:
    facts = {
        "desk": desk,
        "source": Source(kind=Clue.SourceKind.HOTLINE_12315, name="12315", ref="A-1"),
        "content": "有店卖假酒",
        "address_raw": "荔浦县荔柳路 12 号",
        "hints": Hints(province="450000"),
    }
    return NewClue(**{**facts, **more})  # type: ignore[arg-type]


def test_a_clue_has_a_number_a_holder_a_place_with_its_reason_and_a_clock_at_once(desk: Unit) -> None:
    clue = register(new(desk), by=MACHINE)
    assert clue.number.startswith("桂测线索〔")
    assert clue.holder_unit == desk
    assert clue.division_code == "450381", "edge 2: 荔浦县 is 荔浦市 now"
    assert clue.address_raw == "荔浦县荔柳路 12 号"
    assert clue.division_why["zh"] and clue.division_why["en"] and clue.division_why["zh"] != clue.division_why["en"]
    assert clue.verify_by is not None


def test_the_same_source_twice_is_refused_and_names_the_clue_that_holds_it(desk: Unit) -> None:
    first = register(new(desk), by=MACHINE)
    with pytest.raises(BadInput) as refused:
        register(new(desk), by=MACHINE)
    assert refused.value.code == "clue_known"
    assert refused.value.data["number"] == first.number
