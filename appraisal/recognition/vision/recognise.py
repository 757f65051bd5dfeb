"""One photo against the library: the one call of the worker."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from appraisal.recognition.vision.features import Extractor, Features
from appraisal.recognition.vision.index import Index
from appraisal.recognition.vision.kinds import Image, Polygon, Result, Scope

SHOWN = 5
"""Candidates handed back at most."""


def recognise(
    image: Image,
    *,
    outline: Polygon | None = None,
    scope: Scope | None = None,
    index: Index,
    extractor: Extractor,
    load: Callable[[UUID], Features | None] | None = None,
    task: str = "item",
    widen: bool = True,
) -> Result:
    """Gate, features, shortlist, check, right-angle retry, bands, brakes.

    load: features of a library photo by its id; the index itself by default. widen: if the scope gives nothing shown, look
    in the product group, then everywhere; `Result.scope` says where the answer comes from.
    """
    raise NotImplementedError
