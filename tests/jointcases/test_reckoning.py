"""The room of the same entries is the same, in whatever order and however often they come. No database."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from harness.guards import size

from federation.contracts import joint_case as said
from federation.contracts.joint_case import EntryV1, SeatV1
from federation.jointcases import reckoning
from federation.jointcases.reckoning import Kept

GX, GD, LAN = "province:gx", "province:gd", "organisation:00000000-0000-0000-0000-000000000001"
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def uid(name: str) -> UUID:
    return uuid5(UUID(int=7), name)


def seat(name: str, party: str, kind: str = "bureau", **more: object) -> SeatV1:
    return SeatV1(seat_id=uid(name), party=party, kind=kind, name=name, **more)


class Story:
    """Writes entries, each one turn after all before."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []

    def says(self, who: str, party: str, it: said.Said, *, turn: int | None = None, via: str = "") -> EntryV1:
        number = len(self.kept) + 1
        entry = EntryV1(
            entry_id=uid(f"e{number}"), party=party, seat_id=uid(who), turn=turn or number,
            at=START + timedelta(minutes=number), who=who, said=it,
        )  # fmt: skip
        self.kept.append(Kept(entry, via or party))
        return entry

    def room(self, kept: list[Kept] | None = None) -> reckoning.RoomNow:
        return reckoning.reckon(kept if kept is not None else self.kept, origin=GX)


def opened() -> Story:
    """广西 leads with 青秀; 白云 and the brand were asked and take part."""
    story = Story()
    story.says("qx", GX, said.OpenedV1(title="某", code_name="春江", lead=seat("qx", GX)))
    for name, party, kind in (("xxt", GX, "bureau"), ("by", GD, "bureau"), ("lan", LAN, "brand")):
        story.says("qx", GX, said.SeatNamedV1(seat=seat(name, party, kind, persons=kind == "bureau")))
    story.says("by", GD, said.SeatJoinedV1(seat_id=uid("by")))
    story.says("lan", LAN, said.SeatJoinedV1(seat_id=uid("lan")))
    return story


def work(story: Story) -> None:
    story.says("qx", GX, said.TaskSetV1(task_id=uid("t"), title="查物流", holder=uid("by")))
    story.says("by", GD, said.TaskReportedV1(task_id=uid("t"), standing="underway"))
    for name, party, amount in (("qx", GX, "96"), ("by", GD, "40")):
        row = said.ProgressV1(row_id=uid("r" + name), place=name, quantity=Decimal(amount), unit="瓶")
        story.says(name, party, row)
    node = said.NodeV1(node_id=uid("n1"), kind="shop", label="某酒行")
    person = said.NodeV1(node_id=uid("n2"), kind="person", label="某甲")
    story.says("by", GD, said.TieV1(tie_id=uid("tie"), one=node, other=person, via="phone", value="19900001234"))
    seals = {"sha256": "a" * 64, "sm3": "b" * 64, "view_sha256": "c" * 64}
    story.says("by", GD, said.ShownV1(item_id=uid("i"), title="面单", **seals))
    action = said.MeetingActionV1(action_id=uid("a"), text="送检", seat_id=uid("xxt"))
    story.says("qx", GX, said.MinutesV1(meeting_id=uid("m"), title="一次", held_on=date(2026, 3, 3), actions=(action,)))
    story.says("xxt", GX, said.ActionDoneV1(meeting_id=uid("m"), action_id=uid("a")))


def shape(room: reckoning.RoomNow) -> str:
    return repr({k: v for k, v in asdict(room).items() if k not in ("leads",)}) + repr(sorted(room.leads))


@pytest.mark.guard("rooms")
def test_any_order_and_any_doubling_of_letters_gives_the_same_room(trials):
    story = opened()
    work(story)
    story.says("qx", GX, said.LeadHandedV1(seat_id=uid("by")))
    story.says("qx", GX, said.SeatLeftV1(seat_id=uid("qx"), reason="区划调整"))
    story.says("by", GD, said.TaskSetV1(task_id=uid("t2"), title="收口", holder=uid("lan")))
    # Passed on by the new lead before, or after, the author's own letter came.
    passed = [Kept(each.entry, GD) for each in story.kept if each.entry.said.what == "seat_joined"]
    wanted = shape(story.room())
    dice = random.Random(7)
    count = size(60, 3000)
    for _round in range(count):
        mixed = [*story.kept, *dice.choices([*story.kept, *passed], k=10)]
        dice.shuffle(mixed)
        assert shape(story.room(mixed)) == wanted
    trials(count)
    room = story.room()
    assert room.lead == uid("by") and room.seats[uid("qx")].state == "left"
    assert room.rows[uid("rqx")].is_.quantity == 96 and room.totals().quantities == {"瓶": Decimal(136)}


def test_a_member_that_leaves_with_tasks_open_gives_them_back_and_its_files_leave_the_wall_but_not_the_timeline():
    """F-16, edge case 9."""
    story = opened()
    work(story)
    before = len(story.kept)
    story.says("by", GD, said.SeatLeftV1(seat_id=uid("by"), reason="本地已另案办理"))
    room = story.room()
    task, item = room.tasks[uid("t")], room.items[uid("i")]
    assert (task.holder, task.returned, task.standing) == (uid("qx"), True, "underway")
    assert item.off and item.why == "本地已另案办理" and not room.shown_to(item, GX)
    assert [line.entry.said.what for line in room.lines if line.entry.party == GD].count("shown") == 1
    assert len(room.lines) == before + 1 and room.rows[uid("rby")].is_.place == "by"
    assert room.contributions()[uid("by")]["progress"] == 1


def test_what_its_author_might_not_say_is_counted_nowhere_and_stays_in_the_timeline():
    story = opened()
    work(story)
    wrong = [
        story.says("by", GD, said.TaskSetV1(task_id=uid("x"), title="越权", holder=uid("qx"))),  # does not lead
        story.says("by", GD, said.ProgressV1(row_id=uid("rqx"), place="改别人的")),  # another unit's row
        story.says("qx", GD, said.NoteV1(words="冒名")),  # another party's seat
        story.says("by", GD, said.SeatNamedV1(seat=seat("new", GD))),
        story.says("lan", LAN, said.ClosedV1(report="结")),
        story.says("qx", GX, said.SeatLeftV1(seat_id=uid("qx"), reason="牵头不能走")),
    ]
    forged = EntryV1(
        entry_id=uid("forged"), party=GX, seat_id=uid("qx"), turn=99, at=START, who="?", said=said.NoteV1(words="转来")
    )
    story.kept.append(Kept(forged, LAN))  # passed on by one that never led
    room = story.room()
    assert {line.entry.entry_id for line in room.lines if not line.counted} == {each.entry_id for each in wrong}
    assert uid("forged") not in {line.entry.entry_id for line in room.lines}
    assert room.rows[uid("rqx")].is_.place == "qx" and room.closed_at is None


def test_a_seat_without_that_right_gets_no_name_phone_or_account_of_a_person():
    story = opened()
    work(story)
    room = story.room()
    assert room.persons_for(GD) and not room.persons_for(LAN)
    tie = next(each.entry for each in story.kept if each.entry.said.what == "tie")
    text = reckoning.veiled(tie).model_dump_json()
    assert "某甲" not in text and "19900001234" not in text and "某酒行" in text
    row = tie.model_copy(update={"said": said.ProgressV1(row_id=uid("r"), place="某县", party_name="某乙")})
    assert "某乙" not in reckoning.veiled(row).model_dump_json()


def test_declined_then_accepted_late_counts_and_accepting_twice_is_once():
    story = Story()
    story.says("qx", GX, said.OpenedV1(title="某", code_name="春江", lead=seat("qx", GX)))
    story.says("qx", GX, said.SeatNamedV1(seat=seat("by", GD), answer_by=START))
    story.says("by", GD, said.SeatDeclinedV1(seat_id=uid("by"), reason="人手不足"))
    first = story.says("by", GD, said.SeatJoinedV1(seat_id=uid("by")))
    again = story.says("by", GD, said.SeatJoinedV1(seat_id=uid("by")))
    room = story.room()
    assert room.seats[uid("by")].state == "joined" and room.seats[uid("by")].late
    counted = {line.entry.entry_id: line.counted for line in room.lines}
    assert counted[first.entry_id] and not counted[again.entry_id]
