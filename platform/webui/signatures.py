"""Reads what `signature.js` sends: the picture of a signature and the record of its strokes."""

import base64
import binascii
import io
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageDraw

from kernel.canonical import NotCanonical, canonical_json, sha256_hex
from kernel.errors import BadInput

MAX_PNG_BYTES = 400_000
MAX_RECORD_BYTES = 400_000
MAX_SIDE_PX = 4096
LEAST_POINTS = 8
_HEAD = "data:image/png;base64,"
_INK, _SCALE, _PEN_PX, _MARGIN_PX, _LARGEST_PX = (18, 21, 28, 255), 2, 2.4, 6, 1600
_FARTHEST = 10**9  # no phone is as large, no signature as slow
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A signature on glass.

    png: dark ink on a transparent ground. record: canonical JSON of the strokes; `record_sha256` is over exactly
    these bytes. signs: SHA-256 of what was signed, as the page showed it, or "".
    """

    png: bytes
    png_sha256: str
    record: bytes
    record_sha256: str
    signs: str
    points: int


def read(fields: Mapping[str, Any], name: str, *, signs: str = "") -> Signed | None:
    """Read the signature `name` of a sent form; None when nobody signed.

    signs: the digest it must be over, if the caller knows one. Raises BadInput (code `signature_unreadable`) when
    picture, record and digest do not agree or are no signature; (code `signature_of_another`) when the text on
    the glass was not this one. The picture is not decoded here: put it only where files of strangers may go.
    """
    picture, text = str(fields.get(f"{name}_png", "")), str(fields.get(f"{name}_strokes", ""))
    told = str(fields.get(f"{name}_sha256", ""))
    if not picture and not text:
        return None
    unreadable = BadInput(_("签名没有传完整。请清空后重签一次。"), code="signature_unreadable", field=name)
    record = text.encode("utf-8", "replace")
    if not picture.startswith(_HEAD) or len(record) > MAX_RECORD_BYTES or len(picture) > MAX_PNG_BYTES * 4 // 3 + 64:
        raise unreadable
    try:
        png = base64.b64decode(picture[len(_HEAD) :], validate=True)
        strokes = json.loads(text)
        kept = canonical_json(strokes)
    except (binascii.Error, ValueError, NotCanonical, RecursionError) as error:
        raise unreadable from error
    # The digest is over canonical text, so that it can be made again from the record alone.
    if kept != record or (told and told != sha256_hex(record)) or not _is_small_png(png):
        raise unreadable
    points = _points(strokes)
    if points < LEAST_POINTS:
        raise unreadable
    if signs and strokes.get("signs") != signs:
        raise BadInput(
            _("签的不是现在这一份，内容在签名时已经变了。请重新打开，看过后再签。"),
            code="signature_of_another",
            field=name,
        )
    return Signed(
        png=png,
        png_sha256=sha256_hex(png),
        record=record,
        record_sha256=sha256_hex(record),
        signs=str(strokes.get("signs", "")),
        points=points,
    )


def check(record: str, *, signs: str, record_sha256: str, page: str) -> None:
    """Check a signature that came from elsewhere: its digest, and that it was written below exactly this page.

    page: the text whose SHA-256 is `signs`. Raises BadInput (code `signature_unreadable`, `signature_of_another`).
    """
    data = record.encode("utf-8", "replace")
    try:
        strokes = json.loads(record)
        whole = canonical_json(strokes) == data and _points(strokes) >= LEAST_POINTS
    except (ValueError, NotCanonical, RecursionError):
        whole = False
    if not whole or len(data) > MAX_RECORD_BYTES or sha256_hex(data) != record_sha256:
        raise BadInput(_("签名没有传完整。请清空后重签一次。"), code="signature_unreadable")
    if strokes.get("signs") != signs or sha256_hex(page.encode("utf-8", "replace")) != signs:
        raise BadInput(
            _("签的不是现在这一份，内容在签名时已经变了。请重新打开，看过后再签。"), code="signature_of_another"
        )


def picture(record: str) -> bytes:
    """Draw a kept record as a PNG, dark ink on a transparent ground, cut to the ink. Same record, same picture."""
    strokes = [[(x / 10, y / 10) for x, y, _t, _p in stroke] for stroke in json.loads(record)["strokes"] if stroke]
    xs, ys = ([point[side] for stroke in strokes for point in stroke] for side in (0, 1))
    left, top = min(xs) - _MARGIN_PX, min(ys) - _MARGIN_PX
    wide, high = max(xs) + _MARGIN_PX - left, max(ys) + _MARGIN_PX - top
    scale = min(_SCALE, _LARGEST_PX / max(wide, high))
    size = (max(1, round(wide * scale)), max(1, round(high * scale)))
    drawn = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(drawn)
    for stroke in strokes:
        points = [((x - left) * scale, (y - top) * scale) for x, y in stroke]
        pen.line(points, fill=_INK, width=max(1, round(_PEN_PX * scale)), joint="curve")
        for x, y in (points[0], points[-1]):
            half = _PEN_PX * scale / 2
            pen.ellipse((x - half, y - half, x + half, y + half), fill=_INK)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def _is_small_png(data: bytes) -> bool:
    if not data.startswith(_PNG) or len(data) > MAX_PNG_BYTES or len(data) < 33:
        return False
    width, height = struct.unpack(">II", data[16:24])
    return 0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX


def _points(record: Any) -> int:
    """Return how many points the record has; 0 when its shape is another."""
    strokes = record.get("strokes") if isinstance(record, dict) else None
    if not isinstance(strokes, list) or not all(isinstance(stroke, list) for stroke in strokes):
        return 0
    points = [point for stroke in strokes for point in stroke]
    shaped = all(
        isinstance(p, list) and len(p) == 4 and all(type(n) is int and abs(n) <= _FARTHEST for n in p) for p in points
    )
    return len(points) if shaped else 0
