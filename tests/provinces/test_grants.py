"""The catalog says what was declared: roles, settings, rights, policies. Whatever is changed by hand is named."""

import pytest
from django.db import connection, transaction

from accounts.models import User
from provinces import grants, provisioning
from provinces.context import owner, province
from provinces.declarations import ME, PARTY, Policy

pytestmark = pytest.mark.guard("grants")

BY_HAND = {
    "a table right": ("GRANT DELETE ON public.provinces_domain TO czj_gd", "public.provinces_domain for czj_gd"),
    "a column right": ("GRANT UPDATE (name) ON public.provinces_province TO czj_gx", "public.provinces_province.name"),
    "a right of everybody": ("GRANT SELECT ON gz.accounts_user TO PUBLIC", "gz.accounts_user for PUBLIC"),
    "a right taken away": ("REVOKE SELECT ON gx.accounts_user FROM czj_gx", "gx.accounts_user for czj_gx"),
    "an insert-only table opened": ("GRANT DELETE ON gx.audit_trail TO czj_gx", "gx.audit_trail for czj_gx"),
    "another's schema": ("GRANT USAGE ON SCHEMA gz TO czj_gx", "schema gz"),
    "making objects in public": ("GRANT CREATE ON SCHEMA public TO czj_party", "schema public"),
    "temporary tables": ("GRANT TEMP ON DATABASE {database} TO PUBLIC", "database"),
    "membership in another's login": ("GRANT czj_gz TO czj_gx", "membership czj_gx in czj_gz"),
    "a settable group": ("GRANT czj_party TO czj_gx WITH SET TRUE", "membership czj_gx in czj_party"),
    "a special attribute": ("ALTER ROLE czj_gx CREATEROLE", "login czj_gx"),
    "another search path": ("ALTER ROLE czj_gx IN DATABASE {database} SET search_path = gz", "settings of czj_gx"),
    "a setting for every database": ("ALTER ROLE czj_gx SET work_mem = '1GB'", "settings of czj_gx in every database"),
    "a large-object function": ("GRANT EXECUTE ON FUNCTION lo_create(oid) TO PUBLIC", "function lo_create"),
    "default rights": ("ALTER DEFAULT PRIVILEGES FOR ROLE czj_owner GRANT SELECT ON TABLES TO PUBLIC", "default"),
    "a function run as its owner": (
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "function f()",
    ),
    "a table with another owner": ("ALTER TABLE gx.accounts_post OWNER TO postgres", "gx.accounts_post"),
    "a sequence": ("GRANT USAGE ON SEQUENCE gx.django_migrations_id_seq TO czj_gd", "gx.django_migrations_id_seq"),
}


def differences() -> list[str]:
    with owner():
        return [str(each) for each in grants.differences()]


def test_the_catalog_is_as_declared(border, trials):
    assert differences() == []
    with owner():
        trials(len(grants.wanted_rights(grants.Installation.here())))


@pytest.mark.parametrize("case", BY_HAND)
def test_a_change_by_hand_is_named(border, case, trials):
    change, name = BY_HAND[case]
    with border.superuser(border.database_name) as cursor:
        cursor.execute("BEGIN; " + change.format(database=border.database_name))
        # The comparison reads the catalog inside the transaction that holds the change, so nothing has to be undone.
        with owner():
            held = connection.connection
            connection.ensure_connection()
            held, connection.connection = connection.connection, cursor.connection
            try:
                monkeyed = [str(each) for each in _as_owner()]
            finally:
                connection.connection = held
        cursor.execute("ROLLBACK")
    assert any(name in each for each in monkeyed), monkeyed
    trials(1)


def _as_owner() -> list[grants.Difference]:
    here = grants.Installation.here()
    here.owner = "czj_owner"
    steps = [step for name, step in vars(grants).items() if name.endswith("_differences")]
    return [each for step in steps for each in step(here)]


def test_what_the_owner_may_mend_is_mended(border):
    with border.superuser(border.database_name) as cursor:
        cursor.execute(
            "ALTER ROLE czj_gx SET work_mem = '1GB'; GRANT SELECT ON gz.accounts_user TO czj_gx;"
            " ALTER ROLE czj_gx IN DATABASE " + border.database_name + " SET search_path = gz"
        )
    with owner():
        assert grants.apply() == []
    assert differences() == []


def test_a_policy_is_made_changed_and_dropped_as_declared(border, monkeypatch):
    policy = Policy("provinces.Domain", "own_host", "SELECT", using=f"domain LIKE {ME} || '.%%'", to=PARTY)
    for using, seen in ((f"starts_with(domain, {ME} || '.')", 1), ("true", 4), ("false", 0)):
        changed = Policy(policy.model, policy.name, policy.command, using=using)
        monkeypatch.setattr(grants.policies, "declared_policies", lambda changed=changed: [changed])
        with owner():
            assert grants.differences() != []
            assert grants.apply() == []
        with province("gx"), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM provinces_domain")
            assert cursor.fetchone() == (seen,)
    with border.superuser(border.database_name) as cursor:
        cursor.execute("ALTER POLICY own_host ON provinces_domain USING (true)")
    with owner():
        assert [each.where for each in grants.differences()] == ["policy own_host on provinces_domain"]
    monkeypatch.undo()
    with owner():
        assert grants.apply() == []


def test_a_login_that_changed_its_password_is_named_and_set_right(border, qinghai):
    with province(qinghai), connection.cursor() as cursor:
        cursor.execute("ALTER ROLE czj_qh PASSWORD 'mine now'")
    with owner():
        assert grants.locked_out() == ["czj_qh"]
        grants.reset_passwords()
        assert grants.locked_out() == []


def test_applying_again_changes_nothing(border):
    with owner(), transaction.atomic():
        assert grants.apply() == []
        assert grants.apply() == []


def test_a_new_province_has_its_rights_and_nobody_elses(border):
    provisioning.provision(
        "hn", name="湖南", title="湖南省市场监督管理局", agency_word="湘市监", division_code="430000"
    )
    try:
        assert differences() == []
        with province("hn"):
            User.objects.create_user("chen", name="陈")
        with province("gx"), connection.cursor() as cursor:
            cursor.execute("SELECT has_schema_privilege('hn', 'USAGE')")
            assert cursor.fetchone() == (False,)
    finally:
        border.remove_province("hn")
