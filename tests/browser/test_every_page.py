"""Each page that a persona reaches by links is accessible, fits its width, loads without fault, in both languages."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from harness import site
from harness.house import House
from playwright.sync_api import BrowserContext, Error, Page, expect

from runtime.sample import cast

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
MOST = 120
ALIKE = 2
"""Pages of one kind (the same address but for ids) that are looked at."""
AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|[0-9a-f]{32,}")
NOT_A_PAGE = re.compile(r"/(logout|demo|export|api|photo|static|i18n)\b|\.(pdf|csv|xlsx|jpg)$")
CHINESE_WORDS_OF_OURS = r"""() => [...document.querySelectorAll(
  "main label, main th[scope=col], main legend, main dt, nav a, main button:not(.thumb, .line), main .chip")]
  .filter((one) => one.offsetParent && !one.closest("[lang|=zh], .chat, .choice"))
  .filter((one) => !/^([0-9a-f]{8}-[0-9a-f-]{27}|\d{6,12})$/.test(one.querySelector("input")?.value))
  .map((one) => one.innerText.trim().split("\n")[0])
  .filter((words) => !/...(局|处|所|股|厅|大队|支队)$/.test(words))
  .filter((words) => /^[\u4e00-\u9fff，。、（）]{2,}$/.test(words))"""
"""What stands where data hardly does and is Chinese from end to end; names of units are data wherever they stand."""
UPRIGHT = r"""() => [...document.querySelectorAll("main :is(td, th, .button, .chip)")].flatMap((box) => {
  if (!box.checkVisibility()) return [];
  const found = [], texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), line = document.createRange();
  for (let text; (text = texts.nextNode()); ) {
    const words = text.textContent.trim(), em = parseFloat(getComputedStyle(text.parentElement).fontSize);
    line.selectNodeContents(text);
    const lines = [...line.getClientRects()].filter((each) => each.width > 1);
    const most = Math.min(words.length, 4);
    if (most > 1 && lines.length >= most && lines.every((each) => each.width < 2 * em)) found.push(words.slice(0, 20));
  }
  return found;
})"""
"""Words of cells and buttons that are squeezed until they stand one character below the other."""
CUT_OFF = r"""() => [...document.querySelectorAll(".rail a, main :is(.button, .chip, th, dt)")]
  .filter((box) => innerWidth >= 960 && box.checkVisibility() && !box.closest(".sr, [tabindex='0']"))
  .filter((box) => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display !== "inline")
  .map((box) => box.innerText.trim().slice(0, 40))"""
"""Words that are longer than what they stand in, where there is room: a box further out cuts them off."""
BROKEN = r"""() => [...document.querySelectorAll("main :is(h1, h2, td, th, dt, .button, .chip), .rail a")]
.flatMap((box) => {
  if (!box.checkVisibility() || box.closest(".sr")) return [];
  const found = [], texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), word = document.createRange();
  for (let text; (text = texts.nextNode()); ) {
    if (text.parentElement.closest("code, .sr, svg, [lang|=zh]")) continue;
    for (const each of text.textContent.matchAll(/[A-Za-z]{4,}/g)) {
      word.setStart(text, each.index), word.setEnd(text, each.index + each[0].length);
      if (new Set([...word.getClientRects()].map((line) => Math.round(line.top))).size > 1) found.push(each[0]);
    }
  }
  return found;
})"""
"""English words that go on in another line."""
PICTURES = os.environ.get("PICTURES", "")
START = {
    "door": ("", "/", None),
    "officer": ("gx", "/", "officer"),
    "leader": ("gx", "/leader/", "leader"),
    "bureau": ("gx", "/", "bureau_admin"),
    "appraiser": ("brands", "/", "appraiser"),
    "office": ("federation", "/", "office"),
    "superior": ("samr", "/", "superior"),
}


class Faults:
    """What a browser complains of while pages load."""

    def __init__(self, page: Page) -> None:
        self.seen: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.seen.append(f"script: {error}"))
        page.on("response", lambda got: got.status >= 400 and self.seen.append(f"{got.status} {got.url}"))
        page.on("requestfailed", self._failed)

    def _said(self, said: Any) -> None:
        # Playwright's own: service workers are switched off here, so that each page comes from the server.
        if said.type in ("error", "warning") and "blocked by Playwright" not in said.text:
            self.seen.append(f"console: {said.text}")

    def _failed(self, request: Any) -> None:
        # An event stream, and whatever else is under way, ends when the page is left.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.seen.append(f"{request.failure} {request.url}")

    def take(self) -> list[str]:
        found, self.seen = self.seen, []
        return found


def kind(path: str) -> str:
    return AN_ID.sub("*", path.partition("?")[0])


def links(page: Page, origin: str) -> list[str]:
    found = page.eval_on_selector_all("a[href]:not([download])", "all => all.map((one) => one.href)")
    paths = []
    for href in found:
        address = urldefrag(href).url
        if address.startswith(origin + "/"):
            path = address.removeprefix(origin)
            if not NOT_A_PAGE.search(path):
                paths.append(path)
    return paths


def look(page: Page, name: str, language: str) -> list[str]:
    """What is wrong with the page as it stands."""
    wrong = [f"axe {rule} x{count}: {html}" for rule, count, html in site.violations(page)]
    if (too_wide := site.overflow(page)) > 0:
        wrong.append(f"sticks out by {too_wide} px")
    wrong += [f"stands upright: {words}" for words in page.evaluate(UPRIGHT)]
    wrong += [f"cut off: {words}" for words in page.evaluate(CUT_OFF)]
    wrong += [f"broken off: {words}" for words in page.evaluate(BROKEN)] if language == "en" else []
    if (said := page.get_attribute("html", "lang") or "").lower()[:2] != language:
        wrong.append(f"lang is {said!r}")
    if language == "en":
        wrong += [f"not in English: {words}" for words in page.evaluate(CHINESE_WORDS_OF_OURS)]
    if not page.title().strip():
        wrong.append("no title")
    if page.locator("h1").count() != 1:
        wrong.append(f"{page.locator('h1').count()} h1")
    return wrong


def walk(
    context: BrowserContext, origin: str, start: str, name: str, language: str
) -> tuple[dict[str, list[str]], int]:
    """Follow links of one host from `start`. Faults by path, and how many pages were seen."""
    page = context.new_page()
    faults = Faults(page)
    waiting, known, kinds = deque([start]), {start}, dict[str, int]()
    wrong: dict[str, list[str]] = {}
    count = 0
    while waiting and count < MOST:
        path = waiting.popleft()
        if kinds.get(kind(path), 0) >= ALIKE:
            continue
        kinds[kind(path)] = kinds.get(kind(path), 0) + 1
        try:
            page.goto(origin + path)
        except Error as refused:
            if "Download is starting" not in refused.message:
                raise
            continue
        if urlsplit(page.url).netloc != urlsplit(origin).netloc:
            continue
        count += 1
        found = look(page, path, language) + faults.take()
        if found:
            wrong[path] = found
        if PICTURES:
            file = re.sub(r"[^a-z0-9]+", "-", kind(path)) + f"{kinds[kind(path)]}"
            page.screenshot(path=Path(PICTURES) / f"{name}{file}.png", full_page=True)
        for link in links(page, origin):
            if link not in known:
                known.add(link)
                waiting.append(link)
    page.close()
    return wrong, count


def told(wrong: dict[str, list[str]]) -> str:
    return "\n".join(f"{path}\n    " + "\n    ".join(found) for path, found in wrong.items())


ADMINISTRATOR: dict[str, Any] = {}
"""What the browser of the bureau's administrator keeps after signing in."""


def enter(
    who: str, house: House, as_persona: Callable[..., Page], someone: Callable[..., BrowserContext], **options: Any
) -> BrowserContext:
    """A browser signed in as one of START."""
    persona = START[who][2]
    if persona is None:
        return someone(bypass_csp=False, **options)
    if persona == "bureau_admin":
        # Signed in once: four codes within a minute are more than anybody is sent.
        if not ADMINISTRATOR:
            first = someone()
            site.sign_in_by_code(first, house, "gx", cast.OFFICERS["huang"].phone)
            ADMINISTRATOR.update(first.storage_state())
        return someone(storage_state=ADMINISTRATOR, **options)
    return as_persona(persona, **options).context


# Each width, theme and language with each other one; half of them when there is more time.
LOOKS = [
    (360, "light", "zh"),
    (1440, "dark", "en"),
    pytest.param(360, "dark", "en", marks=pytest.mark.slow),
    pytest.param(1440, "light", "zh", marks=pytest.mark.slow),
]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
@pytest.mark.parametrize("who", list(START))
def test_every_page_of(who, width, theme, language, house, as_persona, someone):
    host, start, _ = START[who]
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    context = enter(who, house, as_persona, someone, width=width, theme=theme, locale=locale)
    wrong, count = walk(context, house.url(host, ""), start, f"{who}-{width}-{theme}", language)
    assert not wrong, told(wrong)
    assert count >= (1 if who == "door" else 4), f"only {count} pages were reached"


def test_english_is_one_tap_away_and_stays(house, someone):
    page = someone().new_page()
    page.goto(house.url())
    page.get_by_text("English", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    page.goto(house.url())
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^en"))
