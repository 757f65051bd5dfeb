"""The check page: anybody, by number and code or by the file; no person named; guessing leads nowhere (O-15, 12)."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from harness import signed

from appraisal.issuing import register
from appraisal.issuing.check import limits
from appraisal.issuing.models import Certificate, OpinionLetter
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS

NUMBER, CODE = "岚河辨〔2026〕15号", "K7QF-2M8X-TT3C"
State = OpinionLetter.State


def kept(**changed):
    given = {
        "lookup": register.lookup(NUMBER, CODE),
        "letter_id": uuid7(),
        "number": NUMBER,
        "version_no": 1,
        "state": State.FORMAL,
        "holder_name": "岚河酒业股份有限公司",
        "issued_on": date(2026, 11, 20),
        "signed_at": clock.now(),
        "authorisation_no": "岚授〔2026〕3号",
        "authorisation_from": date(2026, 1, 1),
        "authorisation_until": date(2026, 11, 30),
        "trademarks": [
            {"name": "岚河", "reg_no": "1234567", "nice_classes": [33], "valid_until": "2030-05-01",
             "standing": "in_force"}
        ],
        "items": [{"position": 1, "name": "岚河特曲", "quantity": "420", "unit": "瓶", "value": "counterfeit"}],
        "pdf_sha256": hashlib.sha256(signed.bare_page()).hexdigest(),
        "is_demo": True,
    }  # fmt: skip
    with context.seat(BRANDS):
        return Certificate.objects.create(**{**given, **changed})


@pytest.fixture
def ask(border, client_for, monkeypatch):
    monkeypatch.setattr(limits, "LOOKUPS", 1000)
    return lambda number=NUMBER, code=CODE, **more: client_for("").get("/check/", {"n": number, "c": code}, **more)


def test_number_and_code_lead_to_the_state_of_today_in_both_languages(ask):
    """However they are typed: blanks, small letters and full-width signs do not matter."""
    kept()
    page = ask()
    said = page.content.decode()
    for words in ("正式意见书", "岚河酒业股份有限公司", "岚授〔2026〕3号", "假冒", "演示文书", "2026-11-20"):
        assert words in said
    assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "no-referrer"
    assert ask(number=" 岚河辨〔2026〕 15号", code="k7qf2m8xｔt3c").status_code == 200
    english = ask(headers={"Accept-Language": "en"}).content.decode()
    assert "Counterfeit" in english and "This letter is valid now." in english


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"state": State.SUPERSEDED, "superseded_by_no": "岚河辨〔2026〕16号"}, "已由 岚河辨〔2026〕16号 取代"),
        ({"state": State.WITHDRAWN, "ended_on": date(2026, 11, 21)}, "已于 2026-11-21 撤回"),
        ({"state": State.PRELIMINARY, "waits_for": "time_stamp"}, "等待时间戳"),
    ],
)
def test_a_letter_that_no_longer_or_not_yet_stands_says_so(ask, changed, words):
    kept(**changed)
    said = ask().content.decode()
    assert words in said and "这份意见书现在有效" not in said


def test_an_unknown_number_and_a_wrong_code_are_one_answer_and_guessing_is_throttled(ask, client_for):
    """Numbers cannot be walked: without its code no number says anything, and a right pair is never shut off."""
    kept()
    wrong, unknown = ask(code="AAAA-AAAA-AAAA"), ask(number="岚河辨〔2026〕99号")
    assert wrong.status_code == unknown.status_code == 404

    def bare(answer):
        said = answer.content.decode()
        return said[said.index("<h1>") : said.index('id="ask"')]

    assert bare(wrong) == bare(unknown)
    answers = [ask(code=f"AAAA-AAAA-{number:04}").status_code for number in range(limits.WRONG + 2)]
    assert answers[0] == 404 and answers[-1] == 429
    assert ask().status_code == 200


def test_one_address_asks_so_often_and_no_more(border, client_for, monkeypatch):
    monkeypatch.setattr(limits, "LOOKUPS", 3)
    kept()
    client = client_for("")
    answers = [client.get("/check/", {"n": NUMBER, "c": CODE}, REMOTE_ADDR="10.9.8.7").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert client.get("/check/", {"n": NUMBER, "c": CODE}, REMOTE_ADDR="10.9.8.8").status_code == 200


def test_a_file_is_compared_byte_for_byte_and_not_kept(border, client_for):
    kept()
    client = client_for("")
    right = signed.bare_page()

    def send(data):
        return client.post("/check/", {"file": SimpleUploadedFile("任意.pdf", data, "application/pdf")})

    assert "逐字节相同。" in send(right).content.decode()
    changed = bytearray(right)
    changed[len(changed) // 2] ^= 1
    answer = send(bytes(changed))
    assert answer.status_code == 404 and NUMBER not in answer.content.decode()
    assert "没有收到文件" in client.post("/check/", {}).content.decode()


def test_the_page_is_found_from_every_host_and_gives_a_stranger_the_demonstration_root(border, client_for):
    for host in ("gx", "brands", "federation"):
        assert client_for(host).get("/letter-check/?n=1")["Location"] == "http://testhost/check/?n=1"
        assert "/letter-check/" in client_for(host).get("/accounts/login/").content.decode()
    client = client_for("")
    assert client.get("/check/authority/root.pem").content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert client.get("/check/authority/issuer.crl")["Content-Type"] == "application/pkix-crl"
    assert client.get("/check/authority/stamper.crl").status_code == 404
    assert "/check/" in client.get("/").content.decode()
