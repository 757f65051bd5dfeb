"""From a text to addresses: names found in one pass, joined into chains of places that lie in one another."""

from __future__ import annotations

import re
from typing import Final

from divisions.resolving.cues import AFTER, AFTER_LETTERS, BEFORE, HOME, MAKER, NONE, SHOP, SURNAMES
from divisions.resolving.gazetteer import COMPANY, CUE, PERSON, PLACE, TRAP, Entry, Gazetteer, Place, Sense

SEPARATORS: Final = frozenset(" \t\r\n\u3000·•・-—－_/\\|,，、.:：()（）[]【】<>《》>→+;；")
_BREAKS: Final = frozenset("。；;！!？?\n|→【[")
_ROAD_FIRST: Final = frozenset("路街大巷胡弄高快国立东南西北中一二三四五六七八九十上下环支横新")
_ROAD: Final = re.compile(
    r"(?:[东南西北中上下新环支横]|[一二三四五六七八九十]+|[东西南北]?环)?(?:路|街(?!道)|大道|大街|巷|胡同|弄(?!堂)|高速|快速路|国道|立交|大桥|高架)"
)
_TITLES: Final = frozenset(("先生", "女士", "老板", "同志", "小姐", "师傅", "经理"))
_FACILITY: Final = re.compile(
    r"(?:大厦|宾馆|饭店|酒店|大酒店|银行|大学|学院|花园|小区|广场|商厦|百货|超市|影院|公园|牌|牛|烟)"
)
_AFTER_PEOPLE: Final = frozenset("民才寿社行力事文道工造体防保和本大气")
_CITY_ROADS: Final = frozenset(("中北", "中南", "东四", "西四", "大街"))
_NO_BRAND: Final = ("牌坊", "牌楼", "牌照")
_TIE: Final = 0.6
_INNER_SIZES: Final = (2, 3, 4, 5)
_TOWN: Final = 3.0
_CITY: Final = 1.5
_NEAR: Final = 3
_NAME_LETTERS: Final = 3
_COMPANY_LETTERS: Final = 14
_BRACKET_REACH: Final = 14

_BEFORE_NAMES: Final = SEPARATORS | frozenset(
    "在从到于自往是报映说赴去位至由住寄发收址地点索店家我们的省市区县“”‘’\"'！!？?\u200b"
)
_COUNTY: Final = 2
_PREPOSITIONS: Final = frozenset("从在到由于往向至经去")
_FILLER: Final = Entry("", TRAP, "word")

Cands = dict[Place, float]
Token = tuple[int, int, Entry]


class Reading:
    """One address within the text: the places it may be, and what it was read from."""

    __slots__ = ("cands", "conflict", "elsewhere", "end", "loose", "marked", "role", "start", "sure", "tokens", "zone")

    def __init__(self, start: int, end: int, cands: Cands, role: str, token: Token) -> None:
        self.start = start
        self.end = end
        self.cands = cands
        self.role = role
        self.tokens = [token]
        self.sure = token[2].sure
        self.zone: Entry | None = None
        self.conflict: Place | None = None
        self.marked = False
        self.elsewhere = False
        self.loose = False


def tokens_of(gazetteer: Gazetteer, text: str) -> list[Token]:
    """The names in the text that do not overlap, longest first where they do."""
    chosen: list[Token] = []
    last_start = last_end = -1
    for index, entry in gazetteer.automaton.iter(text):
        start = index + 1 - entry.size
        if start >= last_end:
            chosen.append((start, index + 1, entry))
        elif start <= last_start:
            at = len(chosen) - 1
            while at and chosen[at - 1][0] >= start:
                at -= 1
            if at and chosen[at - 1][1] > start:
                shorter = _cut(gazetteer, text, chosen[at - 1], start, entry)
                if shorter is None:
                    continue
                chosen[at - 1] = shorter
            del chosen[at:]
            chosen.append((start, index + 1, entry))
        elif index + 1 == last_end:
            continue
        else:
            if entry.sure and chosen[-1][2].surface == "市中" and len(chosen) > 1:
                chosen.pop()  # 济南市|中山县, not 济南|市中|…
                chosen[-1] = _whole(gazetteer, text, chosen[-1])
                chosen.append((start, index + 1, entry))
                last_start, last_end = start, index + 1
                continue
            shorter = _cut(gazetteer, text, chosen[-1], start, entry)
            if shorter is None:
                continue
            chosen[-1] = shorter
            chosen.append((start, index + 1, entry))
        last_start = start
        last_end = index + 1
    return chosen


def _cut(gazetteer: Gazetteer, text: str, left: Token, at: int, right: Entry) -> Token | None:
    """The left of two names that overlap, ended where the right begins: 济南|市中区, 南阳|镇平, 从|江西."""
    if right.kind != PLACE or not right.senses:
        return None
    head = left[2]
    entry = gazetteer.entries.get(text[left[0] : at])
    if entry is None or entry.kind != PLACE or not entry.senses:
        if head.kind != PLACE or head.sure or head.surface[0] not in _PREPOSITIONS or right.senses[0].place.depth == 2:
            return None
        return (left[0], at, _FILLER) if _strength(right) >= _strength(head) + 0.3 else None
    if right.sure or head.kind != PLACE or _holds(entry, right):
        return (left[0], at, entry)
    return None


def _whole(gazetteer: Gazetteer, text: str, token: Token) -> Token:
    """A name that was cut before 市, with it again."""
    entry = gazetteer.entries.get(text[token[0] : token[1] + 1])
    return token if entry is None else (token[0], token[1] + 1, entry)


def _holds(entry: Entry, other: Entry) -> bool:
    """A place of the first name has one of the second in it, or a township that is called so."""
    return any(
        sense.place in inner.place.up or (sense.place is inner.place and inner.via is not None)
        for sense in entry.senses
        for inner in other.senses
    )


def _strength(entry: Entry) -> float:
    return entry.senses[0].weight if entry.senses else 0.5


def read(gazetteer: Gazetteer, text: str) -> tuple[list[Reading], list[tuple[int, int, str]]]:
    """The addresses in the text, and what was taken for something else: (start, end, brand, road, person, …)."""
    reader = _Reader(gazetteer, text)
    for token in tokens_of(gazetteer, text):
        entry = token[2]
        if entry.kind != PLACE:
            reader.aside(token)
        elif (entry.sure or not reader.other_word(token)) and not reader.join(token) and entry.senses:
            reader.begin(token)
    return reader.readings, reader.others


class _Reader:
    """One walk over the names of a text, from left to right.

    role, role_end: the last word that opens an address, until an address takes it. person_end: the last word after
    which a person's name stands.
    """

    __slots__ = ("current", "gazetteer", "others", "person_end", "readings", "role", "role_end", "text")

    def __init__(self, gazetteer: Gazetteer, text: str) -> None:
        self.gazetteer = gazetteer
        self.text = text
        self.readings: list[Reading] = []
        self.others: list[tuple[int, int, str]] = []
        self.current: Reading | None = None
        self.role = NONE
        self.role_end = -1
        self.person_end = -_NAME_LETTERS * 3

    def aside(self, token: Token) -> None:
        """A word that is no place: a brand, the role of an address, a company's ending."""
        start, end, entry = token
        current = self.current
        if entry.kind == TRAP:
            self.others.append((start, end, entry.data))
            if entry.data == "product" and current is not None and current.end == start and _bare_province(current):
                current.elsewhere = True
        elif entry.kind == CUE:
            self._cue(start, end, entry.surface)
        elif entry.kind == PERSON:
            self.person_end = end
        elif entry.kind == COMPANY and current is not None and current.end > start - _COMPANY_LETTERS:
            _company(current, self.text, start)

    def _cue(self, start: int, end: int, word: str) -> None:
        """A word of role belongs to the address before it, (发货地) or 出发, or opens the next: 发货地：."""
        role = AFTER.get(word)
        if role is not None and self.readings:
            last = self.readings[-1]
            reach = _BRACKET_REACH if word[0] in "(（" or word[-1] in ")）" else 0
            if start - last.end <= reach and (not last.marked or role == SHOP):
                last.role = role
                last.marked = True
                last.elsewhere = role in (MAKER, HOME)
                if word in BEFORE and start == last.end:
                    self.current = None
                if word not in BEFORE or start == last.end:
                    return
        if word in BEFORE:
            self.role = BEFORE[word]
            self.role_end = end

    def other_word(self, token: Token) -> bool:
        """A short name may be part of a road or a person."""
        start, end, entry = token
        text = self.text
        if end < len(text) and text[end] in _ROAD_FIRST and _ROAD.match(text, end):
            if _place_before_road(self.gazetteer, entry, text, end):
                return False
            self.others.append((start, end, "road"))
            current = self.current
            if current is not None and current.zone is not None and len(current.cands) > 1:
                current.cands = _join(current.cands, entry.weak) or current.cands
            return True
        named = 0 < start - self.person_end <= _NAME_LETTERS and text[start - 1] in SURNAMES
        named = named and (self.current is None or self.current.end != start)
        if named or text[end : end + 2] in _TITLES:
            self.others.append((start, end, "person"))
            return True
        if text.startswith("牌", end) and not text.startswith(_NO_BRAND, end):
            self.others.append((start, end, "brand"))
            return True
        return False

    def join(self, token: Token) -> bool:
        """The name belongs to the address before it, or is not to begin another. False: it may begin one."""
        current = self.current
        if current is None:
            return False
        start, end, entry = token
        senses = entry.senses
        cands = current.cands
        opened = self.role_end > current.end
        if entry is current.tokens[-1][2] and start == current.end:
            joined: Cands | None = _doubled(senses)
        else:
            joined = _join(cands, senses) if senses else None
        if not joined and entry.weak:
            joined = _join_weak(current, entry, self.text, start, end)
            if joined is current.cands:
                return True
        if joined and not (opened and not _deeper(joined, cands)):
            if opened and current.role == NONE:
                current.role = self.role
                current.marked = self.role != NONE
            current.cands = joined
            current.end = end
            current.tokens.append(token)
            if not entry.sure:
                self._home(current, end)
            else:
                current.sure = True
                if senses and senses[0].via is not None and senses[0].via.kind == "zone":
                    current.zone = entry
            return True
        if opened:
            return False
        if _odd_one(current, token, self.text):
            return True
        if not senses:
            _shorter(self.gazetteer, current, entry, self.text, start)
            return True
        via = senses[0].via
        if via is not None and via.kind == "landmark" and any(place.depth for place in cands):
            return True
        if entry.town and senses[0].weight <= _TOWN and start - current.end <= _NEAR:
            return True
        return not entry.sure and senses[0].weight < _CITY

    def begin(self, token: Token) -> None:
        """A new address begins with this name."""
        start, end, entry = token
        cands: Cands = {sense.place: sense.weight for sense in entry.senses}
        letter = _letter(self.gazetteer, self.text, start) if start else None
        if letter is not None:
            cands = _join(cands, (Sense(letter, 1.0, None),)) or cands
        fresh = self.role_end > (self.readings[-1].end if self.readings else -1)
        current = Reading(start, end, cands, self.role if fresh else NONE, token)
        current.marked = current.role != NONE
        if letter is not None and any(letter in place.up for place in cands):
            current.sure = True
        elif not entry.sure and start and self.text[start - 1] not in _BEFORE_NAMES:
            current.loose = entry.senses[0].place.depth == _COUNTY
        via = entry.senses[0].via
        if via is not None and via.kind == "zone":
            current.zone = entry
        self.readings.append(current)
        self.current = current
        if not entry.sure:
            self._home(current, end)

    def _home(self, current: Reading, end: int) -> None:
        """浙江温州人, 湖南籍: where a person comes from."""
        text = self.text
        if end < len(text) and text[end] in AFTER_LETTERS and text[end + 1 : end + 2] not in _AFTER_PEOPLE:
            current.role = HOME
            current.marked = current.elsewhere = True
            self.current = None


def _bare_province(current: Reading) -> bool:
    if current.sure or current.marked or len(current.tokens) != 1:
        return False
    return current.tokens[0][2].senses[0].place.depth == 0


def _join(cands: Cands, senses: tuple[Sense, ...]) -> Cands:
    """What both may be: the deeper of two places of which one lies in the other."""
    joined: Cands = {}
    for place, score in cands.items():
        up = place.up
        for other, weight, _via in senses:
            if other is place:
                total = score + weight * 0.5
            elif place in other.up:
                total = score + weight
                if joined.get(other, 0.0) < total:
                    joined[other] = total
                continue
            elif other in up:
                total = score + weight
            else:
                continue
            if joined.get(place, 0.0) < total:
                joined[place] = total
    return joined


def _doubled(senses: tuple[Sense, ...]) -> Cands:
    """吉林吉林 is the city in the province of that name, 抚顺抚顺 the county in the city."""
    above = {sense.place for sense in senses}
    return {sense.place: sense.weight + 2.0 for sense in senses if above.intersection(sense.place.up)}


def _join_weak(current: Reading, entry: Entry, text: str, start: int, end: int) -> Cands | None:
    """A township without its ending counts only right beside what it lies in, and only if it makes that narrower.

    Returns the candidates themselves where the name says nothing new.
    """
    cands = current.cands
    if len(cands) == 1:
        (only,) = cands
        if only.depth == 2:
            for sense in entry.weak:
                if sense.place is only:
                    if start == current.end and not _FACILITY.match(text, end):
                        current.cands = cands = {only: cands[only] + 1.0}
                    current.tokens.append((start, end, entry))
                    current.end = end
                    return cands
            return None
    gap = text[current.end : start]
    if start < current.start:
        return None
    apart = len(gap) > 2 or any(letter not in SEPARATORS for letter in gap)
    if apart and (len(gap) > 6 or not any(sense.via and sense.via.kind == "landmark" for sense in entry.weak)):
        return None
    if not entry.town and _FACILITY.match(text, end):
        return None
    joined = _join(cands, entry.weak)
    if not joined:
        return None
    if (
        len(joined) > 1
        and max(place.depth for place in cands) == 0
        and entry.weak[0].via
        and entry.weak[0].via.kind == "township"
    ):
        return None
    return joined


def _shorter(gazetteer: Gazetteer, current: Reading, entry: Entry, text: str, start: int) -> bool:
    """A long name that does not fit may hold a shorter one that does: 太平店 in 阜新 is the shop of 太平."""
    if start != current.end and text[current.end : start].strip("".join(SEPARATORS)):
        return False
    for size in range(entry.size - 1, 1, -1):
        part = gazetteer.entries.get(entry.surface[:size])
        if part is not None and part.kind == PLACE and part.senses and not _ROAD.match(text, start + size):
            joined = _join(current.cands, part.senses)
            if joined:
                current.cands = joined
                current.end = start + size
                current.tokens.append((start, start + size, part))
                return True
    return False


def _deeper(joined: Cands, before: Cands) -> bool:
    """After a word that opens an address, only what narrows the address before it still belongs to that."""
    return max(place.depth for place in joined) > max(place.depth for place in before)


def _odd_one(current: Reading, token: Token, text: str) -> bool:
    """A name that does not fit what stands right before it: a township or county that moved, or a zone beside it."""
    start, end, entry = token
    if start - current.end > 2 or any(letter not in SEPARATORS for letter in text[current.end : start]):
        return False
    place = max(current.cands, key=lambda each: current.cands[each])
    senses = (*entry.senses, *(sense for sense in entry.weak if sense.weight > 1)) or entry.weak
    if not senses or not (entry.sure or entry.town or len(senses) == 1):
        return False
    via = senses[0].via
    if via is not None and via.kind == "zone":
        if any(sense.place.up and place.up and sense.place.up[:1] == place.up[:1] for sense in senses):
            current.zone = entry
            current.end = end
            current.tokens.append(token)
            return True
        return False
    around = (place if place.depth == 1 else place.up[-1]) if place.up else place
    near = [sense for sense in senses if around in sense.place.up]
    if not near and entry.sure and not entry.town and len(senses) == 1 and place.depth <= 1 and place.up:
        near = [sense for sense in senses if place.up[0] in sense.place.up]
    if len(near) != 1:
        return False
    sense = near[0]
    if sense.place.depth < 2 or (place.depth == 2 and not entry.town and not entry.sure):
        return False
    if place.depth == 2 and not entry.town:
        return False
    current.conflict = place
    current.cands = {sense.place: current.cands[place] * 0.8 + sense.weight}
    current.end = end
    current.tokens.append(token)
    return True


def _letter(gazetteer: Gazetteer, text: str, start: int) -> Place | None:
    """The one-letter name of a province before a name: 桂·南宁, 沪宝山区."""
    at = start - 1
    while at >= 0 and text[at] in SEPARATORS:
        at -= 1
    if at < 0 or (at and text[at - 1] not in SEPARATORS):
        return None
    return gazetteer.letters.get(text[at])


def _place_before_road(gazetteer: Gazetteer, entry: Entry, text: str, end: int) -> bool:
    """武汉中北路 is a road in 武汉, 唐山路南 a district, 尉氏大桥乡 a township; 北京西路 is only a road."""
    if not entry.senses:
        return False
    if entry.senses[0].place.depth == 1 and text[end : end + 2] in _CITY_ROADS:
        return True
    for size in _INNER_SIZES:
        inner = gazetteer.entries.get(text[end : end + size])
        if inner is not None and inner.kind == PLACE and _holds(entry, inner):
            return True
    return False


def _company(current: Reading, text: str, start: int) -> None:
    """A company's name that begins with one short name of a place is a name, hardly an address."""
    if len(current.tokens) != 1 or current.marked or (current.sure and any(place.final for place in current.cands)):
        return
    between = text[current.end : start]
    if not between or any(letter in SEPARATORS or letter in _BREAKS for letter in between) or "某" in between:
        return
    current.role = "company"


def settle(reading: Reading) -> tuple[Place | None, list[Place]]:
    """The place the address says, or none and the places it leaves open; the strongest first."""
    cands = reading.cands
    if len(cands) == 1:
        (best,) = cands
        return best, []
    ranked = sorted(cands, key=lambda place: (-cands[place], place.depth))
    best = ranked[0]
    score = cands[best]
    rivals = [
        place for place in ranked[1:] if cands[place] >= score - _TIE and place not in best.up and best not in place.up
    ]
    if rivals:
        return None, [best, *rivals]
    return best, [place for place in ranked[1:] if place not in best.up]
