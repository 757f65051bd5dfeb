"""A print that the genuine goods of a sibling product carry too tells no fake: an entry that it matches is held down.

The engine holds down what a genuine reference of the same product matches as well; the shortlist of a product does not
see its siblings, so they are asked here, and only where something would be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from appraisal.catalogue.models import ReferenceImage
from appraisal.recognition.models import LibraryEntry
from appraisal.recognition.services import defects
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
    fetch = load or index.features
    near = references_near(extractor.extract(upright), index=index, load=fetch)
    return tuple(
        _held(match, [each for each in near if each.product_id != products[match.entry_id]], fetch)
        if match.entry_id in products
        else match
        for match in matches
    )


def _held(match: Match, others: Sequence[Near], load: Load) -> Match:
    as_near = [each for each in others if each.score >= NEAR * match.score > 0]
    if not as_near or all(defects.speak(match, each.features, load=load) for each in as_near):
        return match
    band = "family" if max(each.score for each in as_near) >= match.score else "possible"
    return replace(match, band=bands.lowest(match.band, band), held_down=HELD)


@dataclass(frozen=True)
class Near:
    """A genuine reference that a picture resembles, and how much."""

    product_id: UUID
    score: float
    features: Features


def references_near(query: Features, *, index: Index, load: Load) -> list[Near]:
    """The genuine references of all products that share most with a picture, and their scores."""
    asked = [each for each in index.search(query, Scope(), ASKED) if each.genuine][:COMPARED]
    products = dict(
        ReferenceImage.objects.filter(pk__in=[each.photo_id for each in asked]).values_list("pk", "product_id")
    )
    found = []
    for candidate in asked:
        product, features = products.get(candidate.photo_id), load(candidate.photo_id)
        if product is not None and features is not None:
            found.append(Near(product, verify.compare(query, None, features, None).score, features))
    return found
