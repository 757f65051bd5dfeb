"""Public keys that sign launches: read from what an administrator pastes, or from where a system publishes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import load_pem_x509_certificate
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit import trail
from audit.move import move
from audit.trail import Person
from connections.traffic import note
from gateway import outbound
from kernel import clock
from kernel.errors import BadInput, Conflict, Problem
from provinces.kept import Kept
from tenants.embedding.models import KeyAddress, LaunchKey

ALGORITHMS = ("EdDSA", "ES256", "RS256")
SHORTEST_RSA_BITS = 2048
MOST_KEYS = 20
_READ_AGAIN_AFTER = timedelta(seconds=60)
MACHINE = trail.Actor(None, "系统")


class KeyUnusable(BadInput):
    """What was pasted is no public key that can be used here."""

    code = "launch_key_unusable"
    sentence = _("没有读到可用的公钥。请粘贴 PEM 公钥、证书或 JWK；只受理 Ed25519、P-256 和 2048 位以上的 RSA。")


class PrivateKeyPasted(BadInput):
    """A private key: it has been seen by us, so it must not be used any more."""

    code = "launch_key_private"
    sentence = _("粘贴的是私钥，没有保存。私钥已经离开对方系统，请对方作废它、另生成一对，再粘贴公钥。")


@dataclass(frozen=True)
class PublicKey:
    """One usable key. pem: SubjectPublicKeyInfo."""

    alg: str
    pem: str
    kid: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key's DER, by which two people can tell that they mean the same."""
        return hashlib.sha256(_der(self.pem)).hexdigest()


@lru_cache(maxsize=256)
def loaded(pem: str) -> Any:
    """The key of a PEM that was found usable, ready to check signatures. Raises ValueError."""
    return serialization.load_pem_public_key(pem.encode())


def _der(pem: str) -> bytes:
    key = serialization.load_pem_public_key(pem.encode())
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def read(text: str, *, kid: str = "") -> list[PublicKey]:
    """The keys in a PEM, a certificate, a JWK or a JWKS. kid: for a key that names none. Raises BadInput."""
    text = text.strip()
    if "PRIVATE KEY" in text:
        raise PrivateKeyPasted()
    if text.startswith("{"):
        return list(_of_json(text, kid))
    try:
        if "BEGIN CERTIFICATE" in text:
            key: Any = load_pem_x509_certificate(text.encode()).public_key()
        else:
            key = serialization.load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable() from error
    return [_usable(key, kid)]


def _of_json(text: str, kid: str) -> Iterator[PublicKey]:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise KeyUnusable() from error
    rows = said.get("keys") if isinstance(said.get("keys"), list) else [said]
    found = 0
    for row in rows[:MOST_KEYS]:
        if not isinstance(row, dict) or row.get("use") == "enc":
            continue
        if "d" in row or row.get("kty") == "oct":
            raise PrivateKeyPasted()
        try:
            key = jwt.PyJWK(row).key
            yield _usable(key, str(row.get("kid") or kid))
        except (jwt.PyJWTError, ValueError, TypeError, KeyUnusable):
            continue
        found += 1
    if not found:
        raise KeyUnusable()


def _usable(key: Any, kid: str) -> PublicKey:
    if isinstance(key, ed25519.Ed25519PublicKey):
        alg = "EdDSA"
    elif isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        alg = "ES256"
    elif isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA_BITS:
        alg = "RS256"
    else:
        raise KeyUnusable()
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    plain = PublicKey(alg, pem, kid.strip()[:120])
    return plain if plain.kid else PublicKey(alg, pem, plain.fingerprint[:16])


# Keeping --------------------------------------------------------------------------------------------------------------


def add(*, connection_id: UUID, text: str, kid: str, by: Person) -> list[LaunchKey]:
    """Register what was pasted. Earlier keys go on being good: end them once the system signs with the new one."""
    return [_keep(connection_id, key, LaunchKey.Origin.PASTED, by) for key in read(text, kid=kid)]


def _keep(connection_id: UUID, key: PublicKey, origin: str, by: Person) -> LaunchKey:
    try:
        with transaction.atomic():
            row = LaunchKey.objects.create(
                connection_id=connection_id,
                kid=key.kid,
                alg=key.alg,
                public_key=key.pem,
                fingerprint=key.fingerprint,
                origin=origin,
                added_by_name=by.display_name,
            )
            trail.record(row, "add", by=by, data={"kid": key.kid, "fingerprint": key.fingerprint})
    except IntegrityError as error:
        raise Conflict(
            _("密钥编号 {kid} 已登记。换新钥请用新的编号；要替换，请先停用旧的。"), code="launch_key_known", kid=key.kid
        ) from error
    return row


def revoke(*, row: LaunchKey, by: Person) -> LaunchKey:
    """End a key at once."""
    return move(row, "revoke", by=by)


def replace_soon(*, row: LaunchKey, days: int, by: Person) -> LaunchKey:
    """Let a key go on for some days while the system changes over."""
    row.until = clock.now() + timedelta(days=days)
    row.save(update_fields=["until"])
    trail.record(row, "end_later", by=by, data={"days": days})
    return row


def set_address(*, connection_id: UUID, url: str, by: Person) -> KeyAddress | None:
    """Where the system publishes its keys; empty: nowhere any more. Raises OutboundRefused."""
    if not url.strip():
        KeyAddress.objects.filter(pk=connection_id).delete()
        return None
    checked = outbound.check_url(url)
    row, _made = KeyAddress.objects.update_or_create(
        connection_id=connection_id, defaults={"url": checked, "read_at": None, "problem": ""}
    )
    return row


def read_address(row: KeyAddress) -> int:
    """Read the published keys: new ones are added, missing ones of the address end. Returns how many are good now.

    Outside any transaction. What went wrong is kept on the row, and nothing changes.
    """
    row.read_at, row.problem = clock.now(), ""
    found: list[PublicKey] = []
    try:
        answer = outbound.send("GET", row.url, headers={"Accept": "application/json"}, connect_s=3, read_s=5)
        if answer.status != 200:
            row.problem = f"http_{answer.status}"
        else:
            found = read(answer.content.decode("utf-8", "replace"))
    except Problem as problem:
        row.problem = problem.code
    row.save(update_fields=["read_at", "problem"])
    note(
        row.connection_id, direction="out", what="launch keys", ok=not row.problem, code=row.problem,
        payload={"url": row.url},
    )  # fmt: skip
    if not row.problem:
        _follow(row.connection_id, found)
    return len(found)


def _follow(connection_id: UUID, found: list[PublicKey]) -> None:
    published = {key.kid: key for key in found}
    for old in LaunchKey.objects.filter(
        connection_id=connection_id, origin=LaunchKey.Origin.JWKS, state=LaunchKey.State.ON
    ):
        new = published.get(old.kid)
        if new is None or new.fingerprint != old.fingerprint:
            revoke(row=old, by=MACHINE)
    known = set(
        LaunchKey.objects.filter(connection_id=connection_id, state=LaunchKey.State.ON).values_list("kid", flat=True)
    )
    for key in found:
        if key.kid not in known:
            _keep(connection_id, key, LaunchKey.Origin.JWKS, MACHINE)


def key_for(connection_id: UUID, kid: str) -> LaunchKey | None:
    """The good key of that name; an unknown name makes us read the published keys again, once a minute at most."""
    found = _good(connection_id, kid)
    if found is not None:
        return found
    address = KeyAddress.objects.filter(pk=connection_id).first()
    if address is None or (address.read_at and clock.now() - address.read_at < _READ_AGAIN_AFTER):
        return None
    read_address(address)
    return _good(connection_id, kid)


def _good(connection_id: UUID, kid: str) -> LaunchKey | None:
    row = _KEY.first(connection_id, kid)
    return row if row is not None and (row.until is None or row.until > clock.now()) else None


_KEY = Kept(
    lambda connection, kid: LaunchKey.objects.filter(connection_id=connection, kid=kid, state=LaunchKey.State.ON)
)
