"""The viewer's name and the time, burnt into a picture all over, so that a photo of the screen says who took it."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from evidence.store import work_dir
from kernel import clock

_NPM = "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
_ANGLE = 24


def burn_in(picture: bytes, *, name: str, at: datetime, edge: int) -> bytes:
    """The picture at no more than `edge` pixels, name and minute (Beijing) across it. picture: a JPEG we made."""
    with Image.open(io.BytesIO(picture)) as opened:
        opened.thumbnail((edge, edge))
        image = opened.convert("RGB")
    words = f"{name}  {at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"
    face = _font(max(16, image.width // 40))
    left, top, right, bottom = face.getbbox(words)
    width, height = int(right - left), int(bottom - top)
    tile = Image.new("L", (width + 120, height * 5))
    ImageDraw.Draw(tile).text((20 - left, height - top), words, font=face, fill=255)
    side = int((image.width**2 + image.height**2) ** 0.5) + max(tile.size)
    cover = Image.new("L", (side, side))
    for row, y in enumerate(range(0, side, tile.height)):
        for x in range(-(row % 2) * tile.width // 2, side, tile.width):
            cover.paste(tile, (x, y))
    turned = cover.rotate(_ANGLE, Image.Resampling.BILINEAR)
    box = ((side - image.width) // 2, (side - image.height) // 2)
    mask = turned.crop((*box, box[0] + image.width, box[1] + image.height))
    # Dark and light together: readable on any ground, and neither can be taken off by a change of contrast.
    image.paste((20, 20, 20), (0, 0), mask.point(lambda value: value * 70 // 255))
    image.paste((255, 255, 255), (2, 2), mask.point(lambda value: value * 70 // 255))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The packaged Chinese font, else the system's; Pillow's own, which knows Latin only, as the last resort."""
    for path in (settings.BASE_DIR / _NPM, *_system_fonts()):
        if Path(path).is_file():
            return ImageFont.truetype(str(path), size)
    return ImageFont.load_default(size)


def _system_fonts() -> Iterator[Path]:
    found = shutil.which("fc-match")
    if found:
        said = subprocess.run(
            [found, "-f", "%{file}", "sans-serif:lang=zh-cn"], capture_output=True, text=True, check=False, timeout=20
        )
        yield Path(said.stdout)


@contextmanager
def scratch_file(data: bytes) -> Iterator[Path]:
    """The bytes as a file of this machine, inside the block only."""
    with tempfile.NamedTemporaryFile(prefix="czj-", dir=work_dir()) as file:
        file.write(data)
        file.flush()
        yield Path(file.name)
