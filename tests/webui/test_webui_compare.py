"""Two pictures laid on each other: geometry in, words and outlines out."""

from __future__ import annotations

from django.template.loader import render_to_string

from webui.compare import CodePair, Picture, comparison, place_words

QUERY, KNOWN = Picture("/q.jpg", "这张照片"), Picture("/l.jpg", "已知假货")
HALF = ["2", "0", "0", "0", "2", "0", "0", "0", "1"]
SQUARE = [[0.2, 0.2], [0.8, 0.2], [0.8, 0.8], [0.2, 0.8]]


def test_the_places_that_differ_are_named_and_drawn_on_both_pictures():
    tiles = [
        {"x": 0.8, "y": 0.1, "w": 0.1, "h": 0.1, "agreement": -5},
        {"x": 0.1, "y": 0.8, "w": 0.1, "h": 0.1, "agreement": 20},
        {"x": 0.4, "y": 0.4, "w": 0.1, "h": 0.1, "agreement": 90},
    ]
    found = comparison(
        {"homography": HALF, "hull_library": SQUARE, "tiles": tiles}, query=QUERY, library=KNOWN, inliers=40
    )
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
        {"homography": ["nan"] * 9},
        {"homography": [1, 2]},
        {"hull_query": [[0, 0]], "tiles": [[1, 2]]},
    ):
        found = comparison(geometry, query=QUERY, library=Picture("", "已知假货"))
        assert not found.aligned and not found.hull_query and not found.differences
        html = render_to_string("webui/_compare.html", {"comparison": found})
        assert "只能并排看" in html and html.count("disabled") == 2 and "不能给您看" in html


def test_codes_show_letter_by_letter_what_differs():
    pair = CodePair("唯一码", "LHC8801", "LHC88O1", same=False, near=True)
    assert pair.parts_here == [("LHC88", True), ("0", False), ("1", True)]
    found = comparison({}, query=QUERY, library=KNOWN, codes=[pair, CodePair("批号", "A1", "", same=None)])
    html = render_to_string("webui/_compare.html", {"comparison": found})
    assert "<mark>0</mark>" in html and "<mark>O</mark>" in html and "只差一个字" in html and "没有记录" in html


def test_each_third_of_a_picture_has_its_words():
    assert [place_words(x, y) for x, y in ((0, 0), (0.5, 0.5), (1, 1), (0.9, 0.5))] == ["左上", "中间", "右下", "右侧"]
