"""Covers parts of one picture. Run as a program of its own, by `evidence.redactions`, never imported.

    python -I redact_child.py SOURCE TARGET [[left, top, width, height], …]

SOURCE: a view, a JPEG of our own making. Boxes in ten-thousandths of the picture's sides. What is covered is gone from
TARGET: the pixels are painted over, and the picture is encoded anew with nothing taken along.
"""

import json
import resource
import sys

MEMORY_BYTES = 600 << 20
CPU_S = 8
WHOLE = 10_000
MAX_PIXELS = 50_000_000


def main() -> None:
    """One picture, one word."""
    source, target, boxes = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from PIL import Image, ImageDraw

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(source, formats=["JPEG"]) as image:
        if image.width * image.height > MAX_PIXELS:
            sys.exit("too_many_pixels")
        picture = image.convert("RGB")
    clean = Image.frombytes("RGB", picture.size, picture.tobytes())
    pen = ImageDraw.Draw(clean)
    for left, top, width, height in json.loads(boxes):
        # Outwards to whole pixels: a sliver left open would tell.
        x0, y0 = left * clean.width // WHOLE, top * clean.height // WHOLE
        x1 = -(-(left + width) * clean.width // WHOLE)
        y1 = -(-(top + height) * clean.height // WHOLE)
        pen.rectangle((x0, y0, min(x1, clean.width), min(y1, clean.height)), fill=(0, 0, 0))
    clean.save(target, "JPEG", quality=92, subsampling="4:4:4")
    sys.stdout.write("done")


if __name__ == "__main__":
    main()
