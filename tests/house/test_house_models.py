"""House rules about models: what stands in `public`, what in a province, and that nothing points across."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.operations import NotInTransactionMixin
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel

from provinces.declarations import declared_grants, declared_insert_only

ROOT = Path(__file__).resolve().parents[2]
LABELS = {config.name: config.label for config in apps.get_app_configs()}


def labels(names: list[str]) -> set[str]:
    return {LABELS[name] for name in names}


SHARED = labels(settings.SHARED_APPS) - labels(settings.TENANT_APPS)
PROVINCE = labels(settings.TENANT_APPS) - labels(settings.SHARED_APPS)
BOTH = labels(settings.TENANT_APPS) & labels(settings.SHARED_APPS)


def relations() -> list[tuple[str, str, str]]:
    """(label of the model that points, field, label of the app it points into), automatic tables included."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.db_constraint:
                target = field.remote_field.model._meta.app_label
                found.append((model._meta.label, field.name, target))
    return found


def test_no_foreign_key_crosses_the_border():
    crossing = []
    for label, field, target in relations():
        source = label.partition(".")[0]
        if (source in SHARED and target in PROVINCE) or (source in PROVINCE and target in SHARED):
            crossing.append(f"{label}.{field} -> {target}")
        # A table that stands on both sides may lean on what stands on both sides only.
        if source in BOTH and target not in BOTH:
            crossing.append(f"{label}.{field} -> {target}")
    assert len(relations()) > 40
    assert not crossing


def test_every_app_with_tables_says_on_which_side_it_stands():
    with_tables = {model._meta.app_label for model in apps.get_models()}
    assert with_tables <= SHARED | PROVINCE | BOTH
    assert len(settings.SHARED_APPS) == len(set(settings.SHARED_APPS))
    assert len(settings.TENANT_APPS) == len(set(settings.TENANT_APPS))


def test_every_step_of_every_record_has_a_name_for_people():
    moving = [model for model in apps.get_models() if hasattr(model, "MOVES")]
    nameless = {
        model._meta.label: sorted(missing)
        for model in moving
        if (missing := model.MOVES.keys() - getattr(model, "VERBS", {}).keys())
    }
    assert len(moving) > 30
    assert not nameless, "a refused step would be told by its code"


def test_integer_keys_do_not_leave_a_schema():
    """Rows of ours are known by UUID, so that a number of one province means nothing in another."""
    packages = {"accounts", "audit", "evidence", "notify", "gateway", "divisions", "provinces"}
    ours = {
        label
        for name, label in LABELS.items()
        if name.partition(".")[0] in {"federation", "appraisal", "billing_free", "tenants"}
    }
    by_number = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in packages | ours and isinstance(model._meta.pk, models.AutoField)
    ]
    assert set(by_number) <= INSIDE


INSIDE = {"provinces.Province", "provinces.Domain"}
"""Of the directory in `public`; others know a province by its code and a host by its name."""


def our_migrations() -> dict[str, list[str]]:
    loader = MigrationLoader(None)
    found: dict[str, list[str]] = {}
    for app, name in loader.disk_migrations:
        if ROOT in Path(apps.get_app_config(app).path).parents and "site-packages" not in apps.get_app_config(app).path:
            found.setdefault(app, []).append(name)
    return found


def test_each_app_has_one_line_of_named_migrations():
    loader = MigrationLoader(None)
    ours = our_migrations()
    assert ours
    for app, names in ours.items():
        assert len(loader.graph.leaf_nodes(app)) == 1, app
        assert not [name for name in names if not re.fullmatch(r"\d{4}_[a-z][a-z0-9_]+", name)]
        assert not [name for name in names if "_auto_" in name], "name the migration for what it does"


def test_models_and_migrations_agree(owner_seat):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_grant_allows_what_an_insert_only_table_forbids():
    kept = {each.model: each for each in declared_insert_only()}
    assert kept
    wrong = []
    for grant in declared_grants():
        if (only := kept.get(grant.model)) is None:
            continue
        if re.search(r"\b(DELETE|TRUNCATE)\b", grant.rights):
            wrong.append(grant)
        if "UPDATE" in grant.rights and not (grant.columns and set(grant.columns) <= set(only.columns)):
            wrong.append(grant)
    assert not wrong


@pytest.mark.parametrize("kind", ["Grant", "InsertOnly"])
def test_every_declaration_names_a_model_that_exists(kind):
    declared = declared_grants() if kind == "Grant" else declared_insert_only()
    for each in declared:
        model = apps.get_model(each.model)
        names = {field.column for field in model._meta.local_fields}
        assert set(each.columns) <= names, each


BEFORE_THE_FIRST_RELEASE = {
    ("letters", "0002_seats"): ("NOT_NULL",),
    ("evidence", "0004_uploads"): ("ALTER_COLUMN",),  # makes two texts longer, which older code does not notice
}
"""No older code has ever run beside these."""


def sql_of(loader: MigrationLoader, app: str, name: str) -> list[str]:
    """What a migration does to tables that were there before it: a new table is nobody's yet."""
    migration, state = loader.graph.nodes[app, name], loader.project_state((app, name), at_end=False)
    new: set[str] = set()
    said: list[str] = []
    before = state.clone()
    for step in migration.operations:
        step.state_forwards(app, state)
        after = state.clone()  # `state` itself is never rendered, which would be done anew at each step
        if isinstance(step, CreateModel):
            new.add(step.name_lower)
        elif step.reduces_to_sql and getattr(step, "model_name_lower", None) not in new:
            with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
                step.database_forwards(app, editor, before, after)
            said += editor.collected_sql
        before = after
    return said


def test_later_migrations_are_safe_beside_the_code_that_still_runs(owner_seat, monkeypatch):
    """django-migration-linter over the SQL of every migration after an app's first."""
    from django_migration_linter import sql_analyser

    # An index made beside running work asks for no transaction; here its SQL is read, inside the test's own.
    monkeypatch.setattr(NotInTransactionMixin, "_ensure_not_in_transaction", lambda *_asked: None)
    analyser, loader = (
        sql_analyser.get_sql_analyser_class("postgresql"),
        MigrationLoader(connection, replace_migrations=False),
    )

    def errors_of(app: str, name: str, allowed: tuple[str, ...]) -> list[object]:
        return sql_analyser.analyse_sql_statements(
            analyser, sql_of(loader, app, name), exclude_migration_tests=allowed
        )[0]

    looked_at = 0
    for app, names in our_migrations().items():
        for name in sorted(names)[1:]:
            errors = errors_of(app, name, BEFORE_THE_FIRST_RELEASE.get((app, name), ()))
            assert not errors, (app, name, errors)
            looked_at += 1
    assert looked_at >= 4
    for app, name in BEFORE_THE_FIRST_RELEASE:
        assert errors_of(app, name, ()), "what was unsafe once is seen"
