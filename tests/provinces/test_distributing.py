"""`manage.py distribute`: the SQL it makes and the rules it checks. There is no Citus here: running it is not tried."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from provinces import context, distributing
from provinces.distributing import CannotDistribute, NoCitus, Plan


def test_every_province_is_distributed_and_no_shared_table(database):
    with context.owner():
        found = distributing.plan()
    assert found.broken == {} and found.citus == ""
    assert found.schemas == ("fj", "gd", "gx", "gz")
    assert found.statements[2] == "SELECT citus_schema_distribute('\"gx\"'::regnamespace)"
    assert "letters_letter" in found.local and not set(found.local) & set(found.schemas)


def test_it_refuses_without_the_extension_and_says_which_is_needed(database):
    said = io.StringIO()
    with pytest.raises(CommandError, match="no_citus"):
        call_command("distribute", stdout=said)
    call_command("distribute", "--dry-run", stdout=said)
    assert "citus_schema_distribute('\"gx\"'" in said.getvalue()
    with pytest.raises(NoCitus):
        Plan(("gx",), (), (), "11.3-1").refuse()
    Plan(("gx",), (), (), "13.0-1").refuse()


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("foreign_key", "ALTER TABLE gx.accounts_unit ADD COLUMN p bigint REFERENCES public.provinces_province (id)"),
        ("trigger", "CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
                    "CREATE TRIGGER t AFTER INSERT ON gx.accounts_unit EXECUTE FUNCTION public.f()"),
        ("view", "CREATE VIEW gx.v AS SELECT u.id FROM gx.accounts_unit u, public.letters_letter"),
        ("default", "CREATE SEQUENCE public.s;"
                    "ALTER TABLE gx.accounts_unit ADD COLUMN n int DEFAULT nextval('public.s')"),
        ("inheritance", "CREATE TABLE public.p (n int); CREATE TABLE gx.c () INHERITS (public.p)"),
        ("foreign_table", "CREATE MATERIALIZED VIEW gx.m AS SELECT 1"),
    ],
)  # fmt: skip
def test_what_joins_a_province_with_others_is_named(owner_seat, rule, fault):
    with connection.cursor() as cursor:
        cursor.execute(fault)
    found = distributing.plan()
    assert list(found.broken) == [rule] and found.broken[rule][0].startswith("gx.")
    with pytest.raises(CannotDistribute) as refused:
        found.refuse()
    assert rule in refused.value.detail
