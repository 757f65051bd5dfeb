"""A persona of the demonstration who uses the API over plain HTTP, for tests that kill what is below."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psutil
import requests
from harness.house import House


class Caller:
    """`Caller(house, "officer")`: signed in by a tap at the door. Names are not resolved: Host says who is meant."""

    def __init__(self, house: House, persona: str) -> None:
        self.house = house
        self.session = requests.Session()
        self.session.trust_env = False
        step = self._ask("get", house.domain, f"/demo/as/{persona}/")
        where = urlsplit(step.headers["Location"])
        self.host = where.netloc
        self._ask("get", self.host, f"{where.path}?{where.query}")
        self._ask("get", self.host, "/me/", headers={"Accept": "text/html"})  # its forms bring the token for writes

    def _ask(self, method: str, host: str, path: str, **more: Any) -> requests.Response:
        headers = {"Host": host, "Accept": "application/json", **more.pop("headers", {})}
        return self.session.request(
            method,
            f"http://127.0.0.1:{self.house.web_port}{path}",
            headers=headers,
            allow_redirects=False,
            timeout=30,
            **more,
        )

    def get(self, path: str) -> Any:
        """What a page answers by JSON. Raises requests' errors."""
        answer = self._ask("get", self.host, path)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, body: Any = None, *, key: str = "", **more: Any) -> requests.Response:
        """A write by API. key: the same for the same thing said again."""
        token = next((one.value for one in self.session.cookies if one.name == "csrftoken"), "")
        headers = {"X-CSRFToken": token, **({"Idempotency-Key": key} if key else {})}
        kind = {} if more else {"json": body or {}}
        return self._ask("post", self.host, f"/api/v1/{path}", headers=headers, **kind, **more)


def patiently(say: Callable[[], Any], seconds: float = 90) -> Any:
    """Ask again until there is an answer that is true. What is not there now may come: a server, a file, a process.

    Raises the last fault, or AssertionError.
    """
    until = time.monotonic() + seconds
    fault: Exception | None = None
    while time.monotonic() < until:
        try:
            if found := say():
                return found
            fault = None
        except (OSError, ValueError, psutil.Error) as problem:
            fault = problem
        time.sleep(0.5)
    raise fault or AssertionError(f"nothing came within {seconds} s")
