"""The phone adds up what the server does: `value.js` without a signal, `value.py` with one."""

from __future__ import annotations

import json
import random
import subprocess
from decimal import Decimal
from pathlib import Path

from tenants.inspections.models import Inspection, Lot
from tenants.inspections.thresholds import check, national_rules
from tenants.inspections.value import CLEARED, INFRINGING, LotValue, Sum, shown, value_of

SCRIPT = Path(__file__).resolve().parents[2] / "tenants/inspections/static/inspections/value.js"
VERDICTS = [None, *sorted(INFRINGING | CLEARED), "not_our_product_line", "cannot_tell_need_photos"]
RUN = """
import { shown, valuation } from "%s";
let said = "";
for await (const part of process.stdin) said += part;
console.log(JSON.stringify(JSON.parse(said).map(({ lots, verdicts, rules }) => {
  const value = valuation(lots, (id) => verdicts[id] ?? undefined, rules);
  const { unknown, duty, possible } = value;
  return { low: shown(value.low), high: shown(value.high), unknown, duty, possible };
})));
"""


def node() -> str:
    """The JavaScript engine that comes with the browser driver."""
    from playwright._impl._driver import compute_driver_executable

    return str(compute_driver_executable()[0])


class Said:
    """A verdict, as far as sums look at it."""

    def __init__(self, value: str) -> None:
        self.value = value


def shop(chance: random.Random) -> list[tuple[Lot, str | None]]:
    """Some lots as they may stand after an hour: counted or not, differing, priced by any basis or none."""
    found = []
    for _each in range(chance.randrange(1, 9)):
        counts = [Decimal(chance.randrange(0, 60_000)) / chance.choice((1, 10, 1000)) for _one in range(2)]
        lot = Lot(price_basis=chance.choice(["", "labelled", "sold", "genuine", "unknown"]))
        lot.quantity = counts[0] if chance.random() < 0.7 else None
        lot.candidates = [] if lot.quantity is not None or chance.random() < 0.5 else [
            {"quantity": f"{count:f}"} for count in counts
        ]  # fmt: skip
        for name in ("price_labelled_yuan", "price_sold_yuan", "price_genuine_yuan", "sold_amount_yuan", "gains_yuan"):
            if chance.random() < 0.6:
                setattr(lot, name, Decimal(chance.randrange(0, 4_000_000)) / 100)
        found.append((lot, chance.choice(VERDICTS)))
    return found


def by_the_server(lots: list[tuple[Lot, str | None]], inspection: Inspection) -> dict[str, object]:
    sums, all_of_it = {"infringing": Sum(), "both": Sum()}, Sum()
    for lot, verdict in lots:
        value: LotValue = value_of(lot, Said(verdict) if verdict else None)  # type: ignore[arg-type]
        all_of_it.add(value)
        if value.standing == "infringing":
            sums["infringing"].add(value)
        if value.standing != "cleared":
            sums["both"].add(value)
    rules = {"conduct": "selling", "repeat": False, "on": inspection.started_at.date()}
    confirmed = check(sums["infringing"].amounts(), **rules)
    possible = check(sums["both"].amounts(high=True), **rules)
    return {
        "low": f"{Decimal(shown(all_of_it.low)):,.2f}",
        "high": f"{Decimal(shown(all_of_it.high)):,.2f}",
        "unknown": all_of_it.unknown,
        "duty": confirmed.duty,
        "possible": possible.duty and not confirmed.duty,
    }


def as_the_phone_knows(lots: list[tuple[Lot, str | None]], inspection: Inspection) -> dict[str, object]:
    names = [
        column.name for column in Lot._meta.fields if column.name.endswith("_yuan") or column.name == "price_basis"
    ]
    rules = [rule for rule in national_rules() if rule.conduct == "selling" and not rule.repeat]
    return {
        "lots": [
            {
                "id": str(lot.pk),
                "quantity": None if lot.quantity is None else f"{lot.quantity:f}",
                "candidates": lot.candidates,
                "fields": {name: f"{value}" for name in names if (value := getattr(lot, name)) not in (None, "")},
            }
            for lot, _verdict in lots
        ],
        "verdicts": {str(lot.pk): verdict for lot, verdict in lots},
        "rules": [
            {"measure": rule.measure, "words": "", "yuan": f"{rule.yuan:f}", "source": ""}
            for rule in rules
            if rule.holds_on(inspection.started_at.date())
        ],
    }


def test_the_phone_and_the_server_agree_on_value_and_on_the_line_of_referral():
    chance, inspection = random.Random(7), Inspection()
    shops = [shop(chance) for _each in range(300)]
    said = json.dumps([as_the_phone_knows(lots, inspection) for lots in shops])
    ran = subprocess.run(
        [node(), "--input-type=module", "-e", RUN % SCRIPT.as_uri()],
        input=said, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    by_phone, by_server = json.loads(ran.stdout), [by_the_server(lots, inspection) for lots in shops]
    for phone, server, lots in zip(by_phone, by_server, shops, strict=True):
        assert phone == server, as_the_phone_knows(lots, inspection)
    assert {each["duty"] for each in by_server} == {True, False}
