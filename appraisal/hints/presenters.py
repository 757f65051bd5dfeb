"""What pages show of recognition on the province's side: codes of letters turned into words, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from appraisal.hints import selectors
from appraisal.hints.models import FIELDS, SHARES, CodeAlert, Hint, LookBack, Looked, ReadCode
from appraisal.recognised import FAKE_VERDICTS, reason_words, word, words
from appraisal.requests.models import AppraisalRequest, RequestItem
from appraisal.requests.presenters import photo_url, shot_name, standing_of
from divisions import selectors as divisions
from webui.compare import Comparison, comparison, points, svg

LABELS = dict(FIELDS)
BAND_LOOKS = {"strong": ("seal", "dot"), "likely": ("wait", "half"), "possible": ("neutral", "ring")}
"""Band of a hint: tone and shape of its chip."""
STATE_LOOKS = {
    Hint.State.SHOWN: ("neutral", "ring"),
    Hint.State.ACCEPTED: ("accent", "tick"),
    Hint.State.REJECTED: ("neutral", "cross"),
    Hint.State.IGNORED: ("neutral", "clock"),
}
FIT_LOOKS = {
    "this_product": ("neutral", "tick"),
    "other_product": ("wait", "warning"),
    "other_brand": ("wait", "warning"),
    "unknown": ("neutral", "question"),
    "no_gtin": ("neutral", "ring"),
}
ALERT_LOOKS = {
    CodeAlert.State.OPEN: ("wait", "warning"),
    CodeAlert.State.CONFIRMED: ("seal", "warning"),
    CodeAlert.State.DISMISSED: ("neutral", "cross"),
}


# Small words ----------------------------------------------------------------------------------------------------------


def county_names(seen: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Names in full of every county that earlier matters name."""
    return divisions.path_names({each["county_code"] for each in seen if each.get("county_code")})


def seen_words(seen: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What may be seen of an earlier matter, in one line."""
    how = str(word("seen", seen.get("how", "broker")))
    place = names.get(seen.get("county_code", ""), "")
    when = _day(seen.get("found_on"), month_only=seen.get("how") == "place_only")
    facts = [each for each in (place, when, seen.get("unit_name", ""), seen.get("request_no", "")) if each]
    return f"{how}：{' · '.join(facts)}" if facts else how


def _day(found: Any, *, month_only: bool) -> str:
    if not found:
        return ""
    day = found if isinstance(found, date) else date.fromisoformat(str(found)[:10])
    return _("%(year)d 年 %(month)d 月") % {"year": day.year, "month": day.month} if month_only else day.isoformat()


# Hints ----------------------------------------------------------------------------------------------------------------


@dataclass
class Card:
    """One hint as `hints/_card.html` takes it."""

    hint: Hint
    url: str
    band: str
    tone: str
    shape: str
    typology: str
    reasons: list[str]
    seen: str
    broker: bool
    here_thumb: str
    there_thumb: str
    hull_here: str
    hull_there: str
    fallen: str
    state: tuple[str, str, str]
    own_url: str
    photo_name: str

    @property
    def decided(self) -> bool:
        return self.hint.state != Hint.State.SHOWN


def card(hint: Hint, names: Mapping[str, str]) -> Card:
    """A hint in words and two small pictures."""
    tone, shape = BAND_LOOKS.get(hint.band, ("neutral", "ring"))
    geometry, seen = hint.geometry or {}, hint.seen or {}
    own = seen.get("how") == "own" and seen.get("request_id")
    return Card(
        hint=hint,
        url=reverse("hints:hint", args=[hint.pk]),
        band=str(word("band", hint.band)),
        tone="neutral" if hint.flagged else tone,
        shape=shape,
        typology=str(word("typology", hint.typology)) if hint.typology else "",
        reasons=reason_words(hint.reasons),
        seen=seen_words(seen, names),
        broker=seen.get("how") == "broker",
        here_thumb=photo_url(hint.photo.exhibit, "thumb") if hint.photo else "",
        there_thumb=photo_url(hint.picture, "thumb") if hint.picture else "",
        hull_here=svg(points(geometry.get("hull_query"))),
        hull_there=svg(points(geometry.get("hull_library"))),
        fallen=str(word("flag", hint.flagged)) if hint.flagged else "",
        state=(str(Hint.State(hint.state).label), *STATE_LOOKS[Hint.State(hint.state)]),
        own_url=reverse("requests:detail", args=[seen["request_id"]]) if own else "",
        photo_name=shot_name(hint.item, hint.photo.shot_code) if hint.photo else "",
    )


def compared(found: Hint | LookBack) -> Comparison:
    """A hint or a look back for the comparison viewer."""
    return comparison(selectors.comparison(found), query_name=_("这张照片"), library_name=_("已知假货"), labels=LABELS)


# One item -------------------------------------------------------------------------------------------------------------

OUTCOME_LOOKS = {
    "looking": ("accent", "clock"),
    "late": ("neutral", "clock"),
    "pending": ("accent", "clock"),
    "no_comparison": ("neutral", "question"),
    "nothing_similar": ("neutral", "ring"),
    "poor": ("wait", "camera"),
}
_OUTCOMES = {
    "looking": _lazy("正在与假货库比对，几秒后结果会自己出现。"),
    "late": _lazy("还没有收到比对结果，到了会自己出现；不影响鉴定。"),
}


@dataclass
class Seen:
    """What recognition says of one item: the section of the request page that stands under its name."""

    item: RequestItem
    outcome: str
    words: str
    tone: str
    shape: str
    hits: list[Card] = field(default_factory=list)
    folded: list[Card] = field(default_factory=list)
    fallen: list[Card] = field(default_factory=list)
    poor: list[tuple[str, str]] = field(default_factory=list)
    barcodes: list[dict[str, Any]] = field(default_factory=list)
    readings: list[ReadCode] = field(default_factory=list)
    said: list[ReadCode] = field(default_factory=list)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    look_backs: list[LookBack] = field(default_factory=list)
    price: dict[str, Any] | None = None
    share: str = "broker"
    may_offer: bool = False


def of_request(asked: AppraisalRequest, *, late: bool) -> list[Seen]:
    """Item by item, what recognition says of a request that was sent to somebody. late: nothing came for minutes."""
    hints, looked = list(selectors.hints_of(asked)), selectors.looked(asked)
    codes, alerts = list(selectors.read_codes(asked)), list(selectors.alerts_of(asked))
    look_backs = list(selectors.look_backs_of_request(asked))
    seen = [each.seen for each in [*hints, *look_backs] if each.seen] + [o for each in alerts for o in each.others]
    names = county_names(seen)
    shares = selectors.shares_of(asked)
    return [
        _of_item(
            item,
            looked.get(item.pk),
            [card(each, names) for each in hints if each.item_id == item.pk],
            [each for each in codes if each.item_id == item.pk],
            [_alert(each, names) for each in alerts if each.item_id == item.pk],
            [each for each in look_backs if each.item_id == item.pk],
            shares.get(item.pk, "broker"),
            late=late,
        )
        for item in asked.items.all()
    ]


def _of_item(
    item: RequestItem,
    looked: Looked | None,
    cards: Sequence[Card],
    codes: Sequence[ReadCode],
    alerts: list[dict[str, Any]],
    look_backs: list[LookBack],
    share: str,
    *,
    late: bool,
) -> Seen:
    outcome = looked.outcome if looked else ("late" if late else "looking")
    tone, shape = OUTCOME_LOOKS.get(outcome, ("neutral", "ring"))
    standing = [each for each in cards if not each.hint.flagged]
    proposed = ReadCode.State.PROPOSED
    return Seen(
        item=item,
        outcome=outcome,
        words=str(_OUTCOMES.get(outcome) or word("outcome", outcome)),
        tone=tone,
        shape=shape,
        hits=[each for each in standing if each.hint.band in selectors.BANDS_SHOWN],
        folded=[each for each in standing if each.hint.band not in selectors.BANDS_SHOWN],
        fallen=[each for each in cards if each.hint.flagged],
        poor=_poor(item, looked.poor if looked else ()),
        barcodes=[_barcode(each) for each in (looked.barcodes if looked else ())],
        readings=[each for each in codes if each.state == proposed],
        said=[each for each in codes if each.state not in (proposed, ReadCode.State.REFUSED)],
        alerts=alerts,
        look_backs=look_backs,
        price=_price(looked.price) if looked and looked.price else None,
        share=share,
        may_offer=item.product_id is not None and getattr(standing_of(item), "value", "") in FAKE_VERDICTS,
    )


def _poor(item: RequestItem, rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    photos = {str(photo.pk): photo for photo in item.photos.all()}
    return [
        (
            shot_name(item, photos[str(row["photo_id"])].shot_code) if str(row["photo_id"]) in photos else _("照片"),
            "；".join(str(word("quality", code)) for code in row["reasons"]),
        )
        for row in rows
    ]


def _barcode(row: Mapping[str, Any]) -> dict[str, Any]:
    tone, shape = FIT_LOOKS.get(row["fits"], ("neutral", "ring"))
    name = row.get("product_name", "") if row["fits"] in ("other_product", "other_brand") else ""
    return {"text": row["text"], "words": word("fits", row["fits"]), "name": name, "tone": tone, "shape": shape}


def _price(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "words": word("price", row["result"])}


def _alert(row: CodeAlert, names: Mapping[str, str]) -> dict[str, Any]:
    tone, shape = ALERT_LOOKS[CodeAlert.State(row.state)]
    return {
        "row": row,
        "words": word("alert", row.kind),
        "tone": tone,
        "shape": shape,
        "others": [seen_words(each, names) for each in row.others],
    }


def share_choices() -> list[tuple[str, Any]]:
    """What other provinces may be shown, the most open first."""
    return list(SHARES)


def typology_choices() -> list[tuple[str, str]]:
    """Kinds of fakes, for a form."""
    return [(code, str(name)) for code, name in words("typology").items()]
