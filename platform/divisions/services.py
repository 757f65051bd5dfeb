"""Loading the published tables. Run as the owner: no login that serves may write them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from divisions.models import Dated, Division, DivisionHistory, Township, Zone
from kernel import clock
from kernel.errors import BadInput

DATA = Path(__file__).parent / "data"
_BATCH = 5_000
_LARGEST_LOSS = 0.05
_PROVINCE_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")


@dataclass(frozen=True)
class Loaded:
    """What a load did, in rows over all tables."""

    added: int
    changed: int
    closed: int


@transaction.atomic
def load_divisions(folder: Path = DATA, *, on: date | None = None, allow_large_loss: bool = False) -> Loaded:
    """Bring the division tables in step with the CSV files of `folder`.

    A second run changes nothing. A division gone from its file is closed with `valid_to` = `on` (today in
    China), never deleted, since old matters keep its code; a new one is dated from `on`, unless the table was
    empty. Former names and zones follow their files exactly.
    Raises BadInput `divisions_orphan` if a parent is missing and `divisions_shrunk` if more than a
    twentieth would be closed, as happens when a file was cut short, unless `allow_large_loss`.
    """
    on = on or clock.today()
    division_rows = _read(folder / "divisions.csv")
    township_rows = _read(folder / "townships.csv")
    codes = {row["code"] for row in division_rows}
    for row in (*division_rows, *township_rows):
        if row["parent"] and row["parent"] not in codes:
            raise BadInput(
                _("区划表有误：{division_code} {name} 的上级 {parent} 不在表中。请检查文件是否完整。"),
                code="divisions_orphan",
                division_code=row["code"],
                name=row["name"],
                parent=row["parent"],
            )
    steps = [
        _load_dated(
            Division,
            {
                row["code"]: {
                    "name": row["name"],
                    "short_name": short_name(row["name"], row["level"]),
                    "level": row["level"],
                    "parent_code": row["parent"],
                }
                for row in division_rows
            },
            on,
            allow_large_loss,
        ),
        _load_dated(
            Township,
            {row["code"]: {"name": row["name"], "parent_code": row["parent"]} for row in township_rows},
            on,
            allow_large_loss,
        ),
        _load_plain(
            DivisionHistory,
            ("old_code", "old_name"),
            [
                {
                    "old_code": row["old_code"],
                    "old_name": row["old_name"],
                    "last_seen_year": int(row["last_seen_year"]),
                    "successor_codes": _codes(row["successor_codes"]),
                    "relation": row["relation"],
                    "basis": row["basis"],
                }
                for row in _read(folder / "divisions_history.csv")
            ],
        ),
        _load_plain(
            Zone,
            ("name",),
            [
                {"name": row["zone_name"], "host_codes": _codes(row["host_codes"]), "note": row["note"]}
                for row in _read(folder / "zones.csv")
            ],
        ),
    ]
    return Loaded(*(sum(counts) for counts in zip(*steps, strict=True)))


def short_name(name: str, level: str) -> str:
    """What a province is called in a list: 广西壮族自治区 is 广西. Lower levels keep their name."""
    if level != Division.Level.PROVINCE:
        return name
    for ending in _PROVINCE_ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def _load_dated(
    model: type[Dated], wanted: Mapping[str, Mapping[str, Any]], on: date, allow_large_loss: bool
) -> tuple[int, int, int]:
    held = {row.pk: row for row in model._base_manager.all()}
    gone = [row for code, row in held.items() if row.valid_to is None and code not in wanted]
    current = sum(row.valid_to is None for row in held.values())
    if len(gone) > current * _LARGEST_LOSS and not allow_large_loss:
        raise BadInput(
            _("新表比现有区划少 {missing} 项（现有 {current} 项），像是文件不全。请核对；确认无误再允许大幅变动。"),
            code="divisions_shrunk",
            missing=len(gone),
            current=current,
        )
    valid_from = on if held else None
    new = [
        model(**{"code": code, "valid_from": valid_from, **fields})
        for code, fields in wanted.items()
        if code not in held
    ]
    changed = []
    for code, fields in wanted.items():
        row = held.get(code)
        if row is not None and (row.valid_to is not None or _differs(row, fields)):
            row.valid_to = None
            for name, value in fields.items():
                setattr(row, name, value)
            changed.append(row)
    for row in gone:
        row.valid_to = on
    _write(model, new, [*changed, *gone], lambda: (*next(iter(wanted.values())), "valid_to"))
    return len(new), len(changed), len(gone)


def _load_plain(
    model: type[models.Model], key: tuple[str, ...], wanted: Sequence[Mapping[str, Any]]
) -> tuple[int, int, int]:
    held = {tuple(getattr(row, name) for name in key): row for row in model._base_manager.all()}
    new, changed, seen = [], [], set()
    for fields in wanted:
        natural = tuple(fields[name] for name in key)
        seen.add(natural)
        row = held.get(natural)
        if row is None:
            new.append(model(**fields))
        elif _differs(row, fields):
            for name, value in fields.items():
                setattr(row, name, value)
            changed.append(row)
    gone = [row.pk for natural, row in held.items() if natural not in seen]
    model._base_manager.filter(pk__in=gone).delete()
    _write(model, new, changed, lambda: [name for name in wanted[0] if name not in key])
    return len(new), len(changed), len(gone)


def _write(
    model: type[models.Model],
    new: Sequence[models.Model],
    changed: Sequence[models.Model],
    fields: Callable[[], Iterable[str]],
) -> None:
    model._base_manager.bulk_create(new, batch_size=_BATCH)
    if changed:
        model._base_manager.bulk_update(changed, list(fields()), batch_size=_BATCH // 10)


def _differs(row: models.Model, fields: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in fields.items())


def _codes(text: str) -> list[str]:
    return [code for code in text.split(";") if code]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
