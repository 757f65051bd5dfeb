"""Matching in the sample story. Found by name, see `runtime.seed`.

广西 and 广东 hold one telephone, told up to the third step; 广东 asks about a number plate; 唐经理 raised a series.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db.models import F

from accounts.models import User
from federation.letters.delivery import deliver_everywhere
from federation.matching import sources
from federation.matching.models import Match, RaisedSeries, Series, SeriesAsk
from federation.matching.services import asked, finding, invited, ladder, series, values
from federation.parties.models import Membership
from kernel import clock
from notify.models import Notice

WORDS = ("外省比中和跨省系列", "matches over provinces and a series")
AFTER = "tenants.clues"
DESKS = {"gx": ("meng", "199 0000 6210"), "gd": ("yao", "199 0000 6220")}
RAISER = "tang-l"
ASKED_OF_ALL, AGREES = "同一瓶盖模具伤的岚壑春", "gd"


def fill(stage: Any) -> None:
    """Tell it up to `stage.now`. What was told before is left alone."""
    with stage.enter("gx"):
        if Match.objects.exists():
            return
    with clock.frozen(stage.now - timedelta(days=2, hours=6)):
        for code in DESKS:
            with stage.enter(code):
                values.look(None, source="clue")
        with stage.enter("office"):
            finding.find_all()
        deliver_everywhere()
    for rung in (1, 2, 3):
        with clock.frozen(stage.now - timedelta(days=2) + timedelta(hours=6 * rung)):
            for code in DESKS:
                _say(stage, code, "phone", rung)
            deliver_everywhere()
    with clock.frozen(stage.now - timedelta(hours=3)):
        _say(stage, "gd", "plate", 1)
        _raise(stage)
        deliver_everywhere()
        _ask(stage)
    for code in DESKS:
        with stage.enter(code):
            told = Notice.objects.filter(code="match_news", read_at=None, created_at__lt=stage.now - timedelta(hours=6))
            told.update(read_at=F("created_at"))


def _say(stage: Any, code: str, kind: str, rung: int) -> None:
    name, phone = DESKS[code]
    with stage.enter(code):
        match = Match.objects.filter(kind=kind).first()
        if match is not None:
            ladder.say(match_id=match.pk, rung=rung, by=User.objects.get(username=name), phone=phone)


def _raise(stage: Any) -> None:
    """Two finds of each of three provinces, of the product with the most of them."""
    with stage.enter("brands"):
        person = User.objects.filter(username=RAISER).first()
        if person is None or RaisedSeries.objects.exists():
            return
        owner = Membership.objects.filter(user=person, role=Membership.Role.RIGHTS_STAFF).first()
        if owner is None:
            return
        found = sorted(
            sources.finds_of(owner.organisation_id), key=lambda each: (each.product_name, each.province_code)
        )
        best: list[list[sources.Raisable]] = []
        for _product, same in groupby(found, key=lambda each: each.product_name):
            by_province = [list(group)[:2] for _code, group in groupby(same, key=lambda each: each.province_code)]
            best = max(best, by_province, key=len)
        if len(best) > 1:
            asked.raise_series(
                organisation_id=owner.organisation_id, title=ASKED_OF_ALL,
                why="几省送检的瓶盖内壁有同一处模具伤，应出自同一副模具。", by=person,
                request_ids=[each.request_id for group in best[:3] for each in group],
            )  # fmt: skip


def _ask(stage: Any) -> None:
    with stage.enter("office"):
        office = User.objects.get(username="zhao")
        for row in Series.objects.filter(state=Series.State.FOUND):
            series.propose(series_id=row.pk, by=office)
    deliver_everywhere()
    name, phone = DESKS[AGREES]
    with stage.enter(AGREES):
        for ask in SeriesAsk.objects.filter(state="asked"):
            invited.agree(series_id=ask.pk, by=User.objects.get(username=name), phone=phone)
    deliver_everywhere()
