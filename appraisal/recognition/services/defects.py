"""A drawn defect that the photo shows and the genuine goods do not tells a fake where the print alone cannot.

A brake for "as near to genuine goods" is taken off then, to "likely" and no further: a person looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING
from uuid import UUID

from appraisal.recognition import engine
from appraisal.recognition.models import EntryPhoto
from appraisal.recognition.vision import bands, verify
from appraisal.recognition.vision.kinds import Match
from appraisal.recognition.vision.recognise import NEAR

if TYPE_CHECKING:
    from appraisal.recognition.vision.features import Features

LEAST = 0.6
"""Agreement inside each drawn defect from which the photo shows it."""
CLEARER = 0.12
"""By how much more than the genuine goods, on average."""
GENUINE = "genuine_as_near"
Load = Callable[[UUID], "Features | None"]


def speak(match: Match, reference: Features, *, load: Load) -> bool:
    """Whether the defects drawn on the entry's photo are there, and not on the genuine goods."""
    kept = EntryPhoto.objects.filter(pk=match.photo_id).first() if match.photo_id else None
    known = load(kept.pk) if kept is not None and kept.defects else None
    if kept is None or known is None or known.kind != reference.kind:
        return False
    other = verify.compare(reference, None, known, None)
    mine, theirs = (_inside(each, kept.defects) for each in (match, other))
    if any(here is None or here < LEAST for here in mine):
        return False
    return fmean((here or 0.0) - max(0.0, there or 0.0) for here, there in zip(mine, theirs, strict=True)) >= CLEARER


def _inside(match: Match, drawn: Sequence[dict[str, float]]) -> list[float | None]:
    tiles = {"tiles": engine.tiles_of(match)}
    return [engine.agreement_in(tiles, box) for box in drawn]


def let_go(matches: Sequence[Match], genuine: Sequence[Match], *, group: str, load: Load) -> tuple[Match, ...]:
    """The matches, without the brake of genuine goods where the drawn defects tell them apart."""
    return tuple(_let_go(match, genuine, group, load) if match.held_down == GENUINE else match for match in matches)


def _let_go(match: Match, genuine: Sequence[Match], group: str, load: Load) -> Match:
    near = [each for each in genuine if each.photo_id and each.score >= NEAR * match.score]
    features = [load(each.photo_id) for each in near if each.photo_id]
    shown = bands.shown(bands.band(match.score, group).name)
    if not shown or not features or not all(each is not None and speak(match, each, load=load) for each in features):
        return match
    return replace(match, band="likely", held_down="")
