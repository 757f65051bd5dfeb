"""Drawn labels, and photographs of them: what the real engine can tell apart."""

from __future__ import annotations

import random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont


def label(seed: int) -> np.ndarray:
    """A drawn label with much on it: words, bars, discs at places told by the seed."""
    rng = random.Random(seed)
    picture = Image.new("RGB", (900, 900), tuple(rng.randrange(150, 255) for _each in range(3)))
    draw = ImageDraw.Draw(picture)
    for _each in range(160):
        x, y = rng.randrange(40, 820), rng.randrange(40, 820)
        colour = tuple(rng.randrange(0, 200) for _part in range(3))
        if rng.random() < 0.5:
            word = "".join(rng.choice("ABCDEFGHKMNPRSTUVXYZ2345689") for _letter in range(rng.randrange(3, 8)))
            draw.text((x, y), word, fill=colour, font=ImageFont.load_default(size=rng.randrange(18, 52)))
        else:
            size = rng.randrange(8, 40)
            shape = rng.choice((draw.rectangle, draw.ellipse))
            shape((x, y, x + size, y + rng.randrange(8, 40)), outline=colour, width=3)
    return np.asarray(picture)[:, :, ::-1].copy()


def shot(picture: np.ndarray, *, lean: int = 0, dark: float = 1.0, turn: int = 0) -> bytes:
    """A photo of it: from the side, darker, on a table. JPEG."""
    corners = np.float32([[0, 0], [900, 0], [900, 900], [0, 900]])
    onto = np.float32([[75 + lean, 56], [581 - lean, 69 + lean], [562, 581], [62, 562 - lean]])
    table = np.full((640, 640, 3), 120, np.uint8)
    cv2.randn(table, (118, 110, 100), (9, 9, 9))
    warp = cv2.getPerspectiveTransform(corners, onto)
    laid = cv2.warpPerspective(picture, warp, (640, 640))
    mask = cv2.warpPerspective(np.full(picture.shape[:2], 255, np.uint8), warp, (640, 640))
    table[mask > 0] = laid[mask > 0]
    found = np.clip(np.rot90(table, turn).astype(np.float32) * dark, 0, 255).astype(np.uint8)
    return cv2.imencode(".jpg", found, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def plain() -> bytes:
    """A photo with nothing on it."""
    return cv2.imencode(".jpg", np.full((640, 640, 3), 190, np.uint8))[1].tobytes()
