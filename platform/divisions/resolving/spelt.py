"""Addresses in pinyin: Guangxi Nanning Qingxiu Qu."""

from __future__ import annotations

import re
from typing import Final
from weakref import WeakKeyDictionary

from divisions.resolving.gazetteer import Entry, Gazetteer, Place, Sense
from divisions.resolving.reading import Reading
from divisions.resolving.writing import pinyin_of
from kernel.text import half_width

_WORD: Final = re.compile(r"[a-z]+")
_LEVELS: Final = frozenset(
    ("sheng", "shi", "xian", "qu", "zhou", "qi", "meng", "province", "city", "county", "district")
)
_MOST_WORDS: Final = 6
_tables: WeakKeyDictionary[Gazetteer, dict[str, list[tuple[Place, float]]]] = WeakKeyDictionary()


def read_pinyin(gazetteer: Gazetteer, text: str) -> Reading | None:
    """The address that words in Latin letters make, if at least two names fit together or one stands with its level."""
    table = _table(gazetteer)
    words = [
        (match.group(), match.start(), match.end())
        for match in _WORD.finditer(half_width(text).lower().replace("'", ""))
    ]
    reading: Reading | None = None
    best: Reading | None = None
    at = 0
    while at < len(words):
        for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            found = table.get("".join(word for word, _, _ in words[at : at + length]))
            if found is None:
                continue
            start, end = words[at][1], words[at + length - 1][2]
            entry = Entry(text[start:end])
            entry.senses = tuple(Sense(place, weight, None) for place, weight in found)
            entry.sure = True
            if reading is None:
                reading = Reading(start, end, {place: weight for place, weight in found}, "", (start, end, entry))
            else:
                joined = _joined(reading.cands, found)
                if joined:
                    reading.cands = joined
                    reading.tokens.append((start, end, entry))
                    reading.end = end
                else:
                    best = _better(best, reading)
                    reading = Reading(start, end, {place: weight for place, weight in found}, "", (start, end, entry))
            at += length
            break
        else:
            at += 1
    best = _better(best, reading)
    if best is None or (len(best.tokens) < 2 and max(best.cands.values()) < 3):
        return None
    return best


def _better(first: Reading | None, second: Reading | None) -> Reading | None:
    if first is None or second is None:
        return first or second
    return second if max(second.cands.values()) > max(first.cands.values()) else first


def _joined(cands: dict[Place, float], found: list[tuple[Place, float]]) -> dict[Place, float]:
    joined: dict[Place, float] = {}
    for place, score in cands.items():
        for other, weight in found:
            if place in other.up:
                joined[other] = max(joined.get(other, 0.0), score + weight)
            elif other in place.up:
                joined[place] = max(joined.get(place, 0.0), score + weight)
    return joined


def _table(gazetteer: Gazetteer) -> dict[str, list[tuple[Place, float]]]:
    table = _tables.get(gazetteer)
    if table is None:
        from divisions.resolving import names

        table = {}
        for place in gazetteer.places.values():
            forms = {"": place.name}
            if place.depth == 0:
                forms["stem"] = names.province_forms(place.name)[0]
            elif place.depth == 1:
                forms["stem"] = names.prefecture_forms(place.name)[0]
            else:
                forms["stem"] = names.county_forms(place.name)[0]
            spellings: dict[str, float] = {}
            for kind, form in forms.items():
                if not form:
                    continue
                for spelling in pinyin_of(form):
                    spellings[spelling] = 3.0 if kind == "" else 2.0 - 0.3 * place.depth
                    if kind == "stem":
                        for level in (
                            ("province",)
                            if place.depth == 0
                            else ("city", "shi")
                            if place.depth == 1
                            else ("county", "district", "city", "qu", "xian", "shi")
                        ):
                            spellings.setdefault(spelling + level, 2.8)
            for spelling, weight in spellings.items():
                if len(spelling) > 3:
                    table.setdefault(spelling, []).append((place, weight))
        _tables[gazetteer] = table
    return table
