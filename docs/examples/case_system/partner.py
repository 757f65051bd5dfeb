"""How the case system speaks with 查真假: it signs launches, gets a token, pulls results, checks webhooks."""

from __future__ import annotations

import base64
import http.client
import json
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from standardwebhooks.webhooks import Webhook

GOOD_FOR_S = 120


@dataclass(frozen=True)
class Settings:
    """What the province's administrator gave us, and what we told them. A file of ours; nobody else reads it."""

    province: str  # http://gx.localhost:8000, as browsers know it
    connect: str  # 127.0.0.1:8000, where programs of this machine reach it
    client_id: str
    client_secret: str
    webhook_secret: str
    key_id: str
    origin: str  # http://cases.localhost:9100, our pages
    own_url: str  # http://127.0.0.1:9100, where the province reaches us
    cases: list[dict[str, Any]]

    @classmethod
    def read(cls, folder: Path) -> Settings:
        return cls(**json.loads((folder / "settings.json").read_text(encoding="utf-8")))


class Partner:
    """One province's 查真假."""

    def __init__(self, settings: Settings, private_key: bytes) -> None:
        self.settings, self._key = settings, private_key
        self._token, self._until, self._lock = "", 0.0, threading.Lock()

    def launch_url(self, case: dict[str, Any], photos: list[dict[str, str]]) -> str:
        """A link that works once, for two minutes, for this officer and this case."""
        now = int(time.time())
        claims = {
            "iss": self.settings.client_id,
            "aud": self.settings.province,
            "sub": case["officer"],
            "iat": now,
            "exp": now + GOOD_FOR_S,
            "jti": uuid.uuid4().hex,
            "unit": case["unit"],
            "case": {"number": case["number"], "id": case["id"], "kind": "case", "title": case["title"]},
            "party": case["party"],
            "place": case["place"],
            "goods": case["goods"],
            "photos": photos,
            "target": "appraisal",
            "return": {"mode": "webhook"},
            "origin": self.settings.origin,
        }
        token = jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self.settings.key_id})
        return f"{self.settings.province}/launch/?token={token}"

    def result_of(self, number: str) -> dict[str, Any] | None:
        """What became of a case, by its number. None while 查真假 does not know it."""
        found = self._get(f"/api/v1/matters/?case_number={quote(number)}")["results"]
        return self._get(f"/api/v1/matters/{found[0]['id']}/result/") if found else None

    def read_webhook(self, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        """The message, once its signature and its time are right. Raises WebhookVerificationError."""
        message: dict[str, Any] = Webhook(self.settings.webhook_secret).verify(body, headers)
        return message

    def _get(self, address: str) -> dict[str, Any]:
        status, answer = self._call("GET", address, b"", {"Authorization": f"Bearer {self._access_token()}"})
        if status == 401:  # the token ended earlier than it said: switched off and on, or a new secret
            self._until = 0.0
            status, answer = self._call("GET", address, b"", {"Authorization": f"Bearer {self._access_token()}"})
        if status != 200:
            raise RuntimeError(f"{address}: {status} {answer}")
        return answer

    def _access_token(self) -> str:
        with self._lock:
            if time.time() < self._until:
                return self._token
            who = f"{self.settings.client_id}:{self.settings.client_secret}".encode()
            status, answer = self._call(
                "POST",
                "/identity/o/api/token",
                urlencode({"grant_type": "client_credentials"}).encode(),
                {
                    "Authorization": f"Basic {base64.b64encode(who).decode()}",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            if status != 200:
                raise RuntimeError(f"no token: {status} {answer}")
            self._token, self._until = answer["access_token"], time.time() + int(answer["expires_in"]) - 60
            return self._token

    def _call(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        host = self.settings.province.partition("//")[2]
        kind = http.client.HTTPSConnection if self.settings.province.startswith("https") else http.client.HTTPConnection
        connection = kind(self.settings.connect, timeout=15)
        try:
            connection.request(method, address, body or None, {"Host": host, "Accept": "application/json", **headers})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()
