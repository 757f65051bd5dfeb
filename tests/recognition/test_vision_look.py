"""What recognition says of a picture: the check, the brakes, the gate, copies, codes."""

import socket
from datetime import date
from uuid import uuid4

import cv2
import numpy as np
import pytest
import zxingcpp

from appraisal.recognition.vision import (
    bands,
    barcodes,
    codes,
    features,
    pdq,
    quality,
    recognise,
    speed,
    verify,
    words,
)
from appraisal.recognition.vision import outline as outlines
from appraisal.recognition.vision.index import Index
from appraisal.recognition.vision.kinds import Scope


@pytest.fixture(scope="module")
def extractor(tmp_path_factory):
    return features.extractor(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def library(tmp_path_factory, extractor):
    """Three labels, one of them with a genuine reference that looks the same. Entries by number."""
    index = Index(tmp_path_factory.mktemp("library"))
    index.entries = [uuid4() for _ in range(3)]
    for number, entry in enumerate(index.entries):
        picture = speed.drawn(number)
        found = extractor.extract(picture, outlines.whole(picture))
        index.add(uuid4(), entry, f"product {number}", "drinks", found)
        if number == 2:
            index.add(uuid4(), uuid4(), "product 2", "drinks", found, genuine=True)
    return index


def _look(picture, index, extractor, **how):
    return recognise.recognise(picture, outline=outlines.whole(picture), index=index, extractor=extractor, **how)


def test_a_new_photo_of_a_known_print_is_a_strong_match_with_both_areas_outlined(library, extractor):
    label, seen = speed.drawn(0), speed.photographed(speed.drawn(0), 0)
    result = _look(seen, library, extractor, scope=Scope(product="product 0", group="drinks"))
    match = result.candidates[0]
    assert (match.entry_id, match.band, match.turned) == (library.entries[0], "strong", 0)
    assert result.comparable
    assert result.scope == Scope(product="product 0", group="drinks")
    onto = cv2.perspectiveTransform(np.array([match.hull_query], np.float32), np.array(match.homography))[0]
    far = [
        abs(cv2.pointPolygonTest(np.array(match.hull_library, np.float32), tuple(map(float, point)), True))
        for point in onto
    ]
    assert np.median(far) < 12, "the one area lies on the other"
    assert np.nanmean(np.array(match.tiles)) > 0.8
    assert label.shape[:2] == (600, 600)


def test_a_turned_photo_is_found_and_its_area_told_in_its_own_pixels(library, extractor):
    seen = np.ascontiguousarray(np.rot90(speed.photographed(speed.drawn(1), 1)[:, :520], -1))
    match = _look(seen, library, extractor).candidates[0]
    assert (match.entry_id, match.band, match.turned) == (library.entries[1], "strong", 3)
    corners = np.array(match.hull_query)
    assert corners.min() >= -1
    assert (corners.max(axis=0) <= (seen.shape[1] + 1, seen.shape[0] + 1)).all()


def test_r11_a_genuine_reference_as_near_pulls_the_band_down(library, extractor):
    match = _look(speed.photographed(speed.drawn(2), 2), library, extractor).candidates[0]
    assert match.entry_id == library.entries[2]
    assert match.held_down == "genuine_as_near"
    assert not bands.shown(match.band)


def test_an_unknown_print_is_no_hit_and_a_scope_widens_until_something_is(library, extractor):
    strange = _look(speed.photographed(speed.drawn(9), 9), library, extractor)
    assert not [match for match in strange.candidates if bands.shown(match.band)]
    found = _look(
        speed.photographed(speed.drawn(0), 0), library, extractor, scope=Scope(product="product 1", group="toys")
    )
    assert found.candidates[0].entry_id == library.entries[0]
    assert found.scope == Scope()


def test_edge_12_an_empty_library_makes_no_comparison_possible(tmp_path, extractor):
    result = _look(speed.photographed(speed.drawn(0), 0), Index(tmp_path), extractor)
    assert not result.comparable
    assert result.candidates == ()


def test_edge_7_a_poor_photo_gives_no_confident_hint(library, extractor):
    dark = (speed.photographed(speed.drawn(0), 0) * 0.12).astype(np.uint8)
    result = _look(dark, library, extractor)
    assert "too_dark" in result.quality.reasons
    assert not [match for match in result.candidates if bands.shown(match.band)]


def _barcode(text: str, size: int = 420) -> np.ndarray:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13)
    bars = np.array(zxingcpp.write_barcode_to_image(made, scale=4))
    grey = cv2.resize(bars, (size, size // 2), interpolation=cv2.INTER_NEAREST)
    framed = cv2.copyMakeBorder(grey, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=255)
    return cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR)


def test_a_barcode_against_another_barcode_is_no_match(extractor):
    one, other = (_barcode(text) for text in ("690123456789", "978080481663"))
    match = verify.compare(
        extractor.extract(one, outlines.whole(one)), None, extractor.extract(other, outlines.whole(other)), None
    )
    assert not bands.shown(match.band)


def test_the_same_shelf_behind_other_goods_is_no_match(tmp_path, extractor):
    shelf = speed.drawn(40)
    index = Index(tmp_path)
    pictures = []
    for seed in (41, 42):
        picture = shelf.copy()
        picture[40:, 150:450] = speed.drawn(seed)[40:, 150:450]
        pictures.append(picture)
    index.add(uuid4(), uuid4(), "", "", extractor.extract(pictures[0]))
    result = recognise.recognise(pictures[1], index=index, extractor=extractor)
    assert not [match for match in result.candidates if bands.shown(match.band)]


def test_every_band_reason_and_state_has_words():
    assert set(bands.NAMES) == set(words.BANDS)
    for name in bands.NAMES:
        assert [one.name for one in bands.bands()] == list(bands.NAMES), name
    assert set(words.QUALITY) >= quality.HARD
    thresholds = [one.threshold for one in bands.bands("a group without its own")]
    assert thresholds == sorted(thresholds, reverse=True)
    assert bands.band(10_000).name == "strong"
    assert bands.band(0).name == "none"
    assert all(one.negatives > 0 for one in bands.bands())


def _shifted(picture: np.ndarray, by: int) -> np.ndarray:
    return np.roll(picture, by, axis=1)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda picture: (picture * 0.1).astype(np.uint8), "too_dark"),
        (lambda picture: cv2.circle(picture.copy(), (300, 300), 150, (255, 255, 255), -1), "blown_out"),
        (lambda picture: cv2.GaussianBlur(picture, (0, 0), 9), "blurred"),
        (lambda picture: cv2.resize(picture, (120, 120)), "too_small"),
        (lambda picture: (picture * (0.72 + 0.28 * _raster(picture.shape))).astype(np.uint8), "screen"),
    ],
)
def test_the_gate_says_what_is_wrong_with_a_picture(spoil, reason):
    good = speed.drawn(3)
    assert quality.judge(good).reasons == ()
    told = quality.judge(spoil(good))
    assert reason in told.reasons
    assert not told.good


def _raster(shape: tuple[int, ...]) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    return (np.sin(2 * np.pi * (x + 0.3 * y) / 3.1) * np.sin(2 * np.pi * (y - 0.3 * x) / 3.1) > 0)[:, :, None]


def test_a_hand_gives_no_confident_hint_and_two_of_the_same_goods_are_said(library, extractor):
    y, x = np.mgrid[:600, :600]
    skin = np.dstack([120 + 30 * np.sin(x / 90), 150 + 30 * np.sin(y / 110), np.full_like(x, 200.0)]).astype(np.uint8)
    hand = _look(skin, library, extractor)
    assert not hand.quality.good
    assert not [match for match in hand.candidates if bands.shown(match.band)]
    small = cv2.resize(speed.drawn(5), (140, 280))
    two = np.full((600, 600, 3), 128, np.uint8)
    two[150:430, 150:290] = small
    two[150:430, 300:440] = small
    found = extractor.extract(two, outlines.whole(two))
    assert "many_alike" in quality.judge(two, "item", found).reasons


def _waves(seed: int) -> np.ndarray:
    y, x = np.mgrid[:400, :500].astype(np.float64)
    chance = np.random.default_rng(seed)
    grey = np.zeros((400, 500))
    for _ in range(12):
        a, b = chance.uniform(0.01, 0.12, 2)
        c, d = chance.uniform(0, 6.28, 2)
        grey += np.sin(a * x + c) * np.cos(b * y + d)
    grey = (grey - grey.min()) / (grey.max() - grey.min()) * 255
    return np.dstack([grey, np.roll(grey, 7, 1), 255 - grey]).astype(np.uint8)


PUBLISHED = {
    1: "f45003f0b3cf0d2e532a75df5faf555c8aaf80c1cbd2c0408ff2c8cb07f2c6c1",
    2: "eedbe02aeed31ac08fdfacc057806694513be73cf3151f15d17a1e0d102d1f12",
}
"""What the program published with the description of PDQ says of these pictures."""


def test_pdq_is_that_of_the_published_program_and_finds_the_same_picture_saved_again():
    for seed, expected in PUBLISHED.items():
        code, told = pdq.hash(_waves(seed))
        assert pdq.distance(code, bytes.fromhex(expected)) <= 4
        assert told == 100
    picture = speed.drawn(6)
    code, _ = pdq.hash(picture)
    saved = cv2.imdecode(cv2.imencode(".jpg", cv2.resize(picture, (300, 300)), [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 1)
    turned, _ = pdq.all_hashes(np.ascontiguousarray(np.rot90(saved)))
    library = pdq.Codes([pdq.hash(speed.drawn(seed))[0] for seed in range(20, 40)] + [code])
    assert [row for row, _ in library.scan(turned)] == [20]
    assert library.scan(pdq.hash(_waves(1))[0]) == []
    seen = recognise.Seen([uuid4() for _ in range(len(library))], library)
    assert pdq.hash(np.full((200, 200, 3), 90, np.uint8))[1] < pdq.LEAST_QUALITY, "a wall is no picture"
    assert len(recognise._copies(turned, 100, seen)) == 1
    assert recognise._copies(turned, 10, seen) == ()


def test_a_scan_of_codes_is_exact_at_any_radius_and_over_more_codes_than_one_go():
    chance = np.random.default_rng(3)
    codes = chance.integers(0, 256, (pdq.AT_ONCE + 500, 32), np.uint8)
    asked = codes[7].copy()
    for row, bits in ((100, 31), (pdq.AT_ONCE + 3, 12), (pdq.AT_ONCE + 499, 32)):
        changed = np.unpackbits(asked)
        changed[chance.choice(256, bits, replace=False)] ^= 1
        codes[row] = np.packbits(changed)
    apart = np.unpackbits(codes ^ asked, axis=1).sum(axis=1)
    for radius in (0, pdq.RADIUS, 110):
        wanted = sorted(
            ((int(row), int(apart[row])) for row in np.nonzero(apart <= radius)[0]), key=lambda told: (told[1], told[0])
        )
        assert pdq.Codes(codes).scan(asked.tobytes(), radius) == wanted == pdq.scan(codes, asked.tobytes(), radius)


def test_r05_barcodes_are_read_turned_blurred_and_two_at_once_and_never_wrongly():
    tall = np.full((900, 700, 3), 255, np.uint8)
    one, other = _barcode("690123456789"), _barcode("978080481663")
    tall[40 : 40 + one.shape[0], 40 : 40 + one.shape[1]] = one
    tall[480 : 480 + other.shape[0], 40 : 40 + other.shape[1]] = other
    assert {found.text for found in barcodes.read(tall)} == {"6901234567892", "9780804816632"}
    matrix = cv2.getRotationMatrix2D((270, 165), 23, 0.8)
    turned = cv2.warpAffine(one, matrix, (540, 330), borderValue=(255, 255, 255))
    assert [found.text for found in barcodes.read(cv2.GaussianBlur(turned, (0, 0), 1.3))] == ["6901234567892"]
    assert barcodes.read(speed.drawn(7)) == []
    wrecked = one.copy()
    wrecked[:, 180:300] = 255
    assert barcodes.read(wrecked) == []
    qr = np.array(
        zxingcpp.write_barcode(zxingcpp.BarcodeFormat.QRCode, "https://t.example/9F3K", width=200, height=200)
    )
    assert [(found.text, found.symbology) for found in barcodes.read(cv2.resize(qr, (240, 240)))] == [
        ("https://t.example/9F3K", "qrcode")
    ]


def test_edge_3_gtins_of_12_and_13_digits_are_one_and_in_store_codes_are_none():
    assert barcodes.gtin("6901234567892") == "06901234567892"
    assert barcodes.gtin("023942431015") == barcodes.gtin("0023942431015") == "00023942431015"
    assert barcodes.gtin("2012345678900") == barcodes.gtin("6901234567893") == barcodes.gtin("69012A4567892") == ""
    assert barcodes.same("023942431015", "0023942431015")
    assert barcodes.same("two\r\nlines ", "two\nlines")


def test_edge_8_codes_are_compared_without_what_is_easily_confused_and_dates_keep_their_writing():
    assert codes.normalise("lot o1-5b z") == codes.normalise("LOT 01 58 2") == "10T01582"
    assert codes.near("L2024-0815", "L2024-0816")
    assert codes.near("L20240815", "L2024081")
    assert codes.near("ABC", "A8C")
    assert not codes.near("L20240815", "L20240724")
    assert not codes.near("AC12", "CA12")
    for text in ("生产日期 20240131", "2024.01.31", "24/01/31", "2024年1月31日", "2024-1-31 12:00"):
        (told,) = codes.dates(text)
        assert told.value == date(2024, 1, 31)
        assert told.raw in text
    assert codes.dates("20241301") == ()


def _dots(text: str) -> np.ndarray:
    """Ink-jet print: the letters of a small raster as separate dots."""
    raster = np.zeros((22, 18 * len(text)), np.uint8)
    cv2.putText(raster, text, (2, 18), cv2.FONT_HERSHEY_PLAIN, 1.3, 255, 1)
    picture = np.full((raster.shape[0] * 7 + 60, raster.shape[1] * 7 // 2 + 60), 225, np.uint8)
    for y, x in zip(*np.nonzero(raster > 110), strict=True):
        cv2.circle(picture, (30 + x * 4, 30 + y * 7), 2, 40, -1, cv2.LINE_AA)
    return cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1), cv2.COLOR_GRAY2BGR)


def test_r06_a_dot_matrix_code_is_read_without_a_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("somebody wanted the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    codes._reader.cache_clear()
    reading = codes.read_code(_dots("A2403157"))
    assert reading.available
    assert codes.near(reading.raw, "A2403157")
    assert reading.key == codes.normalise(reading.raw)
    assert 0.5 < reading.confidence <= 1


def test_without_the_reading_models_it_is_said_and_nothing_is_concluded(monkeypatch):
    monkeypatch.setattr(codes, "MODELS", {"Det": "no such file"})
    codes._reader.cache_clear()
    assert not codes.read_code(_dots("A24")).available
    codes._reader.cache_clear()
