"""How an app says what becomes of its records in time: constants in a module `keeping.py` of the app.

    KINDS = [
        Kind(code="clues", title=_("线索"), model="clues.Clue", date_of="ended_at", parts=("clues.Dispatch",)),
    ]
    KEPT = {"audit.Trail": _("证明谁做过什么。")}
    LINKS = [Link("cases.CaseEvidence", "record_id")]

`retention.kinds` reads the sum of all. Each model belongs to a kind, as its root or a part of it, or is kept for ever
with the reason; a test holds it, so a new model fails until somebody has decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of record that goes when its period is over.

    code: stable. model: label of the record itself. date_of: its field the period is counted from; rows where it is
    empty stay. only: lookups that a row must meet besides. default_days: None keeps it until a province says otherwise.
    least_days: no province may choose less. parts: labels of what hangs on a record and goes with it; whatever else
    refers to it keeps it. carries: labels of records it refers to that go with it when nothing else uses them.
    matter: its kind in `evidence.matters`, where officers may put a hold on it. is_case: it holds contents of cases, so
    that a hold spreads over it. own_task: the task that deletes it by a fixed period; it is told here and not run.
    caches: keys of cache entries of a row. note: what a person should know.
    """

    code: str
    title: Words
    model: str
    date_of: str
    only: Mapping[str, Any] = field(default_factory=dict)
    default_days: int | None = None
    least_days: int = 0
    parts: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    matter: str = ""
    is_case: bool = False
    own_task: str = ""
    caches: Callable[[Any], list[str]] | None = None
    note: Words = ""


@dataclass(frozen=True)
class Link:
    """A column that names a record of whatever kind by its id, without a foreign key.

    keeps: a row that refers to a record from outside keeps it; otherwise it is left standing with an id of nothing.
    """

    model: str
    column: str
    keeps: bool = True


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Something a person can put under a hold.

    kind: stable. model: label. find(person, id): (title without contents, url of its page) when this person may see it.
    far: whether the hold also reaches what is linked with what is linked; not for a person, who is in everything.
    """

    kind: str
    title: Words
    model: str
    find: Callable[[Any, Any], tuple[str, str] | None]
    far: bool = True
