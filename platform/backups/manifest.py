"""The manifest of a backup: what it holds, with digests, signed. It is written last, so what has none is no backup.

It is plain text: names and counts of tables, nothing of what stands in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.db.migrations.loader import MigrationLoader
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backups.errors import FromNewerVersion, NothingThere, NotSigned, PartDiffers, PartMissing
from backups.models import ALL
from backups.places import Place
from backups.sealing import Damaged, Keys, Unsealed
from kernel.canonical import canonical_json
from provinces import context
from provinces.models import Province

FOLDER = "backups"
FILE = "manifest.json"


class Part(BaseModel):
    """One sealed file. name: "gx/rows". path: at the place. tables: how many rows each has."""

    model_config = ConfigDict(frozen=True)

    name: str
    path: str
    size_bytes: int
    sha256: str
    tables: dict[str, int] = Field(default_factory=dict)


class Log(BaseModel):
    """The sealed log of a seat as it is in here: entries with a place, and the root over them."""

    model_config = ConfigDict(frozen=True)

    size: int
    root: str


class Manifest(BaseModel):
    """What one backup is. migrations: of each schema, "app.name"; states: of each province when it was written."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    name: str
    scope: str
    installation: str
    began_at: AwareDatetime
    snapshot_at: AwareDatetime
    provinces: tuple[str, ...]
    states: dict[str, str]
    versions: dict[str, str]
    migrations: dict[str, tuple[str, ...]]
    parts: tuple[Part, ...]
    logs: dict[str, Log] = Field(default_factory=dict)
    objects: int = 0
    objects_size_bytes: int = 0
    gone: tuple[str, ...] = ()

    def part(self, name: str) -> Part:
        """Raises PartMissing."""
        for each in self.parts:
            if each.name == name:
                return each
        raise PartMissing(name=self.name, part=name)

    @property
    def is_of_all(self) -> bool:
        """Whether it holds `public` and every province."""
        return self.scope == ALL


def name_for(scope: str, began_at: datetime) -> str:
    """Sorts by time. To the millisecond: the safety backup of a restoration may follow the last one at once."""
    return f"{began_at:%Y%m%dT%H%M%S}{began_at.microsecond // 1000:03}Z-{scope}"


def folder_of(name: str) -> str:
    return f"{FOLDER}/{name}"


def path_of(name: str) -> str:
    return f"{folder_of(name)}/{FILE}"


def as_written(manifest: Manifest, keys: Keys) -> bytes:
    """With its signature."""
    said = manifest.model_dump(mode="json")
    return json.dumps({"manifest": said, "signature": keys.sign(canonical_json(said)).hex()}, indent=1).encode()


def read(place: Place, name: str, keys: Keys) -> Manifest:
    """Raises NothingThere, NotSigned."""
    try:
        with place.open(path_of(name)) as source:
            text = source.read()
    except FileNotFoundError as error:
        raise NothingThere(place=place.words, scope=name) from error
    try:
        said = json.loads(text)
        body, signature = said["manifest"], bytes.fromhex(said["signature"])
        if not keys.is_signed(canonical_json(body), signature):
            raise NotSigned(name=name)
        found = Manifest.model_validate(body)
    except (ValueError, KeyError, TypeError) as error:
        raise NotSigned(name=name) from error
    if found.name != name:
        raise NotSigned(name=name)
    return found


def names(place: Place, scope: str = "") -> list[str]:
    """Backups with a manifest at a place, newest first; of one scope."""
    found = [each for each in place.folders(FOLDER) if not scope or each.endswith(f"-{scope}")]
    return [each for each in reversed(found) if place.size(path_of(each)) is not None]


def newest(place: Place, code: str | None, keys: Keys) -> Manifest:
    """The last whole backup that holds a province, of it alone or of all. Raises NothingThere, NotSigned.

    One from before the province was opened is of a former one with its code, and is found by its name alone.
    """
    with context.owner():
        opened = Province.objects.filter(schema_name=code).values_list("created_at", flat=True).first()
    wanted = [f"-{ALL}"] if code is None else [f"-{ALL}", f"-{code}"]
    for name in names(place):
        if any(name.endswith(each) for each in wanted):
            found = read(place, name, keys)
            if opened is not None and found.began_at < opened:
                break
            if code is None or code in found.provinces:
                return found
    raise NothingThere(place=place.words, scope=code or ALL)


def opened(place: Place, manifest: Manifest, part: Part, keys: Keys) -> Any:
    """The sealed file of a part. Raises PartMissing."""
    try:
        return place.open(part.path)
    except FileNotFoundError as error:
        raise PartMissing(name=manifest.name, part=part.name) from error


def read_whole(place: Place, manifest: Manifest, name: str, keys: Keys) -> bytes:
    """A small part. Raises PartMissing, PartDiffers."""
    part = manifest.part(name)
    with opened(place, manifest, part, keys) as source:
        try:
            return Unsealed(source, keys, part.name).read()
        except Damaged as error:
            raise PartDiffers(name=manifest.name, part=name) from error


def check_version(manifest: Manifest, schemas: Iterable[str]) -> None:
    """Raises FromNewerVersion for what has run a migration that is not on this disk."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    for schema in schemas:
        unknown = sorted(set(manifest.migrations.get(schema, ())) - known)
        if unknown:
            raise FromNewerVersion(name=manifest.name, what=unknown[0])
