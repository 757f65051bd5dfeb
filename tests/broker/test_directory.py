"""The directory of units: every bureau of the country by its ordinary name, as its own province corrects it (F-18)."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from harness import people

from divisions.models import Division
from divisions.services import DATA, short_name
from federation.broker import directory
from federation.contracts.broker import UnitV1
from federation.directory.services import take_units
from kernel import clock
from kernel.errors import NotFound404
from provinces import context
from provinces.seats import OFFICE


def unit(code: str, name: str, kind: str, division: str, **more: str) -> UnitV1:
    return UnitV1(code=code, name=name, kind=kind, division_code=division, **more)


def test_each_division_has_its_bureau_by_its_ordinary_name_whether_enrolled_or_not(owner_seat):
    """F-18: a county bureau of a province that is not on the system can be addressed."""
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        Division.objects.bulk_create(
            Division(
                code=row["code"], name=row["name"], short_name=short_name(row["name"], row["level"]),
                level=row["level"], parent_code=row["parent"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
    names = {code: directory.unit(code).name for code in (
        "520382", "450103", "450000", "120000", "640000", "440303", "429021", "520203", "310115", "659001", "660000",
    )}  # fmt: skip
    assert names == {
        "520382": "仁怀市市场监督管理局",
        "450103": "南宁市青秀区市场监督管理局",
        "450000": "广西壮族自治区市场监督管理局",
        "120000": "天津市市场监督管理委员会",
        "640000": "宁夏回族自治区市场监督管理厅",
        "440303": "深圳市市场监督管理局罗湖监管局",
        "429021": "神农架林区市场监督管理局",
        "520203": "六枝特区市场监督管理局",
        "310115": "上海市浦东新区市场监督管理局",
        "659001": "石河子市市场监督管理局",
        "660000": "新疆生产建设兵团市场监督管理局",
    }
    assert directory.unit("450103").enrolled and directory.unit("450103").province_code == "gx"
    zhejiang = directory.unit("330000")
    assert (zhejiang.enrolled, zhejiang.province_code, zhejiang.agency_word) == (False, "33", "浙市监")
    assert len(directory.provinces()) == 32 and len(directory.units()) > 3000
    with pytest.raises(NotFound404):
        directory.unit("710000")
    for query, first in {
        "仁怀市监局": "520382",
        "仁怀": "520382",
        "南宁青秀": "450103",
        "南宁市青秀区市场监督管理局": "450103",
        "renhuai": "520382",
        "450103": "450103",
    }.items():
        assert directory.units(query=query)[0].ref == first, query
    assert {each.ref for each in directory.units("gx", query="qx")} >= {"450103"}
    inside = directory.units("gx", division_code="450100")
    assert {"450100", "450103"} <= {each.ref for each in inside} and len(inside) < 20
    assert directory.units("45") == directory.units("gx")
    assert directory.bureau_of("450103") == directory.unit("450103")


def test_a_province_corrects_its_own_units_and_nobody_elses(border):
    """Units that are gone are marked, not deleted; an older list changes nothing; 外省 division codes stay theirs."""
    people.divisions()
    now = clock.now()
    listed = [
        unit("q", "青秀区市场监督管理局", "county_bureau", "450103", agency_word="桂青市监"),
        unit("h", "高新区分局", "branch_bureau", "450103"),
        unit("z", "仁怀市市场监督管理局（假）", "county_bureau", "520382"),
    ]
    with context.seat(OFFICE):
        assert take_units("gx", listed, at=now) == 3
        assert directory.unit("450103").name == "南宁市青秀区市场监督管理局"  # at home without the city
        assert directory.unit("450103").agency_word == "桂青市监"
        assert directory.unit("520382").name == "仁怀市市场监督管理局"
        assert directory.unit("gx:z").province_code == "gx"
        branch = directory.unit("gx:h")
        assert branch.enrolled and branch.place.endswith("青秀区") and not branch.is_bureau
        take_units("gx", listed[:1], at=now + timedelta(hours=1))
        assert directory.unit("gx:h").removed and directory.find("gx:h") is not None
        assert [each.ref for each in directory.units("gx", query="高新")] == []
        assert take_units("gx", listed, at=now) == 0
        assert directory.unit("gx:h").removed
        assert take_units("nobody", listed, at=now) == 0
    with context.province("gz"):
        assert directory.unit("450103").agency_word == "桂青市监"
