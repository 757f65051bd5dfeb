"""Where boxes and lines of the picture of links stand: making, store, shop from left to right, persons below."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import east_asian_width
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.contracts.joint_case import NodeV1, TieV1

Point = tuple[int, int]
Points = tuple[Point, Point, Point, Point]
Area = tuple[float, float, float, float]

COLUMN = {"maker": 0, "store": 1, "shop": 2}
WIDTH, BOX_W, BOX_H, ROW = 1000, 196, 52, 84
_X = (8, 344, WIDTH - BOX_W - 8)
_WORDS_H, _WIDE, _NARROW = 17, 12.0, 6.7
"""Height of a line of words, and the widths of its letters, at the 12 pixels in which they are set."""
_BAND = 130
"""Height of the band below, where persons and accounts stand: what links runs up to the places."""
NODE_WORDS = {
    "maker": gettext_lazy("生产窝点"),
    "store": gettext_lazy("仓库"),
    "person": gettext_lazy("人员"),
    "account": gettext_lazy("账号"),
    "shop": gettext_lazy("门店"),
}


@dataclass(frozen=True)
class Box:
    """One place, person or account."""

    id: UUID
    kind: str
    x: int
    y: int
    label: str
    place: str

    @property
    def centre(self) -> int:
        return self.x + BOX_W // 2

    @property
    def middle(self) -> int:
        return self.y + BOX_H // 2

    @property
    def label_y(self) -> int:
        return self.y + 23

    @property
    def place_y(self) -> int:
        return self.y + 42


@dataclass(frozen=True)
class Line:
    """One link. path: of the SVG element."""

    path: str
    via: str
    words: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    """The whole picture."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(nodes: Iterable[NodeV1], ties: Iterable[tuple[TieV1, str]]) -> Picture:
    """Places in three columns, persons and accounts below, each link a curve with its words. ties: with their words."""
    columns: dict[int, list[NodeV1]] = {0: [], 1: [], 2: []}
    below: list[NodeV1] = []
    for node in nodes:
        columns[COLUMN[node.kind]].append(node) if node.kind in COLUMN else below.append(node)
    height = max(*(len(each) for each in columns.values()), 1) * ROW + 16
    boxes: dict[UUID, Box] = {}
    for number, column in columns.items():
        gap = height / max(len(column), 1)
        for place, node in enumerate(column):
            boxes[node.node_id] = _box(node, _X[number], int(gap * place + (gap - BOX_H) / 2))
    share = WIDTH / max(len(below), 1)
    for place, node in enumerate(below):
        # One alone stands in the gap between stores and shops, so that its links run free of both.
        x = (_X[1] + _X[2]) // 2 if len(below) == 1 else int(share * place + (share - BOX_W) / 2)
        boxes[node.node_id] = _box(node, x, height + _BAND - BOX_H - 16)
    whole = height + (_BAND if below else 0)
    taken: list[Area] = [(box.x, box.y, box.x + BOX_W, box.y + BOX_H) for box in boxes.values()]
    lines: list[Line] = []
    told = list(ties)
    ends = Counter(end.node_id for it, _words in told for end in (it.one, it.other))
    for it, words in told:
        one, other = _in_order(boxes[it.one.node_id], boxes[it.other.node_id])
        points = _points(one, other)
        # Links of one box lie close there: their words stand nearer to the end that has fewer.
        lean = 0 if one.x == other.x else ends[one.id] - ends[other.id]
        x, y = _free(points, lean, words, taken, whole)
        taken.append(area_of(words, x, y))
        start, *rest = points
        path = f"M{start[0]} {start[1]} C" + " ".join(f"{px} {py}" for px, py in rest)
        lines.append(Line(path, it.via, words, x, y))
    return Picture(WIDTH, whole, tuple(boxes.values()), tuple(lines))


def area_of(words: str, x: int, y: int) -> Area:
    """What words take whose middle stands at x and whose foot at y: left, top, right, bottom."""
    half = sum(_WIDE if east_asian_width(each) in "WF" else _NARROW for each in words) / 2
    return x - half, y - _WORDS_H + 4, x + half, y + 4


def _free(points: Points, lean: int, words: str, taken: list[Area], height: int) -> Point:
    """Where words of a link stand: on the curve or below it, on no box and no other words, if there is room.

    lean: above 0 towards the end of the curve, below 0 towards its start.
    """
    first = 0.5 + 0.2 * ((lean > 0) - (lean < 0))
    on_it = [_on_curve(points, at) for at in sorted((0.5, 0.4, 0.6, 0.3, 0.7), key=lambda at: abs(at - first))]
    for lower in range(0, height, _WORDS_H):
        for x, y in on_it:
            left, top, right, bottom = area = area_of(words, x, y + lower - 6)
            inside = left >= 0 and top >= 0 and right <= WIDTH and bottom <= height
            if inside and not any(_meet(area, each) for each in taken):
                return x, y + lower - 6
    return on_it[0]


def _meet(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _box(node: NodeV1, x: int, y: int) -> Box:
    label = _short(node.label or _("（不公开）"), 12)
    return Box(node.node_id, node.kind, x, y, label, _short(node.place, 14))


def _in_order(one: Box, other: Box) -> tuple[Box, Box]:
    """Persons and accounts before places, places from left to right."""
    ranks = [(box.kind in COLUMN, box.x) for box in (one, other)]
    return (other, one) if ranks[1] < ranks[0] else (one, other)


def _points(one: Box, other: Box) -> Points:
    """The curve from one to the other, which stand in order."""
    if one.kind not in COLUMN:
        return _upward(one, other)
    if one.x == other.x:
        side, bow = (one.x, -60) if one.x > _X[0] else (one.x + BOX_W, 60)
        return ((side, one.middle), (side + bow, one.middle), (side + bow, other.middle), (side, other.middle))
    x1, x2 = one.x + BOX_W, other.x
    half = (x1 + x2) // 2
    return ((x1, one.middle), (half, one.middle), (half, other.middle), (x2, other.middle))


def _upward(person: Box, place: Box) -> Points:
    """From the top of a person to the nearer side of a place, or from top to top of two persons."""
    top, x = person.y, person.centre
    if place.kind not in COLUMN:
        y, x1, x2 = person.y, person.centre, place.centre
        return ((x1, y), (x1, y - 50), (x2, y - 50), (x2, y))
    side = place.x + BOX_W if x >= place.x + BOX_W else place.x
    if place.x < x < place.x + BOX_W:
        return ((x, top), (x, top - 40), (place.centre, place.y + BOX_H + 40), (place.centre, place.y + BOX_H))
    return ((x, top), (x, place.middle + 30), ((x + side) // 2, place.middle), (side, place.middle))


def _on_curve(points: Points, at: float) -> Point:
    parts = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    return (
        int(sum(part * x for part, (x, _y) in zip(parts, points, strict=True))),
        int(sum(part * y for part, (_x, y) in zip(parts, points, strict=True))),
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
