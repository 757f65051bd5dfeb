"""What an officer's phone has to load: bytes over the wire of each page, first and second visit."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from provinces import context
from provinces.models import Domain, Province
from runtime import ports
from runtime.bench import Result, Stage, bench
from runtime.browser import ROOT, browser_env, chromium_path, launch_args
from runtime.messages import compile_messages
from tenants.bureau.benches.main_job import World

BUDGET_BYTES = 100_000
HOST = "p01.bench.localhost"
SETTLE_MS = 400


@bench("page_weight")
def page_weight(stage: Stage) -> Result:
    """Each page in a Chromium that has loaded nothing before, and once more; photographs are not counted."""
    from playwright.sync_api import sync_playwright  # comes with the tools for development

    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    stage.open_provinces(1)
    world = World()
    pages = _pages(world)
    key = signed_in(world)
    figures: dict[str, float | int | str] = {}
    with served() as port, sync_playwright() as playwright:
        address = f"http://{HOST}:{port}"
        # Playwright keeps an event loop in this thread; from here on nothing asks the database.
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=launch_args(), env=browser_env() | {"LANG": "zh_CN.UTF-8"}
        )
        for name, path in pages.items():
            person = browser.new_context(
                viewport={"width": 360, "height": 780}, locale="zh-CN", service_workers="block"
            )
            person.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
            figures[f"{name}_first_bytes"] = weigh(person, address + path)
            figures[f"{name}_second_bytes"] = weigh(person, address + path)
            person.close()
        browser.close()
    heaviest = max(int(size) for name, size in figures.items() if name.endswith("_first_bytes"))
    return Result(
        n=len(pages),
        ratio=heaviest / BUDGET_BYTES,
        reference=f"heaviest first visit against the budget of {BUDGET_BYTES} bytes",
        figures=figures,
    )


def _pages(world: World) -> dict[str, str]:
    """Paths by name: a request that is out, and one more that is still being put together."""
    with context.province("p01"):
        item = world.draft()
    request, _moment = world.send()
    return {
        "home": "/",
        "check": "/check/?new=1",
        "capture": f"/items/{item.pk}/capture/",
        "item": f"/items/{item.pk}/",
        "request": f"/requests/{request.pk}/",
        "list": "/requests/",
        "notices": "/notices/",
        "consultations": "/consultations/",
        "me": "/me/",
    }


def signed_in(world: World) -> str:
    """The key of a session of the officer."""
    with context.owner():
        province = Province.objects.get(schema_name="p01")
        Domain.objects.get_or_create(domain=HOST, defaults={"tenant": province, "is_primary": False})
    with context.province("p01"):
        client = Client(HTTP_HOST=HOST, SERVER_NAME=HOST)
        client.force_login(world.chen)
        key: str = client.cookies[settings.SESSION_COOKIE_NAME].value
    return key


@contextmanager
def served() -> Iterator[int]:
    """The pages as they are served, static files compressed."""
    port = ports.free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "error"]
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    env = os.environ | {"PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "config.settings"}
    server = subprocess.Popen(command, env=env, cwd=Path(ROOT))
    try:
        until = time.monotonic() + 30
        while not ports.is_listening(port):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the pages are not served")
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


def weigh(person: Any, url: str) -> int:
    """Bytes that a new tab loads for `url`, heads included, photographs not. Raises RuntimeError for any other page."""
    page = person.new_page()
    wire = person.new_cdp_session(page)
    wire.send("Network.enable")
    photos: set[str] = set()
    sizes: dict[str, int] = {}
    wire.on(
        "Network.requestWillBeSent",
        lambda sent: "/photo/" in sent["request"]["url"] and photos.add(sent["requestId"]),
    )
    wire.on(
        "Network.loadingFinished", lambda done: sizes.__setitem__(done["requestId"], int(done["encodedDataLength"]))
    )
    answer = page.goto(url)
    page.wait_for_timeout(SETTLE_MS)
    if answer is None or answer.status != 200 or page.url != url:
        raise RuntimeError(f"{url} led to {page.url}")
    page.close()
    return sum(size for request, size in sizes.items() if request not in photos)
