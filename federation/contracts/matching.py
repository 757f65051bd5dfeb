"""Letters of blind matching: one party holds what another holds, and how far either wants the other to know.

They go between a party and the office, never from province to province: neither side learns who the other is before
both said so. No letter has a field for a value; `handle` is a random name that a province gave one of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

WEEK = r"^(\d{4}-W\d{2})?$"
PROVINCE = r"^[a-z][a-z0-9]{1,30}$"
Rung = Literal[1, 2, 3, 4]
Said = Literal["said", "declined", "withdrawn"]


class FactsV1(Frozen):
    """The second rung: what one side found, without place, party or value. organisation_ids: whose brands they are.

    first_week, last_week: ISO weeks, "2026-W40". finds: how many records of that side hold the value.
    """

    organisation_ids: tuple[UUID, ...] = Field((), max_length=20)
    brand_names: tuple[str, ...] = Field((), max_length=20)
    product_names: tuple[str, ...] = Field((), max_length=20)
    finds: int = Field(ge=0)
    first_week: str = Field("", pattern=WEEK)
    last_week: str = Field("", pattern=WEEK)


class LiaisonV1(Frozen):
    """The third rung: who one side is and whom to call there."""

    province_code: str = Field(pattern=PROVINCE)
    unit_name: str = Field(max_length=80)
    name: str = Field(max_length=40)
    phone: str = Field("", max_length=30)


@contract
class MatchFoundV1(Message):
    """Another province holds something on this. Both sides get the same, each with its own handle or record.

    record_source, record_id: of this side's record where no value was compared (one run of goods). common: many
    provinces hold it. by_hand: one side compared it by hand and has no record on it.
    """

    kind = "matching.found"

    match_id: UUID
    value_kind: str = Field(max_length=20)
    handle: UUID | None = None
    record_source: str = Field("", max_length=20)
    record_id: UUID | None = None
    common: bool = False
    by_hand: bool = False
    at: AwareDatetime


@contract
class LadderStepV1(Message):
    """One side's word on one rung. facts: with rung 2; liaison: with rung 3; grant_id: with rung 4.

    matters: opaque names of this side's records, by which the office sees that two matches concern one of them.
    """

    kind = "matching.step"

    match_id: UUID
    rung: Rung
    said: Said
    facts: FactsV1 | None = None
    liaison: LiaisonV1 | None = None
    grant_id: UUID | None = None
    matters: tuple[UUID, ...] = Field((), max_length=50)
    at: AwareDatetime


@contract
class LadderAskedV1(Message):
    """The other side's word on one rung, passed on by the office without saying who it is."""

    kind = "matching.asked"

    match_id: UUID
    rung: Rung
    said: Said
    at: AwareDatetime


@contract
class LadderToldV1(Message):
    """Both sides agreed to this rung: here is the other's part. provinces: how many hold it, with rung 1.

    without_brand: the owner of the brand did not agree that brand and product be named.
    """

    kind = "matching.told"

    match_id: UUID
    rung: Rung
    provinces: int | None = Field(None, ge=2)
    facts: FactsV1 | None = None
    without_brand: bool = False
    liaison: LiaisonV1 | None = None
    grant_id: UUID | None = None
    at: AwareDatetime


@contract
class MatchStandingV1(Message):
    """The match rests (a side cannot be reached), goes on, or is over."""

    kind = "matching.standing"

    match_id: UUID
    standing: Literal["open", "paused", "closed"]
    why: Literal["", "unreachable", "gone", "stopped", "not_one_run"] = ""
    at: AwareDatetime


@contract
class ValuesGoneV1(Message):
    """The sender holds nothing on these any more."""

    kind = "matching.gone"

    handles: tuple[UUID, ...] = Field(min_length=1, max_length=1000)
    at: AwareDatetime


@contract
class ProbedV1(Message):
    """Somebody compared a value by hand. The value is not told; the reason is."""

    kind = "matching.probed"

    probe_id: UUID
    value_kind: str = Field(max_length=20)
    reason: str = Field(max_length=300)
    unit_name: str = Field("", max_length=80)
    who: str = Field(max_length=40)
    at: AwareDatetime


class RunSideV1(Frozen):
    """Where one of two finds came from: a province and its own request."""

    province_code: str = Field(pattern=PROVINCE)
    request_id: UUID


@contract
class SameRunV1(Message):
    """The owner of a brand took two finds of two provinces for one run of goods, or does not any more."""

    kind = "matching.same_run"

    link_id: UUID
    standing: Literal["accepted", "fallen"]
    sides: tuple[RunSideV1, ...] = Field(min_length=2, max_length=2)
    at: AwareDatetime


@contract
class BrandAskedV1(Message):
    """Two provinces hold the same and both want to tell each other what goods it is about: may your brand be named?"""

    kind = "matching.brand_asked"
    due = (5, "working_day")

    ask_id: UUID
    value_kind: str = Field(max_length=20)
    provinces: int = Field(ge=2)
    at: AwareDatetime


@contract
class BrandAnsweredV1(Message):
    """The owner of the brand agrees, or does not."""

    kind = "matching.brand_answered"
    settles = ("matching.brand_asked",)

    ask_id: UUID
    agreed: bool
    who: str = Field(max_length=40)
    at: AwareDatetime


class RaisedFindV1(Frozen):
    """One request of a province that the sender counts to the series."""

    province_code: str = Field(pattern=PROVINCE)
    request_id: UUID
    found_on: date


@contract
class SeriesRaisedV1(Message):
    """A brand or association takes requests of several provinces for one series."""

    kind = "series.raised"

    series_id: UUID
    title: str = Field(max_length=80)
    why: str = Field(max_length=1000)
    product_names: tuple[str, ...] = Field((), max_length=20)
    finds: tuple[RaisedFindV1, ...] = Field(min_length=2, max_length=200)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class SeriesProposedV1(Message):
    """The office asks a province whether it may be named to the others of a series. Nobody else is named in it.

    match_ids, request_ids: of the addressee's own that belong to the series.
    """

    kind = "series.proposed"
    due = (5, "working_day")

    series_id: UUID
    number: str = Field(max_length=40)
    title: str = Field(max_length=80)
    why: str = Field("", max_length=1000)
    provinces: int = Field(ge=2)
    value_kinds: tuple[str, ...] = Field((), max_length=20)
    first_week: str = Field("", pattern=WEEK)
    last_week: str = Field("", pattern=WEEK)
    match_ids: tuple[UUID, ...] = Field((), max_length=200)
    request_ids: tuple[UUID, ...] = Field((), max_length=200)
    at: AwareDatetime


@contract
class SeriesAnsweredV1(Message):
    """The province lets itself be named, or does not, or takes that back while nobody was told yet."""

    kind = "series.answered"
    settles = ("series.proposed",)

    series_id: UUID
    said: Said
    liaison: LiaisonV1 | None = None
    reason: str = Field("", max_length=500)
    at: AwareDatetime


@contract
class SeriesToldV1(Message):
    """How a series stands: the provinces that agreed (to those alone), and what came of it."""

    kind = "series.told"

    series_id: UUID
    number: str = Field(max_length=40)
    provinces: int = Field(ge=0)
    agreed: int = Field(ge=0)
    members: tuple[LiaisonV1, ...] = Field((), max_length=40)
    standing: Literal["found", "proposed", "room", "closed"]
    why: str = Field("", max_length=500)
    at: AwareDatetime
