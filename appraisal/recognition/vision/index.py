"""The index of library photos: on disk, appended to as entries come, read by any number of processes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from appraisal.recognition.vision.features import Features
from appraisal.recognition.vision.kinds import Candidate, Scope


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
        raise NotImplementedError

    def add(
        self, photo_id: UUID, entry_id: UUID, product: str, group: str, features: Features, *, genuine: bool = False
    ) -> None:
        """Append; a photo that is there already is replaced. Found by the next search of any process."""
        raise NotImplementedError

    def switch_off(self, entry_id: UUID) -> None:
        """No photo of the entry is found from now on, in any process."""
        raise NotImplementedError

    def switch_on(self, entry_id: UUID) -> None:
        """Take `switch_off` back."""
        raise NotImplementedError

    def remove(self, photo_id: UUID) -> None:
        """The photo is no longer found; its features leave the disk at the next rebuild."""
        raise NotImplementedError

    def rebuild(self, photos: Iterable[NewPhoto] | None = None) -> None:
        """Make a fresh index beside this one and swap them in one step. None: of what is in it (compacts, re-trains)."""
        raise NotImplementedError

    def check(self, expected: Iterable[UUID]) -> Differences:
        """Compare with the photos that the database says should be found."""
        raise NotImplementedError

    def search(self, features: Features, scope: Scope, top: int = 30) -> list[Candidate]:
        """Photos that share most points with the query, best first, switched-off entries left out."""
        raise NotImplementedError

    def features(self, photo_id: UUID) -> Features | None:
        """What was added, or None."""
        raise NotImplementedError

    def count(self, scope: Scope) -> int:
        """How many photos a search in this scope would look at."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError
