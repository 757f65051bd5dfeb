"""A fortnight of looks in 广西, so that its audit administrator finds something: busy days, a night.

Found by name, see `runtime.seed`.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings

from accounts.models import User
from audit.models import ReadLine
from kernel import clock
from kernel.ids import uuid7

WORDS = ("查阅记录", "looks")
AFTER = "tenants.linkage"
PROVINCE, DAYS = "gx", 14
_READERS = ("chen", "ning", "wei", "meng", "tan", "nong")
_KINDS = {
    "requests.appraisalrequest": "requests/<uuid:request_id>/",
    "clues.clue": "clues/<uuid:clue_id>/",
    "cases.case": "cases/<uuid:case_id>/",
    "inspections.inspection": "inspections/<uuid:inspection_id>/",
}


def fill(stage: Any) -> None:
    """Write them once."""
    with stage.enter(PROVINCE):
        people = {user.username: user for user in User.objects.filter(username__in=_READERS)}
        records = _records()
        if not people or not records or ReadLine.objects.exists():
            return
        chance, lines = random.Random(7), []
        for day in range(DAYS, 0, -1):
            for user in people.values():
                for _ in range(chance.randint(2, 7)):
                    at = _at(stage.now - timedelta(days=day), chance.randint(8, 18), chance.randint(0, 59))
                    lines.append(_line(user, *chance.choice(records), at))
        if late := people.get("tan"):
            for minute in range(9):
                at = _at(stage.now - timedelta(days=2), 23, 10 + 4 * minute)
                lines.append(_line(late, *records[minute % len(records)], at))
        lines.sort(key=lambda line: line.at)
        for line in lines:
            line.id = uuid7()
        ReadLine.objects.bulk_create(lines, batch_size=500)


def _records() -> list[tuple[str, UUID]]:
    """Some matters of each kind that the story has told."""
    found: list[tuple[str, UUID]] = []
    for label in _KINDS:
        model = apps.get_model(label)
        if model._meta.app_config.name in settings.TENANT_APPS:
            found += [(label, key) for key in model._default_manager.values_list("pk", flat=True)[:40]]
    return found


def _at(day: Any, hour: int, minute: int) -> Any:
    return day.astimezone(clock.SHANGHAI).replace(hour=hour, minute=minute)


def _line(user: User, label: str, key: UUID, at: Any) -> ReadLine:
    return ReadLine(
        seat=PROVINCE,
        record_label=label,
        record_id=key,
        at=at,
        route=_KINDS[label],
        by_id=user.pk,
        by_name=user.display_name,
        unit_id=user.unit_id,
    )
