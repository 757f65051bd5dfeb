"""Whether two pictures show the same print: one homography, and pixels that agree under it."""

from __future__ import annotations

from appraisal.recognition.vision.features import Features
from appraisal.recognition.vision.kinds import Image, Match


def compare(
    query: Features,
    query_image: Image | None,
    library: Features,
    library_image: Image | None,
    *,
    group: str = "",
) -> Match:
    """Compare a query with a photo of the library. Pictures left out: the thumbnails kept in the features stand in.

    `photo_id` and `entry_id` of the match are None: the caller fills them in (dataclasses.replace).
    """
    raise NotImplementedError
