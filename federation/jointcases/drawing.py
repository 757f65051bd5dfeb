"""Where boxes and lines of the picture of links stand: where goods come from, what links, where they go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.contracts.joint_case import NodeV1, TieV1

COLUMN = {"maker": 0, "store": 0, "person": 1, "account": 1, "shop": 2}
WIDTH, BOX_W, BOX_H, ROW = 960, 210, 52, 84
_X = (8, (WIDTH - BOX_W) // 2, WIDTH - BOX_W - 8)
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
    """Boxes in three columns in the order they were named, each link a curve with its words. ties: with their words."""
    columns: dict[int, list[NodeV1]] = {0: [], 1: [], 2: []}
    for node in nodes:
        columns[COLUMN[node.kind]].append(node)
    tallest = max((len(each) for each in columns.values()), default=0)
    height = max(tallest, 1) * ROW + 16
    boxes: dict[UUID, Box] = {}
    for number, column in columns.items():
        gap = height / max(len(column), 1)
        for place, node in enumerate(column):
            y = int(gap * place + (gap - BOX_H) / 2)
            label = node.label or _("（不公开）")
            boxes[node.node_id] = Box(node.node_id, node.kind, _X[number], y, _short(label, 12), _short(node.place, 14))
    lines = [
        _line(boxes[it.one.node_id], boxes[it.other.node_id], it.via, words, n) for n, (it, words) in enumerate(ties)
    ]
    return Picture(WIDTH, height, tuple(boxes.values()), tuple(lines))


def _line(one: Box, other: Box, via: str, words: str, number: int) -> Line:
    if one.x > other.x:
        one, other = other, one
    y1, y2 = one.y + BOX_H // 2, other.y + BOX_H // 2
    if one.x == other.x:
        side = one.x + BOX_W if one.x < _X[2] else one.x
        bow = side + (46 if one.x < _X[2] else -46)
        return Line(f"M{side} {y1} C{bow} {y1} {bow} {y2} {side} {y2}", via, words, bow, (y1 + y2) // 2)
    x1, x2 = one.x + BOX_W, other.x
    middle = (x1 + x2) // 2
    # Words of links that cross do not stand on one another.
    share = (0.5, 0.38, 0.62)[number % 3]
    return Line(
        f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}", via, words, int(x1 + (x2 - x1) * share),
        int(y1 + (y2 - y1) * _eased(share)) - 6,
    )  # fmt: skip


def _eased(share: float) -> float:
    return 3 * share**2 - 2 * share**3


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
