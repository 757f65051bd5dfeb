"""`resolve`: from an address as people write it to a division, or to the divisions it leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from divisions.resolving import current, spelt
from divisions.resolving.answers import AMBIGUOUS, NOTHING, Former, Found, Hints, Span
from divisions.resolving.cues import NONE, RANK, SENDER
from divisions.resolving.gazetteer import Gazetteer, Place
from divisions.resolving.reading import SEPARATORS, Reading, read, settle
from divisions.resolving.writing import LATIN, closed_up, without_slips

_NO_HINTS = Hints()
_FIRM = 1.25
_CANDIDATES = 12
_COUNTY_DEPTH = 2
_EVERYDAY = 0.5


@dataclass(slots=True, eq=False)
class Resolution:
    """The answer for one text.

    code, level: the division, as fine as the text says: county, prefecture or province. Level `ambiguous`: several are
    possible and `candidates` holds them, the likelier first; `within` is what they have in common. Level `none`: no
    place is named. confidence: 0 to 1. method: by what the place was found. runner_up: the next best, if any.
    township: nine digits, if the text names one in `code`. zone: the development zone, if it names one.
    sentence, spans, places: worked out when they are asked for. Nobody changes one.
    """

    text: str
    code: str
    level: str
    confidence: float
    method: str
    runner_up: str = ""
    candidates: tuple[str, ...] = ()
    within: str = ""
    role: str = ""
    township: str = ""
    zone: str = ""
    former: Former | None = None
    hints_used: tuple[str, ...] = ()
    _gazetteer: Gazetteer | None = field(default=None, repr=False)
    _chosen: Reading | None = field(default=None, repr=False)
    _readings: Sequence[Reading] = field(default=(), repr=False)
    _others: Sequence[tuple[int, int, str]] = field(default=(), repr=False)
    _where: list[int] | None = field(default=None, repr=False)
    _conflict: str = ""

    @property
    def final(self) -> bool:
        """The code is one that a matter goes to: a county, or a prefecture without counties."""
        place = self._place(self.code)
        return place is not None and place.final

    @property
    def path(self) -> str:
        """The division by its name in full: 广西壮族自治区桂林市荔浦市. Empty if there is none."""
        place = self._place(self.code)
        return place.path if place else ""

    @property
    def province(self) -> str:
        """The code of the province, if at least that is known."""
        return self.province_of(self.code or self.within)

    def province_of(self, code: str) -> str:
        """The province of a code of the same tables; empty if there is no such code."""
        place = self._place(code)
        return (place.up[0] if place.up else place).code if place else ""

    def name_of(self, code: str) -> str:
        """A candidate or runner-up by its name in full."""
        place = self._place(code)
        return place.path if place else ""

    def level_of(self, code: str) -> str:
        """county, prefecture or province; empty if there is no such code."""
        place = self._place(code)
        return place.level if place else ""

    @property
    def sentence(self) -> str:
        """How the answer came about, in one sentence of the language that is active now."""
        from divisions.resolving.telling import sentence

        return sentence(self)

    @property
    def spans(self) -> tuple[Span, ...]:
        """What each piece of the text was read as."""
        from divisions.resolving.telling import spans

        return spans(self)

    @property
    def places(self) -> tuple[Found, ...]:
        """Every address in the text with its role; the answer is one of them."""
        from divisions.resolving.telling import places

        return places(self)

    def _place(self, code: str) -> Place | None:
        return self._gazetteer.places.get(code) if self._gazetteer and code else None


def resolve(text: str, *, hints: Hints = _NO_HINTS, on: date | None = None) -> Resolution:
    """The division that a text means.

    hints: they order candidates and are told, and overrule nothing. on: the tables as they were on that day (today).
    Never raises for what a text holds. Nothing is kept of it.
    """
    return resolve_in(current.gazetteer(on), text, hints)


def resolve_in(gazetteer: Gazetteer, text: str, hints: Hints = _NO_HINTS) -> Resolution:
    """`resolve` with the tables given."""
    simplifier = gazetteer.simplifier or current.simplifier(gazetteer)
    simple = simplifier(text)
    readings, others = read(gazetteer, simple)
    answer = _answer(gazetteer, text, readings, others, hints, None)
    if not answer.code or not gazetteer.places[answer.code].final:
        answer = _second_look(gazetteer, text, simple, hints, answer)
    return answer


def _second_look(gazetteer: Gazetteer, text: str, simple: str, hints: Hints, first: Resolution) -> Resolution:
    """Marks inside names, wrong characters, pinyin: tried only where the plain reading found too little."""
    closed, where = closed_up(simple)
    if where is not None:
        again = _answer(gazetteer, text, *read(gazetteer, closed), hints, where)
        if _says_more(again, first):
            first = again
    if first.level == NOTHING or first.code:
        righted = without_slips(simple)
        if righted != simple:
            again = _answer(gazetteer, text, *read(gazetteer, righted), hints, None)
            if _says_more(again, first):
                first = again
    if first.level == NOTHING and LATIN.search(text):
        found = spelt.read_pinyin(gazetteer, text)
        if found is not None:
            first = _answer(gazetteer, text, [found], [], hints, None, method="pinyin")
    return first


def _says_more(again: Resolution, first: Resolution) -> bool:
    order = {NOTHING: 0, AMBIGUOUS: 1, "province": 2, "prefecture": 3, "county": 4}
    return order[again.level] > order[first.level]


def _answer(
    gazetteer: Gazetteer,
    text: str,
    readings: list[Reading],
    others: list[tuple[int, int, str]],
    hints: Hints,
    where: list[int] | None,
    method: str = "",
) -> Resolution:
    if not readings:
        return Resolution(text, "", NOTHING, 0.0, "nothing", _gazetteer=gazetteer, _others=others)
    if len(readings) == 1:
        chosen = readings[0]
        rivals: Sequence[Reading] = ()
    else:
        chosen, rivals = _by_role(readings)
    place, open_ = settle(chosen)
    alone = len(chosen.tokens) == 1
    weak = not chosen.sure and (max(chosen.cands.values()) < _FIRM or (alone and chosen.loose))
    if alone and not chosen.tokens[0][2].alone:
        weak = True
    if chosen.role == "company" and place is not None and place.final:
        weak = True
    if alone and not rivals and weak and _only_a_word(chosen, text if where is None else "", place):
        return Resolution(text, "", NOTHING, 0.0, "nothing", _gazetteer=gazetteer, _others=others)
    if chosen.elsewhere:
        return _open(gazetteer, text, chosen, rivals, True, readings, others, hints, where)
    if rivals or place is None or weak:
        return _open(gazetteer, text, chosen, rivals, weak, readings, others, hints, where)
    way, township, former = _way(chosen, place)
    runner = ""
    if chosen.conflict is not None:
        runner = chosen.conflict.code
    elif open_:
        runner = open_[0].code
    return Resolution(
        text,
        place.code,
        place.level,
        _confidence(place, chosen, way),
        method or way,
        runner,
        (),
        "",
        chosen.role,
        township,
        _zone(chosen) if chosen.zone is not None else "",
        former,
        (),
        gazetteer,
        chosen,
        readings,
        others,
        where,
        chosen.conflict.code if chosen.conflict else "",
    )


def _only_a_word(chosen: Reading, text: str, place: Place | None) -> bool:
    """The short name of a county inside a sentence, or one that is an everyday word: 不批准延长, 新建单位."""
    if chosen.sure or (place is not None and place.depth != _COUNTY_DEPTH):
        return False
    if chosen.loose:
        return True
    glued = chosen.end < len(text) and text[chosen.end] not in SEPARATORS
    return glued and max(chosen.cands.values()) < _EVERYDAY


def _zone(chosen: Reading) -> str:
    for sense in chosen.zone.senses if chosen.zone is not None else ():
        if sense.via is not None and sense.via.kind == "zone":
            return sense.via.name
    return ""


def _way(chosen: Reading, place: Place) -> tuple[str, str, Former | None]:
    """By what the last step was made, the code of the township, and the former name."""
    order, way, township, former = 9, "names", "", None
    for _start, _end, entry in chosen.tokens:
        for sense in entry.senses or entry.weak:
            if sense.place is not place:
                continue
            via = sense.via
            if via is None:
                if order > 2:
                    order, way = (0, "names") if entry.sure else (2, "short_name")
                elif entry.sure:
                    order, way = 0, "names"
                break
            kind = via.kind
            if kind == "township":
                township = township or via.code
            elif kind == "former" and former is None:
                former = Former(via.code, via.name, via.year, via.closed_on, via.relation)
            if _ORDER[kind] < order:
                order, way = _ORDER[kind], kind
            break
    if chosen.conflict is not None:
        way = "moved"
    return way, township, former


_ORDER = {"former": 1, "zone": 3, "township": 4, "landmark": 5}
_BASE = {
    "names": 0.97,
    "former": 0.93,
    "short_name": 0.86,
    "zone": 0.9,
    "township": 0.88,
    "landmark": 0.8,
    "moved": 0.75,
}


def _confidence(place: Place, chosen: Reading, way: str) -> float:
    base = _BASE[way]
    if len(chosen.tokens) > 1:
        base += (0.99 - base) * (0.6 if chosen.cands[place] > 4 else 0.3)
    if chosen.role in ("company", "home"):
        base *= 0.5
    return base


def _by_role(readings: list[Reading]) -> tuple[Reading, Sequence[Reading]]:
    """The address that counts, and those that would count as much and say something else."""
    ranked: list[Ranked] = []
    for reading in readings:
        place, _ = settle(reading)
        firm = reading.sure or max(reading.cands.values()) >= _FIRM
        depth = -1 if place is None else place.depth
        ranked.append((reading, place, firm, depth))
    pool = [item for item in ranked if item[2]] or ranked
    pool = [item for item in pool if not item[0].elsewhere] or pool
    top = max(RANK[item[0].role] for item in pool)
    first = [item for item in pool if RANK[item[0].role] == top]
    if not any(item[3] == _COUNTY_DEPTH or (item[1] is not None and item[1].final) for item in first):
        first = _finer(first, pool)
    pool = first
    if len(pool) > 1:
        deepest = max(item[3] for item in pool)
        pool = [item for item in pool if item[3] == deepest] if deepest > 0 else pool
    chosen = pool[0]
    rivals = [item[0] for item in pool[1:] if item[1] is not chosen[1]]
    return chosen[0], rivals


Ranked = tuple[Reading, Place | None, bool, int]


def _finer(first: list[Ranked], pool: list[Ranked]) -> list[Ranked]:
    """Where the address that counts stays coarse: one that lies in it, or where the goods were sent from."""
    above = {item[1] for item in first if item[1] is not None}
    within = [item for item in pool if item[1] is not None and above.intersection(item[1].up)]
    if within:
        return within
    if first[0][0].role == NONE:
        return [item for item in pool if item[0].role == SENDER and item[1] is not None and item[1].final] or first
    return first


def _open(
    gazetteer: Gazetteer,
    text: str,
    chosen: Reading,
    rivals: Sequence[Reading],
    weak: bool,
    readings: list[Reading],
    others: list[tuple[int, int, str]],
    hints: Hints,
    where: list[int] | None,
) -> Resolution:
    """The answer that it cannot be known, with what it may be."""
    found: list[Place] = []
    for reading in (chosen, *rivals):
        said, left = settle(reading)
        found += left if said is None else [said] if rivals else [said, *left]
    found = list(dict.fromkeys(found))
    if weak and not rivals and chosen.role != "company":
        found = [each for each in found if each.up] or found
    used, ordered = order_by_hints(found, gazetteer, hints)
    common = _common(ordered)
    return Resolution(
        text,
        "",
        AMBIGUOUS,
        0.0,
        _why_open(chosen, rivals, weak),
        "",
        tuple(each.code for each in ordered[:_CANDIDATES]),
        common.code if common else "",
        chosen.role,
        "",
        _zone(chosen),
        None,
        used,
        gazetteer,
        chosen,
        readings,
        others,
        where,
    )


def _why_open(chosen: Reading, rivals: Sequence[Reading], weak: bool) -> str:
    if chosen.elsewhere:
        return "not_the_place"
    if rivals:
        return "several_addresses"
    if weak:
        return "weak_name"
    if chosen.zone is not None:
        return "zone_of_several"
    vias = [entry.senses[0].via for _start, _end, entry in chosen.tokens if entry.senses]
    return "split" if any(via is not None and via.kind == "former" for via in vias) else "same_name"


def _common(places: list[Place]) -> Place | None:
    """The smallest division in which all of them lie."""
    if not places:
        return None
    chains = [(*place.up, place) for place in places]
    common = None
    for level in zip(*chains, strict=False):
        if any(each is not level[0] for each in level):
            break
        common = level[0]
    return common


def order_by_hints(found: list[Place], gazetteer: Gazetteer, hints: Hints) -> tuple[tuple[str, ...], list[Place]]:
    """What the hints speak for comes first, the rest keeps its order; and which hints spoke."""
    if hints is _NO_HINTS or len(found) < 2:
        return (), found
    from divisions.resolving.hinting import points

    scored = [(points(place, gazetteer, hints), at, place) for at, place in enumerate(found)]
    used = tuple(sorted({name for score, _, _ in scored for name in score}))
    ordered = sorted(scored, key=lambda item: (-sum(item[0].values()), item[1]))
    return used, [place for _, _, place in ordered]
