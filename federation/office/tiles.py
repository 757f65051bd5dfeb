"""The tile map: a square for each provincial bureau, with what goes in and out. No boundary is drawn."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from federation.office.selectors.flows import Flow
from provinces.hosts import DIRECTORY

COLUMNS, ROWS = 9, 8
_FILE = Path(__file__).parent / "data" / "tiles.csv"


@dataclass(frozen=True)
class Place:
    """Where a bureau's square lies. prefix: of its division code."""

    prefix: str
    short: str
    name: str
    row: int
    column: int


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    """All squares, from top to bottom and left to right."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        found = [Place(**{**row, "row": int(row["row"]), "column": int(row["column"])}) for row in rows]  # type: ignore[arg-type]
    return tuple(sorted(found, key=lambda place: (place.row, place.column)))


@dataclass
class Tile:
    """One square. code, title: of the province, empty where it has not joined. sent, received: letters; overdue: of
    those it received and still owes an answer to."""

    place: Place
    code: str = ""
    title: str = ""
    sent: int = 0
    received: int = 0
    overdue: int = 0
    is_chosen: bool = False


@dataclass(frozen=True)
class Line:
    """From the chosen square to another, bent so that it passes beside what lies between.

    path: for an SVG in which a square is one unit. weight: 1 to 4, by how many letters.
    """

    path: str
    weight: int
    is_late: bool


@dataclass
class Map:
    """All squares with their figures, and the lines of the chosen one."""

    tiles: list[Tile]
    lines: list[Line] = field(default_factory=list)

    @property
    def chosen(self) -> Tile | None:
        """The square that is looked at."""
        return next((tile for tile in self.tiles if tile.is_chosen), None)


def draw(flows: Iterable[Flow], chosen: str = "") -> Map:
    """Put the flows on the map. chosen: a province code; its flows become lines."""
    flows = list(flows)
    hosts = {host.division_code[:2]: host for host in DIRECTORY.real()}
    tiles = []
    for place in places():
        tile = Tile(place)
        if host := hosts.get(place.prefix):
            tile.code, tile.title = host.seat.name, host.title
            tile.sent = sum(flow.letters for flow in flows if flow.sender == tile.code)
            tile.received = sum(flow.letters for flow in flows if flow.addressee == tile.code)
            tile.overdue = sum(flow.overdue for flow in flows if flow.addressee == tile.code)
            tile.is_chosen = bool(chosen) and tile.code == chosen
        tiles.append(tile)
    return Map(tiles, _lines(tiles, flows, chosen))


def _lines(tiles: list[Tile], flows: list[Flow], chosen: str) -> list[Line]:
    where = {tile.code: tile.place for tile in tiles if tile.code}
    if chosen not in where:
        return []
    letters: dict[str, int] = {}
    late: dict[str, int] = {}
    for flow in flows:
        if chosen in (flow.sender, flow.addressee):
            other = flow.addressee if flow.sender == chosen else flow.sender
            letters[other] = letters.get(other, 0) + flow.letters
            late[other] = late.get(other, 0) + flow.overdue
    most, begin = max(letters.values(), default=1), where[chosen]
    return [
        Line(_arc(begin, where[other]), 1 + round(3 * count / most), late[other] > 0)
        for other, count in letters.items()
        if other in where
    ]


def _arc(begin: Place, end: Place) -> str:
    x1, y1, x2, y2 = (number + 0.5 for number in (begin.column, begin.row, end.column, end.row))
    bend_x, bend_y = (x1 + x2) / 2 + (y2 - y1) / 4, (y1 + y2) / 2 - (x2 - x1) / 4
    return f"M{x1:g} {y1:g}Q{bend_x:g} {bend_y:g} {x2:g} {y2:g}"
