"""An original is kept once, never changed, and its view is another file."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from PIL import Image

from evidence import hooks, services
from evidence.errors import DigestDiffers, EmptyFile, FileTooLarge, UnsupportedFormat
from evidence.models import Exhibit, UploadIncident
from evidence.services import Position
from evidence.store import store
from kernel.errors import BadInput

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def send(data: bytes, by, **more) -> Exhibit:
    more = {"declared_sha256": hashlib.sha256(data).hexdigest(), "captured_at": AT, "source": "camera"} | more
    return services.receive(io.BytesIO(data), by=by, **more)


def test_original_is_stored_byte_for_byte_with_both_digests(gx, objects, people, photo):
    chen, _ = people()
    data = photo()
    exhibit = send(data, chen, position=Position(Decimal("22.817000"), Decimal("108.366500"), 12))
    with store().open(exhibit.original_key) as stream:
        assert stream.read() == data
    assert exhibit.sha256 == hashlib.sha256(data).hexdigest()
    assert exhibit.sm3 == hashlib.new("sm3", data).hexdigest()
    assert (exhibit.size_bytes, exhibit.media_type, exhibit.state) == (len(data), "image/jpeg", "received")
    assert (exhibit.by_id, exhibit.unit_id, exhibit.coordinates, exhibit.accuracy_m) == (
        chen.pk,
        chen.unit_id,
        "wgs84",
        12,
    )


def test_view_is_another_jpeg_without_what_the_camera_wrote(gx, objects, people, photo):
    chen, _ = people()
    exif = Image.Exif()
    exif[271], exif[274] = "PhoneMaker", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (22.0, 49.0, 1.2), 3: "E", 4: (108.0, 21.0, 59.4)})
    data = photo(3200, 2400, exif=exif, comment=b"canary")
    exhibit = services.make_views(send(data, chen).pk)
    assert exhibit.state == "ready"
    with store().open(exhibit.view_key) as stream:
        view = stream.read()
    assert hashlib.sha256(view).hexdigest() == exhibit.view_sha256 and len(view) == exhibit.view_size
    assert b"PhoneMaker" not in view and b"canary" not in view
    with Image.open(io.BytesIO(view)) as shown:
        assert shown.format == "JPEG" and shown.size == (1920, 2560) and not shown.getexif()
    assert (exhibit.width, exhibit.height) == (2400, 3200)
    assert exhibit.metadata["make"] == "PhoneMaker"
    assert exhibit.metadata["latitude"] == pytest.approx(22.817, abs=1e-3)
    with store().open(exhibit.thumb_key) as stream, Image.open(stream) as thumb:
        assert max(thumb.size) == 480


@pytest.mark.parametrize(("turn", "corner"), [(1, 0), (2, 1), (3, 3), (4, 2), (5, 0), (6, 1), (7, 3), (8, 2)])
def test_orientation_is_applied(gx, objects, people, turn, corner):
    """The red corner of the picture as stored ends where the camera's note says."""
    chen, _ = people()
    picture = Image.new("RGB", (400, 300), "white")
    picture.paste("red", (0, 0, 60, 60))
    exif = Image.Exif()
    exif[274] = turn
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, quality=95)
    exhibit = services.make_views(send(out.getvalue(), chen).pk)
    with store().open(exhibit.view_key) as stream, Image.open(stream) as view:
        w, h = view.size
        corners = [(20, 20), (w - 20, 20), (20, h - 20), (w - 20, h - 20)]
        red = [view.getpixel(place)[1] < 100 for place in corners]
    assert red.index(True) == corner and sum(red) == 1
    assert (exhibit.width > exhibit.height) == (turn < 5)


@pytest.mark.parametrize(("form", "media_type"), [("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic")])
def test_each_format_gets_a_jpeg_view(gx, objects, people, photo, form, media_type):
    chen, _ = people()
    exhibit = send(photo(form=form), chen)
    assert exhibit.media_type == media_type
    assert services.make_views(exhibit.pk).state == "ready"


def test_same_photo_twice_is_one_exhibit_and_one_file(gx, objects, people, photo):
    chen, huang = people()
    first, second = send(photo(), chen), send(photo(), huang, source="album")
    assert first.pk == second.pk and first.by_id == second.by_id == chen.pk
    assert len(list(objects.glob("gx/original/*/*"))) == 1


def test_other_bytes_than_sealed_are_refused_and_only_the_incident_stays(gx, objects, people, photo):
    chen, _ = people()
    sealed, arrived = photo(seed=b"1"), photo(seed=b"2")
    with pytest.raises(DigestDiffers) as refused:
        send(arrived, chen, declared_sha256=hashlib.sha256(sealed).hexdigest())
    assert refused.value.code == "digest_differs"
    assert not Exhibit.objects.exists() and not list(objects.glob("gx/**/*"))
    incident = UploadIncident.objects.get()
    assert incident.found_sha256 == hashlib.sha256(arrived).hexdigest() and incident.by_id == chen.pk


def test_too_large_empty_unsealed_and_unknown_formats_are_refused_undecoded(gx, objects, people, photo, settings):
    chen, _ = people()
    settings.MAX_UPLOAD_BYTES = 1000
    with pytest.raises(FileTooLarge) as refused:
        send(photo(), chen)
    assert refused.value.status == 413
    settings.MAX_UPLOAD_BYTES = 1_000_000
    with pytest.raises(EmptyFile):
        send(b"", chen)
    with pytest.raises(BadInput):
        send(photo(), chen, declared_sha256="abc")
    for data in (b"GIF89a" + b"0" * 100, b"%PDF-1.7 " + b"0" * 100, b"<svg xmlns='http://www.w3.org/2000/svg'/>",
                 b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"0" * 50, photo(form="TIFF")):  # fmt: skip
        with pytest.raises(UnsupportedFormat):
            send(data, chen)
    assert not list(objects.glob("gx/**/*"))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda photo: photo(2000, 1500)[:60_000], "truncated"),
        (lambda photo: b"\xff\xd8\xff\xe0" + b"\x00" * 4000, {"unreadable", "format_differs"}),
        (lambda photo: photo(form="PNG")[:8] + b"\x00" * 400, {"unreadable", "format_differs"}),
        (lambda photo: _bomb(), "too_many_pixels"),
    ],
    ids=["truncated", "jpeg in name only", "png in name only", "bomb"],
)
def test_what_is_no_whole_photo_is_refused_with_a_plain_reason(gx, objects, people, photo, make, code):
    chen, _ = people()
    heard = []
    hooks.on_refused(heard.append)
    exhibit = services.make_views(send(make(photo), chen).pk)
    assert exhibit.state == "refused" and exhibit.refusal in ({code} if isinstance(code, str) else code)
    assert exhibit.refusal_words.endswith("。") and exhibit.view_key == "" and heard == [exhibit]


def _bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(out, "PNG")
    return out.getvalue()


def test_hook_and_state_stand_or_fall_together(gx, objects, people, photo):
    chen, _ = people()
    exhibit = send(photo(), chen)

    @hooks.on_ready
    def fail(row):
        assert row.state == "ready"
        raise RuntimeError("the app above failed")

    with pytest.raises(RuntimeError), transaction.atomic():
        services.make_views(exhibit.pk)
    exhibit.refresh_from_db()
    assert exhibit.state == "received"
    hooks._on_ready.remove(fail)
    assert services.make_views(exhibit.pk).state == "ready"
    assert services.make_views(exhibit.pk).state == "ready"


def test_a_province_login_cannot_change_what_was_sealed(gx, objects, people, photo):
    chen, _ = people()
    exhibit = send(photo(), chen)
    for change in ({"sha256": "0" * 64}, {"original_key": "gx/original/aa/x"}, {"by_name": "x"}, {"captured_at": None}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Exhibit.objects.filter(pk=exhibit.pk).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Exhibit.objects.filter(pk=exhibit.pk)._raw_delete("default")


def test_twelve_megapixels_take_well_under_three_seconds_of_a_processor(gx, objects, people, photo):
    chen, _ = people()
    exhibit = send(photo(4000, 3000, quality=92), chen)
    before = os.times()
    assert services.make_views(exhibit.pk).state == "ready"
    assert sum(os.times()[:4]) - sum(before[:4]) < 3  # this process and what it started
