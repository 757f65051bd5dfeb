"""Mixed load of officers, dispatchers, leaders and appraisers, from processes of their own."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command

from runtime.bench import Option, Result, Stage, bench, say
from runtime.messages import compile_messages
from tenants.bureau.benches.crowd import people as crowd_people
from tenants.bureau.benches.crowd.past import Cast, add_people, store
from tenants.bureau.benches.crowd.servers import Heard, Served, call, served, turns

PROVINCES = 34
SECONDS = 6.0
AT_ONCE = 16
"""People who ask at once when the capacity is measured: as many as all web threads."""
TIMES = (1, 2, 4)
OVERLOAD = 5
PATIENCE_S = 10.0
PEOPLE_OF_ONE = 15_000
OPTIONS = (
    Option("--stored", "requests stored at the end; the full size is 1000000", int, default=100_000),
    Option("--seconds", "length of each part", float, default=SECONDS),
    Option("--provinces", "how many provinces", int, default=PROVINCES),
)


@bench("load", options=OPTIONS)
def load(stage: Stage) -> Result:
    """One province, all of them, then with many stored requests; then once, twice, four times, five times the load.

    ratio: the worst page's median with all provinces against one, or with many stored against few. One province and
    all of them are asked turn by turn; what was heard before and after filling is held to a page that asks next to
    nothing, heard among the others: a busy machine slows both alike.
    Once is a quarter of what the pages can do at most (four times is that), five times is five times that most.
    """
    seconds, provinces = float(stage.options["seconds"]), int(stage.options["provinces"])
    many = int(stage.options["stored"])
    few = many // 10  # so that lists and searches fill their pages with either
    began = time.perf_counter()
    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    codes = stage.open_provinces(provinces)
    houses = crowd_people.make_houses()
    casts = [crowd_people.make_bureau(code, number, houses) for number, code in enumerate(codes, 1)]
    database = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    prepared_s = time.perf_counter() - began
    store(stage.superuser_url, database, casts, up_to=few)
    figures: dict[str, float | int | str] = {"provinces": provinces, "few": few, "many": many}
    with served() as there:
        say(f"pages of one province and of {provinces}, turn by turn")
        everybody = _calls(casts, houses)
        one, all_of_them = turns(there, (_calls(casts[:1], houses), everybody), seconds)
        filling = time.perf_counter()
        store(stage.superuser_url, database, casts, up_to=many, stored=few)
        add_people(stage.superuser_url, database, casts[0].code, count=PEOPLE_OF_ONE)
        filled_s = time.perf_counter() - filling
        say(f"pages with {many} stored")
        (big,) = turns(there, (everybody,), seconds)
        figures |= _by_page("provinces", all_of_them, one) | _by_page("stored", big, all_of_them, beside="bare")
        figures["provinces_all_pages_ratio"] = all_of_them.times_fewer(one)
        figures |= {"per_s_one": one.per_s, "per_s_all": all_of_them.per_s, "per_s_many": big.per_s}
        say("most, then once, twice, four and five times the load")
        most, at_most = _under_load(there, everybody, seconds)
        figures |= most
        figures |= _overloaded(there, everybody, seconds, at_most)
    worst = {name: value for name, value in figures.items() if name.endswith("_ratio") and "overload" not in name}
    slowest = max(worst, key=lambda name: float(worst[name]))
    return Result(
        n=sum(each.good for each in (one, all_of_them, big)),
        ratio=float(worst[slowest]),
        reference=f"{slowest}: the same page with one province, or with {few} stored requests",
        figures=figures | {"prepared_s": prepared_s, "filled_s": filled_s, "load": os.getloadavg()[0]},
    )


def _calls(casts: Sequence[Cast], houses: crowd_people.Houses) -> list[dict[str, Any]]:
    calls = [each for cast in casts for each in crowd_people.calls_of_bureau(cast, share=1 / len(casts))]
    host = f"{casts[0].code}.{settings.DOMAIN_NAME}"
    bare = {"name": "bare", "weight": 8, "host": host, "path": "/accounts/login/"}
    return [*calls, *crowd_people.calls_of_desks(houses), bare]


def _by_page(what: str, now: Heard, before: Heard, *, beside: str = "") -> dict[str, float | int | str]:
    """By page: the median now, and how many times that of before (`Heard.against`)."""
    found: dict[str, float | int | str] = {}
    for name, times in now.against(before, beside=beside).items():
        if name != "bare":
            found |= {f"{what}_{name}_ms": now.median_ms(name), f"{what}_{name}_ratio": times}
    return found


def _under_load(
    there: Served, calls: Sequence[dict[str, Any]], seconds: float
) -> tuple[dict[str, float | int | str], float]:
    """What the pages can do at most, and the 95th percentile at a quarter, a half and all of it."""
    most = call(there, calls, seconds=seconds, people=AT_ONCE)
    most.refuse_errors()
    figures: dict[str, float | int | str] = {"most_per_s": most.per_s, "most_p95_ms": most.p95_ms()}
    for times in TIMES:
        heard = call(there, calls, seconds=seconds, rate=most.per_s * times / TIMES[-1], patience_s=PATIENCE_S)
        heard.refuse_errors()
        figures |= {f"x{times}_per_s": heard.per_s, f"x{times}_p95_ms": heard.p95_ms()}
        if times == 1:
            figures |= {f"x1_{name}_p95_ms": heard.p95_ms(name) for name in sorted(heard.times)}
    return figures, most.per_s


def _overloaded(
    there: Served, calls: Sequence[dict[str, Any]], seconds: float, most: float
) -> dict[str, float | int | str]:
    """Five times what can be done: how much of it is still done, in time, and who is turned away."""
    heard = call(there, calls, seconds=seconds, rate=most * OVERLOAD, patience_s=PATIENCE_S)
    heard.refuse_errors()
    ends = heard.ended()
    total = sum(ends.values())
    on_site = [
        name for name in heard.ends if name in ("officer_check", "officer_request", "desk_task", "officer_opens_site")
    ]
    first = sum((heard.ends[name] for name in on_site), type(ends)())
    return {
        "overload_offered_per_s": most * OVERLOAD,
        "overload_goodput_per_s": heard.per_s,
        "overload_goodput_share": heard.per_s / most,
        "overload_p95_ms": heard.p95_ms(),
        "overload_turned_away_share": ends["503"] / total,
        "overload_given_up_share": (ends["late"] + ends["broken"]) / total,
        "overload_on_site_served_share": sum(len(heard.times.get(name, ())) for name in on_site)
        / max(1, first.total()),
        "overload_on_site_median_ms": statistics.median(
            [each for name in on_site for each in heard.times.get(name, ())] or [0.0]
        ),
    }
