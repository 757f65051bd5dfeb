"""Generations: of each scope the newest backup of each of the last days, weeks and months stays, the others go.

Files of the object store go when no backup that is left lists them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable

from backups import checking, manifest, objects
from backups.errors import BackupProblem
from backups.manifest import Manifest
from backups.models import Backup
from backups.places import Place
from backups.sealing import Keys
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
    """Returns the names of what was taken away, or would be. What cannot be read stays."""
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
    for each in going:
        say(f"{each.name}: {'would go' if dry_run else 'goes'}")
    if dry_run or not going:
        return [each.name for each in going]
    with one_at_a_time():
        for each in going:
            place.delete(manifest.path_of(each.name))  # first: without it nobody takes the rest for a backup
            for part in each.parts:
                place.delete(part.path)
        with context.owner():
            names = [each.name for each in going]
            Backup.objects.filter(name__in=names, place=place.words).update(taken_away_at=clock.now())
        if not unreadable:
            _prune_objects(place, keys, staying, say)
    return [each.name for each in going]


def _prune_objects(place: Place, keys: Keys, staying: list[Manifest], say: Callable[[str], None]) -> None:
    needed = {kept.path for each in staying for kept in checking.listed_objects(place, each, keys)}
    gone = 0
    for path, _size in list(place.listed(objects.FOLDER)):
        if path not in needed:
            place.delete(path)
            gone += 1
    say(f"objects: {gone} taken away, {len(needed)} stay")
