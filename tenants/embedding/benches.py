"""From a signed link to the page, against the same page for an officer who is signed in."""

from __future__ import annotations

import http.client
import statistics
import time
import uuid
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.management import call_command

from audit.trail import Actor
from connections import services as connections
from provinces import context
from runtime.bench import Result, Stage, bench, median_ms
from runtime.messages import compile_messages
from tenants.bureau.benches.main_job import World
from tenants.bureau.benches.page_weight import HOST, served, signed_in
from tenants.embedding import framing, keys
from tenants.embedding.models import Matter

TURNS, WARM = 60, 8
MACHINE = Actor(None, "系统")


class CaseSystem:
    """Signs what it opens us with."""

    def __init__(self, world: World) -> None:
        self.private = Ed25519PrivateKey.generate()
        pem = self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        with context.province("p01"):
            made = connections.create(by=MACHINE, kind="case_system", name="测速办案系统")
            client, _secret = connections.make_client(
                made, by=MACHINE, name="测速", wanted=["matters:read"], unit=world.chen.unit, roles=["officer"]
            )
            connections.switch_on(made, by=MACHINE)
            keys.add(connection_id=made.pk, text=pem.decode(), kid="bench", by=MACHINE)
        self.client_id = client.oidc_id

    def link(self) -> str:
        """The path of one launch of the same case."""
        now = int(time.time())
        said = {
            "iss": self.client_id, "aud": f"{settings.SCHEME}://p01.{settings.DOMAIN}", "sub": "chen", "iat": now,
            "exp": now + 120, "jti": uuid.uuid4().hex, "case": {"number": "测速〔2026〕1号"}, "target": "matter",
        }  # fmt: skip
        token = jwt.encode(said, self.private, algorithm="EdDSA", headers={"kid": "bench"})
        return "/launch/?" + urlencode({"token": token})


@bench("launch")
def launch(stage: Stage) -> Result:
    """Turn by turn on one kept connection: the link with what it leads to, then the same page at the front door."""
    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    stage.open_provinces(1)
    world = World()
    system, key = CaseSystem(world), signed_in(world)
    launched, plain, alone = [], [], []
    with served() as port:
        wire = http.client.HTTPConnection("127.0.0.1", port)
        opened = _ask(wire, system.link(), 302)
        with context.province("p01"):
            page = f"/matters/{Matter.objects.get().pk}/"
        session = f"{settings.SESSION_COOKIE_NAME}={key}"
        for turn in range(WARM + TURNS):
            link = system.link()
            began = time.perf_counter()
            opened = _ask(wire, link, 302)
            between = time.perf_counter()
            cookie = (opened.getheader("Set-Cookie") or "").partition(";")[0]
            _ask(wire, opened.getheader("Location") or "", 200, cookie)
            after = time.perf_counter()
            _ask(wire, page, 200, session)
            if turn >= WARM:
                launched.append(after - began)
                alone.append(between - began)
                plain.append(time.perf_counter() - after)
        wire.close()
    return Result(
        n=TURNS,
        ratio=statistics.median(launched) / statistics.median(plain),
        reference="the page of the same case for an officer who is signed in, by the same server, at the median",
        figures={
            "launch_and_page_ms": median_ms(launched),
            "launch_alone_ms": median_ms(alone),
            "page_ms": median_ms(plain),
            "cookie": framing.COOKIE,
        },
    )


def _ask(wire: http.client.HTTPConnection, path: str, status: int, cookie: str = "") -> http.client.HTTPResponse:
    headers = {"Host": HOST, "Accept-Language": "zh-CN", **({"Cookie": cookie} if cookie else {})}
    wire.request("GET", path, headers=headers)
    answer = wire.getresponse()
    answer.read()
    if answer.status != status:
        raise RuntimeError(f"{path[:60]} answered {answer.status}")
    return answer
