"""Rows of agreements and grants, with what their addresses need, for the world of the doors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accounts.models import User
from federation.agreements.models import Action, Meeting, Minutes, Revision, Seat
from federation.agreements.services import agreeing
from federation.contracts.addresses import Address
from federation.grants import services as grants
from federation.grants.models import Item
from federation.letters.delivery import deliver_everywhere
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE


def fill(world: Any) -> None:
    """Commits: for each of two provinces an agreement with a third, a meeting and its action, and grants both ways."""
    people, ids = world.people, world.ids
    for code, other, house in (("gx", "fj", "lan"), ("gz", "gd", "he")):
        organisation = Address.organisation(world.houses[house].organisation.pk)
        with context.province(code):
            wei = User.objects.get(username="wei")
            made = agreeing.propose(
                by=wei, form="pair", wanted=agreeing.Wanted(
                    title="某协议", parties=[code, other], scope=["bulletin"], valid_from=clock.today(),
                    valid_until=clock.today() + timedelta(days=90),
                ),
            )  # fmt: skip
            held = Meeting.objects.create(
                agreement_id=made.pk,
                host=code,
                title="某会",
                starts_at=clock.now(),
                called_by="某",
                called_at=clock.now(),
            )
            Seat.objects.create(meeting_id=held.pk, party=code, invited=True)
            Minutes.objects.create(meeting=held, number=1, text="某", written_by="某", at=clock.now())
            action = Action.objects.create(meeting=held, text="某", owner=code, due_on=clock.today())
            given = _give(organisation, by=wei)
            ids[code] |= {
                "agreement_id": made.pk, "revision_id": Revision.objects.get(agreement=made).pk,
                "conference_id": held.pk, "todo_id": action.pk, "given_id": given.grant_id,
            }  # fmt: skip
        with context.seat(OFFICE):
            ids[code]["grant_id"] = _give(Address.province(code), by=people["office"]["zhao"]).grant_id
        with context.seat(BRANDS):
            back = _give(Address.office(), by=people[house]["rights"], sender=organisation)
            ids[house] |= {"given_id": back.grant_id, "grant_id": given.grant_id}
    deliver_everywhere()
    for owner in ("gx", "gz", "lan", "he"):
        with context.seat(world.seat(owner)):
            item = Item.objects.get(grant__grant_id=ids[owner]["grant_id"], grant__side="held")
            ids[owner]["shared_id"] = item.item_id
    ids["office"] |= {
        "agreement_id": ids["gx"]["agreement_id"], "revision_id": ids["gx"]["revision_id"],
        "grant_id": ids["lan"]["given_id"], "given_id": ids["gx"]["grant_id"], "shared_id": ids["gx"]["shared_id"],
    }  # fmt: skip


def _give(to: Address, **more: Any) -> Any:
    return grants.give(
        to=to, purpose="某用途", contents={"fact": "view"}, subject_kind="note", subject_id=uuid7(),
        subject_title="某事", expires_at=clock.now() + timedelta(days=9),
        items=[grants.Shared(content="fact", title="某事实", text="某")], **more,
    )  # fmt: skip
