"""Bench `intake`: what it costs to take a photo in, against Pillow alone."""

from __future__ import annotations

import hashlib
import io
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from uuid import uuid4

from runtime.bench import Result, Stage, bench

ROUNDS = 6
BARE = """
import io, resource, sys
from PIL import Image
data = open(sys.argv[1], "rb").read()
def once():
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        view = image.resize((2560, 1920), Image.Resampling.LANCZOS, reducing_gap=2.0)
    view.save(io.BytesIO(), "JPEG", quality=88, subsampling="4:2:0")
    view.thumbnail((480, 480), Image.Resampling.LANCZOS, reducing_gap=2.0)
    view.save(io.BytesIO(), "JPEG", quality=80)
once()
before = resource.getrusage(resource.RUSAGE_SELF)
for _ in range(int(sys.argv[2])):
    once()
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""


@bench("intake")
def intake(stage: Stage) -> Result:
    """CPU of taking in 12-megapixel photos (digests, store, look-in, view, thumbnail, rows), this process and all its
    children, against decode, resize and re-encode to the same sizes in a plain loop. ratio: at most 1.6.

    bomb_ratio: time to refuse a pixel bomb against an honest photo, at most 0.1. peak_mb: the most memory that the
    process of one photo held, for 12 and for 108 megapixels, at most 400.
    """
    from accounts.models import User
    from evidence import services
    from evidence.intake import look_into, opener, stop_opener
    from provinces import context

    stage.prepare()
    code = stage.open_provinces(1)[0]
    with tempfile.TemporaryDirectory() as folder, context.province(code):
        photo = _photo(folder, 4000, 3000)
        by = User.objects.create_user("bench", name="bench")
        opener()

        def take(data: bytes) -> None:
            sha256 = hashlib.sha256(data).hexdigest()
            exhibit = services.receive(
                io.BytesIO(data), declared_sha256=sha256, captured_at=None, source="camera", by=by
            )
            services.make_views(exhibit.pk)

        take(photo + uuid4().bytes)  # connections and decoders are there before the clock runs
        stop_opener()
        bare, began = 0.0, _cpu()
        opener()
        started = _cpu_of_children_and_self_after(stop_opener) - began  # one start of the waiting program
        began = _cpu()
        for _ in range(ROUNDS):
            take(photo + uuid4().bytes)
        whole = _cpu_of_children_and_self_after(stop_opener) - began - started
        path = Path(folder) / "photo.jpg"
        path.write_bytes(photo)
        ran = subprocess.run(
            [sys.executable, "-I", "-c", BARE, str(path), str(ROUNDS)], capture_output=True, text=True, check=True
        )
        bare = float(ran.stdout)
        large, bomb = Path(folder) / "large.jpg", Path(folder) / "bomb.png"
        large.write_bytes(_photo(folder, 12_000, 9_000))
        bomb.write_bytes(_bomb())
        with look_into(path, "image/jpeg") as found, look_into(large, "image/jpeg") as found_large:
            peaks = [found.peak_bytes / 1e6, found_large.peak_bytes / 1e6]
            if found.refused or found_large.refused:
                raise RuntimeError("an honest photo was refused")
        honest_s, bomb_s = _seconds(path, "image/jpeg", ""), _seconds(bomb, "image/png", "too_many_pixels")
    return Result(
        n=ROUNDS,
        ratio=whole / bare,
        reference="Pillow alone: decode, resize, encode view and thumbnail",
        figures={
            "cpu_ms_a_photo": whole / ROUNDS * 1000,
            "bare_ms_a_photo": bare / ROUNDS * 1000,
            "peak_mb_12_megapixels": peaks[0],
            "peak_mb_108_megapixels": peaks[1],
            "honest_ms": honest_s * 1000,
            "bomb_ms": bomb_s * 1000,
            "bomb_ratio": bomb_s / honest_s,
        },
    )


def _cpu() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _cpu_of_children_and_self_after(stop: object) -> float:
    assert callable(stop)
    stop()
    return _cpu()


def _seconds(path: Path, media_type: str, refused: str) -> float:
    """Median seconds of looking in."""
    from evidence.intake import look_into

    taken = []
    for _ in range(5):
        began = time.perf_counter()
        with look_into(path, media_type) as found:
            taken.append(time.perf_counter() - began)
        if found.refused != refused:
            raise RuntimeError(f"{path.name}: {found.refused!r}")
    return sorted(taken)[2]


def _photo(folder: str, width: int, height: int) -> bytes:
    """A photo with grain, made in a process of its own: this one decodes nothing."""
    path = Path(folder) / "made.jpg"
    program = (
        "import os, sys; from PIL import Image;"
        " small = Image.frombytes('RGB', (400, 300), os.urandom(360_000));"
        " size = (int(sys.argv[2]), int(sys.argv[3]));"
        " whole = small.resize(size, Image.Resampling.BICUBIC);"
        " grain = Image.effect_noise(size, 12).convert('RGB') if size[0] < 5000 else whole;"
        " Image.blend(whole, grain, 0.2).save(sys.argv[1], quality=90)"
    )
    subprocess.run([sys.executable, "-I", "-c", program, str(path), str(width), str(height)], check=True)
    return path.read_bytes()


def _bomb() -> bytes:
    """A PNG of 3,600 megapixels in half a kilobyte."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 9000)) + chunk(b"IEND", b"")
