"""At the office: matches that hang together over several provinces are one series. Who they are is told to those alone
that agree to be told of, and only to one another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit.move import move
from audit.trail import Person
from federation.contracts.addresses import Address
from federation.contracts.matching import (
    LiaisonV1,
    SeriesAnsweredV1,
    SeriesProposedV1,
    SeriesRaisedV1,
    SeriesToldV1,
)
from federation.letters import addressees
from federation.letters.post import Envelope, post
from federation.matching import rooms
from federation.matching.kinds import SAME_RUN
from federation.matching.models import Pair, PairStep, Series, SeriesMember, SeriesPair, SeriesRequest
from federation.matching.services.common import MACHINE, one_at_a_time, week
from kernel import clock
from kernel.errors import BadInput, Conflict, NotFound404

FROM_PROVINCES = 3
"""Provinces from which matches that hang together are a series."""
NAMED_FROM = 2
"""Provinces that must have agreed before any is named to another."""
_RUNNING = (Series.State.FOUND, Series.State.PROPOSED, Series.State.ROOM)
Member = SeriesMember.State


def discover() -> list[Series]:
    """Find new series, and what belongs to known ones. Returns those that are new or have grown."""
    with transaction.atomic():
        one_at_a_time(SeriesPair)
        rows = list(Pair.objects.filter(common=False, by_hand=False).exclude(state=Pair.State.CLOSED))
        known = dict(
            SeriesPair.objects.filter(series__state__in=_RUNNING).order_by().values_list("pair_id", "series_id")
        )
        changed = []
        for group in _hanging_together(rows):
            new = [pair for pair in group if pair.pk not in known]
            if not new:
                continue
            provinces = {province for pair in group for province in pair.sides()}
            belongs = sorted({known[pair.pk] for pair in group if pair.pk in known})
            if not belongs and len(provinces) < FROM_PROVINCES:
                continue
            series = Series.objects.get(pk=belongs[0]) if belongs else _make(_("多省比中系列"), "")
            _join(series, new, provinces)
            changed.append(series)
    return changed


def _hanging_together(rows: Sequence[Pair]) -> list[list[Pair]]:
    """Groups of matches that share a value of one province, or a record of one."""
    parent: dict[object, object] = {}

    def root(node: object) -> object:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for pair in rows:
        parent[root(pair.one_handle)] = root(pair.other_handle)
    by_id = {pair.pk: pair for pair in rows}
    told = PairStep.objects.filter(pair__in=by_id, rung=1).exclude(matters=[])
    for pair_id, province, matters in told.values_list("pair_id", "province", "matters"):
        for matter in matters:
            parent[root((province, matter))] = root(by_id[pair_id].handle_of(province))
    groups: dict[object, list[Pair]] = defaultdict(list)
    for pair in rows:
        groups[root(pair.one_handle)].append(pair)
    return list(groups.values())


def _make(title: str, why: str, **fields: Any) -> Series:
    year = clock.today().year
    count = Series.objects.filter(number__startswith=f"系列{year}-").count()
    return Series.objects.create(number=f"系列{year}-{count + 1:03}", title=title, why=why, **fields)


def _join(series: Series, new: Iterable[Pair], provinces: Iterable[str]) -> None:
    for pair in new:
        SeriesPair.objects.update_or_create(pair=pair, defaults={"series": series})
    for province in sorted(provinces):
        SeriesMember.objects.get_or_create(series=series, province=province)
    _describe(series)


def _describe(series: Series) -> None:
    """Kinds and weeks of its matches, as far as they are known here."""
    pairs = list(Pair.objects.filter(in_series__series=series).prefetch_related("steps"))
    weeks = {week(clock.local_date(pair.found_at)) for pair in pairs}
    weeks |= {week(day) for day in series.requests.values_list("found_on", flat=True)}
    series.value_kinds = sorted({pair.kind for pair in pairs})
    series.first_week, series.last_week = min(weeks, default=""), max(weeks, default="")
    series.save(update_fields=["value_kinds", "first_week", "last_week"])


def raised(message: SeriesRaisedV1, envelope: Envelope) -> Series | None:
    """A brand or association takes requests of several provinces for one series. Twice is once."""
    provinces = sorted({find.province_code for find in message.finds})
    if Series.objects.filter(pk=message.series_id).exists() or len(provinces) < NAMED_FROM:
        return None
    with transaction.atomic():
        one_at_a_time(SeriesPair)
        series = _make(
            message.title, message.why, id=message.series_id, raised_by=envelope.sender.organisation_id,
            product_names=list(message.product_names),
        )  # fmt: skip
        SeriesRequest.objects.bulk_create(
            [
                SeriesRequest(
                    series=series, province=find.province_code, request_id=find.request_id, found_on=find.found_on
                )
                for find in message.finds
            ],
            ignore_conflicts=True,
        )
        ids = {find.request_id for find in message.finds}
        runs = Pair.objects.filter(kind=SAME_RUN, one_handle__in=ids, other_handle__in=ids, in_series=None)
        _join(series, runs, provinces)
        _tell_raiser(series)
    return series


def propose(*, series_id: UUID, by: User, title: str = "", why: str = "") -> tuple[Series, int]:
    """Ask each province whether it may be named to the others; who cannot be reached now may be asked again later.

    Returns the series and how many were asked. Raises Conflict when it is over.
    """
    with transaction.atomic():
        series = _access(series_id)
        if series.state not in (Series.State.FOUND, Series.State.PROPOSED):
            raise Conflict(_("这个系列已建联合办案或已结束，不用再征询。"), code="series_over")
        if title.strip() or why.strip():
            series.title = title.strip()[:80] or series.title
            series.why = why.strip()[:1000] or series.why
            series.save(update_fields=["title", "why"])
        if series.state == Series.State.FOUND:
            series = move(series, "propose", by=by)
        asked = 0
        members = list(series.members.all())
        for member in members:
            to = Address.province(member.province)
            if member.state != Member.NOT_ASKED or addressees.standing(to) != "active":
                continue
            move(member, "ask", by=by, asked_at=clock.now())
            post(_question(series, member, len(members)), to, thread=series.pk, by=by, purpose="matching")
            asked += 1
        _tell_raiser(series)
    return series, asked


def _question(series: Series, member: SeriesMember, provinces: int) -> SeriesProposedV1:
    pairs = Pair.objects.filter(in_series__series=series)
    own = [pair.pk for pair in pairs if member.province in pair.sides()]
    requests = series.requests.filter(province=member.province).values_list("request_id", flat=True)
    return SeriesProposedV1(
        series_id=series.pk, number=series.number, title=series.title, why=series.why, provinces=provinces,
        value_kinds=tuple(series.value_kinds), first_week=series.first_week, last_week=series.last_week,
        match_ids=tuple(own[:200]), request_ids=tuple(requests[:200]), at=clock.now(),
    )  # fmt: skip


def answered(message: SeriesAnsweredV1, envelope: Envelope) -> None:
    """A province lets itself be named, or not. Those that agreed are told of one another, once there are two."""
    with transaction.atomic():
        one_at_a_time(SeriesPair)
        member = SeriesMember.objects.filter(series=message.series_id, province=envelope.sender.name).first()
        if member is None or envelope.sender.kind != "province":
            raise NotFound404()
        series = _access(message.series_id)
        if series.state == Series.State.CLOSED or member.named_at:
            return
        liaison = message.liaison.model_dump(mode="json") if message.liaison else {}
        if liaison:
            liaison["province_code"] = member.province
        target = {"said": Member.AGREED, "declined": Member.DECLINED, "withdrawn": Member.DECLINED}[message.said]
        if member.state == target:
            return
        verb = {"said": "agree", "declined": "decline", "withdrawn": "withdraw"}[message.said]
        move(member, verb, by=MACHINE, liaison=liaison, reason=message.reason, answered_at=message.at)
        tell_members(series)


def tell_members(series: Series, why: str = "") -> None:
    """Tell those that agreed how it stands and who else did; the raiser how many."""
    agreed = list(series.members.filter(state=Member.AGREED))
    named = agreed if len(agreed) >= NAMED_FROM else []
    for member in agreed:
        to = Address.province(member.province)
        if addressees.standing(to) != "active":
            continue
        others = tuple(LiaisonV1.model_validate(each.liaison) for each in named if each.pk != member.pk)
        post(_told(series, len(agreed), others, why), to, thread=series.pk, by=MACHINE, purpose="matching")
    now = clock.now()
    SeriesMember.objects.filter(pk__in=[each.pk for each in named], named_at=None).update(named_at=now)
    _tell_raiser(series, why)


def _told(series: Series, agreed: int, others: tuple[LiaisonV1, ...], why: str) -> SeriesToldV1:
    return SeriesToldV1(
        series_id=series.pk, number=series.number, provinces=series.members.count(), agreed=agreed, members=others,
        standing=series.state, why=why, at=clock.now(),  # type: ignore[arg-type]
    )  # fmt: skip


def _tell_raiser(series: Series, why: str = "") -> None:
    if series.raised_by is None:
        return
    to = Address.organisation(series.raised_by)
    if addressees.standing(to) == "active":
        agreed = series.members.filter(state=Member.AGREED).count()
        post(_told(series, agreed, (), why), to, thread=series.pk, by=MACHINE, purpose="matching")


def open_room(*, series_id: UUID, by: User) -> Series:
    """Suggest a joint case to the provinces that agreed to be named. Raises BadInput (`too_few_agreed`, `no_rooms`)."""
    with transaction.atomic():
        series = _access(series_id)
        agreed = list(series.members.filter(state=Member.AGREED))
        if len(agreed) < NAMED_FROM:
            raise BadInput(
                gettext_lazy("至少要有 {need} 个省份同意亮明，现在有 {here} 个。请等各省答复。"),
                code="too_few_agreed",
                need=NAMED_FROM,
                here=len(agreed),
            )
        proposal = rooms.RoomProposal(
            series_id=series.pk, number=series.number, title=series.title, why=series.why,
            members=tuple(LiaisonV1.model_validate(each.liaison) for each in agreed),
            organisation_id=series.raised_by, product_names=tuple(series.product_names),
        )  # fmt: skip
        series = move(series, "open_room", by=by, joint_case_id=rooms.open_room(proposal, by))
        tell_members(series)
    return series


def close(*, series_id: UUID, by: Person, why: str) -> Series:
    """End a series. Those that were asked hear it. Raises BadInput without a reason."""
    if not why.strip():
        raise BadInput(gettext_lazy("请写明结束的理由。"), code="series_reason_missing")
    with transaction.atomic():
        series = move(_access(series_id), "close", by=by, why=why.strip(), closed_why=why.strip()[:500])
        asked = series.members.exclude(state=Member.NOT_ASKED)
        for member in asked:
            to = Address.province(member.province)
            if addressees.standing(to) == "active":
                post(_told(series, 0, (), series.closed_why), to, thread=series.pk, by=by, purpose="matching")
        _tell_raiser(series, series.closed_why)
    return series


def _access(series_id: UUID) -> Series:
    series = Series.objects.select_for_update().filter(pk=series_id).first()
    if series is None:
        raise NotFound404()
    return series
