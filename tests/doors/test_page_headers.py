"""Every page that anybody may open says what a browser may do with it, and needs no more than that."""

import itertools
import re
import zlib

import pytest
from harness.guards import size
from harness.routes import routes

from provinces import context

PEOPLE = [
    ("gx", "province", "gx", "chen"),
    ("gx", "province", "gx", "huang"),
    ("gx", "province", "gx", "wei"),
    ("brands", "brands", "lan", "lin"),
    ("brands", "brands", "lan", "admin"),
    ("federation", "office", "office", "zhao"),
]
ELSEWHERE_DOWN = 502
"""Another installation does not answer: said by a page of its own."""
# allauth's own page hides an empty form by an attribute; refused, it is empty all the same.
NOT_OURS = {"accounts/phone/change/"}
WORDS = {"what": ["view"], "step": ["confirm"], "name": ["head"]}
NEEDS_MORE = re.compile(
    r"""<style|\sstyle=|\son\w+=["']|javascript:|<script(?![^>]*\b(?:src=|type="(?:application/json|importmap)"))""",
    re.I,
)
POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}


def directives(answer) -> dict[str, list[str]]:
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize(("host", "kind", "owner", "person"), PEOPLE)
def test_no_page_needs_more_than_the_policy_allows(everybody, client_for, host, kind, owner, person):
    client, wrong, seen = client_for(host, raise_request_exception=False), [], 0
    with context.seat(everybody.seat(owner)):
        client.force_login(everybody.people[owner][person])
    for route in routes(kind):
        own = {name: [str(everybody.ids[owner][name])] for name in route.arguments if name in everybody.ids[owner]}
        values = [own.get(name) or WORDS.get(name) for name in route.arguments]
        if None in values or route.text in ("accounts/logout/", "demo/enter/"):
            continue
        if zlib.crc32(f"{route.text} {person}".encode()) % size(12, 1):
            continue
        for picked in itertools.product(*values):
            answer = client.get(
                route.path(dict(zip(route.arguments, picked, strict=True))), headers={"Accept": "text/html"}
            )
            assert answer.status_code < 500 or answer.status_code == ELSEWHERE_DOWN, (route.text, answer.status_code)
            html = answer.headers.get("Content-Type", "").startswith("text/html")
            said = directives(answer)
            if html and not route.text.startswith("accounts/"):
                wrong += [f"{route.text}: {name}" for name, value in POLICY.items() if said.get(name) != value]
            for name in ("Referrer-Policy", "Permissions-Policy", "X-Content-Type-Options"):
                assert answer.headers.get(name), (route.text, name)
            if html and not answer.streaming and route.text not in NOT_OURS:
                seen += 1
                wrong += [f"{route.text}: {found}" for found in NEEDS_MORE.findall(answer.content.decode())]
    assert seen > 5 and not wrong, "\n".join(wrong)


def test_unknown_hosts_errors_and_files_carry_the_headers_too(everybody, client_for, settings):
    for host, path in (("nowhere.testhost", "/"), ("gx", "/nothing/"), ("gx", "/sw.js"), ("", "/")):
        answer = client_for(host).get(path)
        assert directives(answer)["default-src"] == ["'none'"], (host, path)
        lent = [f"{settings.SCHEME}://{settings.DOMAIN}"] if host == "nowhere.testhost" else []
        assert directives(answer)["style-src"] == ["'self'", *lent], "a host that is not served wears the front door's"


def test_pages_may_hear_the_event_streams_of_their_own_host_alone(everybody, client_for, settings):
    settings.EVENTS_URL = "https://{host}:8443"
    assert directives(client_for("gx").get("/accounts/login/"))["connect-src"] == ["'self'", "https://gx.testhost:8443"]
