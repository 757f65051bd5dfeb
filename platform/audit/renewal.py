"""A log goes on with a new key: the old one vouches for it, in an entry of the log itself."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from audit import heads, keys, log
from audit.models import LogHead
from kernel import clock
from kernel.canonical import instant
from kernel.locks import lock


def following(name: str) -> bytes | None:
    """The public key with which the log of this seat would go on; None where settings give it no new one.

    Raises keys.LogKeyGone when nobody could vouch for it.
    """
    known = keys.chain(name)
    keys.holder(name, known)
    new = keys.public_of(keys.newest(name, known))
    return None if new in known else new


def renew_other(name: str, new: bytes) -> None:
    """What else this seat signs goes on with this key: the same, without a head. Repeated, it changes nothing twice.

    name: see `audit.keys`. Raises keys.LogKeyGone.
    """
    with transaction.atomic():
        _follow(name, new)


def _follow(name: str, new: bytes) -> None:
    """Write the change into the log of this seat, once. In the caller's transaction."""
    lock(log.lock_name(f"head {name}"))
    known = keys.chain(name)
    if known[-1] != new:
        log.append(keys.KIND, keys.record_of(name), _change(name, known, new).content())


def renew(new: bytes) -> LogHead | None:
    """Go on with this key, the log of this seat: the entry, then a head over it. Repeated, it changes nothing twice.

    new: as `following` said. Returns the first head that it signed; None for a log with nothing in it.
    Raises keys.LogKeyGone.
    """
    name = log.name_of()
    if heads.latest(name) is None and heads.make(name) is None:
        return None  # nothing was ever signed: settings alone say with which key it begins
    with transaction.atomic():
        _follow(name, new)
    last = heads.latest(name)
    return last if last is not None and bytes(last.public_key) == new else heads.make(name)


def _change(name: str, known: list[bytes], new: bytes) -> keys.Change:
    old, at = keys.holder(name, known), instant(clock.now())
    secret = keys.newest(name, known)
    if keys.public_of(secret) != new:
        raise keys.LogKeyGone(log=name)
    said = keys.statement(name, known[-1], new, at)
    by_new = Ed25519PrivateKey.from_private_bytes(secret).sign(said)
    return keys.Change(name, known[-1], new, at, old.sign(said), by_new)
