"""Ask others to countersign our heads; compare and countersign theirs.

A witness that has signed heads of a log knows every later rewriting of what they cover: it holds the root, and the hash
of each entry that it was shown (`WitnessedHead`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from accounts.models import Post, User
from audit import heads, keys, log, merkle
from audit.models import HeadWitness, LogHead, WitnessedHead
from audit.move import move
from audit.trail import Actor
from federation.contracts.addresses import Address
from federation.contracts.heads import (
    MOST_HASHES,
    MOST_KEYS,
    CountersignatureV1,
    KeyChangeV1,
    LogHeadV1,
    LogHeadV2,
    LogReturnV2,
    ProofV1,
    Reason,
)
from federation.heads import returning
from federation.heads.models import LogReturn
from federation.letters.addressees import standing
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.canonical import canonical_json
from kernel.errors import Words
from notify.services import tell
from provinces.context import required
from provinces.hosts import DIRECTORY

logger = logging.getLogger(__name__)
MACHINE = Actor(None, "系统")
OTHER_PROVINCES = 2
MOST_PROOFS = 30
_THREADS = UUID("0192f4c0-5a60-7000-8000-6c6f67686561")
_TOLD = (Post.Role.BUREAU_ADMIN, Post.Role.SECURITY_ADMIN, Post.Role.OFFICE_ADMIN)


# Ours -----------------------------------------------------------------------------------------------------------------


def party_of(name: str) -> Address | None:
    """Who keeps the log of that name; None for the brands', whose seat is no party."""
    if name == "brands":
        return None
    return Address.office() if name == "office" else Address.province(name)


def witnesses_of(name: str) -> list[Address]:
    """Who is asked to countersign: the next two provinces by code, in a ring, and the office."""
    codes = sorted(host.seat.name for host in DIRECTORY.ordinary() if host.state == "active")
    after = [code for code in codes if code > name] + [code for code in codes if code < name]
    chosen = [Address.province(code) for code in after[:OTHER_PROVINCES]]
    return chosen if name == "office" else [*chosen, Address.office()]


def announce(head: LogHead) -> None:
    """Write to each witness of a new head, in the transaction that made it."""
    if party_of(head.log) is None:
        return
    for witness in witnesses_of(head.log):
        if standing(witness) == "active":
            HeadWitness.objects.create(head=head, witness=str(witness))
            message = returning.as_return(_letter(head, witness))
            post(message, witness, thread=uuid5(_THREADS, head.log), by=MACHINE)


def _letter(head: LogHead, witness: Address) -> LogHeadV1:
    base, open_sizes = _held_by(head, witness)
    grain = 0
    while len(cover := merkle.cover(base, head.size, grain=grain)) > MOST_HASHES:
        grain += 1
    known = log.read_nodes(head.log, cover)
    message = LogHeadV1(
        log=head.log,
        size=head.size,
        root=head.root_hex,
        at=head.at,
        public_key=bytes(head.public_key).hex(),
        signature=bytes(head.signature).hex(),
        proofs=tuple(
            ProofV1(old_size=size, path=tuple(each.hex() for each in log.consistency(head.log, size, head.size)))
            for size in open_sizes
        ),
        from_size=base,
        grain=grain,
        grown=tuple(known[node].hex() for node in cover),
    )
    changed = keys.changes(head.log)[-MOST_KEYS:]
    return LogHeadV2(**dict(message), keys=tuple(map(_told, changed))) if changed else message


def _told(change: keys.Change) -> KeyChangeV1:
    raw = {"old": change.old, "new": change.new, "by_old": change.by_old, "by_new": change.by_new}
    return KeyChangeV1(at=change.at, **{name: value.hex() for name, value in raw.items()})


def _held_by(head: LogHead, witness: Address) -> tuple[int, list[int]]:
    """Size of our last head that the witness has said it holds, and of those that it may have taken since."""
    rows = HeadWitness.objects.filter(head__log=head.log, witness=str(witness), head__size__lt=head.size)
    answered = rows.exclude(state=HeadWitness.State.ASKED).order_by("-answered_at").first()
    base = answered.held_size if answered and answered.held_size <= head.size else 0
    asked = rows.filter(state=HeadWitness.State.ASKED, head__size__gt=base).order_by("-head__size")
    sizes = {base, *asked.values_list("head__size", flat=True)[:MOST_PROOFS]} - {0}
    return base, sorted(sizes)


def take_answer(message: CountersignatureV1, envelope: Envelope) -> None:
    """Keep a countersignature, or the reason why there is none. One that does not fit its head counts as none."""
    row = HeadWitness.objects.filter(
        head__log=message.log,
        head__size=message.size,
        witness=str(envelope.sender),
        state=HeadWitness.State.ASKED,
    ).first()
    if row is None or row.head.root_hex != message.root or message.log != log.name_of():
        logger.warning("letter %s countersigns no head of ours that waits", envelope.letter_id)
        return
    moment, body = clock.now(), message.body.encode()
    if message.outcome == "signed":
        public, signature = bytes.fromhex(message.public_key), bytes.fromhex(message.signature)
        if body == _countersigned(row.head, envelope.sender) and keys.is_signed(public, signature, body):
            move(
                row,
                "sign",
                by=MACHINE,
                answered_at=moment,
                held_size=message.held_size,
                body=message.body,
                public_key=public,
                signature=signature,
            )
            return
    reason = message.reason or "signature_wrong"
    move(row, "refuse", by=MACHINE, answered_at=moment, held_size=message.held_size, reason=reason)
    alarm(_("本方的日结被拒绝见证，封存日志可能被改动过"))


def _countersigned(head: LogHead, witness: Address) -> bytes:
    return countersignature(str(witness), head.log, head.size, head.root_hex)


# Theirs ---------------------------------------------------------------------------------------------------------------


def countersignature(witness: str, name: str, size: int, root: str) -> bytes:
    """The bytes that a witness signs."""
    return canonical_json({"version": 1, "witness": witness, "log": name, "size": size, "root": root})


def witness(message: LogHeadV1, envelope: Envelope) -> WitnessedHead:
    """Compare a head with the last one that we countersigned, keep it, and answer. In the receiver's transaction."""
    root = bytes.fromhex(message.root)
    said = heads.statement(message.log, message.size, root, message.at)
    held = last_signed(message.log)
    reason, peaks = compare(message, envelope, said, held)
    return keep(message, envelope, said, reason, peaks, held)


def keep(
    message: LogHeadV1,
    envelope: Envelope,
    said: bytes,
    reason: Reason | None,
    peaks: list[bytes],
    held: WitnessedHead | None,
) -> WitnessedHead:
    """Keep a head with our countersignature, or with the reason why there is none, and answer. Twice is once."""
    if (before := WitnessedHead.objects.filter(letter_id=envelope.letter_id).first()) is not None:
        return before
    own_name, root = required().name, bytes.fromhex(message.root)
    signed = (
        countersignature(str(envelope.addressee), message.log, message.size, message.root) if reason is None else b""
    )
    row = WitnessedHead.objects.create(
        party=str(envelope.sender),
        log=message.log,
        size=message.size,
        root=root,
        at=message.at,
        body=said.decode(),
        public_key=bytes.fromhex(message.public_key),
        signature=bytes.fromhex(message.signature),
        letter_id=envelope.letter_id,
        outcome=WitnessedHead.Outcome.REFUSED if reason else WitnessedHead.Outcome.SIGNED,
        reason=reason or "",
        from_size=message.from_size,
        grain=message.grain,
        peaks=b"".join(peaks),
        grown=bytes.fromhex("".join(message.grown)),
        own_body=signed.decode(),
        own_public_key=keys.public_key(own_name) if signed else None,
        own_signature=keys.sign(own_name, signed) if signed else None,
    )
    answer = CountersignatureV1(
        log=message.log,
        size=message.size,
        root=message.root,
        outcome="refused" if reason else "signed",
        reason=reason or "",
        held_size=message.size if signed else (held.size if held else 0),
        body=row.own_body,
        public_key=bytes(row.own_public_key or b"").hex(),
        signature=bytes(row.own_signature or b"").hex(),
    )
    post(answer, envelope.sender, thread=envelope.thread, by=MACHINE, in_reply_to=envelope.letter_id)
    if reason:
        alarm(_("一方的日结与以前见证过的对不上，已拒绝见证"))
    return row


def last_signed(name: str) -> WitnessedHead | None:
    """The last head of a log that we countersigned, since it last went back to a backup if it ever did."""
    rows = WitnessedHead.objects.filter(log=name, outcome=WitnessedHead.Outcome.SIGNED)
    if closed := DIRECTORY.closed_before(name):  # another province is opened under the code of one that was removed
        rows = rows.filter(received_at__gt=closed)
    back = LogReturn.objects.filter(log=name).first()
    if back is not None:
        rows = rows.filter(pk__gte=back.head_id)
    return rows.order_by("-size").first()


def compare(
    message: LogHeadV1, envelope: Envelope, said: bytes, held: WitnessedHead | None
) -> tuple[Reason | None, list[bytes]]:
    """Why the head cannot be countersigned, or None; and the peaks of its tree where they could be reckoned."""
    if party_of(message.log) != envelope.sender:
        return "wrong_party", []
    public = bytes.fromhex(message.public_key)
    if held is not None and not is_led_to(message, {bytes(held.public_key)}):
        return "key_changed", []
    if not keys.is_signed(public, bytes.fromhex(message.signature), said):
        return "signature_wrong", []
    if held is not None:
        if message.size < held.size:
            return "went_back", []
        if not continues(message, held):
            paths = [proof for proof in message.proofs if proof.old_size == held.size]
            return ("not_consistent" if paths or message.size == held.size else "no_proof"), []
    peaks = peaks_of(message)
    return (None, peaks) if peaks else ("growth_wrong", [])


def is_led_to(message: LogHeadV1, known: set[bytes]) -> bool:
    """Whether a head is signed with one of these keys, or one that such a key has vouched for."""
    public = bytes.fromhex(message.public_key)
    told = message.keys if isinstance(message, LogHeadV2 | LogReturnV2) else ()
    said = [
        keys.Change(
            message.log, bytes.fromhex(one.old), bytes.fromhex(one.new), one.at,
            bytes.fromhex(one.by_old), bytes.fromhex(one.by_new),
        )
        for one in told
    ]  # fmt: skip
    return public in known or any(keys.leads(start, said, public) for start in known)


def continues(message: LogHeadV1, held: WitnessedHead) -> bool:
    """Whether what we hold is a beginning of this head's tree."""
    root, held_root = bytes.fromhex(message.root), bytes(held.root)
    if message.size == held.size:
        return root == held_root
    return any(
        merkle.consistent(held.size, message.size, held_root, root, [bytes.fromhex(each) for each in proof.path])
        for proof in message.proofs
        if proof.old_size == held.size
    )


def peaks_of(message: LogHeadV1) -> list[bytes]:
    """The peaks of the tree, from what we hold and what has grown; empty unless they lead to the root."""
    cover = merkle.cover(message.from_size, message.size, grain=message.grain)
    if message.from_size > message.size or len(cover) != len(message.grown):
        return []
    known = {node: bytes.fromhex(digest) for node, digest in zip(cover, message.grown, strict=True)}
    if message.from_size:
        signed = WitnessedHead.objects.filter(log=message.log, outcome=WitnessedHead.Outcome.SIGNED)
        base = signed.filter(size=message.from_size).order_by("-pk").first()
        if base is None:
            return []
        known |= dict(zip(merkle.peaks(base.size), hashes_in(base.peaks), strict=True))
    try:
        peaks = merkle.joined(merkle.peaks(message.size), known)
    except KeyError:
        return []
    return peaks if merkle.fold(peaks) == bytes.fromhex(message.root) else []


def hashes_in(joined: bytes | memoryview) -> list[bytes]:
    """The hashes that were written one after the other."""
    data = bytes(joined)
    return [data[start : start + merkle.HASH_BYTES] for start in range(0, len(data), merkle.HASH_BYTES)]


def alarm(title: Words) -> None:
    """Tell those who look after the log here."""
    tell(to=_ids(_TOLD), code="log_head_refused", title=title, url="/log/", urgent=True)


def _ids(roles: Iterable[str]) -> list[UUID]:
    return list(User.people.filter(is_active=True, posts__role__in=roles).distinct().values_list("pk", flat=True))
