"""Bars too blurred to be told edge by edge: read by the likeliest digits, or not at all."""

import cv2
import numpy as np
import pytest

from appraisal.recognition.vision import bar_digits, bar_lines, barcodes, speed, verify

TEXT = "6901234567892"


def _photo(
    bits: np.ndarray, *, wide: float = 1.6, blur: float = 2.6, noise: float = 1.5, cover: bool = False
) -> np.ndarray:
    """A photo of bars out of focus. wide: pixels a module. blur: radius of the disc of the lens, in modules."""
    fine = 8
    paper = np.full((60 * fine, (len(bits) + 40) * fine), 0.85, np.float32)
    bars = np.repeat(np.concatenate([np.zeros(20), bits, np.zeros(20)]), fine)
    paper[8 * fine : 48 * fine] -= 0.8 * bars
    if cover:
        paper[:, 50 * fine : 72 * fine] = 0.6
    across = int(blur * fine)
    y, x = np.mgrid[-across : across + 1, -across : across + 1]
    disc = (np.hypot(x, y) <= blur * fine).astype(np.float32)
    soft = cv2.filter2D(paper, -1, disc / disc.sum())
    height, width = soft.shape
    size = (int(width * wide / fine) + 60, int(height * wide / fine) + 90)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 4, wide / fine)
    turn[:, 2] += np.array([size[0] - width, size[1] - height]) / 2
    seen = cv2.warpAffine(cv2.GaussianBlur(soft, (0, 0), 2), turn, size, borderValue=0.1)
    grey = 255 * np.clip(seen, 0, 1) ** (1 / 2.2) * np.linspace(0.8, 1, size[0])
    return np.clip(grey + np.random.default_rng(5).standard_normal(grey.shape) * noise, 0, 255).astype(np.uint8)


def test_r05_bars_blurred_over_five_of_their_width_are_read_and_their_place_is_told():
    photo = _photo(bar_digits.pattern(TEXT))
    assert not barcodes._certain(barcodes._climbed(photo, 1.0)), "no try of the ladder can read this"
    (found,) = barcodes.read(photo)
    assert (found.text, found.symbology) == (TEXT, "ean13")
    height, width = photo.shape
    left, right = (np.mean([found.corners[k][0] for k in pair]) for pair in ((0, 3), (1, 2)))
    assert abs(abs(right - left) - 95 * 1.6) < 4
    assert abs((left + right) / 2 - width / 2) < 4


def test_bars_upside_down_are_read_too():
    turned = np.ascontiguousarray(np.rot90(_photo(bar_digits.pattern("0023942431015"), blur=1.8), 2))
    (found,) = barcodes.read(turned)
    assert found.text == "0023942431015"


@pytest.mark.parametrize("kind", ("covered", "chance", "too blurred", "no bars"))
def test_what_is_no_code_or_cannot_be_told_gives_no_number(kind):
    bits = bar_digits.pattern(TEXT)
    chance = (np.random.default_rng(2).random(95) < 0.5).astype(float)
    chance[:3] = chance[-3:] = (1, 0, 1)
    photo = {
        "covered": lambda: _photo(bits, blur=1.5, cover=True),
        "chance": lambda: _photo(chance, blur=1.5),
        "too blurred": lambda: _photo(bits, blur=5.5, noise=4),
        "no bars": lambda: speed.drawn(7)[:, :, 0],
    }[kind]()
    assert bar_digits.read(bar_lines.lines(photo)) is None


def test_a_number_heard_once_by_another_reader_need_be_less_clear_and_a_rival_takes_that_away():
    told = bar_digits.Reading(TEXT, 1.2, 10.0, ())
    rival = bar_digits.Reading("0023942431015", 1.0, 12.0, ())
    assert not bar_digits._stands_out(told, [told], ())
    assert bar_digits._stands_out(told, [told], {TEXT})
    assert not bar_digits._stands_out(told, [told, rival], {TEXT})


def test_the_likeliest_digits_have_a_right_check_digit_and_a_second_best_that_differs():
    seen = bar_digits._seen(2.0, 0.4, 0.0)
    fit = bar_digits._Fit(np.zeros(4), np.zeros(3), 0.9, 1.8, 2.0, 0.4, 0.0)
    line = bar_digits._blackness(bar_digits.AT, bar_digits.pattern(TEXT), fit)
    text, cost, second = bar_digits.likeliest(line, seen)
    assert text == TEXT
    assert barcodes.checked(text)
    assert cost < 0.01 < second


def test_points_in_and_beside_a_barcode_tell_nothing_on_its_close_up_and_all_points_tell_on_a_package():
    close = cv2.cvtColor(_photo(bar_digits.pattern(TEXT), wide=2.2, blur=0.4), cv2.COLOR_GRAY2BGR)
    height, width = close.shape[:2]
    ends = np.array([[width / 2 + step, height / 2 + 42] for step in range(-80, 80, 10)], np.float32)
    inside = np.array([[width / 2 + step, height / 2] for step in range(-80, 80, 10)], np.float32)
    away = np.array([[8.0, 8.0], [width - 8.0, 8.0], [8.0, height - 8.0]], np.float32)
    told = verify.tells(close, (width, height), np.concatenate([inside, ends, away]))
    assert not told[:32].any()
    assert told[32:].all()
    label = speed.drawn(4)
    chance = np.random.default_rng(1).uniform(20, 580, (60, 2)).astype(np.float32)
    assert verify.tells(label, (600, 600), chance).mean() > 0.75
