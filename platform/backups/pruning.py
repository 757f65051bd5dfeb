"""Generations: of each scope the newest backup of each of the last days, weeks and months stays, the others go.

Files of the object store go when no backup that is left lists them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from contextlib import nullcontext

from backups import checking, manifest, objects
from backups.errors import BackupProblem
from backups.manifest import Manifest
from backups.models import Backup
from backups.places import Place
from backups.sealing import Keys
from backups.shelf import shelf
from backups.writing import one_at_a_time
from kernel import clock
from provinces import context


def kept_of(backups: list[Manifest], *, days: int, weeks: int, months: int) -> set[str]:
    """Names that stay. backups: of one scope. The newest always stays."""
    newest_first = sorted(backups, key=lambda each: each.snapshot_at, reverse=True)
    kept = {each.name for each in newest_first[:1]}
    for count, slot in (
        (days, lambda day: day),
        (weeks, lambda day: day.isocalendar()[:2]),
        (months, lambda day: (day.year, day.month)),
    ):
        slots: dict[Hashable, str] = {}
        for each in newest_first:
            slots.setdefault(slot(clock.local_date(each.snapshot_at)), each.name)
        kept |= set(list(slots.values())[:count])
    return kept


def prune(
    place: Place, keys: Keys, say: Callable[[str], None], *, days: int, weeks: int, months: int, dry_run: bool
) -> list[str]:
    """Returns the names of what was taken away, or would be. What cannot be read stays.

    Raises AlreadyRunning: a backup that ends between the look at what stays and the deletion would lose its files.
    """
    with nullcontext() if dry_run else one_at_a_time():
        going, staying, unreadable = _sorted(place, keys, say, days=days, weeks=weeks, months=months)
        for each in going:
            say(f"{each.name}: {'would go' if dry_run else 'goes'}")
        if dry_run:
            return [each.name for each in going]
        with context.owner():
            names = [each.name for each in going]
            Backup.objects.filter(name__in=names, place=place.words).update(taken_away_at=clock.now())
        for each in going:
            place.delete(manifest.path_of(each.name))  # first: without it nobody takes the rest for a backup
            place.remove(manifest.folder_of(each.name))
        _take_broken_off(place, say)
        if going and not unreadable:
            _prune_objects(place, keys, staying, say)
    return [each.name for each in going]


def _sorted(
    place: Place, keys: Keys, say: Callable[[str], None], *, days: int, weeks: int, months: int
) -> tuple[list[Manifest], list[Manifest], bool]:
    """What goes, what stays, and whether there is one that cannot be read."""
    scopes: dict[str, list[Manifest]] = defaultdict(list)
    unreadable = False
    for name in manifest.names(place):
        try:
            made = manifest.read(place, name, keys)
        except BackupProblem as error:
            say(error.detail)
            unreadable = True
        else:
            scopes[made.scope].append(made)
    going, staying = [], []
    for backups in scopes.values():
        kept = kept_of(backups, days=days, weeks=weeks, months=months)
        going += [each for each in backups if each.name not in kept]
        staying += [each for each in backups if each.name in kept]
    return going, staying, unreadable


def _take_broken_off(place: Place, say: Callable[[str], None]) -> None:
    """What a backup, or a pruning, that was killed has left: without a manifest, and by its row ours. Hold the lock."""
    whole = set(manifest.names(place))
    left = [name for name in place.folders(manifest.FOLDER) if name not in whole]
    with context.owner():
        # Holding the lock, we know that none is being written.
        rows = Backup.objects.filter(name__in=left, place=place.words)
        ours = set(rows.exclude(state=Backup.State.DONE, taken_away_at=None).values_list("name", flat=True))
    for name in sorted(ours):
        place.remove(manifest.folder_of(name))
        say(f"{name}: broken off, taken away")


def _prune_objects(place: Place, keys: Keys, staying: list[Manifest], say: Callable[[str], None]) -> None:
    with shelf() as needed:
        needed.fill((kept.path, "") for each in staying for kept in checking.listed_objects(place, each, keys))
        gone = 0
        for path, _size in place.listed(objects.FOLDER):
            if path not in needed:
                place.delete(path)
                gone += 1
        say(f"objects: {gone} taken away, {len(needed)} stay")
