"""Guard G15: a right withdrawn stops working within one second, by every way to what it covers.

A grant is given to a province, to the office and to an organisation. What it covers is reached by page, by API, by a
link made before, as a cached piece, by a job that was queued before, and by an open stream of events. Then it is ended;
no letter is delivered. From that moment none of these ways may lead anywhere.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from harness import people, site
from harness.guards import size

from accounts.models import Post, User
from evidence.store import make_key, store
from federation.contracts.addresses import Address
from federation.contracts.messages import Attachment
from federation.grants import guarded, services
from federation.grants.models import Grant, Item, Use
from kernel import clock
from kernel.errors import Problem
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS, OFFICE, Seat, province_seat

ONE_SECOND = 1.0
SECRET = "仓库在样桥路一号，看门人换班在六点"


@pytest.fixture(scope="module")
def events(database):
    with site.events() as streams:
        yield streams


@dataclass
class Holder:
    """Somebody who holds the grant, signed in at their host."""

    name: str
    seat: Seat
    party: str
    person: User
    client: Any
    token: str = ""
    ticket: dict[str, str] = field(default_factory=dict)


@dataclass
class Listening:
    """An open stream of events, read on a thread of its own."""

    port: int
    host: str
    ticket: dict[str, str]
    heard: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    status: int = 0

    def start(self) -> Listening:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": f"{self.host}:{self.port}", "Origin": f"http://{self.host}"}
        asked = urlencode({"ticket": self.ticket["ticket"], "after": self.ticket["cursor"]})
        line.request("GET", f"/events?{asked}", headers=sent)
        answer = line.getresponse()
        self.status = answer.status

        def read() -> None:
            try:
                self.heard.extend(answer)
            except OSError:
                pass
            finally:
                self.over.set()

        threading.Thread(target=read, daemon=True).start()
        return self

    def hears(self, word: bytes, seconds: float = 3.0) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(word in line for line in self.heard):
                return True
            time.sleep(0.02)
        return False


def picture(words: bytes) -> Attachment:
    """A file in gx's store."""
    key = make_key("gx", "grant")
    stored = store().put(key, io.BytesIO(words), "image/png")
    return Attachment(
        object_key=key, media_type="image/png", size_bytes=stored.size_bytes, sha256=stored.sha256, sm3=stored.sm3,
        what="picture",
    )  # fmt: skip


@pytest.fixture
def holders(border, client_for, run_letters):
    """(wei of gx, [(grant as gx holds it, holder), …]): one grant to each kind of party, delivered."""
    giver = people.bureau("gx")
    other = people.bureau("gd")
    house = people.brand_house()
    with context.owner():
        zhao = User.objects.create_user("zhao", name="赵某", title="赵处")
        Post.objects.create(user=zhao, role=Post.Role.OFFICE_ADMIN)
        rights = User.objects.create_user("rights", name="沈某", title="沈专员")
        house.organisation.memberships.create(user=rights, role="rights_staff")
    to = [
        ("gd", province_seat("gd"), Address.province("gd"), other.wei),
        ("federation", OFFICE, Address.office(), zhao),
        ("brands", BRANDS, Address.organisation(house.organisation.pk), rights),
    ]
    made = []
    with context.province("gx"):
        for name, seat, address, person in to:
            grant = services.give(
                to=address, purpose="联合办案", contents={"fact": "view", "picture": "view", "file": "copy"},
                subject_kind="note", subject_id=uuid7(), subject_title="样桥仓库",
                expires_at=clock.now() + timedelta(days=1), by=giver.wei,
                items=[
                    services.Shared(content="fact", title="现场情况", text=SECRET),
                    services.Shared(content="picture", title="门口", file=picture(b"\x89PNG" + name.encode())),
                    services.Shared(content="file", title="笔录", file=picture(b"%PDF-" + name.encode())),
                ],
            )  # fmt: skip
            made.append((grant, Holder(name, seat, str(address), person, client_for(name, user=person))))
    run_letters()
    return giver.wei, made


def items(holder: Holder, grant: Grant) -> dict[str, Item]:
    with context.seat(holder.seat):
        return {row.content: row for row in Item.objects.filter(grant__grant_id=grant.grant_id, grant__side="held")}


def ways(holder: Holder, grant: Grant, jobs: list[str]) -> dict[str, Any]:
    """Each way as a question: does it still lead to what the grant covers?"""
    held = items(holder, grant)
    address = f"/grants/{grant.grant_id}/items/{held['fact'].item_id}/"

    def page() -> bool:
        return SECRET in holder.client.get(address).content.decode()

    def api() -> bool:
        answer = holder.client.get(f"/api/v1{address}", headers={"accept": "application/json"})
        return SECRET in json.dumps(answer.json(), ensure_ascii=False)

    def overview() -> bool:
        return address in holder.client.get(f"/grants/{grant.grant_id}/").content.decode()

    def link() -> bool:
        answer = holder.client.get(f"/grants/links/{holder.token}/")
        return answer.status_code == 200 and b"".join(answer).startswith(b"\x89PNG")

    def cached() -> bool:
        with context.seat(holder.seat):
            try:
                found = guarded.cached(grant.grant_id, "fact", "summary", lambda: SECRET, party=holder.party, who="某")
            except Problem:
                return False
        return found == SECRET

    def queued() -> bool:
        before = len(jobs)
        with context.seat(holder.seat):
            guarded.task("fact")(lambda held, words: jobs.append(words))(str(grant.grant_id), holder.party, "done")
        return len(jobs) > before

    def ticket() -> bool:
        return bool(holder.client.post(f"/live/ticket?also=grant-{grant.grant_id}").status_code == 200)

    def publish() -> bool:
        with context.seat(holder.seat):
            return guarded.publish(grant.grant_id, ["wall"], "changed", {})

    return {
        "page": page, "api": api, "overview": overview, "link": link, "cached": cached, "queued job": queued,
        "stream ticket": ticket, "event": publish,
    }  # fmt: skip


@pytest.mark.guard("G15")
def test_a_grant_that_is_ended_leads_nowhere_within_a_second_by_any_way(
    holders, events, client_for, run_letters, trials
):
    """F-02: ended at the giver, no letter delivered, nothing is shown any more; the looks are told to the giver."""
    wei, made = holders
    count, jobs = 0, []
    for grant, holder in made:
        held, asked = items(holder, grant), ways(holder, grant, jobs)
        with context.seat(holder.seat):
            row = guarded.held(grant.grant_id, holder.party)
            holder.token = guarded.link(row, held["picture"].item_id, person_id=holder.person.pk)
        assert {name: way() for name, way in asked.items()} == dict.fromkeys(asked, True), holder.name
        holder.ticket = holder.client.post(f"/live/ticket?also=grant-{grant.grant_id}").json()
        host = f"{holder.name}.testhost"
        stream = Listening(events.port, host, holder.ticket).start()
        with context.province("gx"):
            guarded.publish(grant.grant_id, ["wall"], "changed", {"n": "first"})
        assert stream.status == 200 and stream.hears(b"first")

        with context.province("gx"):
            services.end(grant, wei, "案件已由本省自办")
        ended = time.monotonic()
        left = [name for name, way in asked.items() if way()]
        assert not left, f"{holder.name} still gets through by {left}"
        assert stream.over.wait(ONE_SECOND), f"the stream of {holder.name} is still open"
        spent = time.monotonic() - ended
        assert spent < size(5.0, 2.0), "the questions themselves took too long to say anything"
        again = Listening(events.port, host, holder.ticket).start()
        assert again.status == 403, "a ticket given out before the end opens nothing"
        with context.province("gx"):
            assert not guarded.publish(grant.grant_id, ["wall"], "changed", {"n": "second"})
        count += len(asked) + 3
    run_letters()
    for grant, holder in made:
        assert not any(way() for way in ways(holder, grant, jobs).values())
        count += len(ways(holder, grant, jobs))
    trials(count)


def test_edge_8_what_was_only_to_be_looked_at_is_taken_away_the_copy_stays_and_every_look_is_told(holders, run_letters):
    """Edge case 8; F-02: after the end the copy is where it was put, the view is gone, and the giver sees each look."""
    wei, made = holders
    (grant, holder), *_others = made
    held = items(holder, grant)
    for row in held.values():
        assert holder.client.get(f"/grants/{grant.grant_id}/items/{row.item_id}/").status_code == 200
    with context.province("gx"):
        services.end(grant, wei, "另案处理")
    refused = holder.client.get(f"/grants/{grant.grant_id}/items/{held['file'].item_id}/")
    assert refused.status_code == 410 and "共享" in refused.content.decode()
    run_letters()
    after = items(holder, grant)
    with context.province("gd"):
        assert (after["fact"].text, after["picture"].object_key) == ("", "")
        assert not store().exists(held["picture"].object_key)
        assert after["file"].purged_at is None and store().exists(after["file"].object_key)
        assert services.tell_uses() == 4 and services.tell_uses() == 0
    run_letters()
    with context.province("gx"):
        mine = Grant.objects.get(pk=grant.pk)
        assert sorted(Use.objects.filter(grant=mine).values_list("way", flat=True)) == [
            "page",
            "page",
            "page",
            "refused",
        ]
        assert mine.items.filter(opened_at=None).count() == 0
        assert mine.items.get(content="fact").sha256 == hashlib.sha256(SECRET.encode()).hexdigest()
        assert not mine.items.exclude(text="").exists(), "the giver's list holds no contents"


def test_a_grant_that_runs_out_ends_by_the_clock_and_a_renewed_one_goes_on(holders, run_letters):
    """F-02: at its hour, with no job and no letter; renewing is a new grant under which the same things are seen."""
    wei, made = holders
    (grant, holder), *_others = made
    with context.province("gx"):
        new = services.renew(grant, expires_at=clock.now() + timedelta(days=30), by=wei)
    run_letters()
    with clock.frozen(clock.now() + timedelta(days=1, seconds=1)):
        asked = ways(holder, grant, [])
        assert not any(asked[name]() for name in ("overview", "cached", "queued job", "event"))
        with context.province("gd"):
            services.mind()
            kept = Item.objects.get(grant__grant_id=new.grant_id, content="fact")
            assert kept.text == SECRET
            assert guarded.require(new.grant_id, "fact", party=holder.party, who="某").replaces == grant.grant_id
            gone = Item.objects.get(grant__grant_id=grant.grant_id, content="picture")
            kept = Item.objects.get(grant__grant_id=new.grant_id, content="picture")
            assert not gone.object_key and store().exists(kept.object_key), "the file belongs to the new grant now"
