"""The kinds of records that have a period, from every app's `keeping.py`, and what is kept for ever and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from kernel.keeping import Kind, Link, Subject, Words
from provinces.context import required

__all__ = ["Kind", "Link", "Subject", "kept_for_ever", "kinds", "kinds_here", "links", "register", "subjects"]

_registered: list[Kind] = []
EVIDENCE = "evidence.Exhibit"


def register(kind: Kind) -> Kind:
    """Add a kind that is not a constant of a `keeping.py`."""
    if kind not in _registered:
        _registered.append(kind)
        kinds.cache_clear()
    return kind


def _modules() -> Iterator[Any]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.keeping") is not None:
            yield import_module(f"{app.name}.keeping")


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind by its code. Raises ValueError for a code that two claim."""
    found: dict[str, Kind] = {}
    for kind in [*(each for module in _modules() for each in getattr(module, "KINDS", ())), *_registered]:
        if kind.code in found:
            raise ValueError(f"two kinds {kind.code!r}")
        found[kind.code] = kind
    return found


@lru_cache(maxsize=1)
def kept_for_ever() -> dict[str, Words]:
    """Labels of models whose rows never go, with the reason."""
    found: dict[str, Words] = {}
    for module in _modules():
        found |= getattr(module, "KEPT", {})
    return found


@lru_cache(maxsize=1)
def links() -> tuple[Link, ...]:
    """Columns that name records by id alone."""
    return tuple(link for module in _modules() for link in getattr(module, "LINKS", ()))


@lru_cache(maxsize=1)
def subjects() -> dict[str, Subject]:
    """What a hold can be put on, by its kind."""
    return {each.kind: each for module in _modules() for each in getattr(module, "SUBJECTS", ())}


def model_of(label: str) -> type[Model]:
    """The model of a label. Raises LookupError."""
    return apps.get_model(label)


def stands_in(model: type[Model], schema_name: str) -> bool:
    """Whether this model's table is one of that schema: of a province's, or of `public`."""
    names = settings.SHARED_APPS if schema_name == "public" else settings.TENANT_APPS
    return _app_name(model._meta.app_label) in _names(tuple(names))


def kinds_here() -> list[Kind]:
    """Those whose records lie at the seat of this thread."""
    schema_name = required().schema_name
    return [kind for kind in kinds().values() if stands_in(model_of(kind.model), schema_name)]


@lru_cache(maxsize=4)
def _names(entries: tuple[str, ...]) -> frozenset[str]:
    """App names of a list of settings, in which an app may stand by its configuration class."""
    return frozenset({app.name for app in apps.get_app_configs() if app.name in entries or _path(app) in entries})


def _path(app: Any) -> str:
    return f"{type(app).__module__}.{type(app).__qualname__}"


@lru_cache(maxsize=256)
def _app_name(label: str) -> str:
    return apps.get_app_config(label).name
