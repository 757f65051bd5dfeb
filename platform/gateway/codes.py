"""All codes that a refusal may have by itself, as a table for docs/api.md.

A single place may give its own code with its own sentence besides; those say in `detail` what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.apps import apps
from django.utils import translation

from kernel.errors import Problem

_HAS_ERRORS = re.compile(
    r"^class \w+\((?:Problem|NotFound404|BadInput|NotAllowed|Conflict|TooLarge|Unavailable)\b", re.M
)


def table() -> str:
    """Markdown: code, status, what it says in English; sorted by code."""
    _import_all()
    rows = sorted(
        {(each.code, each.status, each) for each in _below(Problem)},
        key=lambda row: (row[0], row[1], row[2].__module__ != "kernel.errors", row[2].__qualname__),
    )
    lines, seen = ["| code | status | says |", "|---|---|---|"], set()
    with translation.override("en"):
        for code, status, each in rows:
            if (code, status) not in seen:
                seen.add((code, status))
                lines.append(f"| `{code}` | {status} | {str(each.sentence).replace('|', '/')} |")
    return "\n".join(lines)


def _import_all() -> None:
    """Classes are known once their modules are imported."""
    for app in apps.get_app_configs():
        if "site-packages" in app.path:
            continue
        for file in sorted(Path(app.path).rglob("*.py")):
            if _HAS_ERRORS.search(file.read_text(encoding="utf-8")):
                inside = file.relative_to(app.path).with_suffix("").parts
                import_module(".".join([app.name, *inside]))


def _below(kind: type[Problem]) -> Iterator[type[Problem]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
