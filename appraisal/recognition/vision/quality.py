"""Whether a picture is good enough for what it is meant to show."""

from __future__ import annotations

from appraisal.recognition.vision.kinds import Image, Quality

TASKS = ("item", "barcode", "code")


def judge(image: Image, task: str = "item") -> Quality:
    """task: item (recognition), barcode (must decode), code (must give letters)."""
    raise NotImplementedError
