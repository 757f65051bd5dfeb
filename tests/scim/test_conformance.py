"""scim2-tester against the running views: RFC 7643 and 7644 as another implementation reads them."""

from __future__ import annotations

import random
from itertools import count

import pytest

UNIT = "urn:ietf:params:scim:schemas:extension:chazhenjia:2.0:Unit"
KEPT = {("check_remove_attribute", urn) for urn in ("active", UNIT, f"{UNIT}:parentCode")}
"""Removing these leaves what was there: nobody is neither in use nor not, and no unit is without its place."""


def through(browser):
    """A WSGI application of Django's own test client: errors of ours reach the test."""

    def application(environ, start_response):
        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        response = browser.generic(
            environ["REQUEST_METHOD"],
            path,
            environ["wsgi.input"].read(),
            content_type=environ.get("CONTENT_TYPE", "application/scim+json"),
            **{key: value for key, value in environ.items() if key.startswith("HTTP_") and key != "HTTP_HOST"},
        )
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]

    return application


@pytest.mark.parametrize(
    "tags", [{"discovery", "crud:create", "crud:delete", "misc"}, pytest.param(None, marks=pytest.mark.slow)]
)
def test_another_implementation_finds_no_fault(scim, nanning, monkeypatch, settings, tags) -> None:
    """Item 2: users, groups, filters, PATCH, paging, discovery, errors; with values that mean something here."""
    import scim2_tester.filling as filling  # here: it takes seconds, and every worker reads this file
    from scim2_client.engines.wsgi import WSGISCIMClient
    from scim2_tester import Status, check_server

    settings.SCIM_REMOVALS_AT_MOST, settings.ACCOUNTS_IMPORT_DROP_SHARE = 10_000, 1_000.0
    numbers = count(1)
    usual = filling.get_random_example_value

    def sensible(path):
        last = str(path).rpartition(":")[2].rpartition(".")
        if str(path).endswith("unitCode") or str(path).endswith("parentCode"):
            return random.choice(["450000", "450100"])
        if str(path).endswith("roles"):
            return "officer"
        if str(path).endswith("certUntil"):
            return "2027-12-31"
        if str(path).endswith("divisionCode"):
            return "450100"
        if last[2] in ("certNo", "externalId"):
            return f"桂A{next(numbers):05d}"
        return usual(path)

    monkeypatch.setattr(filling, "get_random_example_value", sensible)
    client = WSGISCIMClient(
        through(scim.browser), base_url="http://gx.testhost/scim/v2", headers={"Authorization": f"Bearer {scim.token}"}
    )
    results = check_server(client, include_tags=tags)
    bad = [each for each in results if each.status not in (Status.SUCCESS, Status.SKIPPED)]
    wrong = [f"{each.title}: {each.reason}" for each in bad if (each.title, (each.data or {}).get("urn")) not in KEPT]
    assert not wrong, "\n".join(wrong)
    assert len(results) > (60 if tags is None else 20)
