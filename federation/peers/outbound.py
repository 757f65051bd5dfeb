"""Requests to another installation: to the address on its card, nowhere else, and never by a detour.

No redirect is followed, no proxy of the environment asked, and the address of the connected socket is looked at, so
that a name that points somewhere else the second time is refused like one that did so the first time (guard G19).
"""

from __future__ import annotations

import ipaddress
import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from federation.peers import contact, signatures
from federation.peers.errors import AddressRefused, PeerAnswerWrong, PeerRefused, PeerUnreachable
from federation.peers.models import Peer
from kernel.canonical import canonical_json

log = logging.getLogger(__name__)

CONNECT_S, READ_S = 5.0, 60.0
LONGEST_ANSWER_BYTES = 20_000_000
PREFIX = "/courier/v1/"
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # cloud providers keep their machines' secrets in it, and in 169.254/16

_pools: dict[str, HTTPConnectionPool] = {}


def check_url(url: str) -> str:
    """The address of a courier as it is kept. Raises AddressRefused for whatever is not scheme, host and port alone."""
    parts = urlsplit(url.strip())
    schemes = {"https"} if settings.SCHEME == "https" else {"https", "http"}
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    try:
        port = parts.port
    except ValueError:
        port, bare = None, False
    if parts.scheme not in schemes or not parts.hostname or not bare:
        raise AddressRefused(url=url)
    return f"{parts.scheme}://{parts.hostname}{f':{port}' if port else ''}"


def is_allowed(address: str) -> bool:
    """Whether a courier may talk to an IP address: a public one, one of `PEER_NETWORKS`, or in development our own."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
        if found.version == 6 and (found in ipaddress.ip_network("64:ff9b::/96") or found.sixtofour or found.teredo):
            return False
    if any(found.version == network.version and found in network for network in settings.PEER_NETWORKS):
        return True
    if found.is_loopback:
        return bool(settings.SCHEME == "http")
    return found.is_global and not found.is_multicast and not (found.version == 4 and found in _SHARED)


class _Refused(Exception):
    """The connected socket leads where no courier goes."""


class _Checked(HTTPConnection):
    def _new_conn(self) -> Any:
        sock = super()._new_conn()
        return _checked(sock)


class _CheckedTls(HTTPSConnection):
    def _new_conn(self) -> Any:
        sock = super()._new_conn()
        return _checked(sock)


def _checked(sock: Any) -> Any:
    if not is_allowed(sock.getpeername()[0]):
        sock.close()
        raise _Refused
    return sock


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Checked


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTls


def _pool(url: str) -> HTTPConnectionPool:
    if url not in _pools:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host.endswith(".localhost"):
            host = "127.0.0.1"  # RFC 6761; Python asks a name server, which does not know it
        timeout = urllib3.Timeout(connect=CONNECT_S, read=READ_S)
        kind = _TlsPool if parts.scheme == "https" else _Pool
        _pools[url] = kind(host, parts.port, timeout=timeout, retries=False, maxsize=4)
    return _pools[url]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the peer has signed."""

    status: int
    data: dict[str, Any]


def ask(peer: Peer, method: str, path: str, said: Any = None, *, raw: bytes | None = None) -> Answer:
    """Send one signed request and check the signature of its answer. Call it outside any transaction.

    said: goes as JSON; raw: goes as it is. Raises PeerUnreachable, PeerAnswerWrong; PeerRefused with the peer's own
    code for an answer of 400 and more.
    """
    body = raw if raw is not None else (b"" if said is None else canonical_json(said))
    target = f"{PREFIX}{path}"
    signed = signatures.sign_request(peer, method, target, body)
    headers = {
        "Host": urlsplit(peer.courier_url).netloc,
        "Accept": "application/json",
        "Content-Type": "application/octet-stream" if raw is not None else "application/json",
        signatures.HEADER: signed.token,
    }
    status, content, token = _send(peer, method, target, body, headers)
    try:
        data = json.loads(content)
    except ValueError as error:
        raise _unreadable(status) from error
    if not isinstance(data, dict):
        raise PeerAnswerWrong()
    if status == 401 and not token:  # they do not know us, so they cannot sign to us
        raise PeerRefused(their_code=str(data.get("code", "")), said=str(data.get("detail", "")), seconds=_apart(data))
    signatures.read_answer(token, peer, signed.nonce, status, content)
    if status >= 400:
        raise PeerRefused(their_code=str(data.get("code", "")), said=str(data.get("detail", "")), data=data.get("data"))
    return Answer(status, data)


def _send(peer: Peer, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, str]:
    try:
        answer = _pool(peer.courier_url).urlopen(
            method, target, body=body, headers=headers, redirect=False, preload_content=False, retries=False
        )
        try:
            content = answer.read(LONGEST_ANSWER_BYTES + 1)
        finally:
            answer.release_conn()
    except _Refused as error:
        raise PeerUnreachable(why="address") from error
    except (HTTPError, OSError) as error:
        raise PeerUnreachable(why=type(error).__name__) from error
    if len(content) > LONGEST_ANSWER_BYTES:
        raise PeerAnswerWrong()
    return answer.status, content, answer.headers.get(signatures.HEADER, "")


def _unreadable(status: int) -> PeerUnreachable | PeerAnswerWrong:
    """A page instead of an answer: of a proxy whose server is away, or of somebody else."""
    return PeerUnreachable(why=str(status)) if status >= 500 else PeerAnswerWrong()


def _apart(data: dict[str, Any]) -> Any:
    found = data.get("data")
    return found.get("seconds") if isinstance(found, dict) else None


def tell(peer: Peer, path: str, said: Any) -> bool:
    """POST what can wait; what became of it is noted on the peer. False when it has not arrived."""
    try:
        ask(peer, "POST", path, said)
    except (PeerUnreachable, PeerAnswerWrong, PeerRefused) as error:
        log.warning("%s took no %s: %s", peer.installation, path, error.code)
        contact.failed(peer, error)
        return False
    contact.heard(peer)
    return True
