"""联席会议: called by a member, minutes confirmed by all, actions with owner and day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from harness import people

from federation.agreements import selectors
from federation.agreements.errors import HostOnly, MinutesWrong, NotAKeeper, OwnerOnly, WhyMissing
from federation.agreements.models import Action, Agreement, Meeting, Seat
from federation.agreements.services import agreeing, meeting
from kernel import clock
from notify.models import Notice
from provinces import context


@pytest.fixture
def pair(border, run_letters):
    """(bureaux, agreement id) of 广西 and 广东, in force."""
    both = {code: people.bureau(code) for code in ("gx", "gd")}
    with context.province("gx"):
        made = agreeing.propose(
            by=both["gx"].wei, form="pair", wanted=agreeing.Wanted(
                title="协议", parties=["gx", "gd"], scope=["notice"], valid_from=clock.today(),
                valid_until=clock.today() + timedelta(days=99),
            ),
        )  # fmt: skip
    run_letters()
    with context.province("gd"):
        agreeing.answer(by=both["gd"].wei, revision=selectors.unanswered()[0], consent=True)
    run_letters()
    return both, made.pk


def state(code: str) -> str:
    with context.province(code):
        return Meeting.objects.get().state


def test_minutes_stand_when_every_member_has_confirmed_the_last_number_and_actions_are_done_by_their_owner(
    pair, run_letters
):
    """F-09: call, reply, minutes, objection, new minutes, confirmation; an action reminded once a day, then done."""
    both, agreement_id = pair
    with context.province("gx"):
        agreement = Agreement.objects.get(pk=agreement_id)
        with pytest.raises(NotAKeeper):
            meeting.call(by=both["gx"].chen, agreement=agreement, title="会", starts_at=clock.now(), agenda=["一"])
        held = meeting.call(
            by=both["gx"].wei, agreement=agreement, title="会", starts_at=clock.now(), agenda=["一", " "], place="南宁"
        )
    run_letters()
    with context.province("gd"):
        theirs = Meeting.objects.get(pk=held.pk)
        assert theirs.agenda == ["一"]
        assert dict(Seat.objects.values_list("party", "coming")) == {"gx": True, "gd": None}
        meeting.answer_call(by=both["gd"].wei, meeting=theirs, coming=True, people="韦某")
        with pytest.raises(HostOnly):
            meeting.write_minutes(by=both["gd"].wei, meeting=theirs, minutes="某")
    run_letters()
    to_do = meeting.ToDo(text="列名单", owner="gd", unit="稽查局", due_on=clock.today() + timedelta(days=2))
    with context.province("gx"):
        assert Seat.objects.get(party="gd").people == "韦某"
        with pytest.raises(MinutesWrong):
            meeting.write_minutes(
                by=both["gx"].wei, meeting=held, minutes="某",
                actions=[meeting.ToDo(text="某", owner="fj", due_on=clock.today())],
            )  # fmt: skip
        meeting.write_minutes(
            by=both["gx"].wei, meeting=held, minutes="某", decisions=["甲"],
            actions=[to_do, meeting.ToDo(text="作废", owner="gx", due_on=clock.today())],
        )  # fmt: skip
    run_letters()
    with context.province("gd"):
        assert [row.pk for row in selectors.minutes_waiting()] == [held.pk]
        with pytest.raises(WhyMissing):
            meeting.confirm_minutes(by=both["gd"].wei, meeting=theirs, number=1, confirmed=False)
        meeting.confirm_minutes(by=both["gd"].wei, meeting=theirs, number=1, confirmed=False, objection="日期不对")
    run_letters()
    assert (state("gx"), state("gd")) == ("minuted", "minuted")
    with context.province("gx"):
        first = Action.objects.get(owner="gd")
        again = meeting.ToDo(text="列名单", owner="gd", due_on=clock.today() + timedelta(days=3), action_id=first.pk)
        meeting.write_minutes(by=both["gx"].wei, meeting=held, minutes="又", actions=[again])
    run_letters()
    with context.province("gd"):
        meeting.confirm_minutes(by=both["gd"].wei, meeting=theirs, number=2, confirmed=True)
    run_letters()
    assert (state("gx"), state("gd")) == ("confirmed", "confirmed")
    with context.province("gd"):
        assert dict(Action.objects.values_list("text", "state")) == {"列名单": "open", "作废": "dropped"}
        mine = Action.objects.get(owner="gd")
        assert mine.due_on == clock.today() + timedelta(days=3)
        assert (meeting.remind(), meeting.remind()) == (1, 0)
        assert Notice.objects.filter(user_id=both["gd"].wei.pk, title__contains="列名单").count() == 1
        meeting.finish_action(by=both["gd"].wei, action=mine, words="已列")
    run_letters()
    with context.province("gx"):
        done = Action.objects.get(owner="gd")
        assert (done.state, done.done_words) == ("done", "已列")
        with pytest.raises(OwnerOnly):
            meeting.finish_action(by=both["gx"].wei, action=done)
