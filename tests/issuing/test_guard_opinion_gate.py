"""Guard G16: a certificate exists only with issuer, authorisation, sample, grounds, conclusion, liability text, date.

One thing is taken away at a time from a letter that is complete, after its draft and again after its approval. Each
time it must be refused by name, and the register must not have it as formal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from appraisal.desk import services as desks
from appraisal.desk.services import ItemAnswer
from appraisal.issuing import gate, services
from appraisal.issuing.models import Certificate, LetterFile, LetterFinding, LetterItem, OpinionLetter
from evidence.models import Exhibit
from federation.contracts.appraisal import VerdictValue
from federation.parties.models import Authorisation, Organisation, Trademark
from kernel import clock
from provinces import context
from provinces.seats import BRANDS

FORMAL = OpinionLetter.State.FORMAL


def _authorisation(**fields: Any) -> Callable[[Any, OpinionLetter], None]:
    def spoil(world: Any, letter: OpinionLetter) -> None:
        Authorisation.objects.filter(membership__user=letter.appraiser_id).update(**fields)

    return spoil


def _letter(**fields: Any) -> Callable[[Any, OpinionLetter], None]:
    def spoil(world: Any, letter: OpinionLetter) -> None:
        OpinionLetter.objects.filter(pk=letter.pk).update(**fields)

    return spoil


def _photo_withdrawn(world: Any, letter: OpinionLetter) -> None:
    photos = letter.items.get().item.photos.values("exhibit_id")
    Exhibit.objects.filter(pk__in=photos).update(state=Exhibit.State.WITHDRAWN)


def _broken_seal(world: Any, letter: OpinionLetter) -> None:
    from appraisal.issuing.models import Sample
    from kernel.ids import uuid7

    Sample.objects.create(
        sample_id=uuid7(), province_code="gx", organisation=letter.organisation, thread=letter.task.thread,
        letter_id=uuid7(), seal_no="封 1", courier="顺丰", waybill_no="1", sent_on=clock.now(), description="样品",
        state="received", seal_no_found="封 1", seal_unbroken=False,
    )  # fmt: skip
    letter.items.update(seal_no="封 1")


def _verdict(value: VerdictValue) -> Callable[[Any, OpinionLetter], None]:
    def spoil(world: Any, letter: OpinionLetter) -> None:
        answers = [ItemAnswer(item_id=letter.items.get().item_id, value=value, reasons="再看过")]
        with context.seat(BRANDS):
            desks.answer(desk=world.desk, task_id=letter.task_id, answers=answers)

    return spoil


def _verdict_withdrawn(world: Any, letter: OpinionLetter) -> None:
    with context.seat(BRANDS):
        desks.withdraw(desk=world.desk, verdict_id=letter.items.get().verdict_id, reason="看错")


def _nothing_printed(world: Any, letter: OpinionLetter) -> None:
    LetterFinding.objects.filter(item__letter=letter).update(grade="annex")


def _empty_ground(world: Any, letter: OpinionLetter) -> None:
    LetterFinding.objects.filter(item__letter=letter).update(difference="", sample="")


YESTERDAY = clock.today() - timedelta(days=1)
SPOILT: dict[str, tuple[Callable[[Any, OpinionLetter], None], str]] = {
    "issuer suspended": (
        lambda w, _l: Organisation.objects.filter(pk=w.house.organisation.pk).update(state="suspended"),
        "issuer_inactive",
    ),
    "authorisation ended yesterday": (_authorisation(valid_until=YESTERDAY), "authorisation_ended"),
    "authorisation withdrawn": (_authorisation(state="withdrawn"), "authorisation_missing"),
    "authorisation lacks the province": (_authorisation(territory=["gd"]), "territory_not_covered"),
    "authorisation lacks the goods": (_authorisation(nice_classes=[25]), "goods_outside_class"),
    "mark of another class": (lambda _w, _l: Trademark.objects.update(nice_classes=[25]), "goods_outside_class"),
    "mark lapsed meanwhile": (lambda _w, _l: Trademark.objects.update(valid_until=YESTERDAY), "mark_lapsed"),
    "photo withdrawn meanwhile": (_photo_withdrawn, "sample_missing"),
    "seal of the sample broken": (_broken_seal, "seal_broken"),
    "nothing printed": (_nothing_printed, "ground_missing"),
    "ground without a word": (_empty_ground, "ground_missing"),
    "verdict is another now": (_verdict(VerdictValue.GENUINE), "verdict_changed"),
    "verdict cannot tell now": (_verdict(VerdictValue.CANNOT_TELL_NEED_SAMPLE), "verdict_changed"),
    "verdict withdrawn": (_verdict_withdrawn, "verdict_withdrawn"),
    "no liability statement": (_letter(responsibility=" "), "responsibility_missing"),
    "no place of examination": (_letter(exam_place=""), "exam_place_missing"),
    "examined tomorrow": (_letter(exam_ended_at=clock.now() + timedelta(days=1)), "exam_dates_wrong"),
    "no item": (lambda _w, letter: LetterItem.objects.filter(letter=letter).delete(), "items_missing"),
    "price without basis": (
        lambda _w, letter: LetterItem.objects.filter(letter=letter).update(price_yuan=9, price_basis=""),
        "price_basis_missing",
    ),
}


@pytest.mark.guard("G16")
def test_no_certificate_without_everything_that_it_states(world, trials):
    letter = world.preliminary()
    world.certificate()
    refused = 0
    for name, (spoil, code) in SPOILT.items():
        with context.owner():
            before = _keep(letter)
            spoil(world, OpinionLetter.objects.get(pk=letter.pk))
        with context.seat(BRANDS):
            codes = {each.code for each in gate.look(world.read(letter)) if each.stops}
            with pytest.raises(gate.Incomplete) as refusal:
                services.issue(acting=_acting(world), letter_id=letter.pk)
            assert code in codes, f"{name}: {codes}"
            assert code in {each["code"] for each in refusal.value.data["missing"]}, name
            assert refusal.value.detail, name
            assert not Certificate.objects.filter(state=FORMAL).exists(), name
            assert not LetterFile.objects.exists(), name
        refused += 1
        with context.owner():
            _restore(before)
    with context.seat(BRANDS):
        assert services.issue(acting=world.acting(), letter_id=letter.pk).state == FORMAL
    trials(refused)


def _acting(world: Any) -> Any:
    """林工's seat, even where the house is suspended by now."""
    from federation.parties.selectors import ActingFor

    return ActingFor(world.house.lin, world.house.organisation, None, frozenset({"appraiser"}))


def _keep(letter: OpinionLetter) -> list[Any]:
    """Rows that a fault may touch, as they are."""
    from appraisal.issuing.models import Sample

    rows: list[Any] = [OpinionLetter.objects.get(pk=letter.pk)]
    for model in (Organisation, Authorisation, Trademark, Exhibit, LetterItem, LetterFinding):
        rows += model.objects.all()
    assert not Sample.objects.exists()
    return rows


def _restore(rows: list[Any]) -> None:
    """Put them back, and let the newest verdict be the letter's again."""
    from appraisal.desk.models import DeskVerdict, DeskWithdrawal
    from appraisal.issuing.models import Sample

    Sample.objects.all().delete()
    DeskWithdrawal.objects.all().delete()
    kept = [row for row in rows if isinstance(row, LetterItem)]
    DeskVerdict.objects.exclude(pk__in=[row.verdict_id for row in kept]).delete()
    for row in rows:
        row.save()
