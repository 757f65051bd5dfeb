"""Letters between keepers of sealed logs: here is the state of my log; here is my countersignature, or why not."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

MOST_HASHES = 4096
"""Hashes of new entries in one letter at most; of a busier day's entries several share one."""

MOST_KEYS = 100
"""Changes of a log's key in one letter at most: the last ones."""

_Hash = Field(pattern=r"^[0-9a-f]{64}$")
_Key = Field(pattern=r"^[0-9a-f]{64}$")
_Signature = Field(pattern=r"^[0-9a-f]{128}$")
Reason = Literal[
    "wrong_party",
    "key_changed",
    "signature_wrong",
    "went_back",
    "not_consistent",
    "no_proof",
    "growth_wrong",
]


class ProofV1(Frozen):
    """That the first `old_size` entries are a beginning of this tree (RFC 9162, 2.1.4): `path` in the RFC's order."""

    old_size: int = Field(ge=1)
    path: tuple[str, ...] = Field(max_length=128)


@contract
class LogHeadV1(Message):
    """The state of the sender's log. `signature`: Ed25519 by `public_key` over canonical JSON of version, log, size,
    root and at.

    proofs: from each head that the addressee may hold as the last one. grown: hashes of the subtrees between
    `from_size`, which is 0 or the old_size of one of the proofs, and `size`, each of at most 2**grain entries.
    """

    kind = "log.head"

    log: str = Field(max_length=31)
    size: int = Field(ge=1)
    root: str = _Hash
    at: AwareDatetime
    public_key: str = _Key
    signature: str = _Signature
    proofs: tuple[ProofV1, ...] = Field((), max_length=40)
    from_size: int = Field(ge=0)
    grain: int = Field(0, ge=0, le=40)
    grown: tuple[str, ...] = Field((), max_length=MOST_HASHES + 80)


@contract
class LogReturnV1(LogHeadV1):
    """The sender was restored from a backup, and its log went back with it: this is the state from which it goes on.

    rows_of: the moment that the backup is of. What was countersigned for later moments is lost at the sender; whoever
    holds heads of it keeps them, and compares later ones with this one.
    """

    kind = "log.return"

    rows_of: AwareDatetime
    restored_at: AwareDatetime
    backup: str = Field(max_length=80)


class KeyChangeV1(Frozen):
    """That a log goes on with another key. Both sign canonical JSON of version, log, from, to and at.

    at: as it was signed.
    """

    old: str = _Key
    new: str = _Key
    at: str = Field(max_length=40)
    by_old: str = _Signature
    by_new: str = _Signature


@contract
class LogHeadV2(LogHeadV1):
    """Of a log whose key has changed. keys: its last changes in order, so that a witness is led on from its own."""

    version = 2

    keys: tuple[KeyChangeV1, ...] = Field((), max_length=MOST_KEYS)


@contract
class LogReturnV2(LogReturnV1):
    """The same after a restoration."""

    version = 2

    keys: tuple[KeyChangeV1, ...] = Field((), max_length=MOST_KEYS)


@contract
class CountersignatureV1(Message):
    """The addressee of a head has compared it with the last one that it held, and signs it, or says why not.

    body: what it signed, canonical JSON; empty with a reason. held_size: of the last head of that log that it has
    countersigned, 0 for none.
    """

    kind = "log.countersignature"

    log: str = Field(max_length=31)
    size: int = Field(ge=1)
    root: str = _Hash
    outcome: Literal["signed", "refused"]
    reason: Reason | Literal[""] = ""
    held_size: int = Field(ge=0)
    body: str = Field("", max_length=2000)
    public_key: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    signature: str = Field("", pattern=r"^([0-9a-f]{128})?$")
