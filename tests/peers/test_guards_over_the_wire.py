"""G7 and G8 between two installations: shuffled, doubled, delayed and lost requests, also one release apart."""

from __future__ import annotations

from random import Random
from uuid import uuid4

import pytest
from harness import guards
from peers import house

from federation.contracts.addresses import Address
from federation.letters.reconciliation import reconcile
from federation.peers import carrying, outbound
from federation.peers.errors import PeerUnreachable

pytestmark = [pytest.mark.xdist_group("two-installations"), pytest.mark.timeout(900, func_only=True)]


class BadLine:
    """A wire that loses requests, loses answers, and brings some of them twice or long after."""

    def __init__(self, chance: Random, share: float) -> None:
        self.chance, self.share, self.kept = chance, share, []
        self.ask = outbound.ask
        self.troubles = 0

    def __call__(self, peer, method, path, said=None, *, raw=None):
        kind = self.chance.random() / self.share
        if kind < 1:
            self.troubles += 1
        if kind < 0.25:
            raise PeerUnreachable(why="lost")
        if kind < 0.5:
            self.ask(peer, method, path, said, raw=raw)
            raise PeerUnreachable(why="answer lost")
        if kind < 0.75 and raw is None:
            self.ask(peer, method, path, said, raw=raw)  # twice
        elif kind < 1 and raw is None:
            self.kept.append((peer, method, path, said))  # and once more, later
        return self.ask(peer, method, path, said, raw=raw)

    def bring_what_was_kept(self) -> None:
        self.chance.shuffle(self.kept)
        for late in self.kept:
            self.ask(*late)
        self.kept.clear()


@pytest.mark.guard("G7")
@pytest.mark.guard("G8")
def test_letters_over_a_bad_line_end_in_one_state_and_both_sides_agree(pair, monkeypatch, trials):
    chance = Random(7)
    there = pair.other.party
    line = BadLine(chance, 0.5)
    monkeypatch.setattr(outbound, "ask", line)
    matters = [uuid4() for _ in range(3)]
    wanted, sent, back = {}, [], []
    for round_number in range(guards.size(2, 40)):
        for number in range(6):
            matter = chance.choice(matters)
            text = f"{round_number}.{number}"
            files = (chance.randbytes(20_000),) if number % 3 == 0 else ()
            later = house.NoteV2 if number == 5 else house.NoteV1
            fields = {"weight": 1} if later is house.NoteV2 else {}
            letter = house.send("gx", text, [there, "province:gd"], thread=matter, files=files, message=later, **fields)
            sent.append(letter.pk)
            wanted.setdefault(str(matter), []).append(text)
            back.append(pair.other("send", text=f"复 {text}", to=["province:gx"]))
        for turn in range(4):
            if round_number == 0 and turn == 2:
                pair.other("upgrade")  # until now it was one release behind
            pair.hurry()
            pair.settle(1)
            house.deliver("gd")
        with house.context.seat(house.COURIER):
            line.bring_what_was_kept()
    monkeypatch.undo()
    for _ in range(20):
        if all(house.course("gx", letter)[1]["state"] == "delivered" for letter in sent):
            break
        pair.hurry()
        pair.settle(2)
    pair.settle(2)

    arrived = {}
    for note in pair.other("noted"):
        arrived.setdefault(note["thread"], []).append(note["text"])
    assert arrived == wanted
    answers = [note["text"] for note in house.noted("gx")]
    assert sorted(answers) == sorted(set(answers))
    assert len(answers) == len(back)
    assert line.troubles > 5
    assert carrying.GIVE_UP_AFTER  # nothing was given up meanwhile
    for way in reconcile(Address.province("gx"), Address.parse(there)):
        assert way.agrees
        assert not way.sent.waiting
        assert way.sent.root == way.received.root
    trials(len(sent) + len(back))
