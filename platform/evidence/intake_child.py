"""Opens photos that nobody has looked at yet. Run as a program of its own, by `evidence.intake`, never imported.

    python -I intake_child.py SOCKET_NUMBER

It knows no settings, no database and no network. It loads the decoders once, then takes one message a photo from the
socket: JSON {source, folder, media_type, what} and the writing end of a pipe. Each photo is opened in a child forked
for it alone, which limits its own memory and time before the first byte of the photo is read, and writes view.jpg and
thumb.jpg into the folder and one JSON line into the pipe: the dimensions and what the camera wrote into the file, or
{"refused": code}. When the child has ended, a second line says how: {"status", "peak_bytes", "cpu_s"}.

The program that answers the socket never opens a photo itself. It ends when the socket closes or nobody asks for long.
"""

import gc
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

MEMORY_BYTES = 365 << 20  # beyond what the waiting program itself has: 400 MB in all
CPU_S = 8
WALL_S = 40  # a child that computes little and still does not end
IDLE_S = 600
MOST_SCANS = 100  # of a progressive JPEG; cameras write about ten
MAX_SIDE = 30_000
MAX_PIXELS_UNSCALED = 50_000_000
MAX_PIXELS = {"image/jpeg": 120_000_000, "image/webp": 20_000_000}
"""The decoder itself shrinks a JPEG, so a larger one needs no more memory; that of WebP holds four copies."""
VIEW_PX = 2560
THUMB_PX = 480
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
_TEXT_TAGS = {271: "make", 272: "model", 305: "software", 306: "written_at"}
_CAPTURE_TAGS = {36867: "taken_at", 36881: "taken_at_offset", 37521: "taken_at_subsecond", 42036: "lens"}
_LONGEST_TEXT = 200
TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""EXIF orientation to Pillow's `Transpose` that undoes it. Source: EXIF 2.32, tag 274."""


class Refused(Exception):
    """This is no photo we take; the argument is the code."""


def limit() -> None:
    """From here on this process can use so much memory and time, and write files of at most 64 MB."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY_BYTES, used + MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(WALL_S)


def words(value: object) -> str:
    """A text tag as one clean line."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return "".join(char for char in text if char.isprintable()).strip()[:_LONGEST_TEXT]


def degrees(parts: object, reference: object) -> float | None:
    """Signed degrees from the degrees, minutes and seconds of a GPS tag."""
    try:
        whole, minutes, seconds = (float(part) for part in parts)  # type: ignore[attr-defined]
        value = whole + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if value != value or value > 180:
        return None
    return round(-value if words(reference) in ("S", "W") else value, 6)


def written_in(image) -> dict[str, object]:  # type: ignore[no-untyped-def]
    """What the camera wrote into the file: only known tags, only short values."""
    try:
        exif = image.getexif()
        camera, place = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
        found: dict[str, object] = {name: words(exif[tag]) for tag, name in _TEXT_TAGS.items() if tag in exif}
        found |= {name: words(camera[tag]) for tag, name in _CAPTURE_TAGS.items() if tag in camera}
        orientation = exif.get(274)
        if isinstance(orientation, int):
            found["orientation"] = orientation
        if 2 in place and 4 in place:
            found["latitude"] = degrees(place[2], place.get(1, "N"))
            found["longitude"] = degrees(place[4], place.get(3, "E"))
        return found
    except (ValueError, TypeError, KeyError, SyntaxError, OverflowError):
        return {"unreadable": True}  # a broken description does not make the picture unusable


def plain(image, profile: bytes | None):  # type: ignore[no-untyped-def]
    """RGB with sRGB colours; transparency on white, 16 bits brought down to 8."""
    from PIL import Image

    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 257)).convert("L")  # `convert` alone would cut off at 255
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    if profile and image.mode in ("RGB", "CMYK"):
        image = converted(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def converted(image, profile: bytes):  # type: ignore[no-untyped-def]
    """The picture in sRGB; as it is, when its profile cannot be used."""
    from io import BytesIO

    from PIL import ImageCms

    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def refuse_many_scans(source: str) -> None:
    """A JPEG of thousands of scans makes the decoder go over the whole picture as often."""
    with Path(source).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found, at = 0, data.find(b"\xff\xda")
        while at >= 0 and found <= MOST_SCANS:
            found, at = found + 1, data.find(b"\xff\xda", at + 2)
    if found > MOST_SCANS:
        raise Refused("too_heavy")


def opened(source: str, media_type: str):  # type: ignore[no-untyped-def]
    """The picture, not decoded yet. Raises Refused for what is too large, moves, or is something else."""
    from PIL import Image, UnidentifiedImageError

    if media_type == "image/jpeg":
        refuse_many_scans(source)
    try:
        image = Image.open(source, formats=[FORMATS[media_type]])
    except UnidentifiedImageError as error:
        raise Refused("format_differs") from error
    if image.width * image.height > MAX_PIXELS.get(media_type, MAX_PIXELS_UNSCALED) or max(image.size) > MAX_SIDE:
        raise Refused("too_many_pixels")
    if min(image.size) < 1:
        raise Refused("unreadable")
    # A JPEG or HEIC of several pictures shows its main one: cameras keep brightness and depth beside it.
    if media_type in ("image/png", "image/webp") and getattr(image, "n_frames", 1) > 1:
        raise Refused("animated")
    return image


def work(source: str, folder: str, media_type: str, what: str) -> dict[str, object]:
    """Make the copies. Raises Refused."""
    from PIL import Image

    with opened(source, media_type) as image:
        metadata, profile, full_size = written_in(image), image.info.get("icc_profile"), image.size
        turn = metadata.get("orientation") if media_type != "image/heic" else None  # HEIC is turned while decoded
        scale = min(1.0, VIEW_PX / max(full_size))
        small = tuple(max(1, round(side * scale)) for side in full_size)
        if media_type == "image/jpeg":
            image.draft("RGB", small)
        image.load()
        view = image
        if scale < 1:
            # Not `thumbnail` of a copy: two whole pictures would be in memory.
            see_through = "transparency" in image.info
            if image.mode in ("P", "1"):
                view = image.convert("RGBA" if see_through else "RGB")
            elif image.mode.startswith("I"):
                view = plain(image, None)
            view = view.resize(small, Image.Resampling.LANCZOS, reducing_gap=2.0)
        view = plain(view, profile)
    if turn in TURNS:
        view = view.transpose(Image.Transpose(TURNS[turn]))
    turned = turn in (5, 6, 7, 8)
    width, height = full_size[::-1] if turned else full_size
    clean = Image.new("RGB", view.size)  # a new picture: no tag, profile or comment comes along
    clean.paste(view)
    if what == "full":
        clean.save(f"{folder}/view.jpg", "JPEG", quality=88, subsampling="4:2:0")
    clean.thumbnail((THUMB_PX, THUMB_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    clean.save(f"{folder}/thumb.jpg", "JPEG", quality=80)
    return {"width": width, "height": height, "metadata": metadata}


def one(asked: dict[str, str]) -> dict[str, object]:
    """What is found out about one photo."""
    limit()
    try:
        return work(asked["source"], asked["folder"], asked["media_type"], asked["what"])
    except Refused as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": "too_heavy"}
    except OSError as error:
        cut = "truncated" in str(error) or "Truncated" in str(error)
        return {"refused": "truncated" if cut else "unreadable"}
    except (ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError, RuntimeError) as error:
        # A decoder in C that is given no memory says so in words of its own.
        heavy = "memory" in str(error).lower()
        return {"refused": "too_heavy" if heavy else "unreadable"}


def load_decoders() -> None:
    """Once, before the first photo, so that no child pays for it."""
    import pillow_heif
    from PIL import Image, ImageCms, ImageFile, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

    Image.MAX_IMAGE_PIXELS = None  # our own limit refuses before anything is decoded
    Image._initialized = 1  # the formats below are all there is
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.register_heif_opener()
    ImageCms.createProfile("sRGB")
    assert {JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin}


def fork_for(asked: bytes, pipe: int, close: list[int]) -> int:
    """Open one photo in a new process. Returns its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        for other in close:
            os.close(other)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.write(pipe, json.dumps(one(json.loads(asked))).encode() + b"\n")
        code = 0
    finally:
        os._exit(code)


def serve(control: socket.socket) -> None:
    """Fork a child for each message, tell of each child how it ended."""
    load_decoders()
    gc.collect()
    gc.freeze()
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    pipes: dict[int, int] = {}
    open_for_more = True
    while open_for_more or pipes:
        ready = select.select([control, woken] if open_for_more else [woken], [], [], IDLE_S)[0]
        if not ready and not pipes:
            return
        if woken in ready:
            os.read(woken, 4096)
            reap(pipes)
        if control in ready:
            asked, ends, _flags, _address = socket.recv_fds(control, 65536, 1)
            if asked and ends:
                pipes[fork_for(asked, ends[0], [control.fileno(), woken, wake, *pipes.values()])] = ends[0]
            open_for_more = bool(asked)


def reap(pipes: dict[int, int]) -> None:
    """Say of each child that has ended how it did."""
    while pipes:
        child, status, used = os.wait4(-1, os.WNOHANG)
        if not child:
            return
        pipe = pipes.pop(child)
        said = {"status": status, "peak_bytes": used.ru_maxrss << 10, "cpu_s": used.ru_utime + used.ru_stime}
        with suppress(BrokenPipeError):  # who asked has gone
            os.write(pipe, json.dumps(said).encode() + b"\n")
        os.close(pipe)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches all; the one who asks ends us
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    serve(socket.socket(fileno=int(sys.argv[1])))
