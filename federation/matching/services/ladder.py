"""At a province: what came of its values, and how far it lets the other side know. Each step is a person's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.move import move
from federation.contracts.addresses import Address
from federation.contracts.matching import (
    FactsV1,
    LadderAskedV1,
    LadderStepV1,
    LadderToldV1,
    LiaisonV1,
    MatchFoundV1,
    MatchStandingV1,
    Said,
)
from federation.letters.post import post
from federation.matching import contents, keys, kinds, selectors, sources
from federation.matching.errors import MatchResting, OutOfOrder
from federation.matching.models import Match, MatchStep, Value
from federation.matching.services import values
from federation.matching.services.common import MACHINE, week
from federation.transfers.selectors import receivers
from kernel import clock
from kernel.errors import BadInput, Words
from notify.services import tell
from provinces.context import province_code

Rung = MatchStep.Rung
_MOST_NAMES = 20
_LEARNED = {"provinces", "facts", "without_brand", "liaison", "grant_id"}
GRANT_LASTS = timedelta(days=90)


def arrived(message: MatchFoundV1) -> Match | None:
    """Another province holds something on one of our values, or on goods of one run."""
    value = Value.objects.filter(pk=message.handle).first() if message.handle else None
    if message.handle and value is None:
        values.tell_gone([message.handle])  # the last record went while the letter was on its way
        return None
    with transaction.atomic():
        match, new = Match.objects.get_or_create(
            pk=message.match_id,
            defaults={
                "kind": message.value_kind,
                "value": value,
                "masked": kinds.masked(value.kind, value.value) if value else "",
                "source": message.record_source,
                "record_id": message.record_id,
                "common": message.common,
                "by_hand": message.by_hand,
                "found_at": message.at,
            },
        )
        if new:
            MatchStep.objects.bulk_create([MatchStep(match=match, rung=rung) for rung in Rung.values])
            _notice(match, _("外省也有记录涉及同一{kind}").format(kind=kinds.LABELS.get(match.kind, match.kind)))
    return match


def say(
    *, match_id: UUID, rung: int, by: User, name: str = "", phone: str = "", grant_until: date | None = None
) -> MatchStep:
    """Agree to a rung: the other side hears that we do, and once it does too both are told.

    name, phone: whom to call, with the third. grant_until: how long contents may be read, with the fourth.
    Raises OutOfOrder, MatchResting, MoveRefused, BadInput, NotFound404.
    """
    match, step = selectors.access_step(by, match_id, rung)
    _ready(match, step)
    facts = liaison = grant_id = None
    if rung == Rung.GOODS:
        facts = facts_of(match)
    elif rung == Rung.UNIT:
        liaison = liaison_of(by, name, phone)
    with transaction.atomic():
        if rung == Rung.CONTENTS:
            grant_id = contents.give(
                to=Address.province(other_province(match)), records=selectors.records_of(match), by=by,
                until=grant_until or clock.today() + GRANT_LASTS,
            )  # fmt: skip
        said = facts or liaison
        step = move(
            step, "say", by=by, said=said.model_dump(mode="json") if said else {}, said_at=clock.now(),
            by_id=by.pk, by_name=by.display_name,
        )  # fmt: skip
        _post(step, "said", by, facts=facts, liaison=liaison, grant_id=grant_id, matters=_matters(match))
    return step


def decline(*, match_id: UUID, rung: int, by: User) -> MatchStep:
    """Not agree, and let the other side know that."""
    match, step = selectors.access_step(by, match_id, rung)
    _ready(match, step)
    with transaction.atomic():
        step = move(step, "decline", by=by, said_at=clock.now(), by_id=by.pk, by_name=by.display_name)
        _post(step, "declined", by)
    return step


def withdraw(*, match_id: UUID, rung: int, by: User) -> MatchStep:
    """Take an agreement back. What both were told before this reaches the office stays told."""
    _match, step = selectors.access_step(by, match_id, rung)
    with transaction.atomic():
        step = move(step, "withdraw", by=by, said={}, said_at=clock.now(), by_id=by.pk, by_name=by.display_name)
        _post(step, "withdrawn", by)
    return step


def _ready(match: Match, step: MatchStep) -> None:
    if match.state != Match.State.OPEN:
        raise MatchResting()
    if step.rung > Rung.NUMBER:
        before = match.steps.get(rung=step.rung - 1)
        if before.state != MatchStep.State.TOLD:
            raise OutOfOrder(rung=step.rung)


def _post(
    step: MatchStep,
    said: Said,
    by: User,
    *,
    facts: FactsV1 | None = None,
    liaison: LiaisonV1 | None = None,
    grant_id: UUID | None = None,
    matters: Iterable[UUID] = (),
) -> None:
    message = LadderStepV1(
        match_id=step.match_id, rung=step.rung, said=said, facts=facts, liaison=liaison, grant_id=grant_id,
        matters=tuple(matters), at=clock.now(),
    )  # fmt: skip
    post(message, Address.office(), thread=step.match_id, by=by, purpose="matching")


def _matters(match: Match) -> list[UUID]:
    return [keys.matter_name(source, record_id) for source, record_id in selectors.records_of(match)[:50]]


def facts_of(match: Match) -> FactsV1:
    """What the second rung would tell: brands, goods, how many records, and the weeks. No place, no party, no value."""
    records = selectors.records_of(match)
    known = list(sources.described(records).values())
    days = [each.found_on for each in known if each.found_on]
    return FactsV1(
        organisation_ids=tuple(sorted({pk for each in known for pk in each.organisation_ids}, key=str))[:_MOST_NAMES],
        brand_names=tuple(sorted({name for each in known for name in each.brand_names if name}))[:_MOST_NAMES],
        product_names=tuple(sorted({name for each in known for name in each.product_names if name}))[:_MOST_NAMES],
        finds=len(records),
        first_week=week(min(days, default=None)),
        last_week=week(max(days, default=None)),
    )


def liaison_of(by: User, name: str, phone: str) -> LiaisonV1:
    """Whom to call here. Raises BadInput without a telephone."""
    if not phone.strip():
        raise BadInput(_("请填写联系电话，对方才能联系上。"), code="liaison_phone_missing")
    return LiaisonV1(
        province_code=province_code(),
        unit_name=by.unit.name[:80] if by.unit else "",
        name=(name.strip() or by.display_name)[:40],
        phone=phone.strip()[:30],
    )


def other_province(match: Match) -> str:
    """Who the other side is, once it said so. Raises OutOfOrder before."""
    told = match.steps.get(rung=Rung.UNIT).told.get("liaison") or {}
    if not told.get("province_code"):
        raise OutOfOrder(rung=int(Rung.CONTENTS))
    return str(told["province_code"])


# What arrives --------------------------------------------------------------------------------------------------------


def asked(message: LadderAskedV1) -> MatchStep | None:
    """The other side's word on a rung. Of a match that we never kept, our value having gone, nothing is noted."""
    step = _step(message.match_id, message.rung)
    if step is None:
        return None
    if step.other_at is None or step.other_at <= message.at:
        MatchStep.objects.filter(pk=step.pk).update(other=message.said, other_at=message.at)
        step.refresh_from_db()
        if message.said == "said" and step.state == MatchStep.State.OPEN:
            _notice(step.match, _("对方省份请求互告：{rung}").format(rung=step.get_rung_display()))
    return step


def told(message: LadderToldV1) -> MatchStep | None:
    """Both agreed: the other side's part. What we took back too late was told all the same, and the page says so."""
    step = _step(message.match_id, message.rung)
    if step is None or step.state == MatchStep.State.TOLD:
        return step
    with transaction.atomic():
        step = move(
            step, "tell", by=MACHINE, told_at=message.at, other="said",
            told=message.model_dump(mode="json", include=_LEARNED),
        )  # fmt: skip
        if message.provinces:
            Match.objects.filter(pk=step.match_id).update(provinces=message.provinces)
        _notice(step.match, _("双方已互告：{rung}").format(rung=step.get_rung_display()))
    return step


def standing(message: MatchStandingV1) -> Match | None:
    """The match rests, goes on, or is over."""
    match = Match.objects.filter(pk=message.match_id).first()
    if match is None or match.state == Match.State.CLOSED:
        return match
    verb = {"paused": "pause", "open": "resume", "closed": "close"}[message.standing]
    if match.state == Match.MOVES[verb][1]:
        return match
    closed = {"closed_at": message.at} if verb == "close" else {}
    match = move(match, verb, by=MACHINE, why=message.why, **closed)
    Match.objects.filter(pk=match.pk).update(why=message.why)
    if verb == "close":
        _notice(match, _("一条外省比中已结束"))
    return match


def _step(match_id: UUID, rung: int) -> MatchStep | None:
    return MatchStep.objects.select_related("match").filter(match=match_id, rung=rung).first()


def _notice(match: Match, title: Words) -> None:
    tell(to=receivers(), code="match_news", title=title, url=f"/matches/{match.pk}/")
