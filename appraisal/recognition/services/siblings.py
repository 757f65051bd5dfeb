"""A print that the genuine goods of a sibling product carry too tells no fake: an entry that it matches is held down.

The engine holds down what a genuine reference of the same product matches as well; the shortlist of a product does not
see its siblings, so they are asked here, and only where something would be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from appraisal.catalogue.models import ReferenceImage
from appraisal.recognition.models import LibraryEntry
from appraisal.recognition.vision import bands, verify
from appraisal.recognition.vision.kinds import Image, Match, Scope
from appraisal.recognition.vision.recognise import NEAR

if TYPE_CHECKING:
    from appraisal.recognition.vision.features import Extractor, Features
    from appraisal.recognition.vision.index import Index

ASKED, COMPARED = 80, 5
HELD = "sibling_as_near"
Load = Callable[[UUID], "Features | None"]


def held(
    matches: Sequence[Match], image: Image, *, index: Index, extractor: Extractor, load: Load | None = None
) -> tuple[Match, ...]:
    """The matches, those shown ones held down that genuine goods of a sibling product resemble as much."""
    hits = [match for match in matches if bands.shown(match.band)]
    if not hits:
        return tuple(matches)
    entries = LibraryEntry.objects.filter(pk__in=[match.entry_id for match in hits])
    products = dict(entries.values_list("pk", "product_id"))
    upright = np.ascontiguousarray(np.rot90(image, -hits[0].turned)) if hits[0].turned else image
    scores = scores_of_references(extractor.extract(upright), index=index, load=load or index.features)
    return tuple(
        _held(match, scores, products.get(match.entry_id)) if match.entry_id in products else match for match in matches
    )


def _held(match: Match, scores: dict[UUID, float], product_id: UUID | None) -> Match:
    nearest = max((score for product, score in scores.items() if product != product_id), default=0.0)
    if nearest < NEAR * match.score or nearest <= 0:
        return match
    band = "family" if nearest >= match.score else "possible"
    return replace(match, band=bands.lowest(match.band, band), held_down=HELD)


def scores_of_references(query: Features, *, index: Index, load: Load) -> dict[UUID, float]:
    """The best score of genuine references, by their product."""
    asked = [each for each in index.search(query, Scope(), ASKED) if each.genuine][:COMPARED]
    products = dict(
        ReferenceImage.objects.filter(pk__in=[each.photo_id for each in asked]).values_list("pk", "product_id")
    )
    found: dict[UUID, float] = {}
    for candidate in asked:
        product, features = products.get(candidate.photo_id), load(candidate.photo_id)
        if product is None or features is None:
            continue
        match = verify.compare(query, None, features, None)
        found[product] = max(found.get(product, 0.0), match.score)
    return found
