"""What hangs on a record: what goes with it, what keeps it, and how far a hold spreads from it.

Foreign keys are read from the models; columns that name a record by its id alone are declared as `Link`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import SET_NULL, Model

from retention.kinds import EVIDENCE, Kind, kinds, links, model_of, stands_in

OBJECT_FIELDS = ("object_key", "original_key", "view_key", "thumb_key", "paper_key")
Rows = dict[type[Model], set[Any]]


class InUse(Exception):
    """Something that does not go refers to the record. label: of its model."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


@lru_cache(maxsize=1024)
def referring(model: type[Model]) -> tuple[Any, ...]:
    """Relations of other models (or of itself) that point to this one, hidden ones too."""
    return tuple(
        field
        for field in model._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and (field.one_to_one or field.one_to_many)
    )


def _parts(kind: Kind) -> frozenset[type[Model]]:
    return frozenset(model_of(label) for label in (kind.model, *kind.parts))


class Reach:
    """Everything that goes with some rows: `rows`; `emptied` are references that are set to nothing."""

    def __init__(self, schema_name: str, parts: Iterable[type[Model]], rows: Rows | None = None) -> None:
        self.schema_name, self.parts = schema_name, frozenset(parts)
        self.rows: Rows = {model: set(keys) for model, keys in (rows or {}).items()}
        self.emptied: list[tuple[type[Model], str, set[Any]]] = []
        self._new: Rows = {}

    @property
    def ids(self) -> set[UUID]:
        """Ids of all that goes, of whatever model."""
        return {key for keys in self.rows.values() for key in keys if isinstance(key, UUID)}

    def add(self, model: type[Model], keys: Iterable[Any]) -> None:
        """These go too, with what hangs on them. Raises InUse."""
        self._put(model, set(keys))
        while self._new:
            while self._new:
                self._refer(*self._new.popitem())
            self._linked()

    def carry(self, label: str, parts: Iterable[type[Model]]) -> None:
        """Rows of a model that the going ones refer to go along where nothing else uses them."""
        model = model_of(label)
        for key in self._pointed_at(model):
            along = Reach(self.schema_name, self.parts | frozenset(parts), self.rows)
            try:
                along.add(model, {key})
                along.refuse_uses_elsewhere()
            except InUse:
                continue
            self.rows = along.rows
            self.emptied += along.emptied

    def refuse_uses_elsewhere(self) -> None:
        """Raise InUse when a row that goes says, by an id alone, that it belongs to something that stays."""
        ids = self.ids
        for link in links():
            model = model_of(link.model)
            if link.keeps and self.rows.get(model):
                said = model._base_manager.filter(pk__in=self.rows[model]).values_list(link.column, flat=True)
                if any(value is not None and value not in ids for value in said):
                    raise InUse(link.model)

    def _put(self, model: type[Model], keys: set[Any]) -> None:
        fresh = keys - self.rows.setdefault(model, set())
        if fresh:
            self.rows[model] |= fresh
            self._new.setdefault(model, set()).update(fresh)

    def _refer(self, model: type[Model], keys: set[Any]) -> None:
        for relation in referring(model):
            other, field = relation.related_model, relation.field
            if not stands_in(other, self.schema_name):
                continue
            found = set(other._base_manager.filter(**{f"{field.name}__in": keys}).values_list("pk", flat=True))
            found -= self.rows.get(other, set())
            if not found:
                continue
            if other in self.parts:
                self._put(other, found)
            elif field.null and field.remote_field.on_delete is SET_NULL:
                self.emptied.append((other, field.name, found))
            else:
                raise InUse(other._meta.label)

    def _linked(self) -> None:
        ids = self.ids
        for link in links():
            model = model_of(link.model)
            if not stands_in(model, self.schema_name) or not (model in self.parts or link.keeps):
                continue
            found = set(model._base_manager.filter(**{f"{link.column}__in": ids}).values_list("pk", flat=True))
            found -= self.rows.get(model, set())
            if not found:
                continue
            if model not in self.parts:
                raise InUse(link.model)
            self._put(model, found)

    def _pointed_at(self, model: type[Model]) -> set[Any]:
        found: set[Any] = set()
        for other, keys in self.rows.items():
            for field in _pointing(other, model):
                rows = other._base_manager.filter(pk__in=keys, **{f"{field}__isnull": False})
                found |= set(rows.values_list(field, flat=True))
        return found - self.rows.get(model, set())

    def objects(self) -> set[str]:
        """Keys of the files that the rows name."""
        found: set[str] = set()
        for model, keys in self.rows.items():
            for name in object_fields(model):
                rows = model._base_manager.filter(pk__in=keys).exclude(**{name: ""})
                found |= {key for key in rows.values_list(name, flat=True) if key}
        return found


def reach_of(kind: Kind, key: Any, schema_name: str) -> Reach:
    """All that goes with one record of a kind. Raises InUse when something that stays refers to it."""
    found = Reach(schema_name, _parts(kind))
    found.add(model_of(kind.model), {key})
    if kind.model == EVIDENCE:
        found.refuse_uses_elsewhere()
    for label in kind.carries:
        found.carry(label, _parts_of_root(label))
    return found


@lru_cache(maxsize=16)
def _parts_of_root(label: str) -> frozenset[type[Model]]:
    """The parts of whatever kind has this model as its root."""
    return next((_parts(kind) for kind in kinds().values() if kind.model == label), frozenset())


@lru_cache(maxsize=1024)
def _pointing(model: type[Model], to: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if field.related_model is to)


def object_fields(model: type[Model]) -> tuple[str, ...]:
    """Its columns that hold keys of stored files."""
    names = {field.name for field in model._meta.concrete_fields}
    return tuple(name for name in OBJECT_FIELDS if name in names)


# Holds ----------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def case_models() -> frozenset[type[Model]]:
    """Models with contents of cases: over them a hold spreads."""
    found: set[type[Model]] = set()
    for kind in kinds().values():
        if kind.is_case:
            found |= _parts(kind)
            for label in kind.carries:
                found |= {model_of(label), *_parts_of_root(label)}
    return frozenset(found)


@lru_cache(maxsize=1)
def roots() -> frozenset[type[Model]]:
    """Models that have a period of their own, as records: what a hold is written down for."""
    found = {model_of(kind.model) for kind in kinds().values()}
    return frozenset(found | {model_of(label) for kind in kinds().values() for label in kind.carries})


def spread(model: type[Model], key: Any, schema_name: str, *, far: bool = True) -> set[tuple[type[Model], Any]]:
    """Every record that is linked with this one, itself included. far: also what is linked with those."""
    open_to = {each for each in case_models() if stands_in(each, schema_name)} | {model}
    seen: Rows = {model: {key}}
    new: Rows = {model: {key}}
    first = True
    while new and (first or far):
        nearer: Rows = {}
        pointing = (found for each, keys in new.items() for found in _neighbours(each, keys, open_to))
        for other, keys in (*pointing, *_by_id_alone(new, open_to)):
            if fresh := keys - seen.get(other, set()):
                seen.setdefault(other, set()).update(fresh)
                nearer.setdefault(other, set()).update(fresh)
        new, first = nearer, False
    return {(each, one) for each, keys in seen.items() if each in roots() or each is model for one in keys}


def _neighbours(
    model: type[Model], keys: set[Any], open_to: Iterable[type[Model]]
) -> Iterator[tuple[type[Model], set[Any]]]:
    within = frozenset(open_to)
    for field in model._meta.concrete_fields:
        if field.related_model in within:
            rows = model._base_manager.filter(pk__in=keys, **{f"{field.attname}__isnull": False})
            yield field.related_model, set(rows.values_list(field.attname, flat=True))
    for relation in referring(model):
        if relation.related_model in within:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
            yield relation.related_model, set(rows.values_list("pk", flat=True))


def _by_id_alone(new: Rows, open_to: Iterable[type[Model]]) -> Iterator[tuple[type[Model], set[Any]]]:
    """What names one of these by its id, and what these name so; one look at each column for all of them together."""
    within, keys = frozenset(open_to), {key for each in new.values() for key in each if isinstance(key, UUID)}
    said: set[UUID] = set()
    for link in links():
        model = model_of(link.model)
        if model not in within:
            continue
        yield model, set(model._base_manager.filter(**{f"{link.column}__in": keys}).values_list("pk", flat=True))
        if model in new:
            said |= set(model._base_manager.filter(pk__in=new[model]).values_list(link.column, flat=True)) - {None}
    for root in roots() & within if said else ():
        yield root, set(root._base_manager.filter(pk__in=said).values_list("pk", flat=True))
