"""Addresses of gateways as the operators' page gives them: the number or mailbox goes out with the message."""

import re
from pathlib import Path
from urllib.parse import quote

import apprise
import pytest
import requests

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators" / "messages.md"
EXAMPLES = dict(re.findall(r"^\| `(\w+_URL)` \|[^|]*\| `([^`]+)` \|$", PAGE.read_text("utf-8"), re.M))


def test_each_gateway_has_an_example():
    assert set(EXAMPLES) == {"EMAIL_URL", "SMS_URL", "PHONE_CALL_URL"}
    assert all("{to}" in each for each in EXAMPLES.values())


@pytest.mark.parametrize("name", ["SMS_URL", "PHONE_CALL_URL"])
def test_an_example_for_phones_brings_the_number_to_the_gateway(name, monkeypatch):
    called = []

    def post(url, **more):
        called.append(requests.Request("POST", url, params=more.get("params"), data=more.get("data")).prepare())
        answer = requests.Response()
        answer.status_code = 200
        return answer

    monkeypatch.setattr(requests, "post", post)
    monkeypatch.setattr(requests, "request", lambda method, url, **more: post(url, **more))
    gateway = apprise.Apprise()
    gateway.add(EXAMPLES[name].replace("{to}", quote("+8613900000001", safe="")))
    assert gateway.notify(body="123456", title="x")
    (sent,) = called
    assert "%2B8613900000001" in sent.url and "123456" in str(sent.body)


def test_the_example_for_mail_names_the_mailbox_as_its_addressee():
    gateway = apprise.Apprise.instantiate(EXAMPLES["EMAIL_URL"].replace("{to}", quote("a@example.cn", safe="")))
    assert [address for _, address in gateway.targets] == ["a@example.cn"]
