"""去向: a province asks who should get a letter, the office answers; and the province's list of its own units."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from audit import trail
from audit.move import move
from audit.trail import Person
from federation.broker import directory, hooks, routing
from federation.broker.models import Route, UnitsTold
from federation.broker.services.common import MACHINE, need, own, tell_desk, title_of, url
from federation.contracts.addresses import Address
from federation.contracts.broker import (
    RouteAnsweredV1,
    RouteAskedV1,
    RouteProposalV1,
    RouteReasonV1,
    RouteWithdrawnV1,
    UnitsV1,
    UnitV1,
)
from federation.letters import receipts
from federation.letters.post import Envelope, post
from kernel import clock
from kernel.canonical import canonical_json, sha256_hex
from kernel.errors import BadInput

State = Route.State
DAILY_HOURS = 20
NOT_TOLD = (Unit.Kind.SECTION, Unit.Kind.SQUADRON)
"""Kinds that nobody outside writes to."""


# Asking (province) ----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *,
    letter_kind: str,
    by: Person,
    division_code: str = "",
    brand_id: UUID | None = None,
    brand_name: str = "",
    product_group: str = "",
    subject_kind: str = "",
    subject_id: UUID | None = None,
) -> Route:
    """Ask the office who should get a letter. It learns kind, division, brand and group of goods, and nothing else.

    The answer comes to `hooks.on_routed`. Raises BadInput `route_facts_missing` where nothing is said to go by.
    """
    if not (division_code or brand_id or brand_name.strip()):
        raise BadInput(_("请至少填写地点或品牌，协作办公室才能提出去向。"), code="route_facts_missing")
    proposals = routing.propose(
        division_code=division_code, brand_id=brand_id, product=product_group, from_province=own(), kind=letter_kind
    )
    row = Route.objects.create(
        province=own(),
        letter_kind=letter_kind,
        division_code=division_code[:6],
        brand_id=brand_id,
        brand_name=brand_name.strip()[:80],
        product_group=product_group.strip()[:80],
        subject_kind=subject_kind,
        subject_id=subject_id,
        proposals=[each.as_json() for each in proposals],
        asked_at=clock.now(),
        asked_by=by.display_name[:60],
        unit_id=getattr(by, "unit_id", None),
    )
    trail.record(row, "ask", by=by, to_state=row.state)
    letter = post(
        RouteAskedV1(
            route_id=row.pk, letter_kind=row.letter_kind, division_code=row.division_code, brand_id=row.brand_id,
            brand_name=row.brand_name, product_group=row.product_group, at=row.asked_at,
        ),
        Address.office(), thread=row.pk, by=by,
    )  # fmt: skip
    row.due_at = letter.deliveries.values_list("due_at", flat=True).first()
    row.save(update_fields=["due_at"])
    return row


@transaction.atomic
def withdraw(row: Route, *, by: Person) -> Route:
    """No answer is needed any more. Raises MoveRefused once it was answered."""
    move(row, "withdraw", by=by)
    post(RouteWithdrawnV1(route_id=row.pk, at=clock.now()), Address.office(), thread=row.pk, by=by)
    return row


def answered(message: RouteAnsweredV1) -> Route | None:
    """The office's answer. One that comes after we withdrew changes nothing."""
    row = Route.objects.select_for_update(of=("self",)).filter(pk=message.route_id).first()
    if row is None or row.state not in Route.OPEN:
        return None
    move(
        row, "answer", by=trail.Actor(None, str(_("省际协作办公室"))), unit_ref=message.unit_ref, reason=message.reason,
        changed=message.changed, answered_at=message.at, answered_by=str(_("省际协作办公室")),
        proposals=[_kept(each) for each in message.proposals] or row.proposals,
    )  # fmt: skip
    unit = directory.find(row.unit_ref)
    tell_desk("broker_route", _("去向有答复"), unit.name if unit else row.unit_ref, url("route", row.pk))
    hooks.routed(row)
    return row


# Answering (office) ---------------------------------------------------------------------------------------------------


def came(message: RouteAskedV1, envelope: Envelope) -> Route:
    """A province asks: one more in the queue, with what the machine proposes now, the load counted in."""
    row, made = Route.objects.get_or_create(
        pk=message.route_id,
        defaults={
            "province": envelope.sender.name,
            "letter_kind": message.letter_kind,
            "division_code": message.division_code,
            "brand_id": message.brand_id,
            "brand_name": message.brand_name,
            "product_group": message.product_group,
            "asked_at": message.at,
            "due_at": envelope.due_at,
        },
    )
    if made:
        proposals = _proposed(row)
        Route.objects.filter(pk=row.pk).update(proposals=[each.as_json() for each in proposals])
        row.refresh_from_db()
        trail.record(row, "ask", by=trail.Actor(None, title_of(row.province)), to_state=row.state)
        tell_desk("broker_route", _("有一件去向等您答复"), title_of(row.province), url("route", row.pk))
    return row


def _proposed(row: Route) -> list[routing.Proposal]:
    try:
        return routing.propose(
            division_code=row.division_code, brand_id=row.brand_id, product=row.product_group,
            from_province=row.province, kind=row.letter_kind,
        )  # fmt: skip
    except BadInput:  # a division that is none: a person looks
        return []


def withdrawn(message: RouteWithdrawnV1, sender: str) -> None:
    """The province needs no answer. One that was given stands."""
    row = Route.objects.select_for_update(of=("self",)).filter(pk=message.route_id, province=sender).first()
    if row is not None and row.state in Route.OPEN:
        move(row, "withdraw", by=trail.Actor(None, title_of(sender)))
        receipts.over(row.pk, RouteAskedV1.kind)


@transaction.atomic
def claim(row: Route, *, by: Person) -> Route:
    """接手: a colleague sees that somebody is at it."""
    return move(row, "claim", by=by, claimed_by_id=by.pk, claimed_at=clock.now())


@transaction.atomic
def release(row: Route, *, by: Person) -> Route:
    """Put it back into the queue."""
    return move(row, "release", by=by, claimed_by=None, claimed_at=None)


@transaction.atomic
def answer(row: Route, *, by: Person, unit_ref: str, reason: str = "") -> Route:
    """Name the unit. Another than the first proposal needs a reason. Raises MoveRefused, NotFound404, BadInput."""
    unit = directory.unit(unit_ref)
    if unit.removed:
        raise BadInput(_("{name}已经撤并，请另选单位。"), code="unit_removed", name=unit.name)
    changed = not row.proposals or row.proposals[0]["unit_ref"] != unit_ref
    why = reason.strip()[:500]
    if changed:
        why = need(reason, _("与系统首选不同，请写明理由。"), "reason_missing", longest=500)
    now = clock.now()
    move(
        row, "answer", by=by, why=why, unit_ref=unit_ref, reason=why, changed=changed, answered_at=now,
        answered_by=by.display_name[:60],
    )  # fmt: skip
    post(
        RouteAnsweredV1(
            route_id=row.pk, unit_ref=unit_ref, reason=why, changed=changed, at=now,
            proposals=tuple(_told(each) for each in row.proposals),
        ),
        Address.province(row.province), thread=row.pk, by=by,
    )  # fmt: skip
    return row


def _told(kept: dict[str, Any]) -> RouteProposalV1:
    """A proposal as it travels: no fractions."""
    return RouteProposalV1(
        unit_ref=kept["unit_ref"], score_permille=round(kept["score"] * 1000), certain=kept["certain"],
        direct=kept["direct"],
        reasons=tuple(
            RouteReasonV1(code=each["code"], weight_permille=round(each["weight"] * 1000), data=each["data"])
            for each in kept["reasons"]
        ),
    )  # fmt: skip


def _kept(told: RouteProposalV1) -> dict[str, Any]:
    """The same as `routing.Proposal.as_json` writes it."""
    return {
        "unit_ref": told.unit_ref,
        "score": told.score_permille / 1000,
        "certain": told.certain,
        "direct": told.direct,
        "reasons": [
            {"code": each.code, "weight": each.weight_permille / 1000, "data": dict(each.data)} for each in told.reasons
        ],
    }


# Our units (province) -------------------------------------------------------------------------------------------------


def _units() -> Iterator[UnitV1]:
    codes = dict(Unit.objects.values_list("pk", "code"))
    for unit in Unit.objects.filter(is_active=True).exclude(kind__in=NOT_TOLD).order_by("code"):
        if unit.division_code.isdigit() and len(unit.division_code) in (6, 9):
            yield UnitV1(
                code=unit.code, name=unit.name, kind=unit.kind, division_code=unit.division_code,
                parent_code=codes.get(unit.parent_id, "") if unit.parent_id else "", agency_word=unit.agency_word,
            )  # fmt: skip


@transaction.atomic
def tell_units() -> bool:
    """Tell the directory of our units when they have changed since, and once a day. True when a letter went out."""
    listed = tuple(_units())
    digest = sha256_hex(canonical_json([each.model_dump(mode="json") for each in listed]))
    now = clock.now()
    last = UnitsTold.objects.select_for_update().filter(pk=1).first()
    if last is not None and last.digest == digest and (now - last.told_at).total_seconds() < DAILY_HOURS * 3600:
        return False
    if not listed:
        return False
    UnitsTold.objects.update_or_create(pk=1, defaults={"digest": digest, "told_at": now})
    post(UnitsV1(at=now, units=listed), Address.office(), thread=_UNITS_THREAD, by=MACHINE)
    return True


_UNITS_THREAD = UUID("0192f4c0-5a60-7000-8000-756e69747300")
