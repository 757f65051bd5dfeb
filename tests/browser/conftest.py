"""The real product for tests that look at it from outside, and people at it in a real Chromium.

* `house`: everything that `manage.py up` starts, once a session, with a short sample history; recognition rests.
* `recognising`: recognition is at work during the test.
* `chromium`: one browser a module, with a camera that films a test picture.
* `as_persona("officer", width=360)`: a page of that persona, entered by a tap at the front door.

Tests of this folder run one after another on one worker: two browsers at a time are enough for any machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from harness import site
from harness.house import House
from playwright.sync_api import Browser, BrowserContext, Page

from runtime.sample import pictures, story

STARTING_TOO_S = 420
"""For a test and, if it is the first, the start of the product."""
HERE = Path(__file__).parent
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
NANNING = {"latitude": 22.8167, "longitude": 108.3669, "accuracy": 12}
HOSTS = {"officer": "gx", "leader": "gx", "appraiser": "brands", "office": "federation", "superior": "samr"}
PICTURES = os.environ.get("PICTURES", "")
_UP: list[House] = []


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the group in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(STARTING_TOO_S))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    try:
        return (yield)
    finally:
        if nextitem is None or HERE not in nextitem.path.parents:
            site.kept.let_go()
            while _UP:  # what follows has the machine for itself
                _UP.pop().stop()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The product, up. While writing tests: HOUSE in the environment is the VAR_DIR of one that runs already."""
    if running := os.environ.get("HOUSE"):
        yield House.running_in(Path(running))
        return
    started = House(tmp_path_factory.mktemp("house")).start()
    _UP.append(started)
    started.rest("recognition")  # it would look at the sample's photos beside all tests, for minutes of a processor
    yield started
    started.stop()


@pytest.fixture
def recognising(house: House) -> Iterator[None]:
    """Recognition is at work during the test."""
    house.wake("recognition")
    yield
    house.rest("recognition")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the tests of a module."""
    with site.chromium(*CAMERA) as browser:
        yield browser


@pytest.fixture
def someone(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`someone(width=360)`: a browser of somebody's own, nobody signed in. Closed after the test."""
    opened: list[BrowserContext] = []

    def make(*, width: int = 360, theme: str = "light", **more: Any) -> BrowserContext:
        phone = width < 600
        options: dict[str, Any] = {
            "viewport": {"width": width, "height": 780 if phone else 900},
            "color_scheme": theme,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "has_touch": phone,
            "geolocation": NANNING,
            "service_workers": "block",
        }
        context = chromium.new_context(**(options | more))
        context.grant_permissions(["geolocation"])
        context.set_default_timeout(site.PATIENCE_MS)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


_SIGNED_IN: dict[tuple[str, str], Any] = {}


@pytest.fixture
def as_persona(house: House, someone: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """`as_persona("appraiser", width=1440, theme="dark")`: the first page of officer, appraiser, office or leader.

    The first time somebody taps the persona at the door; later the session is kept from then. fresh: tap in any case.
    """

    def enter(who: str, *, width: int = 360, theme: str = "light", fresh: bool = False, **more: Any) -> Page:
        kept = None if fresh else _SIGNED_IN.get((house.domain, who))
        context = someone(width=width, theme=theme, storage_state=kept, **more)
        if kept is None:
            door = context.new_page()
            door.goto(house.url())
            with context.expect_page() as opened:
                door.locator(f'.door[href$="/as/{who}/"]').click()
            page = opened.value
            page.wait_for_load_state()
            door.close()
            if not fresh:
                _SIGNED_IN[house.domain, who] = context.storage_state()
            return page
        page = context.new_page()
        page.goto(house.url(HOSTS[who], "/leader/" if who == "leader" else "/"))
        return page

    return enter


@pytest.fixture(scope="session")
def sample_photo(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """`sample_photo("front_label")`: a JPEG of 1,600 by 2,133 pixels as a phone would take it."""
    folder = tmp_path_factory.mktemp("photos")

    def draw(shot_code: str, *, product: str = "lanhe-53", genuine: bool = False) -> Path:
        file = folder / f"{product}-{shot_code}-{genuine}.jpg"
        if not file.exists():
            file.write_bytes(pictures.photo(product, shot_code, genuine, story.shot_seed(product, shot_code)))
        return file

    return draw
