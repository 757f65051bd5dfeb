"""Opening provinces, and bringing all schemas to the version on disk."""

import os
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from provinces import provisioning
from provinces.context import owner, province
from provinces.hosts import DIRECTORY
from provinces.models import Province, SharedSchema
from provinces.provisioning import ProvisioningError, migrate_all, province_version, provision

HN = {"name": "湖南", "title": "湖南省市场监督管理局", "agency_word": "湘市监", "division_code": "430000"}

TABLES = """
SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
       coalesce(replace(pg_get_expr(d.adbin, d.adrelid), %(schema)s || '.', ''), '')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE n.nspname = %(schema)s AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'S', 'i') ORDER BY 1, 2
"""
CONSTRAINTS = """
SELECT c.conname::text, replace(pg_get_constraintdef(c.oid), %(schema)s || '.', '')
FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = %(schema)s ORDER BY 1, 2
"""
INDEXES = """
SELECT indexname::text, replace(indexdef, %(schema)s || '.', '') FROM pg_indexes
WHERE schemaname = %(schema)s ORDER BY 1
"""


@pytest.fixture
def hn(border):
    """湖南, opened and removed again."""
    yield provision("hn", **HN)
    border.remove_province("hn")


def plain(fact: tuple) -> tuple:
    """Without casts and brackets: PostgreSQL writes a condition's constants in another way after a dump."""
    return tuple(re.sub(r"::[a-z ]+(\[\])?|[()]", "", part) if isinstance(part, str) else part for part in fact)


def facts(schema: str) -> list[list[tuple]]:
    with owner(), connection.cursor() as cursor:
        found = []
        for question in (TABLES, CONSTRAINTS, INDEXES):
            cursor.execute(question, {"schema": schema})
            found.append(sorted(map(plain, cursor.fetchall())))
        return found


def rows(sql: str) -> list[tuple]:
    with owner(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_a_replayed_schema_equals_a_migrated_one_in_every_name_and_type(hn):
    for replayed, migrated in zip(facts("hn"), facts("czj_template"), strict=True):
        assert set(replayed) ^ set(migrated) == set()
    assert rows("SELECT app, name FROM hn.django_migrations ORDER BY id") == rows(
        "SELECT app, name FROM czj_template.django_migrations ORDER BY id"
    )


def test_a_new_province_is_served_at_once(hn):
    assert DIRECTORY.find("hn.testhost").title == HN["title"]
    with province("hn"):
        User.objects.create_user("chen", name="陈")
        assert User.objects.count() == 1


def test_what_fails_leaves_nothing(border, monkeypatch):
    def fail(only=None):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(provisioning.grants, "apply", fail)
    with pytest.raises(RuntimeError):
        provision("hn", **HN)
    assert rows("SELECT 1 FROM pg_namespace WHERE nspname = 'hn'") == []
    assert rows("SELECT 1 FROM provinces_province WHERE schema_name = 'hn'") == []
    assert DIRECTORY.find("hn.testhost") is None


def test_a_province_is_opened_once(border):
    with pytest.raises(ProvisioningError):
        provision("gx", **HN)
    for code in ("public", "czj_template", "pg_toast", "Gx", "g;x"):
        with pytest.raises(ValueError):
            provision(code, **HN)


@pytest.mark.slow
def test_without_pg_dump_the_migrations_are_run(border, monkeypatch):
    with owner():
        kept = SharedSchema.objects.get(name=provisioning.TEMPLATE)
        SharedSchema.objects.filter(pk=kept.pk).update(dump="")
    try:
        provision("hn", **HN)
        assert facts("hn") == facts("czj_template")
    finally:
        with owner():
            SharedSchema.objects.filter(pk=kept.pk).update(dump=kept.dump)
        border.remove_province("hn")


def test_with_nothing_to_do_nothing_is_migrated(border):
    outcome = migrate_all()
    assert (outcome.migrated, outcome.failed, outcome.remaining) == ([], {}, [])


@pytest.mark.parametrize("processes", [1, 2])
def test_one_failing_province_does_not_stop_the_others_and_can_be_tried_again(border, monkeypatch, processes):
    real = provisioning.migrate_schema

    def fail_in_gz(schema_name, **options):
        if schema_name == "gz":
            raise RuntimeError("disk full")
        real(schema_name, **options)

    with owner():
        Province.objects.update(schema_version="old")
    monkeypatch.setattr(provisioning, "migrate_schema", fail_in_gz)
    outcome = migrate_all(processes=processes)
    assert sorted(outcome.migrated) == ["fj", "gd", "gx"]
    assert outcome.failed == {"gz": "RuntimeError: disk full"}
    with owner():
        assert Province.objects.get(schema_name="gz").schema_version == "old"
    said = StringIO()
    call_command("province", "list", stdout=said)
    [line] = [line for line in said.getvalue().splitlines() if line.startswith("gz")]
    assert "old (on disk:" in line
    monkeypatch.undo()
    assert migrate_all(processes=processes).migrated == ["gz"]
    with owner():
        assert set(Province.objects.values_list("schema_version", flat=True)) == {province_version()}


def test_the_commands_of_one_schema_are_refused(border):
    for command in ("migrate", "migrate_schemas"):
        with pytest.raises(CommandError, match="migrate_all"):
            call_command(command)


@pytest.mark.parametrize(
    "command",
    [
        ["makemigrations", "--check", "--dry-run"],  # makes the checks of `check` too
        pytest.param(["check"], marks=pytest.mark.slow),
        pytest.param(["migrate"], marks=pytest.mark.slow),
    ],
)
def test_no_database_is_needed_to_check_or_make_migrations(command):
    ran = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": "postgresql://czj_owner@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=False,
    )
    if command == ["migrate"]:
        assert ran.returncode == 1 and "province upgrade --all" in ran.stderr
    else:
        assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("missing", ["USER", "PASSWORD", "NAME"])
def test_a_database_is_not_made_for_half_an_address(border, monkeypatch, missing):
    monkeypatch.setenv("SUPERUSER_URL", border.superuser_url)
    monkeypatch.setitem(settings.DATABASES["default"], missing, "")
    with pytest.raises(CommandError, match=missing):
        call_command("make_database")


def test_no_table_of_a_province_points_at_a_shared_one_or_back(border):
    assert (
        rows(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint c"
            " JOIN pg_class a ON a.oid = c.conrelid JOIN pg_class b ON b.oid = c.confrelid"
            " WHERE c.contype = 'f' AND a.relnamespace <> b.relnamespace"
        )
        == []
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_schema_whose_state_grew_is_the_one_that_django_alone_makes(border, monkeypatch):
    monkeypatch.setattr(provisioning.GrowingState, "of", lambda state: state.clone())
    try:
        provisioning.migrate_schema("rendered_anew")
        assert facts("rendered_anew") == facts(provisioning.TEMPLATE)
    finally:
        with owner(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS rendered_anew CASCADE")
