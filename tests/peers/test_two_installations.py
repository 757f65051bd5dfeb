"""Letters between two installations that share nothing but a wire."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from harness import spans
from peers import house

from evidence.store import make_key, store
from federation.contracts.addresses import Address
from federation.letters import selectors, services
from federation.letters.errors import AddresseeSuspended
from federation.letters.models import Delivery
from federation.letters.reconciliation import reconcile
from federation.peers import carrying, keys, outbound
from federation.peers import services as peers
from federation.peers.errors import PeerUnreachable
from federation.peers.models import Peer, PeerKey
from kernel import clock
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import OFFICE
from watching import tracing

pytestmark = [pytest.mark.xdist_group("two-installations"), pytest.mark.timeout(120, func_only=True)]


def state(letter_id) -> tuple[str, str]:
    """Of a letter of 广西 to one addressee."""
    (row,) = house.course("gx", letter_id)
    return row["state"], row["failure_code"]


def test_a_letter_with_files_arrives_and_its_receipts_come_back(pair):
    there = pair.other.party
    photo, video = b"p" * 70_000, bytes(range(256)) * 40_000
    letter = house.send("gx", "一", [there], files=(photo, video))
    assert house.carry() == 1
    assert state(letter.pk) == ("waiting", "")  # there, but nobody has read it
    assert pair.other("deliver") == 1
    pair.other("carry")
    assert state(letter.pk) == ("delivered", "")
    (note,) = pair.other("noted")
    assert note["files"] == [hashlib.sha256(each).hexdigest() for each in (photo, video)]
    assert (note["text"], note["sender"]) == ("一", "province:gx")
    assert pair.other("parcels") == 0  # the addressee has its own copies

    for verb in ("opened", "accepted", "answered"):
        pair.other("receipt", verb=verb, letter_id=str(letter.pk))
        pair.other("carry")
        assert state(letter.pk)[0] == verb
    back = pair.other("send", text="复", to=["province:gx"], files=[90_000])
    pair.settle(2)
    assert [each["text"] for each in house.noted("gx")] == ["复"]
    assert house.noted("gx")[0]["sender"] == there
    (row,) = pair.other("course", letter_id=back)
    assert row["state"] == "delivered"
    for way in reconcile(Address.province("gx"), Address.parse(there)):
        assert way.agrees
        assert way.sent.root == way.received.root
        assert len(way.sent.letters) == 1


def test_a_letter_over_the_wire_goes_on_in_the_trace_that_it_began_in(pair):
    """traceparent travels as a header of each request, and the other side's own request is linked."""
    pair.other("watch")
    try:
        with spans.kept() as exporter:
            with tracing.span("request", kind="server"):
                house.send("gx", "张某售假", [pair.other.party], files=(b"p" * 1000,))
            assert house.carry() == 1
            here = spans.told(exporter)
        assert pair.other("deliver") == 1
    finally:
        there = pair.other("spans")
    carried = next(each for each in here if each["name"] == "letter.carry")
    arrived = next(each for each in there if each["name"] == "letter.arrive")
    delivered = next(each for each in there if each["name"] == "letter.deliver")
    assert {carried["trace"], arrived["trace"], delivered["trace"]} == {
        next(each["trace"] for each in here if each["name"] == "request")
    }
    assert arrived["above"] in {each["id"] for each in here}, "its parent is a step of the other installation"
    requests = {(each["trace"], each["id"]) for each in there if each["name"] == "request"}
    assert {tuple(link) for link in arrived["links"]} <= requests and arrived["links"], "their own request is linked"
    assert carried["trace"] not in {trace for trace, _id in requests}, "no request takes its trace from a stranger"
    assert "张某" not in str(here + there)


def test_a_file_goes_on_from_the_byte_where_the_line_broke(pair, monkeypatch):
    data = bytes(range(256)) * 50_000
    letter = house.send("gx", "长", [pair.other.party], files=(data,))
    asked = []
    ask = outbound.ask

    def breaks(peer, method, path, said=None, *, raw=None):
        if raw is not None:
            asked.append(path.partition("=")[2])
            if len(asked) == 2:
                ask(peer, method, path, said, raw=raw)  # it arrives, and the answer is lost
                raise PeerUnreachable(why="reset")
        return ask(peer, method, path, said, raw=raw)

    monkeypatch.setattr(outbound, "ask", breaks)
    assert house.carry() == 0
    assert state(letter.pk) == ("waiting", "peer_unreachable")
    pair.hurry()
    assert house.carry() == 1
    pair.other("deliver")
    assert asked == ["0", "4000000", "8000000", "12000000"]
    assert pair.other("noted")[0]["files"] == [hashlib.sha256(data).hexdigest()]


def test_a_file_that_was_changed_on_the_way_is_not_taken_and_comes_again_whole(pair, monkeypatch):
    letter = house.send("gx", "改", [pair.other.party], files=(b"x" * 9_000,))
    ask = outbound.ask
    monkeypatch.setattr(
        outbound, "ask",
        lambda peer, method, path, said=None, *, raw=None: ask(
            peer, method, path, said, raw=raw and raw.replace(b"x", b"y")
        ),
    )  # fmt: skip
    assert house.carry() == 0
    assert state(letter.pk) == ("waiting", "attachment_differs")
    monkeypatch.undo()
    pair.hurry()
    assert house.carry() == 1
    assert pair.other("deliver") == 1


def test_letters_of_one_matter_keep_their_order_and_several_addressees_get_one_each(pair):
    there, matter = pair.other.party, UUID("0190dddd-0000-7000-8000-000000000001")
    for number in range(4):
        house.send("gx", str(number), [there, "province:gd"], thread=matter)
    assert house.carry() == 1  # the next one waits until the first has been received
    pair.settle(5)
    assert [each["text"] for each in pair.other("noted")] == ["0", "1", "2", "3"]
    house.deliver("gd")
    assert [each["text"] for each in house.noted("gd")] == ["0", "1", "2", "3"]


def test_what_fails_there_waits_visibly_and_comes_back_with_the_reason(pair):
    letter = house.send("gx", "unwelcome", [pair.other.party])
    house.carry()
    for _ in range(6):
        pair.other("hurry")
        pair.other("deliver")
    pair.other("carry")
    assert state(letter.pk) == ("waiting", "receiver_failed.ValueError")
    assert pair.other("send_back", reason="看不懂") == 1
    pair.other("carry")
    (row,) = house.course("gx", letter.pk)
    assert (row["state"], row["reason"]) == ("returned", "看不懂")


def test_a_peer_that_is_down_costs_the_letter_no_try_and_gets_it_when_it_is_up(pair):
    away = Peer.objects
    with context.seat(OFFICE):
        away.update(courier_url="http://hn.localhost:4")  # nobody listens there
    first = house.send("gx", "一", [pair.other.party])
    second = house.send("gx", "二", [pair.other.party])
    with clock.frozen(clock.now()):
        assert house.carry() == 0
        assert house.carry() == 0
        for letter in (first, second):
            (row,) = house.course("gx", letter.pk)
            assert (row["state"], row["failure_code"], row["tries"]) == ("waiting", "peer_unreachable", 0)
        with context.seat(OFFICE):
            peer = away.get()
            assert (peer.failures, peer.failure_code) == (1, "peer_unreachable.no_connection")
            assert peer.quiet_until > clock.now()
            away.update(courier_url=pair.other.url)
    pair.hurry()
    assert house.carry() == 2
    pair.settle(1)
    assert state(first.pk) == state(second.pk) == ("delivered", "")
    with context.seat(OFFICE):
        assert (away.get().failures, away.get().failure_code) == (0, "")


def test_a_peer_that_stays_away_for_days_makes_a_dead_letter_that_a_person_can_send_again(pair):
    letter = house.send("gx", "等", [pair.other.party])
    with context.seat(OFFICE):
        Peer.objects.update(courier_url="http://hn.localhost:9")
    with clock.frozen(clock.now()) as tick:
        tick(carrying.GIVE_UP_AFTER + timedelta(minutes=1))
        house.carry()
    assert state(letter.pk) == ("dead", "peer_unreachable")
    with context.seat(OFFICE):
        Peer.objects.update(courier_url=pair.other.url, quiet_until=None)
        services.retry(selectors.stuck().get(), by=house.ZHOU)
    pair.hurry()
    pair.settle(1)
    assert state(letter.pk) == ("delivered", "")


def test_one_side_a_release_behind_refuses_what_it_does_not_know_and_nothing_is_lost(pair):
    matter = UUID("0190dddd-0000-7000-8000-000000000002")
    there = [pair.other.party]
    letter = house.send("gx", "新", there, message=house.NoteV2, weight=3, thread=matter)
    after = house.send("gx", "旧", there, thread=matter)
    for _ in range(len(carrying.BACK_OFF) + 1):
        pair.hurry()
        house.carry()
    assert state(letter.pk) == ("dead", "kind_unknown")
    assert state(after.pk)[0] == "waiting"
    pair.other("upgrade")
    with context.seat(OFFICE):
        services.retry(selectors.stuck().get(), by=house.ZHOU)
    pair.settle(3)
    assert [each["text"] for each in pair.other("noted")] == ["新", "旧"]


def test_a_new_key_is_vouched_for_by_the_old_one_and_both_are_taken_for_a_week(pair):
    with context.seat(OFFICE):
        before = peers.spoken(pair.peer)
        assert peers.new_key(by=house.ZHOU) == 2
    pair.other("new_key")
    house.send("gx", "一", [pair.other.party])
    pair.settle(2)
    with context.seat(OFFICE):
        peer = Peer.objects.get()
        assert peer.our_generation == 2
        assert peers.spoken(peer) != before
        old, new = PeerKey.objects.order_by("since")
        assert (new.introduced_by, new.until) == (old.key_id, None)
        assert timedelta(days=6) < old.until - clock.now() <= peers.OVERLAP
    pair.other("send", text="二", to=["province:gx"])
    pair.settle(2)
    assert [each["text"] for each in house.noted("gx")] == ["二"]
    # Without the old key they would not be believed that the next one is theirs.
    with context.seat(OFFICE):
        PeerKey.objects.update(until=clock.now())
    pair.other("send", text="三", to=["province:gx"])
    pair.settle(1)
    assert len(house.noted("gx")) == 1


@pytest.mark.slow
def test_a_rotation_of_the_courier_key_waits_for_every_peer_and_the_old_one_works_until_then(pair, monkeypatch):
    """The master key changes as well: what the peer knew was derived from the former one."""
    monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", (settings.MASTER_KEY,))
    monkeypatch.setattr(settings, "MASTER_KEY", "another key")

    def rotate() -> None:
        call_command("rotate", "courier-key", stdout=io.StringIO())

    def refuse(*_asked: object) -> None:
        raise PeerUnreachable(why="no_connection")

    with monkeypatch.context() as patch:
        patch.setattr(outbound, "_send", refuse)
        with pytest.raises(CommandError, match=pair.peer.installation):
            rotate()
    with context.seat(OFFICE):
        assert (Peer.objects.get().our_generation, keys.newest()) == (1, 2)
        assert keys.is_former(1) and not keys.is_former(2)
    pair.hurry()
    with monkeypatch.context() as patch:
        patch.setattr(peers, "introduce_keys", lambda: 0)
        house.send("gx", "一", [pair.other.party])
        pair.settle(1)
    assert len(pair.other("noted")) == 1, "with the old one"
    rotate()
    with context.seat(OFFICE):
        assert (Peer.objects.get().our_generation, keys.newest()) == (2, 2), "one key more, however often it was run"
    monkeypatch.setattr(settings, "MASTER_KEYS_BEFORE", ())
    house.send("gx", "二", [pair.other.party])
    pair.other("send", text="三", to=["province:gx"])
    pair.settle(2)
    assert [each["text"] for each in pair.other("noted")] == ["一", "二"]
    assert [each["text"] for each in house.noted("gx")] == ["三"]


def test_a_suspended_peer_is_written_to_no_more_and_nothing_of_it_is_taken(pair):
    waits = house.send("gx", "一", [pair.other.party])
    with context.seat(OFFICE):
        peers.suspend(pair.peer, by=house.ZHOU, why="核查")
    DIRECTORY.clear()
    with pytest.raises(AddresseeSuspended):
        house.send("gx", "二", [pair.other.party])
    assert house.carry() == 0
    letter = pair.other("send", text="三", to=["province:gx"])
    pair.other("carry")
    (row,) = pair.other("course", letter_id=letter)
    assert row["failure_code"] == "peer_signature_wrong"
    with context.seat(OFFICE):
        peers.resume(pair.peer, by=house.ZHOU)
        for dead in selectors.stuck():
            services.retry(dead, by=house.ZHOU)
    DIRECTORY.clear()
    pair.hurry()
    pair.settle(2)
    assert state(waits.pk) == ("delivered", "")
    assert [each["text"] for each in house.noted("gx")] == ["三"]


def test_the_courier_reads_letters_to_other_installations_and_no_others(pair):
    house.send("gx", "家事", ["province:gd"])
    abroad = house.send("gx", "外事", [pair.other.party])
    with context.seat(house.COURIER):
        rows = Delivery.objects.select_related("letter__text")
        assert [(row.letter_id, row.letter.text.body) for row in rows] == [(abroad.pk, '{"text":"外事"}')]
    assert not store_has(abroad)


def store_has(letter) -> bool:
    with context.seat(house.COURIER):
        return store().exists(make_key("courier", "parcel", letter.pk))


def test_the_spoken_digits_are_the_same_at_both_ends_and_differ_for_a_third(pair):
    with context.seat(OFFICE):
        assert len(peers.spoken(pair.peer).replace(" ", "")) == 30
        theirs = pair.peer.keys.get().public_key
        forged = keys.encode(bytes(range(32)))
        assert keys.spoken(theirs, keys.own_public(1)) != keys.spoken(theirs, forged)
