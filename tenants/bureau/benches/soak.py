"""Under load for long: memory and connections at the end against those after the first minute."""

from __future__ import annotations

import os
import statistics
import threading
from urllib.parse import urlsplit

import psycopg2
from django.core.management import call_command

from runtime.bench import Option, Result, Stage, bench
from runtime.messages import compile_messages
from tenants.bureau.benches.crowd import people as crowd_people
from tenants.bureau.benches.crowd.past import store
from tenants.bureau.benches.crowd.servers import Served, call, served
from tenants.bureau.benches.load import _calls

PROVINCES, STORED = 4, 4_000
MINUTES, SAMPLE_S, WARM_SHARE = 1.0, 2.0, 0.4
PEOPLE = 8
OPTIONS = (
    Option("--minutes", "how long; the full length is 30", float, default=MINUTES),
    Option("--people", "how many ask at once", int, default=PEOPLE),
)


@bench("soak", options=OPTIONS)
def soak(stage: Stage) -> Result:
    """Officers, dispatchers and appraisers without a pause. ratio: the worst growth of memory (PSS) of web or worker,
    or of database connections, last tenth of the time against the tenth after warming up; at most 1.05."""
    minutes = float(stage.options["minutes"])
    compile_messages()
    call_command("collectstatic", interactive=False, verbosity=0)
    stage.prepare()
    houses = crowd_people.make_houses()
    codes = stage.open_provinces(PROVINCES)
    casts = [crowd_people.make_bureau(code, number, houses) for number, code in enumerate(codes, 1)]
    database = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    store(stage.superuser_url, database, casts, up_to=STORED)
    samples: list[dict[str, float]] = []
    over = threading.Event()
    with served() as there:
        watcher = threading.Thread(target=_watch, args=(there, stage.superuser_url, database, samples, over))
        watcher.start()
        try:
            heard = call(there, _calls(casts, houses), seconds=minutes * 60, people=int(stage.options["people"]))
        finally:
            over.set()
            watcher.join()
    heard.refuse_errors()
    growths: dict[str, float] = {}
    figures: dict[str, float | int | str] = {"minutes": minutes, "per_s": heard.per_s, "p95_ms": heard.p95_ms()}
    warm, tenth = int(len(samples) * WARM_SHARE), max(1, len(samples) // 10)
    for name in samples[0]:
        before = statistics.median(each[name] for each in samples[warm : warm + tenth])
        after = statistics.median(each[name] for each in samples[-tenth:])
        growths[name] = after / before
        figures |= {f"{name}_before": before, f"{name}_after": after}
    worst = max(growths, key=lambda name: growths[name])
    return Result(
        n=heard.good,
        ratio=growths[worst],
        reference=f"after {WARM_SHARE * minutes:g} of {minutes:g} minutes: {worst}",
        figures=figures,
    )


def _watch(
    there: Served, superuser_url: str, database: str, samples: list[dict[str, float]], over: threading.Event
) -> None:
    opened = psycopg2.connect(superuser_url, dbname=database)
    opened.autocommit = True
    try:
        with opened.cursor() as cursor:
            while not over.wait(SAMPLE_S):
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database])
                sample = {f"{name}_mb": value for name, value in there.memory_mb().items()}
                samples.append(sample | {"connections": float(cursor.fetchone()[0])})
    finally:
        opened.close()
