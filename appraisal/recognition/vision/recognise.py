"""One photo against the library: the one call of the worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

import numpy as np

from appraisal.recognition.vision import bands, pdq, quality, verify
from appraisal.recognition.vision.features import Extractor, Features
from appraisal.recognition.vision.index import Index
from appraisal.recognition.vision.kinds import Candidate, Duplicate, Image, Match, Polygon, Quality, Result, Scope

SHOWN = 5
"""Candidates handed back at most."""
CHECKED = 16
"""Photos of the shortlist that are checked."""
COMPARED = 4
"""Photos whose pixels are compared, those with most points under one homography; and the best of each entry."""
CHECKED_TURNED = 6
CLEARER = 1.2
"""How many times the votes a turned picture must win to be looked at: turned goods get next to none."""
NEAR = 0.85
"""A genuine reference that scores so much of a candidate's score is as near as the candidate."""

Load = Callable[[UUID], Features | None]


@dataclass(frozen=True)
class Seen:
    """Pictures that were uploaded before, to find this very one again: ids in the order of the codes."""

    ids: Sequence[UUID]
    codes: pdq.Codes


@dataclass
class Clock:
    """Milliseconds by step."""

    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.ms[name] = self.ms.get(name, 0.0) + (time.perf_counter() - began) * 1000


def recognise(
    image: Image,
    *,
    outline: Polygon | None = None,
    scope: Scope | None = None,
    index: Index,
    extractor: Extractor,
    load: Load | None = None,
    task: str = "item",
    widen: bool = True,
    seen: Seen | None = None,
) -> Result:
    """Gate, features, shortlist, check, right-angle retry, bands, brakes.

    load: features of a library photo by its id; the index itself by default. widen: if the scope gives nothing shown,
    look in the product group, then everywhere; `Result.scope` says where the answer comes from. seen: pictures among
    which this very one is looked for.
    """
    clock = Clock()
    fetch = load or index.features
    with clock.step("pdq"):
        turned, told = pdq.all_hashes(image)
        copies = _copies(turned, told, seen)
    with clock.step("features"):
        query = extractor.extract(image, outline)
    with clock.step("quality"):
        judged = quality.judge(image, "item" if task == "item" else "", query)
    wide = scope or Scope()
    steps = [wide, *_wider(wide)] if widen else [wide]
    candidates: tuple[Match, ...] = ()
    genuine: tuple[Match, ...] = ()
    where = wide
    comparable = False
    for step in steps:
        if not index.count(step):
            continue
        matches = look(image, query, outline, step, index=index, extractor=extractor, load=fetch, clock=clock)
        comparable, where = True, step
        candidates, genuine = decide(matches, judged, group=wide.group)
        if any(bands.shown(match.band) for match in candidates):
            break
    return Result(
        quality=judged,
        candidates=candidates[:SHOWN],
        genuine=genuine[:SHOWN],
        duplicates=copies,
        comparable=comparable and len(query) >= verify.LEAST_POINTS,
        scope=where,
        timings={name: round(took, 1) for name, took in clock.ms.items()},
        pdq=turned[0],
        pdq_quality=told,
    )


def look(
    image: Image,
    query: Features,
    outline: Polygon | None,
    scope: Scope,
    *,
    index: Index,
    extractor: Extractor,
    load: Load,
    clock: Clock | None = None,
) -> list[Match]:
    """All photos of the shortlist that were checked; where none is sure, once more for the other three right angles."""
    clock = clock or Clock()
    with clock.step("shortlist"):
        shortlist = index.search(query, scope, CHECKED)
    matches = _checked(query, shortlist, scope, load, clock)
    if any(bands.shown(match.band) for match in matches):
        return matches
    most = max((candidate.votes for candidate in shortlist), default=0.0)
    for quarter in (1, 2, 3):
        with clock.step("features"):
            upright = np.ascontiguousarray(np.rot90(image, -quarter))
            turn = _turning(image.shape[1], image.shape[0], quarter)
            corners = None if outline is None else [_at(turn, x, y) for x, y in outline]
            other = extractor.extract(upright, corners)
        with clock.step("shortlist"):
            turned = index.search(other, scope, CHECKED_TURNED)
        if not turned or turned[0].votes < CLEARER * most:
            continue
        matches.extend(_turned_back(match, turn, quarter) for match in _checked(other, turned, scope, load, clock))
    return matches


def _checked(query: Features, shortlist: Sequence[Candidate], scope: Scope, load: Load, clock: Clock) -> list[Match]:
    held: list[tuple[Candidate, Features, verify.Rough | None]] = []
    for candidate in shortlist:
        with clock.step("load"):
            library = load(candidate.photo_id)
        if library is not None:
            with clock.step("geometry"):
                held.append((candidate, library, verify.roughly(query, library)))
    held.sort(key=lambda one: (one[2].distinct if one[2] else 0, one[0].votes), reverse=True)
    found: list[Match] = []
    entries: set[UUID] = set()
    for place, (candidate, library, rough) in enumerate(held):
        match = verify.NOTHING
        if rough is not None and (place < COMPARED or (candidate.entry_id not in entries and len(entries) < SHOWN)):
            with clock.step("pixels"):
                match = verify.compare(query, None, library, None, group=scope.group, rough=rough)
        elif rough is not None:
            match = replace(match, inliers=rough.distinct)
        entries.add(candidate.entry_id)
        found.append(
            replace(
                match,
                photo_id=candidate.photo_id,
                entry_id=candidate.entry_id,
                votes=candidate.votes,
                genuine=candidate.genuine,
            )
        )
    return found


def decide(
    matches: Sequence[Match], judged: Quality | None = None, *, group: str = ""
) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
    """The best photo of each entry, best first, with the bands that stand after the brakes; and of genuine

    references.
    """
    best: dict[UUID, Match] = {}
    for match in matches:
        if match.entry_id is None:
            continue
        there = best.get(match.entry_id)
        if there is None or _rank(match) > _rank(there):
            best[match.entry_id] = match
    ordered = sorted(best.values(), key=_rank, reverse=True)
    genuine = tuple(match for match in ordered if match.genuine)
    nearest = genuine[0].score if genuine else 0.0
    return tuple(_held(match, nearest, judged) for match in ordered if not match.genuine), genuine


def _rank(match: Match) -> tuple[float, float]:
    return match.score, match.votes


def _held(match: Match, genuine: float, judged: Quality | None) -> Match:
    """Brakes: a genuine reference that is as near, a picture that cannot carry a sure answer."""
    if genuine > 0 and genuine >= match.score:
        return replace(match, band=bands.lowest(match.band, "family"), held_down="genuine_as_near")
    if genuine >= NEAR * match.score > 0:
        return replace(match, band=bands.lowest(match.band, "possible"), held_down="genuine_as_near")
    if judged is not None and not judged.good and bands.shown(match.band):
        return replace(match, band="possible", held_down="poor_photo")
    return match


def _wider(scope: Scope) -> list[Scope]:
    wider = []
    if scope.product and scope.group:
        wider.append(Scope(group=scope.group))
    if scope.product or scope.group:
        wider.append(Scope())
    return wider


def _copies(turned: tuple[bytes, ...], told: int, seen: Seen | None) -> tuple[Duplicate, ...]:
    if seen is None or told < pdq.LEAST_QUALITY:
        return ()
    return tuple(Duplicate(seen.ids[row], bits) for row, bits in seen.codes.scan(turned))


def _turning(width: int, height: int, quarter: int) -> np.ndarray:
    """From pixels of a picture to those of the picture turned clockwise by quarters."""
    return {
        1: np.array([[0.0, -1.0, height - 1], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        2: np.array([[-1.0, 0.0, width - 1], [0.0, -1.0, height - 1], [0.0, 0.0, 1.0]]),
        3: np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, width - 1], [0.0, 0.0, 1.0]]),
    }[quarter]


def _at(matrix: np.ndarray, x: float, y: float) -> tuple[float, float]:
    across, down, depth = matrix @ (x, y, 1.0)
    return round(float(across / depth), 1), round(float(down / depth), 1)


def _turned_back(match: Match, turn: np.ndarray, quarter: int) -> Match:
    """A match of the turned picture, told in pixels of the picture as it was."""
    if match.homography is None:
        return match
    whole = np.array(match.homography) @ turn
    back = np.linalg.inv(turn)
    return replace(
        match,
        homography=verify.rows(whole / whole[2, 2]),
        hull_query=tuple(_at(back, x, y) for x, y in match.hull_query),
        turned=quarter,
    )
