"""The answers in THREAT_MODEL.md, "What a province's login can still do", hold."""

import re
from io import StringIO

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from provinces.context import owner, province
from provinces.passwords import login_password
from provinces.provisioning import LOCK_KEY, RIGHTS, migrate_all

pytestmark = pytest.mark.guard("G4")


def sign_in(cluster, login="czj_gx"):
    opened = psycopg2.connect(
        cluster.superuser_url, dbname=cluster.database_name, user=login, password=login_password(login)
    )
    opened.autocommit = True
    return opened


def test_settings_a_login_changed_for_itself_reach_nothing_and_are_set_right(border):
    changing = sign_in(border)
    changing.cursor().execute(f"ALTER ROLE czj_gx IN DATABASE {border.database_name} SET search_path = gz, public")
    changing.close()
    opened = sign_in(border)
    with opened.cursor() as cursor, pytest.raises(psycopg2.Error, match="permission denied"):
        cursor.execute("SELECT * FROM accounts_user")
    opened.close()
    assert migrate_all().remaining == []
    opened = sign_in(border)
    with opened.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == ("gx, public",)
    opened.close()


def test_a_changed_password_is_named_by_the_command_and_mended(border, qinghai):
    opened = sign_in(border, f"czj_{qinghai}")
    opened.cursor().execute("ALTER ROLE czj_qh PASSWORD 'mine'")
    opened.close()
    said = StringIO()
    with pytest.raises(CommandError):
        call_command("logins", stdout=said)
    assert "czj_qh" in said.getvalue()
    call_command("logins", "--mend", stdout=said)
    sign_in(border, "czj_qh").close()


def test_nobody_listens_or_notifies_in_the_database():
    guilty = [
        str(file.relative_to(settings.BASE_DIR))
        for part in ("platform", "federation", "appraisal", "billing_free", "tenants")
        for file in (settings.BASE_DIR / part).rglob("*.py")
        if re.search(r"pg_notify|execute\(\s*f?\"(LISTEN|NOTIFY)\b", file.read_text())
    ]
    assert guilty == []


def test_a_lock_held_by_a_province_cannot_stop_a_request(border):
    opened = sign_in(border)
    opened.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
    with province("gz"):
        User.objects.create_user("chen", name="陈")
        assert User.objects.count() == 1
    opened.close()


def test_statements_of_others_are_not_shown(border):
    with province("gz"), connection.cursor() as cursor:
        cursor.execute("SELECT 'canary-of-gz'")
        opened = sign_in(border)
        with opened.cursor() as spying:
            spying.execute("SELECT usename::text, query FROM pg_stat_activity WHERE usename = 'czj_gz'")
            assert all("canary-of-gz" not in query for _, query in spying.fetchall())
        opened.close()


def test_rights_in_order_are_not_compared_again(border):
    migrate_all()
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT version FROM provinces_sharedschema WHERE name = %s", [RIGHTS])
        before = cursor.fetchone()
        cursor.execute("GRANT DELETE ON provinces_domain TO czj_gx")
    assert migrate_all().remaining == []
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('czj_gx', 'provinces_domain', 'DELETE')")
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT version FROM provinces_sharedschema WHERE name = %s", [RIGHTS])
        assert cursor.fetchone() == before
