"""Opens one photo that nobody has looked at yet. Run as a program of its own, by `evidence.intake`, never imported.

    python -I intake_child.py SOURCE OUT_FOLDER MEDIA_TYPE {full|thumb}

It knows no settings, no database and no network. It limits its own memory and time before the first byte of the photo
is read, writes view.jpg and thumb.jpg into the folder and one JSON line to standard output: the dimensions and what the
camera wrote into the file, or {"refused": code}.
"""

import json
import resource
import sys

MEMORY_BYTES = 600 << 20
CPU_S = 8
MAX_PIXELS_UNSCALED = 50_000_000
MAX_PIXELS = {"image/jpeg": 66_000_000}  # the decoder itself can halve a JPEG, so a larger one needs no more memory
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
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


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


def in_srgb(image, profile: bytes | None):  # type: ignore[no-untyped-def]
    """RGB with sRGB colours; transparency on white."""
    from PIL import Image, ImageCms

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    if image.mode != "RGB":
        return image.convert("RGB")
    if profile:
        from io import BytesIO

        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), inPlace=True)
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image  # an unusable profile: the colours as they are
    return image


def work(source: str, folder: str, media_type: str, what: str) -> dict[str, object]:
    """Make the copies. Raises Refused."""
    from PIL import Image, ImageFile, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit below refuses before anything is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    if media_type == "image/heic":
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.options.THUMBNAILS = False
        pillow_heif.register_heif_opener()
    try:
        image = Image.open(source, formats=[FORMATS[media_type]])
    except UnidentifiedImageError as error:
        raise Refused("format_differs") from error
    with image:
        if image.width * image.height > MAX_PIXELS.get(media_type, MAX_PIXELS_UNSCALED):
            raise Refused("too_many_pixels")
        if min(image.size) < 1:
            raise Refused("unreadable")
        metadata, profile, full_size = written_in(image), image.info.get("icc_profile"), image.size
        turn = metadata.get("orientation") if media_type != "image/heic" else None  # HEIC is turned while decoded
        image.draft("RGB", (VIEW_PX, VIEW_PX))
        image.load()
        view, scale = image, VIEW_PX / max(image.size)
        if scale < 1:
            # Not `thumbnail` of a copy: two whole pictures would be in memory.
            small = tuple(max(1, round(side * scale)) for side in image.size)
            see_through = "transparency" in image.info
            view = image.convert("RGBA" if see_through else "RGB") if image.mode in ("P", "1") else image
            view = view.resize(small, Image.Resampling.LANCZOS, reducing_gap=2.0)
        view = in_srgb(view, profile)
    if turn in TURNS:
        view = view.transpose(Image.Transpose(TURNS[turn]))
    turned = turn in (5, 6, 7, 8)
    width, height = full_size[::-1] if turned else full_size
    clean = Image.frombytes("RGB", view.size, view.tobytes())  # a new picture: no tag, profile or comment comes along
    if what == "full":
        clean.save(f"{folder}/view.jpg", "JPEG", quality=88, subsampling="4:2:0")
    clean.thumbnail((THUMB_PX, THUMB_PX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    clean.save(f"{folder}/thumb.jpg", "JPEG", quality=80)
    return {"width": width, "height": height, "metadata": metadata}


def main() -> None:
    """One photo, one line of JSON."""
    source, folder, media_type, what = sys.argv[1:]
    limit()
    try:
        result = work(source, folder, media_type, what)
    except Refused as refused:
        result = {"refused": str(refused)}
    except MemoryError:
        result = {"refused": "too_heavy"}
    except OSError as error:
        cut = "truncated" in str(error) or "Truncated" in str(error)
        result = {"refused": "truncated" if cut else "unreadable"}
    except (ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError, RuntimeError):
        result = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
