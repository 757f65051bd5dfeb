"""Whether a backup is as it was written: manifest, each part, each file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

from backups import manifest, objects
from backups.errors import BackupProblem, PartDiffers
from backups.manifest import Manifest, Part
from backups.places import Place
from backups.sealing import Damaged, Keys, Source, Unsealed

Say = Callable[[str], None]


class _Hashing:
    def __init__(self, source: Source) -> None:
        self._source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._source.read(size)
        self.digest.update(found)
        return found


def part(place: Place, made: Manifest, each: Part, keys: Keys) -> None:
    """Read one part to its end. Raises PartMissing, PartDiffers."""
    with manifest.opened(place, made, each, keys) as source:
        hashing = _Hashing(source)
        opened = Unsealed(hashing, keys, each.name)
        try:
            while opened.read(1 << 20):
                pass
        except Damaged as error:
            raise PartDiffers(name=made.name, part=each.name) from error
    if hashing.digest.hexdigest() != each.sha256:
        raise PartDiffers(name=made.name, part=each.name)


def parts(place: Place, made: Manifest, wanted: Iterable[Part], keys: Keys) -> None:
    """Read these parts before anything is changed. Raises PartMissing, PartDiffers for the first."""
    for each in wanted:
        part(place, made, each, keys)


def listed_objects(place: Place, made: Manifest, keys: Keys) -> Iterable[objects.Kept]:
    """The files of a backup. Raises PartMissing, PartDiffers."""
    each = made.part("objects")
    with manifest.opened(place, made, each, keys) as source:
        try:
            yield from objects.read_list(Unsealed(source, keys, each.name))
        except Damaged as error:
            raise PartDiffers(name=made.name, part=each.name) from error


def verify(place: Place, name: str, keys: Keys, say: Say) -> list[str]:
    """Everything. Returns what is wrong, each in a sentence that names the part."""
    try:
        made = manifest.read(place, name, keys)
    except BackupProblem as error:
        return [error.detail]
    wrong = []
    for each in made.parts:
        try:
            part(place, made, each, keys)
            say(f"{each.name}: {each.size_bytes / 1e6:.1f} MB")
        except BackupProblem as error:
            wrong.append(error.detail)
    try:
        for number, kept in enumerate(listed_objects(place, made, keys), 1):
            try:
                objects.check(kept, place, keys, name)
            except BackupProblem as error:
                wrong.append(error.detail)
            if number % 1000 == 0:
                say(f"objects: {number}/{made.objects}")
    except BackupProblem as error:
        wrong.append(error.detail)
    return list(dict.fromkeys(wrong))
