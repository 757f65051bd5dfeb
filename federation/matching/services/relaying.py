"""At the office: what one side says of a match is passed on to the other, and who said it is not.

`settle` looks at a match as it stands and does what is to be done; it is called after every letter and by the sweep, so
whatever could not go out while a province was closed goes out later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from audit.move import move
from audit.trail import Person
from federation.contracts.addresses import Address
from federation.contracts.matching import (
    BrandAnsweredV1,
    BrandAskedV1,
    FactsV1,
    LadderAskedV1,
    LadderStepV1,
    LadderToldV1,
    LiaisonV1,
    MatchFoundV1,
    MatchStandingV1,
    ProbedV1,
    SameRunV1,
    ValuesGoneV1,
)
from federation.contracts.messages import Message
from federation.letters import addressees
from federation.letters.post import Envelope, post
from federation.matching.errors import OutOfOrder
from federation.matching.kinds import SAME_RUN
from federation.matching.models import BrandAsk, Pair, PairStep, ProbeNote
from federation.matching.services.common import MACHINE
from kernel import clock
from kernel.errors import NotFound404
from kernel.ids import uuid7

State = PairStep.State
RUNGS = (1, 2, 3, 4)
GOODS = 2
RUN_SOURCE = "request"
"""The source of records that one run of goods concerns: what a province asked the brand about."""
_VERBS = {"said": "say", "declined": "decline", "withdrawn": "withdraw"}


def settle(pair_id: UUID) -> None:
    """Pass on and tell what can be; rest while a side cannot be reached."""
    with transaction.atomic():
        pair = Pair.objects.select_for_update().get(pk=pair_id)
        if pair.state == Pair.State.CLOSED:
            return
        closed = [each for each in pair.sides() if addressees.standing(Address.province(each)) != "active"]
        if closed:
            _rest(pair, closed)
            return
        if pair.state == Pair.State.PAUSED:
            pair = move(pair, "resume", by=MACHINE)
            _standing(pair, [each for each in pair.sides() if _was_told(pair, each)], "open")
        _found(pair)
        steps = list(pair.steps.all())
        for step in steps:
            if not step.passed_on and step.state != State.TOLD:
                said = LadderAskedV1(match_id=pair.pk, rung=step.rung, said=step.state, at=step.at)  # type: ignore[arg-type]
                _send(pair, pair.beside(step.province), said)
                PairStep.objects.filter(pk=step.pk).update(passed_on=True)
        for rung in RUNGS:
            _tell(pair, rung, {step.province: step for step in steps if step.rung == rung})


def _rest(pair: Pair, closed: Collection[str]) -> None:
    if pair.state == Pair.State.PAUSED:
        return
    pair = move(pair, "pause", by=MACHINE)
    _standing(pair, [each for each in pair.sides() if each not in closed and _was_told(pair, each)], "paused")


def _was_told(pair: Pair, province: str) -> bool:
    return pair.one_told if province == pair.one else pair.other_told


def _found(pair: Pair) -> None:
    for province in pair.sides():
        if _was_told(pair, province):
            continue
        handle = pair.handle_of(province)
        named = {"record_source": RUN_SOURCE, "record_id": handle} if pair.kind == SAME_RUN else {"handle": handle}
        message = MatchFoundV1(
            match_id=pair.pk, value_kind=pair.kind, common=pair.common, by_hand=pair.by_hand, at=pair.found_at,
            **named,  # type: ignore[arg-type]
        )  # fmt: skip
        _send(pair, province, message)
    pair.one_told = pair.other_told = True
    pair.save(update_fields=["one_told", "other_told"])


def _tell(pair: Pair, rung: int, steps: dict[str, PairStep]) -> None:
    """Tell both the other's part, once both agreed; nothing to one of them alone."""
    if len(steps) != 2 or {step.state for step in steps.values()} != {State.SAID}:
        return
    without_brand = False
    if rung == GOODS:
        answer = _brands(pair, steps.values())
        if answer is None:
            return
        without_brand = answer == "declined"
    now = clock.now()
    for province in pair.sides():
        other = steps[pair.beside(province)].contents
        message = LadderToldV1(
            match_id=pair.pk,
            rung=rung,  # type: ignore[arg-type]
            provinces=_provinces(pair) if rung == 1 else None,
            facts=_facts(other, without_brand=without_brand) if rung == GOODS else None,
            without_brand=without_brand,
            liaison=LiaisonV1.model_validate(other) if rung == 3 else None,
            grant_id=other.get("grant_id") if rung == 4 else None,
            at=now,
        )
        _send(pair, province, message)
    for step in steps.values():
        move(step, "tell", by=MACHINE, passed_on=True)


def _facts(contents: dict[str, Any], *, without_brand: bool) -> FactsV1:
    hidden = {"organisation_ids": (), "brand_names": (), "product_names": ()} if without_brand else {}
    return FactsV1.model_validate({**contents, **hidden})


def _provinces(pair: Pair) -> int:
    """How many provinces hold it: those of all matches that share a name with this one."""
    handles = [pair.one_handle, pair.other_handle]
    beside = Pair.objects.filter(Q(one_handle__in=handles) | Q(other_handle__in=handles))
    sides = beside.exclude(state=Pair.State.CLOSED).values_list("one", "other")
    return len({province for both in sides for province in both} | set(pair.sides()))


def _brands(pair: Pair, steps: Iterable[PairStep]) -> str | None:
    """What the owners of the brands say: agreed, declined, or None while one was not heard. A closed one declines."""
    owners = {UUID(str(pk)) for step in steps for pk in step.contents.get("organisation_ids", ())}
    owners.discard(pair.organisation_id)  # type: ignore[arg-type]
    asked = {row.organisation_id: row.state for row in BrandAsk.objects.filter(pair=pair)}
    for owner in sorted(owners - set(asked), key=str):
        to = Address.organisation(owner)
        if addressees.standing(to) != "active":
            asked[owner] = BrandAsk.State.DECLINED
            continue
        row = BrandAsk.objects.create(pair=pair, organisation_id=owner)
        asked[owner] = row.state
        message = BrandAskedV1(ask_id=row.pk, value_kind=pair.kind, provinces=2, at=row.asked_at)
        post(message, to, thread=row.pk, by=MACHINE, purpose="matching")
    said = {asked[owner] for owner in owners}
    if BrandAsk.State.DECLINED in said:
        return "declined"
    return None if BrandAsk.State.ASKED in said else "agreed"


def _send(pair: Pair, province: str, message: Message) -> None:
    post(message, Address.province(province), thread=pair.pk, by=MACHINE, purpose="matching")


def _standing(pair: Pair, provinces: Iterable[str], standing: str, why: str = "") -> None:
    reason = why or ("unreachable" if standing == "paused" else "")
    for province in provinces:
        if addressees.standing(Address.province(province)) == "active":
            message = MatchStandingV1(match_id=pair.pk, standing=standing, why=reason, at=clock.now())  # type: ignore[arg-type]
            _send(pair, province, message)


def settle_waiting() -> int:
    """Matches that rest, were not told of, or have something to pass on. Returns how many were looked at."""
    unheard = Q(state=Pair.State.PAUSED) | Q(one_told=False) | Q(other_told=False) | Q(steps__passed_on=False)
    rows = Pair.objects.exclude(state=Pair.State.CLOSED).filter(unheard)
    waiting = list(rows.order_by("id").values_list("pk", flat=True).distinct()[:500])
    for pair_id in waiting:
        settle(pair_id)
    return len(waiting)


def close_all(handles: Collection[UUID], *, why: str, by: Person, but: str = "") -> int:
    """End the matches of these names and tell both sides, except the one that knows. Returns how many ended."""
    rows = Pair.objects.exclude(state=Pair.State.CLOSED).filter(Q(one_handle__in=handles) | Q(other_handle__in=handles))
    ended = list(rows)
    for pair in ended:
        pair = move(pair, "close", by=by, why=why, closed_at=clock.now())
        Pair.objects.filter(pk=pair.pk).update(why=why)
        _standing(pair, [each for each in pair.sides() if each != but and _was_told(pair, each)], "closed", why)
    return len(ended)


# What arrives --------------------------------------------------------------------------------------------------------


def step_came(message: LadderStepV1, envelope: Envelope) -> None:
    """One side's word on a rung. What was told to both stays told."""
    province = envelope.sender.name
    with transaction.atomic():
        pair = Pair.objects.select_for_update().filter(pk=message.match_id).first()
        if pair is None or envelope.sender.kind != "province" or province not in pair.sides():
            raise NotFound404()
        if pair.state == Pair.State.CLOSED:
            return
        if message.rung > 1 and message.said == "said":
            before = pair.steps.filter(rung=message.rung - 1, state=State.TOLD)
            if before.count() != 2:
                raise OutOfOrder(rung=message.rung)
        _keep(pair, province, message)
        settle(pair.pk)


def _keep(pair: Pair, province: str, message: LadderStepV1) -> None:
    contents: dict[str, Any] = {}
    part = message.facts or message.liaison
    if part is not None:
        contents = part.model_dump(mode="json")
    if message.grant_id is not None:
        contents = {"grant_id": str(message.grant_id)}
    if "province_code" in contents:
        contents["province_code"] = province  # nobody says it is another
    said = {"contents": contents, "at": message.at, "passed_on": False}
    if message.matters:
        said["matters"] = [str(each) for each in message.matters]
    step = pair.steps.filter(rung=message.rung, province=province).first()
    if step is None:
        PairStep.objects.create(pair=pair, province=province, rung=message.rung, state=message.said, **said)
    elif step.state not in (State.TOLD, message.said):
        move(step, _VERBS[message.said], by=MACHINE, **said)


def values_gone(message: ValuesGoneV1, envelope: Envelope) -> None:
    """A province holds nothing on these any more: its matches on them end."""
    province = envelope.sender.name
    own = Pair.objects.filter(Q(one=province, one_handle__in=message.handles)) | Pair.objects.filter(
        Q(other=province, other_handle__in=message.handles)
    )
    handles = [pair.handle_of(province) for pair in own]
    close_all(handles, why="gone", by=MACHINE, but=province)  # type: ignore[arg-type]


def brand_answered(message: BrandAnsweredV1, envelope: Envelope) -> None:
    """The owner of a brand agrees or not."""
    row = BrandAsk.objects.filter(pk=message.ask_id).first()
    if row is None or envelope.sender != Address.organisation(row.organisation_id):
        raise NotFound404()
    if row.state == BrandAsk.State.ASKED:
        move(row, "agree" if message.agreed else "decline", by=MACHINE, answered_at=message.at)
        settle(row.pair_id)


def probed(message: ProbedV1, envelope: Envelope) -> None:
    """Keep that a province compared by hand."""
    ProbeNote.objects.get_or_create(
        pk=message.probe_id,
        defaults={
            "province": envelope.sender.name, "kind": message.value_kind, "reason": message.reason,
            "unit_name": message.unit_name, "who": message.who, "at": message.at,
        },
    )  # fmt: skip


def same_run(message: SameRunV1, envelope: Envelope) -> None:
    """The owner of a brand took goods of two provinces for one run, or does not any more."""
    first, second = sorted(message.sides, key=lambda each: each.request_id)
    if first.province_code == second.province_code or first.request_id == second.request_id:
        return
    if message.standing == "fallen":
        rows = Pair.objects.filter(kind=SAME_RUN, one_handle=first.request_id, other_handle=second.request_id)
        for pair in rows.exclude(state=Pair.State.CLOSED).filter(organisation_id=envelope.sender.organisation_id):
            pair = move(pair, "close", by=MACHINE, why="not_one_run", closed_at=clock.now())
            Pair.objects.filter(pk=pair.pk).update(why="not_one_run")
            _standing(pair, [each for each in pair.sides() if _was_told(pair, each)], "closed", "not_one_run")
        return
    pair, new = Pair.objects.get_or_create(
        one_handle=first.request_id,
        other_handle=second.request_id,
        defaults={
            "id": uuid7(), "kind": SAME_RUN, "one": first.province_code, "other": second.province_code,
            "organisation_id": envelope.sender.organisation_id, "found_at": message.at,
        },
    )  # fmt: skip
    if new:
        settle(pair.pk)
