"""What is done with the goods while they are held: seals, and whose hands they pass through."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit import log, trail
from audit.move import move, refusal
from evidence.selectors import own_exhibit
from kernel import clock
from kernel.errors import BadInput, Conflict
from kernel.ids import uuid7
from tenants.inspections import seizure_selectors as selectors
from tenants.inspections import seizure_term as term
from tenants.inspections.models import (
    GoodsHandover,
    Seal,
    Seizure,
)
from tenants.inspections.seizure_services.steps import announce, need, plain


def held(seizure: Seizure, verb: str = "release") -> None:
    if seizure.state not in term.HELD:
        raise refusal(seizure, verb)


@transaction.atomic
def apply_seal(
    *, by: User, seizure_id: UUID, number: str, place: str, exhibit_id: UUID | None = None, seal_id: UUID | None = None
) -> Seal:
    """Note a seal with its number, where it was pasted, and a photo of it if there is one."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    held(seizure)
    number, place = number.strip().upper(), place.strip()
    need(number, _("请填写封条号。"), "seal_number_missing")
    need(place, _("请填写封条贴在哪里。"), "seal_place_missing")
    if seal_id and (known := seizure.seals.filter(pk=seal_id).first()):
        return known
    exhibit = own_exhibit(by, exhibit_id) if exhibit_id else None
    try:
        with transaction.atomic():
            seal = Seal.objects.create(
                pk=seal_id or uuid7(),
                seizure=seizure,
                unit=selectors.issuing_unit(seizure.unit),
                number=number,
                place=place,
                exhibit=exhibit,
                applied_by=by,
            )
    except IntegrityError as error:
        raise Conflict(
            _("封条号 {number} 已经用过。每张封条只用一次，请核对号码。"), code="seal_used", number=number
        ) from error
    trail.record(seizure, "seal", by=by, data={"number": number})
    announce(seizure)
    return seal


@transaction.atomic
def end_seal(*, by: User, seizure_id: UUID, seal_id: UUID, broken: bool, reason: str) -> Seal:
    """A seal was taken off, or found broken."""
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    seal = seizure.seals.filter(pk=seal_id).first()
    if seal is None:
        raise BadInput(_("这件查封扣押没有这张封条。请刷新页面。"), code="seal_unknown")
    need(reason, _("请写明启封或破损的情况。"), "reason_missing")
    verb = "find_broken" if broken else "remove"
    move(seal, verb, by=by, why=reason.strip(), ended_at=clock.now(), ended_why=reason.strip()[:200])
    announce(seizure)
    return seal


@transaction.atomic
def hand_over(
    *,
    by: User,
    seizure_id: UUID,
    from_name: str,
    to_name: str,
    place: str,
    counted: Mapping[UUID, Decimal] | None = None,
    difference_reason: str = "",
    to_user: User | None = None,
    note: str = "",
) -> GoodsHandover:
    """The goods pass to another holder and are counted. Raises BadInput when one person stands on both sides, or the
    count differs from the list and nobody says why.
    """
    seizure = selectors.access_seizure(by, seizure_id, lock="officer")
    held(seizure)
    from_name, to_name, place = from_name.strip(), to_name.strip(), place.strip()
    need(from_name, _("请填写移交人。"), "from_missing")
    need(to_name, _("请填写保管人。"), "to_missing")
    need(place, _("请填写保管地点。"), "place_missing")
    if from_name == to_name:
        raise BadInput(_("移交人和保管人不能是同一个人。"), code="same_person")
    rows = {row.pk: row for row in seizure.property_list.rows.all()}
    said = dict(counted or {})
    if set(said) - set(rows):
        raise BadInput(_("清点里有清单上没有的行。请刷新页面。"), code="row_unknown")
    wrong = [row.item_name for pk, row in rows.items() if pk in said and said[pk] != row.quantity]
    if wrong and not difference_reason.strip():
        raise BadInput(
            _("{names}的清点数量与清单不同，请写明原因后再移交。"), code="difference_unexplained", names=wrong
        )
    event = GoodsHandover.objects.create(
        seizure=seizure,
        from_name=from_name,
        to_name=to_name,
        to_user=to_user,
        place=place,
        counted={str(pk): plain(said.get(pk, row.quantity)) for pk, row in rows.items()},
        difference_reason=difference_reason.strip(),
        note=note.strip(),
        by=by,
    )
    log.append(
        "goods.handed_over",
        event.pk,
        {
            "seizure": seizure.pk,
            "from": event.from_name,
            "to": event.to_name,
            "place": event.place,
            "counted": event.counted,
            "difference_reason": event.difference_reason,
            "at": event.at,
            "by": by.pk,
        },
    )
    trail.record(seizure, "hand_over", by=by, data={"handover": str(event.pk), "differs": bool(wrong)})
    announce(seizure)
    return event
