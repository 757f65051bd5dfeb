"""What a device says of a photo beside the photo itself, and what of it is odd. Odd facts are kept as they came."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from kernel import clock
from kernel.errors import BadInput

FLAGS = {
    "clock_wrong": _("设备时钟与服务器相差较大，以收到时间为准"),
    "captured_early": _("拍摄时间早得不合理，以收到时间为准"),
    "captured_late": _("拍摄时间晚于收到时间，以收到时间为准"),
    "position_zero": _("定位是 (0, 0)，多半没有定到位"),
    "position_off_land": _("定位不在国内陆地上"),
    "position_far": _("定位离这次检查的其他照片很远"),
    "position_mock": _("设备说明定位是模拟的"),
    "position_old": _("定位不是拍摄时的，是更早的"),
    "position_rough": _("定位精度很差"),
    "not_live": _("不是现场拍摄"),
}
"""What may be odd about a photo: code to sentence."""
CLOCK_WRONG_FROM_S = 300
CAPTURED_EARLY_BEFORE = datetime(2020, 1, 1, tzinfo=UTC)
POSITION_OLD_FROM_S = 300
POSITION_ROUGH_FROM_M = 1000
FAR_M = 30_000
_WORST_ACCURACY_M = 100_000
_LONGEST_CHECKS = 4000
_MOST_S = 2_000_000_000  # a clock at year 1 is off by more than the column holds

# Rough outline of the country's land and near islands, degrees (longitude, latitude), drawn 30 to 80 km outside of the
# coast and the border. Good for telling the sea and other countries from the land, for nothing finer.
OUTLINE = (
    (124.9, 39.4), (123.0, 38.9), (121.6, 38.4), (120.7, 38.6), (121.1, 39.5), (121.4, 40.2), (120.9, 40.1),
    (119.8, 39.5), (118.9, 38.7), (118.4, 38.5), (119.4, 37.7), (120.7, 38.3), (122.9, 37.7), (122.9, 36.7),
    (121.0, 35.7), (120.0, 34.9), (120.9, 34.1), (121.6, 32.9), (122.6, 31.6), (123.3, 30.9), (123.2, 29.6),
    (122.4, 28.2), (121.4, 27.0), (122.3, 25.6), (122.3, 24.6), (121.6, 22.6), (120.8, 21.6), (120.2, 22.6),
    (119.2, 23.1), (118.2, 23.4), (116.8, 22.5), (114.8, 21.9), (113.4, 21.5), (111.7, 21.0), (111.0, 20.7),
    (111.4, 20.0), (111.2, 18.8), (110.2, 17.9), (109.3, 17.8), (108.3, 18.4), (108.3, 19.5), (109.2, 20.3),
    (109.0, 21.1), (107.6, 21.0), (106.0, 22.0), (104.6, 22.3), (102.3, 21.8), (101.6, 20.6), (99.6, 20.8),
    (98.4, 21.6), (96.9, 23.6), (97.9, 26.0), (96.0, 26.6), (92.0, 26.2), (88.8, 26.7), (85.0, 27.6), (81.0, 29.4),
    (78.0, 30.6), (77.6, 32.5), (76.8, 34.9), (73.6, 36.3), (72.9, 38.9), (73.0, 40.5), (76.3, 41.1), (79.6, 42.6),
    (79.4, 45.4), (81.9, 46.2), (82.2, 47.9), (84.9, 48.0), (85.1, 49.2), (87.8, 49.8), (91.6, 47.1), (91.8, 45.8),
    (95.9, 44.9), (97.0, 43.4), (101.5, 43.3), (105.0, 42.4), (107.5, 43.1), (110.0, 43.4), (111.3, 44.5),
    (113.5, 45.5), (115.6, 46.4), (118.6, 47.2), (115.0, 47.5), (115.9, 50.4), (118.6, 50.8), (119.3, 53.3),
    (120.8, 54.1), (124.2, 54.1), (127.0, 53.0), (128.4, 50.5), (131.2, 48.6), (135.5, 49.0), (134.0, 44.7),
    (131.7, 44.2), (131.5, 42.3), (130.7, 41.8), (129.0, 41.5), (127.0, 40.9), (125.2, 40.0),
)  # fmt: skip


@dataclass(frozen=True)
class Position:
    """Where a photo was taken. coordinates: "wgs84" or "gcj02"."""

    latitude: Decimal
    longitude: Decimal
    accuracy_m: int | None = None
    coordinates: str = "wgs84"


@dataclass(frozen=True)
class Facts:
    """What the device says beside time and place.

    clock_offset_s: its clock less ours when it began to send, in seconds. position_source: gps, network, manual,
    denied, missing, mock, or empty. checks: what the phone found of the picture.
    expected_near: (latitude, longitude) of other photos of the same visit, if any.
    """

    clock_offset_s: int | None = None
    position_age_s: int | None = None
    position_source: str = ""
    checks: Mapping[str, Any] = field(default_factory=dict)
    expected_near: tuple[float, float] | None = None


def read_facts(
    fields: Mapping[str, str], *, at: datetime | None = None, expected_near: tuple[float, float] | None = None
) -> Facts:
    """The facts in an upload's fields. What cannot be read is left out: a photo is never lost for it.

    at: when the fields arrived; now, unless given.
    """
    source = fields.get("position_source", "").strip().lower()
    return Facts(
        clock_offset_s=_offset_s(fields.get("device_now", ""), at or clock.now()),
        position_age_s=_whole(fields.get("position_age_s", "")),
        position_source=source if source in {"gps", "network", "manual", "denied", "missing", "mock"} else "",
        checks=_checks(fields.get("checks", "")),
        expected_near=expected_near,
    )


def read_position(fields: Mapping[str, str]) -> Position | None:
    """Where the device says it was; None when it does not. Raises BadInput for what is no place on earth."""
    lat, lon = fields.get("lat", "").strip(), fields.get("lon", "").strip()
    if not lat or not lon:
        return None
    try:
        latitude, longitude = Decimal(lat), Decimal(lon)
        accuracy = round(float(fields.get("accuracy_m") or 0))
        inside = abs(latitude) <= 90 and abs(longitude) <= 180
    except (InvalidOperation, ValueError, OverflowError):
        inside = False
    if not inside:
        raise BadInput(_("定位数据不对，照片没有保存。请关闭定位后重发。"), code="position")
    places = Decimal("0.000001")
    return Position(
        latitude.quantize(places), longitude.quantize(places), min(max(accuracy, 0), _WORST_ACCURACY_M) or None
    )


def flags_of(
    facts: Facts, *, captured_at: datetime | None, received_at: datetime, position: Position | None, live: bool
) -> list[str]:
    """Codes of `FLAGS` for what is odd, in their order."""
    odd = {
        "clock_wrong": facts.clock_offset_s is not None and abs(facts.clock_offset_s) >= CLOCK_WRONG_FROM_S,
        "captured_early": captured_at is not None and captured_at < CAPTURED_EARLY_BEFORE,
        "captured_late": captured_at is not None and captured_at > received_at + timedelta(seconds=CLOCK_WRONG_FROM_S),
        "position_mock": facts.position_source == "mock",
        "position_old": facts.position_age_s is not None and facts.position_age_s >= POSITION_OLD_FROM_S,
        "not_live": not live,
    }
    if position is not None:
        latitude, longitude = float(position.latitude), float(position.longitude)
        odd["position_zero"] = abs(latitude) < 0.01 and abs(longitude) < 0.01
        odd["position_off_land"] = not odd["position_zero"] and not on_land(latitude, longitude)
        odd["position_rough"] = (position.accuracy_m or 0) >= POSITION_ROUGH_FROM_M
        odd["position_far"] = (
            facts.expected_near is not None and distance_m((latitude, longitude), facts.expected_near) >= FAR_M
        )
    return [code for code in FLAGS if odd.get(code)]


def on_land(latitude: float, longitude: float) -> bool:
    """Whether a point lies inside the rough outline (even-odd rule)."""
    inside = False
    for (x1, y1), (x2, y2) in zip(OUTLINE, OUTLINE[1:] + OUTLINE[:1], strict=True):
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points (latitude, longitude) on a sphere."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6_371_000 * math.asin(min(1.0, math.sqrt(half)))


def _offset_s(text: str, at: datetime) -> int | None:
    try:
        shown = parse_datetime(text.strip())
    except ValueError:
        return None
    if shown is None or shown.tzinfo is None:
        return None
    return max(-_MOST_S, min(_MOST_S, round((shown - at).total_seconds())))


def _whole(text: str) -> int | None:
    try:
        value = round(float(text))
    except (ValueError, OverflowError):
        return None
    return value if 0 <= value <= _MOST_S else None


def _checks(text: str) -> dict[str, Any]:
    if not 0 < len(text) <= _LONGEST_CHECKS:
        return {}
    try:
        found = json.loads(text, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and "\\u0000" not in text else {}
