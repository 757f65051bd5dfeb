"""Two desks dispatch the same clue in the same moment, with real threads and real commits: one wins (C-17)."""

from __future__ import annotations

import threading
from typing import Any

from harness import people

from accounts.models import Post, User
from audit import trail
from audit.trail import Actor
from kernel.errors import MoveRefused
from provinces import context
from tenants.clues.models import Clue, Dispatch
from tenants.clues.services.arriving import arrived
from tenants.clues.services.dispatching import DispatchedAlready, dispatch
from tenants.clues.services.registering import NewClue, Source

DESKS = 4


def test_of_desks_that_dispatch_at_once_one_wins_and_the_others_are_told_who(border: object) -> None:
    people.divisions()
    bureau = people.bureau("gx")
    with context.province("gx"):
        top = bureau.wei.unit
        type(top).objects.filter(pk=top.pk).update(agency_word="桂测")
        top.refresh_from_db()
        desks = []
        for number in range(DESKS):
            person = User.objects.create_user(f"desk{number}", name=f"甲{number}", unit=top)
            Post.objects.create(user=person, unit=top, role=Post.Role.DISPATCHER)
            desks.append(person)
        source = Source(kind="hotline_12315", name="12315", ref="1")
        clue = arrived(NewClue(desk=top, source=source, content="假酒"), by=Actor(None, "系统"))
    line, won, refused = threading.Barrier(DESKS), list[Any](), list[Any]()

    def at_a_desk(person: User) -> None:
        with context.province("gx"):
            line.wait(20)
            try:
                won.append(dispatch(by=person, clue_id=clue.pk, unit_id=bureau.unit.pk).by_id)
            except MoveRefused as problem:
                refused.append(problem)

    threads = [threading.Thread(target=at_a_desk, args=(person,)) for person in desks]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert (len(won), len(refused)) == (1, DESKS - 1)
    with context.province("gx"):
        winner = User.objects.get(pk=won[0])
        assert all(isinstance(each, DispatchedAlready) and winner.display_name in each.detail for each in refused)
        assert Dispatch.objects.filter(clue=clue).count() == 1
        found = Clue.objects.get(pk=clue.pk)
        assert (found.state, found.holder_unit_id) == ("dispatched", bureau.unit.pk)
        assert [each.verb for each in trail.of(found)].count("dispatch") == 1
