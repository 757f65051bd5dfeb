"""Every kind of photo that phones make gets a view that looks right; its digest is of the bytes received."""

from __future__ import annotations

import hashlib
import io

import pytest
from harness.hostile import saved
from PIL import Image, ImageCms

from evidence import services
from evidence.models import Exhibit
from evidence.store import store


@pytest.fixture
def view_of(gx, objects, people):
    """`exhibit, view = view_of(data)`."""
    chen, _ = people()

    def make(data: bytes) -> tuple[Exhibit, Image.Image]:
        sent = {"declared_sha256": hashlib.sha256(data).hexdigest(), "captured_at": None, "source": "camera"}
        exhibit = services.make_views(services.receive(io.BytesIO(data), by=chen, **sent).pk)
        assert exhibit.state == "ready", exhibit.refusal
        with store().open(exhibit.original_key) as original:
            assert original.read() == data
        with store().open(exhibit.view_key) as stream, Image.open(stream) as view:
            view.load()
            return exhibit, view

    return make


def half_and_half(mode: str = "RGB", size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Left dark, right light."""
    image = Image.new("RGB", size, (40, 40, 40))
    image.paste((200, 200, 200), (size[0] // 2, 0, *size))
    return image.quantize(8) if mode == "P" else image.convert(mode)


def looks_right(view: Image.Image, *, within: int = 12) -> bool:
    w, h = view.size
    left, right = view.convert("L").getpixel((w // 4, h // 2)), view.convert("L").getpixel((3 * w // 4, h // 2))
    return abs(left - 40) <= within and abs(right - 200) <= within


@pytest.mark.parametrize("size", [(800, 600), (3000, 2000)], ids=["small", "larger than a view"])
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "1"])
def test_png_of_every_mode(view_of, mode, size):
    image = half_and_half(mode, size) if mode != "1" else half_and_half("L", size).point(lambda v: 255 * (v > 99), "1")
    _exhibit, view = view_of(saved(image, "PNG"))
    assert view.mode == "RGB" and (mode == "1" or looks_right(view))


@pytest.mark.parametrize("size", [(800, 600), (3000, 2000)], ids=["small", "larger than a view"])
def test_edge_case_5_sixteen_bits_are_brought_down_and_not_cut_off(view_of, size):
    grey = half_and_half("L", size)
    deep = Image.frombytes("I;16", size, b"".join(bytes((value, value)) for value in grey.tobytes()))
    exhibit, view = view_of(saved(deep, "PNG"))
    assert looks_right(view) and exhibit.width == size[0]


def test_edge_case_5_a_rotated_photo_is_turned_in_its_view_alone(view_of):
    exif = Image.Exif()
    exif[274] = 6
    data = saved(half_and_half(), "JPEG", exif=exif)
    exhibit, view = view_of(data)
    assert view.size == (600, 800) and (exhibit.width, exhibit.height) == (600, 800)
    assert exhibit.sha256 == hashlib.sha256(data).hexdigest() and exhibit.metadata["orientation"] == 6


def test_edge_case_5_heic_becomes_a_jpeg_view_turned_once(view_of):
    exif = Image.Exif()
    exif[274] = 6
    data = saved(half_and_half(), "HEIF", exif=exif.tobytes())
    exhibit, view = view_of(data)
    assert exhibit.media_type == "image/heic" and view.format == "JPEG" and looks_right(view.rotate(0)) is False
    assert view.size == (600, 800), "turned once: the decoder has done it"


def test_cmyk_jpeg_shows_its_colours(view_of):
    _exhibit, view = view_of(saved(half_and_half("CMYK"), "JPEG", quality=95))
    assert looks_right(view)


def test_a_profile_is_applied_and_not_kept(view_of):
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _exhibit, view = view_of(saved(half_and_half(), "JPEG", quality=95, icc_profile=wide))
    assert looks_right(view) and "icc_profile" not in view.info


def test_a_photo_with_a_second_picture_for_brightness_shows_the_main_one(view_of):
    out = io.BytesIO()
    half_and_half().save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (100, 75), "red")])
    exhibit, view = view_of(out.getvalue())
    assert looks_right(view) and (exhibit.width, exhibit.height) == (800, 600)
