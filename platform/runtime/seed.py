"""Turn the sample story into rows, once: provinces, people, brands, and four weeks of requests.

Each app may have a module `sample` with

    def fill(stage: Stage) -> None: ...

It is found by name and called in the order of INSTALLED_APPS, so that an app finds what it stands on. What was made
before is found again by its natural key and left as it is: a start that was cut short goes on where it stopped, and
the next one has nothing to do. Only a demonstration gets a story; without DEMO the divisions alone are loaded.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from PIL import Image

from divisions.models import Division
from divisions.services import load_divisions
from kernel import clock
from provinces import context
from provinces.models import Province
from provinces.provisioning import provision
from provinces.seats import named_seat
from runtime.sample import catalogue, pictures, story
from runtime.sample.papers import paper

SEED = 1
Drawing = tuple[str, str, bool, int, str]


class Pictures:
    """The drawn photographs, made by worker processes as soon as it is known that they will be needed."""

    def __init__(self, processes: int = 0) -> None:
        self._processes = processes or min(4, os.cpu_count() or 1)
        self._pool: ProcessPoolExecutor | None = None
        self._made: dict[tuple[Any, ...], Future[bytes]] = {}

    def begin(self, kind: str, drawings: Iterable[tuple[Any, ...]]) -> None:
        """Start drawing. kind: "photo", "reference" or "sample"."""
        for drawing in drawings:
            self._draw(kind, drawing)

    def photo(self, drawing: Drawing, taken_at: datetime) -> bytes:
        """One photograph, with the time in its EXIF: two taken at different moments are different files."""
        return with_moment(self._draw("photo", drawing).result(), taken_at)

    def reference(self, product_code: str, shot_code: str) -> bytes:
        """The brand's own picture of the genuine product."""
        return self._draw("reference", (product_code, shot_code)).result()

    def sample(self, product_code: str, shot_code: str) -> bytes:
        """The small picture that shows an officer what to take."""
        return self._draw("sample", (product_code, shot_code)).result()

    def _draw(self, kind: str, drawing: tuple[Any, ...]) -> Future[bytes]:
        if (kind, *drawing) not in self._made:
            # Spawned, not forked: a child must not share the parent's database connections.
            self._pool = self._pool or ProcessPoolExecutor(
                self._processes, mp_context=multiprocessing.get_context("spawn")
            )
            self._made[kind, *drawing] = self._pool.submit(draw, kind, drawing)
        return self._made[kind, *drawing]

    def close(self) -> None:
        """End the worker processes."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)


def draw(kind: str, drawing: tuple[Any, ...]) -> bytes:
    """What a worker process does: one JPEG."""
    if kind == "photo":
        product, shot, genuine, seed, spoilt = drawing
        return pictures.photo(product, shot, genuine, seed, spoilt=spoilt)
    data = pictures.reference(*drawing)
    if kind == "reference":
        return data
    with Image.open(io.BytesIO(data)) as picture:
        picture.thumbnail((480, 640))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=78, progressive=True)
    return out.getvalue()


def with_moment(jpeg: bytes, taken_at: datetime) -> bytes:
    """The same picture with another moment in its EXIF; the pixels are not encoded again."""
    stamp = taken_at.astimezone(clock.SHANGHAI).strftime("%Y:%m:%d %H:%M:%S").encode()
    with Image.open(io.BytesIO(jpeg)) as picture:
        exif = picture.getexif()
        written = {exif.get(0x0132), exif.get_ifd(0x8769).get(0x9003)} - {None}
    for old in written:
        jpeg = jpeg.replace(old.encode(), stamp)
    return jpeg


@dataclass
class Stage:
    """What every `fill` gets.

    now: the moment up to which the story is told: that of the first start. made: what one app leaves for the next, by
    name. enter: hold a seat ("gx", "brands", "office") inside a block; owner: hold the owner's seat in a schema.
    """

    now: datetime
    pictures: Pictures
    say: Callable[[str], None]
    story: ModuleType = story
    catalogue: ModuleType = catalogue
    drawing: ModuleType = pictures
    made: dict[str, Any] = field(default_factory=dict)

    def enter(self, name: str) -> AbstractContextManager[Any]:
        """Work for one seat inside the block."""
        return context.seat(named_seat(name))

    def paper(self, title: str, lines: Sequence[str]) -> bytes:
        """A page as an applicant would hand it in: a JPEG, marked as without legal effect."""
        return paper(title, lines)

    def owner(self, schema_name: str = "public") -> AbstractContextManager[Any]:
        """Work as the owner inside the block: for what no login that serves may write."""
        return context.owner(schema_name)


def seed(say: Callable[[str], None] = print) -> None:
    """Load the divisions and, in a demonstration, tell the story. Safe to run again: what is there stays."""
    with _step(say, "行政区划", "divisions"), context.owner():
        if not Division.objects.exists():
            load_divisions()
    if not settings.DEMO:
        return
    with _step(say, "四个省", "four provinces"):
        stage = Stage(now=_provinces(), pictures=Pictures(), say=say)
    modules = [module for config in apps.get_app_configs() if (module := _sample(config.name))]
    try:
        for module in modules:
            words = module.WORDS
            with _step(say, *words):
                module.fill(stage)
    finally:
        stage.pictures.close()


@contextmanager
def _step(say: Callable[[str], None], zh: str, en: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    spent = time.monotonic() - began
    if spent >= 0.2:
        say(f"  {zh} {en} ({spent:.1f} s)")


def _sample(app: str) -> ModuleType | None:
    name = f"{app}.sample"
    if app == "runtime" or find_spec(name) is None:
        return None
    return import_module(name)


def _provinces() -> datetime:
    """Open the provinces that are missing; the moment at which the first was opened."""
    with context.owner():
        there = set(Province.objects.values_list("schema_name", flat=True))
    for row in story.PROVINCES.values():
        if row.code not in there:
            provision(
                row.code,
                name=row.short,
                title=row.title,
                agency_word=row.document_prefix,
                division_code=row.division_code,
            )
    with context.owner():
        first: datetime = Province.objects.get(schema_name=next(iter(story.PROVINCES))).created_at
    return first.astimezone(UTC)


# Signing in -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignIn:
    """A person of the story. host: first label of the host's name. phone: as people type it. what: who that is."""

    host: str
    username: str
    phone: str
    what: str


_NAMED: Mapping[str, str] = {
    "chen": "执法人员",
    "wei": "局领导",
    "huang": "系统管理员",
    "lin": "鉴定人员",
    "wang": "鉴定人员",
    "zhao": "协作管理员",
}


def sign_ins() -> list[SignIn]:
    """The people a newcomer may want to be. They have no password: a code goes to the phone."""
    people: dict[str, Any] = {**story.OFFICERS, **story.STAFF}
    found = []
    for username, what in _NAMED.items():
        row = people[username]
        host = getattr(row, "province", "") or ("federation" if row.party == story.OFFICE else "brands")
        found.append(SignIn(host=host, username=username, phone=row.phone, what=f"{what} {row.called}"))
    return found


__all__ = ["SignIn", "Stage", "seed", "sign_ins"]
