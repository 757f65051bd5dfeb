"""Which migrations a schema has, and whether this process can work with it.

During an upgrade old and new code run side by side, and a province whose upgrade failed stays where it was. A process
serves a schema that has all migrations the process knows, even if it has more; one that lacks some is served only where
each of those says `safe_without = True` in its Migration class: the code then gets along without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader


def names_on_disk(app_names: Sequence[str]) -> list[str]:
    """The migrations of these apps as "label.0001_name", read without importing one."""
    return list(_names(app_names))


def _names(app_names: Sequence[str]) -> Iterator[str]:
    for app in sorted(apps.get_app_configs(), key=lambda each: each.label):
        if app.name in app_names:
            module, _own = MigrationLoader.migrations_module(app.label)
            spec = find_spec(module) if module else None
            for folder in (spec.submodule_search_locations or ()) if spec else ():
                for file in sorted(Path(folder).glob("[!_]*.py")):
                    yield f"{app.label}.{file.stem}"


def version_of(names: Sequence[str]) -> str:
    """Digest of these names."""
    return sha256("".join(f"{name}\n" for name in names).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def running() -> tuple[str, frozenset[str]]:
    """Version of provinces' schemas that this process was started with, and its migrations."""
    names = names_on_disk(settings.TENANT_APPS)
    return version_of(names), frozenset(names)


def missing(version: str, known: Mapping[str, Collection[str]]) -> frozenset[str] | None:
    """What a schema of that version lacks of what this process knows; None where nobody knows the version."""
    mine, names = running()
    if version == mine:
        return frozenset()
    return None if version not in known else names - frozenset(known[version])


def can_be_served(version: str, known: Mapping[str, Collection[str]]) -> bool:
    """Whether this process gets along with a schema of that version. known: version to the names it holds."""
    lacking = missing(version, known)
    return lacking is not None and all(is_safe_without(name) for name in lacking)


@lru_cache(maxsize=1024)
def is_safe_without(name: str) -> bool:
    """Whether the code gets along with a schema that lacks this migration."""
    label, _, stem = name.partition(".")
    package, _own = MigrationLoader.migrations_module(label)
    module = import_module(f"{package}.{stem}")
    return bool(getattr(module.Migration, "safe_without", False))
