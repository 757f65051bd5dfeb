"""Edge case 13 of operations: the migration of one province fails half-way; the rest run, it stays and says so."""

from __future__ import annotations

import shutil
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Unit
from provinces import context, provisioning, versions
from provinces.hosts import DIRECTORY
from provinces.models import Province, SchemaVersion, SharedSchema
from provinces.tasks import is_served

MORE = "czj_more_migrations"
FIRST = """
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("bundles", "LAST")]
    operations = [migrations.RunSQL("CREATE TABLE czj_more (id int); INSERT INTO czj_more VALUES (1)")]
"""
SECOND = """
from pathlib import Path
from django.db import migrations

def half(apps, editor):
    editor.execute("UPDATE accounts_unit SET name = 'spoilt'")
    if editor.connection.schema_name == "gz" and not Path(__file__).with_name("mended").exists():
        raise RuntimeError("half-way")

class Migration(migrations.Migration):
    dependencies = [("bundles", "9001_more")]
    operations = [migrations.RunPython(half)]
"""


def command(*args: str) -> str:
    said = StringIO()
    call_command("province", *args, stdout=said)
    return said.getvalue()


def rows(sql: str) -> list[tuple]:
    with context.owner(), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def anew() -> None:
    versions.running.cache_clear()
    versions.is_safe_without.cache_clear()
    DIRECTORY.clear()


@pytest.fixture
def release(border, tmp_path: Path, settings, monkeypatch):
    """A release with two more migrations, as if this process had been started with it; taken back afterwards."""
    from tenants.bundles import migrations as own

    folder = tmp_path / MORE
    shutil.copytree(Path(own.__file__).parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(each.stem for each in folder.glob("0*.py"))
    (folder / "9001_more.py").write_text(FIRST.replace("LAST", last))
    (folder / "9002_half.py").write_text(SECOND)
    monkeypatch.syspath_prepend(str(tmp_path))
    with context.owner():
        kept = SharedSchema.objects.get(name=provisioning.TEMPLATE)
    before = provisioning.province_version()
    settings.MIGRATION_MODULES = {"bundles": MORE}
    anew()
    yield folder
    settings.MIGRATION_MODULES = {}
    with context.owner(), connection.cursor() as cursor:
        for schema in (provisioning.TEMPLATE, "gx", "gz", "gd", "fj"):
            cursor.execute(
                f"DROP TABLE IF EXISTS {schema}.czj_more;"
                f" DELETE FROM {schema}.django_migrations WHERE app = 'bundles' AND name LIKE '900%'"
            )
        SharedSchema.objects.filter(pk=kept.pk).update(version=kept.version, dump=kept.dump)
        Province.objects.update(schema_version=before)
        SchemaVersion.objects.exclude(version=before).delete()
    for name in [name for name in sys.modules if name.startswith(MORE)]:
        del sys.modules[name]
    anew()


@pytest.mark.slow
def test_a_province_whose_migration_fails_half_way_stays_whole_and_closed_and_the_rest_run(release, client_for):
    with context.province("gz"):
        Unit.objects.create(code="gz", name="贵州省局", kind="provincial_bureau", division_code="520000")
    with pytest.raises(CommandError, match=r"upgrade_failed.*gz.*half-way"):
        command("upgrade", "--all", "--processes", "1")
    assert rows("SELECT schemaname::text FROM pg_tables WHERE tablename = 'czj_more' ORDER BY 1") == [
        ("czj_template",), ("fj",), ("gd",), ("gx",),
    ]  # fmt: skip
    assert rows("SELECT name FROM gz.accounts_unit") == [("贵州省局",)]
    assert rows("SELECT name FROM gz.django_migrations WHERE app = 'bundles' AND name LIKE '900%'") == []
    listed = {line.split("\t")[0]: line for line in command("list").splitlines()}
    assert "upgrading" in listed["gz"] and "on disk" in listed["gz"] and "\tactive\t" in listed["gx"]

    page = client_for("gz").get("/")
    assert page.status_code == 503 and "升级中" in page.content.decode() and page["Retry-After"] == "60"
    assert client_for("gz").get("/api/v1/me/").json()["code"] == "province_upgrading"
    assert client_for("gx").get("/").status_code in (200, 302)
    assert not is_served("gz") and is_served("gx")
    assert "bundles.9002_half" in command("upgrade", "gz", "--dry-run")

    # Code that gets along without a migration serves the province all the same.
    for name in ("9001_more.py", "9002_half.py"):
        file = release / name
        file.write_text(file.read_text().replace("    dependencies", "    safe_without = True\n    dependencies"))
    for name in [name for name in sys.modules if name.startswith(f"{MORE}.")]:
        del sys.modules[name]
    anew()
    assert client_for("gz").get("/").status_code in (200, 302)

    (release / "mended").touch()
    command("upgrade", "--all", "--processes", "1")
    assert rows("SELECT count(*) FROM gz.czj_more") == [(1,)]
    assert "upgrading" not in command("list")
    assert is_served("gz")


def test_code_of_the_release_before_serves_a_schema_that_has_more(border):
    mine, names = versions.running()
    assert versions.can_be_served("newer", {"newer": [*names, "bundles.0009_more"]})
    assert not versions.can_be_served("older", {"older": sorted(names)[1:]})
    assert not versions.can_be_served("unheard of", {})
