"""The pages of matching at three hosts: what they show, what they keep back, and that their forms do what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from harness import people
from harness.matching_world import PHONE, World

from federation.matching import sources
from federation.matching.models import Pair, Series, SeriesAsk
from federation.matching.services import finding, ladder, series
from federation.parties.models import Membership
from kernel.ids import uuid7
from provinces import context
from provinces.seats import OFFICE

Clients = Callable[..., Client]


@pytest.fixture
def told(world: World) -> World:
    """Three provinces hold one telephone; 广西 and 广东 have come to the second step, and 广东 asks for the third."""
    world.bureaux["fj"] = people.bureau("fj", "350102")
    for code in ("gx", "gd", "fj"):
        world.record(code, ("phone", PHONE))
    world.compare()
    with context.seat(OFFICE):
        pair = Pair.objects.get(one__in=("gx", "gd"), other__in=("gx", "gd"))
        series.discover()
        series.propose(series_id=Series.objects.get().pk, by=world.zhao, title="同一电话卖假酒")
    for rung in (1, 2, 3):
        for code in ("gx", "gd") if rung < 3 else ("gd",):
            with context.province(code):
                ladder.say(match_id=pair.pk, rung=rung, by=world.wei(code), phone="020-1")
        world.run_letters()
    world.shared = pair.pk
    return world


def see(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_a_province_sees_its_own_value_masked_and_climbs_the_ladder_on_its_page(
    told: World, client_for: Clients
) -> None:
    """Neither the value nor the other province stands on the page before it was told; a POST agrees, by whom may."""
    wei = client_for("gx", user=told.wei("gx"))
    listed = see(wei, "/matches/")
    assert "139••••0001" in listed and PHONE not in listed and "同一电话卖假酒" in listed
    path = f"/matches/{told.shared}/"
    page = see(wei, path)
    assert "广东" not in page and "2026 年第 40 周" in page and "对方已同意" in page
    answer = wei.post(f"{path}step/", {"rung": "3", "verb": "say", "name": "韦处", "phone": ""}, follow=True)
    assert "请填写联系电话" in answer.content.decode()
    wei.post(f"{path}step/", {"rung": "3", "verb": "say", "name": "韦处", "phone": "0771-1"})
    told.run_letters()
    assert "gd 局" in see(wei, path)
    for bad in ({"rung": "x", "verb": "say"}, {"rung": "9", "verb": "say"}):
        assert wei.post(f"{path}step/", bad).status_code == 404
    assert client_for("gx", user=told.bureaux["gx"].chen).get(path).status_code == 404
    assert client_for("gx", user=told.bureaux["gx"].huang).get(path).status_code == 403


def test_comparing_by_hand_and_values_that_are_not_compared_have_their_pages(told: World, client_for: Clients) -> None:
    wei = client_for("gx", user=told.wei("gx"))
    assert wei.post("/matches/probes/", {"kind": "phone", "text": "12", "reason": "群众来电"}).status_code == 400
    wei.post("/matches/probes/", {"kind": "plate", "text": "桂A12345", "reason": "群众来电"})
    assert "桂A•••45" in see(wei, "/matches/probes/")
    wei.post("/matches/stops/", {"kind": "phone", "text": "020-38888888", "why": "快递公用"})
    assert "020-38888888" in see(wei, "/matches/stops/")
    chen = client_for("gx", user=told.bureaux["gx"].chen)
    assert chen.get("/matches/probes/").status_code == 403 and "没有比中" in see(chen, "/matches/")


def test_a_province_answers_whether_it_may_be_named(told: World, client_for: Clients) -> None:
    wei = client_for("gx", user=told.wei("gx"))
    with context.province("gx"):
        path = f"/series/{SeriesAsk.objects.get().pk}/"
    assert "同一电话卖假酒" in see(wei, path) and "系列" in see(wei, "/series/")
    wei.post(path, {"verb": "agree", "name": "韦处", "phone": "0771-1"})
    with context.province("gx"):
        assert SeriesAsk.objects.get().state == "agreed"
    wei.post(path, {"verb": "withdraw"})
    with context.province("gx"):
        assert SeriesAsk.objects.get().state == "declined"


def test_the_office_sees_matches_limits_and_series_without_names(
    told: World, client_for: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of who is who nothing before they agreed; what each province compares stands there by name."""
    zhao = client_for("federation", user=told.zhao)
    page = see(zhao, "/matches/")
    assert "未亮明" in page and "广西" not in page and "福建" not in page
    monkeypatch.setattr(finding, "FRESH_A_DAY", 1)
    told.record("gx", *(("phone", f"139771000{n:02}") for n in range(50, 53)))
    told.compare()
    limits = see(zhao, "/matches/limits/")
    assert "广西" in limits and "放行在等的值" in limits
    zhao.post("/matches/limits/", {"province": "gx", "kind": "phone", "why": "并入历史台账"})
    assert "并入历史台账" in see(zhao, "/matches/limits/")
    with context.seat(OFFICE):
        path = f"/series/{Series.objects.get().pk}/"
    one = see(zhao, path)
    assert "省份 1" in one and "广西" not in one and "同一电话卖假酒" in see(zhao, "/series/")
    zhao.post(path, {"verb": "close", "why": "已另案办理"})
    assert "已另案办理" in see(zhao, path)
    assert zhao.get("/matches/?state=all&kind=phone").status_code == 200


def test_an_organisation_answers_and_raises(told: World, client_for: Clients) -> None:
    """Its administrators and rights staff; an appraiser reads. Provinces are numbers."""
    told.house = people.brand_house()
    owner = told.house.organisation
    with context.owner():
        Membership.objects.create(user=told.house.wang, organisation=owner, role=Membership.Role.RIGHTS_STAFF)
    finds = [
        sources.Raisable(
            request_id=uuid7(), province_code=code, request_no=f"申请{n}", product_name="陈酿",
            found_on=date(2026, 10, n), run="a-b" if n < 3 else "",
        )
        for n, code in enumerate(("gx", "gd", "gx"), 1)
    ]  # fmt: skip
    sources.register_finds(lambda organisation_id: finds)
    wang = client_for("brands", user=told.house.wang)
    assert "没有征询" in see(wang, "/matches/")
    page = see(wang, "/series/new/")
    assert "省份 1" in page and "同批 1" in page and "广西" not in page
    said: dict[str, Any] = {"title": "同模", "why": "瓶盖同模", "request": [str(each.request_id) for each in finds]}
    assert wang.post("/series/new/", said | {"request": said["request"][:1]}).status_code == 400
    answer = wang.post("/series/new/", said, follow=True)
    assert "办公室研究中" in answer.content.decode()
    assert client_for("brands", user=told.house.lin).get("/series/new/").status_code == 403
    told.run_letters()
    with context.seat(OFFICE):
        assert Series.objects.filter(raised_by=owner.pk, title="同模").exists()
