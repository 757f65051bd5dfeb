"""Who may do what: the wanted state of roles, rights and policies, compared with PostgreSQL's catalog and put right.

The wanted state follows from `provinces.declarations` and a few rules written here:

* A province's login has its own schema and nothing of anybody else's. In it: SELECT, INSERT, UPDATE, DELETE on all
  tables, except models declared insert-only (SELECT, INSERT) and what only migrations write (SELECT).
* `public` holds, beside the shared tables, a copy of people's tables (accounts, sessions, audit, evidence, …) for
  those who sign in at the brands host and at the office. Both logins share that copy: **doors part them there, not
  PostgreSQL**. No province has any right on it, so a table missing in a province's schema fails closed.
* The logins of the public pages and of the courier have what is declared for them by name, nothing else.
* Groups: `czj_party` (all that write letters) and `czj_provinces`. A login has their rights and cannot become them.

`differences()` tells what the catalog says otherwise and the statement that puts it right; `apply()` runs these
statements. Some need a superuser (rights of PUBLIC on built-in functions): `setup_database` makes them once.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg2.extensions import encrypt_password

from provinces.declarations import (
    audience,
    declared_grants,
    declared_insert_only,
    declared_policies,
    table_of,
)
from provinces.passwords import login_password
from provinces.seats import BRANDS, COURIER, OFFICE, PUBLIC, Seat, login_name, province_seat

SETTINGS = {
    "TimeZone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
}
ALL_ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
ADD_ROWS = frozenset({"SELECT", "INSERT"})
READ_ROWS = frozenset({"SELECT"})
WRITTEN_BY_MIGRATIONS = frozenset({"django_migrations", "django_content_type", "auth_permission"})
REVOKED_FUNCTIONS = ("lo\\_%", "loread", "lowrite", "pg\\_logical\\_emit\\_message")
"""Built-in functions that PUBLIC may not call: large objects belong to no schema, so no border parts them."""

_POLICY_NOW = (
    "concat_ws('|', p.polcmd, p.polpermissive,"
    " (SELECT string_agg(pg_get_userbyid(r)::text, ',' ORDER BY 1) FROM unnest(p.polroles) r),"
    " pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))"
)
"""What the catalog says of a policy `p`, on one line."""

_CATALOG_DIGEST = r"""
SELECT md5(concat_ws('|',
    (SELECT string_agg(concat_ws(' ', oid, relname, relkind, relowner, relrowsecurity, relacl), ',' ORDER BY oid)
        FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relnamespace NOT IN
        (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')),
    (SELECT string_agg(concat_ws(' ', attrelid, attnum, attname, attacl), ',' ORDER BY attrelid, attnum)
        FROM pg_attribute WHERE attacl IS NOT NULL),
    (SELECT string_agg(concat_ws(' ', oid, nspname, nspowner, nspacl), ',' ORDER BY oid) FROM pg_namespace
        WHERE nspname !~ '^pg_'),
    (SELECT string_agg(concat_ws(' ', p.oid, p.polname, p.polrelid, p.polcmd, p.polpermissive, p.polroles,
        p.polqual, p.polwithcheck), ',' ORDER BY p.oid) FROM pg_policy p),
    (SELECT concat_ws(' ', datdba, datacl) FROM pg_database WHERE datname = current_database()),
    (SELECT string_agg(concat_ws(' ', oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
        rolbypassrls), ',' ORDER BY oid) FROM pg_roles),
    (SELECT string_agg(concat_ws(' ', roleid, member, admin_option, inherit_option, set_option), ','
        ORDER BY roleid, member, grantor) FROM pg_auth_members),
    (SELECT string_agg(concat_ws(' ', setrole, setdatabase, setconfig), ',' ORDER BY setrole, setdatabase)
        FROM pg_db_role_setting WHERE setdatabase = 0
        OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())),
    (SELECT string_agg(concat_ws(' ', defaclrole, defaclobjtype, defaclacl), ',' ORDER BY oid) FROM pg_default_acl),
    (SELECT string_agg(concat_ws(' ', oid, proowner, prosecdef, proacl), ',' ORDER BY oid) FROM pg_proc
        WHERE prosecdef OR proname LIKE ANY(%s))))
"""

Rights = dict[tuple[str, str, str, str], frozenset[str]]
"""(schema, table, column or "", role) -> privileges."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the catalog is not as declared.

    remedy: statements that put it right. superuser: the owner may not run them.
    """

    where: str
    wanted: str
    found: str
    remedy: tuple[str, ...] = ()
    superuser: bool = False

    def __str__(self) -> str:
        return f"{self.where}: wanted {self.wanted or 'nothing'}, found {self.found or 'nothing'}"


def quoted(*names: str) -> str:
    """Dotted SQL name with each part quoted."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(value: str) -> str:
    """SQL string constant."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(slots=True)
class Installation:
    """Names of this database's roles and schemas. whole: all provinces are listed, so what else is found is surplus."""

    database: str
    owner: str
    provinces: list[Seat]
    whole: bool = True
    party: str = field(default_factory=lambda: login_name("party"))
    every_province: str = field(default_factory=lambda: login_name("provinces"))

    @classmethod
    def here(cls, only: str | None = None) -> "Installation":
        """Of the database that the owner is connected to. only: look after one province and the shared parts."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), current_user::text")
            database, owner = cursor.fetchone()
            cursor.execute("SELECT to_regclass('public.provinces_province') IS NOT NULL")
            codes: list[str] = []
            if cursor.fetchone()[0]:
                cursor.execute(
                    "SELECT p.schema_name FROM public.provinces_province p"
                    " JOIN pg_namespace n ON n.nspname = p.schema_name ORDER BY 1"
                )
                codes = [code for (code,) in cursor.fetchall()]
        wanted = [province_seat(code) for code in codes if only in (None, code)]
        return cls(database, owner, wanted, whole=only is None)

    @property
    def seats(self) -> list[Seat]:
        """All that log in and serve."""
        return [*self.provinces, BRANDS, OFFICE, PUBLIC, COURIER]

    @property
    def groups(self) -> list[str]:
        return [self.party, self.every_province]

    def groups_of(self, seat: Seat) -> set[str]:
        """Groups whose rights a login has."""
        if seat.kind == "province":
            return {self.party, self.every_province}
        return {self.party} if seat.kind in ("brands", "office") else set()

    def role_of(self, to: str) -> str:
        """Role behind the `to` of a declaration."""
        return login_name(to)

    def settings_of(self, seat: Seat) -> dict[str, str]:
        """What every session of a login starts with."""
        path = "public" if seat.schema_name == "public" else f"{seat.schema_name}, public"
        return {"search_path": path, **SETTINGS}


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


# Roles ----------------------------------------------------------------------------------------------------------------


def _scram(login: str) -> str:
    """Verifier of a login's password, made here so that the password is in no server log."""
    return str(encrypt_password(login_password(login), login, connection.connection, "scram-sha-256"))


def _role_differences(here: Installation) -> Iterable[Difference]:
    found = {
        name: (can_login, special)
        for name, can_login, special in _rows(
            "SELECT rolname::text, rolcanlogin,"
            " rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles"
        )
    }
    for group in here.groups:
        if group not in found:
            yield Difference(f"group {group}", "a group", "", (f"CREATE ROLE {quoted(group)} NOLOGIN NOINHERIT",))
        elif found[group] != (False, False):
            yield Difference(
                f"group {group}", "no login, no special rights", "more", (f"ALTER ROLE {quoted(group)} NOLOGIN",), True
            )
    for seat in here.seats:
        login = seat.login
        if login not in found:
            statement = f"CREATE ROLE {quoted(login)} LOGIN NOINHERIT PASSWORD {literal(_scram(login))}"
            yield Difference(f"login {login}", "a login", "", (statement,))
        elif found[login] != (True, False):
            yield Difference(
                f"login {login}",
                "a login without special rights",
                "other attributes",
                (
                    f"ALTER ROLE {quoted(login)} LOGIN NOCREATEDB NOCREATEROLE",
                    f"ALTER ROLE {quoted(login)} NOSUPERUSER NOREPLICATION NOBYPASSRLS",
                ),
                superuser=True,
            )


def _membership_differences(here: Installation) -> Iterable[Difference]:
    found: dict[str, dict[str, tuple[bool, bool, bool]]] = defaultdict(dict)
    for member, group, *options in _rows(
        "SELECT m.member::regrole::text, m.roleid::regrole::text, bool_or(m.inherit_option), bool_or(m.set_option),"
        " bool_or(m.admin_option) FROM pg_auth_members m GROUP BY 1, 2"
    ):
        found[member.strip('"')][group.strip('"')] = (options[0], options[1], options[2])
    for seat in here.seats:
        have, want = found.get(seat.login, {}), here.groups_of(seat)
        for group in sorted(want | set(have)):
            grant = f"GRANT {quoted(group)} TO {quoted(seat.login)} WITH INHERIT TRUE, SET FALSE"
            revoke = f"REVOKE {quoted(group)} FROM {quoted(seat.login)} CASCADE"
            if group not in want:
                yield Difference(f"membership {seat.login} in {group}", "", "member", (revoke,))
            elif group not in have:
                yield Difference(f"membership {seat.login} in {group}", "member", "", (grant,))
            elif have[group] != (True, False, False):
                yield Difference(f"membership {seat.login} in {group}", "inherit only", "set or admin", (revoke, grant))


def _setting_differences(here: Installation) -> Iterable[Difference]:
    found: dict[tuple[str, bool], dict[str, str]] = {}
    for login, everywhere, entries in _rows(
        "SELECT r.rolname::text, s.setdatabase = 0, s.setconfig FROM pg_db_role_setting s"
        " JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = 0"
        " OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"
    ):
        found[login, everywhere] = dict(entry.split("=", 1) for entry in entries)
    for seat in here.seats:
        role = f"ALTER ROLE {quoted(seat.login)}"
        place = f"{role} IN DATABASE {quoted(here.database)}"
        have, want = found.get((seat.login, False), {}), here.settings_of(seat)
        if have != want:
            changes = [f"{place} RESET ALL"] if have else []
            changes += [
                f"{place} SET {name} = {value if name == 'search_path' else literal(value)}"
                for name, value in want.items()
            ]
            yield Difference(f"settings of {seat.login}", json.dumps(want), json.dumps(have), tuple(changes))
        if everywhere_set := found.get((seat.login, True)):
            yield Difference(
                f"settings of {seat.login} in every database", "", json.dumps(everywhere_set), (f"{role} RESET ALL",)
            )


# Rights ---------------------------------------------------------------------------------------------------------------


def _database_differences(here: Installation) -> Iterable[Difference]:
    name = quoted(here.database)
    want = {(seat.login, "CONNECT") for seat in here.seats}
    have = {
        (grantee, privilege)
        for grantee, privilege in _rows(
            "SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, a.privilege_type"
            " FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a"
            " WHERE d.datname = current_database() AND a.grantee <> d.datdba"
        )
    }
    for grantee, privilege in sorted(have - want) if here.whole else ():
        remedy = f"REVOKE {privilege} ON DATABASE {name} FROM {_role(grantee)}"
        yield Difference(f"database {here.database}", "", f"{privilege} to {grantee}", (remedy,))
    for grantee, privilege in sorted(want - have):
        remedy = f"GRANT {privilege} ON DATABASE {name} TO {_role(grantee)}"
        yield Difference(f"database {here.database}", f"{privilege} to {grantee}", "", (remedy,))


def _role(name: str) -> str:
    return "PUBLIC" if name == "PUBLIC" else quoted(name)


def _schema_differences(here: Installation) -> Iterable[Difference]:
    want: dict[str, set[tuple[str, str]]] = {
        "public": {(here.party, "USAGE"), (PUBLIC.login, "USAGE"), (COURIER.login, "USAGE")}
    }
    want |= {seat.schema_name: {(seat.login, "USAGE")} for seat in here.provinces}
    have: dict[str, set[tuple[str, str]]] = defaultdict(set)
    owners: dict[str, str] = {}
    for schema, owner, grantee, privilege in _rows(
        "SELECT n.nspname::text, pg_get_userbyid(n.nspowner)::text,"
        " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END, a.privilege_type"
        " FROM pg_namespace n LEFT JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a ON true"
        r" WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'"
    ):
        owners[schema] = owner
        if grantee not in (None, owner):
            have[schema].add((grantee, privilege))
    for schema, owner in owners.items():
        if schema not in want and not here.whole:
            continue
        if owner != here.owner:
            remedy = f"ALTER SCHEMA {quoted(schema)} OWNER TO {quoted(here.owner)}"
            yield Difference(f"schema {schema}", f"owner {here.owner}", f"owner {owner}", (remedy,), superuser=True)
        wanted = want.get(schema, set())
        for grantee, privilege in sorted(have[schema] - wanted):
            remedy = f"REVOKE {privilege} ON SCHEMA {quoted(schema)} FROM {_role(grantee)}"
            yield Difference(f"schema {schema}", "", f"{privilege} to {grantee}", (remedy,))
        for grantee, privilege in sorted(wanted - have[schema]):
            remedy = f"GRANT {privilege} ON SCHEMA {quoted(schema)} TO {_role(grantee)}"
            yield Difference(f"schema {schema}", f"{privilege} to {grantee}", "", (remedy,))


def _tables(here: Installation) -> dict[str, set[str]]:
    """Tables of each schema that this module looks after."""
    schemas = ["public", *(seat.schema_name for seat in here.provinces)]
    tables: dict[str, set[str]] = {schema: set() for schema in schemas}
    for schema, table in _rows(
        "SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')",
        schemas,
    ):
        tables[schema].add(table)
    return tables


def _people_tables() -> set[str]:
    """Tables that exist in `public` and in each province's schema."""
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    return {
        model._meta.db_table
        for app in apps.get_app_configs()
        if app.name in both
        for model in app.get_models(include_auto_created=True)
    } | {"django_migrations"}


def wanted_rights(here: Installation) -> Rights:
    """All table and column rights as declared, for the tables that exist."""
    tables = _tables(here)
    insert_only = {table_of(each.model): each.columns for each in declared_insert_only()}
    wanted: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)

    def of_people(schema: str, table: str, role: str) -> None:
        if table in WRITTEN_BY_MIGRATIONS:
            wanted[schema, table, "", role] |= READ_ROWS
        elif table in insert_only:
            wanted[schema, table, "", role] |= ADD_ROWS
            for column in insert_only[table]:
                wanted[schema, table, column, role].add("UPDATE")
        else:
            wanted[schema, table, "", role] |= ALL_ROWS

    for seat in here.provinces:
        for table in tables[seat.schema_name]:
            of_people(seat.schema_name, table, seat.login)
    for table in tables["public"] & _people_tables():
        for seat in (BRANDS, OFFICE):
            of_people("public", table, seat.login)
    for grant in declared_grants():
        table = table_of(grant.model)
        if table not in tables["public"]:
            continue
        rights = {right.strip().upper() for right in grant.rights.split(",")}
        for to in audience(grant.to):
            for column in grant.columns or ("",):
                wanted["public", table, column, here.role_of(to)] |= rights
    return {key: frozenset(rights) for key, rights in wanted.items()}


def _found_rights(here: Installation) -> tuple[Rights, dict[tuple[str, str], str]]:
    """Rights in the catalog of everybody but the owner, and each table's owner."""
    schemas = ["public", *(seat.schema_name for seat in here.provinces)]
    found: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    owners: dict[tuple[str, str], str] = {}
    grantee = "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END"
    not_of_an_extension = "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
    for schema, table, owner, role, privilege in _rows(
        f"SELECT n.nspname::text, c.relname::text, pg_get_userbyid(c.relowner)::text, {grantee}, a.privilege_type"  # noqa: S608
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN LATERAL aclexplode(coalesce(c.relacl,"
        " acldefault(CASE c.relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END, c.relowner))) a"
        " ON a.grantee <> c.relowner"
        f" WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname = ANY(%s) AND {not_of_an_extension}",
        schemas,
    ):
        owners[schema, table] = owner
        if role is not None:
            found[schema, table, "", role].add(privilege)
    for schema, table, column, role, privilege in _rows(
        f"SELECT n.nspname::text, c.relname::text, t.attname::text, {grantee}, a.privilege_type"  # noqa: S608
        " FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " aclexplode(t.attacl) a WHERE t.attacl IS NOT NULL AND NOT t.attisdropped AND a.grantee <> c.relowner"
        f" AND n.nspname = ANY(%s) AND {not_of_an_extension}",
        schemas,
    ):
        found[schema, table, column, role].add(privilege)
    return {key: frozenset(rights) for key, rights in found.items()}, owners


def _right_differences(here: Installation) -> Iterable[Difference]:
    wanted = wanted_rights(here)
    found, owners = _found_rights(here)
    for (schema, table), owner in owners.items():
        if owner != here.owner:
            remedy = f"ALTER TABLE {quoted(schema, table)} OWNER TO {quoted(here.owner)}"
            yield Difference(f"{schema}.{table}", f"owner {here.owner}", f"owner {owner}", (remedy,), superuser=True)
    for key in sorted(wanted.keys() | found.keys()):
        want, have = wanted.get(key, frozenset()), found.get(key, frozenset())
        if want == have:
            continue
        schema, table, column, role = key
        of_column = f" ({quoted(column)})" if column else ""
        statements = []
        if surplus := sorted(have - want):
            rights = ", ".join(right + of_column for right in surplus)
            statements.append(f"REVOKE {rights} ON {quoted(schema, table)} FROM {_role(role)} CASCADE")
        if missing := sorted(want - have):
            rights = ", ".join(right + of_column for right in missing)
            statements.append(f"GRANT {rights} ON {quoted(schema, table)} TO {_role(role)}")
        place = f"{schema}.{table}{'.' + column if column else ''} for {role}"
        yield Difference(place, ", ".join(sorted(want)), ", ".join(sorted(have)), tuple(statements))


def _policy_differences(here: Installation) -> Iterable[Difference]:
    public_tables = _tables(here)["public"]
    wanted: dict[tuple[str, str], tuple[str, str]] = {}
    guarded: set[str] = set()
    for policy in declared_policies():
        table = table_of(policy.model)
        if table not in public_tables:
            continue
        guarded.add(table)
        roles = ", ".join(quoted(here.role_of(to)) for to in audience(policy.to))
        names = _TableNames()
        statement = f"CREATE POLICY {quoted(policy.name)} ON {quoted('public', table)} FOR {policy.command} TO {roles}"
        if policy.using:
            statement += f" USING ({policy.using.format(table=names)})"
        if policy.check:
            statement += f" WITH CHECK ({policy.check.format(table=names)})"
        wanted[table, policy.name] = (statement, _short_hash(statement))
    found = {}
    for table, name, note, now in _rows(
        f"SELECT c.relname::text, p.polname::text, coalesce(obj_description(p.oid, 'pg_policy'), ''), {_POLICY_NOW}"  # noqa: S608
        " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public'"
    ):
        found[table, name] = (note, now)
    for key in sorted(wanted.keys() | found.keys()):
        table, name = key
        drop = f"DROP POLICY IF EXISTS {quoted(name)} ON {quoted('public', table)}"
        where = f"policy {name} on {table}"
        if key not in wanted:
            yield Difference(where, "", found[key][1], (drop,))
            continue
        statement, declared = wanted[key]
        note, now = found.get(key, ("", ""))
        # PostgreSQL rewrites a condition when it stores it, so the text cannot be compared with the declaration.
        # The comment keeps two digests: of the declaration, and of what the catalog said right after it was made.
        if note != f"{declared} {_short_hash(now)}":
            yield Difference(where, statement, now, (drop, statement, *_seal_policy(table, name, declared)))
    guarded_now = {
        table
        for (table,) in _rows(
            "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relrowsecurity"
        )
    }
    for table in sorted(guarded - guarded_now):
        remedy = f"ALTER TABLE {quoted('public', table)} ENABLE ROW LEVEL SECURITY"
        yield Difference(f"row-level security on {table}", "on", "off", (remedy,))
    for table in sorted(guarded_now - guarded):
        remedy = f"ALTER TABLE {quoted('public', table)} DISABLE ROW LEVEL SECURITY"
        yield Difference(f"row-level security on {table}", "off", "on", (remedy,))


class _TableNames(dict[str, str]):
    """`{table[app.Model]}` in a declared condition."""

    def __missing__(self, label: str) -> str:
        return quoted("public", table_of(label))


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _seal_policy(table: str, name: str, declared: str) -> tuple[str, ...]:
    """Write the two digests into the policy's comment."""
    block = (
        "DO $do$ DECLARE now text; BEGIN",
        f"SELECT {_POLICY_NOW} INTO now FROM pg_policy p",  # noqa: S608
        f"WHERE p.polrelid = {literal(quoted('public', table))}::regclass AND p.polname = {literal(name)};",
        f"EXECUTE format('COMMENT ON POLICY %I ON public.%I IS %L', {literal(name)}, {literal(table)},",
        f"{literal(declared + ' ')} || left(encode(sha256(convert_to(now, 'UTF8')), 'hex'), 16)); END $do$",
    )
    return (" ".join(block),)


# What is left to PUBLIC -----------------------------------------------------------------------------------------------


def _built_in_differences(here: Installation) -> Iterable[Difference]:
    for signature, grantee in _rows(
        "SELECT p.oid::regprocedure::text,"
        " CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END"
        " FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
        " WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname LIKE ANY(%s) AND a.grantee <> p.proowner",
        list(REVOKED_FUNCTIONS),
    ):
        remedy = f"REVOKE ALL ON FUNCTION pg_catalog.{signature} FROM {_role(grantee)}"
        yield Difference(f"function {signature}", "", f"EXECUTE to {grantee}", (remedy,), superuser=True)
    for role, kind in _rows("SELECT pg_get_userbyid(defaclrole)::text, defaclobjtype::text FROM pg_default_acl"):
        yield Difference(f"default privileges of {role}", "", f"some for objects of kind {kind}", (), superuser=True)
    for name, owner in _rows(
        "SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner)::text FROM pg_proc p WHERE p.prosecdef"
        " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        " AND p.pronamespace <> 'pg_catalog'::regnamespace"
    ):
        yield Difference(f"function {name}", "no SECURITY DEFINER", f"runs as {owner}", (), superuser=True)


_STEPS: tuple[Callable[[Installation], Iterable[Difference]], ...] = (
    _role_differences,
    _membership_differences,
    _setting_differences,
    _database_differences,
    _schema_differences,
    _right_differences,
    _policy_differences,
    _built_in_differences,
)


def differences() -> list[Difference]:
    """Everything in which the catalog is not as declared. Call it in the owner's seat."""
    here = Installation.here()
    return [each for step in _STEPS for each in step(here)]


def fingerprint() -> str:
    """Digest of what is declared and of what the catalog says, in one quick query.

    After `apply` has left nothing to do, the same fingerprint means that there is still nothing to do.
    """
    declared = hashlib.sha256(Path(__file__).read_bytes())
    people = sorted(_people_tables())
    declared.update(repr([declared_grants(), declared_policies(), declared_insert_only(), people]).encode())
    [(catalog,)] = _rows(_CATALOG_DIGEST, list(REVOKED_FUNCTIONS))
    return hashlib.sha256(declared.digest() + str(catalog).encode()).hexdigest()[:32]


def apply(only: str | None = None) -> list[Difference]:
    """Put right what the owner can put right; return what is left. Call it in the owner's seat; safe to repeat.

    only: look after one province and the shared parts; the others are left alone.
    """
    here = Installation.here(only)
    changed = False
    left: list[Difference] = []
    with connection.cursor() as cursor:
        for step in _STEPS:
            found = list(step(here))
            left += [each for each in found if each.superuser]
            for batch in _batches([statement for each in found if not each.superuser for statement in each.remedy]):
                changed = True
                cursor.execute(batch)
    return [each for step in _STEPS for each in step(here)] if changed else left


def _batches(statements: Sequence[str], size: int = 200) -> Iterable[str]:
    """Statements joined: a new province needs hundreds of grants, each a round trip otherwise."""
    for start in range(0, len(statements), size):
        yield ";\n".join(statements[start : start + size])


def reset_passwords() -> None:
    """Give every login the password derived for it again. Call it in the owner's seat."""
    here = Installation.here()
    with connection.cursor() as cursor:
        for seat in here.seats:
            cursor.execute(f"ALTER ROLE {quoted(seat.login)} PASSWORD {literal(_scram(seat.login))}")


def locked_out() -> list[str]:
    """Logins whose password is not the derived one: somebody has changed it. Call it in the owner's seat."""
    here = Installation.here()
    params = connection.settings_dict
    wrong = []
    for seat in here.seats:
        try:
            psycopg2.connect(
                dbname=params["NAME"],
                host=params["HOST"],
                port=params["PORT"],
                user=seat.login,
                password=login_password(seat.login),
                connect_timeout=5,
            ).close()
        except psycopg2.OperationalError as error:
            if "password authentication failed" not in str(error):
                raise
            wrong.append(seat.login)
    return wrong
