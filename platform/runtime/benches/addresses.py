"""Addresses: how many are resolved right in a file, and how fast against a bare pass over the same names."""

from __future__ import annotations

import csv
import random
import statistics
from collections import Counter
from pathlib import Path
from time import perf_counter, process_time

from django.core.management.base import CommandError

from divisions.resolving import AMBIGUOUS, NOTHING, resolve_in
from divisions.resolving.current import build
from divisions.resolving.gazetteer import Gazetteer, tables_of_files
from runtime.bench import Option, Result, Score, Stage, bench

APART = frozenset(("landmark", "road_trap"))
COLUMNS = frozenset(("text", "expected_code", "expected_level", "category"))
ROUNDS = 9
TEXTS = 3_000


@bench("addresses", options=[Option("--file", "addresses to score", Path, required=True)], servers=False)
def addresses(stage: Stage) -> Score:
    """Score a CSV with the columns id, text, expected_code, …, expected_level, candidates, category.

    right: share of the rows with one answer, landmark and road_trap apart. wrong_guess: share of the rows `ambiguous`
    and `none` for which a county was given. by_category: share right of each. ms_median: of one text.
    """
    path: Path = stage.options["file"]
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    if not rows or not COLUMNS.issubset(rows[0]):
        raise CommandError(f"{path} needs the columns {', '.join(sorted(COLUMNS))}")
    started = perf_counter()
    gazetteer = build(tables_of_files())
    start_s = perf_counter() - started
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    one = [0, 0]
    apart = [0, 0]
    open_ = [0, 0]
    times = []
    for row in rows:
        began = perf_counter()
        answer = resolve_in(gazetteer, row["text"])
        times.append(perf_counter() - began)
        category, level = row["category"], row["expected_level"]
        if level in (AMBIGUOUS, NOTHING):
            good = answer.level == level if level == AMBIGUOUS else not answer.code
            open_[0] += bool(answer.code and answer.final)
            open_[1] += 1
        else:
            good = answer.code == row["expected_code"]
            counted = apart if category in APART else one
            counted[0] += good
            counted[1] += 1
        right[category] += good
        asked[category] += 1
    return Score(
        {
            "right": _share(one),
            "wrong_guess": _share(open_),
            "by_category": {category: round(right[category] / asked[category], 4) for category in sorted(asked)},
            "ms_median": round(statistics.median(times) * 1000, 4),
            "n": len(rows),
            "n_one_answer": one[1],
            "n_open": open_[1],
            "right_apart": _share(apart),
            "start_s": round(start_s, 2),
        }
    )


@bench("address_speed", servers=False)
def address_speed(stage: Stage) -> Result:
    """Texts a second on one core, against a bare Aho-Corasick pass over the same names. Bound: 6.

    The sentence and the spans are not in it: they are worked out when somebody reads them.
    """
    gazetteer = build(tables_of_files())
    texts = made_up(gazetteer, TEXTS)
    bare, full = [], []
    for _round in range(ROUNDS):
        began = process_time()
        for text in texts:
            for _match in gazetteer.automaton.iter(text):
                pass
        bare.append(process_time() - began)
        began = process_time()
        for text in texts:
            resolve_in(gazetteer, text)
        full.append(process_time() - began)
    best, reference = min(full), min(bare)
    return Result(
        TEXTS * ROUNDS,
        best / reference,
        "a bare Aho-Corasick pass over the same names and texts",
        {
            "texts_per_s": TEXTS / best,
            "bare_texts_per_s": TEXTS / reference,
            "names": len(gazetteer.entries),
            "letters_a_text": statistics.mean(map(len, texts)),
        },
    )


def made_up(gazetteer: Gazetteer, count: int) -> list[str]:
    """Texts as they come in, the same in every run: in full, shortened, with noise, without any place."""
    chance = random.Random(7)
    counties = [place for place in gazetteer.places.values() if place.depth == 2]
    texts = []
    for _number in range(count):
        place = chance.choice(counties)
        above = place.up[-1].name
        road = f"{chance.choice(('人民', '解放', '中山', '北京', '工业'))}路{chance.randint(1, 300)}号"
        goods = chance.choice(("假冒茅台", "假烟", "泸州老窖", "高仿球鞋", "假化肥"))
        patterns = (
            f"{place.path}{road}",
            f"{above}{place.name}{road}，销售{goods}",
            f"举报：{above.removesuffix('市')}{place.name}有人卖{goods}，要求查处",
            f"{place.name}{road}",
            f"发货地：{place.up[0].name} {above} {place.name}；商品：{goods}",
            f"网上买的{goods}，商家不回，{road}",
        )
        texts.append(chance.choice(patterns))
    return texts


def _share(counted: list[int]) -> float:
    return round(counted[0] / counted[1], 4) if counted[1] else 0.0
