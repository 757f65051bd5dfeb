"""G19: no address that somebody wrote leads a call of ours inside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from harness import ssrf
from harness.receiver import receiving

from gateway import outbound
from kernel.errors import Problem

ROOT = Path(__file__).resolve().parents[2]
WAYS_OUT = re.compile(
    r"^\s*(?:import|from)\s+(requests|urllib3(?!\.exceptions\b)|httpx|aiohttp|http\.client|urllib\.request|websockets|ftplib)\b"
    r"|^\s*from\s+(?:http|urllib)\s+import\s+(client|request)\b",
    re.M,
)
NAMES_ONLY = {
    "platform/accounts/adapters.py",
    "platform/signon/adapters.py",
    "platform/signon/certificates.py",
    "platform/signon/oidc/published.py",
}
"""They name the type of the session that they are given, and its errors; they make none."""
MAKES_CALLS = re.compile(
    r"\brequests\.(get|post|put|patch|delete|head|options|request|session|Session)\(|(?<!\.)\bSession\(\)"
)
ONLY_HERE = {"platform/gateway/outbound.py", "platform/runtime/up.py"}
"""The way out itself, and the start that asks its own processes whether they are up."""


def called(name: str, url: str) -> Any:
    """What came back, None for nothing."""
    try:
        return ssrf.FEATURES[name](url) or None
    except Exception:  # each feature says in its own way that nothing came back
        return None


@pytest.mark.guard("G19")
@pytest.mark.parametrize("name", sorted(ssrf.FEATURES))
def test_no_feature_calls_an_address_that_leads_inside(name, settings, trials):
    with ssrf.inside() as held, ssrf.world(settings, held):
        urls = ssrf.vectors(held.port)
        assert len(urls) >= 60
        for url in urls:
            if name in ("time-stamps", "revocation lists") and url.startswith("http://public"):
                continue  # what is signed itself may come over plain http from a public address
            assert called(name, url) is None, url
            assert (held.opened, held.heard) == ([], []), url
        for _ in range(2):
            assert called(name, "https://rebind.test/") is None
        assert held.heard == [], "a name that led outside when it was looked up, and inside when it was called"
    trials(len(urls) + 2)


@pytest.mark.guard("G19")
@pytest.mark.parametrize("name", sorted(ssrf.FEATURES))
def test_no_feature_follows_a_redirect_to_the_inside(name, settings, trials):
    answers = iter((301, 302, 303, 307, 308))
    with ssrf.inside() as held, ssrf.world(settings, held), receiving(host="127.0.0.2") as front:
        for status in answers:
            target = f"http://127.0.0.1:{held.port}/secret"
            front.answer = lambda *_, status=status, target=target: (status, {"Location": target}, b"")
            assert called(name, f"http://front.test:{front.port}/") is None
        assert len(front.posts) == 5, "the first address was called, and its answer was no reason to call another"
        assert (held.opened, held.heard) == ([], [])
    trials(5)


def test_addresses_of_partners_in_public_and_in_named_networks_are_called(settings):
    """What the checks are not for: they do not stand in the way of the honest."""
    settings.SCHEME = "https"
    for url in (
        "https://case.example.com/hook?a=1",
        "https://8.8.8.8/x",
        "https://[2606:4700::1111]:8443/",
        "https://x_y.gx.gov.cn/",
    ):
        assert outbound.check_url(url) == url
    assert outbound.check_url("https://gx.example.com:444/", with_path=False) == "https://gx.example.com:444"
    with pytest.raises(outbound.OutboundRefused):
        outbound.check_url("http://case.example.com/")


def test_a_call_that_trickles_or_never_ends_is_given_up(settings):
    def endless(held, headers, body):
        return 200, {}, b"x" * 5000

    with receiving(endless) as front:
        with pytest.raises(outbound.OutboundFailed) as failed:
            outbound.send("GET", front.url, longest_bytes=1000)
        assert failed.value.data["why"] == "too_long"
        assert len(outbound.send("GET", front.url, longest_bytes=1000, whole=False).content) == 1000
    with receiving(trickle=0.1) as front:
        with pytest.raises(outbound.OutboundFailed) as failed:
            outbound.send("GET", front.url, connect_s=0.2, read_s=0.4)
        assert failed.value.data["why"] == "timeout"
        with pytest.raises((outbound.OutboundFailed, OSError, Problem)):
            outbound.send("GET", front.url, read_s=0.05)


def test_nobody_calls_out_by_another_way():
    """An import of a library that makes calls stands nowhere but in the one way out (tests and benches apart)."""
    found = []
    for floor in ("platform", "federation", "appraisal", "billing_free", "tenants"):
        for file in sorted((ROOT / floor).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            if name in ONLY_HERE or "/benches" in name or name.endswith("benches.py"):
                continue
            found += [f"{name}: {each[1] or each[2]}" for each in WAYS_OUT.finditer(file.read_text(encoding="utf-8"))]
    assert sorted(set(found) - {f"{name}: requests" for name in NAMES_ONLY}) == []
    for name in NAMES_ONLY:
        assert not MAKES_CALLS.search((ROOT / name).read_text(encoding="utf-8")), name
