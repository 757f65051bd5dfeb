"""Figures of a statement in a province, and limits that nobody remembers from the test before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing_free.quotas import services, tenants
from gateway import valkey


@pytest.fixture(autouse=True)
def afresh(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing is counted yet, and no limit is remembered."""

    def forget() -> None:
        services.forget()
        tenants.forget()
        server = valkey.client()
        if server is not None:
            for pattern in ("fair:*", "calls:*"):
                for key in server.scan_iter(pattern):
                    server.delete(key)

    seats = {"gx", "border", "brands_seat", "office_seat"} & set(request.fixturenames)
    if seats:
        request.getfixturevalue("database")
        forget()
    yield
    if seats:
        forget()
