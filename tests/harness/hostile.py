"""Files that are no honest photo, made here and never kept: bombs, half files, files under a wrong name, two in one."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache

from PIL import Image, ImageCms, PngImagePlugin

FORMS = ("JPEG", "PROGRESSIVE", "PNG", "WEBP", "HEIF")
NO_PHOTO = {
    "gif": b"GIF89a" + b"\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 80,
    "bmp": b"BM" + b"\x00" * 200,
    "tiff": b"II*\x00\x08\x00\x00\x00" + b"\x00" * 200,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "svg with entity": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><svg>&b;</svg>",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/bin/id) (r) file pop\nshowpage\n",
    "eps in a box": b"\xc5\xd0\xd3\xc6" + struct.pack("<II", 30, 200) + b"\x00" * 240,
    "pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n",
    "html": b"<!doctype html><script>alert(document.cookie)</script>",
    "script": b"#!/bin/sh\nrm -rf /\n",
    "elf": b"\x7fELF\x02\x01\x01" + b"\x00" * 200,
    "exe": b"MZ\x90\x00" + b"\x00" * 200,
    "mp4": b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 80,
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  " + b"\x00" * 80,
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + b"\x00" * 80,
    "heif that is avif inside": b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf" + b"\x00" * 80,
    "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x00" * 80,
    "psd": b"8BPS\x00\x01" + b"\x00" * 200,
    "ico": b"\x00\x00\x01\x00\x01\x00" + b"\x00" * 80,
    "dicom": b"\x00" * 128 + b"DICM" + b"\x00" * 80,
    "wmf": b"\xd7\xcd\xc6\x9a" + b"\x00" * 80,
    "rar": b"Rar!\x1a\x07\x00" + b"\x00" * 80,
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 80,
    "one byte": b"\xff",
    "three bytes": b"\xff\xd8\xff",
    "zeros": b"\x00" * 5000,
    "riff that is sound": b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 60,
}


@cache
def picture(form: str, *, width: int = 640, height: int = 480, seed: int = 1) -> bytes:
    """An honest picture with detail."""
    grain = hashlib.shake_256(str(seed).encode()).digest(64 * 48 * 3)
    image = Image.frombytes("RGB", (64, 48), grain).resize((width, height), Image.Resampling.BICUBIC)
    return saved(image, form)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    if form == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener()
    if form == "PROGRESSIVE":
        form, options = "JPEG", options | {"progressive": True}
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *, depth: int = 8, colour: int = 2, rows: int = 50, extra: bytes = b"") -> bytes:
    """A PNG that says it is so large; its pixels are zeros, and only `rows` of them are there."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"\x00" * (1 + (width * channels * depth + 7) // 8) if rows else b""
    packer = zlib.compressobj(1)
    pixels = b"".join(packer.compress(row) for _ in range(min(rows, height))) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def resized_jpeg(width: int, height: int, form: str = "JPEG") -> bytes:
    """A JPEG whose header says another size."""
    data = bytearray(picture(form))
    marker = data.find(b"\xff\xc0" if form == "JPEG" else b"\xff\xc2")
    data[marker + 5 : marker + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def many_scans(count: int) -> bytes:
    """A progressive JPEG that repeats its last scan."""
    data = picture("PROGRESSIVE", width=2000, height=1500)
    last = data.rfind(b"\xff\xda")
    return data[:last] + data[last:-2] * count + b"\xff\xd9"


def patched(form: str, what: bytes, to: bytes, *, at: int = 0) -> bytes:
    """A picture with bytes at a distance from a marker overwritten."""
    data = bytearray(picture(form))
    place = data.find(what)
    assert place >= 0
    data[place + at : place + at + len(to)] = to
    return bytes(data)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 1_000_000)
    return out.getvalue()


def bombs() -> dict[str, Callable[[], bytes]]:
    """Small to send, large to open."""
    bomb = zlib.compress(b"\x00" * 90_000_000, 9)
    return {
        "3,600 megapixels of one bit": lambda: png(60_000, 60_000, depth=1, colour=0),
        "169 megapixels": lambda: png(13_000, 13_000, rows=13_000),
        "108 megapixels of PNG": lambda: png(12_000, 9_000),
        "51 megapixels": lambda: png(8_000, 6_400),
        "2 milliard pixels a side": lambda: png(2**31 - 1, 1, rows=0),
        "one row too wide": lambda: png(40_000, 10),
        "16 bits of 51 megapixels": lambda: png(8_000, 6_400, depth=16, colour=6),
        "jpeg of 65,500 a side": lambda: resized_jpeg(65_500, 65_500),
        "jpeg 40,000 wide": lambda: resized_jpeg(40_000, 1_000),
        "progressive of 65,500 a side": lambda: resized_jpeg(65_500, 65_500, "PROGRESSIVE"),
        "jpeg of 119 megapixels that ends early": lambda: resized_jpeg(11_900, 10_000),
        "progressive of 119 megapixels that ends early": lambda: resized_jpeg(11_900, 10_000, "PROGRESSIVE"),
        "jpeg of 3,000 scans": lambda: many_scans(3_000),
        "jpeg of 90 scans": lambda: many_scans(80),
        "png with a text bomb": lambda: png(64, 48, extra=chunk(b"zTXt", b"a\x00\x00" + bomb)),
        "png with an international text bomb": lambda: png(
            64, 48, extra=chunk(b"iTXt", b"a\x00\x01\x00\x00\x00" + bomb)
        ),
        "png with a profile bomb": lambda: png(64, 48, extra=chunk(b"iCCP", b"a\x00\x00" + bomb)),
        "png with 20,000 chunks": lambda: png(64, 48, extra=chunk(b"tEXt", b"a\x00b") * 20_000),
        "png with an exif bomb": lambda: png(
            64, 48, extra=chunk(b"eXIf", b"II*\x00\x08\x00\x00\x00" + b"\xff" * 60_000)
        ),
        "webp of 16,383 a side": lambda: patched("WEBP", b"VP8 ", struct.pack("<HH", 16_383, 16_383), at=14),
        "webp with a length of 4 GB": lambda: patched("WEBP", b"RIFF", b"\xff\xff\xff\xff", at=4),
        "heic of 65,535 a side": lambda: patched("HEIF", b"ispe", struct.pack(">II", 65_535, 65_535), at=8),
        "heic of 9,000 a side": lambda: patched("HEIF", b"ispe", struct.pack(">II", 9_000, 9_000), at=8),
        "heic whose items lie outside": lambda: patched("HEIF", b"iloc", b"\xff" * 24, at=12),
        "heic with too many items": lambda: patched("HEIF", b"iinf", b"\xff\xff", at=8),
        "heic with a box of 4 GB": lambda: patched("HEIF", b"meta", b"\xff\xff\xff\xff", at=-4),
        "heic with a box of no length": lambda: patched("HEIF", b"iprp", b"\x00\x00\x00\x00", at=-4),
        "heic of 64 pictures": lambda: _heif_of_many(64),
    }


def _heif_of_many(count: int) -> bytes:
    import pillow_heif

    images = [Image.new("RGB", (64, 48), (number * 3, 0, 0)) for number in range(count)]
    held = pillow_heif.from_pillow(images[0])
    for image in images[1:]:
        held.add_from_pillow(image)
    out = io.BytesIO()
    held.save(out)
    return out.getvalue()


def moving(form: str, frames: int) -> bytes:
    """A moving picture."""
    first, *others = [Image.new("RGB", (64, 48), (number * 2 % 256, 9, 9)) for number in range(frames)]
    out = io.BytesIO()
    first.save(out, form, save_all=True, append_images=others, duration=40)
    return out.getvalue()


def two_in_one() -> dict[str, Callable[[], bytes]]:
    """Photos that are something else as well."""
    comment = b"*/=1;alert(1)/*"
    exif = Image.Exif()
    exif[270] = "<script>alert(1)</script>" * 50
    exif[37510] = b"\x00" * 30_000
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = Image.frombytes("RGB", (64, 48), hashlib.shake_256(b"2").digest(64 * 48 * 3))
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "<?php system($_GET[0]); ?>")
    return {
        "jpeg and zip": lambda: picture("JPEG") + zipped(),
        "jpeg and pdf": lambda: picture("JPEG") + NO_PHOTO["pdf"],
        "jpeg and page": lambda: picture("JPEG") + NO_PHOTO["html"],
        "jpeg and jpeg": lambda: picture("JPEG") + picture("JPEG", seed=2),
        "jpeg with a script as comment": lambda: saved(photo, "JPEG", comment=comment),
        "jpeg with a script in exif": lambda: saved(photo, "JPEG", exif=exif),
        "jpeg with a broken profile": lambda: saved(photo, "JPEG", icc_profile=profile[:200]),
        "jpeg with a profile of noise": lambda: saved(photo, "JPEG", icc_profile=b"\xfe" * 60_000),
        "jpeg with broken exif": lambda: saved(photo, "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f"),
        "jpeg with exif that points at itself": lambda: saved(
            photo,
            "JPEG",
            exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x69\x87\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00",
        ),
        "png and zip": lambda: picture("PNG") + zipped(),
        "png and php": lambda: saved(photo, "PNG", pnginfo=text),
        "webp and page": lambda: picture("WEBP") + NO_PHOTO["html"],
        "heic and zip": lambda: picture("HEIF") + zipped(),
        "png that says it is a jpeg": lambda: b"\xff\xd8\xff" + picture("PNG")[3:],
        "jpeg that says it is a png": lambda: b"\x89PNG\r\n\x1a\n" + picture("JPEG"),
        "zip that begins as a jpeg": lambda: b"\xff\xd8\xff\xe0" + zipped(),
        "page that begins as a jpeg": lambda: b"\xff\xd8\xff\xfe" + NO_PHOTO["html"] * 20,
        "webp that is empty": lambda: b"RIFF\x04\x00\x00\x00WEBP",
        "heic without anything": lambda: b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        "moving png": lambda: moving("PNG", 12),
        "moving webp": lambda: moving("WEBP", 121),
    }


def cases() -> dict[str, Callable[[], bytes]]:
    """All of them by name; the same each time."""
    return dict(_cases())


def _cases() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for name, data in NO_PHOTO.items():
        yield f"{name} named .jpg", lambda data=data: data
    yield "zip named .jpg", zipped
    yield from bombs().items()
    yield from two_in_one().items()
    for form in FORMS:
        for percent in (1, 5, 15, 30, 50, 70, 85, 95, 99):
            yield f"{percent} % of a {form}", lambda form=form, percent=percent: _first(picture(form), percent)
        for seed in range(10):
            yield f"{form} with flipped bits, {seed}", lambda form=form, seed=seed: _flipped(picture(form), seed)


def _first(data: bytes, percent: int) -> bytes:
    return data[: max(40, len(data) * percent // 100)]


def _flipped(data: bytes, seed: int) -> bytes:
    chance, spoilt = random.Random(seed), bytearray(data)
    # Half of them near the beginning, where lengths and offsets are.
    for _ in range(30):
        place = chance.randrange(12, 600 if seed % 2 else len(spoilt))
        spoilt[min(place, len(spoilt) - 1)] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def heavy() -> dict[str, Callable[[], bytes]]:
    """Large ones that take a second or more to make: honest and not."""

    def large(width: int, height: int, form: str, mode: str = "RGB", **options: object) -> bytes:
        grain = Image.frombytes("RGB", (64, 48), hashlib.shake_256(b"h").digest(64 * 48 * 3)).convert(mode)
        return saved(grain.resize((width, height), Image.Resampling.BILINEAR), form, **options)

    return {
        "108 megapixels of JPEG": lambda: large(12_000, 9_000, "JPEG", quality=85),
        "108 megapixels of progressive JPEG": lambda: large(12_000, 9_000, "PROGRESSIVE", quality=85),
        "48 megapixels of HEIC": lambda: large(8_064, 6_048, "HEIF", quality=50),
        "50 megapixels of PNG": lambda: large(8_160, 6_120, "PNG", compress_level=1),
        "50 megapixels of see-through PNG": lambda: large(8_160, 6_120, "PNG", "RGBA", compress_level=1),
        "50 megapixels of CMYK JPEG": lambda: large(8_160, 6_120, "JPEG", "CMYK", quality=85),
        "20 megapixels of WebP": lambda: large(5_100, 3_900, "WEBP", quality=60, method=0),
    }
