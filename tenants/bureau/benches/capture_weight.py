"""What the camera page costs: bytes over the wire, and how long a photograph of 12 megapixels waits to be sealed."""

from __future__ import annotations

import statistics
from typing import Any

from django.conf import settings
from django.core.management import call_command

from provinces import context
from runtime.bench import Result, Stage, bench
from runtime.browser import browser_env, chromium_path, launch_args
from runtime.messages import compile_messages
from tenants.bureau.benches.main_job import World
from tenants.bureau.benches.page_weight import BUDGET_BYTES, HOST, served, signed_in, weigh

SHOTS = 5
PAUSE_MS = 1500

# A picture with as much in it as a camera's: 4000 by 3000, some megabytes.
_DRAW = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 4000, height: 3000 });
  const pen = canvas.getContext("2d"), tile = pen.createImageData(500, 500);
  for (let i = 0; i < tile.data.length; i++) tile.data[i] = i % 4 === 3 ? 255 : 90 + Math.random() * 90;
  for (let y = 0; y < 3000; y += 500) for (let x = 0; x < 4000; x += 500) pen.putImageData(tile, x, y);
  globalThis.frame = await new Promise((tell) => canvas.toBlob(tell, "image/jpeg", 0.9));
  return frame.size;
}"""
_SHOOT = """async () => {
  performance.clearMeasures();
  const picked = new DataTransfer();
  picked.items.add(new File([frame], "frame.jpg", { type: "image/jpeg", lastModified: Date.now() }));
  const input = document.querySelector('[data-role="album"] input');
  input.files = picked.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  for (let tries = 0; tries < 200; tries++) {
    await new Promise((go) => setTimeout(go, 50));
    const [sealed] = performance.getEntriesByName("sealed"), [digest] = performance.getEntriesByName("digest");
    if (sealed) return [sealed.duration, digest.duration];
  }
  return null;
}"""
_DIGEST = """async () => {
  const began = performance.now();
  await crypto.subtle.digest("SHA-256", await frame.arrayBuffer());
  return performance.now() - began;
}"""


@bench("capture_weight")
def capture_weight(stage: Stage) -> Result:
    """The camera page in a Chromium that has loaded nothing before, then again; then its own shutter."""
    from playwright.sync_api import sync_playwright  # comes with the tools for development

    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    stage.open_provinces(1)
    world = World()
    with context.province("p01"):
        item = world.draft()
    key = signed_in(world)
    with served() as port, sync_playwright() as playwright:
        address = f"http://{HOST}:{port}"
        url = f"{address}/items/{item.pk}/capture/"
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=launch_args(), env=browser_env() | {"LANG": "zh_CN.UTF-8"}
        )
        person = browser.new_context(viewport={"width": 360, "height": 780}, locale="zh-CN", service_workers="block")
        person.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": address}])
        first, second = weigh(person, url), weigh(person, url)
        times = _times(person, url)
        browser.close()
    return Result(
        n=SHOTS,
        ratio=first / BUDGET_BYTES,
        reference=f"first visit of the camera page against the budget of {BUDGET_BYTES} bytes; times against"
        " crypto.subtle.digest alone on the same bytes in the same page",
        figures={"first_bytes": first, "second_bytes": second, **times},
    )


def _times(person: Any, url: str) -> dict[str, float | int | str]:
    """Milliseconds from the shutter to the digest, and to "sealed" on the screen; medians."""
    page = person.new_page()
    page.goto(url)
    page.wait_for_selector("[data-capture]:not([hidden])")
    size = page.evaluate(_DRAW)
    alone, digest, sealed = [], [], []
    for _shot in range(SHOTS):
        alone.append(page.evaluate(_DIGEST))
        found = page.evaluate(_SHOOT)
        if found is None:
            raise RuntimeError("the photo was not sealed")
        sealed.append(found[0])
        digest.append(found[1])
        page.wait_for_timeout(PAUSE_MS)
    page.close()
    figures = {"digest_alone_ms": alone, "digest_ms": digest, "sealed_ms": sealed}
    medians: dict[str, float | int | str] = {name: statistics.median(each) for name, each in figures.items()}
    return {
        "frame_bytes": size,
        **medians,
        "digest_ratio": statistics.median(digest) / statistics.median(alone),
        "sealed_ratio": statistics.median(sealed) / statistics.median(alone),
    }
