"""Rows of reverse clues and of what their sources hear, for `world`: on the brands host and in a province."""

from __future__ import annotations

from typing import Any

from accounts.models import Unit, User
from appraisal.reverse_clues.models import Addressee, ClueFile, Purchase, Question, ReverseClue
from federation.contracts.addresses import Address
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS
from tenants.clues.models import BrandReport, Feedback, SourceQuestion, Telling
from tenants.clues.services import registering as clues


def of_a_house(house: Any, rights: User, code: str) -> dict[str, Any]:
    """A clue that was sent to a province, with a file, a purchase and a question that waits."""
    now = clock.now()
    with context.seat(BRANDS):
        clue = ReverseClue.objects.create(
            organisation_id=house.organisation.pk, author_id=rights.pk, state="sent", ref="某 1",
            title="某店", content="卖假酒", sent_at=now,
        )  # fmt: skip
        to = Addressee.objects.create(
            clue=clue, province_code=code, level="provincial", division_code="450000", place_name="某局", state="sent",
            letter_id=uuid7(),
        )  # fmt: skip
        question = Question.objects.create(
            addressee=to, question_id=uuid7(), letter_id=uuid7(), text="何处？", asked_at=now, reply_by=clock.today()
        )
        file = ClueFile.objects.create(clue=clue, form="page", sha256="0" * 64, media_type="x", sealed_at=now)
        purchase = Purchase.objects.create(clue=clue, order_no="1")
    return {
        "reverse_clue_id": clue.pk, "addressee_id": to.pk, "clue_question_id": question.pk, "reverse_file_id": file.pk,
        "test_purchase_id": purchase.pk,
    }  # fmt: skip


def of_a_province(house: Any, chen: User, code: str) -> dict[str, Any]:
    """A clue from a brand, what it handed in, and a source that is still to be told."""
    party = str(Address.organisation(house.organisation.pk))
    with context.province(code):
        clue = clues.register(
            clues.NewClue(
                desk=Unit.objects.get(pk=chen.unit_id),
                source=clues.Source(kind="brand", name="某酒业", ref=f"{code}-report", party=party),
                content="某店卖假酒",
            ),
            by=chen,
        )
        report = BrandReport.objects.create(
            clue=clue, organisation_id=house.organisation.pk, party=party, brand_clue_id=uuid7(), letter_id=uuid7(),
            basis={}, handed_in_at=clock.now(),
        )  # fmt: skip
        SourceQuestion.objects.create(report=report, text="何处？", asked_by=chen, reply_by=clock.today())
        shown = {"state": "ended", "number": clue.number, "result": "", "outcome": "", "ended_on": ""}
        feedback = Feedback.objects.create(
            clue=clue, source=clue.sources.get(), target="source", shown=shown, is_final=True
        )
        telling = Telling.objects.create(feedback=feedback, due_on=clock.today())
    return {"report_id": report.pk, "clue_telling_id": telling.pk}
