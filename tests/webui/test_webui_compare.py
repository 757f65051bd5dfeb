"""Two pictures laid on each other: geometry in, words and outlines out."""

from __future__ import annotations

from django.template.loader import render_to_string

from webui.compare import comparison, place_words

PHOTOS = {"query": "/q.jpg", "library": "/l.jpg"}
NAMES = {"query_name": "这张照片", "library_name": "已知假货"}
HALF = [[2, 0, 0], [0, 2, 0], [0, 0, 1]]
SQUARE = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]


def test_the_places_that_differ_are_named_and_drawn_on_both_pictures():
    tiles = [[0.8, 0.1, 0.1, 0.1, -0.05], [0.1, 0.8, 0.1, 0.1, 0.2], [0.4, 0.4, 0.1, 0.1, 0.9]]
    geometry = {"homography": HALF, "hulls": {"library": SQUARE}, "tiles": tiles, "photos": PHOTOS, "inliers": 40}
    found = comparison(geometry, **NAMES)
    assert [(each.number, each.words) for each in found.differences] == [(1, "右上"), (2, "左下")]
    assert found.differences[0].corners_query.startswith("0.4000,0.0500 0.4500,0.0500")
    assert found.share == 36
    assert "有 2 处不一致：右上、左下。" in found.words
    html = render_to_string("webui/_compare.html", {"comparison": found})
    assert html.count('class="differs"') == 4 and "滑块" in html and "disabled" not in html


def test_what_makes_no_sense_is_left_out_and_the_page_still_stands():
    for geometry in (
        None,
        {},
        {"homography": [["nan"] * 3] * 3, "photos": PHOTOS},
        {"homography": [1, 2], "photos": PHOTOS},
        {"hulls": {"query": [[0, 0]]}, "tiles": [[1, 2]]},
        {"homography": HALF, "photos": {"query": "/q.jpg", "library": ""}},
    ):
        found = comparison(geometry, **NAMES)
        assert not found.aligned and not found.hull_query and not found.differences
        html = render_to_string("webui/_compare.html", {"comparison": found})
        assert "只能并排看" in html and html.count("disabled") == 2
        assert ("不能给您看" in html) == (not found.library.url)


def test_codes_show_letter_by_letter_what_differs():
    codes = [
        {"field": "unique", "here": "LHC8801", "there": "LHC88O1", "result": "near", "same": None},
        {"field": "batch", "here": "A1", "there": "", "result": "unknown", "same": None},
    ]
    found = comparison({"photos": PHOTOS, "codes": codes}, **NAMES, labels={"unique": "唯一码", "batch": "批号"})
    assert found.codes[0].parts_here == [("LHC88", True), ("0", False), ("1", True)]
    html = render_to_string("webui/_compare.html", {"comparison": found})
    assert "<mark>0</mark>" in html and "<mark>O</mark>" in html and "只差一个字" in html and "没有记录" in html


def test_each_third_of_a_picture_has_its_words():
    assert [place_words(x, y) for x, y in ((0, 0), (0.5, 0.5), (1, 1), (0.9, 0.5))] == ["左上", "中间", "右下", "右侧"]
