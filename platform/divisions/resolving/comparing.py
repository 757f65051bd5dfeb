"""Two addresses side by side: the waybill against the licence; the place of dispatch against the own province."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from divisions.resolving.cues import SENDER, SUPPLIER
from divisions.resolving.resolving import Resolution


class Nearness(StrEnum):
    """How far two addresses agree, as far as both say."""

    SAME_COUNTY = "same_county"
    SAME_PREFECTURE = "same_prefecture"
    SAME_PROVINCE = "same_province"
    OTHER_PROVINCE = "other_province"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Comparison:
    """common: the finest division both lie in. nearness: how near that makes them. certain: both are known."""

    nearness: Nearness
    common: str
    certain: bool
    sentence: str


def compare(first: Resolution, second: Resolution) -> Comparison:
    """Whether two addresses can be the same place. What one leaves open is not held against the other."""
    chains = [_chain(answer) for answer in (first, second)]
    if not all(chains):
        return Comparison(Nearness.UNKNOWN, "", False, _("两处地址至少有一处不能确定，无法比较。请先补充地址。"))
    common = ""
    depth = 0
    for one, other in zip(*chains, strict=False):
        if one != other:
            break
        common = one
        depth += 1
    certain = first.final and second.final
    names = {"first": first.path or first.name_of(first.within), "second": second.path or second.name_of(second.within)}
    if depth == 0:
        text = _("两处不在同一省：{first}；{second}。")
        return Comparison(Nearness.OTHER_PROVINCE, "", certain, text.format(**names))
    if certain and first.code == second.code:
        text = _("两处同在{first}。")
        return Comparison(Nearness.SAME_COUNTY, common, True, text.format(**names))
    shorter = min(len(chain) for chain in chains)
    if depth < shorter:
        if depth == 1:
            text = _("两处在同一省的不同地方：{first}；{second}。")
            return Comparison(Nearness.SAME_PROVINCE, common, certain, text.format(**names))
        text = _("两处在同一市的不同县区：{first}；{second}。")
        return Comparison(Nearness.SAME_PREFECTURE, common, certain, text.format(**names))
    text = _("其中一处只写到{common}，与另一处不矛盾，但不能确认是同一处。")
    nearness = Nearness.SAME_PROVINCE if depth == 1 else Nearness.SAME_PREFECTURE
    return Comparison(nearness, common, False, text.format(common=first.name_of(common)))


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Where goods were sent from. outside: in another province, so an out-of-province clue may be proposed."""

    code: str
    province: str
    outside: bool
    sentence: str


def place_of_dispatch(answer: Resolution, *, own_province: str, marked: bool = False) -> Dispatch | None:
    """What a text says of where goods came from. None if it says nothing of it, or nothing as sure as a province.

    marked: the whole text is a sender's address, as on a waybill; else only an address with a word for it counts.
    """
    if marked:
        code = answer.code or answer.within
    else:
        senders = [place for place in answer.places if place.role in (SENDER, SUPPLIER) and place.code]
        code = min(senders, key=lambda place: place.role != SENDER).code if senders else ""
    if not code:
        return None
    province = answer.province_of(code)
    name = answer.name_of(code)
    if province == own_province:
        return Dispatch(code, province, False, _("发货地在本省：{name}。").format(name=name))
    return Dispatch(code, province, True, _("发货地在外省：{name}。建议登记外省线索，函告当地。").format(name=name))


def _chain(answer: Resolution) -> tuple[str, ...]:
    place = answer._place(answer.code or answer.within)
    return tuple(step.code for step in (*place.up, place)) if place else ()
