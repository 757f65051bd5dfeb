"""The picture of links can be read: words stand on no box and on no other words. No database."""

from __future__ import annotations

from itertools import combinations
from uuid import UUID

import pytest

from federation.contracts.joint_case import NodeV1, TieV1
from federation.jointcases.drawing import BOX_H, BOX_W, WIDTH, Picture, area_of, draw

CHINESE, ENGLISH = "运单 …4471", "bank transfer …4471"


def picture(kinds: str, ties: list[tuple[int, int]], words: str) -> Picture:
    names = {"m": "maker", "s": "store", "h": "shop", "p": "person", "a": "account"}
    nodes = [NodeV1(node_id=UUID(int=place), kind=names[kind], label=str(place)) for place, kind in enumerate(kinds)]
    return draw(
        nodes,
        [(TieV1(tie_id=UUID(int=99), one=nodes[one], other=nodes[other], via="waybill"), words) for one, other in ties],
    )


@pytest.mark.parametrize("words", [CHINESE, ENGLISH])
@pytest.mark.parametrize(
    ("kinds", "ties"),
    [
        ("msh", [(0, 1), (1, 2), (0, 2)]),
        ("msh", [(0, 1), (0, 1), (0, 1), (1, 2)]),
        ("mmshhh", [(0, 2), (1, 2), (2, 3), (2, 4), (2, 5)]),
        ("mshhp", [(0, 1), (1, 2), (1, 3), (4, 0), (4, 1), (4, 2)]),
        ("mshpa", [(0, 1), (1, 2), (3, 4), (3, 0), (4, 2)]),
        ("sshh", [(0, 1), (2, 3), (0, 2), (1, 3)]),
    ],
)
def test_no_words_stand_on_a_box_or_on_other_words(kinds, ties, words):
    made = picture(kinds, ties, words)
    stand = [area_of(line.words, line.x, line.y) for line in made.lines]
    boxes = [(box.x, box.y, box.x + BOX_W, box.y + BOX_H) for box in made.boxes]
    assert len(stand) == len(ties)
    for one, other in [*combinations(stand, 2), *((one, box) for one in stand for box in boxes)]:
        assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3], (one, other)
    assert all(
        left >= 0 and right <= WIDTH and top >= 0 and bottom <= made.height for left, top, right, bottom in stand
    )


def test_words_stand_nearer_to_the_end_that_has_fewer_links():
    fan = picture("shhh", [(0, 1), (0, 2), (0, 3)], CHINESE)
    boxes = {box.kind: box for box in fan.boxes}
    halfway = (boxes["store"].x + BOX_W + boxes["shop"].x) / 2
    assert all(line.x > halfway for line in fan.lines)
    gathered = picture("mmms", [(0, 3), (1, 3), (2, 3)], CHINESE)
    boxes = {box.kind: box for box in gathered.boxes}
    halfway = (boxes["maker"].x + BOX_W + boxes["store"].x) / 2
    assert all(line.x < halfway for line in gathered.lines)
