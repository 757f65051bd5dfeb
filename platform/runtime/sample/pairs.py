"""Draw the door's pairs of genuine and fake, when the art has changed: `python -m runtime.sample.pairs FOLDER JSON`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from PIL import Image

from . import pictures
from .catalogue import PRODUCTS, quick_set
from .story import BOTH_FORMS

SIZE = (600, 800)


def main(folder: Path, facts: Path) -> None:
    """Write two small WebP files for each product photographed in both forms, and what differs."""
    found = {}
    for code in BOTH_FORMS:
        shot = max(quick_set(code), key=lambda each: len(pictures.defects(code, each)))
        names = {}
        for kind, make in (("genuine", pictures.reference), ("fake", pictures.known_fake)):
            with Image.open(io.BytesIO(make(code, shot))) as picture:
                picture.thumbnail(SIZE)
                picture.save(folder / f"{code}-{kind}.webp", "WEBP", quality=72)
            names[kind] = f"door/{code}-{kind}.webp"
        found[code] = {
            "product": PRODUCTS[code].name_zh,
            **names,
            "boxes": [
                {
                    "number": number,
                    **{side: round(part * 100, 2) for side, part in zip("xywh", defect.box, strict=True)},
                    "words": defect.words_zh,
                    "words_en": defect.words_en,
                }
                for number, defect in enumerate(pictures.defects(code, shot), start=1)
            ],
        }
    facts.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
