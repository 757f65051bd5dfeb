"""Back up, restore, rehearse, verify, prune: one province alone (its code) or all (None). For commands and beat.

All of it works as the owner, like migrating; nothing of it serves a request. What is long has a module of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backups import checking, manifest, pruning
from backups.errors import BackupProblem
from backups.places import place_of
from backups.rehearsing import rehearse
from backups.restoring import restore
from backups.sealing import Keys
from backups.writing import back_up

Say = Callable[[str], None]


@dataclass(frozen=True)
class Listed:
    """A backup as it lies at a place. whole: its manifest is there and signed with this key; else `why` not."""

    name: str
    scope: str
    snapshot_at: datetime | None
    size_bytes: int
    whole: bool
    why: str = ""


def listed(place: str) -> list[Listed]:
    """The backups at a place, newest first, also those that have no row here and those that are not whole."""
    there, keys, found = place_of(place), Keys.configured(), []
    for name in reversed(there.folders(manifest.FOLDER)):
        scope = name.rpartition("-")[2]
        try:
            made = manifest.read(there, name, keys)
        except BackupProblem as error:
            found.append(Listed(name, scope, None, 0, False, error.detail))
        else:
            size_bytes = sum(part.size_bytes for part in made.parts) + made.objects_size_bytes
            found.append(Listed(name, scope, made.snapshot_at, size_bytes, True))
    return found


def verify(place: str, *, name: str, say: Say) -> list[str]:
    """Read every byte of a backup. Returns what is wrong, by name of the part; empty: all is as it was written."""
    return checking.verify(place_of(place), name, Keys.configured(), say)


def prune(place: str, *, say: Say, days: int = 7, weeks: int = 5, months: int = 12, dry_run: bool = False) -> list[str]:
    """Take away what no generation needs: of each scope the last of each day, week, month is kept. Returns names."""
    return pruning.prune(
        place_of(place), Keys.configured(), say, days=days, weeks=weeks, months=months, dry_run=dry_run
    )


__all__ = ["Listed", "back_up", "listed", "prune", "rehearse", "restore", "verify"]
