"""How well recognition does on a set of photos: the figures behind the benches.

A set is a file IMAGES.csv (file, item, family, role) with its pictures in the folder `images` beside it, or at their
place relative to it. Roles: library, library_artwork (a right answer for its item), library_distractor (never one),
query (the right answer is its item), query_unknown (the right answer is nothing).

False alarms are counted twice over: on the unknown queries, and on every known query with its own item taken out of the
library, so that only siblings and strangers are left ("leave its item out").
"""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import cv2
import numpy as np

from appraisal.recognition.vision import bands, barcodes, pdq, quality, recognise, verify
from appraisal.recognition.vision.features import Extractor, Features
from appraisal.recognition.vision.index import Index
from appraisal.recognition.vision.kinds import Image, Match, Scope

SPACE = UUID("6f1f9a52-9d1c-5c0e-9d0a-6a0f5b1f0c11")
MOST_FALSE = 0.01


class BadSet(ValueError):
    """The file or one of its pictures cannot be read; the message says which."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One line of IMAGES.csv."""

    path: Path
    file: str
    item: str
    family: str
    role: str


@dataclass
class Answer:
    """What was found for one query. without: the same with its own item taken out."""

    photo: Photo
    ranked: list[tuple[str, Match]]
    without: list[tuple[str, Match]]
    ms: float
    features: Features | None = None

    @property
    def known(self) -> bool:
        return self.photo.role == "query"

    @property
    def right(self) -> bool:
        return self.known and bool(self.ranked) and self.ranked[0][0] == self.photo.item

    def found_in(self, first: int) -> bool:
        return any(item == self.photo.item for item, _ in self.ranked[:first])


@dataclass
class Report:
    """The figures by name, in the order in which they are printed."""

    figures: dict[str, Any] = field(default_factory=dict)


def photos(file: Path) -> list[Photo]:
    """Read IMAGES.csv. Raises BadSet."""
    found: list[Photo] = []
    for row in lines(file, ("file", "item", "role")):
        found.append(
            Photo(place(file, "images", row["file"]), row["file"], row["item"], row.get("family", ""), row["role"])
        )
    return found


def lines(file: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    """The rows of a CSV file that has these columns. Raises BadSet."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as broken:
        raise BadSet(f"{file}: {broken}") from broken
    if not rows or (missing := [name for name in needed if name not in rows[0]]):
        raise BadSet(f"{file}: no rows, or no column {', '.join(missing) if rows else ''}".rstrip(", "))
    return rows


def place(file: Path, folder: str, name: str) -> Path:
    """Where a picture is: in the folder beside the file, or at its place relative to the file. Raises BadSet."""
    for path in (file.parent / folder / name, file.parent / name, Path(name)):
        if path.is_file():
            return path
    raise BadSet(f"{file}: there is no picture {name} beside it, nor in {folder}/")


def picture(path: Path) -> Image:
    """The pixels. Raises BadSet."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise BadSet(f"{path}: this is no picture")
    return np.asarray(image, np.uint8)


def fill(index: Index, library: Sequence[Photo], extractor: Extractor) -> dict[UUID, str]:
    """Put the photos in. Returns the item of each entry."""
    items: dict[UUID, str] = {}
    for photo in library:
        entry = uuid5(SPACE, "item:" + (photo.item if photo.role != "library_distractor" else "other:" + photo.file))
        items[entry] = photo.item if photo.role != "library_distractor" else "other:" + photo.file
        index.add(
            uuid5(SPACE, "photo:" + photo.file),
            entry,
            photo.item,
            photo.family,
            extractor.extract(picture(photo.path)),
        )
    index.rebuild()
    return items


def ask(photo: Photo, index: Index, extractor: Extractor, items: dict[UUID, str]) -> Answer:
    """One query against the whole library, as the worker would, and once more as if its item were not in it."""
    image = picture(photo.path)
    began = time.perf_counter()
    query = extractor.extract(image)
    judged = quality.judge(image, "item", query)
    matches = recognise.look(image, query, None, Scope(), index=index, extractor=extractor, load=index.features)
    candidates, _ = recognise.decide(matches, judged)
    took = (time.perf_counter() - began) * 1000
    others = [match for match in matches if match.entry_id is not None and items[match.entry_id] != photo.item]
    without, _ = recognise.decide(others, judged)
    return Answer(photo, _named(candidates, items), _named(without, items), took)


def _named(matches: Sequence[Match], items: dict[UUID, str]) -> list[tuple[str, Match]]:
    return [(items[match.entry_id], match) for match in matches if match.entry_id is not None]


def evaluate(
    images: Path, pairs: Path | None, folder: Path, extractor: Extractor, say: Callable[[str], None] = lambda _: None
) -> Report:
    """All figures of a set of photos. folder: an empty one for the index. say: told what is being done."""
    everything = photos(images)
    library = [photo for photo in everything if photo.role.startswith("library")]
    queries = [photo for photo in everything if photo.role.startswith("query")]
    if not library or not queries:
        raise BadSet(f"{images}: there are {len(library)} library photos and {len(queries)} queries; both are needed")
    index = Index(folder)
    say(f"{len(library)} photos into the index")
    items = fill(index, library, extractor)
    say(f"{len(queries)} queries")
    answers = [ask(photo, index, extractor, items) for photo in queries]
    report = Report(figures_of(answers, extractor.name, len(library)))
    say("PDQ on the same photos")
    report.figures["pdq"] = pdq_figures(library, queries)
    if pairs is not None:
        say("pairs")
        report.figures["pairs"] = pair_figures(pairs, images, extractor)
    return report


def figures_of(answers: Sequence[Answer], engine: str = "", library: int = 0) -> dict[str, Any]:
    """From answers to figures. Shares of known queries, of unknown ones, of those with their item left out."""
    known = [answer for answer in answers if answer.known]
    unknown = [answer for answer in answers if not answer.known]
    if not known:
        raise BadSet("there is no query whose item is known")
    alarms_unknown = [_shown(answer.ranked) for answer in unknown]
    alarms_left_out = [_shown(answer.without) for answer in known]
    negatives = [_best(answer.ranked) for answer in unknown] + [_best(answer.without) for answer in known]
    hits = [(_best(answer.ranked), answer.right) for answer in known]
    strong = [answer for answer in answers if answer.ranked and answer.ranked[0][1].band == "strong"]
    times = sorted(answer.ms for answer in answers)
    return {
        "recall_at_1": _share(answer.right for answer in known),
        "recall_at_5": _share(answer.found_in(5) for answer in known),
        "recall_in_force": _share(answer.right and _shown(answer.ranked) for answer in known),
        "false_alarms_in_force": _share([*alarms_unknown, *alarms_left_out]),
        "false_alarms_unknown": _share(alarms_unknown),
        "false_alarms_item_left_out": _share(alarms_left_out),
        "precision_strong": _share(answer.right for answer in strong) if strong else 1.0,
        "n_strong": len(strong),
        "recall_own_best": own_best(hits, negatives),
        "recall_own_best_unknown": own_best(hits, [_best(answer.ranked) for answer in unknown]),
        "bands": _by_band(answers),
        "n_known": len(known),
        "n_unknown": len(unknown),
        "n_negatives": len(negatives),
        "n_library": library,
        "ms_median": statistics.median(times),
        "ms_p95": times[min(len(times) - 1, int(0.95 * len(times)))],
        "engine": engine,
        "thresholds_as_of": bands.bands()[0].as_of,
    }


def own_best(hits: Sequence[tuple[float, bool]], negatives: Sequence[float], most: float = MOST_FALSE) -> float:
    """Recall at the lowest threshold at which no more than `most` of the negatives are over it."""
    ordered = sorted(negatives, reverse=True)
    allowed = int(most * len(ordered))
    threshold = ordered[allowed] if allowed < len(ordered) else 0.0
    return _share(right and score > threshold for score, right in hits)


def _by_band(answers: Sequence[Answer]) -> dict[str, dict[str, float]]:
    told: dict[str, dict[str, float]] = {}
    for name in bands.NAMES:
        inside = [answer for answer in answers if (answer.ranked[0][1].band if answer.ranked else "none") == name]
        told[name] = {"n": len(inside), "precision": _share(answer.right for answer in inside) if inside else 0.0}
    return told


def _best(ranked: Sequence[tuple[str, Match]]) -> float:
    """The score by which the best candidate stands; one held down counts by its band's floor."""
    if not ranked:
        return 0.0
    match = ranked[0][1]
    if not match.held_down:
        return match.score
    name = match.band
    ceiling = bands.bands()[bands.NAMES.index(name) - 1].threshold if name != "strong" else match.score
    return min(match.score, ceiling - 1e-6)


def _shown(ranked: Sequence[tuple[str, Match]]) -> bool:
    return bool(ranked) and any(bands.shown(match.band) for _, match in ranked)


def _share(values: Iterable[bool]) -> float:
    told = list(values)
    return round(sum(map(bool, told)) / len(told), 4) if told else 0.0


def pdq_figures(library: Sequence[Photo], queries: Sequence[Photo]) -> dict[str, float]:
    """The same queries by PDQ alone, in eight orientations: rank of the right item."""
    codes = np.stack([np.frombuffer(pdq.hash(picture(photo.path))[0], np.uint8) for photo in library])
    first = {1: 0, 5: 0}
    known = [photo for photo in queries if photo.role == "query"]
    for photo in known:
        turned, _ = pdq.all_hashes(picture(photo.path))
        apart = np.min(
            [np.bitwise_count(codes ^ np.frombuffer(code, np.uint8)).sum(axis=1, dtype=np.int64) for code in turned],
            axis=0,
        )
        ranked: list[str] = []
        for row in np.argsort(apart, kind="stable"):
            other = library[row]
            name = other.item if other.role != "library_distractor" else "other:" + other.file
            if name not in ranked:
                ranked.append(name)
            if len(ranked) == 5:
                break
        for most in first:
            first[most] += photo.item in ranked[:most]
    return {f"recall_at_{most}": round(hits / max(1, len(known)), 4) for most, hits in first.items()}


def pair_figures(pairs: Path, images: Path, extractor: Extractor) -> dict[str, dict[str, float]]:
    """For each relation of PAIRS.csv (query, reference, relation): how many pairs, and the share that would be

    shown.
    """
    held: dict[str, Features] = {}

    def features(name: str) -> Features:
        if name not in held:
            held[name] = extractor.extract(picture(place(images, "images", name)))
        return held[name]

    shown: dict[str, list[bool]] = {}
    for row in lines(pairs, ("query", "reference", "relation")):
        match = verify.compare(features(row["query"]), None, features(row["reference"]), None)
        shown.setdefault(row["relation"], []).append(bands.shown(match.band))
    return {name: {"n": len(told), "shown": _share(told)} for name, told in sorted(shown.items())}


def barcode_figures(file: Path) -> dict[str, Any]:
    """read: share of photos whose payload was read. wrong: payloads that stand on no photo as the file tells it.

    A photo may show more codes than the file names: what was read beside the right one is counted apart (`beside`).
    """
    rows = lines(file, ("file", "text"))
    right = wrong = beside = 0
    times: list[float] = []
    kinds: dict[str, list[bool]] = {}
    for row in rows:
        image = picture(place(file, "barcodes", row["file"]))
        began = time.perf_counter()
        found = barcodes.read(image)
        times.append((time.perf_counter() - began) * 1000)
        good = [barcodes.same(one.text, row["text"]) for one in found]
        right += any(good)
        wrong += not any(good) and bool(found)
        beside += any(good) and not all(good)
        kinds.setdefault(row.get("symbology", ""), []).append(any(good))
    return {
        "read": round(right / len(rows), 4),
        "wrong": wrong,
        "n": len(rows),
        "beside": beside,
        "by_symbology": {name: {"n": len(told), "read": _share(told)} for name, told in sorted(kinds.items())},
        "ms_median": statistics.median(times),
    }
