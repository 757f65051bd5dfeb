"""Only a peer that was compared by voice, with a key that is still its own, at about the right time, and once."""

from __future__ import annotations

import json
from datetime import timedelta
from ipaddress import ip_network

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from peers import house

from federation.letters.models import Delivery, Letter
from federation.peers import keys, outbound, services, signatures
from federation.peers.errors import AddressRefused, CardOfOurs, CardWrong, PartyElsewhere, PeerThere
from federation.peers.models import Arrival, Peer, PeerKey
from gateway.outbound import forget_connections
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex, sm3_hex
from kernel.ids import uuid7
from provinces import context
from provinces.hosts import DIRECTORY
from provinces.seats import COURIER, OFFICE

THEIRS = Ed25519PrivateKey.from_private_bytes(b"t" * 32)
OTHERS = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
NAME = "hn.example.test"


def written(key: Ed25519PrivateKey) -> str:
    return keys.encode(key.public_key().public_bytes_raw())


class Wire:
    """What somebody may send to the courier's host."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def sign(self, method: str, path: str, body: bytes, *, key: Ed25519PrivateKey = THEIRS, **claims: object) -> str:
        said = {
            "iss": NAME, "aud": keys.installation(), "iat": int(clock.now().timestamp()), "bsh": sha256_hex(body),
            "jti": uuid7().hex, "htm": method, "htu": f"/courier/v1/{path}",
        } | claims  # fmt: skip
        return jwt.encode(said, key, algorithm="EdDSA", headers={"kid": keys.key_id(written(key))})

    def send(self, method: str, path: str, said: object = None, *, token: str | None = None, raw: bytes | None = None,
             **claims):  # fmt: skip
        """Returns status, data, headers."""
        body = raw if raw is not None else (b"" if said is None else canonical_json(said))
        token = self.sign(method, path, body, **claims) if token is None else token
        response = self.client.generic(
            method, f"/courier/v1/{path}", body, content_type="application/json", headers={signatures.HEADER: token}
        )
        return response.status_code, json.loads(response.content), response.headers

    def code(self, *args, **claims) -> str:
        status, data, _headers = self.send(*args, **claims)
        assert status >= 400
        return data["code"]


@pytest.fixture
def wire(border, notes, client_for) -> Wire:
    """A peer of ours with 海南, and its wire."""
    with context.seat(OFFICE):
        card = services.Card(NAME, "https://courier.hn.example.test", written(THEIRS))
        peer = services.add(card=str(card), title="乙", by=house.ZHOU)
        services.confirm(peer, by=house.ZHOU)
        services.take_parties(
            peer, [{"party": "province:hn", "title": "海南", "division_code": "460000"}], by=house.ZHOU
        )
    DIRECTORY.clear()
    yield Wire(client_for("courier"))
    with context.owner():
        services.RemoteParty.objects.all().delete()
        services._new_directory()


def envelope(**changes):
    body, manifest = b'{"text":"x"}', b"[]"
    said = {
        "protocol": 1, "delivery_id": str(uuid7()), "letter_id": str(uuid7()), "kind": "test.note", "version": 1,
        "sender": "province:hn", "addressee": "province:gx", "also": ["province:gx"], "thread": str(uuid7()),
        "in_reply_to": None, "sequence": 1, "document_no": "", "purpose": "", "handling": "internal",
        "written_at": "2026-11-22T01:00:00Z", "expires_at": None, "due_at": None, "due_provisional": False,
        "by_name": "周", "body_sha256": sha256_hex(body), "body_sm3": sm3_hex(body),
        "manifest_sha256": sha256_hex(manifest), "body": body.decode(), "manifest": manifest.decode(),
    }  # fmt: skip
    return said | changes


def test_a_request_is_taken_from_an_active_peer_signed_for_us_now_and_once(wire):
    status, data, headers = wire.send("GET", "about/")
    assert (status, data["installation"]) == (200, keys.installation())
    assert {each["party"] for each in data["parties"]} == {
        "province:gx", "province:gz", "province:gd", "province:fj", "office",
    }  # fmt: skip
    answer = jwt.decode(headers[signatures.HEADER], keys.public(keys.next_public(1)), ["EdDSA"], audience=NAME)
    assert (answer["iss"], answer["sts"]) == (keys.installation(), 200)

    once = wire.sign("GET", "about/", b"")
    assert wire.send("GET", "about/", token=once)[0] == 200
    assert wire.code("GET", "about/", token=once) == "peer_replayed"

    wrong = {
        "no signature": {"token": ""},
        "no token at all": {"token": "x.y.z"},
        "somebody else's key": {"key": OTHERS},
        "for another installation": {"aud": "gd.example.test"},
        "in another's name": {"iss": "gz.example.test"},
        "for another method": {"htm": "POST"},
        "for another address": {"htu": "/courier/v1/keys/"},
        "over another body": {"bsh": sha256_hex(b"x")},
        "without an id": {"jti": None},
    }
    for what, claims in wrong.items():
        assert wire.code("GET", "about/", **claims) == "peer_signature_wrong", what
    unsigned = jwt.encode({"iss": NAME}, None, algorithm="none")
    assert wire.code("GET", "about/", token=unsigned) == "peer_signature_wrong"
    hmac_with_the_public_key = jwt.encode({"iss": NAME}, "k" * 32, algorithm="HS256")
    assert wire.code("GET", "about/", token=hmac_with_the_public_key) == "peer_signature_wrong"


def test_a_clock_that_is_more_than_five_minutes_off_is_told_so(wire):
    now = clock.now().timestamp()
    for seconds, taken in ((-290, True), (290, True), (-320, False), (320, False)):
        status, data, _headers = wire.send("GET", "about/", iat=int(now + seconds))
        assert (status == 200) is taken
        if not taken:
            assert data["code"] == "peer_clock_skewed"
            assert abs(data["data"]["seconds"] + seconds) <= 5


def test_nonces_are_kept_as_long_as_a_signature_could_be_used_again(wire):
    late = wire.sign("GET", "about/", b"", iat=int(clock.now().timestamp()) + 290)
    assert wire.send("GET", "about/", token=late)[0] == 200
    with clock.frozen(clock.now()) as tick, context.seat(COURIER):
        tick(timedelta(minutes=9))
        assert signatures.forget() == 0
        assert wire.code("GET", "about/", token=late) == "peer_replayed"
        tick(timedelta(minutes=2))
        assert signatures.forget() == 1
        assert wire.code("GET", "about/", token=late) == "peer_clock_skewed"


@pytest.mark.parametrize("state", [Peer.State.PENDING, Peer.State.SUSPENDED, Peer.State.ENDED])
def test_whoever_is_no_active_peer_is_told_nothing(wire, state):
    with context.seat(OFFICE):
        Peer.objects.update(state=state)
    assert wire.code("GET", "about/") == "peer_signature_wrong"


def test_a_letter_is_taken_only_as_its_sender_can_have_written_it(wire):
    body = b'{"text":"y"}'
    refused = {
        "in the name of a party here": ({"sender": "province:gd"}, "peer_sender_wrong"),
        "in the name of nobody": ({"sender": "province:xx"}, "peer_sender_wrong"),
        "in the name of the office": ({"sender": "office"}, "peer_sender_wrong"),
        "to a party that is not here": ({"addressee": "province:xx", "also": ["province:xx"]}, "addressee_unknown"),
        "to be passed on": ({"also": ["province:gx", "province:hn"]}, "peer_envelope_wrong"),
        "of a kind unknown": ({"version": 9}, "kind_unknown"),
        "of a later protocol": ({"protocol": 2}, "peer_protocol_unknown"),
        "with a changed body": ({"body": body.decode()}, "peer_envelope_wrong"),
        "with a field more": ({"reporter": "张某"}, "peer_envelope_wrong"),
        "with a file of somebody else's": (_manifest("gd/original/aa/x"), "peer_envelope_wrong"),
        "with no manifest": (_manifest(None), "peer_envelope_wrong"),
    }
    for what, (changes, code) in refused.items():
        assert wire.code("POST", "letters/", envelope(**changes)) == code, what
    assert wire.code("POST", "letters/", raw=b"\xff") == "peer_envelope_wrong"
    with context.seat(COURIER):
        assert not Letter.objects.exists()
        assert not Arrival.objects.exists()

    good = envelope()
    for _ in range(3):
        status, data, _headers = wire.send("POST", "letters/", good)
        assert (status, data["course"]["state"]) == (200, "waiting")
    assert house.deliver("gx") == 1
    assert wire.send("POST", "letters/", good)[1]["course"]["state"] == "delivered"
    other = {"body": body.decode(), "body_sha256": sha256_hex(body), "body_sm3": sm3_hex(body)}
    assert wire.code("POST", "letters/", good | other) == "peer_letter_differs"
    assert wire.code("POST", "letters/", good | {"delivery_id": str(uuid7())}) == "peer_letter_differs"
    assert len(house.noted("gx")) == 1


def _manifest(key: str | None) -> dict[str, str]:
    file = {
        "object_key": key, "media_type": "image/jpeg", "size_bytes": 1, "sha256": "0" * 64, "sm3": "0" * 64,
        "what": "x",
    }  # fmt: skip
    text = json.dumps([file]) if key else "{}x"
    return {"manifest": text, "manifest_sha256": sha256_hex(text.encode())}


def test_pieces_of_files_that_were_not_announced_or_do_not_follow_are_refused(wire):
    file = _manifest("hn/original/aa/0190aaaa-0000-7000-8000-00000000000a")
    said = envelope(**file)
    path = f"files/{said['delivery_id']}/0/?offset="
    assert wire.code("PATCH", f"{path}0", raw=b"x") == "not_found"
    assert wire.send("POST", "letters/", said)[1]["wanted"] == [{"place": 0, "offset": 0}]
    for target, raw, code in (
        (f"{path}5", b"x", "peer_offset_wrong"),
        (f"{path}0", b"xx", "peer_offset_wrong"),
        (f"{path}-1", b"x", "peer_envelope_wrong"),
        (f"{path}0".replace("/0/?", "/7/?"), b"x", "not_found"),
        (f"{path}0", b"x", "attachment_differs"),
    ):
        assert wire.code("PATCH", target, raw=raw) == code
    assert wire.send("POST", "letters/", said)[1]["wanted"] == [{"place": 0, "offset": 0}]


def test_receipts_count_only_from_where_the_addressee_lives_and_go_forward_only(wire):
    there, here = house.send("gx", "外", ["province:hn"]), house.send("gx", "内", ["province:gd"])
    with context.seat(OFFICE):
        rows = {row.letter_id: row.pk for row in Delivery.objects.all()}
    moment = "2026-11-22T02:00:00Z"
    course = {
        "state": "accepted", "failure_code": "", "delivered_at": moment, "opened_at": None, "accepted_at": moment,
        "returned_at": None, "answered_at": None, "return_reason": "", "received_digest": "a" * 64,
    }  # fmt: skip

    def tell(letter, **changes):
        said = {"courses": [course | changes | {"delivery_id": str(rows[letter.pk])}]}
        assert wire.send("POST", "receipts/", said)[1]["known"] == [str(rows[letter.pk])]
        return house.course("gx", letter.pk)[0]["state"]

    assert tell(here) == "waiting"
    assert tell(there) == "accepted"
    assert tell(there, state="delivered") == "accepted"
    assert tell(there, state="waiting", failure_code="x") == "accepted"
    assert tell(there, state="answered", answered_at=moment) == "answered"
    assert wire.code("POST", "receipts/", {"courses": [{"state": "mine"}]}) == "peer_envelope_wrong"


def test_a_peer_may_ask_about_its_own_partys_letters_only(wire):
    house.send("gx", "外", ["province:hn"])
    said = {"sender": "province:gx", "addressee": "province:hn", "side": "sent"}
    data = wire.send("POST", "statement/", said)[1]
    assert len(data["letters"]) == len(data["waiting"]) == 1
    assert wire.code("POST", "statement/", said | {"addressee": "province:gd"}) == "peer_sender_wrong"
    assert wire.code("POST", "statement/", said | {"side": "all"}) == "peer_envelope_wrong"
    turned = {"sender": "province:gd", "addressee": "province:gx", "side": "received"}
    assert wire.code("POST", "statement/", turned) == "peer_sender_wrong"


def test_an_old_key_is_taken_through_the_overlap_and_not_after(wire):
    assert wire.send("POST", "keys/", {"public_key": written(OTHERS)})[0] == 200
    assert wire.send("GET", "about/")[0] == wire.send("GET", "about/", key=OTHERS)[0] == 200
    assert wire.code("POST", "keys/", {"public_key": "x"}) == "peer_card_wrong"
    with clock.frozen(clock.now()) as tick:
        tick(services.OVERLAP + timedelta(seconds=1))
        assert wire.code("GET", "about/") == "peer_signature_wrong"
        assert wire.send("GET", "about/", key=OTHERS)[0] == 200
    with context.seat(COURIER):
        assert PeerKey.objects.filter(until=None).get().introduced_by == keys.key_id(written(THEIRS))


def test_a_card_is_one_line_and_no_party_lives_in_two_places(wire):
    with context.seat(OFFICE):
        card = services.Card("gs.example.test", "https://courier.gs.example.test", written(OTHERS))
        for text in ("", "x", "czj1 a b", str(card)[:-1], str(card).replace("czj1", "czj2")):
            with pytest.raises(CardWrong):
                services.add(card=text, title="丙", by=house.ZHOU)
        with pytest.raises(AddressRefused):
            services.add(card=str(card).replace("https://", "https://a:b@"), title="丙", by=house.ZHOU)
        with pytest.raises(CardOfOurs):
            services.add(card=str(services.own_card()), title="丙", by=house.ZHOU)
        peer = services.add(card=str(card), title="丙", by=house.ZHOU)
        with pytest.raises(PeerThere):
            services.add(card=str(card), title="丙", by=house.ZHOU)
        for taken in ("province:gx", "province:hn", "office"):
            with pytest.raises(PartyElsewhere):
                services.take_parties(peer, [{"party": taken, "title": "x", "division_code": ""}], by=house.ZHOU)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_courier_connects_to_public_addresses_and_networks_that_were_named(settings, scheme):
    settings.SCHEME = scheme
    vectors = [
        "169.254.169.254", "100.100.100.200", "10.8.0.9", "192.168.1.1", "172.16.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "::ffff:169.254.169.254", "::ffff:10.8.0.9", "64:ff9b::a9fe:a9fe", "64:ff9b::a08:9", "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::1", "198.18.0.1", "192.0.2.1",
    ]  # fmt: skip
    assert [each for each in vectors if outbound.is_allowed(each)] == []
    for own in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"):
        assert outbound.is_allowed(own) is (scheme == "http")
    assert outbound.is_allowed("8.8.8.8")
    settings.PEER_NETWORKS = (ip_network("10.8.0.0/16"),)
    assert outbound.is_allowed("10.8.0.9")
    assert outbound.is_allowed("::ffff:10.8.0.9")
    assert not outbound.is_allowed("10.9.0.9")
    for url in (
        "ftp://x.test",
        "https://x.test/path",
        "https://u@x.test",
        "https://x.test?a",
        "https://",
        "https://x:y",
    ):
        with pytest.raises(AddressRefused):
            outbound.check_url(url)


def test_the_connected_socket_is_looked_at_and_no_redirect_is_followed(wire, settings):
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    asked = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/courier/v1/away/")
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        with context.seat(COURIER):
            peer = Peer.objects.get()
            peer.courier_url = f"http://somewhere.localhost:{server.server_port}"
            with pytest.raises(outbound.PeerAnswerWrong):
                outbound.ask(peer, "GET", "about/")
            assert asked == ["/courier/v1/about/"]
            settings.SCHEME = "https"
            forget_connections()
            with pytest.raises(outbound.PeerUnreachable) as refused:
                outbound.ask(peer, "GET", "about/")
            assert refused.value.data["why"] == "address"
            assert len(asked) == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
