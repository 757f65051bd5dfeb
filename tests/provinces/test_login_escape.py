"""G4: whatever SQL is run as one province, no row of anybody else is reached or changed.

The statements are what injected SQL could be. Some are refused, some run and bring nothing; what they can still do is
told in THREAT_MODEL.md, "What a province's login can still do", and each answer there has a test below.
"""

import psycopg2
import pytest
from django.db import ProgrammingError, connection

from accounts.models import Unit, User
from provinces import context, grants
from provinces.context import owner
from provinces.passwords import login_password
from provinces.seats import BRANDS, OFFICE

pytestmark = pytest.mark.guard("G4")

MARK = "canary-7f3a"

REFUSED = [
    # another's schema
    "SELECT * FROM gz.accounts_user",
    "SELECT count(*) FROM gz.accounts_user",
    "SELECT 1 FROM gz.accounts_user WHERE name LIKE 'c%'",
    "TABLE gz.accounts_unit",
    "INSERT INTO gz.accounts_unit SELECT * FROM accounts_unit",
    "UPDATE gz.accounts_user SET name = 'x'",
    "DELETE FROM gz.accounts_user",
    "TRUNCATE gz.accounts_user",
    "DROP TABLE gz.accounts_user",
    "DROP SCHEMA gz CASCADE",
    "ALTER TABLE gz.accounts_user DISABLE ROW LEVEL SECURITY",
    "LOCK TABLE gz.accounts_user",
    "COPY gz.accounts_user TO STDOUT",
    "CREATE TABLE gz.mine (x int)",
    "SELECT nextval('gz.django_migrations_id_seq')",
    "SELECT last_value FROM gz.django_migrations_id_seq",
    "SELECT query_to_xml('SELECT * FROM gz.accounts_user', true, true, '')",
    "SELECT table_to_xml('gz.accounts_user', true, true, '')",
    "SELECT schema_to_xml('gz', true, true, '')",
    "SET search_path = gz; SELECT * FROM accounts_user",
    "SELECT set_config('search_path', 'gz', false); SELECT * FROM accounts_user",
    "DO $$ BEGIN PERFORM * FROM gz.accounts_user; END $$",
    "PREPARE p AS SELECT * FROM gz.accounts_user; EXECUTE p",
    "DECLARE c CURSOR WITH HOLD FOR SELECT * FROM gz.accounts_user; FETCH ALL c",
    "EXPLAIN ANALYZE SELECT * FROM gz.accounts_user",
    "WITH x AS (DELETE FROM gz.accounts_user RETURNING *) SELECT * FROM x",
    "SELECT lo_get(lo_from_bytea(0, 'x'))",
    "SELECT 'gz.accounts_user'::regclass",
    "SELECT pg_relation_size('gz.accounts_user')",
    # the template of provinces, and public's copies of people's tables
    "SELECT * FROM czj_template.accounts_user",
    "SELECT * FROM public.accounts_user",
    "SELECT * FROM public.django_session",
    "INSERT INTO public.accounts_user SELECT * FROM accounts_user",
    "SELECT dump FROM public.provinces_sharedschema",
    # becoming somebody else
    "SET ROLE czj_gz",
    "SET ROLE czj_owner",
    "SET ROLE czj_party",
    "SET ROLE czj_provinces",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION czj_gz",
    "SET LOCAL ROLE czj_gz",
    "SELECT set_config('role', 'czj_gz', false)",
    "SELECT set_config('session_authorization', 'czj_gz', false)",
    "ALTER ROLE czj_gz PASSWORD 'x'",
    "ALTER ROLE czj_gz SET search_path = gx",
    "ALTER ROLE czj_gx SUPERUSER",
    "ALTER ROLE czj_gx BYPASSRLS",
    "ALTER ROLE czj_gx CREATEROLE",
    "ALTER ROLE ALL SET search_path = gz",
    "CREATE ROLE mine LOGIN",
    "GRANT czj_gz TO czj_gx",
    "GRANT czj_owner TO czj_gx",
    "GRANT SELECT ON gz.accounts_user TO czj_gx",
    "REASSIGN OWNED BY czj_owner TO czj_gx",
    "ALTER DATABASE {database} OWNER TO czj_gx",
    "ALTER DATABASE {database} SET search_path = gz",
    "CREATE DATABASE mine",
    # files, programs, code
    "COPY accounts_user TO '/tmp/x'",
    "COPY accounts_unit FROM '/etc/passwd'",
    "COPY accounts_user TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/x')",
    "SELECT lo_create(0)",
    "SELECT lo_creat(-1)",
    "SELECT loread(1, 1)",
    "LOAD 'auto_explain'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE FUNCTION gx.f() RETURNS int LANGUAGE c AS 'libc', 'system'",
    "CREATE EXTENSION dblink",
    "CREATE EXTENSION postgres_fdw",
    "CREATE EXTENSION file_fdw",
    "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SELECT pg_reload_conf()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'czj_gz'",
    "SELECT pg_logical_emit_message(false, 'x', 'y')",
    "SELECT pg_create_logical_replication_slot('s', 'test_decoding')",
    "CREATE PUBLICATION p FOR ALL TABLES",
    "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p",
    "SET log_statement = 'none'",
    "SET session_replication_role = replica",
    # making objects, where others could step on them
    "CREATE TABLE public.mine (x int)",
    "CREATE TABLE gx.mine (x int)",
    "CREATE SCHEMA mine",
    "CREATE TEMP TABLE mine (x int)",
    "CREATE TEMP VIEW accounts_user AS SELECT 1",
    "CREATE VIEW gx.v AS SELECT * FROM gz.accounts_user",
    "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "CREATE TYPE public.t AS (x int)",
    "CREATE RULE r AS ON SELECT TO accounts_user DO INSTEAD SELECT * FROM gz.accounts_user",
    "CREATE TRIGGER t BEFORE INSERT ON accounts_user FOR EACH ROW EXECUTE FUNCTION f()",
    "ALTER TABLE accounts_user ADD COLUMN x int",
    "CREATE POLICY p ON letters_letter USING (true)",
    "DROP POLICY letter_read ON letters_letter",
    "ALTER TABLE letters_letter DISABLE ROW LEVEL SECURITY",
    "SET row_security = off; SELECT * FROM letters_letter",
    "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f()",
    "COMMENT ON TABLE gz.accounts_user IS 'x'",
    "SECURITY LABEL ON TABLE gz.accounts_user IS 'x'",
    # what shall not be changed
    "UPDATE provinces_province SET state = 'suspended'",
    "UPDATE provinces_domain SET domain = 'gz.testhost'",
    "DELETE FROM audit_trail",
    "UPDATE audit_trail SET why = ''",
    "TRUNCATE audit_trail",
    "DELETE FROM django_migrations",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_user_mapping",
    "SELECT data FROM pg_largeobject",
]
"""Refused by PostgreSQL."""

HARMLESS = [
    "SELECT * FROM provinces_province, provinces_domain",
    "SELECT * FROM accounts_user",
    "SELECT * FROM letters_letter",
    "SELECT * FROM letters_letterbody",
    "SELECT * FROM letters_delivery",
    "SELECT * FROM pg_stats",
    "SELECT * FROM pg_stat_activity",
    "SELECT * FROM pg_stat_user_tables",
    "SELECT relname, reltuples FROM pg_class",
    "SELECT * FROM pg_roles",
    "SELECT * FROM pg_settings",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM information_schema.columns",
    "SELECT * FROM pg_proc",
    "SELECT * FROM pg_description",
    "SELECT * FROM pg_locks",
    "SELECT * FROM pg_prepared_statements",
    "SELECT * FROM pg_cursors",
    "SELECT * FROM pg_db_role_setting",
    "RESET ROLE; SELECT * FROM accounts_user",
    "RESET SESSION AUTHORIZATION; SELECT * FROM accounts_user",
    "RESET ALL; SELECT * FROM accounts_user",
    "SET ROLE NONE; SELECT * FROM accounts_user",
    "SET search_path = public, gz; SELECT * FROM provinces_province",
    "LISTEN anything; NOTIFY anything, 'x'",
    "SELECT pg_advisory_xact_lock(1)",
    "SELECT pg_get_viewdef('pg_stats'::regclass)",
    "SELECT to_regclass('gx.accounts_user')",
    "SELECT obj_description(oid), pg_relation_size(oid) FROM pg_class",
    "SELECT current_setting('server_version')",
    "SELECT inet_server_addr(), inet_client_addr()",
    "DO $$ BEGIN PERFORM set_config('czj.x', 'y', false); END $$",
]
"""Allowed, and brings nothing of anybody else."""


@pytest.fixture
def marked(border):
    """A marked officer and unit in 贵州, at the brands host and in 广西's neighbour 广东."""
    for seat in (context.province_seat("gz"), context.province_seat("gd"), BRANDS):
        with context.seat(seat):
            unit = Unit.objects.create(code=MARK, name=MARK, kind=Unit.Kind.SECTION)
            User.objects.create_user(MARK, name=MARK, unit=unit)
    with border.superuser(border.database_name) as cursor:
        # Statistics hold samples of values; they must not show to others either.
        cursor.execute("ANALYZE gz.accounts_user; ANALYZE gd.accounts_user; ANALYZE public.accounts_user")
    return border


def digest_of_others(cluster) -> str:
    """One digest over all rows outside of 广西, and over who may do what.

    Only logins that every run has: the cluster is shared with other workers of the run, which make and drop their own.
    """
    with cluster.superuser(cluster.database_name) as cursor:
        cursor.execute(
            "SELECT string_agg(format('SELECT %L || md5(string_agg(t::text, E''\\n'' ORDER BY t::text)) FROM %I.%I t',"
            " c.oid, n.nspname, c.relname), ' UNION ALL ') FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname IN ('gz', 'gd', 'fj', 'public') AND c.relname NOT LIKE 'divisions%'"
        )
        cursor.execute(cursor.fetchone()[0])
        rows = sorted(digest for (digest,) in cursor.fetchall() if digest)
        logins = [f"czj_{name}" for name in ("gx", "gz", "gd", "fj", "brands", "office", "public")]
        cursor.execute(
            "SELECT md5(string_agg(t::text, '' ORDER BY t.rolname)) FROM pg_roles t WHERE t.rolname = ANY(%s)", [logins]
        )
        return f"{rows} {cursor.fetchone()[0]}"


def bring(statement: str, cluster) -> str:
    """All that a statement brings back when run as 广西, or the reason why it was refused."""
    opened = psycopg2.connect(
        cluster.superuser_url, dbname=cluster.database_name, user="czj_gx", password=login_password("czj_gx")
    )
    try:
        with opened.cursor() as cursor:
            try:
                cursor.execute(statement.replace("{database}", cluster.database_name))
                brought = repr(cursor.fetchall()) if cursor.description else ""
                opened.commit()
            except psycopg2.Error as error:
                opened.rollback()
                return f"refused: {error}"
        return brought + repr([str(notice) for notice in opened.notices])
    finally:
        opened.close()


def test_no_statement_reaches_anybody_elses_rows(marked, trials):
    before = digest_of_others(marked)
    wrong = []
    for statement in REFUSED + HARMLESS:
        brought = bring(statement, marked)
        if MARK in brought.replace(statement, ""):
            wrong.append(f"{statement}: brought {brought[:200]}")
        elif brought.startswith("refused: ") != (statement in REFUSED):
            wrong.append(f"{statement}: {brought[:200] or 'was not refused'}")
    assert wrong == [], "\n".join(wrong)
    assert digest_of_others(marked) == before
    with owner():
        assert grants.differences() == []
    trials(len(REFUSED) + len(HARMLESS))


@pytest.mark.parametrize("seat", [BRANDS, OFFICE], ids=str)
def test_brands_and_office_reach_no_province(marked, seat, trials):
    tables = [f"{schema}.{table}" for schema in ("gz", "gx") for table in ("accounts_user", "audit_trail")]
    attempts = [
        statement.format(table)
        for table in tables
        for statement in ("SELECT * FROM {}", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}")
    ]
    for attempt in attempts:
        with (
            context.seat(seat),
            pytest.raises(ProgrammingError, match="permission denied|must be owner"),
            connection.cursor() as cursor,
        ):
            cursor.execute(attempt)
    trials(len(attempts))


def test_the_public_pages_login_reads_the_directory_and_nothing_else(border, trials):
    with border.superuser(border.database_name) as cursor:
        cursor.execute(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'v', 'p') AND n.nspname !~ '^(pg_|information_schema)'"
            " AND (has_any_column_privilege('czj_public', c.oid, 'SELECT') AND"
            " has_schema_privilege('czj_public', n.oid, 'USAGE'))"
        )
        readable = {name for (name,) in cursor.fetchall()}
        written = "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND has_any_column_privilege"
        cursor.execute(f"{written}('czj_public', c.oid, 'INSERT')")
        assert cursor.fetchall() == [("audit_readline",)], "it says who looked by a link, and reads no line"
        cursor.execute(f"{written}('czj_public', c.oid, 'UPDATE')")
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT count(*) FROM pg_class c WHERE c.relkind = 'r' AND"
            " has_table_privilege('czj_public', c.oid, 'DELETE, TRUNCATE')"
        )
        assert cursor.fetchone() == (0,)
    directory = {"public.provinces_province", "public.provinces_domain", "public.provinces_directoryversion"}
    with owner():
        wanted = grants.wanted_rights(grants.Installation.here())
    declared = {
        f"public.{table}"
        for (_, table, _, role), rights in wanted.items()
        if role == "czj_public" and "SELECT" in rights
    }
    assert directory <= readable == declared
    trials(len(readable))
