"""Addresses that lead inside, and every feature that calls an address somebody else has written (guard G19).

A feature says in FEATURES how it is made to call. `Inside` stands for all that no call may reach: whatever connection
is opened leads to it, and what it reads is written down.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_network
from types import SimpleNamespace
from typing import Any

import pytest

from gateway import outbound

# fmt: off
HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001",
    "0x7f.0.0.1", "0177.0.0.1", "017700000001", "0x7f.1", "127.0.0.1.",
    "127.000.000.001", "0", "0.0.0.0", "0x0", "localhost",
    "localhost.", "LOCALHOST", "www.localhost", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]",
    "[::ffff:169.254.169.254]", "[64:ff9b::169.254.169.254]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]", "[2001:0:a9fe:a9fe::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]",
    "[fd00:ec2::254]", "[ff02::1]", "169.254.169.254", "0xa9fea9fe", "2852039166",
    "0251.0376.0251.0376", "169.254.43518", "100.100.100.200", "1684300232", "100.64.0.1",
    "10.0.0.1", "0xa000001", "192.168.1.1", "172.16.0.1", "172.31.255.255",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.0.0.192",
    "192.88.99.1", "168.63.129.16", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "metadata.google.internal", "printer.local", "127.0.0.1%2f", "127.0.0.1%00.example.com", "⑫⑦.0.0.1",
    "127。0。0。1", "１２７.0.0.1", "ⓛocalhost", "1.2.3.4.5", "0x",
    "999.1.1.1", "a..b", "-a.example.com",
]
# fmt: on
NAMES = {
    "private.test": "10.0.0.9",
    "metadata.test": "169.254.169.254",
    "cloud.test": "100.100.100.200",
    "loop.test": "127.0.0.1",
    "mapped.test": "::ffff:10.0.0.9",
    "nat64.test": "64:ff9b::a00:9",
    "unset.test": "0.0.0.0",
}
"""Names that stand for an inner address."""
SPELLINGS = (
    "https://public.test@127.0.0.1:{port}/",
    "https://public.test:x@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@public.test/",
    "https://127.0.0.1:{port}\\@public.test/",
    "https://public.test\\@127.0.0.1:{port}/",
    "https://public.test:22/",
    "https://public.test:6379/",
    "https://public.test:0/",
    "https://public.test:99999/",
    "https:///127.0.0.1/",
    "https:127.0.0.1",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://127.0.0.1/",
    "https://public.test/\r\nHost: inside",
    "https://public.test /",
    "http://public.test:{port}/",
)
"""Addresses that are read in two ways, ports of other services, other schemes."""

FEATURES: dict[str, Callable[[str], Any]] = {}
"""Name to a function that has one feature call a URL. It raises, or returns something empty, when nothing came back."""


def feature(name: str) -> Callable[[Callable[[str], Any]], Callable[[str], Any]]:
    """Register how a feature is made to call."""

    def keep(call: Callable[[str], Any]) -> Callable[[str], Any]:
        FEATURES[name] = call
        return call

    return keep


@dataclass
class Inside:
    """What no call may reach. opened: addresses that a connection was opened to. heard: bytes that came."""

    port: int
    opened: list[str] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def inside() -> Iterator[Inside]:
    """A listener on a port of 127.0.0.1 that writes down whatever is said to it."""
    server = socket.create_server(("127.0.0.1", 0))
    held = Inside(server.getsockname()[1])

    def listen() -> None:
        while True:
            try:
                found, _address = server.accept()
            except OSError:
                return
            found.settimeout(0.5)
            try:
                if said := found.recv(100):
                    held.heard.append(said)
                    found.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
            except OSError:
                continue  # it closed at once, as it should
            finally:
                found.close()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(2)


@contextmanager
def world(settings: Any, held: Inside) -> Iterator[None]:
    """As in production, with name servers and routes of the tests' own: every route leads to `held`.

    `front.test` is at 127.0.0.2, a named network, and is really there. `rebind.test` is a public address at first.
    """
    settings.SCHEME = "https"
    settings.OUTBOUND_NETWORKS = settings.PEER_NETWORKS = (ip_network("127.0.0.2/32"),)
    asked: dict[str, int] = {}

    def look_up(host: str, port: int) -> Any:
        asked[host] = asked.get(host, 0) + 1
        known = {**NAMES, "front.test": "127.0.0.2", "public.test": "93.184.216.34"}
        if host == "rebind.test":
            address = "93.184.216.34" if asked[host] % 2 else "127.0.0.1"
        elif host in known:
            address = known[host]
        else:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)

    real = outbound._open

    def open_inside(found: Any, timeout: Any, options: Any) -> Any:
        address = found[4][0]
        if address == "127.0.0.2":
            return real(found, timeout, options)
        held.opened.append(address)
        there = socket.getaddrinfo("127.0.0.1", held.port, type=socket.SOCK_STREAM)[0]
        return real(there, timeout, options)

    outbound.forget_connections()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbound, "_look_up", look_up)
        patch.setattr(outbound, "_open", open_inside)
        yield
    outbound.forget_connections()


def vectors(port: int) -> list[str]:
    """All addresses, for a listener at `port`."""
    hosts = [*HOSTS, *NAMES]
    return [f"https://{host}:{port}/" for host in hosts] + [each.format(port=port) for each in SPELLINGS]


# Features -------------------------------------------------------------------------------------------------------------


@feature("webhooks")
def _webhooks(url: str) -> Any:
    from webhooks import sending
    from webhooks.models import Delivery, Endpoint, Event

    event = Event(kind="thing.made", seat="gx", position=1)
    endpoint = Endpoint(url=url, connection_id=event.pk)
    tried = sending.post(endpoint, Delivery(event=event), ["whsec_" + "a" * 44], read_s=1)
    return tried.answer if tried.status == 200 else None


@feature("sign-on: discovery, keys and tokens")
def _sign_on(url: str) -> Any:
    from allauth.socialaccount.adapter import get_adapter

    with get_adapter().get_requests_session() as session:
        answer = session.get(url, timeout=1, allow_redirects=True)
        return answer.text if answer.status_code == 200 else None


@feature("time-stamps")
def _stamps(url: str) -> Any:
    from audit import stamps

    return stamps._post(url, b"asked")


@feature("revocation lists")
def _lists(url: str) -> Any:
    from papers import trust

    return trust._asked.__wrapped__(url, 0)


@feature("other installations")
def _peers(url: str) -> Any:
    from federation.peers import outbound as courier
    from federation.peers.models import Peer

    status, content, _token = courier._send(Peer(courier_url=url.rstrip("/")), "GET", "/courier/v1/about/", b"", {})
    return content if status == 200 else None


def _there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


if _there("signon.oidc.published"):

    @feature("sign-on: a bureau's own provider")
    def _provider(url: str) -> Any:
        from signon.oidc import published

        return published.get_json(url)


@feature("sign-on: until when a provider's certificate is good")
def _provider_certificate(url: str) -> Any:
    from signon import certificates

    said = certificates.ask(url)
    return said if said not in (certificates.SILENT, certificates.UNTRUSTED) else None


if _there("tenants.embedding.keys"):

    @feature("launch: keys at an address")
    def _launch_keys(url: str) -> Any:
        from tenants.embedding import keys

        row = SimpleNamespace(url=url, connection_id=None, save=lambda **_: None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keys, "note", lambda *_, **__: None)
            patch.setattr(keys, "_follow", lambda *_: None)
            patch.setattr(keys, "read", lambda text: [text])
            return keys.read_address(row) or None


if _there("tenants.embedding.services.photos"):

    @feature("launch: photos by reference")
    def _launch_photos(url: str) -> Any:
        from tenants.embedding.services import photos

        got: list[bytes] = []
        photo = SimpleNamespace(
            url=url, sha256="", by=None, pk=None, tries=9, matter=SimpleNamespace(connection_id=None)
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(photos, "active", lambda _id: SimpleNamespace(name="", pk=None))
            patch.setattr(photos.evidence, "receive", lambda content, **_: got.append(content.read()))
            for name in ("move", "note", "_fail"):
                patch.setattr(photos, name, lambda *_, **__: None, raising=False)
            photos._fetch(photo)
        return got or None


if _there("tenants.linkage.services.sending"):

    @feature("linkage to the justice side")
    def _linkage(url: str) -> Any:
        from tenants.linkage.services import sending

        done: list[str] = []
        message = SimpleNamespace(pk=None, tries=0, kind="", connection_id=None)
        setting = SimpleNamespace(endpoint=url, body_format="json", header_name="", sealed_header="")

        def step(row: Any, verb: str, **_named: Any) -> Any:
            done.append(verb)
            return row

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sending, "move", step)
            patch.setattr(sending.traffic, "note", lambda *_, **named: done.append("taken" if named["ok"] else "not"))
            sending._push(message, setting, {})
        return [each for each in done if each == "taken"] or None
