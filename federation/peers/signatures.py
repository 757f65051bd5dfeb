"""Signed requests and answers between two installations: a JSON Web Token (RFC 7519, EdDSA) in a header.

A request's token says who to whom (`iss`, `aud`), when (`iat`), once (`jti`), what (`htm`, `htu`: method and path with
query, as in RFC 9449) and over which bytes (`bsh`: SHA-256 of the body). An answer's token says the same of the answer
(`sts`: status) and names the request by its `jti` (`rqi`), so that no answer can be passed off for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.db import IntegrityError, transaction
from django.db.models import Q

from federation.peers import keys
from federation.peers.errors import ClockSkewed, PeerAnswerWrong, Replayed, SignatureWrong
from federation.peers.models import Peer, PeerKey, SeenRequest
from kernel import clock
from kernel.canonical import sha256_hex
from kernel.ids import uuid7

HEADER = "Courier-Signature"
WINDOW = timedelta(minutes=5)
_ALGORITHM = "EdDSA"
_OPTIONS: Any = {"verify_exp": False, "verify_iat": False, "require": ["iss", "aud", "iat", "bsh"]}


@dataclass(frozen=True, slots=True)
class Signed:
    """A token, and the id by which its answer must name it."""

    token: str
    nonce: str


def _token(peer: Peer, body: bytes, claims: Mapping[str, Any]) -> str:
    key = keys.own(peer.our_generation)
    said = {
        "iss": keys.installation(),
        "aud": peer.installation,
        "iat": int(clock.now().timestamp()),
        "bsh": sha256_hex(body),
        **claims,
    }
    headers = {"kid": keys.key_id(keys.own_public(peer.our_generation)), "typ": "courier+jwt"}
    return jwt.encode(said, key, algorithm=_ALGORITHM, headers=headers)


def sign_request(peer: Peer, method: str, target: str, body: bytes) -> Signed:
    """target: path with query, as it goes over the wire."""
    nonce = uuid7().hex
    return Signed(_token(peer, body, {"jti": nonce, "htm": method, "htu": target}), nonce)


def sign_answer(peer: Peer, nonce: str, status: int, body: bytes) -> str:
    """The token of an answer to the request of that nonce."""
    return _token(peer, body, {"rqi": nonce, "sts": status})


def read_request(token: str, method: str, target: str, body: bytes) -> tuple[Peer, str]:
    """Who signed a request, and its nonce, which is used up by this.

    Raises SignatureWrong for whoever is not an active peer, a key that is not or no longer theirs, and anything that
    is not as signed; ClockSkewed; Replayed.
    """
    peer, said = _read(token, body)
    if (said.get("htm"), said.get("htu")) != (method, target) or not isinstance(said.get("jti"), str):
        raise SignatureWrong()
    moment = clock.now()
    _check_time(said, moment)
    try:
        with transaction.atomic():
            SeenRequest.objects.create(peer=peer, nonce=said["jti"][:64], expires_at=moment + 2 * WINDOW)
    except IntegrityError as error:
        raise Replayed() from error
    return peer, said["jti"]


def read_answer(token: str, peer: Peer, nonce: str, status: int, body: bytes) -> None:
    """Raises PeerAnswerWrong unless this very answer to that very request is signed by the peer."""
    try:
        signer, said = _read(token, body)
    except SignatureWrong as error:
        raise PeerAnswerWrong() from error
    if signer != peer or (said.get("rqi"), said.get("sts")) != (nonce, status):
        raise PeerAnswerWrong()


def _read(token: str, body: bytes) -> tuple[Peer, dict[str, Any]]:
    try:
        unverified = jwt.decode(token, options={"verify_signature": False})
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise SignatureWrong() from error
    peer = Peer.objects.filter(installation=str(unverified.get("iss")), state=Peer.State.ACTIVE).first()
    found = peer and _key(peer, str(header.get("kid")))
    if peer is None or not found:
        raise SignatureWrong()
    try:
        said = jwt.decode(
            token,
            keys.public(found.public_key),
            algorithms=[_ALGORITHM],
            audience=keys.installation(),
            issuer=peer.installation,
            options=_OPTIONS,
        )
    except jwt.InvalidTokenError as error:
        raise SignatureWrong() from error
    if said["bsh"] != sha256_hex(body):
        raise SignatureWrong()
    return peer, said


def _key(peer: Peer, key_id: str) -> PeerKey | None:
    valid = Q(until=None) | Q(until__gt=clock.now())
    return peer.keys.filter(valid, key_id=key_id).first()


def _check_time(said: Mapping[str, Any], moment: datetime) -> None:
    apart = moment.timestamp() - float(said["iat"])
    if abs(apart) > WINDOW.total_seconds():
        raise ClockSkewed(seconds=int(apart), now=moment)


def forget() -> int:
    """Throw away nonces that no signature can use any more. Returns how many."""
    return SeenRequest.objects.filter(expires_at__lte=clock.now()).delete()[0]
