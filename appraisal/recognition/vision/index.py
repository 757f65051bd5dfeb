"""The index of library photos: on disk, appended to as entries come, read by any number of processes.

    folder/current            name of the generation in force
    folder/g000001/photos.log what was added, removed, switched off and on, with the features (`journal`)
    folder/g000001/votes.*    descriptors by cell, as they were at the last rebuild; what came later is added at start

A search lets each descriptor of the query vote for the photos whose descriptors are nearer to it than the next best:
a point that many photos share (a logo, a barcode, a shelf) so decides little.
"""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import faiss
import numpy as np
from numpy.typing import NDArray

from appraisal.recognition.vision import journal
from appraisal.recognition.vision.features import THREADS, Features, descriptors_of
from appraisal.recognition.vision.kinds import Candidate, Floats, Scope

log = logging.getLogger(__name__)

POINTS_KEPT = 256
"""Descriptors of a library photo that take part in voting; the check takes all of them."""
POINTS_ASKED = 500
NEIGHBOURS = 10
PROBES = 6
MOST_CELLS = 4096
AT_ONCE = 400
SAMPLE, SAMPLE_PHOTOS = 170_000, 660
GROWTH = 4
"""Cells are made anew once there are this many times the descriptors they were made for."""


@dataclass(frozen=True, slots=True)
class Differences:
    """missing: expected and not in the index. surplus: in the index and not expected."""

    missing: frozenset[UUID]
    surplus: frozenset[UUID]

    @property
    def none(self) -> bool:
        return not self.missing and not self.surplus


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """One photo for `Index.rebuild`. genuine: a reference of the brand's own goods, which counts against matches."""

    photo_id: UUID
    entry_id: UUID
    product: str
    group: str
    features: Features
    genuine: bool = False


class Index:
    """Photos by their features. A photo belongs to one entry (or one genuine reference).

    One process writes at a time (a file lock sees to it); each process sees what others wrote at its next search.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._guard = threading.RLock()
        folder.mkdir(parents=True, exist_ok=True)
        with journal.locked(folder / "lock"):
            if not (folder / "current").exists():
                self._swap("g000001")
        self._open()

    def add(
        self, photo_id: UUID, entry_id: UUID, product: str, group: str, features: Features, *, genuine: bool = False
    ) -> None:
        """Append; a photo that is there already is replaced. Found by the next search of any process."""
        data = features.to_bytes()
        self._write(journal.pack(journal.ADD, photo_id, entry_id, product, group, genuine, data))

    def switch_off(self, entry_id: UUID) -> None:
        """No photo of the entry is found from now on, in any process."""
        self._write(journal.pack(journal.OFF, entry_id))

    def switch_on(self, entry_id: UUID) -> None:
        """Take `switch_off` back."""
        self._write(journal.pack(journal.ON, entry_id))

    def remove(self, photo_id: UUID) -> None:
        """The photo is no longer found; its features leave the disk at the next rebuild."""
        self._write(journal.pack(journal.REMOVE, photo_id))

    def _write(self, records: bytes) -> None:
        with self._guard, journal.locked(self.folder / "lock"):
            self._refresh()
            journal.append(self._log, records, self._read_to)
            self._refresh()

    def rebuild(self, photos: Iterable[NewPhoto] | None = None) -> None:
        """Make a fresh index beside this one and swap them in one step.

        photos: what shall be in it; None: what is in it now, without what was removed. Entries switched off stay so.
        """
        with self._guard, journal.locked(self.folder / "lock"):
            self._refresh()
            name = f"g{int(self._generation[1:]) + 1:06}"
            fresh = self.folder / name
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            with (fresh / "photos.log").open("wb") as file:
                for record in self._kept() if photos is None else map(_packed, photos):
                    file.write(record)
                for entry_id in sorted(self._off):
                    file.write(journal.pack(journal.OFF, entry_id))
            old = self._generation
            self._load(name)
            self._keep_votes()
            self._swap(name)
            for folder in self.folder.glob("g*"):
                if folder.name < old:  # the one before stays: another process may be reading it
                    shutil.rmtree(folder, ignore_errors=True)

    def _kept(self) -> Iterator[bytes]:
        for number, record in enumerate(self._photos):
            if self._alive[number]:
                yield journal.pack(
                    journal.ADD,
                    record.id,
                    record.entry_id,
                    record.product,
                    record.group,
                    record.genuine,
                    self._bytes_at(record),
                )

    def _swap(self, name: str) -> None:
        (self.folder / name).mkdir(exist_ok=True)
        beside = self.folder / "current.new"
        beside.write_text(name)
        beside.replace(self.folder / "current")

    def check(self, expected: Iterable[UUID]) -> Differences:
        """Compare with the photos that the database says should be found."""
        with self._guard:
            self._refresh()
            wanted = frozenset(expected)
            here = frozenset(self._number)
            return Differences(wanted - here, here - wanted)

    def search(self, features: Features, scope: Scope, top: int = 30) -> list[Candidate]:
        """Photos that share most points with the query, best first, switched-off entries left out."""
        with self._guard:
            self._refresh()
            open_to = self._in_scope(scope)
            if self._votes is None or features.kind != self._kind or not open_to.any() or not len(features):
                return []
            totals = self._count_votes(features.descriptors[:POINTS_ASKED], open_to)
            best = np.argsort(-totals, kind="stable")[:top]
            chosen = [int(number) for number in best if totals[number] > 0]
            return [self._candidate(number, float(totals[number])) for number in chosen]

    def features(self, photo_id: UUID) -> Features | None:
        """What was added, or None."""
        with self._guard:
            self._refresh()
            number = self._number.get(photo_id)
            return None if number is None else self._features_at(self._photos[number])

    def count(self, scope: Scope | None = None) -> int:
        """How many photos a search in this scope would look at."""
        with self._guard:
            self._refresh()
            return int(self._in_scope(scope or Scope()).sum())

    def __len__(self) -> int:
        return len(self._number)

    def __contains__(self, photo_id: UUID) -> bool:
        return photo_id in self._number

    @property
    def kind(self) -> str:
        """Which extractor made what is in here; empty while nothing is. Another one: rebuild from the pictures."""
        return self._kind

    def _open(self) -> None:
        self._load((self.folder / "current").read_text().strip())

    def _load(self, name: str) -> None:
        self._generation = name
        self._log = self.folder / name / "photos.log"
        self._read_to = 0
        self._photos: list[journal.Record] = []
        self._alive = np.zeros(0, bool)
        self._products: dict[str, list[int]] = {}
        self._groups: dict[str, list[int]] = {}
        self._number: dict[UUID, int] = {}
        self._of_entry: dict[UUID, list[int]] = {}
        self._off: set[UUID] = set()
        self._votes: Any = None
        self._trained_on = 0
        self._kind = ""
        self._voting = 0
        self._read_votes()
        self._refresh(follow=False)

    def _refresh(self, *, follow: bool = True) -> None:
        """Take in what was written since, here or in another process."""
        if follow and (self.folder / "current").read_text().strip() != self._generation:
            self._open()
            return
        if not self._log.exists() or self._log.stat().st_size == self._read_to:
            return
        fresh: list[int] = []
        for record, end in journal.read(self._log, self._read_to):
            self._read_to = end
            if record.verb == journal.ADD:
                fresh.append(self._take(record))
            elif record.verb == journal.REMOVE:
                self._forget(record.id)
            else:
                (self._off.add if record.verb == journal.OFF else self._off.discard)(record.id)
        grown = np.zeros(len(self._photos), bool)
        grown[: len(self._alive)] = self._alive
        for number in fresh:
            grown[number] = self._number.get(self._photos[number].id) == number
        self._alive = grown
        self._let_vote([number for number in fresh if number >= self._voting])

    def _take(self, record: journal.Record) -> int:
        self._forget(record.id)
        number = len(self._photos)
        self._photos.append(record)
        self._number[record.id] = number
        self._products.setdefault(record.product, []).append(number)
        self._groups.setdefault(record.group, []).append(number)
        if record.entry_id is not None:
            self._of_entry.setdefault(record.entry_id, []).append(number)
        return number

    def _forget(self, photo_id: UUID) -> None:
        number = self._number.pop(photo_id, None)
        if number is not None and number < len(self._alive):
            self._alive[number] = False

    def _bytes_at(self, record: journal.Record) -> bytes:
        with self._log.open("rb") as file:
            file.seek(record.start)
            return file.read(record.size)

    def _features_at(self, record: journal.Record) -> Features:
        return Features.from_bytes(self._bytes_at(record))

    def _candidate(self, number: int, votes: float) -> Candidate:
        record = self._photos[number]
        assert record.entry_id is not None
        return Candidate(record.id, record.entry_id, votes, record.genuine)

    def _in_scope(self, scope: Scope) -> NDArray[np.bool_]:
        if scope.product or scope.group:
            named = self._products.get(scope.product, []) if scope.product else self._groups.get(scope.group, [])
            chosen = np.zeros(len(self._photos), bool)
            chosen[named] = True
            chosen &= self._alive
        else:
            chosen = self._alive.copy()
        for entry_id in self._off:
            chosen[self._of_entry.get(entry_id, [])] = False
        return chosen

    def _count_votes(self, asked: Floats, open_to: NDArray[np.bool_]) -> NDArray[np.float32]:
        bits = np.packbits(open_to, bitorder="little")
        # Its Python side takes arrays and keywords, which its type stubs do not know.
        made: Any = faiss
        selector = made.IDSelectorBitmap(bits)
        faiss.omp_set_num_threads(THREADS)
        probes = self._votes.nlist if self._votes.nlist <= 2 * PROBES else PROBES
        found, owners = self._votes.search(
            np.ascontiguousarray(asked, np.float32),
            NEIGHBOURS + 1,
            params=made.SearchParametersIVF(sel=selector, nprobe=probes),
        )
        there = owners >= 0
        least = np.where(there, found, np.inf).min(axis=1, keepdims=True)
        full = there.all(axis=1, keepdims=True)
        floor = np.where(full, least, np.minimum(least, 0.6))
        weight = np.where(there, np.maximum(found - floor, 0) ** 2, 0).astype(np.float32)
        # One vote of a point for a photo: its best, however many descriptors of the photo lie near.
        rows = np.repeat(np.arange(len(asked)), owners.shape[1])[there.ravel()]
        keys = rows * len(self._photos) + owners.ravel()[there.ravel()]
        order = np.lexsort((-weight.ravel()[there.ravel()], keys))
        keys, weights = keys[order], weight.ravel()[there.ravel()][order]
        first = np.ones(len(keys), bool)
        first[1:] = keys[1:] != keys[:-1]
        owner = keys[first] % len(self._photos)
        return np.bincount(owner, weights=weights[first], minlength=len(self._photos)).astype(np.float32)

    def _let_vote(self, numbers: list[int]) -> None:
        """Put the descriptors of these photos where votes are counted; make new cells when these are outgrown."""
        if len(numbers) > AT_ONCE and self._votes is None:
            every = max(1, len(numbers) // SAMPLE_PHOTOS)
            sample, _ = self._rows(numbers[::every])
            if len(sample):
                self._votes, self._trained_on = cells(sample, len(numbers) * POINTS_KEPT), len(numbers) * POINTS_KEPT
        for start in range(0, len(numbers), AT_ONCE):
            fresh, whose = self._rows(numbers[start : start + AT_ONCE])
            if not len(fresh):
                continue
            if self._votes is None:
                self._votes, self._trained_on = cells(fresh, len(fresh)), len(fresh)
            elif self._votes.ntotal + len(fresh) > GROWTH * max(self._trained_on, 2000):
                self._votes = grown(self._votes, fresh)
                self._trained_on = self._votes.ntotal + len(fresh)
            self._votes.add_with_ids(fresh, whose)
        self._voting = len(self._photos)

    def _rows(self, numbers: list[int]) -> tuple[Floats, NDArray[np.int64]]:
        """Descriptors that vote for these photos, and whose they are. Those of another extractor are left out."""
        rows: list[Floats] = [np.zeros((0, 1), np.float32)]
        owners: list[NDArray[np.int64]] = []
        for number in numbers:
            kind, descriptors, _, _ = descriptors_of(self._bytes_at(self._photos[number]))
            self._kind = self._kind or kind
            if kind == self._kind and len(descriptors):
                rows.append(descriptors[:POINTS_KEPT])
                owners.append(np.full(len(rows[-1]), number, np.int64))
        return (np.concatenate(rows[1:]), np.concatenate(owners)) if owners else (rows[0], np.zeros(0, np.int64))

    def _keep_votes(self) -> None:
        if self._votes is None:
            return
        folder = self._log.parent
        faiss.write_index(self._votes, str(folder / "votes.faiss"))
        told = {"kind": self._kind, "photos": self._voting, "trained_on": self._trained_on}
        (folder / "votes.json").write_text(json.dumps(told))

    def _read_votes(self) -> None:
        told = self._log.parent / "votes.json"
        if not told.exists():
            return
        try:
            known = json.loads(told.read_text())
            self._votes = faiss.read_index(str(told.with_suffix(".faiss")))
            self._kind, self._voting, self._trained_on = known["kind"], known["photos"], known["trained_on"]
        except (RuntimeError, ValueError, KeyError, OSError):
            log.warning("the cells of %s cannot be read and are made again", self.folder)
            self._votes, self._kind, self._voting, self._trained_on = None, "", 0, 0


def cells(descriptors: Floats, expected: int) -> Any:
    """An empty index whose cells fit these descriptors, for about `expected` of their kind."""
    count, width = descriptors.shape
    wanted = max(1, min(MOST_CELLS, expected // 256, count // 39))
    number = 2 ** int(np.log2(max(1, wanted)))
    made = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(width), width, number, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT, False
    )
    made.cp.niter = 6
    made.cp.max_points_per_centroid = 40
    made.cp.min_points_per_centroid = 1
    faiss.omp_set_num_threads(THREADS)
    made.train(descriptors)
    return made


def grown(votes: Any, fresh: Floats) -> Any:
    """An index with more cells, trained on old and new descriptors, that holds the old ones."""
    every = max(1, votes.ntotal // SAMPLE)
    sample = np.concatenate([*(rows[::every] for rows, _ in _cells_of(votes)), fresh])
    made = cells(sample, votes.ntotal + len(fresh))
    for rows, owners in _cells_of(votes):
        made.add_with_ids(rows, owners)
    return made


def _cells_of(votes: Any) -> Iterator[tuple[Floats, NDArray[np.int64]]]:
    lists = votes.invlists
    for cell in range(votes.nlist):
        size = lists.list_size(cell)
        if size:
            codes = faiss.rev_swig_ptr(lists.get_codes(cell), size * votes.code_size).reshape(size, -1).copy()
            yield votes.sq.decode(codes), faiss.rev_swig_ptr(lists.get_ids(cell), size).copy()


def _packed(photo: NewPhoto) -> bytes:
    return journal.pack(
        journal.ADD,
        photo.photo_id,
        photo.entry_id,
        photo.product,
        photo.group,
        photo.genuine,
        photo.features.to_bytes(),
    )
