"""Papers of the story: a page with its title and a few lines, marked all over as without legal effect."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from .fonts import font

SIZE = (1000, 1414)
MARK = "演示样张 无法律效力"


@lru_cache(maxsize=1)
def _sheet() -> Image.Image:
    """An empty page with the mark across it."""
    page = Image.new("RGB", SIZE, "#fdfcf8")
    stamp = Image.new("L", (900, 120))
    ImageDraw.Draw(stamp).text((450, 60), MARK, font=font(700, False, 72), fill=46, anchor="mm")
    stamp = stamp.rotate(24, expand=True)
    for y in (60, 520, 980):
        page.paste((171, 31, 26), (60, y), stamp)
    return page


def paper(title: str, lines: Sequence[str]) -> bytes:
    """One page as a JPEG. Raises FontMissing without a Chinese font."""
    page = _sheet().copy()
    pen = ImageDraw.Draw(page)
    pen.text((500, 190), title, font=font(700, False, 60), fill="#1a1c20", anchor="mm")
    for place, line in enumerate(lines):
        pen.text((120, 360 + place * 70), line, font=font(400, False, 32), fill="#1a1c20", anchor="lm")
    pen.text((500, 1330), MARK, font=font(500, False, 28), fill="#ab1f1a", anchor="mm")
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()
