"""Programs with a token: `program("gx", chen)` calls the API of one host as one person."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from harness import people
from harness.world import build

from federation.letters.delivery import deliver_everywhere
from gateway.tokens import make_token
from provinces import context
from provinces.hosts import DIRECTORY


class Program:
    """A client of one host's API with a bearer token."""

    def __init__(self, client: Client, token: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any = None, *, key: str = "", **more: Any) -> Any:
        """Send JSON, or multipart when `body` holds a file. Returns Django's response; `.json()` reads it."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {}), **more.pop("headers", {})}
        multipart = isinstance(body, dict) and any(hasattr(value, "read") for value in body.values())
        if body is None or multipart:
            data = {"data": body} if body is not None else {}
        else:
            data = {"data": json.dumps(body, default=str), "content_type": "application/json"}
        return getattr(self.client, method)(f"/api/v1/{path}", headers=headers, **data, **more)

    def get(self, path: str, **more: Any) -> Any:
        return self.call("get", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.call("post", path, body if body is not None else {}, **more)


@pytest.fixture
def program(client_for):
    """`program("gx", chen)`; scopes as `gateway.tokens.make_token`."""

    def make(host: str, person: Any, **options: Any) -> Program:
        seat = DIRECTORY.find(f"{host}.{settings.DOMAIN_NAME}").seat
        with context.seat(seat):
            _row, token = make_token(user=person, seat=seat.name, name="test", **options)
        return Program(client_for(host), token)

    return make


@pytest.fixture
def world(border):
    """陈队长's bureau in 广西 and the house of 林工 and 王工."""
    people.divisions()
    return people.bureau("gx"), people.brand_house()


@pytest.fixture
def post_goes():
    """Deliver every letter that waits, everywhere."""
    return deliver_everywhere


@pytest.fixture(scope="module")
def everybody(database):
    """`harness.world.World`, committed once for a module."""
    DIRECTORY.clear()
    yield build()
    connection.set_seat(None)
    database.empty_what_was_empty()
