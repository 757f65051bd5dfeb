"""What the apps hand over to be compared: of clues, inspections, sealed waybills; and what they keep to themselves."""

from __future__ import annotations

from harness import people

from appraisal.requests.models import Site
from evidence.models import Exhibit
from federation.matching import sources
from federation.matching.models import Holding, Value
from federation.matching.services import values
from kernel.ids import uuid7
from provinces import context
from tenants.clues import matching as of_clues
from tenants.clues.models import Clue
from tenants.clues.services import registering
from tenants.inspections import matching as of_inspections
from tenants.inspections.models import Inspection, Lot, MarketEntity

USCC = "91350100M000100Y43"


def test_clues_hand_over_what_they_point_to_and_protected_and_untrue_ones_nothing(border) -> None:
    people.divisions()
    chen = people.bureau().chen
    with context.province("gx"):
        people.Unit.objects.update(agency_word="测市监")
        chen.unit.refresh_from_db()
        said = [
            registering.NewClue(
                desk=chen.unit,
                source=registering.Source(kind="brand", name="某酒业", ref=f"m-{number}"),
                content="夜间用粤A·7K2D8送货，许可证 SC10645010300123，运单号 SF1234567890123",
                subject_name="某店", subject_code=USCC, subject_phone="199 0000 0001", address_raw="某路 1 号",
                secrecy=secrecy,
            )
            for number, secrecy in enumerate(("ordinary", "reporter_protected", "ordinary"))
        ]  # fmt: skip
        first, _protected, untrue = registering.register_many(said, by=chen)
        Clue.objects.filter(pk=untrue.pk).update(result="untrue")
        assert values.look(None, source=of_clues.NAME) == 5
        assert set(Value.objects.values_list("kind", "value")) == {
            ("uscc", USCC), ("phone", "19900000001"), ("plate", "粤A7K2D8"), ("licence", "SC10645010300123"),
            ("waybill", "SF1234567890123"),
        }  # fmt: skip
        assert {row.record_id for row in Holding.objects.all()} == {first.pk}
        told = sources.described([(of_clues.NAME, first.pk), (of_clues.NAME, _protected.pk)])
        assert list(told) == [(of_clues.NAME, first.pk)] and "某酒业" not in told[of_clues.NAME, first.pk].facts
        assert first.pk in of_clues.open_to(chen)


def test_inspections_and_waybills_hand_over_senders_and_no_receivers(gx) -> None:
    unit = people.Unit.objects.create(code="u", name="某局", kind="county_bureau", division_code=people.NANNING)
    chen = people.User.objects.create_user("chen", name="陈某", title="陈队长", unit=unit)
    site = Site.objects.create(unit=unit, opened_by=chen, county_code=people.NANNING)
    entity = MarketEntity.objects.create(kind="licensed", uscc=USCC, name="某店", phone="0771-5512345")
    visit = Inspection.objects.create(number="检 1", unit=unit, opened_by=chen, site=site, entity=entity)
    Lot.objects.create(inspection=visit, waybill_no="SF1234567890123", supplier_contact="老张 199 0000 0002")
    Lot.objects.create(inspection=visit, waybill_no="SF9999999999999", void_reason="写错")
    held = {(row.kind, row.text) for row in of_inspections.rows(None)}
    assert held == {
        ("uscc", USCC), ("phone", "0771-5512345"), ("waybill", "SF1234567890123"), ("phone", "199 0000 0002"),
    }  # fmt: skip
    fields = {"number": "SF1234567890124", "sender": "某贸易有限公司", "sender_phone": "19900000003"}
    fields |= {"receiver": "李某", "receiver_phone": "19900000009"}
    Exhibit.objects.create(
        pk=uuid7(), owner="gx", kind="waybill", state="ready", sha256="a" * 64, sm3="b" * 64, size_bytes=1,
        media_type="application/json", original_key="k",
        content={"fields": {name: {"value": value} for name, value in fields.items()}},
    )  # fmt: skip
    texts = {row.text for row in of_inspections.waybill_rows(None)}
    assert texts == {"SF1234567890124", "某贸易有限公司", "19900000003"}
    assert of_inspections.describe([visit.pk])[visit.pk].number == "检 1"
