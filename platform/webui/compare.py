"""Two pictures of the same print laid on each other: what `webui/_compare.html` shows and `compare.js` aligns.

Geometry is in parts of each picture, 0 to 1, x to the right, y down; the homography leads from the first picture (what
was photographed) to the second (what is known).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

DIFFERS_BELOW = 0.35
"""A tile whose brightness agrees less than this is shown as a place that differs (-1 to 1)."""
MOST_DIFFERENCES = 12
"""More places than this are no help: the worst are shown."""

Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Picture:
    """One of the two. url: empty where it may not be seen."""

    url: str
    name: str


@dataclass(frozen=True)
class Place:
    """A place on the known picture where the two differ. agreement: -1 to 1."""

    number: int
    x: float
    y: float
    w: float
    h: float
    agreement: float
    words: str
    corners_query: str = ""
    """The same place on the first picture, as SVG takes it; empty where the two are not aligned."""


@dataclass(frozen=True)
class CodePair:
    """One code of the goods as it stands on both. same: None where one of them is missing. near: all but one letter."""

    label: str
    here: str
    there: str
    same: bool | None
    near: bool = False

    @property
    def parts_here(self) -> list[tuple[str, bool]]:
        """The first code in pieces, with whether each stands in the other too."""
        return _parts(self.here, self.there)

    @property
    def parts_there(self) -> list[tuple[str, bool]]:
        return _parts(self.there, self.here)


@dataclass(frozen=True)
class Comparison:
    """Everything the comparison shows."""

    query: Picture
    library: Picture
    homography: list[list[float]] | None = None
    hull_query: Points = field(default_factory=list)
    hull_library: Points = field(default_factory=list)
    differences: list[Place] = field(default_factory=list)
    inliers: int = 0
    codes: list[CodePair] = field(default_factory=list)

    @property
    def aligned(self) -> bool:
        """Whether the two can be laid on each other."""
        return self.homography is not None

    @property
    def data(self) -> dict[str, Any]:
        """What the module needs."""
        return {
            "homography": self.homography,
            "differences": [[each.x, each.y, each.w, each.h] for each in self.differences],
        }

    @property
    def outline_query(self) -> str:
        """The matched area as SVG takes it."""
        return svg(self.hull_query)

    @property
    def outline_library(self) -> str:
        return svg(self.hull_library)

    @property
    def share(self) -> int | None:
        """How much of the known picture was matched, in percent."""
        return round(100 * min(1.0, area(self.hull_library))) if self.hull_library else None

    @property
    def words(self) -> list[str]:
        """What the eye would see, in sentences."""
        said = []
        if self.inliers:
            said.append(
                ngettext("两张图有 %(n)d 个点落在同一处。", "两张图有 %(n)d 个点落在同一处。", self.inliers)
                % {"n": self.inliers}
            )
        if self.share is not None:
            said.append(_("描边的相符区域约占已知假货图的 %(share)d%%。") % {"share": self.share})
        if self.differences:
            places = "、".join(dict.fromkeys(each.words for each in self.differences))
            said.append(
                ngettext("有 %(n)d 处不一致：%(places)s。", "有 %(n)d 处不一致：%(places)s。", len(self.differences))
                % {"n": len(self.differences), "places": places}
            )
        elif self.aligned:
            said.append(_("对齐后没有找到不一致的地方。"))
        else:
            said.append(_("两张图没有对齐，只能并排看。"))
        return said


def comparison(
    found: Mapping[str, Any] | None,
    *,
    query_name: str,
    library_name: str,
    labels: Mapping[str, Any] | None = None,
) -> Comparison:
    """From what recognition says of two pictures, so that a page never fails on what is missing or makes no sense.

    found: photos{query, library} (addresses, "" where one may not be seen), homography (3 x 3), hulls{query, library},
    tiles [[x, y, w, h, agreement]], inliers, codes [{field, here, there, result}]. labels: what a field is called.
    """
    found = found or {}
    photos, hulls = found.get("photos") or {}, found.get("hulls") or {}
    matrix = _matrix(found.get("homography")) if photos.get("query") and photos.get("library") else None
    return Comparison(
        query=Picture(photos.get("query") or "", query_name),
        library=Picture(photos.get("library") or "", library_name),
        homography=matrix,
        hull_query=points(hulls.get("query")),
        hull_library=points(hulls.get("library")),
        differences=_differences(found.get("tiles") or (), inverse(matrix) if matrix else None),
        inliers=int(found.get("inliers") or 0),
        codes=[_code(code, labels or {}) for code in found.get("codes") or ()],
    )


def _code(code: Mapping[str, Any], labels: Mapping[str, Any]) -> CodePair:
    result = code.get("result", "")
    known = result in ("same", "near", "differs") and code.get("here") and code.get("there")
    return CodePair(
        label=str(labels.get(code.get("field", ""), code.get("field", ""))),
        here=code.get("here", ""),
        there=code.get("there", ""),
        same=result == "same" if known or result == "same" else None,
        near=result == "near",
    )


def place_words(x: float, y: float) -> str:
    """Where a point stands on a picture, from 0 to 1, in words."""
    rows = (
        (_("左上"), _("上方"), _("右上")),
        (_("左侧"), _("中间"), _("右侧")),
        (_("左下"), _("下方"), _("右下")),
    )
    return rows[_third(y)][_third(x)]


def area(points: Sequence[tuple[float, float]]) -> float:
    """Area of a polygon, in its own square units."""
    pairs = zip(points, [*points[1:], *points[:1]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def inverse(m: list[list[float]]) -> list[list[float]] | None:
    """The way back of a homography; None where there is none."""
    (a, b, c), (d, e, f), (g, h, i) = m
    det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    if abs(det) < 1e-12:
        return None
    rows = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    return [[each / det for each in row] for row in rows]


def _mapped(m: list[list[float]], x: float, y: float, w: float, h: float) -> Points:
    corners = []
    for u, v in ((x, y), (x + w, y), (x + w, y + h), (x, y + h)):
        depth = m[2][0] * u + m[2][1] * v + m[2][2]
        if abs(depth) < 1e-9:
            return []
        corners.append(((m[0][0] * u + m[0][1] * v + m[0][2]) / depth, (m[1][0] * u + m[1][1] * v + m[1][2]) / depth))
    return corners


def _third(share: float) -> int:
    return min(2, max(0, int(share * 3)))


def _matrix(numbers: Any) -> list[list[float]] | None:
    flat = [each for row in numbers or () for each in (row if isinstance(row, (list, tuple)) else [row])]
    if len(flat) != 9:
        return None
    matrix = [[float(each) for each in flat[at : at + 3]] for at in (0, 3, 6)]
    return matrix if all(math.isfinite(each) for row in matrix for each in row) else None


def points(pairs: Any) -> Points:
    """Corners of a polygon; none where there are fewer than three."""
    found = [(float(pair[0]), float(pair[1])) for pair in pairs or ()]
    return found if len(found) >= 3 else []


def _differences(tiles: Iterable[Any], back: list[list[float]] | None) -> list[Place]:
    numbers = [[float(each) for each in tile] for tile in tiles if len(tile) == 5 and tile[4] is not None]
    worst = sorted((row for row in numbers if row[4] < DIFFERS_BELOW), key=lambda row: row[4])[:MOST_DIFFERENCES]
    return [
        Place(
            number,
            x,
            y,
            w,
            h,
            agreement,
            place_words(x + w / 2, y + h / 2),
            svg(_mapped(back, x, y, w, h)) if back else "",
        )
        for number, (x, y, w, h, agreement) in enumerate(sorted(worst, key=lambda row: (row[1], row[0])), start=1)
    ]


def svg(points: Points) -> str:
    """Corners as SVG takes them."""
    return " ".join(f"{x:.4f},{y:.4f}" for x, y in points)


def _parts(one: str, other: str) -> list[tuple[str, bool]]:
    if not other:
        return [(one, True)] if one else []
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return [(one[a:b], kind == "equal") for kind, a, b, _c, _d in matcher.get_opcodes() if b > a]
