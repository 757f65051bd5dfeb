"""Guard of the merge: two phones and the server agree whatever the order, the doubling and the broken connections."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from harness.guards import size

from kernel import clock
from kernel.ids import uuid7
from tenants.inspections import services
from tenants.inspections.merge import LotState, Operation, lots_of, merge
from tenants.inspections.models import CountOperation, Lot

SCRIPT = Path(__file__).resolve().parents[2] / "tenants/inspections/static/inspections/merge.js"


def ids(chance: random.Random) -> Iterator[str]:
    while True:
        yield str(UUID(int=chance.getrandbits(128), version=4))


@dataclass
class Phone:
    """Holds what it said and what it heard. Every line it sends may be lost on the way out or on the way back."""

    by: str
    device: str
    log: dict[str, Operation] = field(default_factory=dict)
    unsent: list[Operation] = field(default_factory=list)
    cursor: int = 0

    def say(self, kind: str, lot: str, value: dict, new_id: str) -> Operation:
        turn = max((each.turn for each in self.log.values()), default=0) + 1
        said = Operation(id=new_id, lot_id=lot, kind=kind, value=value, turn=turn, by=self.by, by_name=self.by)
        self.log[said.id] = said
        self.unsent.append(said)
        return said


@dataclass
class Server:
    """The log in the order of arrival."""

    log: list[Operation] = field(default_factory=list)

    def take(self, operations: list[Operation]) -> None:
        for each in operations:
            if each.id not in {known.id for known in self.log}:
                self.log.append(each)


def act(phone: Phone, lots: list[str], chance: random.Random, fresh: Iterator[str]) -> None:
    """One thing a person does, knowing what this phone shows."""
    lot = chance.choice(lots)
    shown = merge(phone.log.values()).get(lot)
    counting = (each for each in phone.log.values() if each.kind not in ("detail", "lot"))
    counted = [each.id for each in counting if lot in lots_of(each)]
    kinds = {"add": 8, "set": 3, "split": 1, "detail": 3, "lot": 1, "resolve": 3 if shown and shown.candidates else 0}
    kind = chance.choices(list(kinds), weights=list(kinds.values()))[0]
    match kind:
        case "add":
            value = {"delta": chance.choice(["1", "12", "-1", "0.5"])}
        case "set" | "resolve":
            value = {"quantity": str(chance.randrange(100)), "covers": counted}
        case "split":
            lots.append(next(fresh))
            value = {"lot": lots[-1], "quantity": "2", "fields": {"note": "不同"}}
        case _:
            value = {"fields": {chance.choice(["batch_no", "unit", "note"]): str(chance.randrange(9))}}
    phone.say(kind, lot, value, next(fresh))


def exchange(phone: Phone, server: Server, chance: random.Random) -> None:
    """Send and fetch over a connection that may break at any point, or carry things twice and out of order."""
    batch = phone.unsent[: chance.randrange(1, 6)]
    chance.shuffle(batch)
    if chance.random() < 0.2:
        return  # nothing went out
    server.take(batch + batch[:1])
    if chance.random() < 0.25:
        return  # it arrived, but the answer was lost: the phone sends it all again
    sent = {each.id for each in batch}
    phone.unsent = [each for each in phone.unsent if each.id not in sent]
    if chance.random() < 0.2:
        return
    upto = chance.randrange(phone.cursor, len(server.log) + 1)
    phone.log.update({each.id: each for each in server.log[phone.cursor : upto]})
    if chance.random() < 0.8:
        phone.cursor = upto  # otherwise it forgot where it was, and hears the same again


def settle(phone: Phone, server: Server) -> None:
    server.take(phone.unsent)
    phone.unsent = []


def told(states: dict[str, LotState]) -> dict:
    return {
        key: (state.quantity, sorted((each.by, each.quantity) for each in state.candidates), dict(state.fields))
        for key, state in states.items()
    }


def interleave(seed: int) -> tuple[list[Phone], Server, int]:
    """Two officers, one of them with two phones, in one random order of work and broken connections."""
    chance = random.Random(seed)
    fresh = ids(chance)
    server, lots = Server(), [next(fresh) for _each in range(3)]
    phones = [Phone("chen", "a"), Phone("li", "b"), Phone("chen", "c")]
    dies = chance.choice([None, None, phones[2]])
    for step in range(40):
        phone = chance.choice(phones)
        if phone is dies and step > 20:
            continue  # its battery is empty; the others go on
        if chance.random() < 0.6:
            act(phone, lots, chance, fresh)
        else:
            exchange(phone, server, chance)
    said = len({key for phone in phones for key in phone.log})
    for phone in phones:
        settle(phone, server)
    for phone in phones:
        phone.log.update({each.id: each for each in server.log})
    return phones, server, said


@pytest.mark.guard("counting")
def test_phones_and_server_agree_after_any_interleaving_and_nothing_is_lost(trials):
    count = size(1000, 10_000)
    for seed in range(count):
        phones, server, said = interleave(seed)
        assert len(server.log) == said, f"seed {seed}: something was lost"
        expected = told(merge(server.log))
        shuffled = random.Random(-seed).sample(server.log, len(server.log))
        for log in (*(phone.log.values() for phone in phones), shuffled, [*shuffled, *server.log]):
            assert told(merge(log)) == expected, f"seed {seed}"
    trials(count)


def test_the_server_keeps_and_says_what_the_merge_says(at_gx, opened):
    """The same through the rows of the database: broken connections, doubled calls, any order."""
    people = {"chen": at_gx.chen, "li": at_gx.li}
    for seed in range(8):
        inspection = opened()
        log = interleave(seed)[1].log
        chance = random.Random(seed)
        waiting = [*log, *chance.sample(log, len(log) // 3)]
        chance.shuffle(waiting)
        while waiting:
            batch, waiting = waiting[:7], waiting[7:]
            for by, person in people.items():
                said = [
                    services.Said(
                        id=UUID(each.id), lot_id=UUID(each.lot_id), kind=each.kind, value=each.value, turn=each.turn,
                        at=clock.now(),
                    )
                    for each in batch
                    if each.by == by
                ]  # fmt: skip
                done = services.append(by=person, inspection_id=inspection.pk, device_id=uuid7(), operations=said)
                assert not done.refused
        rows = CountOperation.objects.filter(inspection=inspection)
        assert sorted(rows.values_list("version", flat=True)) == sorted({row.version for row in rows})
        assert rows.count() == len(log)
        by_id = {str(person.pk): name for name, person in people.items()}
        found = {
            str(lot.pk): (
                lot.quantity,
                sorted((by_id[each["by"]], Decimal(each["quantity"])) for each in lot.candidates),
                {name: getattr(lot, name) for name in ("batch_no", "unit", "note")},
            )
            for lot in Lot.objects.filter(inspection=inspection)
        }
        expected = {
            key: (quantity, candidates, {name: fields.get(name, "") for name in ("batch_no", "unit", "note")})
            for key, (quantity, candidates, fields) in told(merge(log)).items()
        }
        assert found == expected, f"seed {seed}"


def as_json(operation: Operation) -> dict:
    return {
        "id": operation.id, "lot_id": operation.lot_id, "kind": operation.kind, "value": operation.value,
        "turn": operation.turn, "by": operation.by, "by_name": operation.by_name, "at": None,
    }  # fmt: skip


def node() -> str:
    """The JavaScript engine that comes with the browser driver."""
    from playwright._impl._driver import compute_driver_executable

    return str(compute_driver_executable()[0])


def test_the_phones_own_merge_says_the_same_as_the_servers():
    logs = [interleave(seed)[1].log for seed in range(300)]
    program = (
        f"import {{ merge }} from {json.dumps(SCRIPT.as_uri())};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        "console.log(JSON.stringify(JSON.parse(text).map((log) => [...merge(log).values()])));"
    )
    done = subprocess.run(
        [node(), "--input-type=module", "-e", program],
        input=json.dumps([[as_json(each) for each in log] for log in logs]),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for log, states in zip(logs, json.loads(done.stdout), strict=True):
        theirs = {
            state["id"]: (
                None if state["quantity"] is None else Decimal(state["quantity"]),
                sorted((each["by"], Decimal(each["quantity"])) for each in state["candidates"]),
                state["fields"],
            )
            for state in states
        }
        assert theirs == told(merge(log))
