"""blind_match: one new value against a million digests of thirty-four provinces, beside one look into an index."""

from __future__ import annotations

import time
from uuid import uuid4

from django.db import connection

from federation.matching import keys
from federation.matching.exchange.models import Digest
from federation.matching.services import finding
from provinces import context
from provinces.seats import OFFICE
from runtime.bench import Result, Stage, bench, median_ms

DIGESTS, PROVINCES, ROUNDS = 1_000_000, 34, 400
_FILL = (
    "INSERT INTO public.matching_exchange_digest"
    " (id, province, handle, kind, round, digest, by_hand, laid_at, state, looked_at)"
    " SELECT lpad(to_hex(n), 32, '0')::uuid, 'p' || lpad((n %% %s)::text, 2, '0'), lpad(to_hex(n), 32, '0')::uuid,"
    " 'phone', %s,"
    " sha256(convert_to((n / 3)::text, 'UTF8')), false, now(), 'looked', now() FROM generate_series(1, %s) n"
)
_ONE = "SELECT digest, province, handle, by_hand FROM public.matching_exchange_digest WHERE id = %s"


@bench("blind_match")
def blind_match(stage: Stage) -> Result:
    """Making a value's digest and asking who else holds it, against reading one row by its key; same login, same table.

    Every third digest is held by three provinces; half of the values that are tried are held by nobody.
    """
    stage.prepare()
    number = keys.round_number()
    with context.owner(), connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute(_FILL, [PROVINCES, number, DIGESTS])
        cursor.execute("ANALYZE public.matching_exchange_digest")
        cursor.execute("SELECT id, digest FROM public.matching_exchange_digest ORDER BY id LIMIT %s", [ROUNDS])
        known = cursor.fetchall()
    key = bytes(range(32))
    took: dict[str, list[float]] = {"look_up": [], "reference": []}
    found = 0
    with context.seat(OFFICE):
        for turn in range(-20, ROUNDS):
            pk, digest = known[turn % len(known)]
            began = time.perf_counter()
            mine = keys.digest(key, "phone", "", f"1390000{turn:04}")
            held = finding.holders([bytes(digest) if turn % 2 else mine])
            between = time.perf_counter()
            with connection.cursor() as cursor:
                cursor.execute(_ONE, [pk])
                cursor.fetchall()
            ended = time.perf_counter()
            if turn >= 0:
                took["look_up"].append(between - began)
                took["reference"].append(ended - between)
                found += len(held)
        whole = _whole(number)
    ratio = median_ms(took["look_up"]) / median_ms(took["reference"])
    return Result(
        n=ROUNDS,
        ratio=round(ratio, 2),
        reference="one row of the same table by its key, through the same login",
        figures={
            "digests": DIGESTS,
            "provinces": PROVINCES,
            "look_up_ms": round(median_ms(took["look_up"]), 3),
            "reference_ms": round(median_ms(took["reference"]), 3),
            "found": found,
            "whole_find_ms": round(whole, 2),
        },
    )


def _whole(number: int) -> float:
    """Milliseconds of the finder's whole transaction for one new digest: claim, limit, tally, look-up."""
    took = []
    for _turn in range(20):
        with context.seat(None), context.owner():
            Digest.objects.create(province="p01", handle=uuid4(), kind="phone", round=number, digest=uuid4().bytes)
        began = time.perf_counter()
        finding.find(1)
        took.append(time.perf_counter() - began)
    return median_ms(took)
