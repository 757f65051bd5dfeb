"""A name written on glass, as `signature.js` would send it."""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image, ImageDraw

from kernel.canonical import canonical_json, sha256_hex
from webui import signatures


def fields(signs: str, *, hand: int = 0, name: str = "signature") -> dict[str, str]:
    """What the form sends. signs: the digest of what is signed. hand: another number makes another signature."""
    picture = Image.new("RGBA", (400, 160), (0, 0, 0, 0))
    points = [(20 + 30 * step, 80 + (37 * step + 11 * hand) % 60) for step in range(12)]
    ImageDraw.Draw(picture).line(points, fill=(18, 21, 28, 255), width=5)
    out = io.BytesIO()
    picture.save(out, "PNG")
    strokes = [[[x * 10, y * 10, step * 40 + hand, 500] for step, (x, y) in enumerate(points)]]
    record: dict[str, Any] = {
        "v": 1, "signs": signs, "began": "2026-11-22T08:00:00Z", "width": 4000, "height": 1600, "strokes": strokes,
    }  # fmt: skip
    text = canonical_json(record).decode()
    return {
        f"{name}_png": "data:image/png;base64," + base64.b64encode(out.getvalue()).decode(),
        f"{name}_strokes": text,
        f"{name}_sha256": sha256_hex(text.encode()),
    }


def signed(signs: str, *, hand: int = 0) -> signatures.Signed:
    """The same, read."""
    found = signatures.read(fields(signs, hand=hand), "signature")
    assert found is not None
    return found
