"""回执: the other side says what became of our parcel, by file or by link. Said twice it is once."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import trail
from kernel import clock
from kernel.errors import BadInput
from notify.services import tell
from tenants.parcels import kinds as registry
from tenants.parcels.kinds import Answer
from tenants.parcels.models import Parcel, ParcelReceipt

MOST = 500


@dataclass(frozen=True, kw_only=True)
class Said:
    """One receipt. kind, id: of the record as the parcel names it; empty: the whole parcel."""

    effect: str
    kind: str = ""
    id: str = ""
    code: str = ""
    reason: str = ""


def standing(parcel: Parcel, said: Said) -> ParcelReceipt | None:
    """What was said of this record before."""
    return ParcelReceipt.objects.filter(parcel=parcel, record_kind=said.kind, record_ref=said.id).first()


def says_the_same(row: ParcelReceipt, said: Said) -> bool:
    """Whether it says nothing new."""
    return (row.effect, row.code, row.reason) == (said.effect, said.code, said.reason)


def _pass_on(parcel: Parcel, row: ParcelReceipt, by: User) -> None:
    """Whose record it is hears of it; that a whole parcel was sent back, all whose records are in it."""
    assert parcel.sequence is not None
    if not row.record_kind and row.effect != ParcelReceipt.Effect.REJECTED:
        return  # it says nothing of one that was sent back by itself
    answer = Answer(
        connection_id=parcel.connection_id,
        parcel=parcel.sequence,
        ref=row.record_ref,
        refused=row.effect == ParcelReceipt.Effect.REJECTED,
        words=" ".join(filter(None, (row.code, row.reason))),
    )
    for name in [row.record_kind] if row.record_kind else sorted(parcel.counts):
        kind = registry.kind(name)
        if kind is not None and kind.heard is not None:
            kind.heard(answer, by)


@transaction.atomic
def acknowledge(*, by: User, parcel: Parcel, said: list[Said]) -> list[ParcelReceipt]:
    """Keep them; who made the parcel hears of the first refusal. The caller looked who may.

    Raises BadInput `kind_not_sent` for a kind that is not in the parcel.
    """
    parcel = Parcel.objects.select_for_update().get(pk=parcel.pk)
    refused_before = parcel.receipts.filter(effect=ParcelReceipt.Effect.REJECTED).exists()
    kept, news = [], []
    for each in said:
        if each.kind and each.kind not in parcel.counts:
            raise BadInput(
                _("我方那一包里没有“{value}”这一种记录。请核对后重发。"), code="kind_not_sent", value=each.kind
            )
        row = standing(parcel, each)
        if row is None or not says_the_same(row, each):
            row, _made = ParcelReceipt.objects.update_or_create(
                parcel=parcel,
                record_kind=each.kind,
                record_ref=each.id,
                defaults={
                    "effect": each.effect,
                    "code": each.code,
                    "reason": each.reason,
                    "at": clock.now(),
                    "by_name": by.display_name,
                },
            )
            news.append(row)
        kept.append(row)
    for row in news:
        _pass_on(parcel, row, by)
    refused = [each for each in kept if each.effect == ParcelReceipt.Effect.REJECTED]
    trail.record(parcel, "acknowledge", by=by, data={"receipts": len(kept), "rejected": len(refused)})
    if refused and not refused_before:
        tell(
            to=[parcel.by_id],
            code="parcel_rejected",
            title=_("对方退回了数据包里的记录"),
            body=f"{parcel.connection_name} · {parcel.sequence}",
            url=f"/parcels/out/{parcel.pk}/",
        )
    return kept
