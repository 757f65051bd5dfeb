"""Identity providers played on this machine over real HTTP: an OpenID provider, 企业微信, 钉钉."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Twin(ThreadingHTTPServer, ABC):
    """What all have in common. calls: paths asked for. down: answers nothing but 503."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls: list[str] = []
        self.down = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @abstractmethod
    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any], headers: Any) -> Any:
        """What this kind of service answers."""


class _Handler(BaseHTTPRequestHandler):
    server: Twin

    def do_GET(self) -> None:
        self._do({})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "json" in self.headers.get("Content-Type", ""):
            self._do(json.loads(raw))
        else:
            self._do({name: values[0] for name, values in parse_qs(raw.decode()).items()})

    def _do(self, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.server.calls.append(parts.path)
        said: Any = (503, {}) if self.server.down else None
        if said is None:
            said = self.server.answer(self.command, parts.path, query, body, self.headers)
        if isinstance(said, str):
            self.send_response(302)
            self.send_header("Location", said)
            self.end_headers()
            return
        status, data = said if isinstance(said, tuple) else (200, said)
        content = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Quiet."""


class OpenIdTwin(Twin):
    """Signs everybody in as `claims`. gone: people who are no longer there. refreshes: gives refresh tokens."""

    CLIENT, SECRET = "chazhenjia", "a secret of the test, long enough"

    def __init__(self) -> None:
        super().__init__()
        self.claims: dict[str, Any] = {"sub": "unit-42", "preferred_username": "chen", "name": "陈勇"}
        self.sid, self.refreshes, self.gone = "session-at-the-bureau", True, False
        self.signed_by: Any = _KEY
        self.spoil: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.kept: dict[str, str] = {}

    def sign(self, said: dict[str, Any], *, key: Any = None, kid: str = "k1", algorithm: str = "RS256") -> str:
        chosen = None if algorithm == "none" else key or self.signed_by
        return jwt.encode(said, chosen, algorithm=algorithm, headers={"kid": kid})

    def logout_token(self, **changed: Any) -> str:
        """A good one; a value of None leaves a claim out."""
        said = {
            "iss": self.url,
            "aud": self.CLIENT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 120,
            "jti": secrets.token_hex(8),
            "events": {EVENT: {}},
            "sub": self.claims["sub"],
            "sid": self.sid,
        } | changed
        return self.sign({name: value for name, value in said.items() if value is not None})

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any], headers: Any) -> Any:
        match path:
            case "/.well-known/openid-configuration":
                return {
                    "issuer": self.url,
                    "authorization_endpoint": f"{self.url}/authorize",
                    "token_endpoint": f"{self.url}/token",
                    "userinfo_endpoint": f"{self.url}/userinfo",
                    "jwks_uri": f"{self.url}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                }
            case "/keys":
                shown = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_KEY.public_key()))
                return {"keys": [shown | {"kid": "k1", "use": "sig", "alg": "RS256"}]}
            case "/authorize":
                back = {"state": query["state"]}
                if "none" in query.get("prompt", "") and self.gone:
                    return f"{query['redirect_uri']}?{urlencode(back | {'error': 'login_required'})}"
                code = secrets.token_hex(8)
                self.codes[code] = query
                return f"{query['redirect_uri']}?{urlencode(back | {'code': code})}"
            case "/token":
                return self._token(body, headers)
            case "/userinfo":
                return self.claims | self.info
        return 404, {}

    def _token(self, body: dict[str, Any], headers: Any) -> Any:
        told = base64.b64encode(f"{self.CLIENT}:{self.SECRET}".encode()).decode()
        if headers.get("Authorization") != f"Basic {told}":
            return 401, {"error": "invalid_client"}
        if body["grant_type"] == "refresh_token":
            if self.gone or body["refresh_token"] not in self.kept:
                return 400, {"error": "invalid_grant"}
            nonce = self.kept.pop(body["refresh_token"])
        else:
            asked = self.codes.pop(body["code"])
            digest = hashlib.sha256(body["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
                return 400, {"error": "invalid_grant"}
            nonce = asked["nonce"]
        now = int(time.time())
        said = {"iss": self.url, "aud": self.CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, "sid": self.sid}
        made = {
            "access_token": secrets.token_hex(8),
            "token_type": "Bearer",
            "id_token": self.sign(said | self.claims | self.spoil),
        }
        if self.refreshes:
            made["refresh_token"] = secrets.token_hex(8)
            self.kept[made["refresh_token"]] = nonce
        return made


class WeComTwin(Twin):
    """企业微信. people: userid to status; 1 is in use."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, int] = {"chen": 1}
        self.user, self.tokens = "chen", 0

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any], headers: Any) -> Any:
        if path == "/cgi-bin/gettoken":
            good = query == {"corpid": "ww1", "corpsecret": "s"}
            self.tokens += good
            return {"errcode": 0, "access_token": f"t{self.tokens}", "expires_in": 7200} if good else {"errcode": 40013}
        if query.get("access_token") != f"t{self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        if path == "/cgi-bin/auth/getuserinfo":
            return {"errcode": 0, "userid": self.user} if self.user else {"errcode": 0, "openid": "outsider"}
        if path == "/cgi-bin/user/get":
            status = self.people.get(query["userid"])
            found = {"errcode": 0, "userid": query["userid"], "name": "陈勇", "status": status}
            return found if status else {"errcode": 60111, "errmsg": "userid not found"}
        return 404, {}


class DingTalkTwin(Twin):
    """钉钉. people: userid to whether it is in use."""

    def __init__(self) -> None:
        super().__init__()
        self.people: dict[str, bool] = {"chen": True}

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any], headers: Any) -> Any:
        match path:
            case "/v1.0/oauth2/accessToken":
                return {"accessToken": "app", "expireIn": 7200}
            case "/v1.0/oauth2/userAccessToken":
                good = body["code"] == "good" and body["clientSecret"] == "s"
                return {"accessToken": "person", "expireIn": 7200} if good else (400, {"code": "invalidCode"})
            case "/v1.0/contact/users/me":
                good = headers.get("x-acs-dingtalk-access-token") == "person"
                return {"unionId": "u1", "openId": "o1", "nick": "陈勇"} if good else (400, {"code": "no"})
            case "/topapi/user/getbyunionid":
                return {"errcode": 0, "result": {"userid": next(iter(self.people), ""), "contact_type": 0}}
            case "/topapi/v2/user/get":
                there = self.people.get(body["userid"])
                return {"errcode": 60121} if there is None else {"errcode": 0, "result": {"active": there}}
        return 404, {}


@contextmanager
def served(twin: Twin) -> Iterator[Any]:
    """A twin that answers until the end."""
    thread = threading.Thread(target=twin.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield twin
    finally:
        twin.shutdown()
        twin.server_close()
        thread.join()
