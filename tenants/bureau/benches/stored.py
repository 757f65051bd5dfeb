"""Pages over a million stored requests against the same pages over ten thousand, turn by turn.

Two provinces, each with a house of its own, hold the two sizes. The same code asks both in one process, one page here
and one there, so that a busy machine slows both alike; then clients in processes of their own ask both for all pages
together, as `make run` serves them, turn by turn.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from accounts.models import User
from appraisal.desk.models import DeskTask
from appraisal.requests.models import AppraisalRequest
from gateway.tokens import make_token
from provinces import context
from provinces.seats import BRANDS
from runtime.bench import Option, Result, Stage, bench, median_ms, say
from runtime.messages import compile_messages
from tenants.bureau.benches.crowd import people as crowd_people
from tenants.bureau.benches.crowd.past import Cast, store
from tenants.bureau.benches.crowd.servers import served, turns

FEW, MANY = 10_000, 100_000
ROUNDS, WARM = 9, 2
SECONDS = 20.0
WORDS = {"common": "北湖", "single": "湖", "goods": "陈酿7", "two": "北湖 商行", "none": "甲乙", "unheard": "丙"}
"""In a fifth of all, in as many, in a fortieth, in a twentieth, and nowhere."""
FIGURES = ("leader", "desk_figures")
OPTIONS = (
    Option("--stored", "requests of the large province; the full size is 1000000", int, default=MANY),
    Option("--rounds", "how often each page is asked for", int, default=ROUNDS),
    Option("--seconds", "length of each turn of the clients", float, default=SECONDS),
)


@dataclass(frozen=True)
class Page:
    """One page at one of the two sizes."""

    name: str
    client: Client
    host: str
    path: str
    token: str = ""

    def ask(self) -> float:
        """Seconds to its last byte. Raises RuntimeError when it is not answered."""
        said = {"HTTP_AUTHORIZATION": f"Bearer {self.token}"} if self.token else {}
        began = time.perf_counter()
        answer = self.client.get(self.path, **said)
        spent = time.perf_counter() - began
        if answer.status_code != 200:
            raise RuntimeError(f"{self.name} answered {answer.status_code} at {self.path}")
        return spent

    def call(self) -> dict[str, Any]:
        """The same for a client process (`caller`)."""
        found = {"name": self.name, "weight": 1, "host": self.host, "path": quote(self.path, safe="/?=&")}
        if self.token:
            return found | {"token": self.token}
        return found | {"cookie": "; ".join(f"{name}={each.value}" for name, each in self.client.cookies.items())}


@bench("stored", options=OPTIONS)
def stored(stage: Stage) -> Result:
    """ratio: the worst page's median with many stored requests against few, or that of all pages together."""
    many, rounds = int(stage.options["stored"]), int(stage.options["rounds"])
    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    codes = stage.open_provinces(2)
    houses = crowd_people.make_houses()
    casts = [
        crowd_people.make_bureau(
            code,
            number,
            crowd_people.Houses(
                *(each[number - 1 : number] for each in (houses.houses, houses.products, houses.people))
            ),
        )
        for number, code in enumerate(codes, 1)
    ]
    database = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    began = time.perf_counter()
    for cast, up_to in zip(casts, (FEW, many), strict=True):
        store(stage.superuser_url, database, [cast], up_to=up_to)
    filled_s = time.perf_counter() - began
    small, large = list(pages(casts[0])), list(pages(casts[1]))
    figures, ratios = compare(small, large, rounds)
    figures |= uncounted(small, large)
    apart, ratio_apart = together(small, large, float(stage.options["seconds"]))
    figures |= apart
    ratio, what = worst(ratios, ratio_apart)
    return Result(
        n=rounds * len(ratios),
        ratio=ratio,
        reference=f"{what} with {FEW} stored requests instead of {many}",
        figures={**figures, "few": FEW, "many": many, "filled_s": filled_s, "load": os.getloadavg()[0]},
    )


def compare(small: list[Page], large: list[Page], rounds: int) -> tuple[dict[str, float | int | str], dict[str, float]]:
    """By page: medians in ms and their ratio."""
    figures: dict[str, float | int | str] = {}
    ratios: dict[str, float] = {}
    for few, many in zip(small, large, strict=True):
        times: tuple[list[float], list[float]] = ([], [])
        for turn in range(rounds + WARM):
            for page, spent in zip((few, many), times, strict=True):
                took = page.ask()
                if turn >= WARM:
                    spent.append(took)
        ratios[few.name] = statistics.median(times[1]) / statistics.median(times[0])
        figures |= {f"{few.name}_ms": median_ms(times[1]), f"{few.name}_ratio": ratios[few.name]}
        say(f"{few.name}: {median_ms(times[0]):.0f} ms of few, {median_ms(times[1]):.0f} ms of many")
    return figures, ratios


def worst(ratios: Mapping[str, float], of_all: float) -> tuple[float, str]:
    """The worst ratio of a page or of all together, and what it was held to."""
    slowest = max(ratios, key=lambda name: ratios[name])
    if of_all > ratios[slowest]:
        return of_all, "all pages together"
    return ratios[slowest], f"{slowest}: the same page"


def uncounted(small: list[Page], large: list[Page]) -> dict[str, float]:
    """The pages of figures as whoever looks first in a day finds them: counted by the page itself. No bound."""
    figures = {}
    for few, many in zip(small, large, strict=True):
        if few.name not in FIGURES:
            continue
        times: tuple[list[float], list[float]] = ([], [])
        with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}):
            for _turn in range(3):
                for page, spent in zip((few, many), times, strict=True):
                    spent.append(page.ask())
        figures |= {f"{few.name}_first_ms": median_ms(times[1])}
        figures |= {f"{few.name}_first_times": statistics.median(times[1]) / statistics.median(times[0])}
    return figures


def together(small: list[Page], large: list[Page], seconds: float) -> tuple[dict[str, float | int | str], float]:
    """All pages from clients apart, two people at a time: answers a second of few by those of many, and each page."""
    with served() as there:
        say("all pages together from processes of their own, turn by turn")
        few, many = turns(there, [[page.call() for page in each] for each in (small, large)], seconds)
    ratio = many.times_fewer(few)
    figures: dict[str, float | int | str] = {
        "together_few_per_s": few.per_s, "together_many_per_s": many.per_s, "together_ratio": ratio
    }  # fmt: skip
    figures |= {f"together_{name}_times": times for name, times in many.against(few).items()}
    return figures, ratio


def pages(cast: Cast) -> Iterator[Page]:
    """What officers, dispatchers, leaders and programs of a province ask for, and its house."""
    host = f"{cast.code}.{settings.DOMAIN_NAME}"
    with context.province(cast.code):
        people = {name: User.objects.get(username=name) for name in ("officer1", "dispatcher", "leader")}
        clients = {name: _client(host, each) for name, each in people.items()}
        _row, token = make_token(user=people["officer1"], seat=cast.code, name="bench")
        own = AppraisalRequest.objects.filter(officer=people["officer1"], state="answered")[1000 // len(cast.officers)]
    number = own.number.removeprefix("测")
    for who in ("officer1", "dispatcher"):
        name = who.rstrip("1")
        yield Page(f"{name}_list", clients[who], host, "/requests/")
        yield Page(f"{name}_answered", clients[who], host, "/requests/?state=answered")
        yield Page(f"{name}_page_20", clients[who], host, "/requests/?page=20")
        yield Page(f"{name}_mine", clients[who], host, "/requests/?mine=1")
        for kind, word in {**WORDS, "number": number}.items():
            yield Page(f"{name}_search_{kind}", clients[who], host, f"/requests/?q={word}")
    yield Page("officer_home", clients["officer1"], host, "/")
    yield Page("officer_request", clients["officer1"], host, f"/requests/{own.pk}/")
    yield Page("officer_check", clients["officer1"], host, "/check/?new=1")
    yield Page("notices", clients["officer1"], host, "/notices/")
    yield Page("dispatcher_today", clients["dispatcher"], host, "/clues/today/")
    yield Page("leader", clients["leader"], host, "/leader/")
    for kind, query in {"": "", "_brand": "?brand=测速", "_number": f"?number={number}"}.items():
        yield Page(
            f"api_requests{kind}", Client(HTTP_HOST=host, SERVER_NAME=host), host, f"/api/v1/requests/{query}", token
        )
    yield from _desk(cast, number)


def _desk(cast: Cast, number: str) -> Iterator[Page]:
    host = f"brands.{settings.DOMAIN_NAME}"
    with context.seat(BRANDS):
        client = _client(host, User.objects.get(pk=cast.appraisers[0]))
        task = DeskTask.objects.filter(organisation_id=cast.houses[0], state="waiting").order_by("pk").first()
        assert task is not None
    yield Page("desk_queue", client, host, "/desk/")
    yield Page("desk_answered", client, host, "/desk/?state=answered")
    yield Page("desk_all", client, host, "/desk/?state=all")
    yield Page("desk_page_20", client, host, "/desk/?state=all&page=20")
    yield Page("desk_province", client, host, f"/desk/?state=all&province={cast.code}")
    yield Page("desk_product", client, host, f"/desk/?state=all&product={cast.products[0]}")
    for kind, word in {**WORDS, "common": "陈酿", "single": "酿", "two": "陈酿 第3局", "number": number}.items():
        yield Page(f"desk_search_{kind}", client, host, f"/desk/?state=all&q={word}")
    yield Page("desk_figures", client, host, "/figures/")
    yield Page("desk_task", client, host, f"/desk/{task.pk}/")


def _client(host: str, person: User) -> Client:
    client = Client(HTTP_HOST=host, SERVER_NAME=host)
    client.force_login(person)
    return client
