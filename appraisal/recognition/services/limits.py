"""Least scores of a product group, reckoned from what people said of hints. A person of the brand accepts them.

They only ever tighten: no limit goes under the engine's own bands. Figures behind a proposal stand on its row.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appraisal.catalogue.models import Category
from appraisal.desk.selectors import Desk
from appraisal.recognition import selectors
from appraisal.recognition.models import BandLimits, Hint
from appraisal.recognition.services.steps import MACHINE, announce, require_appraiser
from appraisal.recognition.vision import bands
from audit.move import move
from kernel import clock
from kernel.errors import BadInput, Conflict

FILE = Path(__file__).parents[1] / "data" / "calibration.json"
HELD = "group_limits"
SHOWN = ("strong", "likely")
CLEARLY = 1.0
"""Points of score by which limits must differ to be proposed."""
State = BandLimits.State
Sample = tuple[float, bool]
"""Score of a hint, and whether people took it."""


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """How many may be wrong, and how many decided hints it takes: a dated table."""
    return dict(json.loads(FILE.read_text()))


def floors(group: str) -> tuple[float, float]:
    """The engine's own least scores of "strong" and "likely"."""
    least = {band.name: band.threshold for band in bands.bands(group)}
    return least["strong"], least["likely"]


def scale(group: str) -> str:
    """Names the bands of the engine: limits that were reckoned under other ones are void."""
    told = json.dumps([(band.name, band.threshold, band.as_of) for band in bands.bands(group)])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


# Applied --------------------------------------------------------------------------------------------------------------


def in_force(organisation_id: UUID, category: Category) -> BandLimits | None:
    """The limits of a product group that a person accepted, if the engine's bands are still those of then."""
    row = BandLimits.objects.filter(organisation_id=organisation_id, category=category, state=State.IN_FORCE).first()
    return row if row is not None and row.scale == scale(category.code) else None


def band_under(organisation_id: UUID, category: Category, band: str, score: float) -> str:
    """The band of a match after the limits of its product group: never a better one."""
    row = in_force(organisation_id, category) if band in SHOWN else None
    if row is None:
        return band
    least = "strong" if score >= row.strong else "likely" if score >= row.likely else "possible"
    return bands.lowest(band, least)


# Reckoned -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reckoned:
    """What decided hints of a group suggest. spared, lost: refused and accepted ones that would not have been shown."""

    strong: float
    likely: float
    decided: int
    refused: int
    spared: int
    lost: int


def reckon(samples: Sequence[Sample], floor: tuple[float, float]) -> Reckoned | None:
    """The lowest limits, from the floor up, over which no more are wrong than the table allows. None: too few."""
    rules = table()
    if len(samples) < rules["fewest_decided"]:
        return None
    likely = _least(samples, floor[1], rules["likely_wrong_per_cent"])
    strong = max(likely, _least(samples, floor[0], rules["strong_wrong_per_cent"]))
    under = [taken for score, taken in samples if floor[1] <= score < likely]
    refused = sum(not taken for _score, taken in samples)
    return Reckoned(strong, likely, len(samples), refused, under.count(False), under.count(True))


def _least(samples: Sequence[Sample], floor: float, wrong_per_cent: float) -> float:
    over = [(score, taken) for score, taken in samples if score >= floor]
    for limit in [floor, *sorted(score for score, _taken in over)]:
        kept = [taken for score, taken in over if score >= limit]
        wrong = kept.count(False)
        enough = len(kept) >= table()["fewest_kept"]
        if not wrong or (enough and 100 * wrong <= wrong_per_cent * len(kept)):
            return limit
    return max(score for score, _taken in over) + CLEARLY


def alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two pairs of limits are not worth a person's time."""
    return all(abs(a - b) < CLEARLY for a, b in zip(one, other, strict=True))


def samples_of(organisation_id: UUID, category: Category) -> list[Sample]:
    """Hints of the last year that people decided, without those that fell."""
    since = clock.now() - timedelta(days=table()["days"])
    rows = Hint.objects.filter(
        organisation_id=organisation_id, category=category, at__gte=since, flagged="", score__gt=0
    ).prefetch_related("decisions")
    spoken = [(hint.score, selectors.last_word(hint)) for hint in rows]
    return [(score, word == "accepted") for score, word in spoken if word in ("accepted", "rejected")]


@transaction.atomic
def propose(organisation_id: UUID) -> list[BandLimits]:
    """Proposals for every product group whose figures suggest other limits than are in force. Safe to run twice."""
    groups = Hint.objects.filter(organisation_id=organisation_id).order_by().values("category_id").distinct()
    made = []
    for category in Category.objects.filter(pk__in=groups).order_by("name"):
        row = _propose(organisation_id, category)
        if row is not None:
            made.append(row)
    return made


def _propose(organisation_id: UUID, category: Category) -> BandLimits | None:
    floor, now_in_force = floors(category.code), in_force(organisation_id, category)
    found = reckon(samples_of(organisation_id, category), floor)
    if found is None:
        return None
    mine = BandLimits.objects.filter(organisation_id=organisation_id, category=category).select_for_update()
    current = (now_in_force.strong, now_in_force.likely) if now_in_force else floor
    wanted = (found.strong, found.likely)
    there = mine.filter(state=State.PROPOSED).first()
    refused = mine.filter(state=State.REFUSED, scale=scale(category.code)).order_by("-decided_at").first()
    if alike(wanted, current) or (refused is not None and alike((refused.strong, refused.likely), wanted)):
        if there is not None:
            move(there, "replace", by=MACHINE, ended_at=clock.now())
        return None
    if there is not None:
        if alike((there.strong, there.likely), wanted) and there.scale == scale(category.code):
            return there
        move(there, "replace", by=MACHINE, ended_at=clock.now())
    return BandLimits.objects.create(
        organisation_id=organisation_id,
        category=category,
        strong=found.strong,
        likely=found.likely,
        floor_strong=floor[0],
        floor_likely=floor[1],
        scale=scale(category.code),
        decided=found.decided,
        refused=found.refused,
        spared=found.spared,
        lost=found.lost,
        proposed_at=clock.now(),
    )


def propose_now(*, desk: Desk) -> list[BandLimits]:
    """The same, because an appraiser asks."""
    require_appraiser(desk)
    return propose(desk.organisation.pk)


class LimitsOutdated(Conflict):
    """The engine's bands changed since the proposal was reckoned."""

    code = "limits_outdated"
    sentence = _("识别引擎的分档已更新，这条建议不再适用。请重新计算。")


@transaction.atomic
def decide(*, desk: Desk, limits_id: UUID, step: str) -> BandLimits:
    """An appraiser takes a proposal (accept) or not (refuse), or goes back to the engine's own limits (end)."""
    require_appraiser(desk)
    row = selectors.access_limits(desk, limits_id, lock=True)
    if step not in ("accept", "refuse", "end"):
        raise BadInput(_("请选择采用、不采用或恢复通用门槛。"), code="step_unknown", step=step)
    if row.state == BandLimits.MOVES[step][1]:
        return row
    now = clock.now()
    fields: dict[str, Any] = {"decided_by": desk.person, "decided_at": now}
    if step == "accept":
        if row.scale != scale(row.category.code):
            raise LimitsOutdated()
        before = BandLimits.objects.select_for_update().filter(
            organisation_id=row.organisation_id, category_id=row.category_id, state=State.IN_FORCE
        )
        for each in before:
            move(each, "replace", by=desk.person, ended_at=now)
    elif step == "end":
        fields = {"ended_at": now}
    move(row, step, by=desk.person, **fields)
    announce(row.organisation_id, kind="limits", pk=row.pk)
    return row
