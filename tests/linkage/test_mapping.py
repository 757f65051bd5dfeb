"""Mapping as data: a closed list of what may leave, checked before it is in force, nothing sent half. Edge case 14."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import User
from connections.models import Connection
from gateway import outbound
from kernel.errors import BadInput, NotAllowed
from kernel.tables import read_sheets
from tenants.cases import services as cases
from tenants.linkage import presenters, selectors, sources
from tenants.linkage.mapping import rules
from tenants.linkage.models import Outgoing
from tenants.linkage.services import mapping, referring, sending


def _row(**said: Any) -> dict[str, Any]:
    return {"message": "referral", "target": "x", "source": "", "constant": "", **said}


def test_what_the_vault_of_identities_holds_cannot_be_mapped_at_all(
    bureau: Any, platform: Connection, prepare: Any
) -> None:
    """Edge case 14: reporters, whistle-blowers, identity documents, telephones, accounts: refused by a closed list."""
    wanted = [
        "reporter.name", "reporter.phone", "clue.reporter", "clue.content", "whistle.identity", "whistle.receipt",
        "vault.id_card", "party.id_card", "party.phone", "user.phone", "officer.id_card", "referral.team.0.user_id",
        "case.__class__", "message.source", "party.name.__dict__", "",
    ]  # fmt: skip
    for source in wanted[:-1]:
        with pytest.raises(BadInput) as refused:
            mapping.draft(by=bureau.huang, connection=platform, rows=[*mapping.usual_rows(), _row(source=source)])
        assert refused.value.code == "source_closed" and source in refused.value.detail
    secret = ("reporter", "whistle", "vault", "phone", "id_card", "clue", "user", "account", "password")
    assert not [name for name in sources.SOURCES if any(word in name for word in secret)]
    for text in ("{source.reporter}", "%(reporter)s", "{{ reporter }}"):
        made = mapping.draft(by=bureau.huang, connection=platform, rows=[*mapping.usual_rows(), _row(constant=text)])
        payload, _problems = rules.build(mapping.rows_of(made), sources.example(), "referral")
        assert payload["x"] == text, "a constant is a constant: no template is ever filled"
    referral = referring.send(by=bureau.chen, referral_id=prepare().pk)
    said = json.dumps(Outgoing.objects.get(referral=referral).source, ensure_ascii=False)
    assert str(bureau.chen.pk) not in said and set(Outgoing.objects.get().source) == set(sources.SOURCES)


def test_a_mapping_that_lost_a_field_sends_nothing_and_what_waits_goes_in_order_once_it_is_mended(
    bureau: Any, prepare: Any, platform: Connection, security: User, monkeypatch: pytest.MonkeyPatch, mapped: Any
) -> None:
    """A source that is gone, a value too long: held whole with a report; nothing half is sent."""
    calls: list[bytes] = []
    monkeypatch.setattr(
        outbound, "send", lambda method, url, body=b"", **more: calls.append(body) or outbound.Answer(200, {}, b"{}")
    )
    monkeypatch.setattr(outbound, "check_url", lambda url, **more: url)
    mapping.configure(by=bureau.huang, connection=platform, channel="push", endpoint="https://police.example/in")
    gone = sources.SOURCES.pop("referral.police_org")
    try:
        referral = referring.send(by=bureau.chen, referral_id=prepare().pk)
        referring.arrived(referral_id=referral.pk, kind="not_filed", at=referral.sent_at, by=bureau.chen)
        referring.reconsider(by=bureau.chen, referral_id=referral.pk, reason="再议")
        first, second = Outgoing.objects.order_by("pk")
        held = sending.attempt(first.pk)
        assert held.state == "held" and held.problems[0]["code"] == "source_gone" and not calls
        assert rules.finding(held.problems[0]).words.startswith("我方字段“referral.police_org”已不存在")
        assert sending.attempt(second.pk).state == "waiting" and not calls, "the second waits for the first"
        assert selectors.waiting_messages(platform.pk) == 2
    finally:
        sources.SOURCES["referral.police_org"] = gone
    mapped(lambda rows: [{**each, "longest": 5} if each["target"] == "referral.facts" else each for each in rows])
    assert sending.attempt(first.pk).problems[0]["code"] == "value_long" and not calls
    mapped(
        lambda rows: [
            each if each["needed"] else {**each, "target": each["target"].replace("referral.", "ysxx.")}
            for each in rows
        ]
    )
    assert sending.attempt(first.pk).state == "sent"
    assert sending.attempt(first.pk).state == "sent" and sending.attempt(second.pk).state == "sent"
    assert [json.loads(body)["message"]["kind"] for body in calls] == ["referral", "reconsideration"]
    assert json.loads(calls[0])["ysxx"]["police_org"] == "南宁市公安局青秀分局"


def test_a_platform_that_does_not_answer_is_tried_again_with_the_same_key(
    bureau: Any, prepare: Any, platform: Connection, monkeypatch: pytest.MonkeyPatch, tick: Any
) -> None:
    """Edge case 2: six hours down: it waits, in order, and nothing is sent twice once it was taken."""
    keys: list[str] = []
    answers = [503, 503, 200]

    def send(method: str, url: str, headers: dict[str, str], **more: Any) -> outbound.Answer:
        keys.append(headers["Idempotency-Key"])
        return outbound.Answer(answers.pop(0), {}, b"")

    monkeypatch.setattr(outbound, "send", send)
    monkeypatch.setattr(outbound, "check_url", lambda url, **more: url)
    mapping.configure(
        by=bureau.huang, connection=platform, channel="push", endpoint="https://police.example/in", body_format="xml",
        header_name="X-Key", header_value="geheim",
    )  # fmt: skip
    referring.send(by=bureau.chen, referral_id=prepare().pk)
    message = Outgoing.objects.get()
    assert sending.attempt(message.pk).words == "HTTP 503"
    assert sending.attempt(message.pk).tries == 1, "not before its time"
    tick(hours=6)
    sending.sweep()
    tick(hours=1)
    sending.sweep()
    sending.sweep()
    message.refresh_from_db()
    assert (message.state, message.tries, len(keys), set(keys)) == ("sent", 3, 3, {str(message.pk)})
    assert "geheim" not in selectors.setting_of(platform.pk).sealed_header


def test_a_mapping_is_checked_before_it_is_in_force_by_a_second_person(
    bureau: Any, platform: Connection, security: User
) -> None:
    """A required target without a source, a lost one, gaps in a code table: told by row; the maker does not put it in
    force; export and import agree."""
    usual = mapping.usual_rows()
    faulty = [
        *[each for each in usual if each["target"] != "referral.document_no"],
        _row(target="a.b", needed=True),
        _row(target="a", constant="1"),
        _row(target="9", constant="1"),
        _row(target="lx", source="party.kind", table={"enterprise": "1"}),
        _row(target="zt", constant="3", choices=["1", "2"]),
        _row(target="long", constant="12345", longest=3),
        _row(target="lx", source="party.kind"),
    ]
    made = mapping.draft(by=bureau.huang, connection=platform, rows=faulty)
    codes = {each.code for each in mapping.findings(made)}
    assert codes == {
        "source_missing", "target_clash", "target_wrong", "table_gap", "table_value", "constant_long", "target_doubled",
        "field_lost",
    }  # fmt: skip
    with pytest.raises(mapping.MappingFaulty) as refused:
        mapping.put_in_force(by=security, mapping=made)
    assert refused.value.data["count"] == len(refused.value.data["findings"])
    good = mapping.draft(by=bureau.huang, connection=platform, rows=usual)
    with pytest.raises(NotAllowed):
        mapping.put_in_force(by=bureau.huang, mapping=good)
    with pytest.raises(NotAllowed):
        mapping.draft(by=security, connection=platform, rows=usual)
    rows = mapping.rows_of(good)
    assert rules.read(json.loads(presenters.as_json(rows))) == rows
    assert rules.read(presenters.from_workbook(read_sheets(presenters.as_workbook(rows)))) == rows
    for junk in ({}, [1], [{"evil": 1}], [{"message": 1}], [_row(format="python")], [_row(pattern="%x")]):
        with pytest.raises(BadInput):
            mapping.draft(by=bureau.huang, connection=platform, rows=junk)


def test_pages_of_referrals_and_mappings(
    bureau: Any, case: Any, platform: Connection, prepare: Any, security: User, client_for: Any
) -> None:
    """From the case page to the list with its due date; the mapping page with a preview of a real case for who may read
    it, and of a made-up one for administrators."""
    chen, wei = client_for("gx", user=bureau.chen), client_for("gx", user=bureau.wei)
    assert f"/cases/{case.pk}/refer/" in chen.get(f"/cases/{case.pk}/").content.decode()
    said = {
        "police_org": "南宁市公安局", "suspected_crime": "销售假冒注册商标的商品罪", "facts": "查获", "annexes":
        ["letter", "report", "goods"], "connection_id": str(platform.pk),
    }  # fmt: skip
    made = chen.post(f"/cases/{case.pk}/refer/", said)
    here = made["Location"]
    page = chen.get(here).content.decode()
    assert "批准后移送公安" in page and "涉嫌犯罪案件移送书" in page
    assert chen.post(f"{here}do/send/").status_code == 302
    assert chen.get(f"{here}do/arrived/").status_code == 200
    assert chen.post(f"{here}do/withdraw/", {"reason": "x"}).status_code == 403
    listed = wei.get("/linkage/").content.decode()
    assert case.title in listed and "公安出具回执" in listed
    assert client_for("gx", user=bureau.lu).get(here).status_code == 404
    url = f"/connections/{platform.pk}/mapping/"
    assert case.number in wei.get(url, {"case": case.number}).content.decode()
    huang, safe = client_for("gx", user=bureau.huang), client_for("gx", user=security)
    seen = huang.get(url, {"case": case.number}).content.decode()
    assert "示例商行" in seen and "南宁某酒行" not in seen
    assert huang.post(f"{url}import/", {"usual": "1"})["Location"] == f"{url}2/"
    assert huang.post(f"{url}2/in-force/").status_code == 403
    assert safe.post(f"{url}2/in-force/").status_code == 302
    assert huang.get(f"{url}2/xlsx/").status_code == 200 and huang.get(f"{url}settings/").status_code == 200
    cases.close(by=bureau.he, case_id=case.pk, outcome="referred", words="已移送")
