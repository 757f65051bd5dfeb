"""A log that went back to a backup and goes on: said by its party, noted by its witnesses, and never hidden.

Where the rows of before could be read, the log was taken over as it was and nothing of this happens. Where it went
back, the party writes to each witness from which head it goes on. The witness keeps what it held before: those heads
say how much is lost. It tells its people, and compares later heads with the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from audit import heads, keys
from audit.models import WitnessedHead
from backups import hooks
from backups.hooks import Return
from backups.models import Restoration
from federation.contracts.heads import LogHeadV1, LogHeadV2, LogReturnV1, LogReturnV2, Reason
from federation.heads.models import LogReturn

if TYPE_CHECKING:
    from federation.letters.post import Envelope

_returning: ContextVar[tuple[datetime, datetime, str] | None] = ContextVar("log_returning", default=None)


def as_return(message: LogHeadV1) -> LogHeadV1:
    """The head itself; while a log comes back, the letter that says so."""
    said = _returning.get()
    if said is None:
        return message
    rows_of, restored_at, backup = said
    kind = LogReturnV2 if isinstance(message, LogHeadV2) else LogReturnV1
    return kind(**message.model_dump(), rows_of=rows_of, restored_at=restored_at, backup=backup)


@contextmanager
def _as_one_who_returns(back: Return, backup: str) -> Iterator[None]:
    token = _returning.set((back.since, back.until, backup))
    try:
        yield
    finally:
        _returning.reset(token)


def tell_witnesses(back: Return) -> None:
    """In the seat of a province that was restored: where its log went back, its next head says so."""
    if back.found.get("log", {}).get("kept"):
        return
    backup = Restoration.objects.get(pk=back.restoration_id).backup_name
    with _as_one_who_returns(back, backup):
        head = heads.make()
    back.found.setdefault("log", {})["goes_on_from"] = head.size if head is not None else 0


def witness(message: LogReturnV1, envelope: Envelope) -> WitnessedHead:
    """In the receiver's transaction. A head that continues what we hold is countersigned like any other."""
    from federation.heads import services

    root = bytes.fromhex(message.root)
    said = heads.statement(message.log, message.size, root, message.at)
    held = services.last_signed(message.log)
    if held is None or (message.size >= held.size and services.continues(message, held)):
        return services.witness(message, envelope)
    reason, peaks = _compare(message, envelope, said, held)
    known = WitnessedHead.objects.filter(letter_id=envelope.letter_id).exists()
    row = services.keep(message, envelope, said, reason, peaks, held)
    if reason is None and not known:
        LogReturn.objects.create(
            party=str(envelope.sender),
            log=message.log,
            held_size=held.size,
            size=message.size,
            rows_of=message.rows_of,
            head_id=row.pk,
        )
        services.alarm(_("一方从备份恢复，封存日志退回过：备份以后的记录在对方已丢失，本方留存的日结仍可作证"))
    return row


def _compare(
    message: LogReturnV1, envelope: Envelope, said: bytes, held: WitnessedHead
) -> tuple[Reason | None, list[bytes]]:
    """Like any head, but against the last one that we hold from before the backup, instead of the last of all."""
    from federation.heads import services

    if services.party_of(message.log) != envelope.sender:
        return "wrong_party", []
    if not services.is_led_to(message, {bytes(held.public_key), *_keys_before(message.log)}):
        return "key_changed", []
    if not keys.is_signed(bytes.fromhex(message.public_key), bytes.fromhex(message.signature), said):
        return "signature_wrong", []
    signed = WitnessedHead.objects.filter(
        log=message.log, outcome=WitnessedHead.Outcome.SIGNED, at__lte=message.rows_of
    )
    last = signed.order_by("-pk").first()
    if last is not None and not services.continues(message, last):
        return "not_consistent", []
    peaks = services.peaks_of(message)
    return (None, peaks) if peaks else ("growth_wrong", [])


def _keys_before(name: str) -> list[bytes]:
    """Those under which we ever countersigned a head of the log: a change of key may be among what is lost."""
    signed = WitnessedHead.objects.filter(log=name, outcome=WitnessedHead.Outcome.SIGNED)
    return [bytes(key) for key in signed.order_by("public_key").values_list("public_key", flat=True).distinct()]


def register() -> None:
    """After letters were listed; see `hooks`."""
    hooks.on_return(tell_witnesses)
