"""Turn the sample story into rows, once: provinces, people, brands, and four weeks of requests.

Each app may have a module `sample` with

    def fill(stage: Stage) -> None: ...

It is found by name and called in the order of INSTALLED_APPS, so that an app finds what it stands on; one that goes on
with what an app above has told says `AFTER = "tenants.inspections"`. What was made
before is found again by its natural key and left as it is: a start that was cut short goes on where it stopped, and
the next one has nothing to do. Only a demonstration gets a story. Every installation gets the divisions, and what an
app puts in by a module `beginning` with

    def begin() -> None: ...
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.apps import apps
from django.conf import settings

from audit.models import Trail
from divisions.models import Division
from divisions.services import load_divisions
from provinces import context
from provinces.models import Province
from provinces.provisioning import provision
from provinces.seats import named_seat
from runtime.sample import cast, catalogue, story
from runtime.sample.drawer import Pictures
from runtime.sample.papers import paper

LABEL, STORY_ID = "runtime.sample", uuid5(NAMESPACE_URL, "sample story")
WHOLE_SETS = ("lanhe-53", "zhiyuan-milk")


@dataclass
class Stage:
    """What every `fill` gets.

    now: the moment up to which the story is told: that of the first start. made: what one app leaves for the next, by
    name. enter: hold a seat ("gx", "brands", "office") inside a block; owner: hold the owner's seat in a schema.
    """

    now: datetime
    pictures: Pictures
    say: Callable[[str], None]
    cast: ModuleType = cast
    story: ModuleType = story
    catalogue: ModuleType = catalogue
    made: dict[str, Any] = field(default_factory=dict)

    def enter(self, name: str) -> AbstractContextManager[Any]:
        """Work for one seat inside the block."""
        return context.seat(named_seat(name))

    def pictured_shots(self, product_code: str) -> tuple[str, ...]:
        """Shots with a genuine reference and a sample picture."""
        return pictured_shots(product_code)

    def paper(self, title: str, lines: Sequence[str]) -> bytes:
        """A page as an applicant would hand it in: a JPEG, marked as without legal effect."""
        return paper(title, lines)

    def owner(self, schema_name: str = "public") -> AbstractContextManager[Any]:
        """Work as the owner inside the block: for what no login that serves may write."""
        return context.owner(schema_name)


def pictured_shots(product_code: str) -> tuple[str, ...]:
    """The quick set of a product; of two products all required shots; of newcomers none."""
    if catalogue.PRODUCTS[product_code].brand_code in catalogue.NEWCOMERS:
        return ()
    whole = product_code in WHOLE_SETS
    return catalogue.full_set(product_code) if whole else catalogue.quick_set(product_code)


def seed(say: Callable[[str], None] = print) -> None:
    """Load the divisions and what apps begin with; in a demonstration, tell the story. Safe to run again."""
    with _step(say, "行政区划", "divisions"), context.owner():
        if not Division.objects.exists():
            load_divisions()
    with _step(say, "初始内容", "beginnings"), context.owner():
        for name in (f"{config.name}.beginning" for config in apps.get_app_configs()):
            if find_spec(name):
                import_module(name).begin()
    if not settings.DEMO:
        return
    with context.owner():
        told = _told()
    if told:
        _renew()
        return
    with Pictures() as drawn:
        # In the order in which they are asked for: the photographs are drawn while the past is written.
        drawn.begin("reference", [(code, shot) for code in catalogue.PRODUCTS for shot in pictured_shots(code)])
        drawn.begin("photo", story.drawings(datetime.now(UTC), settings.SAMPLE_DAYS))
        with _step(say, "四个省", "four provinces"):
            stage = Stage(now=_provinces(), pictures=drawn, say=say)
        tell(stage)
    with context.owner():
        Trail.objects.create(record_label=LABEL, record_id=STORY_ID, verb="tell", by_name="系统")


@dataclass(frozen=True)
class Later:
    """What every `renew` gets: a story that an earlier release has told. provinces: codes of those that exist."""

    now: datetime
    provinces: Sequence[str]
    cast: ModuleType = cast

    def enter(self, name: str) -> AbstractContextManager[Any]:
        """Work for one seat inside the block."""
        return context.seat(named_seat(name))


def _renew() -> None:
    """Let every app bring the story up to what this release needs: `renew(later)` in its module `sample`."""
    with context.owner():
        there = set(Province.objects.values_list("schema_name", flat=True))
    stage = Later(now=datetime.now(UTC), provinces=[code for code in cast.PROVINCES if code in there])
    for config in apps.get_app_configs():
        module = _sample(config.name)
        if module is not None and hasattr(module, "renew"):
            module.renew(stage)


def _told() -> bool:
    """Whether an earlier start came to the end of the story."""
    return bool(Trail.objects.filter(record_id=STORY_ID, record_label=LABEL).exists())


def tell(stage: Stage) -> None:
    """Have every app fill in its part, in the order of INSTALLED_APPS, each after the one it names."""
    for module in in_order([module for config in apps.get_app_configs() if (module := _sample(config.name))]):
        with _step(stage.say, *module.WORDS):
            module.fill(stage)


def in_order(modules: Sequence[ModuleType]) -> list[ModuleType]:
    """The same, each that names another in `AFTER` moved behind it; several behind one in the order they came."""
    ordered = [module for module in modules if not getattr(module, "AFTER", "")]
    moved = [module for module in modules if getattr(module, "AFTER", "")]
    for module in reversed(moved):
        names = [each.__name__.removesuffix(".sample") for each in ordered]
        ordered.insert(names.index(module.AFTER) + 1 if module.AFTER in names else len(ordered), module)
    return ordered


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
    module = import_module(name)
    return module if hasattr(module, "fill") else None


def _provinces() -> datetime:
    """Open the provinces that are missing; the moment at which the first was opened."""
    with context.owner():
        there = set(Province.objects.values_list("schema_name", flat=True))
    for row in cast.PROVINCES.values():
        if row.code not in there:
            provision(
                row.code,
                name=row.short,
                title=row.title,
                agency_word=row.document_prefix,
                division_code=row.division_code,
            )
    with context.owner():
        first: datetime = Province.objects.get(schema_name=next(iter(cast.PROVINCES))).created_at
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
    "meng": "线索管理员",
    "wei": "局领导",
    "huang": "系统管理员",
    "lin": "鉴定人员",
    "wang": "鉴定人员",
    "tang-l": "维权人员",
    "zhao": "协作管理员",
}


def sign_ins() -> list[SignIn]:
    """The people a newcomer may want to be. They have no password: a code goes to the phone."""
    people: dict[str, Any] = {**cast.OFFICERS, **cast.STAFF}
    found = []
    for username, what in _NAMED.items():
        row = people[username]
        host = getattr(row, "province", "") or ("federation" if row.party == cast.OFFICE else "brands")
        found.append(SignIn(host=host, username=username, phone=row.phone, what=f"{what} {row.called}"))
    return found


__all__ = ["SignIn", "Stage", "seed", "sign_ins", "tell"]
