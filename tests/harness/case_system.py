"""A case system (办案系统) joined to a bureau: it knows its officers and signs what it opens us with."""

from __future__ import annotations

import uuid

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.trail import Actor
from connections import services as connections
from connections.models import Connection
from kernel import clock
from tenants.embedding import keys

MACHINE = Actor(None, "系统")
ORIGIN = "http://cases.testhost"
HERE = "http://gx.testhost"


class CaseSystem:
    """南宁办案系统: knows its officers, signs what it opens us with."""

    def __init__(self, client_id: str, connection: Connection) -> None:
        self.client_id, self.connection = client_id, connection
        self.private = Ed25519PrivateKey.generate()

    @property
    def pem(self) -> str:
        public = self.private.public_key()
        return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()

    def claims(self, number: str = "桂市监案〔2026〕12号", *, case: dict | None = None, ago: int = 0, **more) -> dict:
        now = int(clock.now().timestamp()) - ago
        said = {
            "iss": self.client_id, "aud": HERE, "sub": "chen", "iat": now, "exp": now + 120, "jti": uuid.uuid4().hex,
            "case": {"number": number, "kind": "case", "title": "涉嫌销售侵犯注册商标专用权的商品案", **(case or {})},
            "party": {"name": "青秀区好酒商行", "uscc": "91450103MA5KX1234X", "address": "南宁市青秀区民族大道1号"},
            "target": "appraisal", "return": {"mode": "pull"},
        } | more  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}

    def token(self, *args, key=None, alg: str = "EdDSA", kid: str = "k1", **more) -> str:
        return self.sign(self.claims(*args, **more), key=key, alg=alg, kid=kid)

    def sign(self, claims: dict, *, key=None, alg: str = "EdDSA", kid: str = "k1") -> str:
        return jwt.encode(claims, self.private if key is None else key, algorithm=alg, headers={"kid": kid})


def join(name: str = "南宁办案系统", *, origins: tuple[str, ...] = (ORIGIN,), by) -> CaseSystem:
    """A connection that is on, with one client and one key, in the held seat."""
    connection = connections.create(by=MACHINE, kind="case_system", name=name, allowed_origins=list(origins))
    client, _secret = connections.make_client(
        connection, by=MACHINE, name="办案系统", wanted=["matters:read"], unit=by.unit, roles=["officer"]
    )
    connections.switch_on(connection, by=MACHINE)
    client.refresh_from_db()
    system = CaseSystem(client.oidc_id, connection)
    keys.add(connection_id=connection.pk, text=system.pem, kid="k1", by=MACHINE)
    return system
