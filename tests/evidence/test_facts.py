"""What a device says of time and place is kept as it came; what is odd is flagged, nothing is corrected."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta

import pytest

from evidence import facts, services, uploads
from evidence.models import Exhibit
from kernel import clock

NANNING = {"lat": "22.8170", "lon": "108.3665"}


@pytest.fixture
def taken(gx, objects, people, photo):
    """`taken(lat=…, device_now=…)`: an exhibit of a photo of which the phone says so."""
    chen, _ = people()

    def make(*, near=None, **fields: str) -> Exhibit:
        data = photo(seed=repr(sorted(fields.items())).encode())
        said = {"sha256": hashlib.sha256(data).hexdigest(), "source": "camera"} | fields
        known = facts.read_facts(said, expected_near=near)
        found = uploads.received(io.BytesIO(data), fields=said, by=chen, facts=known)
        return Exhibit.objects.get(pk=found.pk)

    return make


def test_edge_case_1_a_clock_at_1970_is_kept_beside_the_server_s_and_flagged(taken):
    exhibit = taken(captured_at="1970-01-01T08:00:03+08:00", device_now="1970-01-01T08:01:00+08:00", **NANNING)
    assert exhibit.captured_at.year == 1970 and abs(exhibit.received_at - clock.now()) < timedelta(minutes=1)
    shown = datetime.fromisoformat("1970-01-01T08:01:00+08:00")
    assert abs(exhibit.device_clock_offset_s - (shown - exhibit.received_at).total_seconds()) < 5
    assert exhibit.flags == ["clock_wrong", "captured_early"]


@pytest.mark.parametrize(
    ("ahead_s", "flags"),
    [(86_400, ["clock_wrong", "captured_late"]), (-86_400, ["clock_wrong"]), (20, []), (-299, [])],
)
def test_edge_case_1_a_clock_a_day_off_is_flagged_and_the_order_is_the_server_s(taken, ahead_s, flags):
    shown = clock.now() + timedelta(seconds=ahead_s)
    first = taken(captured_at=shown.isoformat(), device_now=shown.isoformat(), **NANNING)
    assert first.flags == flags and abs(first.device_clock_offset_s - ahead_s) <= 2
    second = taken(captured_at=clock.now().isoformat(), device_now=clock.now().isoformat(), **NANNING)
    assert list(Exhibit.objects.order_by("received_at")) == [first, second]


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        ({"lat": "0", "lon": "0"}, ["position_zero"]),
        ({"lat": "0.000", "lon": "-0.0"}, ["position_zero"]),
        ({"lat": "20.0", "lon": "115.0"}, ["position_off_land"]),
        ({"lat": "48.85", "lon": "2.35"}, ["position_off_land"]),
        ({**NANNING, "position_source": "mock"}, ["position_mock"]),
        ({**NANNING, "position_source": "network", "accuracy_m": "3000"}, ["position_rough"]),
        ({**NANNING, "position_age_s": "900"}, ["position_old"]),
        ({**NANNING, "position_source": "gps", "position_age_s": "3", "accuracy_m": "8"}, []),
        ({"position_source": "denied"}, []),
    ],
)  # fmt: skip
def test_edge_case_2_an_odd_position_is_kept_and_flagged_never_corrected(taken, fields, flags):
    exhibit = taken(**fields)
    assert exhibit.flags == flags and exhibit.position_source == fields.get("position_source", "")
    kept = (exhibit.latitude, exhibit.longitude)
    assert kept == (
        (None, None) if "lat" not in fields else tuple(type(kept[0])(fields[name]) for name in ("lat", "lon"))
    )


def test_edge_case_2_a_photo_far_from_the_others_of_its_visit_is_flagged(taken):
    other_county = {"lat": "23.9", "lon": "106.6"}
    assert taken(near=(22.817, 108.3665), **other_county).flags == ["position_far"]
    assert taken(near=(22.83, 108.40), **NANNING).flags == []


@pytest.mark.parametrize(
    ("place", "inside"),
    [
        ((22.82, 108.37), True), ((39.9, 116.4), True), ((31.23, 121.47), True), ((29.65, 91.13), True),
        ((43.83, 87.62), True), ((53.3, 122.5), True), ((20.04, 110.2), True), ((18.25, 109.5), True),
        ((25.04, 121.56), True), ((22.3, 114.17), True), ((39.47, 75.99), True), ((48.36, 134.4), True),
        ((30.0, 126.0), False), ((38.0, 123.9), False), ((35.68, 139.7), False), ((13.75, 100.5), False),
        ((28.6, 77.2), False), ((55.75, 37.6), False), ((47.9, 106.9), False), ((-22.8, -108.4), False),
    ],
)  # fmt: skip
def test_the_outline_tells_cities_from_the_sea_and_from_abroad(place, inside):
    assert facts.on_land(*place) is inside


def test_edge_case_3_a_photo_from_the_album_is_not_live_and_says_so(taken):
    assert taken(**NANNING).live
    exhibit = taken(source="album", kept_reason="商户手机里的照片", **NANNING)
    assert not exhibit.live and exhibit.flags == ["not_live"] and exhibit.kept_reason


@pytest.mark.parametrize(
    "fields",
    [
        {"device_now": "soon"}, {"device_now": "2026-11-21T10:00:00"}, {"device_now": "2026-99-99T00:00:00Z"},
        {"position_age_s": "-4"}, {"position_age_s": "nan"}, {"position_age_s": "1e400"}, {"checks": "{"},
        {"checks": "[1]"}, {"checks": "[" * 3000}, {"checks": '{"a": NaN}'}, {"checks": '{"a": "\\u0000"}'},
        {"position_source": "starlight"}, {"checks": "{}" + " " * 5000},
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_read_is_left_out_and_the_photo_is_kept(taken, fields):
    exhibit = taken(**fields)
    assert exhibit.device_clock_offset_s is None and exhibit.position_age_s is None and exhibit.position_source == ""
    assert exhibit.checks in ({}, {"a": None})


def test_what_the_phone_found_of_the_picture_goes_along(taken):
    assert taken(checks='{"dark": {"ok": false, "value": 31}}').checks == {"dark": {"ok": False, "value": 31}}


def test_a_clock_at_year_1_or_9999_fits(taken):
    for shown in ("0001-01-02T00:00:00+00:00", "9999-12-30T00:00:00+00:00"):
        assert "clock_wrong" in taken(device_now=shown).flags


def test_the_offset_is_that_of_the_moment_the_upload_began(gx):
    began = clock.now() - timedelta(days=3)
    found = facts.read_facts({"device_now": began.isoformat()}, at=began)
    assert found.clock_offset_s == 0


def test_every_flag_has_its_sentence():
    assert all(str(words) for words in facts.FLAGS.values())
    assert services.Facts is facts.Facts
