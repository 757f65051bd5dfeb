"""How an app says who may do what with its shared tables: constants in a module `borders.py` of the app.

    RIGHTS = [
        Grant("letters.Letter", to=PARTY),
        Grant("letters.Delivery", to=PARTY, rights="UPDATE", columns=("state", "receipt")),
    ]
    POLICIES = [
        Policy("letters.Letter", "letter_sent", "INSERT", check=f"sender = {ME}"),
    ]
    INSERT_ONLY = [InsertOnly("audit.Trail", columns=("read_at",)), models.Opinion]

`provinces.grants` applies the sum of all lists after every migration and compares it with the catalog. A shared table
that is named by no grant can be reached by nobody but the owner. Tables in a province's own schema need no grant: the
province has all rights on them, except on models in INSERT_ONLY.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, TypeVar

from django.apps import apps
from django.conf import settings
from django.db.models import Model

Command = Literal["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]
To = Literal["party", "provinces", "brands", "office", "public", "courier"]

PARTY: To = "party"
"""All that send and receive letters: every province, the brands, the office."""
PROVINCES: To = "provinces"
BRANDS: To = "brands"
OFFICE: To = "office"
COURIER: To = "courier"
"""Carries letters to and from other installations; belongs to no group, and has what is declared for it by name."""
PUBLIC: To = "public"
"""The bare domain: front door, certificate check, report page. Not PostgreSQL's PUBLIC."""

ME = f"substr(current_user, {len(settings.DATABASE_PREFIX) + len('czj_') + 1})"
"""SQL for the party that asks, as letters name it: "gx", "brands", "office"."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Table rights (`columns` empty) or column rights on one shared model's table."""

    model: str
    to: To | tuple[To, ...]
    rights: str = "SELECT, INSERT"
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One row-level policy. Naming a model in a policy switches row-level security on for its table.

    using, check: SQL conditions; `{table[app.Model]}` in them stands for another model's table.
    """

    model: str
    name: str
    command: Command
    using: str = ""
    check: str = ""
    to: To | tuple[To, ...] = PARTY


@dataclass(frozen=True, slots=True)
class InsertOnly:
    """A model whose rows are never changed or deleted, in provinces' schemas and in `public`.

    columns: those that may be updated all the same.
    """

    model: str
    columns: tuple[str, ...] = ()


Item = TypeVar("Item", Grant, Policy, InsertOnly)


def _declared(name: str, kind: type[Item]) -> Iterator[Item]:
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.borders") is None:
            continue
        for item in getattr(import_module(f"{app.name}.borders"), name, ()):
            if kind is InsertOnly and isinstance(item, type) and issubclass(item, Model):
                item = InsertOnly(item._meta.label)
            if not isinstance(item, kind):
                raise TypeError(f"{app.name}.borders.{name}: {item!r} is no {kind.__name__}")
            yield item


def declared_grants() -> list[Grant]:
    """Every app's RIGHTS."""
    return list(_declared("RIGHTS", Grant))


def declared_policies() -> list[Policy]:
    """Every app's POLICIES."""
    return list(_declared("POLICIES", Policy))


def declared_insert_only() -> list[InsertOnly]:
    """Every app's INSERT_ONLY; a model class stands for itself without exceptions."""
    return list(_declared("INSERT_ONLY", InsertOnly))


def table_of(label: str) -> str:
    """Name of a model's table. Raises LookupError when there is no such model."""
    model: type[Model] = apps.get_model(label)
    return str(model._meta.db_table)


def audience(to: To | tuple[To, ...]) -> tuple[To, ...]:
    """One or several recipients as a tuple."""
    return (to,) if isinstance(to, str) else to
