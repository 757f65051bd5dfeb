"""All names of places in one automaton, each with what it may mean.

Built from the published tables (`from_tables`) or from the CSV files beside this package (`from_files`), in about a
second, and kept for the life of the process (`current`). A name has *senses*: a place, how much the name says for it,
and by way of what (a township, a former name, a zone, a landmark). What a name most often is not stands beside them:
brands and products with a place in them, everyday words, and the words that tell the role of an address.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import ahocorasick

from divisions.resolving import names
from divisions.resolving.cues import CUES, PEOPLE
from divisions.resolving.writing import Simplifier

DATA: Final = Path(__file__).parent.parent / "data"
PLACE, TRAP, CUE, COMPANY, PERSON = range(5)

_COMMON_WORDS: Final = (
    "万年 三台 上城 上街 下城 东兴 东区 东山 东方 东昌 东海 东港 东湖 东风 两当 中原 中山 "
    "中方 丰满 丹凤 乐业 云龙 互助 五台 交口 仁化 会同 会理 光明 光泽 公安 共和 兴业 兴国 "
    "兴安 兴文 兴隆 凌云 凤凰 凤台 前进 北关 北城 北塔 北林 北湖 南关 南城 南宫 南山 南岗 "
    "南岸 南康 南明 南江 南海 南湖 南部 友好 双桥 合作 同仁 同德 同心 向阳 和平 和静 和顺 "
    "商城 围场 城东 城中 城北 城南 城厢 城西 大东 大余 大关 大化 大同 大名 大城 大宁 大悟 "
    "大新 大方 大田 大祥 大通 天台 天山 天桥 天河 天长 太和 太平 太湖 威信 安乡 安宁 安定 "
    "安居 定结 定远 宝安 宝山 宝应 富民 富裕 市中 市北 市南 平和 平安 广安 康乐 延长 建华 "
    "建国 建设 开化 开原 弥勒 怀远 文化 新会 新兴 新区 新华 新县 新城 新密 新市 新平 新建 "
    "新抚 新民 新洲 新罗 方正 无为 明山 曲水 望城 朝阳 桥东 桥西 横峰 正安 正定 正阳 永兴 "
    "永和 永宁 永安 永定 江北 江南 江夏 江汉 江海 沙湾 河东 河西 海州 海棠 海沧 海港 清水 "
    "灵山 玉泉 白云 白玉 石台 石城 石林 石柱 石棉 石门 石首 磐石 站前 紫阳 红旗 红星 花山 "
    "花溪 花都 莲花 蓬莱 西区 西华 西夏 西山 西平 西湖 轮台 进贤 通道 道真 金台 金城 金山 "
    "金水 金沙 铁东 铁西 锦屏 长乐 长兴 长子 长安 长寿 长江 阳春 青云 青原 青山 青羊 青龙 "
    "香河 高台 高新 高明 黄河 龙华 龙城 龙岗 龙湖 龙门"
)
_COMMON: Final = frozenset(_COMMON_WORDS.split())
_WEIGHTS: Final = {"市": 1.6, "县": 1.3, "旗": 1.3, "区": 0.9}
_DOUBTFUL: Final = frozenset({"朝阳"})
_NO_NAMES: Final = frozenset({"市郊区", "市区", "市辖区"})
_NEVER_ALONE: Final = frozenset(
    {"城区", "郊区", "矿区", "新区", "市区", "市中区", "城中区", "东区", "西区", "南区", "北区"}
)


class Place:
    """A province, prefecture or county. `up`: what it lies in, from the top. `final`: a matter may go to it."""

    __slots__ = ("closed_on", "code", "depth", "final", "name", "up")

    def __init__(self, code: str, name: str, depth: int, up: tuple[Place, ...], closed_on: date | None = None) -> None:
        self.code = code
        self.name = name
        self.depth = depth
        self.up = up
        self.final = depth == 2
        self.closed_on = closed_on

    @property
    def path(self) -> str:
        return "".join(place.name for place in (*self.up, self))

    @property
    def level(self) -> str:
        return ("province", "prefecture", "county")[self.depth]

    def __repr__(self) -> str:
        return f"<{self.code} {self.path}>"


class Via(NamedTuple):
    """By way of what a name leads to a place. kind: township, former, zone, landmark."""

    kind: str
    code: str
    name: str
    year: int = 0
    relation: str = ""
    hosts: tuple[str, ...] = ()
    closed_on: date | None = None


class Sense(NamedTuple):
    place: Place
    weight: float
    via: Via | None


class Entry:
    """One spelling. senses: what it may mean. weak: what it may mean beside a name of what it lies in.

    sure: a name in full, which no road or brand is called by. alone: may name a place without any other.
    """

    __slots__ = ("alone", "data", "kind", "senses", "size", "sure", "surface", "town", "weak")

    def __init__(self, surface: str, kind: int = PLACE, data: str = "") -> None:
        self.surface = surface
        self.size = len(surface)
        self.kind = kind
        self.data = data
        self.senses: tuple[Sense, ...] = ()
        self.weak: tuple[Sense, ...] = ()
        self.sure = False
        self.alone = True
        self.town = False


@dataclass(slots=True)
class Row:
    """One row of the tables, whichever they came from."""

    code: str
    name: str
    parent: str
    level: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(slots=True)
class Tables:
    """What a gazetteer is built from."""

    divisions: Sequence[Row]
    townships: Sequence[Row]
    history: Sequence[tuple[str, str, int, tuple[str, ...], str]]
    zones: Sequence[tuple[str, tuple[str, ...]]]


@dataclass(slots=True)
class _Building:
    main: list[Sense] = field(default_factory=list)
    weak: list[Sense] = field(default_factory=list)
    sure: bool = False
    town: bool = False


class Gazetteer:
    """The automaton and the places."""

    def __init__(self, tables: Tables, on: date | None = None) -> None:
        self.places: dict[str, Place] = {}
        self.letters: dict[str, Place] = {}
        self.entries: dict[str, Entry] = {}
        self.zones: dict[str, tuple[str, ...]] = dict(tables.zones)
        self._building: dict[str, _Building] = {}
        self._add_divisions(tables.divisions, on)
        self._add_townships(tables.townships, on)
        self._add_history(tables)
        self._add_zones_and_landmarks()
        self._finish()
        self.automaton = ahocorasick.Automaton()
        for surface, entry in self.entries.items():
            self.automaton.add_word(surface, entry)
        self.automaton.make_automaton()
        self.name_letters = frozenset("".join(self.entries))
        self.simplifier: Simplifier | None = None

    def _put(
        self, surface: str, place: Place, weight: float, via: Via | None = None, *, weak: bool = False
    ) -> _Building:
        built = self._building.get(surface)
        if built is None:
            built = self._building[surface] = _Building()
        (built.weak if weak else built.main).append(Sense(place, weight, via))
        return built

    def _full(self, surface: str, place: Place, weight: float, via: Via | None = None) -> None:
        self._put(surface, place, weight, via).sure = True

    def _add_divisions(self, rows: Sequence[Row], on: date | None) -> None:
        depths = {"province": 0, "prefecture": 1, "county": 2}
        parents: set[Place] = set()
        for row in sorted(rows, key=lambda row: depths[row.level]):
            above = self.places.get(row.parent)
            if row.parent and above is None:
                continue
            up = (*above.up, above) if above else ()
            started = row.valid_from is None or on is None or row.valid_from <= on
            ended = row.valid_to is not None and (on is None or row.valid_to <= on)
            if not started or ended:
                continue
            place = Place(row.code, row.name, depths[row.level], up, row.valid_to)
            if above:
                parents.add(above)
            self.places[row.code] = place
        for place in self.places.values():
            place.final = place.depth == 2 or (place.depth == 1 and place not in parents)
            if place.depth == 0:
                stem, other = names.province_forms(place.name)
                self._put(stem, place, 2.0)
                weight = 3.0
            elif place.depth == 1:
                stem, other = names.prefecture_forms(place.name)
                self._put(stem, place, 1.9)
                weight = 3.0
            else:
                stem, other, before = names.county_forms(place.name)
                weight = 3.5
                if stem:
                    self._put(stem, place, 0.3 if stem in _COMMON else _WEIGHTS[place.name[-1]])
                for form in before:
                    self._put(form, place, 1.9, Via("former", "", form), weak=True).town |= form.endswith("镇")
            self._full(place.name, place, weight)
            for form in other:
                self._full(form, place, weight)
        for letter, code in names.PROVINCE_LETTERS.items():
            if code in self.places:
                self.letters[letter] = self.places[code]

    def _add_townships(self, rows: Sequence[Row], on: date | None) -> None:
        for row in rows:
            place = self.places.get(row.parent)
            if place is None or (row.valid_to is not None and (on is None or row.valid_to <= on)):
                continue
            via = Via("township", row.code, row.name)
            built = self._put(row.name, place, 3.0, via)
            built.sure = built.town = True
            stem, before, street = names.township_forms(row.name)
            for form in before:
                self._put(form, place, 1.8, via, weak=True).town = True
            if stem:
                self._put(stem, place, 0.8, via, weak=True)
            if street:
                self._put(street, place, 0.7, via, weak=True)

    def _add_history(self, tables: Tables) -> None:
        known = {(row[0], row[1]) for row in tables.history}
        closed = {row.code: row for row in tables.divisions if row.code not in self.places and row.valid_to is not None}
        rows = [
            *tables.history,
            *((code, row.name, 0, (), "closed") for code, row in closed.items() if (code, row.name) not in known),
        ]
        later: dict[str, tuple[str, ...]] = {row[0]: row[3] for row in tables.history if row[0] in closed}
        for code, name, year, successors, relation in rows:
            ended = closed.get(code)
            via = Via("former", code, name, year, relation, successors, ended.valid_to if ended else None)
            found = self._successors(successors, later)
            if not found and (ended or relation == "unknown"):
                above = self.places.get(ended.parent if ended else code[:4] + "00")
                found = [above] if above else []
            found = [place for place in found if place.name != name or place.code != code]
            if name in _NO_NAMES:
                continue
            stem = names.prefecture_forms(name)[0] if code.endswith("00") else names.county_forms(name)[0]
            for place in found:
                clash = any(sense.via is None for sense in self._main(name))
                self._put(name, place, 1.9 if clash and name != place.name else 3.4, via).sure = True
                if stem and stem not in _COMMON:
                    self._put(stem, place, 0.8, via, weak=True)

    def _successors(self, codes: Sequence[str], later: Mapping[str, tuple[str, ...]]) -> list[Place]:
        """What codes lead to today, over changes that followed one another."""
        found: dict[Place, None] = {}
        seen: set[str] = set()
        waiting = list(codes)
        while waiting:
            code = waiting.pop(0)
            if code in self.places:
                found[self.places[code]] = None
            elif code not in seen:
                seen.add(code)
                waiting.extend(later.get(code, ()))
        return list(found)

    def _add_zones_and_landmarks(self) -> None:
        short: dict[str, set[str]] = {name: set(names.zone_forms(name)) for name in self.zones}
        for row in _read("aliases.csv"):
            if row["zone"] in short:
                short[row["zone"]].add(row["alias"])
            elif row["code"] in self.places:
                place = self.places[row["code"]]
                if place.depth:
                    self._full(row["alias"], place, 3.0 if place.depth < 2 else 2.5)
                else:
                    self._put(row["alias"], place, 2.0)
        for name, forms in short.items():
            hosts = [self.places[code] for code in self.zones[name] if code in self.places]
            via = Via("zone", "", name, hosts=tuple(place.code for place in hosts))
            for form in forms:
                for place in hosts:
                    if not any(sense.place is place for sense in self._main(form) if sense.via is None):
                        self._full(form, place, 3.0 if form == name else 2.2, via)
        for row in _read("landmarks.csv"):
            if row["code"] in self.places:
                place = self.places[row["code"]]
                alone = row["alone"] == "y"
                via = Via("landmark", "", row["name"])
                built = self._put(row["name"], place, 2.0 if alone else 1.0, via, weak=not alone)
                built.sure = built.sure or alone

    def _main(self, surface: str) -> list[Sense]:
        built = self._building.get(surface)
        return built.main if built else []

    def _finish(self) -> None:
        for surface, built in self._building.items():
            entry = Entry(surface)
            main = _once(built.main)
            weak = _once(built.weak)
            if (
                not main and built.town
            ):  # the name of a township with the ending of before, and no township is called so
                towns = [sense for sense in weak if sense.via and sense.via.kind == "township" and sense.weight > 1]
                if towns:
                    main, weak = towns, [sense for sense in weak if sense not in towns]
            elif not main and any(sense.via and sense.via.kind == "former" and sense.weight > 1.5 for sense in weak):
                main, weak = weak, []
                built.sure = True
            entry.senses = tuple(main) if built.sure else _dominated(main)
            entry.weak = tuple(weak)
            entry.sure = built.sure
            entry.town = built.town
            entry.alone = surface not in _NEVER_ALONE and surface not in _DOUBTFUL
            self.entries[surface] = entry
        self._building = {}
        for row in _read("traps.csv"):
            if row["phrase"] not in self.entries or not self.entries[row["phrase"]].senses:
                self.entries[row["phrase"]] = Entry(row["phrase"], TRAP, row["kind"])
        for cue in CUES:
            if cue not in self.entries or not self.entries[cue].senses:
                self.entries[cue] = Entry(cue, CUE, cue)
        for word in PEOPLE:
            self.entries[word] = Entry(word, PERSON, "person")
        for word in ("公司", "集团", "股份", "厂", "商行", "经营部", "旗舰店", "专营店"):
            if word not in self.entries:
                self.entries[word] = Entry(word, COMPANY, "company")


def _once(senses: Iterable[Sense]) -> list[Sense]:
    """The strongest sense of each place, as the township or former name matters less than the place."""
    best: dict[Place, Sense] = {}
    for sense in senses:
        held = best.get(sense.place)
        if held is None or sense.weight > held.weight:
            best[sense.place] = sense
    return sorted(best.values(), key=lambda sense: -sense.weight)


def _dominated(senses: Sequence[Sense]) -> tuple[Sense, ...]:
    """A short name that is also that of something larger seldom means the smaller: 海南 is the province."""
    if len(senses) < 2:
        return tuple(senses)
    lowest = min(sense.place.depth for sense in senses)
    chosen = []
    for sense in senses:
        if sense.place.depth > lowest:
            inside = any(other.place in sense.place.up for other in senses)
            sense = sense._replace(
                weight=sense.weight * (0.4 if lowest == 0 or inside or sense.place.depth == 2 else 0.7)
            )
        chosen.append(sense)
    return tuple(chosen)


def from_files(folder: Path = DATA, on: date | None = None) -> Gazetteer:
    """From the CSV files: no database is needed."""
    return Gazetteer(tables_of_files(folder), on)


def tables_of_files(folder: Path = DATA) -> Tables:
    """The four tables as they stand in the files."""
    return Tables(
        divisions=[
            Row(row["code"], row["name"], row["parent"], row["level"]) for row in _read("divisions.csv", folder)
        ],
        townships=[Row(row["code"], row["name"], row["parent"]) for row in _read("townships.csv", folder)],
        history=[
            (
                row["old_code"],
                row["old_name"],
                int(row["last_seen_year"]),
                _codes(row["successor_codes"]),
                row["relation"],
            )
            for row in _read("divisions_history.csv", folder)
        ],
        zones=[(row["zone_name"], _codes(row["host_codes"])) for row in _read("zones.csv", folder)],
    )


def tables_of_database() -> Tables:
    """The four tables as they were loaded, closed rows among them."""
    from divisions.models import Division, DivisionHistory, Township, Zone

    dated = ("valid_from", "valid_to")
    return Tables(
        divisions=[
            Row(code, name, parent, level, start, end)
            for code, name, parent, level, start, end in Division.objects.values_list(
                "code", "name", "parent_code", "level", *dated
            )
        ],
        townships=[
            Row(code, name, parent, "", start, end)
            for code, name, parent, start, end in Township.objects.values_list("code", "name", "parent_code", *dated)
        ],
        history=[
            (code, name, year, tuple(successors), relation)
            for code, name, year, successors, relation in DivisionHistory.objects.values_list(
                "old_code", "old_name", "last_seen_year", "successor_codes", "relation"
            )
        ],
        zones=[(name, tuple(hosts)) for name, hosts in Zone.objects.values_list("name", "host_codes")],
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.split(";") if code)


def _read(name: str, folder: Path = DATA) -> Iterator[Mapping[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
