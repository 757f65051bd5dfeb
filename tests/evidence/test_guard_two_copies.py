"""Guard G17: what others see is made anew and carries nothing the camera wrote; the original stays bit for bit."""

from __future__ import annotations

import hashlib
import io
import struct
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import RequestFactory
from harness import hostile
from PIL import Image, ImageCms, PngImagePlugin

from evidence import doors, services, views
from evidence.errors import OriginalStays
from evidence.models import Exhibit
from evidence.store import make_key, store
from provinces import context
from provinces.seats import BRANDS

CANARY = b"canary-of-the-camera"
HARMLESS = {0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9}
"""JPEG markers without words: picture, tables, and the JFIF head. Source: ITU-T T.81, table B.1."""


def exif() -> Image.Exif:
    """Where, when, by whom and with what, as a phone writes it."""
    found = Image.Exif()
    found[271] = found[272] = found[305] = found[315] = found[33432] = CANARY.decode()
    found[306] = "2026:11:21 10:30:00"
    found.get_ifd(0x8769).update({36867: "2026:11:21 10:30:00", 37500: CANARY * 20, 42033: CANARY.decode()})
    found.get_ifd(0x8825).update({1: "N", 2: (22.0, 49.0, 1.2), 3: "E", 4: (108.0, 21.0, 59.4), 27: CANARY})
    return found


def written() -> dict[str, bytes]:
    """Photos in all formats with all kinds of words in them."""
    photo = Image.open(io.BytesIO(hostile.picture("JPEG", width=800, height=600))).convert("RGB")
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>" + CANARY + b"</a></x:xmpmeta>"
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", CANARY.decode())
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    jpeg = hostile.saved(photo, "JPEG", exif=exif(), xmp=xmp, comment=CANARY, icc_profile=bytes(profile))
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(CANARY)) + CANARY
    other = b"\xff\xef" + struct.pack(">H", len(CANARY) + 2) + CANARY
    return {
        "jpeg": jpeg,
        "progressive": hostile.saved(photo, "PROGRESSIVE", exif=exif(), comment=CANARY),
        "jpeg with iptc": jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + other + jpeg[2:],
        "jpeg with a tail": jpeg + CANARY * 10,
        "grey jpeg": hostile.saved(photo.convert("L"), "JPEG", exif=exif(), comment=CANARY),
        "cmyk jpeg": hostile.saved(photo.convert("CMYK"), "JPEG", exif=exif(), comment=CANARY),
        "png": hostile.saved(photo, "PNG", exif=exif(), pnginfo=text),
        "palette png": hostile.saved(photo.convert("P"), "PNG", exif=exif(), pnginfo=text),
        "png of 16 bits": hostile.saved(photo.convert("L").convert("I;16"), "PNG", pnginfo=text),
        "png with a tail": hostile.saved(photo, "PNG", pnginfo=text) + CANARY,
        "webp": hostile.saved(photo, "WEBP", exif=exif(), xmp=xmp),
        "heic": hostile.saved(photo, "HEIF", exif=exif().tobytes(), xmp=xmp),
    }


def markers(jpeg: bytes) -> set[int]:
    """The markers of a JPEG up to its picture, and the last one."""
    found, at = {jpeg[1], jpeg[-1]}, 2
    while jpeg[at + 1] != 0xDA:
        found.add(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


def shown(key: str) -> bytes:
    with store().open(key) as stream:
        return stream.read()


@pytest.mark.guard("G17")
def test_what_others_see_is_made_anew_and_the_original_stays(border, objects, people, trials):
    photos = written()
    with context.province("gx"):
        chen, _ = people()
        for name, data in photos.items():
            assert CANARY in data or name.startswith(("heic", "webp")), name
            sha256 = hashlib.sha256(data).hexdigest()
            exhibit = services.receive(
                io.BytesIO(data), declared_sha256=sha256, captured_at=None, source="camera", by=chen
            )
            made = services.make_views(exhibit.pk)
            assert made.state == "ready", (name, made.refusal)
            assert shown(made.original_key) == data, name
            for key in (made.view_key, made.thumb_key):
                copy = shown(key)
                assert CANARY not in copy and markers(copy) <= HARMLESS, (name, markers(copy) - HARMLESS)
                with Image.open(io.BytesIO(copy)) as picture:
                    assert not picture.getexif() and not set(picture.info) - {
                        "jfif", "jfif_version", "jfif_unit", "jfif_density"
                    }, name  # fmt: skip
            _as_the_brand_gets_it(made, data)
    trials(len(photos))


def _as_the_brand_gets_it(exhibit: Exhibit, original: bytes) -> None:
    """The letter's attachment is the view with both digests; at the brand no original is to be had."""
    fields = services.attachment_fields(exhibit, what="front")
    assert fields["object_key"] == exhibit.view_key and fields["original_sha256"] == exhibit.sha256
    assert fields["original_sm3"] == hashlib.new("sm3", original).hexdigest()
    with context.seat(BRANDS), transaction.atomic():
        key = make_key(f"org-{uuid4()}", "view")
        store().copy(fields["object_key"], key)
        taken = services.take_in(SimpleNamespace(**fields | {"object_key": key}), letter_id=uuid4(), exhibit_id=uuid4())
        assert taken.original_key == "" and taken.view_only and not taken.metadata
        assert (taken.sha256, taken.view_sha256) == (exhibit.sha256, exhibit.view_sha256)
        assert shown(taken.view_key) == shown_in_gx(exhibit)
        transaction.set_rollback(True)


def shown_in_gx(exhibit: Exhibit) -> bytes:
    from evidence.store import FolderStore

    box = store()
    assert isinstance(box, FolderStore)
    return box._path(exhibit.view_key).read_bytes()


def test_a_brand_is_refused_an_original_even_with_a_door_open(border, objects, people):
    doors.register(lambda person, exhibit: True, originals=True)
    with context.province("gx"):
        chen, _ = people()
        data = hostile.picture("JPEG")
        sent = {"declared_sha256": hashlib.sha256(data).hexdigest(), "captured_at": None, "source": "camera"}
        fields = services.attachment_fields(
            services.make_views(services.receive(io.BytesIO(data), by=chen, **sent).pk), what="front"
        )
    with context.seat(BRANDS), transaction.atomic():
        key = make_key(f"org-{uuid4()}", "view")
        store().copy(fields["object_key"], key)
        taken = services.take_in(SimpleNamespace(**fields | {"object_key": key}), letter_id=uuid4(), exhibit_id=uuid4())
        request = RequestFactory().get("/", {"purpose": "看一看"})
        request.user = SimpleNamespace(is_authenticated=True, pk=uuid4())
        with pytest.raises(OriginalStays):
            views.photo(request, taken.pk, "original")
        transaction.set_rollback(True)
