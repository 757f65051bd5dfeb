"""Benches of recognition: how well on a set of photos, how fast in a large library."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from appraisal.recognition.vision import evaluate, features, speed
from runtime.bench import Option, Result, Score, Stage, bench

IMAGES = Option("--images", "CSV of photos: file, item, family, role; pictures in images/ beside it", required=True)
PAIRS = Option("--pairs", "CSV of pairs: query, reference, relation")
FILE = Option("--file", "CSV: file, symbology, text; pictures in barcodes/ beside it", required=True)


@bench("recognition", options=(IMAGES, PAIRS), servers=False)
def recognition(stage: Stage) -> Score:
    """Recall, false alarms and precision of each band on any set of photos, with PDQ on the same photos beside it."""
    pairs = stage.options.get("pairs")
    with tempfile.TemporaryDirectory(prefix="czj-recognition-") as folder:
        report = evaluate.evaluate(
            Path(stage.options["images"]).resolve(),
            Path(pairs).resolve() if pairs else None,
            Path(folder),
            features.extractor(Path(settings.VAR_DIR) / "recognition" / "model"),
            say=_say,
        )
    return Score(report.figures)


@bench("barcodes", options=(FILE,), servers=False)
def barcodes(stage: Stage) -> Score:
    """The share of photos whose barcode was read, and the wrong payloads."""
    return Score(evaluate.barcode_figures(Path(stage.options["file"]).resolve()))


@bench("recognition_speed", servers=False)
def recognition_speed(stage: Stage) -> Result:
    """Photo to candidates in a library of a thousand and of thirty thousand photos; exact scan of a million codes."""
    with tempfile.TemporaryDirectory(prefix="czj-speed-") as folder:
        told: dict[str, Any] = speed.measure(
            Path(folder), features.extractor(Path(settings.VAR_DIR) / "recognition/model")
        )
    return Result(
        n=int(told.pop("n")),
        ratio=float(told.pop("ratio")),
        reference="the same queries in a library of 1 thousand photos, in turn",
        figures=told,
    )


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
