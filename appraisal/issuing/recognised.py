"""What recognition knows of equal goods: unique codes that were seen on both, and runs that a person confirmed.

Likeness of pictures is not asked: goods that only look alike need an opinion of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext as _

from appraisal.desk.models import DeskTask
from appraisal.issuing.sources import Match


def matches(task: DeskTask) -> Iterator[Match]:
    """Items of earlier tasks of the organisation that are the same as items of this one."""
    try:
        find, sighting, shared, link = (
            apps.get_model("recognition", name) for name in ("Find", "CodeSighting", "SharedCode", "RunLink")
        )
    except LookupError:
        return
    here = dict(find._default_manager.filter(desk_item__task=task).values_list("pk", "desk_item_id"))
    if here:
        yield from _codes(task, here, sighting, shared)
        yield from _runs(here, link)


def _codes(task: DeskTask, here: dict[Any, Any], sighting: Any, shared: Any) -> Iterator[Match]:
    """An equal unique code, unless the brand said that it stands on all goods alike."""
    common = shared._default_manager.filter(organisation=task.organisation_id).values("key")
    mine = sighting._default_manager.filter(find__in=here, field="unique").exclude(key__in=common)
    items: dict[str, list[Any]] = {}
    for key, find_id in mine.values_list("key", "find_id"):
        items.setdefault(key, []).append(here[find_id])
    earlier = sighting._default_manager.filter(
        organisation=task.organisation_id, field="unique", key__in=items, find__desk_item__isnull=False
    ).exclude(find__in=here)
    for key, other in earlier.values_list("key", "find__desk_item_id"):
        for item in items[key]:
            yield Match(item, other, "same_code", _("唯一码尾号 {tail}").format(tail=key[-4:]))


def _runs(here: dict[Any, Any], link: Any) -> Iterator[Match]:
    """A run that somebody accepted and nothing has put in doubt since."""
    rows = link._default_manager.filter(Q(first__in=here) | Q(second__in=here), state="accepted", flagged="")
    for first, second, first_item, second_item in rows.values_list(
        "first_id", "second_id", "first__desk_item_id", "second__desk_item_id"
    ):
        for mine, other in ((first, second_item), (second, first_item)):
            if mine in here and other is not None:
                yield Match(here[mine], other, "same_run")
