"""Letters of recognition: what a brand's library of known fakes says of a province's photos, and what comes back.

A hint is no verdict. Nothing here has a field for features, secret checkpoints, or what the brand looks at; a defect is
named, never where it is. Coordinates are whole numbers: ten-thousandths of the picture's width and height.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from federation.contracts.messages import Frozen, Message, contract

COUNTY = r"^(\d{6})?$"
SHA256 = r"^[0-9a-f]{64}$"
Share = Literal["shown", "place_only", "broker"]
Seen = Literal["own", "shown", "place_only", "broker", "staff"]
Side = Literal["here", "there"]
Point = tuple[int, int]


class ReasonV1(Frozen):
    """Why a hint is shown. code: of the list `reason`. count: points that agree, or per cent, where there is one."""

    code: str = Field(max_length=30)
    count: int | None = None


class CodeComparedV1(Frozen):
    """One field of the codes, here and on the earlier find. there is empty where it may not be shown."""

    field: Literal["barcode", "unique", "batch", "mould", "logistics", "date"]
    here: str = Field("", max_length=120)
    there: str = Field("", max_length=120)
    result: Literal["same", "near", "differs", "unknown"]


class TileV1(Frozen):
    """One tile of the earlier picture: place, and agreement of the pixels in per cent (-100 to 100)."""

    x: int = Field(ge=0, le=10_000)
    y: int = Field(ge=0, le=10_000)
    w: int = Field(gt=0, le=10_000)
    h: int = Field(gt=0, le=10_000)
    agreement: int = Field(ge=-100, le=100)


class GeometryV1(Frozen):
    """How the two pictures lie on one another.

    homography: nine numbers as text, row by row, from parts of the officer's picture (0 to 1) to parts of the earlier
    one. Without a picture of the earlier find only hull_query is there.
    """

    homography: tuple[str, ...] = Field((), max_length=9)
    hull_query: tuple[Point, ...] = Field((), max_length=200)
    hull_library: tuple[Point, ...] = Field((), max_length=200)
    tiles: tuple[TileV1, ...] = Field((), max_length=400)
    turned: int = Field(0, ge=0, le=3)


class SeenV1(Frozen):
    """What may be seen of the earlier matter. how: own (of this very province), shown, place_only, broker, staff.

    Of place_only: the county and the month (found_on is its first day). Of broker: nothing else is filled in.
    """

    how: Seen
    province_code: str = Field("", max_length=31)
    county_code: str = Field("", pattern=COUNTY)
    found_on: date | None = None
    unit_name: str = Field("", max_length=80)
    request_id: UUID | None = None
    request_no: str = Field("", max_length=40)


class PriceHintV1(Frozen):
    """The asked price beside the brand's guide price, in one unit, for the place and the day."""

    result: Literal["far_below", "far_above"]
    asked_yuan: Decimal = Field(ge=0, max_digits=14, decimal_places=2)
    guide_yuan: Decimal = Field(gt=0, max_digits=14, decimal_places=2)
    unit: str = Field(max_length=20)
    per_cent: int
    valid_from: date
    valid_until: date | None = None


@contract
class HintV1(Message):
    """This photo looks like a known fake. picture_sha256: names the earlier picture in the manifest, or is empty."""

    kind = "recognition.hint"

    hint_id: UUID
    request_id: UUID
    item_id: UUID
    photo_id: UUID
    view_sha256: str = Field(pattern=SHA256)
    band: Literal["strong", "likely", "possible"]
    score: int = Field(ge=0)
    inliers: int = Field(ge=0)
    typology: str = Field(max_length=40)
    reasons: tuple[ReasonV1, ...] = ()
    codes: tuple[CodeComparedV1, ...] = ()
    seen: SeenV1
    geometry: GeometryV1
    picture_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    at: AwareDatetime


@contract
class ElsewhereV1(Message):
    """This photo looks like a known fake of another right holder than the one who was asked, who says it himself.

    Answered and flagged as a hint. owner_name, typology: empty where seen.how is broker.
    """

    kind = "recognition.elsewhere"

    hint_id: UUID
    request_id: UUID
    item_id: UUID
    photo_id: UUID
    view_sha256: str = Field(pattern=SHA256)
    band: Literal["strong", "likely"]
    score: int = Field(ge=0)
    inliers: int = Field(ge=0)
    typology: str = Field("", max_length=40)
    seen: SeenV1
    owner_name: str = Field("", max_length=120)
    geometry: GeometryV1
    picture_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    at: AwareDatetime


class PoorPhotoV1(Frozen):
    """A photo that is not good enough to compare. reasons: codes of the list `quality`."""

    photo_id: UUID
    reasons: tuple[str, ...]


class BarcodeReadV1(Frozen):
    """A code that was decoded from a photo. gtin: fourteen digits, or empty. fits: what the catalogue says of it."""

    photo_id: UUID
    text: str = Field(max_length=300)
    symbology: str = Field(max_length=20)
    gtin: str = Field("", pattern=r"^(\d{14})?$")
    fits: Literal["this_product", "other_product", "other_brand", "unknown", "no_gtin"]
    product_name: str = Field("", max_length=120)


class CodeReadV1(Frozen):
    """Text read from a close-up of a code: a proposal that the officer confirms or corrects."""

    reading_id: UUID
    photo_id: UUID
    field: Literal["batch", "unique", "mould", "logistics", "date"]
    raw: str = Field(max_length=120)
    value: str = Field("", max_length=120)
    confidence: int = Field(ge=0, le=100)


@contract
class LookedV1(Message):
    """Where recognition stands with one item: sent anew whenever that changes. The one with the latest `at` holds."""

    kind = "recognition.looked"

    request_id: UUID
    item_id: UUID
    outcome: Literal["pending", "no_comparison", "nothing_similar", "poor", "hints"]
    photos: int = Field(ge=0)
    poor: tuple[PoorPhotoV1, ...] = ()
    barcodes: tuple[BarcodeReadV1, ...] = ()
    readings: tuple[CodeReadV1, ...] = ()
    price: PriceHintV1 | None = None
    at: AwareDatetime


@contract
class CodeConfirmedV1(Message):
    """The officer says what a code is: read from a photo and confirmed or corrected, or typed. Refused: none there."""

    kind = "recognition.code_confirmed"

    request_id: UUID
    item_id: UUID
    reading_id: UUID
    photo_id: UUID | None = None
    field: Literal["batch", "unique", "mould", "logistics", "date"]
    step: Literal["confirmed", "corrected", "typed", "refused"]
    raw: str = Field("", max_length=120)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class HintAnsweredV1(Message):
    """The officer took the hint, refused it, left it aside, or took the answer back (shown)."""

    kind = "recognition.hint_answered"

    hint_id: UUID
    request_id: UUID
    answer: Literal["shown", "accepted", "rejected", "ignored"]
    note: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class HintFlaggedV1(Message):
    """What hints rested on has fallen, or stands again (standing). why: a code of the list `flag`."""

    kind = "recognition.hint_flagged"

    request_id: UUID
    hint_ids: tuple[UUID, ...] = Field(min_length=1, max_length=500)
    why: str = Field(max_length=30)
    standing: bool = False
    at: AwareDatetime


class CandidatePhotoV1(Frozen):
    """One photo of seized goods. view_sha256 names its file in the manifest."""

    photo_id: UUID
    view_sha256: str = Field(pattern=SHA256)
    shot_code: str = Field("", max_length=40)
    captured_at: AwareDatetime | None = None


@contract
class CandidateV1(Message):
    """Seized goods offered to the owner of the brand for its library of known fakes.

    share: what others may see of this matter. request_id, item_id: where these goods were asked about, if they were.
    """

    kind = "recognition.candidate"
    due = (20, "working_day")

    offer_id: UUID
    product_id: UUID
    product_name: str = Field(max_length=120)
    typology: str = Field(max_length=40)
    county_code: str = Field(pattern=r"^\d{6}$")
    unit_name: str = Field(max_length=80)
    found_on: date
    share: Share
    batch_no: str = Field("", max_length=60)
    barcode: str = Field("", max_length=20)
    note: str = Field("", max_length=500)
    request_id: UUID | None = None
    item_id: UUID | None = None
    photos: tuple[CandidatePhotoV1, ...] = Field(min_length=1, max_length=60)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class CandidateAnsweredV1(Message):
    """What became of an offer: confirmed by an appraiser, or refused with the reason."""

    kind = "recognition.candidate_answered"
    settles = ("recognition.candidate",)

    offer_id: UUID
    step: Literal["confirmed", "refused", "withdrawn"]
    reason: str = Field("", max_length=500)
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class ShareV1(Message):
    """What other provinces may be shown of what was found under a request."""

    kind = "recognition.share"

    request_id: UUID
    item_id: UUID
    share: Share
    who: str = Field(max_length=40)
    at: AwareDatetime


@contract
class CodeAlertV1(Message):
    """A unique code of yours was seen on other goods or elsewhere. others: as far as it may be seen."""

    kind = "recognition.code_alert"

    alert_id: UUID
    request_id: UUID
    item_id: UUID
    alert: Literal["two_goods", "two_places", "near"]
    code: str = Field(max_length=120)
    other_code: str = Field("", max_length=120)
    times: int = Field(ge=2)
    others: tuple[SeenV1, ...] = Field(max_length=50)
    at: AwareDatetime


@contract
class CodeAlertSettledV1(Message):
    """The brand looked into an alert: confirmed, or dismissed (the code is not unique, or was misread)."""

    kind = "recognition.code_alert_settled"

    alert_id: UUID
    request_id: UUID
    item_id: UUID
    step: Literal["confirmed", "dismissed"]
    reason: str = Field("", max_length=500)
    at: AwareDatetime


@contract
class LookBackV1(Message):
    """Goods of an earlier request look like a fake that was confirmed since. was: what had been said of them then."""

    kind = "recognition.look_back"

    look_back_id: UUID
    request_id: UUID
    item_id: UUID
    photo_id: UUID
    band: Literal["strong", "likely"]
    typology: str = Field(max_length=40)
    was: Literal["cleared", "open"]
    reasons: tuple[ReasonV1, ...] = ()
    seen: SeenV1
    geometry: GeometryV1
    picture_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    at: AwareDatetime
