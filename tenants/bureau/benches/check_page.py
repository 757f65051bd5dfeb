"""The check page against a static page of the same size, both from the same server."""

from __future__ import annotations

import http.client
import statistics
import time
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import call_command

from appraisal.issuing import register
from appraisal.issuing.models import Certificate, OpinionLetter
from kernel import clock
from kernel.ids import uuid7
from provinces import context
from provinces.seats import BRANDS
from runtime.bench import Result, Stage, bench, median_ms
from runtime.messages import compile_messages
from tenants.bureau.benches.page_weight import served

CALLERS, EACH = 10, 20
NUMBER, CODE = "测辨〔2026〕1号", "K7QF-2M8X-TT3C"


@bench("check_page")
def check_page(stage: Stage) -> Result:
    """Turn by turn on one kept connection. Callers come from addresses of their own, so nobody is throttled."""
    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    with context.seat(BRANDS):
        Certificate.objects.create(
            lookup=register.lookup(NUMBER, CODE),
            letter_id=uuid7(),
            number=NUMBER,
            version_no=1,
            state=OpinionLetter.State.FORMAL,
            holder_name="测速酒业有限公司",
            issued_on=clock.today(),
            signed_at=clock.now(),
            items=[{"position": 1, "name": "测速特曲", "quantity": "420", "unit": "瓶", "value": "counterfeit"}],
            pdf_sha256="0" * 64,
        )
    path = "/check/?" + urlencode({"n": NUMBER, "c": CODE})
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    with served() as port:
        page = _read(http.client.HTTPConnection("127.0.0.1", port), path)
    if NUMBER.encode() not in page:
        raise RuntimeError("the check page does not show the letter")
    (settings.STATIC_ROOT / "bench.html").write_bytes(page)
    asked, static = [], []
    with served() as port:  # static files are listed when the server starts
        for caller in range(CALLERS):
            connection = http.client.HTTPConnection("127.0.0.1", port, source_address=(f"127.0.1.{caller + 1}", 0))
            _read(connection, path)
            for _turn in range(EACH):
                asked.append(_seconds(connection, path))
                static.append(_seconds(connection, f"{settings.STATIC_URL}bench.html"))
            connection.close()
    return Result(
        n=len(asked),
        ratio=statistics.median(asked) / statistics.median(static),
        reference="a static page of the same bytes, by the same server, at the median",
        figures={"check_ms": median_ms(asked), "static_ms": median_ms(static), "size_bytes": len(page)},
    )


def _seconds(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    _read(connection, path)
    return time.perf_counter() - began


def _read(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path, headers={"Host": settings.DOMAIN, "Accept-Language": "zh-CN"})
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return data
