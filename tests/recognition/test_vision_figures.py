"""The benches of recognition on small drawn sets: the promised figures, and files that cannot be read."""

import csv
import json
from pathlib import Path

import cv2
import pytest

from appraisal.recognition.vision import evaluate, features, speed
from runtime.bench import run_here


@pytest.fixture(scope="module")
def photos(tmp_path_factory) -> Path:
    """Two known goods, a distractor, a query for each, an unknown one; pairs."""
    folder = tmp_path_factory.mktemp("set")
    (folder / "images").mkdir()
    rows = []
    for name, item, role, seed in (
        ("a_lib.png", "A", "library", 0),
        ("b_lib.png", "B", "library", 1),
        ("other.png", "other", "library_distractor", 7),
        ("a_q.png", "A", "query", 0),
        ("b_q.png", "B", "query", 1),
        ("strange.png", "strange", "query_unknown", 8),
    ):
        picture = speed.photographed(speed.drawn(seed), seed) if role.startswith("query") else speed.drawn(seed)
        cv2.imwrite(str(folder / "images" / name), picture)
        rows.append({"file": name, "item": item, "family": "F", "role": role, "width": 600, "height": 600})
    _write(folder / "images.csv", rows)
    _write(
        folder / "pairs.csv",
        [
            {"query": "a_q.png", "reference": "a_lib.png", "relation": "same_item"},
            {"query": "a_q.png", "reference": "b_lib.png", "relation": "different"},
        ],
    )
    return folder


def _write(file: Path, rows: list[dict[str, object]]) -> None:
    with file.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_set_of_photos_gives_all_promised_figures(photos):
    options = {"images": str(photos / "images.csv"), "pairs": str(photos / "pairs.csv")}
    told = json.loads(run_here("recognition", options, as_json=True))
    assert (told["recall_at_1"], told["recall_at_5"], told["recall_in_force"]) == (1.0, 1.0, 1.0)
    assert told["false_alarms_in_force"] == 0.0
    assert (told["precision_strong"], told["n_strong"]) == (1.0, 2)
    assert told["ms_median"] > 0
    assert told["bands"]["strong"] == {"n": 2, "precision": 1.0}
    assert told["pdq"]["recall_at_5"] <= 1
    assert told["pairs"]["same_item"] == {"n": 1, "shown": 1.0}
    assert told["pairs"]["different"] == {"n": 1, "shown": 0.0}


def test_a_set_that_cannot_be_read_says_which_file(photos, tmp_path):
    with pytest.raises(evaluate.BadSet, match="nothing.csv"):
        evaluate.photos(tmp_path / "nothing.csv")
    _write(tmp_path / "images.csv", [{"file": "gone.png", "item": "A", "family": "", "role": "query"}])
    with pytest.raises(evaluate.BadSet, match="gone.png"):
        evaluate.photos(tmp_path / "images.csv")
    _write(tmp_path / "half.csv", [{"file": "gone.png"}])
    with pytest.raises(evaluate.BadSet, match="item"):
        evaluate.photos(tmp_path / "half.csv")


def test_the_lowest_threshold_within_one_in_a_hundred_false_alarms_is_the_sets_own_best():
    negatives = [90.0, *([10.0] * 199)]
    hits = [(95.0, True), (80.0, True), (50.0, False), (9.0, True)]
    assert evaluate.own_best(hits, negatives) == 0.5
    assert evaluate.own_best(hits, negatives, most=0.0) == 0.25


@pytest.mark.slow
def test_speed_is_told_as_a_ratio_of_a_large_to_a_small_library(tmp_path):
    told = speed.measure(
        tmp_path / "speed", features.extractor(tmp_path / "model"), small=20, large=60, codes=20_000, goods_known=2
    )
    assert told["right_20"] == told["right_60"] == 1.0
    assert told["ratio"] > 0
    assert told["scan_ratio"] > 0
