"""Requests to another installation: signed, to the address on its card, by the way out of `gateway.outbound`."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from federation.peers import contact, signatures
from federation.peers.errors import AddressRefused, PeerAnswerWrong, PeerRefused, PeerUnreachable
from federation.peers.models import Peer
from gateway import outbound
from kernel.canonical import canonical_json
from watching import tracing

log = logging.getLogger(__name__)

CONNECT_S, READ_S, TOTAL_S = 5.0, 60.0, 600.0
LONGEST_ANSWER_BYTES = 20_000_000
PREFIX = "/courier/v1/"


def check_url(url: str) -> str:
    """The address of a courier as it is kept. Raises AddressRefused for whatever is not scheme, host and port alone."""
    try:
        kept = outbound.check_url(url, with_path=False, networks=settings.PEER_NETWORKS)
    except outbound.OutboundRefused as error:
        raise AddressRefused(url=url) from error
    if settings.SCHEME == "https" and not kept.startswith("https:"):
        raise AddressRefused(url=url)
    return kept


def is_allowed(address: str) -> bool:
    """Whether a courier may talk to an IP address: a public one, one of `PEER_NETWORKS`, or in development our own."""
    return outbound.is_allowed(address, settings.PEER_NETWORKS)


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
        **({"traceparent": trace} if (trace := tracing.carried()) else {}),
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
        answer = outbound.send(
            method,
            f"{peer.courier_url}{target}",
            body=body,
            headers=headers,
            networks=settings.PEER_NETWORKS,
            connect_s=CONNECT_S,
            read_s=READ_S,
            total_s=TOTAL_S,
            longest_bytes=LONGEST_ANSWER_BYTES,
        )
    except outbound.OutboundRefused as error:
        raise PeerUnreachable(why="address") from error
    except outbound.OutboundFailed as error:
        if error.data["why"] == "too_long":
            raise PeerAnswerWrong() from error
        raise PeerUnreachable(why=str(error.data["why"])) from error
    return answer.status, answer.content, answer.headers.get(signatures.HEADER.lower(), "")


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
