"""Draws the story's pictures ahead of their use, in processes of their own."""

from __future__ import annotations

import io
import multiprocessing
import os
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from typing import Any, Self

from PIL import Image

from . import pictures
from .cast import BEIJING

Drawing = tuple[str, str, bool, int, str]


class Pictures:
    """The drawn photographs, made by worker processes as soon as it is known that they will be needed."""

    def __init__(self, processes: int = 0) -> None:
        self._processes = processes or min(4, os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None
        self._made: dict[tuple[Any, ...], Future[Any]] = {}
        self._lock = threading.Lock()

    def begin(self, kind: str, drawings: Iterable[tuple[Any, ...]]) -> None:
        """Start drawing. kind: "photo", "reference" or "defects"."""
        for drawing in drawings:
            self._draw(kind, drawing)

    def photo(self, drawing: Drawing, taken_at: datetime) -> bytes:
        """One photograph, with the time in its EXIF: two taken at different moments are different files."""
        drawn: bytes = self._draw("photo", drawing).result()
        return with_moment(drawn, taken_at)

    def reference(self, product_code: str, shot_code: str) -> bytes:
        """The brand's own picture of the genuine product."""
        drawn: bytes = self._draw("reference", (product_code, shot_code)).result()
        return drawn

    def sample(self, product_code: str, shot_code: str) -> bytes:
        """The small picture that shows an officer what to take."""
        with Image.open(io.BytesIO(self.reference(product_code, shot_code))) as picture:
            picture.draft("RGB", (480, 640))
            picture.thumbnail((480, 640))
            out = io.BytesIO()
            picture.save(out, "JPEG", quality=78, progressive=True)
        return out.getvalue()

    def defects(self, product_code: str, shot_code: str, seed: int) -> tuple[pictures.Defect, ...]:
        """How the fake differs on one photograph."""
        found: tuple[pictures.Defect, ...] = self._draw("defects", (product_code, shot_code, seed)).result()
        return found

    def _draw(self, kind: str, drawing: tuple[Any, ...]) -> Future[Any]:
        key = (kind, *drawing)
        with self._lock:
            if key not in self._made:
                # Spawned, not forked: a child must not share the parent's database connections.
                self._pool = self._pool or ProcessPoolExecutor(
                    self._processes, mp_context=multiprocessing.get_context("spawn")
                )
                self._made[key] = self._pool.submit(draw, kind, drawing)
            return self._made[key]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        """End the worker processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def draw(kind: str, drawing: tuple[Any, ...]) -> Any:
    """What a worker process does: one JPEG, or the defects of one photograph."""
    if kind == "photo":
        product, shot, genuine, seed, spoilt = drawing
        return pictures.photo(product, shot, genuine, seed, spoilt=spoilt)
    return {"reference": pictures.reference, "defects": pictures.defects}[kind](*drawing)


def with_moment(jpeg: bytes, taken_at: datetime) -> bytes:
    """The same picture with another moment in its EXIF; the pixels are not encoded again."""
    stamp = taken_at.astimezone(BEIJING).strftime("%Y:%m:%d %H:%M:%S").encode()
    with Image.open(io.BytesIO(jpeg)) as picture:
        exif = picture.getexif()
        written = {exif.get(0x0132), exif.get_ifd(0x8769).get(0x9003)} - {None}
    for old in written:
        jpeg = jpeg.replace(old.encode(), stamp)
    return jpeg
