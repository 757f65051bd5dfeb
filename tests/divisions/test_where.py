"""A person or a program asks where an address lies: page and API, on the hosts of provinces and brands."""

import pytest
from django.conf import settings
from harness import people

from divisions.resolving import current
from gateway.tokens import make_token
from provinces import context
from provinces.hosts import DIRECTORY

AMONG_FOUR = "鼓楼区中山路12号"


@pytest.fixture
def chen(border, gazetteer, monkeypatch):
    """陈队长 of 南宁."""
    people.divisions()
    monkeypatch.setattr(current, "gazetteer", lambda on=None: gazetteer)
    return people.bureau("gx").chen


def test_the_page_tells_the_place_and_why_and_lets_a_person_choose(chen, client_for):
    browser = client_for("gx", user=chen)
    assert client_for("gx").get("/divisions/where/").status_code == 302
    assert "/divisions/where/" in browser.get("/me/").content.decode()
    page = browser.post("/divisions/where/", {"text": "荔浦县<b>修仁镇"}).content.decode()
    assert "广西壮族自治区桂林市荔浦市" in page and "450381" in page and "荔浦县" in page
    assert "<b>修仁镇" not in page
    page = browser.post("/divisions/where/", {"text": AMONG_FOUR}).content.decode()
    assert "不能确定，请选择" in page and page.count('name="pick"') == 4
    page = browser.post("/divisions/where/", {"text": AMONG_FOUR, "pick": "350102"}).content.decode()
    assert "您选定" in page and AMONG_FOUR in page
    page = browser.post("/divisions/where/", {"text": AMONG_FOUR, "pick": "110101"}).content.decode()
    assert "您选定" not in page, "only what was offered can be chosen"
    assert "没有找到地点" in browser.post("/divisions/where/", {"text": "泸州老窖"}).content.decode()
    refused = browser.post("/divisions/where/", {"text": "南" * 2_001})
    assert refused.status_code == 200 and "怎么读的" not in refused.content.decode()


def test_a_program_gets_the_same_answer_with_the_hints_of_who_asks(chen, client_for):
    seat = DIRECTORY.find(f"gx.{settings.DOMAIN_NAME}").seat
    with context.seat(seat):
        _row, token = make_token(user=chen, seat=seat.name, name="test")
    client = client_for("gx")
    headers = {"Authorization": f"Bearer {token}"}

    def ask(**query):
        return client.get("/api/v1/divisions/resolve", query, headers=headers)

    assert client.get("/api/v1/divisions/resolve", {"text": "南宁"}).status_code == 401
    found = ask(text="发货地：浙江义乌；店铺：南宁市兴宁区").json()
    assert (found["code"], found["role"], found["final"]) == ("450102", "shop", True)
    assert [place["role"] for place in found["places"]] == ["sender", "shop"]
    open_ = ask(text=AMONG_FOUR, sender_division="350100").json()
    assert (open_["code"], open_["level"], open_["candidates"][0]["code"]) == ("", "ambiguous", "350102")
    assert open_["text"] == AMONG_FOUR and open_["within"] is None
    assert ask(text="江苏省鼓楼区").json()["within"] == {"code": "320000", "path": "江苏省"}
    for wrong in ({}, {"text": ""}, {"text": "南" * 2_001}, {"text": "南宁", "sender_division": "45"}):
        assert ask(**wrong).status_code == 400
