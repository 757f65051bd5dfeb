"""What stands on the page and behind the API: one key, the same refusals, nothing for strangers."""

from __future__ import annotations

from typing import Any

import pytest

from tenants.clues.models import Clue, Competence
from tenants.clues.services import supervising, working
from tenants.clues.services.dispatching import dispatch


def page(client: Any, path: str, **data: Any) -> str:
    answer = client.post(path, data, follow=True) if data else client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.content.decode()[:400])
    return str(answer.content.decode())


def test_a_dispatcher_accepts_by_one_key_and_the_unit_works_it_off_on_its_pages(bureau: Any, client_for: Any) -> None:
    desk, unit = client_for("gx", user=bureau.meng), client_for("gx", user=bureau.chen)
    clue = bureau.clue("鼓楼区中山路 12 号")
    here = f"/clues/{clue.pk}/"
    seen = page(desk, here)
    assert "鼓楼区中山路 12 号" in seen and "请选定" in seen and "data-key" not in seen, "nothing to accept yet"
    assert unit.get(here).status_code == 404, "not theirs, not there"
    assert client_for("gx", user=bureau.lu).get(here).status_code == 404
    seen = page(desk, f"{here}do/place/", other="450103")
    assert "青秀大队" in seen and 'data-key="y"' in seen and "其次" in seen
    for code in ("dispatch", "assess", "supervise"):
        page(desk, f"{here}do/{code}/")
    seen = page(desk, f"{here}accept/", go="1")
    assert "待签收" in seen
    assert "已于" in page(desk, f"{here}accept/", go="1"), "the second press is told who was first"
    assert "签收" in page(unit, here)
    page(unit, f"{here}sign-for/", go="1")
    for code in ("verifiers", "return"):
        page(unit, f"{here}do/{code}/")
    seen = page(unit, f"{here}do/verifiers/", people=[str(bureau.chen.pk), str(bureau.ning.pk)])
    assert bureau.ning.officer_cert_no in seen and "从线索开始现场检查" in seen
    seen = page(unit, f"{here}do/end/", result="untrue", outcome="no_filing", words="没有查到")
    assert "等负责人审批" in seen
    head = client_for("gx", user=bureau.he)
    seen = page(head, f"/clues/asks/{clue.asks.get().pk}/decide/", approve="yes", answer="")
    assert "不予立案" in seen and "已办结" in seen


def test_orders_studies_and_rules_have_pages_of_their_own(bureau: Any, client_for: Any) -> None:
    desk, admin = client_for("gx", user=bureau.meng), client_for("gx", user=bureau.huang)
    clue = bureau.clue()
    page(desk, f"/clues/{clue.pk}/do/assess/", people=[str(bureau.chen.pk), str(bureau.lu.pk)])
    row = clue.assessments.get()
    member = client_for("gx", user=bureau.lu)
    assert "发表研判意见" in page(member, f"/clues/{clue.pk}/")
    page(member, f"/clues/assessments/{row.pk}/say/", opinion="有前科")
    page(desk, f"/clues/assessments/{row.pk}/conclude/", advice="dispatch", opinion="核查")
    assert "核查" in page(desk, "/clues/assessments/")
    assert desk.get("/clues/assessments/export.xlsx").status_code == 200
    page(desk, f"/clues/{clue.pk}/accept/", go="1")
    order = supervising.order(by=bureau.wei, clue_id=clue.pk, demand="快办", due_on=clue.verify_by)
    assert order.number in page(desk, "/clues/supervised/")
    page(client_for("gx", user=bureau.chen), f"/clues/supervised/{order.pk}/answer/", words="在办")
    page(desk, f"/clues/supervised/{order.pk}/lift/", words="")
    seen = page(admin, "/clues/competence/")
    assert "没有单位" in seen and "良庆区" in seen
    page(admin, "/clues/competence/mend/", division_code="450108", matters="all", unit_id=str(bureau.nn.pk))
    rule = Competence.objects.get()
    assert rule.basis == "mended"
    page(admin, "/clues/competence/new/", division_code="450103", matter="online", unit_id=str(bureau.ip.pk))
    page(admin, "/clues/competence/terms/", sign_days="2", assess_days="3", dispute_days="7", learn_after="3")
    page(admin, f"/clues/competence/rules/{rule.pk}/end/", go="1")
    assert client_for("gx", user=bureau.chen).get("/clues/competence/").status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_api_tells_place_unit_and_reason_and_takes_every_step(bureau: Any, client_for: Any, language: str) -> None:
    headers = {"HTTP_ACCEPT_LANGUAGE": language, "content_type": "application/json"}
    desk, unit = client_for("gx", user=bureau.meng), client_for("gx", user=bureau.chen)
    clue = bureau.clue()
    api = f"/api/v1/clues/{clue.pk}/"
    told = desk.get(f"{api}routing/", **headers).json()
    assert [each["unit_name"] for each in told["candidates"]][0] == "青秀大队"
    assert told["address_raw"] == clue.address_raw and told["proposal"]["runner_up"]["name"]
    assert "dispatch" in desk.get(api, **headers).json()["possible"]
    assert unit.post(f"{api}dispatch/", {}, **headers).status_code == 404
    assert desk.post(f"{api}dispatch/", {}, **headers).json()["state"] == "dispatched"
    second = desk.post(f"{api}dispatch/", {}, **headers)
    assert (second.status_code, second.json()["code"]) == (409, "dispatched_already")
    assert unit.post(f"{api}sign-for/", {}, **headers).json()["state"] == "verifying"
    two = {"officer_ids": [str(bureau.chen.pk), str(bureau.ning.pk)]}
    assert len(unit.post(f"{api}verifiers/", two, **headers).json()["verifiers"]) == 2
    over = {"result": "true", "outcome": "closed", "words": "已责令下架"}
    assert unit.post(f"{api}end/", over, **headers).json()["state"] == "ended"
    assert len(desk.get(f"{api}trail/", **headers).json()) == 5
    check = desk.get("/api/v1/competences/coverage/", **headers).json()
    assert check["divisions"] > 100 and check["findings"][0]["fault"] in ("gap", "double")
    assert desk.put("/api/v1/clue-terms/", {"sign_days": 2}, **headers).json()["sign_days"] == 2
    for path in ("assessments", "supervisions", "competences", "competences/suggestions"):
        assert desk.get(f"/api/v1/{path}/", **headers).status_code == 200, path


def test_a_protected_reporter_is_named_nowhere_on_the_page(bureau: Any, client_for: Any) -> None:
    from tenants.clues.services.registering import Source

    clue = bureau.clue(
        source=Source(kind=Clue.SourceKind.WHISTLEBLOWER, name="张某某", ref="W-1"),
        secrecy=Clue.Secrecy.REPORTER_PROTECTED,
    )
    dispatch(by=bureau.meng, clue_id=clue.pk)
    working.sign_for(by=bureau.chen, clue_id=clue.pk)
    for person in (bureau.meng, bureau.chen):
        assert "张某某" not in page(client_for("gx", user=person), f"/clues/{clue.pk}/")
        api = client_for("gx", user=person).get(f"/api/v1/clues/{clue.pk}/")
        assert "张某某" not in api.content.decode()
