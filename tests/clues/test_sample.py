"""The clues of the sample story: every state a desk sees, told once."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from accounts import sample as people
from kernel import clock
from runtime.sample import cast
from tenants.clues import sample
from tenants.clues.models import Clue


@pytest.mark.slow
def test_the_clues_of_the_story_stand_in_every_state_and_are_told_once(
    gx: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "PROVINCES", sample.PROVINCES[:1])
    monkeypatch.setattr(sample, "MORE", ())
    monkeypatch.setattr(sample, "append_ledgers", lambda stage: None)  # of all parties: this is one
    stage = SimpleNamespace(now=clock.now(), cast=cast, enter=lambda name: nullcontext())
    units = people._units(stage, "gx")
    for row in cast.OFFICERS.values():
        if row.province == "gx":
            people._officer(row, units[row.unit], (stage.now + people.VALID).date())
    for _twice in range(2):
        sample.fill(stage)
        told = list(Clue.objects.select_related("holder_unit", "proposed_unit"))
        assert len(told) == len(sample.GUANGXI)
    states = {each.state for each in told}
    assert states == {"registered", "assessing", "dispatched", "verifying", "returned", "disputed", "ended"}
    by_title = {each.title: each for each in told}
    assert by_title["科园大道仓库疑似分装点"].proposed_unit.code == "gx-hitech"
    assert by_title["旧地名：荔浦县城西百货卖假洗发水"].division_code == "450381"
    assert by_title["网店九块九卖“谷满”调料整箱"].proposed_unit is None
    assert by_title["汽配城“拓凡”机油两边都说不归自己管"].holder_unit.code == "gx-hitech"
