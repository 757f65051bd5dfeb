"""Rooms between provinces, a brand, the police and the office: letters out and in, each party its own copy."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from harness import people
from harness.clocks import owed
from harness.jointcase_world import at

from accounts.models import User
from federation.contracts.addresses import Address
from federation.contracts.joint_case import JointCaseInvitationV1
from federation.jointcases import access, reckoning, selectors
from federation.jointcases.errors import LeadStays, RoomClosed, RowsOpen
from federation.jointcases.models import Entry, Room, RoomFile, RoomGrant
from federation.jointcases.services import propose, rooms, wall, work
from federation.jointcases.services.rooms import Wanted
from federation.letters.models import Letter, LetterBody
from federation.letters.post import post
from kernel import clock
from kernel.errors import NotAllowed, NotFound404
from notify.models import Notice


def shape(now: reckoning.RoomNow) -> dict[str, object]:
    """What a copy says of the room, phones of contacts apart."""
    return {
        "lead": now.lead,
        "seats": {pk: (seat.state, seat.reason) for pk, seat in now.seats.items()},
        "tasks": {pk: (task.holder, task.standing, task.returned) for pk, task in now.tasks.items()},
        "rows": {pk: (row.seat_id, row.is_.quantity) for pk, row in now.rows.items()},
        "items": {pk: (item.seat_id, item.off) for pk, item in now.items.items()},
        "meetings": {pk: sorted(each.done) for pk, each in now.meetings.items()},
        "lines": [(line.entry.entry_id, line.counted) for line in now.lines],
        "closed": now.closed_at,
    }


def test_an_invitation_is_a_numbered_letter_with_a_working_day_and_no_contents_before_the_answer(parties, run_letters):
    """F-16."""
    parties.open()
    parties.do("gx", work.set_task, title="摸排库房", holder=parties.seat("gx", "兴宁区局"))
    run_letters()
    with at("gz"):
        room = Room.objects.get()
        assert (room.standing, room.title, room.lead_name) == ("invited", "岚壑春系列假酒案", "青秀区局")
        assert room.document_no.startswith("gx青市监联办〔") and room.answer_by is not None
        now = parties.inside("gz").now
        assert not now.tasks and {seat.state for seat in now.seats.values()} == {"joined", "invited"}
        assert Notice.objects.filter(code="joint_case").exists()
        letter = Letter.objects.get(kind="joint_case.invitation")
        assert "摸排库房" not in LetterBody.objects.get(pk=letter.pk).body
        with pytest.raises(NotAllowed):
            work.note(room=parties.inside("gz"), words="还没参加")
    with at("gx"):
        seat = next(each for each in parties.inside("gx").now.seats.values() if each.party == "province:gz")
        with clock.frozen(clock.now() + timedelta(days=9)):
            assert selectors.overdue(seat)


def test_the_same_invitation_accepted_twice_counts_once_and_late_is_noted(parties, run_letters):
    """Bad input: the same joint-case invitation accepted twice."""
    parties.open()
    run_letters()
    with at("gz"):
        held = parties.inside("gz")  # a page that was open before
        rooms.answer(room=held, accept=True)
        rooms.answer(room=held, accept=True)
        assert Entry.objects.filter(body__said__what="seat_joined").count() == 1
        said = Letter.objects.get(kind="joint_case.invitation")
    assert "province:gz" not in owed("joint_case.invitation")
    run_letters()
    with at("gx"):  # the letter itself once more
        room, now = Room.objects.get(), parties.inside("gx").now
        assert [seat.state for seat in now.seats.values() if seat.party == "province:gz"] == ["joined"]
        body = LetterBody.objects.get(pk=said.pk)
        message = JointCaseInvitationV1.model_validate_json(body.body)
        with transaction.atomic():
            post(
                message, to=Address.province("gz"), thread=room.shared_id, by=parties.of["gx"].desk,
                document_no="又〔1〕",
            )  # fmt: skip
    run_letters()
    with at("gz"):
        assert Room.objects.count() == 1 and Room.objects.get().standing == "open"


def test_all_copies_agree_after_work_of_everybody_and_persons_stay_away_from_seats_without_that_right(
    joined, run_letters
):
    """F-16, F-17."""
    with at("gz"):
        theirs = joined.inside("gz").joined[0].id
    task = joined.do("gx", work.set_task, title="查上线", holder=theirs)
    run_letters()
    joined.do("gz", work.report_task, task_id=task, standing="done", result="已查明")
    joined.do("gx", work.set_progress, place="青秀区", party_name="红棚酒行某甲", quantity=Decimal(96), unit="瓶")
    joined.do("gz", work.set_progress, place="仁怀市", quantity=Decimal(40), unit="瓶", value_yuan=Decimal("1200.50"))
    joined.do(
        "gz", work.tie, via="phone", value="19900001234", one={"label": "某酒行"},
        other={"label": "某甲", "kind": "person"},
    )  # fmt: skip
    joined.do("lan", work.note, words="批次已确认")
    settled = [{"text": "送检", "seat_id": theirs}]
    meeting = joined.do("gx", work.write_minutes, title="第一次联席会议", held_on=clock.today(), actions=settled)
    run_letters()
    with at("gz"):
        action = joined.inside("gz").now.meetings[meeting].is_.actions[0].action_id
    joined.do("gz", work.action_done, action_id=action)
    run_letters()
    shapes = {}
    for who in ("gx", "gz", "lan"):
        with at(who):
            shapes[who] = shape(joined.inside(who).now)
    assert shapes["gx"] == shapes["gz"] == shapes["lan"]
    with at("gx"):
        now = joined.inside("gx").now
        assert now.totals().quantities == {"瓶": Decimal(136)} and now.totals().value_yuan == Decimal("1200.50")
        assert now.tasks[task].standing == "done" and now.meetings[meeting].done
        assert now.contributions()[theirs]["progress"] == 1
    with at("lan"):
        text = "".join(str(body) for body in Entry.objects.values_list("body", flat=True))
        assert "某甲" not in text and "19900001234" not in text and "某酒行" in text
        letters = "".join(LetterBody.objects.values_list("body", flat=True))
        assert "某甲" not in letters, "not in what was sent either"


def test_one_who_joins_late_gets_what_was_said_before_and_files_that_are_for_it(parties, run_letters):
    parties.open()
    with at("gx"):
        exhibit = people.sealed_photo(parties.of["gx"].chen)
        with pytest.raises(NotFound404):
            wall.show(room=parties.inside("gx"), exhibit_id=exhibit.pk, title="无权")  # nobody may see it
    with at("gx"):
        room = parties.inside("gx", parties.of["gx"].chen)
        item = _shown(room, exhibit, "快递面单")
        other = _shown(room, people.sealed_photo(parties.of["gx"].chen, "second"), "仅此席位", audience="named")
    run_letters()
    parties.do("gz", rooms.answer, accept=True)
    parties.do("lan", rooms.answer, accept=True)
    run_letters()
    with at("gz"):
        file = RoomFile.objects.get()
        assert file.item_id == item and file.exhibit.sha256 == exhibit.sha256 and file.exhibit.view_only
        assert set(parties.inside("gz").now.items) == {item, other}
        assert access.opens_by_room(parties.of["gz"].desk, file.exhibit)
        assert not access.opens_by_room(parties.of["gz"].mo, file.exhibit)
    with at("lan"):
        assert not RoomFile.objects.exists() and item in parties.inside("lan").now.items
    with at("gx"):
        assert {(row.party, row.ended_at) for row in RoomGrant.objects.all()} == {("province:gz", None)}
        chen = parties.inside("gx", parties.of["gx"].chen)
        wall.end(room=chen, item_id=item, reason="已移转原件")
    with at("gz"):  # before any letter came
        assert not access.opens_by_room(parties.of["gz"].desk, file.exhibit)


def _shown(room, exhibit, title, **more):
    """Put an exhibit on the wall that a door lets its officer see."""
    from evidence import doors

    door = doors.register(lambda person, found: found.pk == exhibit.pk)
    try:
        return wall.show(room=room, exhibit_id=exhibit.pk, title=title, **more)
    finally:
        doors._doors.remove(door)


def test_leaving_with_tasks_open_gives_them_back_with_a_notice_closes_files_and_the_timeline_keeps_the_event(
    joined, run_letters
):
    """Edge case 9; bad input: a member that leaves with tasks open."""
    with at("gz"):
        theirs = joined.inside("gz").joined[0].id
        chen = joined.of["gz"].chen
        item = _shown(joined.inside("gz", chen), people.sealed_photo(chen), "账册")
    with at("gx"):
        mine = joined.of["gx"].chen
        kept_item = _shown(joined.inside("gx", mine), people.sealed_photo(mine, "two"), "面单")
    task = joined.do("gx", work.set_task, title="查上线", holder=theirs)
    run_letters()
    with at("gx"):
        assert RoomFile.objects.get(item_id=item).ended_at is None
    with at("gz"), pytest.raises(NotFound404):
        rooms.leave(room=joined.inside("gz"), reason="不熟的席位", seat_id=uuid4())
    joined.do("gz", rooms.leave, reason="已另案办理")
    run_letters()
    with at("gx"):
        now = joined.inside("gx").now
        assert (now.tasks[task].holder, now.tasks[task].returned) == (now.lead, True)
        assert now.items[item].off and RoomFile.objects.get(item_id=item).ended_at is not None
        assert Notice.objects.filter(title__contains="任务退回牵头单位：查上线").exists()
        assert any(line.entry.said.what == "shown" and line.entry.party == "province:gz" for line in now.lines)
        assert RoomGrant.objects.get(item_id=kept_item, party="province:gz").ended_at is not None
        with pytest.raises(LeadStays):
            rooms.leave(room=joined.inside("gx"), reason="牵头", seat_id=now.lead)
    with at("gz"):
        assert Room.objects.get().standing == "left"
        assert RoomFile.objects.get(item_id=kept_item).ended_at is not None
        with pytest.raises(NotAllowed):
            work.note(room=joined.inside("gz"), words="走了以后")
    joined.do("gx", work.note, words="继续")
    run_letters()
    with at("gz"):
        assert "继续" not in str(list(Entry.objects.values_list("body", flat=True)))


def test_the_lead_is_handed_over_and_the_new_lead_invites_and_passes_on(joined, run_letters):
    with at("gx"):
        to = next(pk for pk, seat in joined.inside("gx").now.seats.items() if seat.party == "province:gz")
    joined.do("gx", rooms.hand_lead, seat_id=to, reason="窝点在仁怀")
    run_letters()
    with at("gx"):
        assert not joined.inside("gx").leads
        with pytest.raises(NotAllowed):
            work.set_task(room=joined.inside("gx"), title="越权", holder=to)
        rooms.leave(room=joined.inside("gx"), reason="收尾", seat_id=joined.inside("gx").seats[0].id)
    with at("gz"):
        assert joined.inside("gz").leads
        rooms.name_seats(room=joined.inside("gz"), wanted=[Wanted(party="province:gd", name="白云区局")])
    run_letters()
    with at("gd"):
        top = people.bureau("gd", "440111") if not User.objects.exists() else None
        assert top is not None
        viewer = selectors.viewer_at_province(top.wei)
        room = selectors.inside(viewer, Room.objects.get())
        assert room.room.origin == "province:gz" and room.now.header is not None
        rooms.answer(room=room, accept=True)
    run_letters()
    shapes = []
    for who, person in (("gz", None), ("gd", "wei"), ("gx", None)):
        with at(who):
            found = User.objects.get(username=person) if person else None
            viewer = selectors.viewer_at_province(found or joined.of[who].desk)
            shapes.append(shape(selectors.inside(viewer, Room.objects.get()).now))
    assert shapes[0] == shapes[1] == shapes[2]


def test_closing_needs_every_row_ended_or_explained_and_reopening_goes_on(joined, run_letters):
    row = joined.do("gx", work.set_progress, place="青秀区")
    with at("gx"), pytest.raises(RowsOpen, match="青秀区"):
        rooms.close(room=joined.inside("gx"), report="结")
    joined.do("gx", rooms.close, report="全链条查清", explained={row: "移送公安继续办理"})
    run_letters()
    with at("gz"):
        room = joined.inside("gz")
        assert room.room.standing == "closed" and room.now.rows[row].explained == "移送公安继续办理"
        with pytest.raises(RoomClosed):
            work.note(room=room, words="结案以后")
    joined.do("gx", rooms.reopen, reason="又发现下线")
    run_letters()
    joined.do("gz", work.note, words="继续办理")


def test_the_office_proposes_and_each_province_decides_itself_and_the_office_gets_no_contents(parties, run_letters):
    with at("office"):
        room = propose(
            title="三省系列案", parties=["province:gx", "province:gz", parties.lan], by=parties.zhao, code_name="江河"
        )
        assert room.standing == "open"
    run_letters()
    with at("gx"):
        assert Room.objects.get().standing == "invited" and not parties.inside("gx").leads
    for who in ("gx", "gz"):
        parties.do(who, rooms.answer, accept=True)
        run_letters()
    with at("lan"), pytest.raises(Exception, match="原因"):
        rooms.answer(room=parties.inside("lan"), accept=False)
    parties.do("lan", rooms.answer, accept=False, reason="非本企业产品")
    run_letters()
    with at("gx"):
        inside = parties.inside("gx")
        assert inside.leads and inside.now.lead_party == "province:gx"
        work.set_task(room=inside, title="分工", holder=inside.now.lead)
        work.note(room=inside, words="内部安排")
    run_letters()
    with at("office"):
        now = parties.inside("office").now
        assert [seat.state for seat in now.seats.values()].count("joined") == 3 and not now.tasks
        assert "内部安排" not in str(list(Entry.objects.values_list("body", flat=True)))
        assert not parties.inside("office").leads


def test_a_guest_sees_one_room_only_without_persons_and_nothing_after_being_shown_out(joined, client_for):
    """Police without an account of their own."""
    joined.do("gx", work.set_progress, place="青秀区", party_name="某甲酒行")
    police = joined.seat("gx", "某市公安局")
    row = joined.do("gx", rooms.let_in, seat_id=police, name="样警官", phone="19900008888")
    with at("gx"):
        guest = User.objects.get(pk=row.person_id)
        assert not guest.posts.exists()
        seen = joined.inside("gx", guest)
        assert seen.guest and [seat.id for seat in seen.joined] == [police] and not seen.leads
        assert [each.is_.party_name for each in seen.now.rows.values()] == [""]
        work.note(room=seen, words="已立案侦查")
        with pytest.raises(NotAllowed):
            rooms.let_in(room=seen, seat_id=police, name="别人", phone="19900008889")
    joined.do("gx", rooms.show_out, pass_id=row.pk)
    with at("gx"):
        assert not selectors.rooms_of(joined.viewer("gx", guest)).exists()


def test_an_officer_writes_for_their_own_unit_alone_and_one_province_alone_may_hold_a_series(parties):
    """Several counties of one province are seats of it."""
    with at("gx"):
        mine = parties.of["gx"]
        said = {"title": "全区系列案", "code_name": "邕江", "lead_unit_id": mine.top.pk}
        room = rooms.open_room(viewer=parties.viewer("gx"), **said)
        rooms.name_seats(
            room=parties.inside("gx"), wanted=[Wanted(unit_id=mine.county.pk), Wanted(unit_id=mine.other.pk)]
        )
        chen = parties.inside("gx", mine.chen)
        assert [seat.is_.name for seat in chen.joined] == [mine.county.name] and not chen.leads
        row = work.set_progress(room=chen, place="青秀区")
        with pytest.raises((NotFound404, NotAllowed)):
            work.set_progress(room=parties.inside("gx", mine.mo), row_id=row, place="改别人的")
        assert not Letter.objects.filter(thread=room.shared_id).exists()
        secret = {"title": "某", "code_name": "某", "secrecy": "leaders"}
        rooms.describe(room=parties.inside("gx"), **secret)
        assert not selectors.rooms_of(parties.viewer("gx", mine.chen)).exists()
