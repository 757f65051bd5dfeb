"""The letters of the sample story: answered, returned and written anew, on paper; told once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts import sample as people
from accounts.models import Unit
from divisions.models import Division
from divisions.resolving import current
from federation.directory import book
from kernel import clock
from provinces import context
from runtime.sample import cast
from tenants.clues.models import Clue
from tenants.correspondence import sample
from tenants.correspondence.models import OfficialLetter, Partner

FAR = (
    ("440000", "广东省", "province", ""),
    ("440100", "广州市", "prefecture", "440000"),
    (sample.BAIYUN, "白云区", "county", "440100"),
    ("350000", "福建省", "province", ""),
    (sample.QUANZHOU, "泉州市", "prefecture", "350000"),
    (sample.JINJIANG, "晋江市", "county", sample.QUANZHOU),
    ("330000", "浙江省", "province", ""),
    ("330700", "金华市", "prefecture", "330000"),
    (sample.YIWU, "义乌市", "county", "330700"),
)


@pytest.mark.slow
def test_the_letters_of_the_story_stand_where_a_newcomer_sees_them(border, monkeypatch):
    monkeypatch.setattr(sample, "append_ledgers", lambda stage: None)
    with context.owner():
        for code, name, level, parent in (("450000", "广西壮族自治区", "province", ""), *FAR):
            Division.objects.get_or_create(
                code=code, defaults={"name": name, "short_name": name[:-1], "level": level, "parent_code": parent}
            )
    book._kept = None
    current.forget()
    stage = SimpleNamespace(now=clock.now(), cast=cast, enter=context.province)
    for province in ("gx", "gd", "fj"):
        with context.province(province):
            units = people._units(stage, province)
            for row in cast.OFFICERS.values():
                if row.province == province:
                    people._officer(row, units[row.unit], (stage.now + people.VALID).date())
            if province == "gx":
                Unit.objects.filter(code="gx-qx").update(agency_word="南青市监")
    for _twice in range(2):
        sample.fill(stage)
    with context.province("gx"):
        states = dict(OfficialLetter.objects.values_list("peer_name", "state"))
        assert states == {
            "广州市白云区市场监督管理局": "answered",
            "义乌市市场监督管理局": "received",
            "晋江市市场监督管理局": "checking",
            "泉州市市场监督管理局": "returned",
        }
        assert Partner.objects.count() == 3
    with context.province("gd"):
        assert Clue.objects.get().source_kind == "transfer_in"
