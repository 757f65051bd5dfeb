"""Codes lead to names, paths and counties; loading again loses nothing that old matters need."""

import csv
import shutil
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from divisions import selectors
from divisions.models import Division, DivisionHistory, Township, Zone
from divisions.selectors import UnknownDivision
from divisions.services import DATA, Loaded, load_divisions, short_name
from kernel.errors import BadInput
from provinces.context import owner

pytestmark = pytest.mark.usefixtures("undone")


@pytest.fixture(scope="module")
def loaded(database):
    """The tables, loaded once for this file by the owner, and rolled back at its end."""
    with owner(), transaction.atomic():
        load_divisions()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def undone(loaded):
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rewrite(path, change):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    head = list(rows[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, lineterminator="\n")
        writer.writeheader()
        writer.writerows(change(rows))


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(DATA, tmp_path / "tables")


def test_every_row_of_the_files_is_there():
    counts = [model.objects.count() for model in (Division, Township, DivisionHistory, Zone)]
    assert counts == [3_212, 38_723, 798, 105]
    assert not Division.objects.exclude(valid_from=None, valid_to=None).exists()


def test_a_second_load_changes_nothing():
    assert load_divisions() == Loaded(added=0, changed=0, closed=0)


def test_a_path_runs_from_the_province_down():
    assert selectors.path_name("450103") == "广西壮族自治区南宁市青秀区"
    assert selectors.path_name("110101", " ") == "北京市 东城区"
    assert selectors.path_name("469001") == "海南省五指山市"  # the digits would say 469000
    assert selectors.path_name("450000") == "广西壮族自治区"
    assert [step.code for step in selectors.path("441900003")] == ["440000", "441900", "441900003"]


def test_names_of_a_whole_list_take_a_few_queries():
    codes = list(Township.objects.values_list("code", flat=True)[:500]) + ["450103", "000000"]
    with CaptureQueriesContext(connection) as queries:
        names = selectors.path_names(codes)
    assert len(queries) <= 5
    assert len(names) == 501
    assert names["450103"] == "广西壮族自治区南宁市青秀区"


@pytest.mark.parametrize(
    ("code", "county"),
    [
        ("450103", "450103"),
        ("450103001", "450103"),
        ("441900", "441900"),  # a prefecture without counties
        ("441900003", "441900"),
        ("620200", "620200"),
        ("450100", None),
        ("450000", None),
        ("110101", "110101"),
    ],
)
def test_a_matter_goes_to_the_county_or_to_a_prefecture_without_counties(code, county):
    found = selectors.county_of(code)
    assert (found.code if found else None) == county


def test_children_are_the_level_below():
    assert len(selectors.children()) == 34
    assert len(selectors.children("450000")) == 14
    assert {type(row) for row in selectors.children("441900")} == {Township}
    assert selectors.children("710000") == []
    assert selectors.province_of("450103001").short_name == "广西"


def test_a_former_code_is_refused_with_what_it_became():
    with pytest.raises(UnknownDivision) as refused:
        selectors.division("110103")
    assert refused.value.code == "division_former"
    assert refused.value.data["successors"] == ["110101"]
    assert "110101" in refused.value.detail


@pytest.mark.parametrize("code", ["999999", "", "45010", "abcdef", "450103999"])
def test_an_unknown_code_is_refused_plainly(code):
    with pytest.raises(UnknownDivision) as refused:
        selectors.division(code)
    assert (refused.value.code, refused.value.status) == ("division_unknown", 400)


def test_zones_of_a_county_are_found_by_its_code():
    assert "广西-东盟经济技术开发区" in {zone.name for zone in selectors.zones_in("450110")}


def test_short_names_drop_the_rank_of_a_province_only():
    rows = Division.objects.filter(code__in=["150000", "500000", "650000"])
    assert [row.short_name for row in rows] == ["内蒙古", "重庆", "新疆"]
    assert short_name("南宁市", "prefecture") == "南宁市"


def test_a_new_table_closes_what_is_gone_and_dates_what_is_new(folder):
    def change(rows):
        kept = [row for row in rows if row["code"] != "450103"]
        next(row for row in kept if row["code"] == "450102")["name"] = "兴宁新区"
        return [*kept, {"code": "450199", "name": "甲区", "level": "county", "parent": "450100"}]

    rewrite(folder / "divisions.csv", change)
    rewrite(folder / "townships.csv", lambda rows: [row for row in rows if row["parent"] != "450103"])
    done = load_divisions(folder, on=date(2027, 1, 1))
    assert (done.added, done.changed) == (1, 1)
    assert selectors.division("450103").valid_to == date(2027, 1, 1)
    assert selectors.division("450199").valid_from == date(2027, 1, 1)
    assert selectors.path_name("450103") == "广西壮族自治区南宁市青秀区"  # an old matter still reads
    assert "450103" not in {row.code for row in selectors.children("450100")}
    again = load_divisions(on=date(2027, 2, 1))
    assert selectors.division("450103").valid_to is None
    assert again.closed == 1


def test_a_file_that_was_cut_short_changes_nothing(folder):
    rewrite(folder / "townships.csv", lambda rows: rows[:20_000])
    with pytest.raises(BadInput) as refused:
        load_divisions(folder)
    assert refused.value.code == "divisions_shrunk"
    assert refused.value.data["missing"] == 18_723
    assert not Township.objects.exclude(valid_to=None).exists()


def test_a_row_without_its_parent_is_named(folder):
    rewrite(folder / "divisions.csv", lambda rows: [row for row in rows if row["code"] != "450100"])
    with pytest.raises(BadInput) as refused:
        load_divisions(folder)
    assert refused.value.code == "divisions_orphan"
    assert refused.value.data["parent"] == "450100"
